package journal_test

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"rollcall/fault"
	"rollcall/identity"
	"rollcall/journal"
	"rollcall/plan"
)

// replay is the plain way to answer as-of: go through the entries up to t.
type replay struct {
	bodies  map[identity.ID]string // empty: deleted
	members map[identity.ID]map[identity.ID]bool
}

func (b *bench) replay(t failer, until time.Time) replay {
	w := replay{bodies: map[identity.ID]string{}, members: map[identity.ID]map[identity.ID]bool{}}
	for e, err := range b.Entries(context.Background(), target, journal.Filter{}) {
		ok(t, err)
		if e.At.After(until) {
			continue
		}
		for _, f := range e.Effects {
			w.take(f)
		}
	}
	return w
}

func (w replay) take(f journal.Effect) {
	if f.Body != nil {
		w.bodies[f.Object] = string(f.Body)
	}
	if f.Kind == identity.KindGroup && w.members[f.Object] == nil {
		w.members[f.Object] = map[identity.ID]bool{}
	}
	for _, id := range f.Left {
		delete(w.members[f.Object], id)
	}
	for _, id := range f.Joined {
		w.members[f.Object][id] = true
	}
	if f.Deleted {
		w.bodies[f.Object] = ""
		delete(w.members, f.Object)
		for _, in := range w.members {
			delete(in, f.Object)
		}
	}
}

func TestAsOfEqualsAFullReplay(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		ctx := context.Background()
		r := b.begin(t, 1)
		rapid.Check(t, func(rt *rapid.T) {
			b.clock.jump(time.Hour)
			began := b.clock.Now()
			for range rapid.IntRange(1, 25).Draw(rt, "changes") {
				o := journal.Outcome{Change: 1, Result: journal.Done, Effects: rapid.SliceOfN(effects(), 1, 2).Draw(rt, "effects")}
				ok(rt, r.Outcome(ctx, o))
				b.clock.jump(time.Duration(rapid.IntRange(0, 2).Draw(rt, "ms")) * time.Millisecond)
			}
			at := began.Add(time.Duration(rapid.IntRange(-1, 50).Draw(rt, "at")) * time.Millisecond)
			b.compareWithReplay(rt, at)
		})
	})
}

// effects are what can happen to three users and two groups.
func effects() *rapid.Generator[journal.Effect] {
	return rapid.Custom(func(t *rapid.T) journal.Effect {
		f := journal.Effect{Kind: identity.KindUser, Object: user(rapid.IntRange(1, 3).Draw(t, "user"))}
		users := rapid.SliceOfNDistinct(rapid.IntRange(1, 3), 0, 3, rapid.ID)
		switch rapid.IntRange(0, 4).Draw(t, "what") {
		case 0:
			f.Deleted = true
		case 1:
			f.Body = state(rapid.StringMatching("[a-c]{1,2}").Draw(t, "name"))
		default:
			f.Kind, f.Object = identity.KindGroup, group(rapid.IntRange(1, 2).Draw(t, "group"))
			if f.Deleted = rapid.IntRange(0, 5).Draw(t, "gone") == 0; f.Deleted {
				break
			}
			for _, n := range users.Draw(t, "joined") {
				f.Joined = append(f.Joined, user(n))
			}
			for _, n := range users.Draw(t, "left") {
				f.Left = append(f.Left, user(n))
			}
		}
		return f
	})
}

func (b *bench) compareWithReplay(t failer, at time.Time) {
	ctx := context.Background()
	want := b.replay(t, at)
	for n := 1; n <= 3; n++ {
		got, err := b.AsOf(ctx, target, identity.KindUser, user(n), at)
		body, known := want.bodies[user(n)]
		if fault.Is(err, fault.NotFound) != !known || (known && err != nil) {
			t.Fatalf("user %d at %v: %v, known %v", n, at, err, known)
		}
		if string(got.Body) != body || got.Deleted != (known && body == "") {
			t.Fatalf("user %d at %v: %+v, want %q", n, at, got, body)
		}
	}
	for n := 1; n <= 2; n++ {
		got, err := b.MembersAsOf(ctx, target, group(n), at)
		ok(t, err)
		if have, want := objects(got), slices.Sorted(maps.Keys(want.members[group(n)])); !slices.Equal(have, want) {
			t.Fatalf("group %d at %v: %v, want %v", n, at, have, want)
		}
	}
	for n := 1; n <= 3; n++ {
		got, err := b.GroupsAsOf(ctx, target, user(n), at)
		ok(t, err)
		for _, g := range objects(got) {
			if !want.members[g][user(n)] {
				t.Fatalf("user %d at %v is in %s", n, at, g)
			}
		}
	}
}

func objects(all []journal.MemberSince) []identity.ID {
	ids := make([]identity.ID, len(all))
	for i, m := range all {
		ids[i] = m.Object
	}
	slices.Sort(ids)
	return ids
}

func TestADeletedPersonIsStillFoundAsTheyWere(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		ctx := context.Background()
		r := b.begin(t, 2)
		then := b.clock.Now()
		ok(t, r.Outcome(ctx, disabled(1)))
		b.clock.jump(time.Hour)
		ok(t, r.Outcome(ctx, journal.Outcome{Change: 2, Result: journal.Done, Object: user(1), Effects: []journal.Effect{
			{Kind: identity.KindUser, Object: user(1), Deleted: true},
		}}))
		ids, err := b.Named(ctx, target, identity.KindUser, "USER1")
		ok(t, err)
		if !slices.Equal(ids, []identity.ID{user(1)}) {
			t.Fatalf("named %v", ids)
		}
		was, err := b.AsOf(ctx, target, identity.KindUser, user(1), then)
		ok(t, err)
		if was.Name != "user1" || was.Deleted || !was.Since.Equal(then) || was.Record == nil {
			t.Errorf("before: %+v", was)
		}
		is, err := b.AsOf(ctx, target, identity.KindUser, user(1), b.clock.Now())
		ok(t, err)
		if !is.Deleted || is.Body != nil {
			t.Errorf("after: %+v", is)
		}
		_, err = b.AsOf(ctx, target, identity.KindUser, user(1), then.Add(-time.Millisecond))
		if !fault.Is(err, fault.NotFound) {
			t.Errorf("earlier: %v", err)
		}
	})
}

func TestAnotherRunsWriteIsSeenFromTheNextMillisecond(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		ctx := context.Background()
		r, other := b.begin(t, 1), b.command(t)
		planned := b.clock.Now()
		written := func(at time.Time, except *journal.Run) string {
			t.Helper()
			run, found, err := b.WrittenSince(ctx, target, identity.KindUser, user(1), at, except.ID())
			ok(t, err)
			if found != (run != "") {
				t.Fatalf("%v %q", found, run)
			}
			return run
		}
		if run := written(planned, r); run != "" {
			t.Errorf("before anybody wrote: %q", run)
		}
		b.clock.jump(time.Millisecond)
		ok(t, other.Outcome(ctx, disabled(1)))
		ok(t, r.Outcome(ctx, disabled(1)))
		if run := written(planned, r); run != other.ID() {
			t.Errorf("run %q, want %q", run, other.ID())
		}
		if run := written(planned, other); run != r.ID() {
			t.Errorf("seen from the other: %q", run)
		}
		if run := written(b.clock.Now(), r); run != "" {
			t.Errorf("since a later moment: %q", run)
		}
	})
}

func TestBodiesAreTheSameBytesForTheSameObject(t *testing.T) {
	u := identity.User{UserName: "zoë<x>", Active: true, Emails: []identity.Email{{Value: "z@example.com", Primary: true}}}
	one, err := journal.UserBody(&u)
	ok(t, err)
	copied := u
	copied.Emails = slices.Clone(u.Emails)
	copied.Revision = "7"
	two, err := journal.UserBody(&copied)
	ok(t, err)
	if string(one) != string(two) {
		t.Errorf("%s\n%s", one, two)
	}
	if want := `{"userName":"zoë<x>","emails":[{"value":"z@example.com","primary":true}],"active":true}`; string(one) != want {
		t.Errorf("%s, want %s", one, want)
	}
	g, err := journal.GroupBody(&identity.Group{DisplayName: "Crew"})
	ok(t, err)
	if !json.Valid(g) || string(g) != `{"displayName":"Crew"}` {
		t.Errorf("%s", g)
	}
}

func TestSomebodyIsFoundByEveryNameTheyEverHad(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		ctx := context.Background()
		r := b.begin(t, 3)
		for n, name := range []string{"Ann", "ann.smith", "ann.jones"} {
			ok(t, r.Outcome(ctx, journal.Outcome{Change: n + 1, Result: journal.Done, Object: user(1), Effects: []journal.Effect{
				{Kind: identity.KindUser, Object: user(1), Name: name, Body: state(name), Record: &identity.Record{Source: "corp", Kind: identity.KindUser, Anchor: "E1"}},
			}}))
			b.clock.jump(time.Second)
		}
		named := func(name string) []identity.ID {
			ids, err := b.Named(ctx, target, identity.KindUser, name)
			ok(t, err)
			return ids
		}
		for _, name := range []string{"ANN", "ann.smith", "ann.jones"} {
			if !slices.Equal(named(name), []identity.ID{user(1)}) {
				t.Errorf("%s: %v", name, named(name))
			}
		}
		if named("") != nil || named("bob") != nil {
			t.Error("somebody is found by no name, or another's")
		}
		_, err := r.Finish(ctx, journal.Complete, nil)
		ok(t, err)
		_, err = b.Erase(ctx, target, identity.Record{Source: "corp", Kind: identity.KindUser, Anchor: "E1"}, plan.Actor{Name: "dpo"})
		ok(t, err)
		for _, name := range []string{"ANN", "ann.smith", "ann.jones"} {
			if named(name) != nil {
				t.Errorf("%s is found after the erasure", name)
			}
		}
	})
}
