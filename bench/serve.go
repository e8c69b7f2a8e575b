package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
)

// serve loads rollcall serve, in processes of their own, over a directory of
// 1,000 users and over one of 100,000 with 1,000,000 memberships: every kind of
// call at 1, 8 and 32 connections, signatures on, what is written durable. Then
// a million calls of every kind together, none of which may fail.
//
// The bounds are a server that does nothing but check the signature and read
// the JSON, and for what writes also plain SQLite, one durable row after the
// other. All servers run all the time and have their turns one after the other,
// so that a machine that is slow for a minute is slow for all of them.
func serve(ctx context.Context, dir string) (out string, err error) {
	b, err := measureBounds(ctx, dir)
	if err != nil {
		return "", err
	}
	defer b.server.stop() //nolint:errcheck // what it has measured is measured
	var sites []*served
	for _, c := range []company{
		{people: 1_000, groups: 100, memberships: 10_000},
		{people: size(100_000), groups: size(10_000), memberships: size(1_000_000)},
	} {
		s, err := serveCompany(ctx, dir, rollcallBinary(), c)
		if err != nil {
			return "", err
		}
		defer s.server.stop() //nolint:errcheck // what it has measured is measured
		sites = append(sites, s)
	}
	small, large := sites[0], sites[1]
	for _, write := range []bool{false, true} { // what is written shall be in no reader's way
		for _, n := range connections() {
			for _, w := range works() {
				if w.write != write {
					continue
				}
				if err := takeTurns(ctx, n, w, b, small, large); err != nil {
					return "", fmt.Errorf("%s at %d connections: %w", w.name, n, err)
				}
			}
		}
	}
	if err := large.mix(ctx, mixedCalls()); err != nil {
		return "", err
	}
	if m := large.mixed; m.failed > 0 {
		return "", fmt.Errorf("%d of %d mixed calls failed: %s", m.failed, m.calls, m.why)
	}
	return report(b, small, large)
}

func mixedCalls() int {
	if os.Getenv("BENCH_SMALL") != "" {
		return 10_000
	}
	return 1_000_000
}

// connections are how many clients there are at once.
func connections() []int { return []int{1, 8, 32} }

// served is a server over a company, and what was measured of it.
type served struct {
	company
	*loaded
	server *process
	file   string         // its directory's database
	rows   map[int][]*row // by the number of connections
	mixed  lap
}

// serveCompany starts a server over a company, and warms it up.
func serveCompany(ctx context.Context, dir, binary string, c company) (s *served, err error) {
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
	s = &served{company: c, loaded: l, server: p, file: file, rows: map[int][]*row{}}
	if l.client, err = clientOf(p.env); err == nil {
		err = l.walk(ctx)
	}
	if err == nil {
		_, err = load(ctx, p, l.address, 32, l.batch(2_000, (*loaded).mixed)) // so that every statement is prepared
	}
	if err != nil {
		return nil, errors.Join(err, p.stop())
	}
	return s, nil
}

// warm reads the database once, so that it is in the machine's memory as that of
// any server that has run for a while: what is measured is the server, not how
// long a disk takes to find a page.
func (s *served) warm() error {
	f, err := os.Open(s.file)
	if err != nil {
		return err
	}
	defer f.Close()
	_, err = io.Copy(io.Discard, f)
	return err
}

// mix sends calls of every kind together, signed a few at a time: a signature
// is good for five minutes.
func (s *served) mix(ctx context.Context, calls int) error {
	const round = 20_000
	for done := 0; done < calls; done += round {
		l, err := load(ctx, s.server, s.address, 32, s.batch(min(round, calls-done), (*loaded).mixed))
		if err != nil {
			return err
		}
		l.each = nil // a million would be memory of its own
		s.mixed.add(l)
	}
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
