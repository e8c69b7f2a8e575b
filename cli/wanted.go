package cli

import (
	"context"

	"rollcall/assignment"
	"rollcall/command"
	"rollcall/fault"
	"rollcall/identity"
	"rollcall/lifecycle"
	"rollcall/plan"
)

// wanted finds the groups and the access that requests name, each once.
type wanted struct {
	draft  *draft
	create bool // groups that there are not are to be created
	access *assignment.Instance
	groups map[string]identity.Group
	known  map[string][]plan.Assignment
}

func (d *draft) wanted(create bool) *wanted {
	return &wanted{draft: d, create: create, groups: map[string]identity.Group{}, known: map[string][]plan.Assignment{}}
}

// wants is what a role and a request give together. What the request names is
// not the role's.
func (w *wanted) wants(ctx context.Context, r *request, groups []string) (command.Wants, error) {
	all, err := w.named(ctx, groups, r.give, "")
	if err != nil || r.role == "" {
		return all, err
	}
	role := w.draft.house.config.Roles[r.role]
	its, err := w.named(ctx, role.Groups, role.Assignments, r.role)
	if err != nil {
		return all, fault.New(fault.KindOf(err), "role "+r.role, "", err)
	}
	return command.Wants{Groups: append(all.Groups, its.Groups...), Assignments: append(all.Assignments, its.Assignments...)}, nil
}

func (w *wanted) named(ctx context.Context, groups, places []string, role string) (all command.Wants, err error) {
	for _, name := range groups {
		g, err := w.group(ctx, name)
		if err != nil {
			return all, err
		}
		all.Groups = append(all.Groups, command.WantedGroup{Group: g, Role: role})
	}
	for _, text := range places {
		given, err := w.place(ctx, text)
		if err != nil {
			return all, err
		}
		for _, a := range given {
			all.Assignments = append(all.Assignments, command.WantedAssignment{Assignment: a, Role: role})
		}
	}
	return all, nil
}

func (w *wanted) group(ctx context.Context, name string) (identity.Group, error) {
	if g, known := w.groups[name]; known {
		return g, nil
	}
	g, err := w.draft.directory.ResolveGroup(ctx, name)
	if fault.Is(err, fault.NotFound) && w.create {
		g = identity.Group{DisplayName: name}
		err = g.Validate()
	}
	if err == nil {
		w.groups[name] = g
	}
	return g, err
}

// place lists the assignments that a text means.
func (w *wanted) place(ctx context.Context, text string) ([]plan.Assignment, error) {
	if all, there := w.known[text]; there {
		return all, nil
	}
	p, err := lifecycle.ParsePlace(text)
	if err != nil {
		return nil, usageError{err}
	}
	h := w.draft.house
	if w.access == nil {
		if w.access, err = h.access(ctx, w.draft.directory.Name()); err != nil {
			return nil, err
		}
	}
	o := places{organization: p.Everywhere}
	for _, part := range []struct {
		text string
		into *[]string
	}{{p.PermissionSet, &o.sets}, {p.Account, &o.accounts}, {p.Unit, &o.units}, {p.Application, &o.applications}} {
		if part.text != "" {
			*part.into = []string{part.text}
		}
	}
	all, err := o.resolve(ctx, h, w.access)
	if err == nil {
		w.known[text] = all
	}
	return all, err
}
