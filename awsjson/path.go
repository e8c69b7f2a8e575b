package awsjson

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Where something is in a request is written as AWS writes it in its messages:
// 'emails.1.member.value'.

func join(at, name string) string {
	if at == "" {
		return name
	}
	return at + "." + name
}

// Member is the path of an item of a list, which begins at 0.
func Member(at string, index int) string { return at + "." + strconv.Itoa(index+1) + ".member" }

// camel writes a member's name with a small first letter.
func camel(name string) string {
	first, size := utf8.DecodeRuneInString(name)
	return string(unicode.ToLower(first)) + name[size:]
}

// sameName compares names of attributes, which callers write in either case
// (aws-contract 3.5).
func sameName(a, b string) bool { return strings.EqualFold(a, b) }
