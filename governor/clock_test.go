package governor_test

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"rollcall/governor"
	"rollcall/sqldb/sqldbtest"
)

// movedClock is the bubble's time, moved.
type movedClock struct {
	mu sync.Mutex
	by time.Duration
}

func (c *movedClock) move(by time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.by += by
}

func (c *movedClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return time.Now().Add(c.by).Round(0)
}

func (c *movedClock) Sleep(ctx context.Context, d time.Duration) error {
	return bubbleClock{}.Sleep(ctx, d)
}

func TestAClockThatIsSetDoesNotStopAnybody(t *testing.T) {
	for name, by := range map[string]time.Duration{"forward": 5 * time.Hour, "back": -5 * time.Hour} {
		t.Run(name, func(t *testing.T) {
			each(t, func(t *testing.T, url string) {
				clock := new(movedClock)
				g := join(t, url, plain(20), governor.WithClock(clock))
				var calls log
				start := time.Now()
				var all sync.WaitGroup
				all.Go(func() { load(during(t, governor.Sync, 10*time.Second), g, aRead, 8, 20*time.Millisecond, &calls) })
				time.Sleep(4 * time.Second)
				clock.move(by)
				all.Wait()
				if n := calls.between(start.Add(6*time.Second), start.Add(10*time.Second)); n < 76 || n > 85 {
					t.Errorf("%d calls in 4 s, two seconds after the clock was set; want about 80", n)
				}
			})
		})
	}
}

// On PostgreSQL the processes may be on several machines: the server's clock is
// the one they agree on. This one test is in real time, which the server's is;
// it is about how many calls are in any second, not about how long they take.
func TestClocksOfSeveralMachinesNeedNotAgree(t *testing.T) {
	url := sqldbtest.Postgres(t)
	var calls log
	var all sync.WaitGroup
	for _, by := range []time.Duration{0, 3 * time.Hour, -40 * time.Minute} {
		g := join(t, url, plain(40), governor.WithOwnClock(&movedClock{by: by}))
		all.Go(func() {
			for range 20 {
				ok(t, g.Take(t.Context(), aRead))
				calls.note()
			}
		})
	}
	all.Wait()
	if most := calls.most(); most > 40+10+1+3 { // each of three may note its call late
		t.Errorf("%d calls in one second, want 51 at most", most)
	}
}

// The bubble's clock stands still while a database works, so what is written
// with its own times is what is read.
func TestTimesOfAnotherClockAreTranslated(t *testing.T) {
	url := sqldbtest.Postgres(t)
	g := join(t, url, plain(40), governor.WithOwnClock(&movedClock{by: 3 * time.Hour}))
	ok(t, g.Throttled(t.Context(), governor.SCIM, 30*time.Minute))
	all, err := g.States(t.Context())
	ok(t, err)
	until := time.Now().Add(3*time.Hour + 30*time.Minute)
	if got := all[0].BlockedUntil; got.Before(until.Add(-10*time.Minute)) || got.After(until.Add(10*time.Minute)) {
		t.Errorf("blocked until %v, want %v, in its own time", got, until)
	}
}

func TestTheSystemsClockIsUsedWhenNoneIsGiven(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := join(t, sqldbtest.SQLite(t), plain(10), governor.WithOwnClock(governor.SystemClock()))
		start := time.Now()
		for range 21 {
			ok(t, g.Take(t.Context(), aRead))
		}
		if took := time.Since(start); took < 1700*time.Millisecond || took > 2*time.Second {
			t.Errorf("21 calls took %v at 10 a second", took)
		}
	})
}

// In real time a slot is a little older when it is to be used than when it was
// reserved.
func TestAFastRateWorksInRealTime(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, url string) {
		g := join(t, url, plain(100_000), governor.WithOwnClock(governor.SystemClock()))
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		for range 200 {
			ok(t, g.Take(ctx, aRead))
		}
	})
}
