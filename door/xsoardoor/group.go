package xsoardoor

import (
	"net/http"
	"slices"

	"rollcall/apply"
	"rollcall/command"
	"rollcall/directory"
	"rollcall/fault"
	"rollcall/identity"
	"rollcall/plan"
	"rollcall/xsoar"
)

// team is a command about a group.
type team struct {
	*request
	result   xsoar.GroupResult
	scim     xsoar.Object
	id, name string
}

// team reads the arguments of a command about a group.
func (r *request) team(action string) (*team, error) {
	scim, err := xsoar.ObjectOf(r.args, argSCIM)
	if err != nil {
		return nil, err
	}
	g := &team{request: r, scim: scim, result: xsoar.GroupResult{Instance: r.shown, Action: action}}
	if g.id, err = xsoar.TextOf(scim, "id"); err != nil {
		return nil, err
	}
	g.name, err = xsoar.TextOf(scim, "displayName")
	return g, err
}

// done is the answer: what a command failed with is in it.
func (g *team) done(err error) (xsoar.Entry, error) {
	if err != nil {
		g.result.Failed, g.result.ID, g.result.Name = true, g.id, g.name
		g.result.Code, g.result.Message = tell(err)
		if fault.Is(err, fault.NotFound) && g.command != "iam-create-group" {
			g.result.Message = noSuchGroup
		}
	}
	entry := g.result.Entry()
	entry.Err = err
	return entry, nil
}

// group finds the group that a command means.
func (g *team) group() (identity.Group, error) {
	switch {
	case g.id == "":
		return g.Desk.Directory().FindGroup(g.ctx, directory.Key{Attribute: directory.KeyDisplayName, Value: g.name})
	case !identity.IsID(g.id):
		return identity.Group{}, fault.Text(fault.NotFound, "find group", "", "no id")
	}
	return g.Desk.Directory().Group(g.ctx, identity.ID(g.id))
}

// tell puts a group into the answer.
func (g *team) tell(found identity.Group) error {
	details, err := xsoar.ValueOf(g.dialect().WriteGroup(&found))
	g.result.ID, g.result.Name, g.result.Details = string(found.ID), found.DisplayName, details
	return err
}

func (r *request) getGroup() (xsoar.Entry, error) {
	g, err := r.team("Get")
	if err != nil {
		return xsoar.Entry{}, err
	}
	if g.id == "" && g.name == "" {
		return xsoar.Entry{}, invalid(`You must supply either "id" or "displayName" in the scim data`)
	}
	found, err := g.group()
	if err != nil {
		return g.done(err)
	}
	if err := g.tell(found); err != nil {
		return g.done(err)
	}
	if g.Generation != xsoar.A {
		g.result.Members, err = g.members(found.ID)
	}
	return g.done(err)
}

// members are who is in a group. The SCIM endpoint never tells.
func (g *team) members(id identity.ID) ([]any, error) {
	all := []any{}
	for member, err := range g.Desk.Directory().MemberIDs(g.ctx, id) {
		if err != nil {
			return nil, err
		}
		u, err := g.Desk.Directory().User(g.ctx, member)
		if fault.Is(err, fault.NotFound) {
			continue // they went while we were reading
		}
		if err != nil {
			return nil, err
		}
		all = append(all, xsoar.Object{{Name: "value", Value: string(u.ID)}, {Name: "display", Value: u.DisplayName}})
	}
	return all, nil
}

func (r *request) createGroup() (xsoar.Entry, error) {
	g, err := r.team("Create")
	if err != nil {
		return xsoar.Entry{}, err
	}
	if g.name == "" {
		return xsoar.Entry{}, invalid(`You must supply "displayName" of the group in the scim data`)
	}
	return g.done(g.create())
}

func (g *team) create() error {
	body, err := g.scim.MarshalJSON()
	if err != nil {
		return err
	}
	wanted, members, err := g.dialect().ReadGroup(body)
	if err != nil {
		return err
	}
	draft, err := g.Desk.Begin(g.ctx, g.by)
	if err != nil {
		return err
	}
	_, err = draft.Directory.FindGroup(g.ctx, directory.Key{Attribute: directory.KeyDisplayName, Value: wanted.DisplayName})
	if err == nil {
		return fault.Text(fault.Conflict, "create group", "", "there is one")
	}
	if !fault.Is(err, fault.NotFound) {
		return err
	}
	c, err := draft.NewGroup(wanted, g.reason())
	if err != nil {
		return err
	}
	n := draft.Add(c)
	if len(members) > 0 {
		m := plan.Change{Kind: plan.GroupMembers, Subject: plan.New(n), Name: wanted.DisplayName, Reason: g.reason(), Needs: []int{n}}
		if m.Add, err = g.named(draft, members); err != nil {
			return err
		}
		draft.Add(m)
	}
	result, err := g.make(draft, "create group")
	if err != nil {
		return err
	}
	made, err := g.Desk.Directory().Group(g.ctx, result.Created[plan.New(n)])
	if err != nil {
		return err
	}
	return g.tell(made)
}

// named are users as a change of a group's members names them.
func (g *team) named(draft *command.Draft, ids []identity.ID) ([]plan.Member, error) {
	var all []plan.Member
	for _, id := range ids {
		u, err := draft.Directory.User(g.ctx, id)
		if fault.Is(err, fault.NotFound) {
			return nil, fault.Text(fault.Invalid, "find member", "", "a member id is no user's: "+string(id))
		}
		if err != nil {
			return nil, err
		}
		m, err := draft.Member(g.ctx, u)
		if err != nil {
			return nil, err
		}
		all = append(all, m)
	}
	return all, nil
}

func (r *request) updateGroup() (xsoar.Entry, error) {
	g, err := r.team("Update")
	if err != nil {
		return xsoar.Entry{}, err
	}
	add, err := memberIDs(r.args, argAdd)
	if err != nil {
		return xsoar.Entry{}, err
	}
	remove, err := memberIDs(r.args, argRemove)
	if err != nil {
		return xsoar.Entry{}, err
	}
	switch {
	case g.id == "":
		return xsoar.Entry{}, invalid(`You must supply "id" in the scim data`)
	case len(add)+len(remove) == 0:
		return xsoar.Entry{}, invalid(`You must supply either "memberIdsToAdd" or "memberIdsToDelete" in the arguments`)
	case slices.ContainsFunc(add, func(id identity.ID) bool { return slices.Contains(remove, id) }):
		return xsoar.Entry{}, invalid("a member id is in memberIdsToAdd and in memberIdsToDelete")
	}
	return g.done(g.update(add, remove))
}

// memberIDs reads a list of users' ids.
func memberIDs(args xsoar.Arguments, name string) ([]identity.ID, error) {
	texts, err := xsoar.ListOf(args, name)
	ids := make([]identity.ID, len(texts))
	for i, text := range texts {
		ids[i] = identity.ID(text)
	}
	return ids, err
}

// update changes who is in a group. Whoever is in it, or out of it, already is
// left alone.
func (g *team) update(add, remove []identity.ID) error {
	draft, err := g.Desk.Begin(g.ctx, g.by)
	if err != nil {
		return err
	}
	found, err := g.group()
	if err != nil {
		return err
	}
	inside := map[identity.ID]bool{}
	for id, err := range draft.Directory.MemberIDs(g.ctx, found.ID) {
		if err != nil {
			return err
		}
		inside[id] = true
	}
	c, err := draft.Group(g.ctx, found, plan.GroupMembers, g.reason())
	if err != nil {
		return err
	}
	for _, id := range slices.Concat(add, remove) {
		if !identity.IsID(string(id)) {
			return fault.Text(fault.Invalid, "find member", "", "a member id is not one: it is like 94482488-3041-7026-18f3-be45837cd0e4")
		}
	}
	add = slices.DeleteFunc(add, func(id identity.ID) bool { return inside[id] })
	remove = slices.DeleteFunc(remove, func(id identity.ID) bool { return !inside[id] })
	if c.Add, err = g.named(draft, add); err != nil {
		return err
	}
	if c.Remove, err = g.named(draft, remove); err != nil {
		return err
	}
	if len(c.Add)+len(c.Remove) > 0 {
		draft.Add(c)
	}
	result, err := g.make(draft, "change members")
	if err != nil {
		return err
	}
	g.changed(found, result)
	return nil
}

// changed is the answer about a group that was changed or deleted. Generation A
// has the headers of an answer there, as Python writes them.
func (g *team) changed(found identity.Group, result *apply.Result) {
	g.result.ID = string(found.ID)
	var run, kept string
	if result != nil {
		run, kept = result.Run, string(result.Plan)
	}
	if g.Generation == xsoar.A {
		g.result.Details = xsoar.PythonText(xsoar.Object{
			{Name: "Date", Value: g.Desk.Executor.Clock.Now().UTC().Format(http.TimeFormat)},
			{Name: "Content-Type", Value: "application/json"},
			{Name: "Connection", Value: "keep-alive"},
			{Name: "x-amzn-RequestId", Value: run},
		})
		return
	}
	g.result.Name = found.DisplayName
	g.result.Details = xsoar.Object{{Name: "plan", Value: kept}, {Name: "run", Value: run}}
}

func (r *request) deleteGroup() (xsoar.Entry, error) {
	g, err := r.team("Delete")
	if err != nil {
		return xsoar.Entry{}, err
	}
	if g.id == "" {
		return xsoar.Entry{}, invalid("The group id needs to be provided.")
	}
	return g.done(g.end())
}

func (g *team) end() error {
	draft, err := g.Desk.Begin(g.ctx, g.by)
	if err != nil {
		return err
	}
	found, err := g.group()
	if err != nil {
		return err
	}
	if err := draft.EndGroupWhole(g.ctx, found, g.reason()); err != nil {
		return err
	}
	result, err := g.make(draft, "delete group")
	if err != nil {
		return err
	}
	g.changed(found, result)
	return nil
}

// test reads one user: that shows whether the directory answers.
func (r *request) test() (xsoar.Entry, error) {
	for _, err := range r.Desk.Directory().Users(r.ctx) {
		if err != nil {
			return xsoar.Entry{}, err
		}
		break
	}
	return xsoar.Plain("ok", "ok"), nil
}

func (r *request) mappingFields() (xsoar.Entry, error) {
	return xsoar.Plain(xsoar.MappingFields(), ""), nil
}
