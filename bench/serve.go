package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"
)

// serve loads rollcall serve, in a process of its own, over a directory of
// 1,000 users and over one of 100,000 with 1,000,000 memberships: every kind of
// call at 1, 8 and 32 connections, signatures on, what is written durable. Then
// a million calls of every kind together, none of which may fail.
//
// The bounds are a server that does nothing but check the signature and read
// the JSON, and for what writes also plain SQLite, one durable row after the
// other.
func serve(ctx context.Context, dir string) (string, error) {
	binary := rollcallBinary()
	bound, err := measureBounds(ctx, dir)
	if err != nil {
		return "", err
	}
	var out strings.Builder
	fmt.Fprintf(&out, "bounds: %s\n", bound)
	small, err := serveCompany(ctx, dir, binary, company{people: 1_000, groups: 100, memberships: 10_000}, 0)
	if err != nil {
		return "", err
	}
	small.table(&out, bound, nil)
	large, err := serveCompany(ctx, dir, binary, company{people: size(100_000), groups: size(10_000), memberships: size(1_000_000)}, mixedCalls())
	if err != nil {
		return "", err
	}
	large.table(&out, bound, small)
	return out.String() + "the load itself", nil
}

func mixedCalls() int {
	if os.Getenv("BENCH_SMALL") != "" {
		return 10_000
	}
	return 1_000_000
}

// connections are how many clients there are at once.
func connections() []int { return []int{1, 8, 32} }

// served is what was measured of one server.
type served struct {
	company
	rows  map[int][]row // by the number of connections
	mixed row
	rss   int // MiB
}

// row is what one kind of work took.
type row struct {
	work
	calls, failed int
	why           string // the first failure
	rate          float64
	p50, p99      time.Duration
	cpu           time.Duration // of the server, for one call
}

// serveCompany measures one server over a company.
func serveCompany(ctx context.Context, dir, binary string, c company, mixed int) (s *served, err error) {
	state := filepath.Join(dir, fmt.Sprint("state-", c.people))
	if err := os.Mkdir(state, 0o700); err != nil {
		return nil, err
	}
	file := filepath.Join(state, "directory.db")
	if err := fillElsewhere(ctx, file, c); err != nil {
		return nil, err
	}
	l := &loaded{company: c, pick: rand.New(rand.NewPCG(1, 2))} //nolint:gosec // the same load every time
	if l.users, l.groups, err = c.knownTo(ctx, file); err != nil {
		return nil, err
	}
	p, err := serveStore(ctx, binary, state)
	if err != nil {
		return nil, err
	}
	defer p.stop() //nolint:errcheck // what it has measured is measured
	if l.client, err = clientOf(p.env); err != nil {
		return nil, err
	}
	if err := l.walk(ctx); err != nil {
		return nil, err
	}
	if _, err := load(ctx, p, l.address, 32, l.batch(2_000, (*loaded).mixed)); err != nil { // so that every statement is prepared
		return nil, err
	}
	s = &served{company: c, rows: map[int][]row{}}
	if err := s.measure(ctx, p, l); err != nil {
		return nil, err
	}
	if err := s.mix(ctx, p, l, mixed); err != nil {
		return nil, err
	}
	s.rss, err = p.peak()
	return s, err
}

// measure does every kind of work at every number of connections.
func (s *served) measure(ctx context.Context, p *process, l *loaded) error {
	for _, n := range connections() {
		for _, w := range works() {
			calls := max(size(w.calls)*n/32, n, size(w.calls)/5)
			r, err := load(ctx, p, l.address, n, l.batch(calls, w.next))
			if err != nil {
				return fmt.Errorf("%s at %d connections: %w", w.name, n, err)
			}
			r.work = w
			s.rows[n] = append(s.rows[n], r)
		}
	}
	return nil
}

// mix sends calls of every kind together, signed a few at a time: a signature
// is good for five minutes.
func (s *served) mix(ctx context.Context, p *process, l *loaded, calls int) error {
	const round = 20_000
	var took float64 // seconds
	for done := 0; done < calls; done += round {
		r, err := load(ctx, p, l.address, 32, l.batch(min(round, calls-done), (*loaded).mixed))
		if err != nil {
			return err
		}
		took += float64(r.calls) / r.rate
		s.mixed.cpu = (s.mixed.cpu*time.Duration(s.mixed.calls) + r.cpu*time.Duration(r.calls)) / time.Duration(s.mixed.calls+r.calls)
		s.mixed.calls += r.calls
		s.mixed.failed += r.failed
		s.mixed.why = max(s.mixed.why, r.why)
	}
	s.mixed.rate = float64(s.mixed.calls) / max(took, 1e-9)
	return nil
}

// batch makes requests.
func (l *loaded) batch(n int, next func(*loaded) []byte) [][]byte {
	all := make([][]byte, n)
	for i := range all {
		all[i] = next(l)
	}
	return all
}

// load sends requests over n connections, each taking every n-th in order.
func load(ctx context.Context, p *process, address string, n int, requests [][]byte) (row, error) {
	r := row{calls: len(requests)}
	wires := make([]*wire, n)
	for i := range wires {
		var err error
		if wires[i], err = dial(ctx, address); err != nil {
			return r, err
		}
		defer wires[i].close()
	}
	took := make([]time.Duration, len(requests))
	failures := make([]error, n)
	failed := make([]int, n)
	before, err := p.cpu()
	if err != nil {
		return r, err
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
				took[at] = time.Since(sent)
			}
		})
	}
	all.Wait()
	r.rate = float64(len(requests)) / time.Since(began).Seconds()
	after, err := p.cpu()
	if err != nil {
		return r, err
	}
	r.cpu = (after - before) / time.Duration(len(requests))
	for i := range wires {
		if r.failed += failed[i]; failures[i] != nil {
			r.why = failures[i].Error()
		}
	}
	slices.Sort(took)
	r.p50, r.p99 = took[len(took)/2], took[len(took)*99/100]
	return r, nil
}
