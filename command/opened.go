package command

import (
	"context"

	"golang.org/x/sync/errgroup"

	"rollcall/assignment"
	"rollcall/directory"
	"rollcall/fault"
	"rollcall/identity"
	"rollcall/plan"
	"rollcall/reconcile"
)

// opened is a directory's access side as it is while one plan is made, or why
// there is none. What several of the people have in common, groups and what
// those are given, is read once for the plan.
type opened struct {
	directory *directory.Directory
	instance  *assignment.Instance // nil: there is none to be reached
	err       error
	naming    *reconcile.Naming
	known     reconcile.Once[identity.ID, identity.Group]
	given     reconcile.Once[identity.ID, []plan.Assignment]
}

// group reads a group.
func (o *opened) group(ctx context.Context, id identity.ID) (identity.Group, error) {
	return o.known.Of(ctx, id, func(ctx context.Context) (identity.Group, error) { return o.directory.Group(ctx, id) })
}

// own lists what a principal has itself, with names.
func (o *opened) own(ctx context.Context, who identity.Principal) ([]plan.Assignment, error) {
	if o.err != nil {
		return nil, o.err
	}
	if o.instance == nil {
		return nil, fault.Text(fault.Unsupported, "read assignments", "", "this directory is reached by SCIM alone, which has no word for them")
	}
	own, err := reconcile.Assigned(ctx, o.instance, who)
	if err == nil {
		err = o.naming.Fill(ctx, own)
	}
	plan.SortAssignments(own)
	return own, err
}

// inAccounts lists what a group has in accounts: applications give no role
// sessions.
func (o *opened) inAccounts(ctx context.Context, who identity.Principal) ([]plan.Assignment, error) {
	if o.err != nil {
		return nil, o.err
	}
	return o.given.Of(ctx, who.ID, func(ctx context.Context) ([]plan.Assignment, error) {
		own, err := o.instance.Own(ctx, who)
		if err != nil {
			return nil, err
		}
		all := make([]plan.Assignment, len(own))
		for i, a := range own {
			all[i] = plan.InAccount(a)
		}
		err = o.naming.Fill(ctx, all)
		plan.SortAssignments(all)
		return all, err
	})
}

// givenByGroups lists what groups have in accounts. It needs not their names,
// which another service gives.
func (o *opened) givenByGroups(ctx context.Context, store identity.StoreID, groups []identity.ID) (map[identity.ID][]plan.Assignment, error) {
	if o.instance == nil {
		return nil, nil
	}
	lists := make([][]plan.Assignment, len(groups))
	reads, reading := errgroup.WithContext(ctx)
	reads.SetLimit(readsAtOnce)
	for i, g := range groups {
		reads.Go(func() (err error) {
			lists[i], err = o.inAccounts(reading, identity.Principal{Store: store, Kind: identity.KindGroup, ID: g})
			return err
		})
	}
	if err := reads.Wait(); err != nil {
		return nil, err
	}
	given := make(map[identity.ID][]plan.Assignment, len(groups))
	for i, g := range groups {
		given[g] = lists[i]
	}
	return given, nil
}

// ways lists the ways by which a person takes role sessions: their own, and
// those that their groups are given.
func (o *opened) ways(ctx context.Context, l *leaving, given map[identity.ID][]plan.Assignment) ([]plan.Way, error) {
	if o.instance == nil {
		return nil, nil
	}
	ways, err := o.waysOf(ctx, l.own, identity.Group{})
	for _, g := range l.groups {
		if err != nil {
			return nil, err
		}
		var more []plan.Way
		more, err = o.waysOf(ctx, given[g.ID], g)
		ways = append(ways, more...)
	}
	return ways, err
}

// waysOf says how long the sessions are that each assignment gives.
func (o *opened) waysOf(ctx context.Context, given []plan.Assignment, by identity.Group) ([]plan.Way, error) {
	var ways []plan.Way
	for _, a := range given {
		if a.Application != "" {
			continue // it gives no role
		}
		set, err := o.naming.PermissionSet(ctx, a.PermissionSet)
		if err != nil {
			return nil, err
		}
		ways = append(ways, plan.Way{
			PermissionSet: a.PermissionSet, SetName: a.SetName, Account: a.Account, AccountName: a.AccountName,
			Group: by.ID, GroupName: by.DisplayName, Seconds: int(set.Session().Seconds()),
		})
	}
	return ways, nil
}
