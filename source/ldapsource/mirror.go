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
}

// mirrored is one entry of a mirror.
type mirrored struct {
	*ldapentry.Entry
	id    string // the server's own, which no renaming changes; empty where it shows none
	stamp string // another one after every change
	left  bool   // the filter leaves it out; then only its name is known
}

func newMirror() *mirror {
	return &mirror{entries: map[dn.DN]*mirrored{}, byID: map[string]dn.DN{}}
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
func (m *mirror) put(d Dialect, from *ldap.Entry, entry *ldapentry.Entry) error {
	name, err := dn.Parse(from.DN)
	if err != nil {
		return fault.New(fault.Incomplete, "read entry", from.DN, err)
	}
	one := &mirrored{Entry: entry, id: idOf(d, from), stamp: stampOf(d, from)}
	if entry == nil {
		one.Entry, one.left = &ldapentry.Entry{DN: strings.Clone(from.DN)}, true
	}
	if before, known := m.byID[one.id]; known && one.id != "" && before != name {
		m.drop(before)
	}
	m.drop(name)
	m.entries[name] = one
	if one.id != "" {
		m.byID[one.id] = name
	}
	return nil
}

// drop forgets an entry.
func (m *mirror) drop(name dn.DN) {
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

// naming lists the entries that have a name as a value of theirs, as the server
// writes it: groups with that member.
func (m *mirror) naming(text string) []dn.DN {
	var all []dn.DN
	for name, one := range m.entries {
		for _, v := range one.Values {
			if memberAttributes[v.Attribute.Name] && strings.EqualFold(v.Text, text) {
				all = append(all, name)
				break
			}
		}
	}
	return all
}

// memberAttributes hold names of other entries.
var memberAttributes = map[string]bool{"member": true, "uniquemember": true}

// members are the names that an entry has as members; m may be nil.
func (m *mirrored) members() map[string]bool {
	all := map[string]bool{}
	if m == nil {
		return all
	}
	for _, v := range m.Values {
		if memberAttributes[v.Attribute.Name] {
			all[v.Text] = true
		}
	}
	return all
}

// movedMembers are the names that are members of one of two entries only.
func movedMembers(before, after *mirrored) []string {
	var all []string
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

// sameEntry reports whether two entries say the same.
func sameEntry(a, b *ldapentry.Entry) bool {
	return a.DN == b.DN && slices.EqualFunc(a.Values, b.Values, func(v, w ldapentry.Value) bool {
		return v.Attribute.Name == w.Attribute.Name && v.Text == w.Text
	})
}
