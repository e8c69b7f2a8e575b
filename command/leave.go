package command

import (
	"context"
	"sync"

	"golang.org/x/sync/errgroup"

	"rollcall/assignment"
	"rollcall/fault"
	"rollcall/identity"
	"rollcall/plan"
	"rollcall/reconcile"
)

// Unread is the situation of somebody of whom not all could be read that is to
// be taken from them. What was read is taken; they are not deleted.
const Unread = "unread"

// leaving is somebody who is put out, with all that is known to go.
type leaving struct {
	user   identity.User
	record *identity.Record
	groups []identity.Group
	own    []plan.Assignment
	note   *plan.Leaver
	before []int // the numbers of the changes that their deletion waits for
	first  []int // those that everything else waits for
	unread bool
}

// Leave plans that people are put out: each is held, so that nothing lets them
// in again, and disabled first; then, side by side, their role sessions are denied
// if the draft says so ([Draft.Deny]), and their own assignments and their memberships are taken, and when all of that is done they are deleted,
// as far as mode goes. What their groups have is left alone. What is so already
// is not planned again.
//
// What cannot be read keeps nobody in: it is noted as an attention [Unread],
// all else is planned, but no deletion. Disabling alone, where the directory
// cannot, is fault.Unsupported; the other modes go on without.
func (d *Draft) Leave(ctx context.Context, users []identity.User, mode plan.Mode, reason string) error {
	return d.leave(ctx, users, mode, reason, d.noted)
}

func (d *Draft) leave(ctx context.Context, users []identity.User, mode plan.Mode, reason string, unread onUnread) error {
	if mode == plan.Disable && !d.Directory.Abilities().Status {
		return fault.Text(fault.Unsupported, "disable", "", "directory "+d.Directory.Name()+
			" cannot disable users (on AWS that needs SCIM); to take all access away instead: mode revoke")
	}
	d.Plan.Event = plan.Leaves
	access := opened{seconds: map[string]int{}}
	access.instance, access.err = d.desk.Executor.Access.Open(ctx)
	first := len(d.Plan.Leavers)
	all := make([]*leaving, 0, len(users))
	for _, u := range users {
		l, err := d.leaving(ctx, u, mode, access, unread)
		if err != nil {
			return err
		}
		all = append(all, l)
	}
	for i, l := range all {
		l.note = &d.Plan.Leavers[first+i]
		if err := d.shut(ctx, l, reason); err != nil {
			return err
		}
	}
	if err := d.denySessions(ctx, all, access, reason); err != nil {
		return err
	}
	if mode == plan.Disable {
		return nil
	}
	for _, l := range all {
		d.takeOwn(l, reason)
	}
	if err := d.takeOut(ctx, all, reason); err != nil {
		return err
	}
	if mode != plan.Delete {
		return nil
	}
	for _, l := range all {
		if l.unread {
			continue
		}
		if err := d.deleteLast(ctx, l.user, l.before, reason); err != nil {
			return err
		}
	}
	return nil
}

// Shut plans the first of what [Draft.Leave] plans, for those who are enabled:
// that they are held and disabled. What they have is not read, so it takes few
// calls; where the directory cannot disable it plans nothing.
func (d *Draft) Shut(ctx context.Context, users []identity.User, reason string) error {
	for _, u := range users {
		if !u.Active || !d.Directory.Abilities().Status {
			continue
		}
		l := &leaving{user: u}
		var err error
		if l.record, err = d.desk.Record(ctx, identity.KindUser, u.ID); err != nil {
			return err
		}
		if err := d.shut(ctx, l, reason); err != nil {
			return err
		}
		d.Plan.Leavers = append(d.Plan.Leavers, plan.Leaver{
			Object: u.ID, Name: u.UserName, Record: l.record, Mode: plan.Disable, First: true,
			Unread: "they were disabled before anybody read what they have",
		})
	}
	return nil
}

// leaving reads what a person has, and notes who leaves in the plan.
func (d *Draft) leaving(ctx context.Context, u identity.User, mode plan.Mode, access opened, unread onUnread) (*leaving, error) {
	l := &leaving{user: u}
	var err error
	if l.record, err = d.desk.Record(ctx, identity.KindUser, u.ID); err != nil {
		return nil, err
	}
	note := plan.Leaver{Object: u.ID, Name: u.UserName, Record: l.record, Mode: mode}
	lacks := func(what string, err error) error {
		switch {
		case ctx.Err() != nil:
			return context.Cause(ctx)
		case err == nil:
			return nil
		}
		note.Unread = what + ": " + err.Error()
		if mode == plan.Disable {
			return nil // nothing of it is to be taken
		}
		return unread(l, note.Unread, err)
	}
	var reads sync.WaitGroup // two services
	var ownErr, givenErr error
	var given map[identity.ID][]plan.Assignment
	reads.Go(func() {
		l.own, ownErr = access.own(ctx, identity.Principal{Store: d.Plan.Store, Kind: identity.KindUser, ID: u.ID})
	})
	reads.Go(func() { given, givenErr = d.givenByGroups(ctx, u.ID, access) })
	l.groups, err = d.GroupsOf(ctx, u.ID)
	reads.Wait()
	if err := lacks("groups", err); err != nil {
		return nil, err
	}
	if err := lacks("assignments", ownErr); err != nil {
		return nil, err
	}
	if note.Unread == "" {
		if err = givenErr; err == nil {
			note.Ways, err = access.ways(ctx, d.Plan.Store, l, given)
		}
		if err != nil {
			note.Unread = "assignments of groups: " + err.Error() // nothing of theirs is taken
		}
	}
	d.Plan.Leavers = append(d.Plan.Leavers, note)
	return l, nil
}

// onUnread is told that something of a person cannot be read that is to be
// taken; an error ends the planning.
type onUnread func(l *leaving, what string, err error) error

// noted keeps a person whose reading failed from being deleted, and says so.
func (d *Draft) noted(l *leaving, what string, _ error) error {
	l.unread = true
	d.Plan.Attention = append(d.Plan.Attention, plan.Attention{
		Situation: Unread, Kind: identity.KindUser, Name: l.user.UserName, Record: l.record, Object: l.user.ID,
		Text: "not all that they have could be read, so not all is taken and they are not deleted; run it again when it can be: " + what,
	})
	return nil
}

// readsAtOnce is how many reads about one person are under way at once: they
// wait for the disabling.
const readsAtOnce = 8

// opened is a directory's access side, or why there is none.
type opened struct {
	instance *assignment.Instance // nil: there is none to be reached
	err      error
	seconds  map[string]int // how long a session is, by permission set
}

// own lists what a principal has itself, with names.
func (o opened) own(ctx context.Context, who identity.Principal) ([]plan.Assignment, error) {
	if o.err != nil {
		return nil, o.err
	}
	if o.instance == nil {
		return nil, fault.Text(fault.Unsupported, "read assignments", "", "this directory is reached by SCIM alone, which has no word for them")
	}
	own, err := reconcile.Assigned(ctx, o.instance, who)
	if err == nil {
		err = reconcile.Name(ctx, o.instance, own)
	}
	plan.SortAssignments(own)
	return own, err
}

// inAccounts lists what a principal has itself in accounts: applications give no
// role sessions.
func (o opened) inAccounts(ctx context.Context, who identity.Principal) ([]plan.Assignment, error) {
	if o.err != nil {
		return nil, o.err
	}
	own, err := o.instance.Own(ctx, who)
	if err != nil {
		return nil, err
	}
	all := make([]plan.Assignment, len(own))
	for i, a := range own {
		all[i] = plan.InAccount(a)
	}
	err = reconcile.Name(ctx, o.instance, all)
	plan.SortAssignments(all)
	return all, err
}

// givenByGroups lists what the groups of a user have in accounts. It lists the
// groups for itself: so it need not wait for their names, which another service
// gives.
func (d *Draft) givenByGroups(ctx context.Context, user identity.ID, access opened) (map[identity.ID][]plan.Assignment, error) {
	if access.instance == nil {
		return nil, nil
	}
	var groups []identity.ID
	for m, err := range d.Directory.Memberships(ctx, user) {
		if err != nil {
			return nil, err
		}
		groups = append(groups, m.GroupID)
	}
	lists := make([][]plan.Assignment, len(groups))
	reads, reading := errgroup.WithContext(ctx)
	reads.SetLimit(readsAtOnce)
	for i, g := range groups {
		reads.Go(func() (err error) {
			lists[i], err = access.inAccounts(reading, identity.Principal{Store: d.Plan.Store, Kind: identity.KindGroup, ID: g})
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
func (o opened) ways(ctx context.Context, store identity.StoreID, l *leaving, given map[identity.ID][]plan.Assignment) ([]plan.Way, error) {
	if o.instance == nil {
		return nil, nil
	}
	ways, err := o.waysOf(ctx, l.own, identity.Group{})
	for _, g := range l.groups {
		if err != nil {
			return nil, err
		}
		list, read := given[g.ID]
		if !read { // they have joined it since
			if list, err = o.inAccounts(ctx, identity.Principal{Store: store, Kind: identity.KindGroup, ID: g.ID}); err != nil {
				return nil, err
			}
		}
		var more []plan.Way
		more, err = o.waysOf(ctx, list, g)
		ways = append(ways, more...)
	}
	return ways, err
}

// waysOf says how long the sessions are that each assignment gives.
func (o opened) waysOf(ctx context.Context, given []plan.Assignment, by identity.Group) ([]plan.Way, error) {
	var ways []plan.Way
	for _, a := range given {
		if a.Application != "" {
			continue // it gives no role
		}
		if _, known := o.seconds[a.PermissionSet]; !known {
			set, err := o.instance.PermissionSet(ctx, a.PermissionSet)
			if err != nil {
				return nil, err
			}
			o.seconds[a.PermissionSet] = int(set.Session().Seconds())
		}
		ways = append(ways, plan.Way{
			PermissionSet: a.PermissionSet, SetName: a.SetName, Account: a.Account, AccountName: a.AccountName,
			Group: by.ID, GroupName: by.DisplayName, Seconds: o.seconds[a.PermissionSet],
		})
	}
	return ways, nil
}

// shut plans what comes first: the hold, then disabling.
func (d *Draft) shut(ctx context.Context, l *leaving, reason string) error {
	if l.record != nil {
		_, held, err := d.desk.Executor.Links.Held(ctx, l.record.Source, l.record.Anchor)
		if err != nil {
			return err
		}
		if !held {
			n := d.Add(plan.Change{Kind: plan.UserHold, Subject: plan.Existing(l.user.ID), Name: l.user.UserName, Record: l.record, Reason: reason})
			l.first = append(l.first, n)
		}
	}
	if l.user.Active && d.Directory.Abilities().Status {
		n, err := d.SwitchUser(ctx, l.user, false, reason)
		if err != nil {
			return err
		}
		d.Plan.Changes[n-1].Needs = l.first
		l.first = []int{n}
	}
	l.before = append(l.before, l.first...)
	return nil
}

// takeOwn plans that a person's own assignments are taken.
func (d *Draft) takeOwn(l *leaving, reason string) {
	who := Holder{Principal: identity.Principal{Store: d.Plan.Store, Kind: identity.KindUser, ID: l.user.ID}, Name: l.user.UserName, Record: l.record}
	for _, a := range l.own {
		d.Take(who, a, reason)
		n := len(d.Plan.Changes)
		d.Plan.Changes[n-1].Needs = l.first
		l.before = append(l.before, n)
	}
}

// takeOut plans that people leave their groups: one change a group.
func (d *Draft) takeOut(ctx context.Context, all []*leaving, reason string) error {
	of := map[identity.ID]int{}
	for _, l := range all {
		for _, g := range l.groups {
			n, planned := of[g.ID]
			if !planned {
				c, err := d.Group(ctx, g, plan.GroupMembers, reason)
				if err != nil {
					return err
				}
				n = d.Add(c)
				of[g.ID] = n
			}
			c := &d.Plan.Changes[n-1]
			c.Remove = append(c.Remove, plan.Member{User: plan.Existing(l.user.ID), Name: l.user.UserName})
			c.Needs = append(c.Needs, l.first...)
			l.before = append(l.before, n)
		}
	}
	return nil
}

// deleteLast plans that a user who has nothing any more is deleted once these
// changes are made.
func (d *Draft) deleteLast(ctx context.Context, u identity.User, before []int, reason string) error {
	c, err := d.User(ctx, u, plan.UserDelete, reason)
	if err != nil {
		return err
	}
	if c.Edits, err = identity.UserEdits(&u, &identity.User{}, nil); err != nil {
		return err
	}
	c.Needs, c.Expect.Members = before, plan.MembersDigest(nil)
	d.Add(c)
	return nil
}
