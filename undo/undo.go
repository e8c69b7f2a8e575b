// Package undo compiles the plan that takes a run back.
//
// It starts from what the journal says was made, not from what was planned,
// and takes back only what is still as the run left it. Whatever has changed
// since is reported and stays. It writes nothing itself, lifts no hold, and
// deletes nothing that has gained memberships since.
package undo

import (
	"context"
	"time"

	"rollcall/fault"
	"rollcall/identity"
	"rollcall/journal"
	"rollcall/link"
	"rollcall/plan"
	"rollcall/reconcile"
)

// Past is a run that is over: what was planned, and what became of it.
type Past struct {
	Run      journal.RunInfo
	Plan     *plan.Plan
	Outcomes []journal.Entry // oldest first
}

// Recall reads a run from the journal, by its id or the beginning of it. It
// fails with fault.Conflict while the run has no end, and with fault.Stale if
// a person's data was erased from its plan, because then nobody knows what was
// there before.
func Recall(ctx context.Context, j *journal.Journal, run string) (*Past, error) {
	info, err := j.Run(ctx, run)
	if err != nil {
		return nil, err
	}
	if info.Ended.IsZero() {
		return nil, fault.Text(fault.Conflict, "undo", "run "+info.ID,
			"it is not over; finish it first, with: rollcall run resume "+info.ID)
	}
	stored, err := j.Plan(ctx, string(info.Plan))
	if err != nil {
		return nil, err
	}
	if stored.Erased {
		return nil, fault.Text(fault.Stale, "undo", "run "+info.ID,
			"a person's data was erased from its plan, so it is not known what was there before")
	}
	p, err := plan.Decode(stored.File)
	if err != nil {
		return nil, err
	}
	past := &Past{Run: info, Plan: p}
	for e, err := range j.Entries(ctx, info.Target, journal.Filter{Run: info.ID, Types: []journal.Type{journal.TypeOutcome}}) {
		if err != nil {
			return nil, err
		}
		past.Outcomes = append(past.Outcomes, e)
	}
	return past, nil
}

// Input is all that undoing looks at.
type Input struct {
	Past    *Past
	Current *reconcile.Current // of the run's directory, with groups
	Known   reconcile.Known

	// Assigned is what those have now whom [Touched] names; nil where the
	// directory's assignments cannot be read.
	Assigned map[identity.ID][]plan.Assignment

	Limits plan.Limits
	Made   time.Time // before the read of Current began
	By     plan.Actor
}

// Plan compiles the plan that takes the run back. What cannot be taken back is
// among the plan's attention, with the situation "changed", "gained", "gone",
// "held", "taken" or "status". The plan may be empty. It fails with fault.Stale
// if the directory is another store now.
func Plan(in Input) (*plan.Plan, error) {
	if in.Current.Store.ID != in.Past.Plan.Store {
		return nil, fault.Text(fault.Stale, "undo", "run "+in.Past.Run.ID,
			"it changed identity store "+string(in.Past.Plan.Store)+"; the directory is "+string(in.Current.Store.ID)+" now")
	}
	p := newPlanner(in)
	traces, err := p.traces()
	if err != nil {
		return nil, err
	}
	for _, t := range traces {
		if err := p.takeBack(t); err != nil {
			return nil, err
		}
	}
	if err := p.settleUnique(); err != nil {
		return nil, err
	}
	if err := p.memberships(traces); err != nil {
		return nil, err
	}
	p.assignments(traces)
	p.holdAgain()
	p.sessions()
	p.reverseNeeds()
	changes, err := p.ordered()
	if err != nil {
		return nil, err
	}
	return p.finish(changes), nil
}

// object is a user or group of the directory.
type object struct {
	kind identity.Kind
	id   identity.ID
}

type planner struct {
	in        Input
	users     map[identity.ID]int // indexes into the current side
	groups    map[identity.ID]int
	byObject  map[object]link.Link
	byRecord  map[identity.Record]link.Link
	held      map[identity.Record]bool
	groupsOf  map[identity.ID][]identity.ID // of current users
	joined    map[identity.ID]map[identity.ID]bool
	steps     []*step
	of        map[int]*step         // the step that takes a change of the run back
	again     map[identity.ID]*step // the step that makes a dead object again
	deletions map[object]*step
	denials   []*plan.Change           // what the run did to the role sessions of people
	assigned  map[identity.ID]assigned // what the run did to assignments, by the journal's ids of them
	madeAs    map[int]identity.ID
	attention []plan.Attention
}

func newPlanner(in Input) *planner {
	p := &planner{
		in: in, users: map[identity.ID]int{}, groups: map[identity.ID]int{},
		byObject: map[object]link.Link{}, byRecord: map[identity.Record]link.Link{}, held: map[identity.Record]bool{},
		groupsOf: map[identity.ID][]identity.ID{}, joined: map[identity.ID]map[identity.ID]bool{},
		assigned: map[identity.ID]assigned{}, madeAs: madeAs(in.Past),
		of: map[int]*step{}, again: map[identity.ID]*step{}, deletions: map[object]*step{},
	}
	for i := range in.Current.Users {
		p.users[in.Current.Users[i].ID] = i
	}
	for i := range in.Current.Groups {
		p.groups[in.Current.Groups[i].ID] = i
	}
	for group, members := range in.Current.Members {
		for _, id := range members {
			p.groupsOf[id] = append(p.groupsOf[id], group)
		}
	}
	for _, l := range in.Known.Links {
		p.byObject[object{l.Record.Kind, l.Object}] = l
		p.byRecord[l.Record] = l
	}
	for _, h := range in.Known.Holds {
		p.held[identity.Record{Source: h.Source, Kind: identity.KindUser, Anchor: h.Anchor}] = true
	}
	return p
}

func (p *planner) finish(changes []plan.Change) *plan.Plan {
	past := p.in.Past
	title := "undo run " + past.Run.ID
	switch {
	case past.Plan.Title != "":
		title += " (" + past.Plan.Title + ")"
	case past.Plan.Sync != "":
		title += " (sync " + past.Plan.Sync + ")"
	}
	out := &plan.Plan{Header: plan.Header{
		Format: plan.Format, Origin: plan.FromUndo, Source: p.source(), Directory: past.Plan.Directory,
		Store: p.in.Current.Store.ID, Instance: p.in.Current.Store.Instance, Made: p.in.Made.UTC(), By: p.in.By,
		Title: title, Attention: p.attention, Basis: p.basis(),
	}, Changes: changes}
	if p.in.Assigned != nil {
		out.NoteAssigned(p.in.Assigned)
	}
	out.Brakes = p.in.Limits.Apply(out, plan.Evidence{Leavers: p.leaving(changes)})
	return out
}

// source is the one that the anchors of members are of.
func (p *planner) source() string { return p.in.Past.Plan.Source }

func (p *planner) attend(situation string, t *trace, text string) {
	p.attention = append(p.attention, plan.Attention{
		Situation: situation, Kind: t.kind, Name: t.name, Record: t.record, Object: t.id, Text: text,
	})
}

// isHeld reports whether a user belongs to somebody who is put out.
func (p *planner) isHeld(id identity.ID, r *identity.Record) bool {
	if l, linked := p.byObject[object{identity.KindUser, id}]; linked && p.held[l.Record] {
		return true
	}
	return r != nil && p.held[*r]
}
