package governor_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"rollcall/governor"
)

// scenario is what several processes do at once.
type scenario struct {
	Service, Reserve, Reads, Writes int
	Workers                         []worker
	Throttlings                     []throttling
}

// worker calls again and again until it ends, perhaps in the middle of things.
type worker struct {
	Process            int
	Lane               governor.Lane
	Write              bool
	From, Lasts, Takes time.Duration
}

type throttling struct{ At, For time.Duration }

func millis(from, to int) *rapid.Generator[time.Duration] {
	return rapid.Map(rapid.IntRange(from, to), func(n int) time.Duration { return time.Duration(n) * time.Millisecond })
}

var scenarios = rapid.Custom(func(t *rapid.T) scenario {
	return scenario{
		Service: rapid.IntRange(4, 60).Draw(t, "service"), Reserve: rapid.SampledFrom([]int{0, 15, 50}).Draw(t, "reserve"),
		Reads: rapid.SampledFrom([]int{0, 3, 10}).Draw(t, "reads"), Writes: rapid.SampledFrom([]int{0, 2, 15}).Draw(t, "writes"),
		Workers: rapid.SliceOfN(rapid.Custom(func(t *rapid.T) worker {
			return worker{
				Process: rapid.IntRange(0, 3).Draw(t, "process"), Lane: rapid.SampledFrom(governor.Lanes()).Draw(t, "lane"),
				Write: rapid.Bool().Draw(t, "write"), From: millis(0, 4000).Draw(t, "from"), Lasts: millis(1, 4000).Draw(t, "lasts"),
				Takes: millis(0, 400).Draw(t, "takes"),
			}
		}), 1, 20).Draw(t, "workers"),
		Throttlings: rapid.SliceOfN(rapid.Custom(func(t *rapid.T) throttling {
			return throttling{At: millis(500, 5000).Draw(t, "at"), For: millis(1, 1500).Draw(t, "for")}
		}), 0, 2).Draw(t, "throttlings"),
	}
})

// Whatever several processes do and whenever they stop: no second has more
// calls than the rate and what may be caught up, nobody calls while all are
// told to wait, and afterwards the budget is free again within seconds.
func TestNoSecondHasMoreCallsThanTheRateAllows(t *testing.T) {
	cases := 10
	if testing.Short() {
		cases = 3
	}
	for seed := range cases {
		t.Run(fmt.Sprint("scenario ", seed), func(t *testing.T) {
			s := scenarios.Example(seed)
			each(t, s.play)
			if t.Failed() {
				t.Logf("%+v", s)
			}
		})
	}
}

func (s scenario) play(t *testing.T, url string) {
	limits := governor.Limits{Service: governor.PerSecond(s.Service), Reserve: s.Reserve}
	if s.Reads > 0 {
		limits.Reads = governor.PerSecond(s.Reads)
	}
	if s.Writes > 0 {
		limits.Writes = governor.PerSecond(s.Writes)
	}
	var processes [4]*governor.Governor
	for i := range processes {
		processes[i] = join(t, url, limits)
	}
	start := time.Now()
	var all, reads, writes log
	var waited sync.WaitGroup
	for _, w := range s.Workers {
		waited.Go(func() {
			time.Sleep(w.From)
			ctx := during(t, w.Lane, w.Lasts)
			for {
				call, calls := aRead, &reads
				if w.Write {
					call, calls = aWrite, &writes
				}
				if processes[w.Process].Take(ctx, call) != nil {
					return
				}
				all.note()
				calls.note()
				time.Sleep(w.Takes)
			}
		})
	}
	for i, h := range s.Throttlings {
		waited.Go(func() {
			time.Sleep(h.At)
			ok(t, processes[i].Throttled(t.Context(), governor.IdentityStore, h.For))
			// The very moment belongs to calls that went before the answer came.
			time.Sleep(h.For)
			if n := all.between(start.Add(h.At+1), start.Add(h.At+h.For)); n != 0 {
				t.Errorf("%d calls while all were told to wait", n)
			}
		})
	}
	waited.Wait()
	within(t, "calls", &all, float64(s.Service*(100-s.Reserve))/100, 1)
	if s.Reads > 0 {
		within(t, "reads", &reads, float64(s.Reads), 2)
	}
	if s.Writes > 0 {
		within(t, "writes", &writes, float64(s.Writes), 2)
	}
	for i, g := range processes {
		began := time.Now()
		ok(t, g.Take(t.Context(), aRead))
		if took := time.Since(began); took > 5*time.Second {
			t.Errorf("process %d waited %v for one call after all was done", i, took)
		}
	}
}

// within checks that no second has more than rate × 1.25 calls and some more.
func within(t *testing.T, what string, calls *log, rate float64, more int) {
	t.Helper()
	if got, most := calls.most(), int(rate*1.25)+more; got > most {
		t.Errorf("%d %s in one second, want %d at most", got, what, most)
	}
}
