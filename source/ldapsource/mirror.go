package ldapsource

import (
	"slices"
	"strings"

	"github.com/go-ldap/ldap/v3"

	"rollcall/dn"
	"rollcall/fault"
	"rollcall/source/ldapentry"
)

// mirror is what was read of a directory, entry by entry, so that one entry
// can be replaced by what it is now.
type mirror struct {
	entries map[dn.DN]*mirrored
	byID    map[string]dn.DN

	altered  map[dn.DN]bool // people of whom nothing but attributes is other since all was handed out
	reshaped bool           // more than that is
}

// handedOut begins anew to note what is other.
func (m *mirror) handedOut() { m.altered, m.reshaped = map[dn.DN]bool{}, false }

// mirrored is one entry of a mirror.
type mirrored struct {
	*ldapentry.Digest
	name  dn.DN
	id    string // the server's own, which no renaming changes; empty where it shows none
	stamp string // another one after every change
	left  bool   // the filter leaves it out; then only its name is known
}

func newMirror() *mirror {
	return &mirror{entries: map[dn.DN]*mirrored{}, byID: map[string]dn.DN{}, reshaped: true}
}

// idOf is the server's own id of an entry, as text that compares.
func idOf(d Dialect, e *ldap.Entry) string {
	raw := e.GetEqualFoldRawAttributeValue(d.Anchor())
	if d == ActiveDirectory {
		return string(raw)
	}
	return plainID(string(raw))
}

// plainID makes one text of the forms in which servers write an id: 389 breaks
// nsUniqueId up in another way than the UUID it sends.
func plainID(id string) string { return strings.ToLower(strings.ReplaceAll(id, "-", "")) }

// stampOf is what is another after every change of an entry.
func stampOf(d Dialect, e *ldap.Entry) string {
	var all []string
	for _, name := range d.stamps() {
		all = append(all, e.GetEqualFoldAttributeValue(name))
	}
	return strings.TrimSpace(strings.Join(all, " "))
}

// put keeps an entry, in place of what its id or its name was before. An entry
// that is nil is one that the filter leaves out.
func (m *mirror) put(d Dialect, from *ldap.Entry, entry *ldapentry.Digest) error {
	name, err := dn.Parse(from.DN)
	if err != nil {
		return fault.New(fault.Incomplete, "read entry", from.DN, err)
	}
	one := &mirrored{Digest: entry, name: name, id: idOf(d, from), stamp: stampOf(d, from)}
	if entry == nil {
		one.Digest, one.left = &ldapentry.Digest{DN: strings.Clone(from.DN)}, true
	}
	m.share(one)
	m.noteOther(m.entries[name], one)
	if before, known := m.byID[one.id]; known && one.id != "" && before != name {
		m.drop(before)
	}
	m.forget(name)
	m.entries[name] = one
	if one.id != "" {
		m.byID[one.id] = name
	}
	return nil
}

// noteOther notes what is other about an entry that is put in the place of
// another; before is nil where there was none.
func (m *mirror) noteOther(before, one *mirrored) {
	switch {
	case m.reshaped:
	case before == nil || before.id != one.id || before.left != one.left || !one.left && !one.SamePerson(before.Digest):
		m.reshaped = true
	case !one.left:
		m.altered[one.name] = true
	}
}

// drop takes out an entry that is gone.
func (m *mirror) drop(name dn.DN) {
	m.reshaped = true
	m.forget(name)
}

// forget makes room for another entry of the name.
func (m *mirror) forget(name dn.DN) {
	if one, known := m.entries[name]; known && m.byID[one.id] == name {
		delete(m.byID, one.id)
	}
	delete(m.entries, name)
}

// stamped reports whether the server shows by what its entries can be seen to
// have changed.
func (m *mirror) stamped() bool {
	for _, one := range m.entries {
		if one.id == "" || one.stamp == "" && !one.left {
			return false
		}
	}
	return true
}

// has reports whether anything lies below a name.
func (m *mirror) hasBelow(name dn.DN) bool {
	for other := range m.entries {
		if other != name && other.Under(name) {
			return true
		}
	}
	return false
}

// share has an entry's members be the texts by which the mirror knows them, so
// that each name is kept once and not in every group. Whoever is not known yet is
// shared when all have been read.
func (m *mirror) share(one *mirrored) {
	for i, name := range one.Members {
		if known := m.entries[name]; known != nil {
			one.Members[i] = known.name
		}
	}
}

// naming lists the groups that have a name among their members.
func (m *mirror) naming(name dn.DN) []*mirrored {
	var all []*mirrored
	for _, one := range m.entries {
		if slices.Contains(one.Members, name) {
			all = append(all, one)
		}
	}
	return all
}

// text is a name as the server writes it, where that is known.
func (m *mirror) text(name dn.DN) string {
	if one := m.entries[name]; one != nil {
		return one.DN
	}
	return string(name)
}

// members are the names that an entry has as members; m may be nil.
func (m *mirrored) members() map[dn.DN]bool {
	all := map[dn.DN]bool{}
	if m == nil {
		return all
	}
	for _, name := range m.Members {
		all[name] = true
	}
	return all
}

// movedMembers are the names that are members of one of two entries only.
func movedMembers(before, after *mirrored) []dn.DN {
	var all []dn.DN
	had, has := before.members(), after.members()
	for name := range had {
		if !has[name] {
			all = append(all, name)
		}
	}
	for name := range has {
		if !had[name] {
			all = append(all, name)
		}
	}
	return all
}
