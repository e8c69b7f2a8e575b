// Package nesting flattens groups within groups: who is in a group in the end,
// and by which way. It takes cycles and chains of any depth, and refuses to
// write out memberships without end.
package nesting

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"rollcall/fault"
	"rollcall/identity"
	"rollcall/source"
)

// MaxMemberships is how many memberships a source may have once its groups are
// flattened: about 1 GB of memory. Every group of a cycle has all the people of
// the cycle, so a few careless lines in a source can ask for billions.
const MaxMemberships = 20_000_000

// Person is a number that a [Graph] gives a person, from zero.
type Person int32

// Group is a number that a [Graph] gives a group, from zero.
type Group int32

// Graph is who is directly in which group. Its zero value is empty. Filling it
// and flattening it are for one goroutine.
type Graph struct {
	people []identity.Anchor
	groups []node
	limit  int // memberships; zero means MaxMemberships
}

type node struct {
	anchor identity.Anchor
	name   string
	people []Person
	groups []Group
	why    string // what could not be read of it
}

// AddPerson adds somebody who can be in groups.
func (g *Graph) AddPerson(a identity.Anchor) Person {
	g.people = append(g.people, a)
	return Person(len(g.people) - 1)
}

// AddGroup adds a group without members. Name is what the source calls it.
func (g *Graph) AddGroup(a identity.Anchor, name string) Group {
	g.groups = append(g.groups, node{anchor: a, name: name})
	return Group(len(g.groups) - 1)
}

// PutPerson says that p is directly in a group; saying it twice changes nothing.
func (g *Graph) PutPerson(in Group, p Person) {
	g.groups[in].people = append(g.groups[in].people, p)
}

// PutGroup says that a group is directly in another, or in itself.
func (g *Graph) PutGroup(in, nested Group) {
	g.groups[in].groups = append(g.groups[in].groups, nested)
}

// Unreadable says that a group has a member which could not be read, and why.
// The group, and every group that it is in, is add-only.
func (g *Graph) Unreadable(in Group, why string) { g.groups[in].why = why }

// Flat is a group with everybody who is in it, directly or through others.
type Flat struct {
	Group   Group
	Members []source.Member // by anchor; of several ways the shortest, of equals the first by anchors
	Why     string          // why the group is add-only; empty when it is not
}

// Flatten calls each with every group once, in an order that depends on
// nothing but what was put in, and stops at its first error. More than
// [MaxMemberships] is fault.Unsupported.
func (g *Graph) Flatten(ctx context.Context, each func(Flat) error) error {
	left := g.limit
	if left == 0 {
		left = MaxMemberships
	}
	g.sortNested()
	w := newWalk(g)
	for _, root := range g.outermostFirst() {
		if err := ctx.Err(); err != nil {
			return err
		}
		flat := w.from(root)
		if left -= len(flat.Members); left < 0 {
			return fault.Text(fault.Unsupported, "flatten groups", g.groups[root].name, fmt.Sprintf(
				"the source has more than %d memberships with nested groups counted in; look for groups that contain each other", MaxMemberships))
		}
		if err := each(flat); err != nil {
			return err
		}
	}
	return nil
}

// sortNested makes the order in which groups are visited, and so the choice
// between ways of equal length, independent of the order in the source.
func (g *Graph) sortNested() {
	for i := range g.groups {
		n := &g.groups[i]
		slices.SortFunc(n.groups, func(a, b Group) int {
			return strings.Compare(string(g.groups[a].anchor), string(g.groups[b].anchor))
		})
		n.groups = slices.Compact(n.groups)
	}
}

// outermostFirst orders the groups so that a group mostly comes before those
// nested in it, which lets them share their paths.
func (g *Graph) outermostFirst() []Group {
	inner := make([]bool, len(g.groups))
	for i := range g.groups {
		for _, nested := range g.groups[i].groups {
			inner[nested] = inner[nested] || nested != Group(i)
		}
	}
	order := make([]Group, 0, len(g.groups))
	seen := make([]bool, len(g.groups))
	next := 0
	reach := func(start Group) {
		if seen[start] {
			return
		}
		seen[start] = true
		for order = append(order, start); next < len(order); next++ {
			for _, nested := range g.groups[order[next]].groups {
				if !seen[nested] {
					seen[nested] = true
					order = append(order, nested)
				}
			}
		}
	}
	for _, innerToo := range []bool{false, true} { // those of pure cycles have no outermost group
		for i := range g.groups {
			if innerToo || !inner[i] {
				reach(Group(i))
			}
		}
	}
	return order
}
