package reconcile

import (
	"context"
	"slices"

	"rollcall/assignment"
	"rollcall/fault"
	"rollcall/identity"
	"rollcall/plan"
)

// Assigned reads what a principal has itself: accounts and applications, all of
// it or an error, without names.
func Assigned(ctx context.Context, i *assignment.Instance, p identity.Principal) ([]plan.Assignment, error) {
	inAccounts, err := i.Own(ctx, p)
	if err != nil {
		return nil, err
	}
	applications, err := i.OwnApplications(ctx, p)
	if err != nil {
		return nil, err
	}
	all := make([]plan.Assignment, 0, len(inAccounts)+len(applications))
	for _, a := range inAccounts {
		all = append(all, plan.InAccount(a))
	}
	for _, a := range applications {
		all = append(all, plan.ToApplication(a))
	}
	return all, nil
}

// ReadAssigned is [Assigned] for many principals, with the names of permission
// sets, accounts and applications for people.
func ReadAssigned(ctx context.Context, i *assignment.Instance, of []identity.Principal) (map[identity.ID][]plan.Assignment, error) {
	lists, err := each(ctx, of, func(ctx context.Context, p identity.Principal) ([]plan.Assignment, error) { return Assigned(ctx, i, p) })
	if err != nil {
		return nil, err
	}
	n := names{instance: i, known: map[string]string{}}
	all := make(map[identity.ID][]plan.Assignment, len(of))
	for k, list := range lists {
		for x := range list {
			if err := n.add(ctx, &list[x]); err != nil {
				return nil, err
			}
		}
		all[of[k].ID] = list
	}
	return all, nil
}

// NoteAssigned writes into a plan which assignments go with what it deletes,
// and seals the deletions with them, so that they can be given back. It is
// called for every plan, before the brakes are looked at; one that deletes
// nothing is left as it is, and nobody is asked. Who may not read assignments
// may still delete an object that they name: its deletion is marked as
// [plan.Unrecorded]. What Rollcall decides by itself is fault.Denied then.
func NoteAssigned(ctx context.Context, access assignment.Opener, p *plan.Plan) error {
	deleted := p.Deleted()
	if len(deleted) == 0 {
		return nil
	}
	of, err := readAssigned(ctx, access, deleted)
	switch {
	case fault.Is(err, fault.Denied) && p.Origin == plan.FromCommand:
		p.LeaveUnrecorded()
		return nil
	case err != nil:
		return err
	case of != nil:
		p.NoteAssigned(of)
	}
	return nil
}

// readAssigned is ReadAssigned, nil where there is nothing to read.
func readAssigned(ctx context.Context, access assignment.Opener, of []identity.Principal) (map[identity.ID][]plan.Assignment, error) {
	i, err := access.Open(ctx)
	if i == nil || err != nil {
		return nil, err
	}
	all, err := ReadAssigned(ctx, i, of)
	if err != nil {
		return nil, fault.New(fault.KindOf(err), "read the assignments of who is to be deleted or leaves", "", err)
	}
	return all, nil
}

// PlanNoting is [Plan] for a directory with an access side: what a plan deletes,
// and from whom it takes what they have, is looked at before the brakes are.
func PlanNoting(ctx context.Context, access assignment.Opener, in Input) (*plan.Plan, error) {
	p, leaving, err := planLeaving(in)
	if err != nil {
		return p, err
	}
	of := p.Deleted()
	for _, who := range leaving {
		if !slices.Contains(of, who) {
			of = append(of, who)
		}
	}
	if len(of) == 0 {
		return p, nil
	}
	current := *in.Current
	if current.Assigned, err = readAssigned(ctx, access, of); err != nil {
		return nil, err
	}
	if current.Assigned == nil {
		return p, nil
	}
	in.Current = &current
	return Plan(in)
}

// names finds out, once each, what people call what is assigned.
type names struct {
	instance *assignment.Instance
	known    map[string]string
}

// Name fills in the names of permission sets, accounts and applications. Those
// of accounts, which another service knows, stay empty where that may not be
// asked.
func Name(ctx context.Context, i *assignment.Instance, all []plan.Assignment) error {
	n := names{instance: i, known: map[string]string{}}
	for k := range all {
		if err := n.add(ctx, &all[k]); err != nil {
			return err
		}
	}
	return nil
}

func (n names) add(ctx context.Context, a *plan.Assignment) (err error) {
	if a.Application != "" {
		a.AppName, err = n.of(a.Application, func() (string, error) {
			app, err := n.instance.Application(ctx, a.Application)
			return app.Name, err
		})
		return err
	}
	a.SetName, err = n.of(a.PermissionSet, func() (string, error) {
		set, err := n.instance.PermissionSet(ctx, a.PermissionSet)
		return set.Name, err
	})
	if err != nil {
		return err
	}
	a.AccountName, err = n.of(a.Account, func() (string, error) {
		account, err := n.instance.Account(ctx, a.Account)
		switch fault.KindOf(err) {
		case fault.NotFound, fault.Denied, fault.Unsupported:
			return "", nil
		}
		return account.Name, err
	})
	return err
}

func (n names) of(id string, ask func() (string, error)) (string, error) {
	if name, known := n.known[id]; known {
		return name, nil
	}
	name, err := ask()
	if err == nil {
		n.known[id] = name
	}
	return name, err
}
