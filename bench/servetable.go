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
	bare    map[int]row     // by the number of connections
	inserts float64         // a second
	members map[int]float64 // changes of 100 a second, by the number of connections
}

// measureBounds measures them as everything else is measured.
func measureBounds(ctx context.Context, dir string) (*bounds, error) {
	p, err := bareServer(ctx, dir)
	if err != nil {
		return nil, err
	}
	defer p.stop() //nolint:errcheck // what it has measured is measured
	c, err := clientOf(p.env)
	if err != nil {
		return nil, err
	}
	b := &bounds{bare: map[int]row{}, members: map[int]float64{}}
	request := c.aws("DescribeUser", `{"IdentityStoreId":%q,"UserId":"906714a5b2-3a1e1f6b-0000-4000-8000-000000000000"}`, benchStore)
	for _, n := range connections() {
		requests := make([][]byte, size(20_000)*(n+32)/64)
		for i := range requests {
			requests[i] = request
		}
		r, err := load(ctx, p, c.address, n, requests)
		if err == nil && r.failed > 0 {
			err = fmt.Errorf("%d of %d calls of the bare server failed: %s", r.failed, r.calls, r.why)
		}
		if err != nil {
			return nil, err
		}
		b.bare[n] = r
		if b.members[n], err = bareMembers(ctx, filepath.Join(dir, fmt.Sprintf("members-%d.db", n)), n, size(640)); err != nil {
			return nil, err
		}
	}
	b.inserts, err = bareInserts(ctx, filepath.Join(dir, "bare.db"), size(10_000))
	return b, err
}

func (b *bounds) String() string {
	var bare, members []string
	for _, n := range connections() {
		members = append(members, fmt.Sprintf("%.0f/s at %d", b.members[n], n))
		bare = append(bare, fmt.Sprintf("%.0f/s at %d (%s CPU)", b.bare[n].rate, n, micros(b.bare[n].cpu)))
	}
	return fmt.Sprintf("signature and JSON alone %s; SQLite, a durable row at a time, %.0f rows/s; 100 members into an empty table %s",
		strings.Join(bare, ", "), b.inserts, strings.Join(members, ", "))
}

// of is the bound of one kind of work, in calls a second.
func (b *bounds) of(w work, n int) float64 {
	if w.bulk {
		return min(b.bare[n].rate, b.members[n])
	}
	if w.write {
		return min(b.bare[n].rate, b.inserts)
	}
	return b.bare[n].rate
}

// table writes what was measured of a server, beside a smaller one's CPU if
// there is one.
func (s *served) table(out io.Writer, b *bounds, smaller *served) {
	fmt.Fprintf(out, "%d users, %d groups, %d memberships; peak of the server %d MiB\n", s.people, s.company.groups, s.memberships, s.rss)
	t := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprint(t, "connections\t\trate\tbound / rate\tp50\tp99\tserver CPU\t")
	if smaller != nil {
		fmt.Fprintf(t, "to %d users\t", smaller.people)
	}
	fmt.Fprintln(t, "failed\t")
	for _, n := range connections() {
		for i, r := range s.rows[n] {
			fmt.Fprintf(t, "%d\t%s\t%.0f/s\t%.1f\t%s\t%s\t%s\t", n, r.name, r.rate, b.of(r.work, n)/r.rate, micros(r.p50), micros(r.p99), micros(r.cpu))
			if smaller != nil {
				fmt.Fprintf(t, "%.2f\t", float64(r.cpu)/float64(max(smaller.rows[n][i].cpu, 1)))
			}
			fmt.Fprintf(t, "%d\t\n", r.failed)
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
	if s.mixed.calls > 0 {
		fmt.Fprintf(out, "%d mixed calls at 32 connections: %.0f/s, server CPU %s, %d failed %s\n",
			s.mixed.calls, s.mixed.rate, micros(s.mixed.cpu), s.mixed.failed, s.mixed.why)
	}
}

func micros(d time.Duration) string {
	return fmt.Sprintf("%d µs", d.Round(time.Microsecond).Microseconds())
}
