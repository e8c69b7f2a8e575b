package main

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"
)

// lap is a load that a server was under, or some of them together.
type lap struct {
	calls, failed int
	why           string // the first failure
	took          time.Duration
	cpu           time.Duration // of the server
	each          []time.Duration
}

func (l *lap) add(other lap) {
	l.calls, l.failed = l.calls+other.calls, l.failed+other.failed
	l.took, l.cpu = l.took+other.took, l.cpu+other.cpu
	l.each = append(l.each, other.each...)
	if l.why == "" {
		l.why = other.why
	}
}

// rate is how many calls succeed a second.
func (l *lap) rate() float64 { return float64(l.calls-l.failed) / max(l.took.Seconds(), 1e-9) }

// cost is what the server computed for one call that succeeded.
func (l *lap) cost() time.Duration { return l.cpu / time.Duration(max(l.calls-l.failed, 1)) }

// row is what one kind of work took.
type row struct {
	work
	lap
	bare  lap       // of the bare server, in the same minute
	ratio []float64 // of the cost to that of a smaller server, one a turn
}

// quantile is how long so many of the calls took at most.
func (r *row) quantile(percent int) time.Duration {
	slices.Sort(r.each)
	return r.each[len(r.each)*percent/100]
}

// times is what a call costs against a smaller server's, in the median of all
// turns.
func (r *row) times() float64 {
	slices.Sort(r.ratio)
	return r.ratio[len(r.ratio)/2]
}

// turns is how often each server is measured at each kind of work. What else
// the machine does in one of them is in one ratio of so many, and they follow
// each other within a fraction of a second.
const turns = 15

// takeTurns measures one kind of work on the bare server, on a small one and on a
// large one, in turns.
func takeTurns(ctx context.Context, n int, w work, b *bounds, small, large *served) error {
	calls := max(size(w.calls)*n/32, n, size(w.calls)/5)/turns + 1
	rows := map[*served]*row{small: {work: w}, large: {work: w}}
	if err := errors.Join(small.warm(), large.warm()); err != nil {
		return err
	}
	for turn := range turns {
		bare, err := b.turn(ctx, n, min(calls, 1000))
		if err != nil {
			return err
		}
		order := []*served{small, large}
		if turn%2 == 1 {
			slices.Reverse(order)
		}
		cost := map[*served]time.Duration{}
		for _, s := range order {
			l, err := load(ctx, s.server, s.address, n, s.batch(calls, w.next))
			if err != nil {
				return err
			}
			rows[s].add(l)
			rows[s].bare.add(bare)
			cost[s] = l.cost()
		}
		rows[large].ratio = append(rows[large].ratio, float64(cost[large])/float64(max(cost[small], 1)))
	}
	for s, r := range rows {
		s.rows[n] = append(s.rows[n], r)
	}
	return nil
}

// load sends requests over n connections, each taking every n-th in order.
func load(ctx context.Context, p *process, address string, n int, requests [][]byte) (l lap, err error) {
	wires := make([]*wire, n)
	for i := range wires {
		if wires[i], err = dial(ctx, address); err != nil {
			return l, err
		}
		defer wires[i].close()
	}
	l = lap{calls: len(requests), each: make([]time.Duration, len(requests))}
	failures := make([]error, n)
	failed := make([]int, n)
	before, err := p.cpu()
	if err != nil {
		return l, err
	}
	began := time.Now()
	var all sync.WaitGroup
	for i, w := range wires {
		all.Go(func() {
			for at := i; at < len(requests); at += n {
				sent := time.Now()
				if _, err := w.ok(requests[at]); err != nil {
					failures[i], failed[i] = err, failed[i]+1
				}
				l.each[at] = time.Since(sent)
			}
		})
	}
	all.Wait()
	l.took = time.Since(began)
	after, err := p.cpu()
	l.cpu = after - before
	for i := range wires {
		if l.failed += failed[i]; failures[i] != nil {
			l.why = failures[i].Error()
		}
	}
	return l, err
}
