package journal_test

import (
	"context"
	"errors"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"rollcall/fault"
	"rollcall/journal"
	"rollcall/plan"
	"rollcall/sqldb"
)

func TestARunLeavesItsOutcomesAndASignedHead(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		ctx := context.Background()
		r := b.begin(t, 3)
		ok(t, r.Intents(ctx, []int{3, 1, 2, 2}))
		want := map[int]journal.Outcome{}
		for n := 1; n <= 2; n++ {
			want[n] = disabled(n)
			ok(t, r.Outcome(ctx, want[n]))
		}
		outcomes, open, err := r.Done(ctx)
		ok(t, err)
		if !reflect.DeepEqual(outcomes, want) {
			t.Errorf("outcomes %+v, want %+v", outcomes, want)
		}
		if !reflect.DeepEqual(open, map[int]bool{3: true}) {
			t.Errorf("open %v, want change 3", open)
		}
		counts := journal.Counts{journal.Done: 2, journal.Failed: 1}
		h, err := r.Finish(ctx, journal.Partly, counts)
		ok(t, err)
		if !h.Signed() || h.Seq != 5 || h.Run != r.ID() || h.Target != target {
			t.Errorf("head %+v", h)
		}
		info, err := b.Run(ctx, r.ID())
		ok(t, err)
		if info.Status != journal.Partly || info.Ended.IsZero() || !reflect.DeepEqual(info.Counts, counts) {
			t.Errorf("run %+v", info)
		}
		p, err := b.Plan(ctx, string(info.Plan))
		ok(t, err)
		if p.Status != journal.Partly || p.Run != r.ID() {
			t.Errorf("plan is %s after run %q", p.Status, p.Run)
		}
	})
}

func TestASecondSyncOfATargetIsToldWhoIsAtIt(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		ctx := context.Background()
		r := b.begin(t, 1)
		other := b.again(t)
		start := journal.Start{Plan: b.save(t, 2), Target: target, Sync: "hr", Actor: plan.Actor{Name: "eve", Door: "cli"}}
		_, err := other.Begin(ctx, start)
		if !fault.Is(err, fault.Conflict) {
			t.Fatalf("got %v, want a conflict", err)
		}
		for _, part := range []string{r.ID(), "ann", "process", "2026-03-01T09:00:00Z"} {
			if !strings.Contains(err.Error(), part) {
				t.Errorf("%q does not say %q", err, part)
			}
		}
		other.command(t)
		_, err = r.Finish(ctx, journal.Complete, nil)
		ok(t, err)
		other.start(t, start)
	})
}

// What an interrupted run has made and not linked would look like somebody
// else's to a sync; a command is about what its caller names.
func TestASyncBeginsOnceNoRunOfItsTargetIsInterrupted(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		for _, begin := range []func() *journal.Run{func() *journal.Run { return b.begin(t, 1) }, func() *journal.Run { return b.command(t) }} {
			r := begin()
			r.Release()
			s := journal.Start{Plan: b.save(t, 1), Target: target, Sync: "corp", Actor: plan.Actor{Name: "ann", Door: "cli"}}
			if _, err := b.Begin(t.Context(), s); !fault.Is(err, fault.Conflict) || !strings.Contains(err.Error(), "rollcall run resume "+r.ID()) {
				t.Errorf("while one is interrupted: %v", err)
			}
			r, err := b.Resume(t.Context(), r.ID())
			ok(t, err)
			_, err = r.Finish(t.Context(), journal.Complete, nil)
			ok(t, err)
			next := b.start(t, s)
			_, err = next.Finish(t.Context(), journal.Complete, nil)
			ok(t, err)
		}
	})
}

func TestARunTakenOverAfterExpiryRefusesItsFormerHolder(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		ctx := context.Background()
		old := b.begin(t, 2)
		under := old.Context(ctx)
		ok(t, old.Intents(ctx, []int{1}))
		other := b.again(t)

		b.clock.jump(journal.LeaseTime - time.Millisecond)
		if _, err := other.Resume(ctx, old.ID()); !fault.Is(err, fault.Conflict) {
			t.Fatalf("before it expires: %v", err)
		}
		if free, err := other.Unfinished(ctx, target); err != nil || len(free) != 0 {
			t.Fatalf("unfinished %v, %v", free, err)
		}
		b.clock.jump(time.Millisecond)
		free, err := other.Unfinished(ctx, target)
		ok(t, err)
		if len(free) != 1 || free[0].ID != old.ID() || free[0].Status != journal.Interrupted {
			t.Fatalf("unfinished %+v", free)
		}
		next, err := other.Resume(ctx, old.ID())
		ok(t, err)
		t.Cleanup(next.Release)

		before, err := b.Head(ctx, target)
		ok(t, err)
		touched := false
		err = old.Outcome(ctx, disabled(1), func(*sqldb.Tx) error { touched = true; return nil })
		if !fault.Is(err, fault.Stale) || touched {
			t.Fatalf("the former holder: %v (also done: %v)", err, touched)
		}
		if _, err := old.Finish(ctx, journal.Complete, nil); !fault.Is(err, fault.Stale) {
			t.Fatalf("the former holder's end: %v", err)
		}
		after, err := b.Head(ctx, target)
		ok(t, err)
		if after.Seq != before.Seq {
			t.Error("the former holder has appended")
		}
		<-under.Done()
		if cause := context.Cause(under); !fault.Is(cause, fault.Stale) {
			t.Errorf("the former holder's context ended with %v", cause)
		}
		old.Release()
		ok(t, next.Outcome(ctx, disabled(1)))
	})
}

func TestALeaseIsRenewedUntilItsRunIsReleased(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		ctx := context.Background()
		r := b.begin(t, 1)
		other := b.again(t)
		for range 6 {
			awaitRenewal(t, b, r)
		}
		if _, err := other.Resume(ctx, r.ID()); !fault.Is(err, fault.Conflict) {
			t.Fatalf("after half a minute of renewing: %v", err)
		}
		r.Release()
		next, err := other.Resume(ctx, r.ID())
		ok(t, err)
		next.Release()
		next.Release()
	})
}

// awaitRenewal lets RenewEvery pass and waits until the lease shows it.
func awaitRenewal(t *testing.T, b *bench, r *journal.Run) {
	t.Helper()
	b.clock.awaitWaiter(t)
	b.clock.step(journal.RenewEvery)
	want := b.clock.Now().Add(journal.LeaseTime).UnixMilli()
	for {
		var expires int64
		ok(t, b.db.Read(context.Background(), func(q sqldb.Query) error {
			return q.Row("SELECT expires FROM leases WHERE run = $1", r.ID()).Scan(&expires)
		}))
		if expires == want {
			return
		}
		if t.Context().Err() != nil {
			t.Fatal("the lease was not renewed")
		}
		time.Sleep(time.Millisecond)
	}
}

func (c *clock) awaitWaiter(t *testing.T) {
	t.Helper()
	for {
		c.mu.Lock()
		n := len(c.waits)
		c.mu.Unlock()
		if n > 0 {
			return
		}
		time.Sleep(time.Millisecond)
	}
}

func TestAFinishedRunIsNotResumed(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		b.finished(t, 1)
		runs, err := b.Runs(context.Background(), 10)
		ok(t, err)
		if _, err := b.Resume(context.Background(), runs[0].ID); !fault.Is(err, fault.Conflict) {
			t.Fatalf("got %v", err)
		}
	})
}

func TestAnOutcomeAndWhatBelongsToItStandOrFallTogether(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		ctx := context.Background()
		r := b.begin(t, 1)
		before, err := b.Head(ctx, target)
		ok(t, err)
		boom := errors.New("boom")
		if err := r.Outcome(ctx, disabled(1), func(*sqldb.Tx) error { return boom }); !errors.Is(err, boom) {
			t.Fatalf("got %v", err)
		}
		after, err := b.Head(ctx, target)
		ok(t, err)
		if after.Seq != before.Seq {
			t.Error("the outcome was kept")
		}
	})
}

func TestManyOutcomesAtOnceFromTwoProcesses(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		ctx := context.Background()
		other := b.again(t)
		const each = 100
		var all sync.WaitGroup
		for _, r := range []*journal.Run{b.command(t), other.command(t)} {
			for n := 1; n <= each; n++ {
				all.Go(func() {
					if err := r.Intents(ctx, []int{n}); err != nil {
						t.Error(err)
					}
					if err := r.Outcome(ctx, disabled(n)); err != nil {
						t.Error(err)
					}
				})
			}
		}
		all.Wait()
		head, err := b.Head(ctx, target)
		ok(t, err)
		if head.Seq != 2+4*each {
			t.Errorf("%d entries, want %d", head.Seq, 2+4*each)
		}
	})
}

func TestAPlanHasOneRun(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		ctx := context.Background()
		id := b.save(t, 1)
		s := journal.Start{Plan: id, Target: target, Sync: "corp", Actor: plan.Actor{Name: "ann", Door: "cli"}}
		r := b.start(t, s)
		r.Release()
		_, err := b.Begin(ctx, s)
		if !fault.Is(err, fault.Stale) || !strings.Contains(err.Error(), "rollcall run resume "+r.ID()) {
			t.Errorf("interrupted: %v", err)
		}
		r, err = b.Resume(ctx, r.ID())
		ok(t, err)
		_, err = r.Finish(ctx, journal.Partly, nil)
		ok(t, err)
		_, err = b.Begin(ctx, s)
		if !fault.Is(err, fault.Stale) || !strings.Contains(err.Error(), "run "+r.ID()+" has carried it out already") {
			t.Errorf("over: %v", err)
		}
	})
}
