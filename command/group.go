package command

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"rollcall/fault"
	"rollcall/identity"
	"rollcall/plan"
)

// Group is [Draft.User] for groups.
func (d *Draft) Group(ctx context.Context, g identity.Group, kind plan.Kind, reason string) (plan.Change, error) {
	digest, err := identity.GroupDigest(&g, nil)
	if err != nil {
		return plan.Change{}, err
	}
	r, err := d.desk.Record(ctx, identity.KindGroup, g.ID)
	if err == nil {
		d.sayForeign(identity.KindGroup, g.DisplayName, r, g.ExternalIDs)
	}
	return plan.Change{
		Kind: kind, Subject: plan.Existing(g.ID), Name: g.DisplayName, Record: r, Reason: reason,
		Expect: plan.Seal{Revision: g.Revision, Digest: digest},
	}, err
}

// NewGroup is the creation of a group, to be added to the plan; fault.Invalid
// for one that cannot be.
func (d *Draft) NewGroup(g identity.Group, reason string) (plan.Change, error) {
	if err := g.Validate(); err != nil {
		return plan.Change{}, err
	}
	full, err := identity.GroupEdits(&identity.Group{}, &g, nil)
	return plan.Change{Kind: plan.GroupCreate, Name: g.DisplayName, Edits: full, Reason: reason}, err
}

// ChangeGroup is [Draft.ChangeUser] for groups.
func (d *Draft) ChangeGroup(ctx context.Context, g identity.Group, edits []identity.Edit, reason string, check func(differ []identity.Edit) error) error {
	to := g
	if err := to.Apply(edits); err != nil {
		return err
	}
	if err := to.Validate(); err != nil {
		return err
	}
	differ, err := identity.GroupEdits(&g, &to, nil)
	if err != nil || len(differ) == 0 {
		return err
	}
	if check != nil {
		if err := check(differ); err != nil {
			return err
		}
	}
	c, err := d.Group(ctx, g, plan.GroupUpdate, reason)
	if err != nil {
		return err
	}
	c.Edits = differ
	d.Add(c)
	return nil
}

// EndGroup plans the deletion of a group whose complete members these are.
func (d *Draft) EndGroup(ctx context.Context, g identity.Group, members []identity.User, reason string) error {
	c, err := d.Group(ctx, g, plan.GroupDelete, reason)
	if err != nil {
		return err
	}
	if c.Edits, err = identity.GroupEdits(&g, &identity.Group{}, nil); err != nil {
		return err
	}
	ids := make([]identity.ID, len(members))
	for i, u := range members {
		ids[i] = u.ID
		c.Ends = append(c.Ends, plan.Tie{Object: u.ID, Name: u.UserName})
	}
	c.Expect.Members = plan.MembersDigest(ids)
	d.Add(c)
	return nil
}

// EndGroupWhole reads who is in a group and plans its deletion, as
// [Draft.EndGroup] does.
func (d *Draft) EndGroupWhole(ctx context.Context, g identity.Group, reason string) error {
	var members []identity.User
	for m, err := range d.Directory.Members(ctx, g.ID) {
		if err != nil {
			return err
		}
		u, err := d.Directory.User(ctx, m.UserID)
		if err != nil {
			return err
		}
		members = append(members, u)
	}
	return d.EndGroup(ctx, g, members, reason)
}

// Member is a user as a change of a group's members names them. A plan has one
// source: users of two are fault.Invalid.
func (d *Draft) Member(ctx context.Context, u identity.User) (plan.Member, error) {
	m := plan.Member{User: plan.Existing(u.ID), Name: u.UserName}
	r, err := d.desk.Record(ctx, identity.KindUser, u.ID)
	if err != nil || r == nil {
		return m, err
	}
	if d.Plan.Source != "" && d.Plan.Source != r.Source {
		return m, fault.Text(fault.Invalid, "plan membership", "", "the users are of two sources, "+d.Plan.Source+" and "+r.Source+"; a plan has one: make a request for each")
	}
	d.Plan.Source, m.Anchor = r.Source, r.Anchor
	return m, d.sayHeld(ctx, u.UserName, r)
}

// GroupsOf lists a user's groups by name.
func (d *Draft) GroupsOf(ctx context.Context, user identity.ID) ([]identity.Group, error) {
	ids, err := d.groupIDs(ctx, user)
	if err != nil {
		return nil, err
	}
	return d.groups(ctx, ids, d.Directory.Group)
}

// groupIDs lists the groups that a user is in.
func (d *Draft) groupIDs(ctx context.Context, user identity.ID) ([]identity.ID, error) {
	var groups []identity.ID
	for m, err := range d.Directory.Memberships(ctx, user) {
		if err != nil {
			return nil, err
		}
		groups = append(groups, m.GroupID)
	}
	return groups, nil
}

// groups reads groups, sorted by name. One that is gone meanwhile is left out.
func (d *Draft) groups(ctx context.Context, ids []identity.ID, read func(context.Context, identity.ID) (identity.Group, error)) ([]identity.Group, error) {
	groups := make([]identity.Group, len(ids))
	reads, ctx := errgroup.WithContext(ctx)
	reads.SetLimit(readsAtOnce)
	for i, id := range ids {
		reads.Go(func() error {
			g, err := read(ctx, id)
			if groups[i] = g; fault.Is(err, fault.NotFound) {
				return nil // it went while we were reading
			}
			return err
		})
	}
	if err := reads.Wait(); err != nil {
		return nil, err
	}
	groups = slices.DeleteFunc(groups, func(g identity.Group) bool { return g.ID == "" })
	slices.SortFunc(groups, func(a, b identity.Group) int {
		return cmp.Or(strings.Compare(identity.Fold(a.DisplayName), identity.Fold(b.DisplayName)), strings.Compare(a.DisplayName, b.DisplayName))
	})
	return groups, nil
}
