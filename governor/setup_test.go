package governor_test

import (
	"context"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"rollcall/governor"
	"rollcall/sqldb"
	"rollcall/sqldb/sqldbtest"
)

func ok(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// bubbleClock is the time of a synctest bubble, which all governors in it
// agree on, whatever a database server's clock says.
type bubbleClock struct{}

func (bubbleClock) Now() time.Time { return time.Now() }

func (bubbleClock) Sleep(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// each runs test on both databases, in virtual time: it passes only while
// everybody waits.
func each(t *testing.T, test func(t *testing.T, url string)) {
	t.Helper()
	sqldbtest.Each(t, func(t *testing.T, url string) {
		synctest.Test(t, func(t *testing.T) { test(t, url) })
	})
}

// join opens the budgets as a process of its own would.
func join(t testing.TB, url string, limits governor.Limits, opts ...governor.Option) *governor.Governor {
	t.Helper()
	db, err := sqldb.Open(context.Background(), url, governor.Migrations)
	ok(t, err)
	t.Cleanup(func() { ok(t, db.Close()) })
	return on(t, db, limits, opts...)
}

func on(t testing.TB, db *sqldb.DB, limits governor.Limits, opts ...governor.Option) *governor.Governor {
	t.Helper()
	opts = append([]governor.Option{governor.WithClock(bubbleClock{}), governor.WithRandom(func() float64 { return 0.5 })}, opts...)
	g, err := governor.New(db, "i-1", limits, opts...)
	ok(t, err)
	return g
}

// plain is n calls a second without a reserve.
func plain(n int) governor.Limits { return governor.Limits{Service: governor.PerSecond(n)} }

var (
	aRead  = governor.Call{Family: governor.IdentityStore}
	aWrite = governor.Call{Family: governor.IdentityStore, Write: true}
)

// log notes when calls went.
type log struct {
	mu sync.Mutex
	at []time.Time
}

func (l *log) note() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.at = append(l.at, time.Now())
}

func (l *log) len() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.at)
}

// between counts the calls from from up to, not including, to.
func (l *log) between(from, to time.Time) (n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, at := range l.at {
		if !at.Before(from) && at.Before(to) {
			n++
		}
	}
	return n
}

// most is the largest number of calls in any window of one second.
func (l *log) most() (most int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	at := slices.Clone(l.at)
	slices.SortFunc(at, time.Time.Compare)
	first := 0
	for i := range at {
		for at[i].Sub(at[first]) >= time.Second {
			first++
		}
		most = max(most, i-first+1)
	}
	return most
}

// load has workers call one after the other, each call taking so long, until
// ctx ends; it returns once they have stopped.
func load(ctx context.Context, g *governor.Governor, c governor.Call, workers int, latency time.Duration, done *log) {
	var all sync.WaitGroup
	for range workers {
		all.Go(func() {
			for g.Take(ctx, c) == nil {
				done.note()
				time.Sleep(latency)
			}
		})
	}
	all.Wait()
}

// during returns a context in lane l that ends after d.
func during(t testing.TB, l governor.Lane, d time.Duration) context.Context {
	t.Helper()
	ctx, cancel := context.WithCancel(governor.WithLane(t.Context(), l))
	t.Cleanup(cancel)
	time.AfterFunc(d, cancel)
	return ctx
}
