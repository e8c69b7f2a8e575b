package reconcile

import (
	"context"
	"slices"

	"rollcall/assignment"
	"rollcall/directory"
	"rollcall/identity"
	"rollcall/plan"
	"rollcall/source"
)

// PlanWhole is [PlanNoting] for a source that is followed: what it returns
// beside the plan can plan from what changes, until something happens that it
// does not know of. It is nil where there is no telling. Snap is what in.Wanted
// was made from, by the rules in by.
func PlanWhole(ctx context.Context, access assignment.Opener, in Input, snap *source.Snapshot, by By) (*plan.Plan, *Whole, error) {
	p, planner, err := planNoting(ctx, access, in)
	if err != nil {
		return nil, nil, err
	}
	return p, newWhole(in, planner, p, snap, by), nil
}

// Plan is [PlanNoting] for what has changed. The plan is the one that would be
// made from everything. From then on the source is as the part has it; if the
// plan is not carried out completely, w is of no further use.
func (w *Whole) Plan(ctx context.Context, access assignment.Opener, part *Part) (*plan.Plan, bool, error) {
	p, planner, err := planNoting(ctx, access, part.Input)
	if err != nil {
		return nil, false, err
	}
	w.snap, w.made, w.counts, w.gone = part.snap, part.Input.Made, part.Input.Counts, part.Gone
	o := part.Input.Others.basis
	people, groups, memberships := part.Input.Wanted.amounts()
	w.amounts.SourcePeople, w.amounts.SourceGroups, w.amounts.Memberships = o.SourcePeople+people, o.SourceGroups+groups, o.Memberships+memberships
	for anchor := range part.change.people {
		if now := part.groupsNow(anchor); len(now) > 0 {
			w.groupsOf[anchor] = now
		} else {
			delete(w.groupsOf, anchor)
		}
		if person, there := part.snap.Person(anchor); there {
			w.await(person.Attributes)
		}
	}
	return p, w.note(planner, p, part), nil
}

// note keeps what a planning found about those it looked at: everybody, if part
// is nil. It returns false where it cannot tell whom the plan is about.
func (w *Whole) note(p *planner, made *plan.Plan, part *Part) bool {
	in := &p.in
	w.users.note(p.found.users, part, p.isOut, func(r int) identity.Anchor { return in.Wanted.Users[r].Anchor }, func(o int) identity.ID { return in.Current.Users[o].ID })
	w.groups.note(p.found.groups, part, func(pair) bool { return false }, func(r int) identity.Anchor { return in.Wanted.Groups[r].Anchor }, func(o int) identity.ID { return in.Current.Groups[o].ID })
	for i := range in.Current.Users {
		w.users.stays[w.users.at[in.Current.Users[i].ID]] = p.people.stays[i] && p.people.state[i] == ours
	}
	for _, pr := range p.found.users.pairs {
		if pr.gone() && in.Settings.Table.Users[pr.situation] == Delete { // as time passes
			w.users.loose[pr.link.Record.Anchor] = true
		}
	}
	return w.loosen(p, made)
}

// note keeps the situations of one kind.
func (h *half) note(f found, part *Part, out func(pair) bool, anchor func(record int) identity.Anchor, id func(object int) identity.ID) {
	if part != nil {
		h.forget(part)
	}
	for _, pr := range f.pairs {
		a := identity.Anchor("")
		if pr.record != none {
			a = anchor(pr.record)
		} else {
			a = pr.link.Record.Anchor
		}
		h.marks[a] = mark{situation: pr.situation, out: out(pr)}
		if out(pr) {
			h.out++
		}
		h.situations[pr.situation]++
		switch {
		case pr.situation == SourceMissing:
			if h.gone[formOf(a)] == nil {
				h.gone[formOf(a)] = map[identity.Anchor]bool{}
			}
			h.gone[formOf(a)][a] = true
		case pr.situation != Confirmed && !pr.gone():
			h.loose[a] = true
		}
	}
	for a, l := range f.known.byAnchor {
		m := h.marks[a]
		m.linked = true
		h.marks[a] = m
		h.linked++
		if _, there := h.at[l.Object]; !there {
			h.missing[a] = missingName(l)
		}
	}
	for _, o := range f.unassigned {
		h.unassigned[h.at[id(o)]] = true
		h.strangers++
	}
}

// forget drops what was known of those who are gathered.
func (h *half) forget(part *Part) {
	for a := range part.anchors[h.kind] {
		m := h.marks[a]
		h.situations[m.situation]--
		if m.linked {
			h.linked--
		}
		if m.out {
			h.out--
		}
		delete(h.marks, a)
		delete(h.missing, a)
		if delete(h.gone[formOf(a)], a); len(h.gone[formOf(a)]) == 0 {
			delete(h.gone, formOf(a))
		}
		delete(h.loose, a)
	}
	h.situations[""] = 0
	for o := range part.objects[h.kind] {
		if h.unassigned[o] {
			h.unassigned[o] = false
			h.strangers--
		}
	}
}

// loosen has everybody looked at again about whom a plan says anything.
func (w *Whole) loosen(p *planner, made *plan.Plan) bool {
	clear := true
	record := func(r *identity.Record, kind identity.Kind, id identity.ID) {
		if r == nil {
			if l := p.found.of(kind).known.byObject[id]; l != nil {
				r = &l.Record
			}
		}
		if r == nil || r.Source != p.in.Wanted.Source {
			clear = false
			return
		}
		w.half(r.Kind).loose[r.Anchor] = true
	}
	for i := range made.Changes {
		c := &made.Changes[i]
		id, _ := c.Subject.ID()
		record(c.Record, c.Kind.Object(), id)
		for _, m := range c.Add {
			w.users.loose[m.Anchor] = true
		}
		for _, m := range c.Remove {
			id, _ := m.User.ID()
			record(nil, identity.KindUser, id)
		}
	}
	for i := range made.Attention {
		record(made.Attention[i].Record, made.Attention[i].Kind, made.Attention[i].Object)
	}
	for _, who := range p.leaving {
		record(nil, identity.KindUser, who.ID)
	}
	return clear
}

// Renew is [Current.Renew]. It returns whole as false where objects are gone:
// w is of no further use then.
func (w *Whole) Renew(ctx context.Context, d *directory.Directory, sealed plan.Sealed, users, groups []identity.ID) (changed, whole bool, err error) {
	c := w.current
	users, groups = once(users), once(groups)
	hadUsers, hadGroups := len(c.Users), len(c.Groups)
	for _, id := range users {
		if at, there := w.users.at[id]; there {
			w.users.values.remove(at, w.keysOfUser(&c.Users[at]))
		}
	}
	for _, id := range groups {
		if at, there := w.groups.at[id]; there {
			w.groups.values.remove(at, w.keysOfGroup(&c.Groups[at]))
			w.leave(at, c.Members[id])
		}
	}
	changed, err = c.renew(ctx, d, sealed, users, groups, w.places())
	if err != nil || len(c.Users) < hadUsers || len(c.Groups) < hadGroups {
		return changed, false, err
	}
	w.addUsers(hadUsers)
	for _, id := range users {
		if at := w.users.at[id]; at < hadUsers {
			w.users.values.add(at, w.keysOfUser(&c.Users[at]))
		}
	}
	w.addGroups(hadGroups)
	for _, id := range groups {
		if at := w.groups.at[id]; at < hadGroups {
			w.groups.values.add(at, w.keysOfGroup(&c.Groups[at]))
			w.join(at, c.Members[id])
		}
	}
	return changed, true, nil
}

// once is each of them once.
func once(ids []identity.ID) []identity.ID {
	ids = slices.Clone(ids)
	slices.Sort(ids)
	return slices.Compact(ids)
}

// places finds objects without going through all of them.
func (w *Whole) places() places {
	find := func(h *half) func(identity.ID) int {
		return func(id identity.ID) int {
			if at, there := h.at[id]; there {
				return at
			}
			return none
		}
	}
	return places{find(&w.users), find(&w.groups)}
}

// leave takes a group from its members.
func (w *Whole) leave(group int, members []identity.ID) {
	for _, id := range members {
		if u, known := w.users.at[id]; known {
			w.memberOf[u] = slices.DeleteFunc(w.memberOf[u], func(g int32) bool { return g == int32(group) })
		}
	}
}
