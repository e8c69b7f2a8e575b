package ldapsource

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/go-ldap/ldap/v3"

	"rollcall/fault"
)

// partial is an entry of which the server gave only the first values of an
// attribute, under a name like "member;range=0-1499" (MS-ADTS 3.1.1.3.1.3.3).
type partial struct {
	entry *ldap.Entry
}

func partialOf(e *ldap.Entry) *partial {
	for _, a := range e.Attributes {
		if _, _, _, ranged := rangeOf(a.Name); ranged {
			return &partial{e}
		}
	}
	return nil
}

// rangeOf takes the range off an attribute's name. Last is -1 for the range
// that ends the values.
func rangeOf(name string) (attribute string, first, last int, ranged bool) {
	at := rangeAt(name)
	if at < 0 {
		return name, 0, 0, false
	}
	from, to, _ := strings.Cut(name[at+len(rangeOption):], "-")
	first, err := strconv.Atoi(from)
	if err != nil {
		return name[:at], -1, 0, true
	}
	if to == "*" {
		return name[:at], first, -1, true
	}
	if last, err = strconv.Atoi(to); err != nil || last < first {
		return name[:at], -1, 0, true
	}
	return name[:at], first, last, true
}

const rangeOption = ";range="

// rangeAt finds the option in a name, in either case: -1 where it is not. The
// name is not turned to lower case for that, which may change its length.
func rangeAt(name string) int {
	for at := range len(name) - len(rangeOption) + 1 {
		if strings.EqualFold(name[at:at+len(rangeOption)], rangeOption) {
			return at
		}
	}
	return -1
}

// maxTries is how often a group is read again that changes while it is read.
const maxTries = 5

// complete fetches the other values of the page's groups and hands them on.
func (r *reading) complete(ctx context.Context) error {
	for _, p := range r.partial {
		if err := r.fill(ctx, p.entry); err != nil {
			return err
		}
		if err := r.add(p.entry); err != nil {
			return err
		}
	}
	r.partial = nil
	return nil
}

// fill replaces the ranges of an entry by all values of their attributes.
func (r *reading) fill(ctx context.Context, e *ldap.Entry) error {
	var plain []*ldap.EntryAttribute
	var ranged []string
	for _, a := range e.Attributes {
		if name, _, _, is := rangeOf(a.Name); is {
			ranged = append(ranged, name)
			continue
		}
		plain = append(plain, a)
	}
	for _, name := range ranged {
		values, err := r.stable(ctx, e.DN, name)
		if err != nil {
			return err
		}
		// An empty attribute of the plain name stands beside the range.
		plain = slices.DeleteFunc(plain, func(a *ldap.EntryAttribute) bool { return strings.EqualFold(a.Name, name) })
		plain = append(plain, &ldap.EntryAttribute{Name: name, Values: values})
	}
	e.Attributes = plain
	return nil
}

// stable reads all values of an attribute while they stay the same: values
// that come and go meanwhile would move others from one range to the next.
func (r *reading) stable(ctx context.Context, name, attribute string) ([]string, error) {
	for range maxTries {
		values, same, err := r.ranges(ctx, name, attribute)
		if err != nil || same {
			return values, err
		}
	}
	return nil, fault.Text(fault.Incomplete, "read range", name, fmt.Sprintf("%s changed %d times while it was read", attribute, maxTries))
}

// ranges reads an attribute from its first value to its last, and says whether
// the entry was the same all the time.
func (r *reading) ranges(ctx context.Context, name, attribute string) (values []string, same bool, err error) {
	incomplete := func(why string) ([]string, bool, error) {
		return nil, false, fault.Text(fault.Incomplete, "read range", name, attribute+": "+why)
	}
	version := ""
	for next := 0; ; {
		e, err := r.c.read(ctx, name, fmt.Sprintf("%s;range=%d-*", attribute, next), "uSNChanged")
		if err != nil {
			return nil, false, err
		}
		if now := e.GetEqualFoldAttributeValue("uSNChanged"); next == 0 {
			version = now
		} else if now != version {
			return nil, false, nil
		}
		got, first, last, found := rangeIn(e, attribute)
		switch {
		case !found && next == 0:
			return nil, true, nil // emptied since
		case !found:
			return incomplete(fmt.Sprintf("the values from %d on are not given", next))
		case first != next || last >= 0 && last-first+1 != len(got):
			return incomplete(fmt.Sprintf("the values from %d on were asked for, and others given", next))
		}
		values = append(values, got...)
		if last < 0 {
			return values, true, nil
		}
		next = last + 1
	}
}

// rangeIn finds the values of an attribute in an entry, with or without a range.
func rangeIn(e *ldap.Entry, attribute string) (values []string, first, last int, found bool) {
	for _, a := range e.Attributes {
		name, from, to, ranged := rangeOf(a.Name)
		switch {
		case !strings.EqualFold(name, attribute):
		case ranged:
			return a.Values, from, to, true
		case len(a.Values) > 0:
			return a.Values, 0, -1, true
		}
	}
	return nil, 0, 0, false
}
