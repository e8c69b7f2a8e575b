package command

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"rollcall/fault"
	"rollcall/identity"
	"rollcall/link"
	"rollcall/plan"
)

// Joiner is somebody who comes in.
type Joiner struct {
	Said  []identity.Edit // the attributes that were said, userName among them
	There *identity.User  // who has the userName already; nil: nobody
	Adopt bool            // take whoever is there as they are
	Wants Wants           // what they are given
	Asked time.Time       // when it was asked for: a hold that began later stands
}

// User is the joiner as a new user.
func (j *Joiner) User() (identity.User, error) {
	u := identity.User{Active: true}
	return u, u.Apply(j.Said)
}

// Join plans that somebody comes in: whoever is not there is created; a hold of
// the same person ends, and an account of theirs that is disabled is enabled;
// then they are put into their groups, and then they are given their
// assignments. What is so already is not planned again.
//
// It fails with fault.Invalid for a user who cannot be, and with fault.Conflict
// for a userName whose user has other values than were said, with both.
func (s *Staffing) Join(ctx context.Context, j Joiner) error {
	s.draft.Plan.Event = plan.Joiner
	p, err := s.draft.comesIn(ctx, &j, s.reason)
	if err != nil {
		return err
	}
	return s.give(ctx, p, j.Wants)
}

// person is somebody whose entitlements change.
type person struct {
	subject plan.Subject
	id      identity.ID // empty for somebody new
	user    identity.User
	record  *identity.Record
	needs   []int             // the changes that have to be made before they are given anything
	joined  []int             // those that put them into groups
	given   []int             // those that give them assignments
	noted   []plan.Assignment // that they are given, or lose
}

func (d *Draft) comesIn(ctx context.Context, j *Joiner, reason string) (*person, error) {
	if j.There != nil {
		return d.comesBack(ctx, j, reason)
	}
	u, err := j.User()
	if err != nil {
		return nil, err
	}
	hold, err := d.desk.holdAs(ctx, &u)
	if err != nil {
		return nil, err
	}
	p := &person{user: u}
	c, err := d.NewUser(ctx, u, reason)
	if err != nil {
		return nil, err
	}
	if hold != nil {
		if p.needs, err = d.release(ctx, j, u.UserName, "", hold, reason); err != nil {
			return nil, err
		}
		c.Record, c.Needs = recordOf(hold), p.needs
	}
	p.record = c.Record
	n := d.Add(c)
	p.subject, p.needs = plan.New(n), []int{n}
	return p, nil
}

// comesBack takes somebody further who is there.
func (d *Draft) comesBack(ctx context.Context, j *Joiner, reason string) (*person, error) {
	u := *j.There
	if err := d.sameAsSaid(j); err != nil {
		return nil, err
	}
	p := &person{subject: plan.Existing(u.ID), id: u.ID, user: u}
	var err error
	if p.record, err = d.desk.Record(ctx, identity.KindUser, u.ID); err != nil {
		return nil, err
	}
	if p.record != nil {
		hold, held, err := d.desk.Executor.Links.Held(ctx, p.record.Source, p.record.Anchor)
		if err != nil {
			return nil, err
		}
		if held {
			if p.needs, err = d.release(ctx, j, u.UserName, u.ID, &hold, reason); err != nil {
				return nil, err
			}
		}
	}
	if !u.Active && d.Directory.Abilities().Status {
		n, err := d.SwitchUser(ctx, u, true, reason)
		if err != nil {
			return nil, err
		}
		d.Plan.Changes[n-1].Needs = p.needs
		p.needs = append(slices.Clone(p.needs), n)
	}
	return p, nil
}

// sameAsSaid says what of somebody who is there is not as was said.
func (d *Draft) sameAsSaid(j *Joiner) error {
	if j.Adopt {
		return nil
	}
	to := *j.There
	if err := to.Apply(j.Said); err != nil {
		return err
	}
	differ, err := identity.UserEdits(j.There, &to, nil)
	if err != nil || len(differ) == 0 {
		return err
	}
	texts := make([]string, len(differ))
	for i, e := range differ {
		texts[i] = e.Path + " is " + plan.Text(e.Old) + ", not " + plan.Text(e.New)
	}
	return fault.Text(fault.Conflict, "join", j.There.UserName, "somebody of that userName is there already, with id "+string(j.There.ID)+
		", and differs: "+strings.Join(texts, "; ")+". If it is the same person, --if-exists adopt leaves that as it is, and rollcall mover run changes it")
}

// release plans that a hold ends, and returns the change's number.
func (d *Draft) release(ctx context.Context, j *Joiner, name string, id identity.ID, h *link.Hold, reason string) ([]int, error) {
	if !j.Asked.IsZero() && h.Since.After(j.Asked) {
		return nil, fault.Text(fault.Denied, "join", name, "was put out on "+h.Since.UTC().Format(time.DateOnly)+
			", after this was asked for, and stays out; to let them in: rollcall leaver release")
	}
	n := d.Add(plan.Change{
		Kind: plan.UserRelease, Subject: plan.Existing(id), Name: name, Record: recordOf(h), Reason: reason,
		Hold: &plan.Hold{Reason: h.Reason, By: h.By, Since: h.Since},
	})
	return []int{n}, d.allowAgain(ctx, id, name, recordOf(h), n, reason)
}

func recordOf(h *link.Hold) *identity.Record {
	return &identity.Record{Source: h.Source, Kind: identity.KindUser, Anchor: h.Anchor}
}

// holdAs returns the hold of the person that a new user would be, or nil: the
// same name, or an external id with the anchor. Two of them are fault.Conflict.
func (d *Desk) holdAs(ctx context.Context, u *identity.User) (*link.Hold, error) {
	holds, err := d.Executor.Links.Holds(ctx)
	if err != nil {
		return nil, err
	}
	var found []link.Hold
	for _, h := range holds {
		if isHoldOf(h, u) {
			found = append(found, h)
		}
	}
	switch len(found) {
	case 0:
		return nil, nil
	case 1:
		return &found[0], nil
	}
	return nil, fault.Text(fault.Conflict, "join", u.UserName, fmt.Sprintf(
		"%d people who were put out could be meant; release the right one first, by the anchor that rollcall user held shows: rollcall leaver release", len(found)))
}
