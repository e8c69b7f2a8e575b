package command

import (
	"context"
	"sync"

	"golang.org/x/sync/errgroup"

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
	lacks  []lack
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
	access := d.opened(ctx)
	first := len(d.Plan.Leavers)
	all, err := d.read(ctx, users, mode, access, unread)
	if err != nil {
		return err
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

// peopleAtOnce is how many people's reads are under way at once.
const peopleAtOnce = 3

// read reads what people have, side by side, and notes who leaves in the plan.
func (d *Draft) read(ctx context.Context, users []identity.User, mode plan.Mode, access *opened, unread onUnread) ([]*leaving, error) {
	all := make([]*leaving, len(users))
	var reads errgroup.Group
	reads.SetLimit(peopleAtOnce)
	for i, u := range users {
		reads.Go(func() (err error) {
			all[i], err = d.leaving(ctx, u, mode, access)
			return err
		})
	}
	if err := reads.Wait(); err != nil {
		return nil, err
	}
	for _, l := range all {
		for _, one := range l.lacks {
			if err := unread(l, one.what, one.err); err != nil {
				return nil, err
			}
		}
		d.Plan.Leavers = append(d.Plan.Leavers, *l.note)
	}
	return all, nil
}

// lack is something of a person that is to be taken and cannot be read.
type lack struct {
	what string
	err  error
}

// leaving reads what a person has.
func (d *Draft) leaving(ctx context.Context, u identity.User, mode plan.Mode, access *opened) (*leaving, error) {
	l := &leaving{user: u, note: &plan.Leaver{Object: u.ID, Name: u.UserName, Mode: mode}}
	var err error
	if l.record, err = d.desk.Record(ctx, identity.KindUser, u.ID); err != nil {
		return nil, err
	}
	l.note.Record = l.record
	lacks := func(what string, err error) {
		if err == nil {
			return
		}
		l.note.Unread = what + ": " + err.Error()
		if mode != plan.Disable { // of which nothing is to be taken
			l.lacks = append(l.lacks, lack{l.note.Unread, err})
		}
	}
	var reads sync.WaitGroup // two services
	var ownErr, groupsErr, givenErr error
	var given map[identity.ID][]plan.Assignment
	reads.Go(func() {
		l.own, ownErr = access.own(ctx, identity.Principal{Store: d.Plan.Store, Kind: identity.KindUser, ID: u.ID})
	})
	var groups []identity.ID
	if groups, groupsErr = d.groupIDs(ctx, u.ID); groupsErr == nil {
		reads.Go(func() { given, givenErr = access.givenByGroups(ctx, d.Plan.Store, groups) })
		l.groups, groupsErr = d.groups(ctx, groups, access.group)
	}
	reads.Wait()
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	lacks("groups", groupsErr)
	lacks("assignments", ownErr)
	if l.note.Unread == "" {
		if err = givenErr; err == nil {
			l.note.Ways, err = access.ways(ctx, l, given)
		}
		if err != nil {
			l.note.Unread = "assignments of groups: " + err.Error() // nothing of theirs is taken
		}
	}
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

// readsAtOnce is how many reads about one person are under way at once. They use
// up AWS's budget if an answer takes 150 ms; more would only stand in line before
// the calls that deny the person meanwhile.
const readsAtOnce = 3

// opened opens the access side for one plan.
func (d *Draft) opened(ctx context.Context) *opened {
	o := &opened{directory: d.Directory}
	if o.instance, o.err = d.desk.Executor.Access.Open(ctx); o.instance != nil {
		o.naming = reconcile.NewNaming(o.instance)
	}
	return o
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
