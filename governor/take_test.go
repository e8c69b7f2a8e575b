package governor_test

import (
	"context"
	"errors"
	"math"
	"strings"
	"sync"
	"testing"
	"time"

	"rollcall/fault"
	"rollcall/governor"
	"rollcall/sqldb"
)

func TestAWaitEndsWithItsContext(t *testing.T) {
	each(t, func(t *testing.T, url string) {
		g := join(t, url, plain(20))
		ok(t, g.Throttled(t.Context(), governor.IdentityStore, time.Minute))
		ctx, cancel := context.WithCancelCause(t.Context())
		why := errors.New("somebody pressed Ctrl-C")
		time.AfterFunc(3*time.Second, func() { cancel(why) })
		start := time.Now()
		err := g.Take(ctx, aRead)
		if !fault.Is(err, fault.Unavailable) || !errors.Is(err, why) || time.Since(start) != 3*time.Second {
			t.Errorf("%v after %v", err, time.Since(start))
		}
		if err := g.Take(ctx, aRead); !fault.Is(err, fault.Unavailable) {
			t.Errorf("%v, though the context had ended before", err)
		}
	})
}

func TestADeadlineThatCannotBeMetFailsAtOnce(t *testing.T) {
	for name, c := range map[string]struct {
		before func(context.Context, *governor.Governor) error // by another process
		queue  int                                             // who waits already, in this one
		gives  time.Duration
		met    bool
	}{
		"blocked for longer":      {before: block(10 * time.Second), gives: 9 * time.Second},
		"blocked not for so long": {before: block(10 * time.Second), gives: 11 * time.Second, met: true},
		"too many before":         {queue: 100, gives: 4 * time.Second},
		"not too many before":     {queue: 100, gives: 6 * time.Second, met: true},
	} {
		t.Run(name, func(t *testing.T) {
			each(t, func(t *testing.T, url string) {
				g, other := join(t, url, plain(20)), join(t, url, plain(20))
				if c.before != nil {
					ok(t, c.before(t.Context(), other))
				}
				var all sync.WaitGroup
				for range c.queue {
					all.Go(func() { _ = g.Take(t.Context(), aRead) })
				}
				time.Sleep(time.Millisecond)
				ctx, cancel := context.WithTimeout(t.Context(), c.gives)
				defer cancel()
				start := time.Now()
				err := g.Take(ctx, aRead)
				if c.met {
					ok(t, err)
				} else if !fault.Is(err, fault.Throttled) || fault.RetryAfter(err) < 4*time.Second || time.Since(start) != 0 {
					t.Errorf("%v, retry after %v, told after %v", err, fault.RetryAfter(err), time.Since(start))
				}
				all.Wait()
			})
		})
	}
}

func block(d time.Duration) func(context.Context, *governor.Governor) error {
	return func(ctx context.Context, g *governor.Governor) error {
		return g.Throttled(ctx, governor.IdentityStore, d)
	}
}

// A wait that is given up leaves its slot to those who wait on.
func TestWhoGivesUpDoesNotHoldUpTheOthers(t *testing.T) {
	each(t, func(t *testing.T, url string) {
		g := join(t, url, plain(10))
		var all sync.WaitGroup
		for range 50 {
			all.Go(func() { _ = g.Take(during(t, governor.Leaver, 500*time.Millisecond), aRead) })
		}
		time.Sleep(time.Second)
		start := time.Now()
		for range 20 {
			ok(t, g.Take(t.Context(), aRead))
		}
		if took := time.Since(start); took > 2200*time.Millisecond {
			t.Errorf("20 calls took %v at 10 a second", took)
		}
		all.Wait()
	})
}

func TestWithoutTheDatabaseNobodyCalls(t *testing.T) {
	each(t, func(t *testing.T, url string) {
		db, err := sqldb.Open(t.Context(), url, governor.Migrations)
		ok(t, err)
		g := on(t, db, plain(20))
		var all sync.WaitGroup
		for range 10 {
			ok(t, g.Take(t.Context(), aRead))
		}
		ok(t, db.Close())
		for range 3 {
			all.Go(func() {
				if err := g.Take(t.Context(), aRead); !fault.Is(err, fault.Unavailable) {
					t.Errorf("%v, want unavailable", err)
				}
			})
		}
		all.Wait()
		if err := g.Throttled(t.Context(), governor.IdentityStore, time.Second); !fault.Is(err, fault.Unavailable) {
			t.Errorf("%v", err)
		}
		throttled := fault.Text(fault.Throttled, "list users", "", "Rate exceeded")
		other := on(t, db, plain(20))
		if err := other.Do(t.Context(), aRead, func(context.Context) error { return throttled }); !fault.Is(err, fault.Unavailable) {
			t.Errorf("%v", err)
		}
	})
}

func TestDoMakesTheCallOnceAndTellsOfAThrottling(t *testing.T) {
	throttled := &fault.Error{Kind: fault.Throttled, Op: "create user", RetryAfter: 7 * time.Second}
	for name, c := range map[string]struct {
		err     error
		blocked time.Duration
	}{
		"it works":          {nil, 0},
		"it fails":          {fault.New(fault.Unavailable, "create user", "", nil), 0},
		"it is throttled":   {throttled, 7 * time.Second},
		"nobody knows":      {fault.Unsettled("create user", "", errors.New("connection reset")), 0},
		"throttled, silent": {fault.New(fault.Throttled, "create user", "", nil), 250 * time.Millisecond},
	} {
		t.Run(name, func(t *testing.T) {
			each(t, func(t *testing.T, url string) {
				g := join(t, url, plain(20))
				ctx, cancel := context.WithCancel(t.Context())
				calls := 0
				err := g.Do(ctx, aWrite, func(context.Context) error { calls++; cancel(); return c.err })
				if !errors.Is(err, c.err) || calls != 1 {
					t.Errorf("%v after %d calls", err, calls)
				}
				all, err := g.States(t.Context())
				ok(t, err)
				if got := max(0, time.Until(all[0].BlockedUntil)); got != c.blocked {
					t.Errorf("blocked for %v, want %v", got, c.blocked)
				}
			})
		})
	}
}

func TestTheStateOfABudgetCanBeRead(t *testing.T) {
	each(t, func(t *testing.T, url string) {
		one, two := join(t, url, governor.DefaultLimits()), join(t, url, governor.DefaultLimits())
		all, err := one.States(t.Context())
		if err != nil || len(all) != 0 {
			t.Fatalf("%+v, %v before anybody called", all, err)
		}
		ok(t, two.Take(t.Context(), governor.Call{Family: governor.SCIM}))
		ok(t, one.Throttled(t.Context(), governor.IdentityStore, 10*time.Second))
		told := time.Now()
		for i, l := range []governor.Lane{governor.Audit, governor.Leaver, governor.Leaver} {
			g := []*governor.Governor{one, two}[i%2]
			go func() { _ = g.Take(governor.WithLane(t.Context(), l), aRead) }()
		}
		time.Sleep(1500 * time.Millisecond)
		all, err = one.States(t.Context())
		ok(t, err)
		if len(all) != 2 || all[0].Family != governor.IdentityStore || all[1].Family != governor.SCIM {
			t.Fatalf("%+v", all)
		}
		s := all[0]
		if s.Ceiling != 17 || math.Abs(s.Rate-15.3) > 0.001 || !s.Learned || s.Throttled != 1 || !s.ThrottledAt.Equal(told) ||
			!s.BlockedUntil.Equal(told.Add(10*time.Second)) {
			t.Errorf("%+v", s)
		}
		if s.Waiting[governor.Audit] != 1 || s.Waiting[governor.Leaver] != 2 || s.Processes != 2 {
			t.Errorf("%+v", s)
		}
		if s := all[1]; s.Rate != 17 || s.Learned || !s.BlockedUntil.IsZero() || !s.ThrottledAt.IsZero() {
			t.Errorf("%+v", s)
		}
		time.Sleep(20 * time.Second)
		all, err = two.States(t.Context())
		ok(t, err)
		if s := all[0]; !s.BlockedUntil.IsZero() || s.Processes != 0 || len(s.Waiting) != 0 {
			t.Errorf("once all is done: %+v", s)
		}
	})
}

func TestLimitsThatCannotBeAreRefused(t *testing.T) {
	url := "sqlite:" + t.TempDir() + "/state.db"
	db, err := sqldb.Open(t.Context(), url, governor.Migrations)
	ok(t, err)
	defer db.Close()
	for name, c := range map[string]struct {
		limits governor.Limits
		says   string // empty: they can be
	}{
		"the default":       {governor.DefaultLimits(), ""},
		"no rate":           {governor.Limits{Reserve: 15}, "there is no rate"},
		"nothing a second":  {plain(0), "a rate is 0 calls"},
		"less than nothing": {plain(-1), "a rate is -1 calls"},
		"the most":          {plain(1_000_000), ""},
		"more than that":    {plain(1_000_001), "1000001 calls"},
		"the most reserve":  {governor.Limits{Service: governor.PerSecond(1), Reserve: 90}, ""},
		"too much reserve":  {governor.Limits{Service: governor.PerSecond(1), Reserve: 91}, "91 percent"},
		"a debt":            {governor.Limits{Service: governor.PerSecond(1), Reserve: -1}, "-1 percent"},
		"no reads":          {governor.Limits{Service: governor.PerSecond(1), Reads: governor.PerMinute(0)}, "a rate is 0 calls"},
		"too many writes":   {governor.Limits{Service: governor.PerSecond(1), Writes: governor.PerMinute(2_000_000)}, "2000000 calls"},
	} {
		t.Run(name, func(t *testing.T) {
			_, usual := governor.New(db, "i-1", c.limits)
			_, own := governor.New(db, "i-1", plain(1), governor.WithLimits(governor.SCIM, c.limits))
			if c.says == "" {
				ok(t, errors.Join(usual, own))
				return
			}
			if !fault.Is(usual, fault.Invalid) || !strings.Contains(usual.Error(), c.says) {
				t.Errorf("%v", usual)
			}
			if !fault.Is(own, fault.Invalid) || !strings.Contains(own.Error(), "family scim") {
				t.Errorf("%v", own)
			}
		})
	}
}

// Somebody restored the state from a copy, under processes that go on.
func TestABudgetThatIsGoneBeginsAnew(t *testing.T) {
	each(t, func(t *testing.T, url string) {
		db, err := sqldb.Open(t.Context(), url, governor.Migrations)
		ok(t, err)
		defer db.Close()
		g := on(t, db, plain(20))
		ok(t, g.Throttled(t.Context(), governor.IdentityStore, time.Millisecond))
		ok(t, g.Take(t.Context(), aRead))
		ok(t, db.Write(t.Context(), func(tx *sqldb.Tx) error {
			_, err := tx.Exec("DELETE FROM budgets")
			return err
		}))
		start := time.Now()
		for range 25 {
			ok(t, g.Take(t.Context(), aRead))
		}
		if took := time.Since(start); took > 1300*time.Millisecond {
			t.Errorf("25 calls took %v at 20 a second", took)
		}
	})
}
