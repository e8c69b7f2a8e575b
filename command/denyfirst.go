package command

import (
	"context"

	"golang.org/x/sync/errgroup"

	"rollcall/identity"
	"rollcall/plan"
)

// DenyFirst plans part of what [Draft.Leave] plans, by one look at each person:
// that they are denied in the permission sets which the directory lists for them.
// What their groups have is not asked group by group, which takes calls by the
// dozen; a later plan, of all they have, denies what is missing. It fails with what
// the reading fails with, and plans nothing where nobody is to be denied.
func (d *Draft) DenyFirst(ctx context.Context, users []identity.User, reason string) error {
	access := d.opened(ctx)
	if d.Deny == nil || access.instance == nil {
		return access.err
	}
	all := make([]*leaving, len(users))
	var looks errgroup.Group
	looks.SetLimit(peopleAtOnce)
	for i, u := range users {
		looks.Go(func() (err error) {
			all[i], err = d.look(ctx, u, access)
			return err
		})
	}
	if err := looks.Wait(); err != nil {
		return err
	}
	if err := d.denySessions(ctx, all, access, reason); err != nil {
		return err
	}
	for _, l := range all {
		if len(l.before) == 0 {
			continue
		}
		d.Plan.Leavers = append(d.Plan.Leavers, plan.Leaver{
			Object: l.user.ID, Name: l.user.UserName, Record: l.record, Mode: plan.Disable, First: true,
			Unread: "they were denied before all that they have was read",
		})
	}
	return nil
}

// look is what one listing shows of a person's permission sets.
func (d *Draft) look(ctx context.Context, u identity.User, access *opened) (*leaving, error) {
	l := &leaving{user: u, note: &plan.Leaver{}}
	var err error
	if l.record, err = d.desk.Record(ctx, identity.KindUser, u.ID); err != nil {
		return nil, err
	}
	who := identity.Principal{Store: d.Plan.Store, Kind: identity.KindUser, ID: u.ID}
	for a, err := range access.instance.AssignmentsFor(ctx, who, "") {
		if err != nil {
			return nil, err
		}
		set, err := access.naming.PermissionSet(ctx, a.PermissionSet)
		if err != nil {
			return nil, err
		}
		l.note.Ways = append(l.note.Ways, plan.Way{PermissionSet: a.PermissionSet, SetName: set.Name, Account: a.Account})
	}
	return l, nil
}
