package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"text/tabwriter"
	"time"
)

// callsMeasured counts every call of a first load, of a run where nothing has
// changed and of one where one person in a hundred has, against 20 calls a
// second of each service, as AWS has them, in virtual time. The bound is what
// has to be said: see [company.leastWrites] and [company.leastReads].
func callsMeasured(ctx context.Context, dir string) (string, error) {
	return virtually(ctx, dir, "calls")
}

const benchIssuer = "rollcall:corp"

// leastWrites are one for each user, two for each group (SCIM has no
// description), and one for each hundred members that do not go with a group's
// creation.
func (c company) leastWrites() int {
	return c.people + c.groups*(2+pages(c.perGroup())-1)
}

// leastReads are one for each page of users, of groups, and of the members of
// each group or the groups of each user, whichever are fewer.
func (c company) leastReads() int {
	return pages(c.people) + pages(c.groups) + min(c.groups*pages(c.perGroup()), c.people*pages(c.memberships/c.people))
}

func pages(n int) int { return max(1, (n+99)/100) }

// changedOne is one person in so many.
const changedOne = 100

// callsVirtually is what runs in virtual time.
func callsVirtually(ctx context.Context, dir string) (text string, err error) {
	var out strings.Builder
	all := []company{{people: size(10_000), groups: size(500), memberships: size(30_000)}}
	if size(1) == 1 {
		all = append(all, company{people: 1_000, groups: 10, memberships: 2_500}) // of 250 each
	}
	for i, c := range all {
		folder := filepath.Join(dir, fmt.Sprint(i))
		if err := os.Mkdir(folder, 0o700); err != nil {
			return "", err
		}
		steps, err := c.syncs(ctx, folder)
		if err != nil {
			return "", err
		}
		c.table(&out, steps)
		for _, s := range steps {
			if err := s.exact(); err != nil {
				return out.String(), err
			}
		}
	}
	return out.String() + "on a virtual clock", nil
}

// ours is how many calls a second of each service are ours: AWS's 20, less the
// reserve for others.
const ours = 20 * 0.85

// table prints what was called, beside what had to be and what was the goal.
func (c company) table(out io.Writer, steps []step) {
	fmt.Fprintf(out, "%d users, %d groups of %d; %.0f calls a second of each service; answers take %s\n", c.people, c.groups, c.perGroup(), ours, latency)
	t := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "\treads\tbound\tgoal\twrites\tbound\tgoal\ttook\tbusiest service\tof its budget\tgoal\tthrottled\tafter 1 s\t")
	for i, s := range steps {
		var reads, writes, usage string
		switch i {
		case 0:
			writes, usage = c.goal(11_100), "97 %"
		case 1:
			reads = c.goal(650)
		}
		family, rate := s.made.busiest()
		fmt.Fprintf(t, "%s\t%d\t%d\t%s\t%d\t%d\t%s\t%.1f s\t%s\t%.1f %%\t%s\t%d\t%d\t\n", s.name,
			len(s.made)-s.made.writes(), s.reads, reads, s.made.writes(), s.writes, writes,
			s.took.Seconds(), family, 100*rate/ours, usage, s.made.throttled(s.began), s.made.throttled(s.began.Add(time.Second)))
	}
	_ = t.Flush() // into memory
}

// goal is one that was set for 10,000 users in 500 groups.
func (c company) goal(n int) string {
	if c.people != 10_000 {
		return ""
	}
	return fmt.Sprint(n)
}
