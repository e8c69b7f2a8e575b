package main

import (
	"context"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"text/tabwriter"
	"time"
)

// bounds are what nothing that is served can be quicker than.
type bounds struct {
	server  *process // checks the signature, reads JSON and writes some
	client  *client
	inserts float64         // a second
	members map[int]float64 // changes of 100 a second, by the number of connections
}

// measureBounds starts the bare server, and measures plain SQLite.
func measureBounds(ctx context.Context, dir string) (*bounds, error) {
	b := &bounds{members: map[int]float64{}}
	var err error
	for _, n := range connections() {
		if b.members[n], err = bareMembers(ctx, filepath.Join(dir, fmt.Sprintf("members-%d.db", n)), n, size(640)); err != nil {
			return nil, err
		}
	}
	if b.inserts, err = bareInserts(ctx, filepath.Join(dir, "bare.db"), size(10_000)); err != nil {
		return nil, err
	}
	if b.server, err = bareServer(ctx, dir); err != nil {
		return nil, err
	}
	b.client, err = clientOf(b.server.env)
	return b, err
}

// turn loads the bare server.
func (b *bounds) turn(ctx context.Context, n, calls int) (lap, error) {
	requests := make([][]byte, calls)
	request := b.client.aws("DescribeUser", `{"IdentityStoreId":%q,"UserId":"906714a5b2-3a1e1f6b-0000-4000-8000-000000000000"}`, benchStore)
	for i := range requests {
		requests[i] = request
	}
	l, err := load(ctx, b.server, b.client.address, n, requests)
	if err == nil && l.failed > 0 {
		err = fmt.Errorf("%d of %d calls of the bare server failed: %s", l.failed, l.calls, l.why)
	}
	return l, err
}

// of is the bound of one kind of work, in calls a second.
func (b *bounds) of(r *row, n int) float64 {
	switch {
	case r.bulk:
		return min(r.bare.rate(), b.members[n])
	case r.write:
		return min(r.bare.rate(), b.inserts)
	}
	return r.bare.rate()
}

// report writes what was measured.
func report(b *bounds, small, large *served) (string, error) {
	var out strings.Builder
	var members []string
	for _, n := range connections() {
		members = append(members, fmt.Sprintf("%.0f/s at %d", b.members[n], n))
	}
	fmt.Fprintf(&out, "bounds: signature and JSON alone, in turn with each row; before the servers began, SQLite, a durable row at a time, %.0f rows/s; 100 members into an empty table %s\n",
		b.inserts, strings.Join(members, ", "))
	for _, s := range []*served{small, large} {
		if err := s.table(&out, b); err != nil {
			return "", err
		}
	}
	return out.String() + "the load itself", nil
}

// table writes what was measured of a server, beside the cost of a smaller one
// if it was measured with one.
func (s *served) table(out io.Writer, b *bounds) error {
	peak, err := s.server.peak()
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "%d users, %d groups, %d memberships; peak of the server %d MiB, goal 200\n", s.people, s.company.groups, s.memberships, peak)
	t := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "connections\t\trate\tgoal\tbare\tbound / rate\tp50\tp99\tserver CPU\tto 1000 users\tat most\tfailed\t")
	for _, n := range connections() {
		for _, r := range s.rows[n] {
			goal, times, most := "", "", ""
			if n == 32 {
				goal = fmt.Sprint(r.goal)
			}
			if r.ratio != nil {
				times, most = fmt.Sprintf("%.2f", r.times()), fmt.Sprint(r.most())
			}
			fmt.Fprintf(t, "%d\t%s\t%.0f/s\t%s\t%.0f/s\t%.1f\t%s\t%s\t%s\t%s\t%s\t%d\t\n", n, r.name, r.rate(), goal, r.bare.rate(), b.of(r, n)/r.rate(),
				micros(r.quantile(50)), micros(r.quantile(99)), micros(r.cost()), times, most, r.failed)
		}
	}
	_ = t.Flush() // into memory
	for _, n := range connections() {
		for _, r := range s.rows[n] {
			if r.failed > 0 {
				fmt.Fprintf(out, "%s at %d connections failed: %s\n", r.name, n, r.why)
			}
		}
	}
	if m := s.mixed; m.calls > 0 {
		fmt.Fprintf(out, "%d mixed calls at 32 connections: %.0f/s, server CPU %s, %d failed %s\n", m.calls, m.rate(), micros(m.cost()), m.failed, m.why)
	}
	return nil
}

func micros(d time.Duration) string {
	return fmt.Sprintf("%d µs", d.Round(time.Microsecond).Microseconds())
}
