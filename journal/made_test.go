package journal_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"rollcall/journal"
	"rollcall/plan"
	"rollcall/sqldb"
)

func (b *bench) made(t testing.TB, since time.Time) []string {
	t.Helper()
	all, err := b.Made(context.Background(), target, "corp", since)
	ok(t, err)
	var names []string
	for _, c := range all {
		names = append(names, c.Name)
	}
	return names
}

func TestWhatASyncMadeSinceAMomentIsListed(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		began := b.clock.Now()
		b.finished(t, 2)
		b.clock.step(time.Hour)
		again := b.clock.Now()
		b.finished(t, 1)
		b.command(t).Release()
		for name, c := range map[string]struct {
			since time.Time
			want  []string
		}{
			"from the beginning":     {began, []string{"user1", "user2", "user1"}},
			"a moment later":         {began.Add(time.Millisecond), []string{"user1"}},
			"since the second":       {again, []string{"user1"}},
			"a moment after that":    {again.Add(time.Millisecond), nil},
			"before there was a run": {began.Add(-time.Hour), []string{"user1", "user2", "user1"}},
		} {
			if got := b.made(t, c.since); !slices.Equal(got, c.want) {
				t.Errorf("%s: %v, want %v", name, got, c.want)
			}
		}
		if other, err := b.Made(t.Context(), target, "other", began); err != nil || len(other) != 0 {
			t.Errorf("another sync made %v, %v", other, err)
		}
	})
}

// A run that somebody is at, or that died, has done what its outcomes say, and
// what failed was not done.
func TestOnlyWhatWasReallyMadeCounts(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		ctx := t.Context()
		began := b.clock.Now()
		r := b.begin(t, 4)
		ok(t, r.Intents(ctx, []int{1, 2, 3, 4}))
		ok(t, r.Outcome(ctx, disabled(1)))
		failed, already := disabled(2), disabled(3)
		failed.Result, already.Result = journal.Failed, journal.Already
		ok(t, r.Outcome(ctx, failed))
		ok(t, r.Outcome(ctx, already))
		if got := b.made(t, began); !slices.Equal(got, []string{"user1"}) {
			t.Errorf("under way: %v", got)
		}
	})
}

func TestWhatAPersonAnsweredForDoesNotCount(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		ctx := t.Context()
		began := b.clock.Now()
		id := b.save(t, 1, func(p *plan.Plan) { p.Brakes = []plan.Brake{{Rule: plan.RuleUsersOff, Text: "too many"}} })
		r := b.start(t, journal.Start{Plan: id, Target: target, Sync: "corp", Override: "ticket 42"})
		ok(t, r.Outcome(ctx, disabled(1)))
		_, err := r.Finish(ctx, journal.Complete, nil)
		ok(t, err)
		if got := b.made(t, began); got != nil {
			t.Errorf("%v", got)
		}
	})
}

// A plan in which nothing counts is read once by all who share a memory; one in
// which something counts is read each time.
func TestWhatDoesNotCountIsReadOnce(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		ctx := t.Context()
		began := b.clock.Now()
		harmless := b.save(t, 1, func(p *plan.Plan) { p.Changes[0].Kind = plan.UserUpdate })
		r := b.start(t, journal.Start{Plan: harmless, Target: target, Sync: "corp", Actor: plan.Actor{Name: "ann", Door: "cli"}})
		ok(t, r.Intents(ctx, []int{1}))
		ok(t, r.Outcome(ctx, disabled(1)))
		_, err := r.Finish(ctx, journal.Complete, nil)
		ok(t, err)
		r = b.begin(t, 1)
		ok(t, r.Intents(ctx, []int{1}))
		ok(t, r.Outcome(ctx, disabled(1)))
		var memory journal.Memory
		for n := range 2 {
			j := journal.Open(b.db, b.keys, journal.WithClock(b.clock), journal.WithMemory(&memory))
			all, err := j.Made(ctx, target, "corp", began)
			if err != nil || len(all) != 1 || all[0].Kind != plan.UserDisable {
				t.Errorf("time %d: %v, %v", n, all, err)
			}
			ok(t, b.db.Write(ctx, func(tx *sqldb.Tx) error {
				_, err := tx.Exec("UPDATE plans SET file = $1 WHERE id = $2", []byte("no plan"), string(harmless))
				return err
			}))
		}
		if _, err := b.Made(ctx, target, "corp", began); err == nil {
			t.Error("who remembers nothing has not read it")
		}
	})
}
