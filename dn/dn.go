// Package dn compares LDAP distinguished names. It turns every way of writing
// one name (RFC 4514: escapes, hexadecimal forms, the parts of a multi-valued
// RDN in any order, spaces round the signs, any case) into one text, so that a
// group's member matches the entry it means. It does not print names as people
// like to read them: show what the source had.
package dn

import "strings"

// DN is a distinguished name in its one comparable form: lower-case attribute
// types by their short names, values folded by identity.Fold with runs of
// spaces made one, special characters as \xx, multi-valued RDNs sorted,
// nothing round the signs. Two names are the same when their DNs are equal.
// The empty DN is the root, which everything lies under.
type DN string

// Under reports whether d is base or lies below it.
func (d DN) Under(base DN) bool {
	if base == "" || d == base {
		return true
	}
	// A comma inside a value is written \2c, so one that is seen is a separator.
	cut := len(d) - len(base) - 1
	return cut >= 0 && d[cut] == ',' && d[cut+1:] == base
}

// Parent returns the name one step up; the root's parent is the root.
func (d DN) Parent() DN {
	_, parent, _ := strings.Cut(string(d), ",")
	return DN(parent)
}

// Common returns the longest name that both d and e lie under.
func Common(d, e DN) DN {
	for !e.Under(d) {
		d = d.Parent()
	}
	return d
}
