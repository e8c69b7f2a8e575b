package access

import (
	"encoding/json"
	"slices"

	"rollcall/identity"
	"rollcall/plan"
)

// After returns the facts as a plan would leave them, if all of it were done.
// F is not changed. Deleting a user or group leaves its assignments behind, as
// AWS does.
func After(f *Facts, p *plan.Plan) *Facts {
	to := *f
	to.Users, to.Groups, to.Assignments = slices.Clone(f.Users), slices.Clone(f.Groups), slices.Clone(f.Assignments)
	a := after{
		facts: &to, users: places(to.Users, func(u User) identity.ID { return u.ID }), groups: places(to.Groups, func(g Group) identity.ID { return g.ID }),
		own: map[identity.ID]bool{}, gone: map[identity.Assignment]bool{},
	}
	for _, c := range p.Changes {
		a.change(c, p.Store)
	}
	to.Users = slices.DeleteFunc(to.Users, func(u User) bool { return u.ID == "" })
	to.Groups = slices.DeleteFunc(to.Groups, func(g Group) bool { return g.ID == "" })
	if len(a.gone) > 0 {
		to.Assignments = slices.DeleteFunc(to.Assignments, func(x identity.Assignment) bool { return a.gone[x] })
	}
	return &to
}

// after is facts that are being changed. A place whose id is empty is deleted.
type after struct {
	facts         *Facts
	users, groups map[identity.ID]int
	own           map[identity.ID]bool // groups whose members are a copy already
	gone          map[identity.Assignment]bool
}

func (a *after) change(c plan.Change, store identity.StoreID) {
	id := identity.ID(c.Subject)
	switch {
	case c.Kind.Assigns():
		a.assign(c, store)
	case c.Kind == plan.UserCreate:
		a.users[id] = len(a.facts.Users)
		a.facts.Users = append(a.facts.Users, User{ID: id, Name: c.Name})
		a.editUser(id, c.Edits)
	case c.Kind == plan.UserUpdate:
		a.editUser(id, c.Edits)
	case c.Kind == plan.UserEnable, c.Kind == plan.UserDisable:
		if at, known := a.users[id]; known {
			a.facts.Users[at].Disabled = c.Kind == plan.UserDisable
		}
	case c.Kind == plan.UserDelete:
		if at, known := a.users[id]; known {
			a.facts.Users[at].ID = ""
		}
	case c.Kind == plan.GroupCreate:
		a.groups[id], a.own[id] = len(a.facts.Groups), true
		a.facts.Groups = append(a.facts.Groups, Group{ID: id, Name: c.Name})
		a.move(id, c)
	case c.Kind == plan.GroupUpdate:
		a.renameGroup(id, c.Edits)
	case c.Kind == plan.GroupMembers:
		a.move(id, c)
	case c.Kind == plan.GroupDelete:
		if at, known := a.groups[id]; known {
			a.facts.Groups[at].ID = ""
		}
	}
}

func (a *after) assign(c plan.Change, store identity.StoreID) {
	if c.Assignment.Application != "" {
		return
	}
	one := identity.Assignment{
		Principal:     c.Assignment.Of(store, identity.ID(c.Subject)),
		PermissionSet: c.Assignment.PermissionSet, Account: c.Assignment.Account,
	}
	if c.Kind == plan.AssignmentDelete {
		a.gone[one] = true
		return
	}
	delete(a.gone, one)
	a.facts.Assignments = append(a.facts.Assignments, one)
}

func (a *after) editUser(id identity.ID, edits []identity.Edit) {
	at, known := a.users[id]
	if !known {
		return
	}
	u := &a.facts.Users[at]
	for _, e := range edits {
		switch e.Path {
		case "userName":
			u.Name = text(e.New)
		case "displayName":
			u.Display = text(e.New)
		case "active":
			u.Disabled = string(e.New) == "false"
		}
	}
}

func (a *after) renameGroup(id identity.ID, edits []identity.Edit) {
	at, known := a.groups[id]
	if !known {
		return
	}
	for _, e := range edits {
		if e.Path == "displayName" {
			a.facts.Groups[at].Name = text(e.New)
		}
	}
}

// move makes the members of a group those after a change. The members that
// were read are copied first: others still look at them.
func (a *after) move(id identity.ID, c plan.Change) {
	at, known := a.groups[id]
	if !known {
		return
	}
	g := &a.facts.Groups[at]
	if !a.own[id] {
		g.Members, a.own[id] = slices.Clone(g.Members), true
	}
	leaves := map[identity.ID]bool{}
	for _, m := range c.Remove {
		leaves[identity.ID(m.User)] = true
	}
	there := make(map[identity.ID]bool, len(g.Members))
	g.Members = slices.DeleteFunc(g.Members, func(u identity.ID) bool { return leaves[u] })
	for _, u := range g.Members {
		there[u] = true
	}
	for _, m := range c.Add {
		if u := identity.ID(m.User); !there[u] {
			there[u] = true
			g.Members = append(g.Members, u)
		}
	}
}

// text is a JSON text; anything else, a null too, is none.
func text(v identity.Value) string {
	var s string
	if json.Unmarshal(v, &s) != nil {
		return ""
	}
	return s
}
