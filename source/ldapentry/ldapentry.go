// Package ldapentry turns LDAP entries, from a file or from a server, into the
// people and groups of a source: which entry is a person, what it is known by,
// who is in which group. It knows no file format and no wire.
//
// It takes entries in any order and hands people on at once, so that nothing
// of them is kept but their names; groups follow when everything has been
// read. Whatever does not add up is fault.Incomplete.
package ldapentry

import (
	"fmt"

	"rollcall/identity"
)

// Entry is one entry as it was read.
type Entry struct {
	DN     string
	Place  Place
	Values []Value
}

// Value is one value of one attribute.
type Value struct {
	Attribute *Attribute
	Text      string // the bytes of the value, text or not
}

// Place is where an entry was read; its zero value is nowhere in particular.
type Place struct {
	File string
	Line int // of the entry's first line, from 1
}

func (p Place) String() string {
	if p == (Place{}) {
		return "the directory"
	}
	return fmt.Sprintf("%s:%d", p.File, p.Line)
}

// Rules say which entries matter and what they are known by. The zero value is
// sensible for OpenLDAP, 389 Directory Server and AD.
type Rules struct {
	// Base is the DN that people and groups lie under. Entries outside it are
	// left out and counted, and so are members outside it. When it is empty,
	// it is the entry that all others lie under.
	Base string

	// Within are subtrees of the base. When there are any, entries and members
	// elsewhere are outside, as if each of these were the base.
	Within []string

	// PersonClasses are the object classes of people. When there are none:
	// inetOrgPerson, AD's user and posixAccount, also person and
	// organizationalPerson that have a uid or sAMAccountName; never computer,
	// contact and managed service accounts.
	PersonClasses []string

	// GroupClasses are the object classes of groups. When there are none:
	// group, groupOfNames, groupOfUniqueNames, groupOfMembers, posixGroup.
	GroupClasses []string

	// PersonAnchor and GroupAnchor are the attributes that hold the anchor.
	// Every person and every group must have exactly one value of theirs. When
	// empty: entryUUID or else objectGUID, whichever the first entry has.
	PersonAnchor, GroupAnchor string

	// PersonAnchorForm and GroupAnchorForm say how to read the anchor. When
	// empty: identity.FormOfAnchor of the attribute.
	PersonAnchorForm, GroupAnchorForm identity.AnchorForm
}
