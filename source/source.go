// Package source is how the rest of the program reads a source of truth: who
// works here, and who is in which group.
//
// A [Driver] reads a source from beginning to end, once, and hands back
// evidence that it saw everything. Whatever goes wrong on the way is an error,
// never a shorter answer: silence is not absence.
package source

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"rollcall/fault"
	"rollcall/identity"
)

// Attributes holds an entry's values by attribute name in lower case, in the
// order the source has them. Passwords are never in it.
type Attributes map[string][]string

// First returns the first value of an attribute, or "".
func (a Attributes) First(name string) string {
	if values := a[strings.ToLower(name)]; len(values) > 0 {
		return values[0]
	}
	return ""
}

// Person is somebody the source knows.
type Person struct {
	Anchor     identity.Anchor
	Name       string // what the source calls the entry: its DN, "line 12 of people.csv"
	Attributes Attributes
}

// Group is a group the source knows, with nested groups flattened.
type Group struct {
	Anchor     identity.Anchor
	Name       string // what the source calls the entry
	Attributes Attributes
	Members    []Member // each person once, by anchor
	// AddOnly says that a member inside the base could not be read, so nobody
	// may be removed from this group on the strength of this read; Why says
	// which member.
	AddOnly bool
	Why     string
	Outside int // members outside the base, left out
}

// Member is a person in a group and the way there.
type Member struct {
	Anchor identity.Anchor
	Path   []identity.Anchor // the nested groups between the group and the person, outermost first; nil for a direct member
}

// Report is the evidence that a read was complete.
type Report struct {
	People   int
	Groups   int
	Skipped  int    // entries that are neither: organisational units, devices
	Outside  int    // members outside the base
	Bytes    int64  // read from files or the wire
	Origin   string // what was read: file names, server and base
	SHA256   string // of the bytes, in hex, where there are bytes
	Elapsed  time.Duration
	Replica  Replica  // which copy was read, where a source has several
	Warnings []string // what a person should know and no plan needs: "3 members outside the base"
}

// Receiver takes what a driver reads. A driver stops at the first error a
// receiver returns, and returns it.
type Receiver struct {
	Person func(Person) error
	Group  func(Group) error
}

// Driver is what every kind of source must do. Read hands every person and
// every group to r, in any order, and returns its evidence. Any error means
// that nothing may be concluded from what r was given: fault.Incomplete for a
// source that ends too early, contradicts itself or names one anchor twice,
// fault.Unavailable or fault.Denied for one that cannot be read.
type Driver interface {
	Read(ctx context.Context, r Receiver) (Report, error)
}

// Source is a source of truth of any kind.
type Source struct {
	name   string
	driver Driver
}

// New wraps a driver. Name is what the configuration calls it: "corp".
func New(name string, d Driver) *Source { return &Source{name: name, driver: d} }

// Name returns what the configuration calls the source.
func (s *Source) Name() string { return s.name }

// Snapshot is one complete read.
type Snapshot struct {
	Source string
	People []Person // sorted by anchor
	Groups []Group  // sorted by anchor
	Report Report
}

// Read reads the source whole. The snapshot is proven: every anchor is there
// once, every member of a group is a person in it, and the counts agree with
// the driver's report. Otherwise it fails with fault.Incomplete, and there is
// no snapshot.
func (s *Source) Read(ctx context.Context) (*Snapshot, error) {
	snap := &Snapshot{Source: s.name}
	report, err := s.driver.Read(ctx, Receiver{
		Person: func(p Person) error { snap.People = append(snap.People, p); return ctx.Err() },
		Group:  func(g Group) error { snap.Groups = append(snap.Groups, g); return ctx.Err() },
	})
	if err != nil {
		return nil, err
	}
	snap.Report = report
	slices.SortFunc(snap.People, func(a, b Person) int { return strings.Compare(string(a.Anchor), string(b.Anchor)) })
	slices.SortFunc(snap.Groups, func(a, b Group) int { return strings.Compare(string(a.Anchor), string(b.Anchor)) })
	if err := s.prove(snap); err != nil {
		return nil, err
	}
	return snap, nil
}

func (s *Source) prove(snap *Snapshot) error {
	if snap.Report.People != len(snap.People) || snap.Report.Groups != len(snap.Groups) {
		return s.incomplete(fmt.Sprintf("it reports %d people and %d groups, but gave %d and %d",
			snap.Report.People, snap.Report.Groups, len(snap.People), len(snap.Groups)))
	}
	people := make(map[identity.Anchor]bool, len(snap.People))
	for _, p := range snap.People {
		if people[p.Anchor] {
			return s.incomplete(fmt.Sprintf("two people have one anchor; the second is %s", p.Name))
		}
		people[p.Anchor] = true
	}
	for i, g := range snap.Groups {
		if i > 0 && snap.Groups[i-1].Anchor == g.Anchor {
			return s.incomplete(fmt.Sprintf("two groups have one anchor: %s and %s", snap.Groups[i-1].Name, g.Name))
		}
		for _, m := range g.Members {
			if !people[m.Anchor] {
				return s.incomplete(fmt.Sprintf("group %s has a member that is not among the people read", g.Name))
			}
		}
	}
	return nil
}

func (s *Source) incomplete(why string) error {
	return fault.Text(fault.Incomplete, "read source", s.name, why)
}
