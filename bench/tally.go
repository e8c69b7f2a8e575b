package main

import (
	"context"
	"sync"
	"time"

	"rollcall/awscall"
	"rollcall/fault"
)

// tally notes every call that is made.
type tally struct {
	mu   sync.Mutex
	made []call
}

// call is one that was made.
type call struct {
	family    awscall.Family
	write     bool
	throttled bool
	at        time.Time // its turn
}

// of is the same pace, noted.
func (t *tally) of(pace awscall.Pace) awscall.Pace {
	return func(ctx context.Context, c awscall.Call) (func(error), error) {
		done, err := pace(ctx, c)
		if err != nil {
			return nil, err
		}
		one := call{family: c.Family, write: c.Write, at: time.Now()}
		return func(err error) {
			one.throttled = fault.Is(err, fault.Throttled)
			t.mu.Lock()
			t.made = append(t.made, one)
			t.mu.Unlock()
			done(err)
		}, nil
	}
}

// take returns what was called since it was last asked.
func (t *tally) take() calls {
	t.mu.Lock()
	defer t.mu.Unlock()
	all := t.made
	t.made = nil
	return all
}

// calls are some calls.
type calls []call

// count counts those that a condition holds for.
func (all calls) count(is func(call) bool) (n int) {
	for _, c := range all {
		if is(c) {
			n++
		}
	}
	return n
}

func (all calls) writes() int { return all.count(func(c call) bool { return c.write }) }

// throttled counts those that were refused as too fast, after a while.
func (all calls) throttled(after time.Time) int {
	return all.count(func(c call) bool { return c.throttled && !c.at.Before(after) })
}

// busiest is the service that was called most, and how often a second from its
// first call to its last.
func (all calls) busiest() (family awscall.Family, rate float64) {
	type span struct {
		first, last time.Time
		n           int
	}
	spans := map[awscall.Family]span{}
	for _, c := range all {
		s := spans[c.family]
		if s.n == 0 || c.at.Before(s.first) {
			s.first = c.at
		}
		if c.at.After(s.last) {
			s.last = c.at
		}
		s.n++
		spans[c.family] = s
		if s.n > spans[family].n {
			family = c.family
		}
	}
	s := spans[family]
	return family, float64(s.n-1) / max(s.last.Sub(s.first).Seconds(), 1e-9)
}
