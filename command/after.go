package command

import (
	"context"

	"rollcall/fault"
	"rollcall/identity"
	"rollcall/lifecycle"
	"rollcall/plan"
	"rollcall/reconcile"
)

// After reads what somebody who was put out has now. What cannot be read is in
// its problem.
func (d *Desk) After(ctx context.Context, l plan.Leaver) lifecycle.After {
	now := lifecycle.After{State: lifecycle.Unknown}
	if err := d.after(ctx, l.Object, &now); err != nil {
		now.Problem = err.Error()
	}
	return now
}

func (d *Desk) after(ctx context.Context, id identity.ID, now *lifecycle.After) error {
	u, err := d.Directory().User(ctx, id)
	switch {
	case fault.Is(err, fault.NotFound):
		now.State = lifecycle.Gone
	case err != nil:
		return err
	case u.Active:
		now.State = lifecycle.Enabled
	default:
		now.State = lifecycle.Disabled
	}
	if now.State != lifecycle.Gone {
		draft := Draft{desk: d, Directory: d.Directory()}
		groups, err := draft.GroupsOf(ctx, id)
		if err != nil {
			return err
		}
		for _, g := range groups {
			now.Groups = append(now.Groups, g.DisplayName)
		}
	}
	store, err := d.Directory().Store(ctx)
	if err != nil {
		return err
	}
	access, err := d.Executor.Access.Open(ctx)
	if err != nil || access == nil {
		return err
	}
	own, err := reconcile.Assigned(ctx, access, identity.Principal{Store: store.ID, Kind: identity.KindUser, ID: id})
	if err == nil {
		err = reconcile.Name(ctx, access, own)
	}
	for _, a := range own {
		now.Assignments = append(now.Assignments, a.Text())
	}
	return err
}
