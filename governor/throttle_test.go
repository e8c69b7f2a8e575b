package governor_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"rollcall/emulate"
	"rollcall/fault"
	"rollcall/governor"
)

func TestEverybodyWaitsAsLongAsAWSSays(t *testing.T) {
	each(t, func(t *testing.T, url string) {
		var all sync.WaitGroup
		var calls, others log
		var processes []*governor.Governor
		for range 3 {
			g := join(t, url, plain(20))
			processes = append(processes, g)
			all.Go(func() { load(during(t, governor.Sync, 12*time.Second), g, aRead, 4, 10*time.Millisecond, &calls) })
		}
		scim := governor.Call{Family: governor.SCIM}
		all.Go(func() {
			load(during(t, governor.Sync, 12*time.Second), processes[0], scim, 4, 10*time.Millisecond, &others)
		})
		time.Sleep(2 * time.Second)
		ok(t, processes[1].Throttled(t.Context(), governor.IdentityStore, 5*time.Second))
		told := time.Now()
		all.Wait()
		if n := calls.between(told.Add(1), told.Add(5*time.Second)); n != 0 {
			t.Errorf("%d calls were made while all were told to wait", n)
		}
		if n := calls.between(told.Add(5*time.Second), told.Add(10*time.Second)); n < 85 || n > 95 {
			t.Errorf("%d calls in the 5 s after that, want about 90: a tenth less than before", n)
		}
		if n := others.between(told, told.Add(5*time.Second)); n < 97 {
			t.Errorf("%d calls of another family meanwhile, want 100", n)
		}
	})
}

func TestTheRateFallsWithAThrottlingAndRisesAgainSlowly(t *testing.T) {
	each(t, func(t *testing.T, url string) {
		g := join(t, url, plain(20))
		rate := func() float64 {
			t.Helper()
			all, err := g.States(t.Context())
			ok(t, err)
			return all[0].Rate
		}
		want := func(about float64) {
			t.Helper()
			if got := rate(); got < about-0.01 || got > about+0.01 {
				t.Errorf("%.3f a second, want %.3f", got, about)
			}
		}
		throttled := func() {
			t.Helper()
			ok(t, g.Throttled(t.Context(), governor.IdentityStore, time.Second))
		}
		throttled()
		want(18)
		time.Sleep(1999 * time.Millisecond) // what is answered up to a second after the wait was under way before it
		throttled()
		want(18.05)
		time.Sleep(2 * time.Second)
		throttled()
		want(18.15 * 0.9)
		time.Sleep(41 * time.Second) // rises only once the wait is over
		want(18.15*0.9 + 2)
		time.Sleep(time.Hour)
		want(20)
		for range 100 {
			throttled()
			time.Sleep(2 * time.Second)
		}
		if got := rate(); got < 1 || got > 1.2 {
			t.Errorf("%.3f a second after many throttlings, want 1: a twentieth", got)
		}
	})
}

func TestWithoutAWordFromAWSTheWaitGrowsAndIsRandom(t *testing.T) {
	each(t, func(t *testing.T, url string) {
		chance := 0.5
		g := join(t, url, plain(20), governor.WithRandom(func() float64 { return chance }))
		blocked := func() time.Duration {
			t.Helper()
			ok(t, g.Throttled(t.Context(), governor.SSOAdmin, 0))
			all, err := g.States(t.Context())
			ok(t, err)
			d := time.Until(all[0].BlockedUntil)
			time.Sleep(d + 1500*time.Millisecond)
			return d
		}
		for _, want := range []time.Duration{250, 500, 1000, 2000, 4000, 8000, 10000, 10000} {
			if got := blocked(); got != want*time.Millisecond {
				t.Errorf("waits %v, want %v", got, want*time.Millisecond)
			}
		}
		chance = 0.1
		if got := blocked(); got != 2*time.Second {
			t.Errorf("waits %v, want 2s: by chance", got)
		}
		time.Sleep(time.Minute)
		chance = 0.5
		if got := blocked(); got != 250*time.Millisecond {
			t.Errorf("waits %v after a calm, want 250ms", got)
		}
	})
}

func TestAWaitIsAnHourAtMost(t *testing.T) {
	each(t, func(t *testing.T, url string) {
		for say, want := range map[time.Duration]time.Duration{
			time.Hour - 1: time.Hour - 1, time.Hour: time.Hour, time.Hour + 1: time.Hour, 1 << 62: time.Hour,
		} {
			g := join(t, url, plain(20))
			ok(t, g.Throttled(t.Context(), governor.STS, say))
			all, err := g.States(t.Context())
			ok(t, err)
			if got := time.Until(all[0].BlockedUntil); got != want {
				t.Errorf("told %v: %v", say, got)
			}
			time.Sleep(2 * time.Hour)
		}
	})
}

// Two processes against AWS's bucket of 20 a second, of which somebody else
// takes 5: 15 are free.
func TestTheRealLimitIsLearned(t *testing.T) {
	each(t, func(t *testing.T, url string) {
		gate, err := emulate.New(emulate.AWS())
		ok(t, err)
		const lasts = time.Minute
		var calls, refused log
		var all sync.WaitGroup
		for range 2 {
			g := join(t, url, governor.DefaultLimits())
			ctx := during(t, governor.Sync, lasts)
			for range 4 {
				all.Go(func() {
					for {
						err := g.Do(ctx, aRead, func(ctx context.Context) error {
							calls.note()
							time.Sleep(20 * time.Millisecond)
							return gate.Admit(ctx, emulate.Call{Service: emulate.IdentityStore, Operation: "ListUsers"})
						})
						if fault.Is(err, fault.Throttled) {
							refused.note()
						} else if err != nil {
							return
						}
					}
				})
			}
		}
		rival := during(t, governor.Sync, lasts)
		all.Go(func() {
			for bubbleClock.Sleep(bubbleClock{}, rival, 200*time.Millisecond) == nil {
				_ = gate.Admit(rival, emulate.Call{Service: emulate.IdentityStore, Operation: "ListUsers"})
			}
		})
		all.Wait()
		made, failed, free := calls.len(), refused.len(), int(15*lasts.Seconds())
		t.Logf("%d calls, %d refused, %d were free", made, failed, free)
		if failed*100 >= made {
			t.Errorf("%d of %d calls were throttled, want less than 1 percent", failed, made)
		}
		if made-failed < free*90/100 {
			t.Errorf("%d calls, want 90 percent of the %d that were free", made-failed, free)
		}
	})
}
