package icf

import (
	"encoding/json"

	"rollcall/identity"
)

// Style is how objects are written.
type Style struct {
	// SingleObjects writes emails, addresses and phoneNumbers as the one object
	// they hold, as the connector's own documentation shows them; otherwise
	// they are lists.
	SingleObjects bool
	// NoRevision leaves _rev out, as the original connector does.
	NoRevision bool
}

// Account is how a user is sent. Groups are those the user is in; nil leaves
// __GROUPS__ out.
func (s Style) Account(u *identity.User, groups []identity.ID) Object {
	o := s.begin(string(u.ID), u.Revision)
	for _, a := range accountAttributes {
		switch {
		case a.name == "name":
			o = append(o, Field{a.name, nameOf(u.Name)})
		case a.name == AttrGroups:
			if groups != nil {
				o = append(o, Field{a.name, texts(groups)})
			}
		case a.form == formItems:
			value, _ := identity.UserValue(u, a.path)
			o = s.items(o, a, value)
		default:
			at, _ := identity.UserText(a.path)
			o.add(a.name, *at(u))
		}
	}
	return o
}

// Group is how a group is sent.
func (s Style) Group(g *identity.Group) Object {
	o := s.begin(string(g.ID), g.Revision)
	for _, a := range groupAttributes {
		if a.form == formItems {
			value, _ := identity.GroupValue(g, a.path)
			o = s.items(o, a, value)
			continue
		}
		at, _ := identity.GroupText(a.path)
		o.add(a.name, *at(g))
	}
	return o
}

func (s Style) begin(id, revision string) Object {
	o := Object{{AttrID, id}}
	if !s.NoRevision {
		o.add(AttrRevision, revision)
	}
	return o
}

// items appends a list of objects, which identity writes as JSON.
func (s Style) items(o Object, a attribute, value identity.Value) Object {
	var raw []map[string]any
	if value != nil {
		_ = json.Unmarshal(value, &raw) // identity's own
	}
	all := make([]any, len(raw))
	for i, one := range raw {
		item := Object{}
		for _, name := range a.parts {
			text, _ := one[name].(string)
			item.add(name, text)
		}
		if _, has := a.part("primary"); has {
			primary, _ := one["primary"].(bool)
			item = append(item, Field{"primary", primary})
		}
		all[i] = item
	}
	if !s.SingleObjects || a.name == "externalIds" {
		return append(o, Field{a.name, all})
	}
	if len(all) == 0 {
		return o
	}
	return append(o, Field{a.name, all[0]})
}

func nameOf(n identity.Name) Object {
	o := Object{}
	for i, text := range []string{n.GivenName, n.MiddleName, n.FamilyName, n.HonorificPrefix, n.HonorificSuffix, n.Formatted} {
		o.add(nameParts[i], text)
	}
	return o
}

func texts(ids []identity.ID) []any {
	all := make([]any, len(ids))
	for i, id := range ids {
		all[i] = string(id)
	}
	return all
}
