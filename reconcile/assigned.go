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
	if err := NewNaming(i).Fill(ctx, lists...); err != nil {
		return nil, err
	}
	all := make(map[identity.ID][]plan.Assignment, len(of))
	for k, list := range lists {
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
	p, _, err := planNoting(ctx, access, in)
	return p, err
}

// planNoting is [PlanNoting], and what it was found by.
func planNoting(ctx context.Context, access assignment.Opener, in Input) (*plan.Plan, *planner, error) {
	p, by, err := planned(in)
	if err != nil {
		return p, nil, err
	}
	of := p.Deleted()
	for _, who := range by.leaving {
		if !slices.Contains(of, who) {
			of = append(of, who)
		}
	}
	if len(of) == 0 {
		return p, by, nil
	}
	current := *in.Current
	if current.Assigned, err = readAssigned(ctx, access, of); err != nil {
		return nil, nil, err
	}
	if current.Assigned == nil {
		return p, by, nil
	}
	in.Current = &current
	return planned(in)
}
