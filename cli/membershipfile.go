package cli

import (
	"context"
	"fmt"

	"rollcall/fault"
	"rollcall/identity"
	"rollcall/plan"
)

// memberFile is the plan of a file's memberships in the making.
type memberFile struct {
	*draft
	options membershipChange
	groups  map[string]*plan.Change // by the group's name in the file
	of      map[string]identity.Group
	order   []string
	users   map[string]identity.User
	members map[identity.ID]map[identity.ID]bool
	planned map[identity.ID]map[identity.ID]bool
	changes int
}

// runMembershipFile changes the memberships of a file by one plan, with one
// change for each group.
func runMembershipFile(ctx context.Context, h *house, o membershipChange) error {
	f, err := h.app.readRows(o.from, "group", "user")
	if err != nil {
		return err
	}
	d, err := h.draft(ctx)
	if err != nil {
		return err
	}
	m := &memberFile{
		draft: d, options: o, groups: map[string]*plan.Change{}, of: map[string]identity.Group{}, users: map[string]identity.User{},
		members: map[identity.ID]map[identity.ID]bool{}, planned: map[identity.ID]map[identity.ID]bool{},
	}
	for _, r := range f.rows {
		err := m.row(ctx, r.cells["group"], r.cells["user"])
		if err != nil && (fault.Is(err, fault.Unavailable) || ctx.Err() != nil) {
			return err
		}
		if err != nil {
			f.complain(r, err)
		}
	}
	if err := f.complete(); err != nil {
		return err
	}
	for _, name := range m.order {
		if c := m.groups[name]; len(c.Add)+len(c.Remove) > 0 {
			d.Add(*c)
			h.warnOfSync(*c)
		}
	}
	verb := map[bool]string{true: "add", false: "remove"}[o.add]
	return d.carryOut(ctx, fmt.Sprintf("%s %s of a file", verb, count(m.changes, "membership")), o.change)
}

// row plans one membership; one that is as it is to be needs no change.
func (m *memberFile) row(ctx context.Context, groupName, userName string) error {
	c, g, err := m.groupOf(ctx, groupName)
	if err != nil {
		return err
	}
	u, known := m.users[userName]
	if !known {
		if u, err = m.directory.ResolveUser(ctx, userName); err != nil {
			return err
		}
		m.users[userName] = u
	}
	if m.members[g.ID][u.ID] == m.options.add || m.planned[g.ID][u.ID] {
		return nil
	}
	member, err := m.Member(ctx, u)
	if err != nil {
		return invalid(err)
	}
	m.planned[g.ID][u.ID] = true
	m.changes++
	if m.options.add {
		c.Add = append(c.Add, member)
	} else {
		c.Remove = append(c.Remove, member)
	}
	return nil
}

// groupOf is the change of a group, and the group, whose members are read once.
func (m *memberFile) groupOf(ctx context.Context, name string) (*plan.Change, identity.Group, error) {
	if c := m.groups[name]; c != nil {
		return c, m.of[name], nil
	}
	g, err := m.directory.ResolveGroup(ctx, name)
	if err != nil {
		return nil, g, err
	}
	for other, known := range m.of {
		if known.ID == g.ID { // by another of its names
			return m.groups[other], g, nil
		}
	}
	c, err := m.Group(ctx, g, plan.GroupMembers, m.options.reason)
	if err != nil {
		return nil, g, err
	}
	m.members[g.ID], m.planned[g.ID] = map[identity.ID]bool{}, map[identity.ID]bool{}
	for one, err := range m.directory.Members(ctx, g.ID) {
		if err != nil {
			return nil, g, err
		}
		m.members[g.ID][one.UserID] = true
	}
	m.groups[name], m.of[name], m.order = &c, g, append(m.order, name)
	return &c, g, nil
}
