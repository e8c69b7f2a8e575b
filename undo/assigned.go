package undo

import (
	"fmt"
	"maps"
	"slices"

	"rollcall/identity"
	"rollcall/journal"
	"rollcall/plan"
)

// assigned is what a run did to one assignment in the end.
type assigned struct {
	change *plan.Change
	id     identity.ID // of the principal
	gave   bool
}

// Touched lists the users and groups whose assignments undoing a run looks at:
// those that it made, gave access or took it from.
func Touched(past *Past) []identity.Principal {
	p := &planner{in: Input{Past: past}, madeAs: madeAs(past)}
	seen := map[identity.Principal]bool{}
	var all []identity.Principal
	note := func(kind identity.Kind, id identity.ID) {
		who := identity.Principal{Store: past.Plan.Store, Kind: kind, ID: id}
		if id != "" && !seen[who] {
			seen[who], all = true, append(all, who)
		}
	}
	for i := range past.Outcomes {
		e := &past.Outcomes[i]
		c := p.changeOf(e)
		switch {
		case c == nil || len(e.Effects) == 0:
		case c.Kind.Creates():
			note(c.Kind.Object(), e.Object)
		case c.Kind.Assigns():
			note(c.Assignment.Principal, p.principal(c))
		}
	}
	return all
}

// changeOf is the change that an outcome is of, nil for none.
func (p *planner) changeOf(e *journal.Entry) *plan.Change {
	changes := p.in.Past.Plan.Changes
	if len(e.Changes) != 1 || e.Changes[0] < 1 || e.Changes[0] > len(changes) {
		return nil
	}
	return &changes[e.Changes[0]-1]
}

// principal is whom a change of an assignment was about; empty if the run never
// made them.
func (p *planner) principal(c *plan.Change) identity.ID {
	if n, made := c.Subject.NewNumber(); made {
		return p.madeAs[n]
	}
	return identity.ID(c.Subject)
}

// madeAs are the objects that a run's creations made, by the number of the
// change.
func madeAs(past *Past) map[int]identity.ID {
	made := map[int]identity.ID{}
	for i := range past.Outcomes {
		if e := &past.Outcomes[i]; len(e.Changes) == 1 && e.Result.Made() {
			made[e.Changes[0]] = e.Object
		}
	}
	return made
}

// noteAssigned notes what a change did to an assignment. What was given and
// taken by one run is as before.
func (p *planner) noteAssigned(c *plan.Change, key identity.ID) {
	a := assigned{c, p.principal(c), c.Kind == plan.AssignmentCreate}
	if before, noted := p.assigned[key]; noted && before.gave != a.gave {
		delete(p.assigned, key)
		return
	}
	p.assigned[key] = a
}

// assignments takes back what the run gave and took, and gives back what went
// with objects that are made again. Who is held is given nothing.
func (p *planner) assignments(traces []*trace) {
	for _, key := range slices.Sorted(maps.Keys(p.assigned)) {
		a := p.assigned[key]
		o := object{a.change.Assignment.Principal, a.id}
		if a.gave {
			p.takeAway(o, a.change)
		} else {
			p.giveBack(o, a.change.Name, *a.change.Assignment, a.change)
		}
	}
	for _, t := range traces {
		if t.deleted == nil || p.again[t.id] == nil {
			continue
		}
		for _, a := range t.deleted.Assigned {
			p.giveBack(t.object, t.name, a, nil)
		}
	}
}

// takeAway plans to take what the run gave, if it is still there.
func (p *planner) takeAway(o object, c *plan.Change) {
	if !p.exists(o) || p.isKnown(o.id) && !p.hasNow(o.id, *c.Assignment) {
		return
	}
	s := p.assign(o, plan.AssignmentDelete, c.Name, *c.Assignment, nil)
	p.of[c.Number] = s
	p.deletionWaits(o, s)
}

// giveBack plans to give what the run took, to whoever has that object's place
// now.
func (p *planner) giveBack(o object, name string, a plan.Assignment, taken *plan.Change) {
	makes := p.again[o.id]
	t := &trace{object: object{identity.KindAssignment, a.ID(o.id)}, name: name + ", " + a.Text()}
	switch {
	case makes == nil && !p.exists(o):
		p.attend("gone", t, fmt.Sprintf("the %s is gone; not given back", o.kind))
		return
	case o.kind == identity.KindUser && p.isHeld(o.id, nil):
		p.attend("held", t, "the person is put out and held; not given back. To let them back in: rollcall user release")
		return
	case makes == nil && p.hasNow(o.id, a):
		return
	}
	s := p.assign(o, plan.AssignmentCreate, name, a, makes)
	if taken != nil {
		s.change.Role = taken.Role
		p.of[taken.Number] = s
	}
}

func (p *planner) assign(o object, kind plan.Kind, name string, a plan.Assignment, makes *step) *step {
	t := &trace{object: o, name: name}
	reason := "as it was before run " + p.in.Past.Run.ID
	c := plan.Change{Kind: kind, Name: p.nameOf(t), Assignment: &a, Reason: reason}
	if makes == nil {
		c.Subject = plan.Existing(o.id)
		if l, linked := p.byObject[o]; linked {
			c.Record = &l.Record
		}
	} else {
		c.Record = makes.change.Record
	}
	s := &step{trace: t, change: c, makes: makes, needs: []*step{makes}}
	p.steps = append(p.steps, s)
	return s
}

// isKnown reports whether it was read what an object has now.
func (p *planner) isKnown(id identity.ID) bool {
	_, known := p.in.Assigned[id]
	return known
}

func (p *planner) hasNow(id identity.ID, a plan.Assignment) bool {
	return slices.ContainsFunc(p.in.Assigned[id], a.Same)
}

// gainedAccess says what an object has that the run did not give it.
func (p *planner) gainedAccess(t *trace) string {
	var gained []string
	for _, has := range p.in.Assigned[t.id] {
		if ours, noted := p.assigned[has.ID(t.id)]; !noted || !ours.gave {
			gained = append(gained, has.Text())
		}
	}
	return list("assignment", gained)
}
