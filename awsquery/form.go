package awsquery

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"rollcall/fault"
)

// Form is a request: parameters by name. What is nested or listed has the way
// to it in its name, "Tags.member.1.Key".
type Form map[string]string

// Parse reads a request's body. What is no form, holds a parameter twice, or is
// not UTF-8 is fault.Invalid, which names no value.
func Parse(body []byte) (Form, error) {
	form := Form{}
	for pair := range strings.SplitSeq(string(body), "&") {
		if pair == "" {
			continue
		}
		rawName, rawValue, _ := strings.Cut(pair, "=")
		name, badName := url.QueryUnescape(rawName)
		value, badValue := url.QueryUnescape(rawValue)
		switch {
		case badName != nil || badValue != nil:
			return nil, malformed("a % must be followed by two hexadecimal digits")
		case !utf8.ValidString(name) || !utf8.ValidString(value):
			return nil, malformed("it is not UTF-8")
		case name == "":
			return nil, malformed("a parameter has no name")
		}
		if _, twice := form[name]; twice {
			return nil, malformed("a parameter is there twice")
		}
		form[name] = value
	}
	return form, nil
}

func malformed(why string) error { return fault.Text(fault.Invalid, "read form", "body", why) }

// text returns a parameter, nil if it is not there.
func (f Form) text(name string) *string {
	if value, ok := f[name]; ok {
		return &value
	}
	return nil
}

// list returns the items of a list in the order of their numbers, each with the
// parameters below it; an item that is a text is the parameter with no name.
func (f Form) list(name string) []Form {
	items := map[int]Form{}
	for full, value := range f {
		rest, ok := strings.CutPrefix(full, name+".member.")
		if !ok {
			continue
		}
		number, below, _ := strings.Cut(rest, ".")
		n, err := strconv.Atoi(number)
		if err != nil || n < 1 {
			continue // a parameter that no model has
		}
		if items[n] == nil {
			items[n] = Form{}
		}
		items[n][below] = value
	}
	var numbers []int
	for n := range items {
		numbers = append(numbers, n)
	}
	slices.Sort(numbers)
	var list []Form
	for _, n := range numbers {
		list = append(list, items[n])
	}
	return list
}
