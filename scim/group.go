package scim

import (
	"slices"

	"rollcall/identity"
)

// Group is a group on the wire. AWS reads its members as an empty list,
// whoever they are, and leaves the key out when it answers a POST
// (aws-contract 7.4, 7.8): a nil Members is not written.
type Group struct {
	ID          string   `json:"id,omitempty"`
	ExternalID  string   `json:"externalId,omitempty"`
	Meta        *Meta    `json:"meta,omitempty"`
	Schemas     []string `json:"schemas"`
	DisplayName string   `json:"displayName,omitempty"`
	Members     []Member `json:"members,omitzero"`
}

// Member names a user in a group's members.
type Member struct {
	Value string `json:"value"`
	Type  string `json:"type,omitempty"`
}

// WriteGroup is how g looks when it is read.
func (d Dialect) WriteGroup(g *identity.Group) Group {
	return Group{
		ID: string(g.ID), ExternalID: d.externalID(g.ExternalIDs), Meta: meta("Group", g.Meta),
		Schemas: []string{GroupSchema}, DisplayName: g.DisplayName, Members: []Member{},
	}
}

// Group is the group that a resource describes. It is not validated.
func (d Dialect) Group(r *Group) identity.Group {
	return identity.Group{
		ID: identity.ID(r.ID), DisplayName: r.DisplayName, ExternalIDs: d.externalIDs(nil, r.ExternalID), Meta: r.Meta.identity(),
	}
}

// ReadGroup reads the body of a POST: a group and the users to put into it, at
// most [MaxMembers], each once. It fails as [Dialect.ReadUser] does.
func (d Dialect) ReadGroup(body []byte) (identity.Group, []identity.ID, error) {
	const op = "read group"
	in, err := parseObject(op, body)
	if err != nil {
		return identity.Group{}, nil, err
	}
	r := reader{Dialect: d}
	t := r.resource(in, groupAttributes, nil)
	r.id(in, t)
	members := r.memberIDs(t["members"])
	delete(t, "members")
	if err := r.err(op); err != nil {
		return identity.Group{}, nil, err
	}
	var resource Group
	if err := into(t, &resource); err != nil {
		return identity.Group{}, nil, err
	}
	g := d.Group(&resource)
	return g, members, g.Validate()
}

// memberIDs reads a list of members that has been brought into form.
func (r *reader) memberIDs(list any) []identity.ID {
	var all []identity.ID
	items, _ := list.([]any)
	for _, item := range items {
		value, _ := item.(tree)["value"].(string)
		kind, said := item.(tree)["type"].(string)
		switch {
		case said && kind != "User":
			r.refuse("members.type", "only users can be members of a group")
		case !identity.IsID(value):
			r.refuse("members.value", "want the id of a user")
		case !slices.Contains(all, identity.ID(value)):
			all = append(all, identity.ID(value))
		}
	}
	return all
}
