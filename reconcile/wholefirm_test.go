package reconcile_test

import (
	"context"
	"maps"
	"slices"

	"pgregory.net/rapid"

	"rollcall/baseline"
	"rollcall/fault"
	"rollcall/identity"
	"rollcall/link"
	"rollcall/plan"
	"rollcall/reconcile"
	"rollcall/source"
)

// event has one thing happen.
func (w *firm) event(t *rapid.T) {
	anchor := rapid.SampledFrom(firmPeers).Draw(t, "who")
	at := slices.IndexFunc(w.snap.People, func(p source.Person) bool { return p.Anchor == anchor })
	switch what := rapid.IntRange(0, 11).Draw(t, "what"); {
	case what < 5:
		w.putPerson(w.person(t, anchor))
	case what == 5 && at >= 0:
		w.leaveAll(anchor)
		w.snap = &source.Snapshot{Source: "corp", People: slices.Delete(slices.Clone(w.snap.People), at, at+1), Groups: w.snap.Groups}
	case what < 9 && at >= 0 && len(w.snap.Groups) > 0:
		w.turnMember(rapid.IntRange(0, len(w.snap.Groups)-1).Draw(t, "group"), anchor)
	case what == 9:
		if _, held := w.holds[anchor]; held {
			delete(w.holds, anchor)
		} else {
			w.holds[anchor] = link.Hold{Source: "corp", Anchor: anchor, Reason: "r", Since: w.now}
		}
	case what == 10 && len(w.snap.Groups) > 0:
		w.alterGroup(rapid.IntRange(0, len(w.snap.Groups)-1).Draw(t, "group"), func(g *source.Group) {
			g.Attributes = source.Attributes{"cn": {rapid.SampledFrom([]string{"staff", "ops", "dev"}).Draw(t, "renamed")}}
		})
	case what == 11 && len(w.snap.Groups) > 0:
		w.alterGroup(rapid.IntRange(0, len(w.snap.Groups)-1).Draw(t, "group"), func(g *source.Group) { g.AddOnly, g.Why = !g.AddOnly, "a member was not found" })
	}
}

func (w *firm) alterGroup(at int, alter func(*source.Group)) {
	groups := slices.Clone(w.snap.Groups)
	alter(&groups[at])
	w.snap = &source.Snapshot{Source: "corp", People: w.snap.People, Groups: groups}
}

func (w *firm) turnMember(at int, anchor identity.Anchor) {
	w.alterGroup(at, func(g *source.Group) {
		g.Members = slices.Clone(g.Members)
		i := slices.IndexFunc(g.Members, func(m source.Member) bool { return m.Anchor >= anchor })
		switch {
		case i < 0:
			g.Members = append(g.Members, source.Member{Anchor: anchor})
		case g.Members[i].Anchor != anchor:
			g.Members = slices.Insert(g.Members, i, source.Member{Anchor: anchor, Path: []identity.Anchor{"nested"}})
		default:
			g.Members = slices.Delete(g.Members, i, i+1)
		}
	})
}

func (w *firm) leaveAll(anchor identity.Anchor) {
	for i := range w.snap.Groups {
		if _, in := w.snap.Groups[i].Member(anchor); in {
			w.turnMember(i, anchor)
		}
	}
}

// carryOut does what a plan says, as a run does, and keeps what is known up to
// date where a live run would.
func (w *firm) carryOut(t failer, p *plan.Plan, in reconcile.Input) {
	if len(p.Brakes) > 0 {
		w.whole = nil
		return
	}
	ids := map[plan.Subject]identity.ID{}
	id := func(s plan.Subject) identity.ID {
		if known, exists := s.ID(); exists {
			return known
		}
		return ids[s]
	}
	var users, groups []identity.ID
	keep := true
	for _, c := range p.Changes {
		made, err := w.change(&c, id)
		if err != nil {
			t.Fatalf("%s: %v", c.Sentence(), err)
		}
		ids[plan.New(c.Number)] = made
		switch {
		case c.Kind.Deletes() || c.Kind == plan.UserAdopt || c.Kind == plan.GroupAdopt:
			keep = false
		case c.Kind.Object() == identity.KindGroup:
			groups = append(groups, max(id(c.Subject), made))
		default:
			users = append(users, max(id(c.Subject), made))
		}
	}
	w.accepted = &baseline.Baseline{Made: in.Made, Counts: *in.Counts}
	w.earlier = append(w.earlier, p.Changes...)
	if w.whole == nil || !keep {
		w.whole = nil
		return
	}
	if _, sure, err := w.whole.Renew(context.Background(), w.d, p.Sealed, users, groups); err != nil || !sure {
		t.Fatalf("renewed: %v, %v", sure, err)
	}
}

// change carries out one change, and returns the object that it made.
func (w *firm) change(c *plan.Change, id func(plan.Subject) identity.ID) (made identity.ID, err error) {
	ctx := context.Background()
	tie := func(object identity.ID) {
		w.links[*c.Record] = link.Link{Record: *c.Record, Directory: "local", Object: object, Origin: link.Created, Name: c.Name}
	}
	switch object := id(c.Subject); c.Kind {
	case plan.UserCreate:
		u := identity.User{}
		if err = u.Apply(c.Edits); err == nil {
			u, err = w.writer.CreateUser(ctx, u)
			tie(u.ID)
		}
		return u.ID, err
	case plan.GroupCreate:
		g := identity.Group{}
		if err = g.Apply(c.Edits); err == nil {
			g, err = w.writer.CreateGroup(ctx, g)
			tie(g.ID)
		}
		return g.ID, err
	case plan.UserAdopt, plan.GroupAdopt:
		tie(object)
	case plan.UserUpdate, plan.UserDisable, plan.UserEnable:
		_, err = w.writer.UpdateUser(ctx, object, "", c.Edits)
	case plan.GroupUpdate:
		_, err = w.writer.UpdateGroup(ctx, object, "", c.Edits)
	case plan.GroupMembers:
		err = w.writer.ChangeMembers(ctx, object, members(c.Add, id), members(c.Remove, id))
	case plan.UserDelete, plan.GroupDelete:
		maps.DeleteFunc(w.links, func(_ identity.Record, l link.Link) bool { return l.Object == object })
		if c.Kind == plan.UserDelete {
			return "", w.writer.DeleteUser(ctx, object, "")
		}
		err = w.writer.DeleteGroup(ctx, object, "")
	}
	return "", err
}

func members(all []plan.Member, id func(plan.Subject) identity.ID) []identity.ID {
	ids := make([]identity.ID, len(all))
	for i, m := range all {
		ids[i] = id(m.User)
	}
	return ids
}

var _ reconcile.Memory = (*firm)(nil)

func (w *firm) ByRecord(_ context.Context, _ string, r identity.Record) (link.Link, error) {
	if l, linked := w.links[r]; linked {
		return l, nil
	}
	return link.Link{}, fault.Text(fault.NotFound, "find link", "", "")
}

func (w *firm) ByObject(_ context.Context, _ string, kind identity.Kind, id identity.ID) (link.Link, error) {
	for r, l := range w.links {
		if r.Kind == kind && l.Object == id {
			return l, nil
		}
	}
	return link.Link{}, fault.Text(fault.NotFound, "find link", "", "")
}

func (w *firm) Held(_ context.Context, _ string, anchor identity.Anchor) (link.Hold, bool, error) {
	h, held := w.holds[anchor]
	return h, held, nil
}
