package governor_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"rollcall/governor"
)

func TestALeaverStartsWithinASecondWhileABulkLoadRuns(t *testing.T) {
	for name, other := range map[string]bool{"of another process": true, "of this process": false} {
		t.Run(name, func(t *testing.T) {
			each(t, func(t *testing.T, url string) {
				bulk := join(t, url, governor.DefaultLimits())
				mine := bulk
				if other {
					mine = join(t, url, governor.DefaultLimits())
				}
				var all sync.WaitGroup
				all.Go(func() {
					load(during(t, governor.Sync, 8*time.Second), bulk, aRead, 256, 50*time.Millisecond, new(log))
				})
				time.Sleep(2 * time.Second)
				urgent := governor.WithLane(t.Context(), governor.Leaver)
				for range 10 {
					start := time.Now()
					ok(t, mine.Take(urgent, aWrite))
					if waited := time.Since(start); waited > 400*time.Millisecond {
						t.Errorf("waited %v", waited)
					}
					time.Sleep(100 * time.Millisecond)
				}
				all.Wait()
			})
		})
	}
}

// Each lane against the next one, each with more calls than there is room for.
func TestALaneGoesBeforeTheNextAndNoneStarves(t *testing.T) {
	lanes := governor.Lanes()
	for i, urgent := range lanes[:len(lanes)-1] {
		t.Run(urgent.String()+" before "+lanes[i+1].String(), func(t *testing.T) {
			each(t, func(t *testing.T, url string) {
				one, two := join(t, url, plain(20)), join(t, url, plain(20))
				var first, second log
				var all sync.WaitGroup
				all.Go(func() { load(during(t, lanes[i+1], 23*time.Second), one, aRead, 32, time.Millisecond, &second) })
				all.Go(func() { load(during(t, urgent, 23*time.Second), two, aRead, 32, time.Millisecond, &first) })
				from := time.Now().Add(3 * time.Second) // by then both know of each other
				to := from.Add(20 * time.Second)
				all.Wait()
				// Nothing for two seconds, then one call, is ten in 20 s.
				if n := second.between(from, to); n < 8 || n > 12 {
					t.Errorf("the less urgent made %d calls, want about 10", n)
				}
				if n := first.between(from, to) + second.between(from, to); n < 20*20*97/100 {
					t.Errorf("%d calls together, want about 400", n)
				}
			})
		})
	}
}

func TestNoLaneStarvesWithinAProcess(t *testing.T) {
	each(t, func(t *testing.T, url string) {
		g := join(t, url, plain(10))
		logs := map[governor.Lane]*log{}
		var all sync.WaitGroup
		for _, l := range governor.Lanes() {
			calls := new(log)
			logs[l] = calls
			all.Go(func() { load(during(t, l, 20*time.Second), g, aRead, 20, time.Millisecond, calls) })
		}
		all.Wait()
		for l, calls := range logs {
			if n := calls.len(); l != governor.Leaver && (n < 6 || n > 12) {
				t.Errorf("%s made %d calls in 20 s, want about 9", l, n)
			}
		}
		if n := logs[governor.Leaver].len(); n < 160 {
			t.Errorf("leaver made %d calls, want about 170", n)
		}
	})
}

func TestTheLaneComesFromTheContext(t *testing.T) {
	for name, c := range map[string]struct {
		ctx  context.Context
		want governor.Lane
	}{
		"nobody said":  {t.Context(), governor.Sync},
		"said":         {governor.WithLane(t.Context(), governor.Audit), governor.Audit},
		"the last one": {governor.WithLane(governor.WithLane(t.Context(), governor.Audit), governor.Leaver), governor.Leaver},
		"no such lane": {governor.WithLane(t.Context(), governor.Lane(9)), governor.Sync},
	} {
		t.Run(name, func(t *testing.T) {
			if got := governor.LaneOf(c.ctx); got != c.want {
				t.Errorf("%v, want %v", got, c.want)
			}
		})
	}
}
