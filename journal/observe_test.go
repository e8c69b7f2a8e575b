package journal_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"testing"
	"time"

	"rollcall/fault"
	"rollcall/identity"
	"rollcall/journal"
)

var bothKinds = []identity.Kind{identity.KindUser, identity.KindGroup}

// found is a complete read of the objects given.
func (b *bench) found(all ...journal.Observed) journal.Observation {
	return journal.Observation{Began: b.clock.Now(), Kinds: bothKinds, Objects: func(yield func(journal.Observed, error) bool) {
		for _, o := range all {
			if !yield(o, nil) {
				return
			}
		}
	}}
}

func seenUser(n int, name string) journal.Observed {
	return journal.Observed{Kind: identity.KindUser, Object: user(n), Name: name, Body: state(name)}
}

func seenGroup(n int, members ...int) journal.Observed {
	o := journal.Observed{Kind: identity.KindGroup, Object: group(n), Name: "crew", Body: []byte(`{"displayName":"crew"}`)}
	for _, m := range members {
		o.Members = append(o.Members, user(m))
	}
	return o
}

// observations lists the effects of all observations after an entry.
func (b *bench) observations(t testing.TB, after int64) []journal.Effect {
	t.Helper()
	var all []journal.Effect
	filter := journal.Filter{Types: []journal.Type{journal.TypeObservation}, After: after}
	for e, err := range b.Entries(context.Background(), target, filter) {
		ok(t, err)
		all = append(all, e.Effects...)
	}
	return all
}

func (b *bench) seq(t testing.TB) int64 {
	t.Helper()
	h, err := b.Head(context.Background(), target)
	ok(t, err)
	return h.Seq
}

func TestAReadJournalsOnlyWhatHasChangedSinceTheLast(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		ctx := context.Background()
		r := b.begin(t, 1)
		ok(t, r.Observe(ctx, b.found(seenUser(1, "ann"), seenUser(2, "bob"), seenGroup(1, 1, 2))))
		if got := b.observations(t, 0); len(got) != 3 {
			t.Fatalf("the first read: %+v", got)
		}
		first := b.seq(t)
		ok(t, r.Observe(ctx, b.found(seenUser(1, "ann"), seenUser(2, "bob"), seenGroup(1, 2, 1))))
		if b.seq(t) != first {
			t.Fatalf("nothing has changed: %+v", b.observations(t, first))
		}
		b.clock.jump(time.Hour)
		ok(t, r.Observe(ctx, b.found(seenUser(2, "bobby"), seenUser(3, "cyd"), seenGroup(1, 2, 3))))
		got := b.observations(t, first)
		if len(got) != 4 {
			t.Fatalf("found %+v", got)
		}
		if got[0].Name != "bobby" || got[1].Name != "cyd" || got[2].Body != nil ||
			!slices.Equal(got[2].Joined, []identity.ID{user(3)}) || !slices.Equal(got[2].Left, []identity.ID{user(1)}) ||
			!got[3].Deleted || got[3].Object != user(1) {
			t.Errorf("found %+v", got)
		}
		b.compareWithReplay(t, b.clock.Now())
	})
}

func TestWhatOurRunsWroteIsNotObservedAgain(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		ctx := context.Background()
		r := b.begin(t, 1)
		ok(t, r.Outcome(ctx, disabled(1)))
		before := b.seq(t)
		ok(t, r.Observe(ctx, b.found(seenUser(1, "user1"))))
		if b.seq(t) != before {
			t.Errorf("found %+v", b.observations(t, before))
		}
	})
}

func TestAWriteDuringTheReadIsNewerThanTheRead(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		ctx := context.Background()
		r := b.begin(t, 1)
		read := b.found(seenUser(1, "old"))
		b.clock.jump(time.Millisecond)
		ok(t, r.Outcome(ctx, disabled(1)))
		ok(t, r.Observe(ctx, read))
		if got := b.observations(t, 0); len(got) != 0 {
			t.Errorf("found %+v", got)
		}
	})
}

func TestAReadThatFailsIsNotAnObservation(t *testing.T) {
	b := setup(t, sqliteURL(t))
	ctx := context.Background()
	r := b.begin(t, 1)
	ok(t, r.Observe(ctx, b.found(seenUser(1, "ann"), seenUser(2, "bob"))))
	before := b.seq(t)
	broken := errors.New("broken")
	var cut iter.Seq2[journal.Observed, error] = func(yield func(journal.Observed, error) bool) {
		_ = yield(seenUser(1, "annie"), nil) && yield(journal.Observed{}, broken)
	}
	cases := map[string]struct {
		read journal.Observation
		is   func(error) bool
	}{
		"an error at the end": {journal.Observation{Kinds: bothKinds, Objects: cut}, func(err error) bool { return errors.Is(err, broken) }},
		"listed twice":        {b.found(seenUser(1, "annie"), seenUser(1, "ann")), func(err error) bool { return fault.Is(err, fault.Invalid) }},
		"no attributes":       {b.found(journal.Observed{Kind: identity.KindUser, Object: user(1)}), func(err error) bool { return fault.Is(err, fault.Invalid) }},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			if err := r.Observe(ctx, c.read); !c.is(err) {
				t.Errorf("got %v", err)
			}
			if b.seq(t) != before {
				t.Error("something was journalled")
			}
		})
	}
}

func TestAReadOfUsersSaysNothingAboutGroups(t *testing.T) {
	b := setup(t, sqliteURL(t))
	ctx := context.Background()
	r := b.begin(t, 1)
	ok(t, r.Observe(ctx, b.found(seenUser(1, "ann"), seenGroup(1, 1))))
	before := b.seq(t)
	read := b.found(seenUser(1, "ann"))
	read.Kinds = []identity.Kind{identity.KindUser}
	ok(t, r.Observe(ctx, read))
	if b.seq(t) != before {
		t.Errorf("found %+v", b.observations(t, before))
	}
}

func TestALargeReadGoesThroughPagesOfTheIndex(t *testing.T) {
	b := setup(t, sqliteURL(t))
	ctx := context.Background()
	r := b.begin(t, 1)
	const n = 20_001 // one more than a page holds
	read := func() journal.Observation {
		o := b.found()
		o.Objects = func(yield func(journal.Observed, error) bool) {
			members := seenGroup(1)
			for i := 1; i <= n; i++ {
				if !yield(seenUser(i, fmt.Sprint("u", i)), nil) {
					return
				}
				members.Members = append(members.Members, user(i))
			}
			yield(members, nil)
		}
		return o
	}
	ok(t, r.Observe(ctx, read()))
	before := b.seq(t)
	if before != n+2 {
		t.Fatalf("%d entries", before)
	}
	ok(t, r.Observe(ctx, read()))
	if b.seq(t) != before {
		t.Error("the second read found changes")
	}
}
