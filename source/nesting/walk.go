package nesting

import (
	"fmt"
	"slices"
	"strings"

	"rollcall/identity"
	"rollcall/source"
)

// walk visits, breadth first, the groups below one group after another. With
// nested groups in order, the first way that reaches a group is the shortest,
// and of equals the first by anchors.
type walk struct {
	g       *Graph
	anchors []identity.Anchor // of the groups
	round   int32             // marks what has been seen below the present root
	people  []int32           // the round that last saw the person
	steps   []step            // of the groups
	queue   []Group
	deep    map[leg][]identity.Anchor // the paths worth sharing
}

// step is how a group was reached.
type step struct {
	round  int32
	parent Group
	hop    Group // the first group on the way, nested directly in the root
	depth  int32 // groups on the way, with this one
}

// leg is the way from one group to another, both counted in.
type leg struct{ from, to Group }

// longPath is from where on paths are shared. Without that, a chain of n
// groups would have paths of n²/2 anchors altogether.
const longPath = 8

func newWalk(g *Graph) *walk {
	w := &walk{
		g:       g,
		anchors: make([]identity.Anchor, len(g.groups)),
		people:  make([]int32, len(g.people)),
		steps:   make([]step, len(g.groups)),
		deep:    map[leg][]identity.Anchor{},
	}
	for i := range g.groups {
		w.anchors[i] = g.groups[i].anchor
	}
	return w
}

func (w *walk) from(root Group) Flat {
	w.round++
	flat := Flat{Group: root}
	w.steps[root] = step{round: w.round}
	w.queue = append(w.queue[:0], root)
	for i := 0; i < len(w.queue); i++ {
		at := w.queue[i]
		n := &w.g.groups[at]
		if n.why != "" && flat.Why == "" {
			flat.Why = n.why
			if at != root {
				flat.Why = fmt.Sprintf("nested group %s: %s", n.name, n.why)
			}
		}
		flat.Members = w.take(flat.Members, at, n.people)
		w.push(root, at, n.groups)
	}
	slices.SortFunc(flat.Members, func(a, b source.Member) int { return strings.Compare(string(a.Anchor), string(b.Anchor)) })
	return flat
}

// take adds those of people who have not been seen in this round.
func (w *walk) take(members []source.Member, at Group, people []Person) []source.Member {
	var path []identity.Anchor
	if members == nil {
		members = make([]source.Member, 0, len(people))
	}
	for _, p := range people {
		if w.people[p] == w.round {
			continue
		}
		w.people[p] = w.round
		if path == nil {
			path = w.path(at)
		}
		members = append(members, source.Member{Anchor: w.g.people[p], Path: path})
	}
	return members
}

func (w *walk) push(root, at Group, nested []Group) {
	for _, n := range nested {
		if w.steps[n].round == w.round {
			continue
		}
		s := step{round: w.round, parent: at, hop: n, depth: w.steps[at].depth + 1}
		if at != root {
			s.hop = w.steps[at].hop
		}
		w.steps[n] = s
		w.queue = append(w.queue, n)
	}
}

// path returns the way to a group from the present root, without the root. It
// is the same way from every root that begins it with the same group, and its
// end is the way from each group on it; so long ones are found in w.deep.
func (w *walk) path(to Group) []identity.Anchor {
	depth := int(w.steps[to].depth)
	switch {
	case depth == 0:
		return nil
	case depth == 1:
		return w.anchors[to : to+1 : to+1]
	case depth >= longPath:
		if p, ok := w.deep[leg{w.steps[to].hop, to}]; ok {
			return p
		}
	}
	p := make([]identity.Anchor, depth)
	at := to
	for i := depth - 1; i >= 0; i-- {
		p[i] = w.anchors[at]
		if depth-i >= longPath {
			w.deep[leg{at, to}] = p[i:]
		}
		at = w.steps[at].parent
	}
	return p
}
