package reconcile

import (
	"cmp"
	"container/heap"
	"slices"
	"strings"

	"rollcall/fault"
	"rollcall/identity"
	"rollcall/plan"
)

// order numbers changes so that each stands after what it needs, disabling
// first and deleting last where needs leave a choice. Where unique values go
// round in a circle, one holder lets go first, through a temporary value.
func order(nodes []*node) ([]plan.Change, error) {
	for {
		sorted, stuck := topological(nodes)
		if len(stuck) == 0 {
			return number(sorted), nil
		}
		freed, err := breakCircle(stuck)
		if err != nil {
			return nil, err
		}
		nodes = append(nodes, freed)
	}
}

// topological sorts by needs (Kahn), preferring the lower rank; stuck are the
// nodes on circles and behind them.
func topological(nodes []*node) (sorted, stuck []*node) {
	waiting := make(map[*node]int, len(nodes))
	followers := map[*node][]*node{}
	ready := &queue{rank: ranks()}
	for _, n := range nodes {
		waiting[n] = len(n.needs)
		for _, need := range n.needs {
			followers[need.node] = append(followers[need.node], n)
		}
		if len(n.needs) == 0 {
			ready.nodes = append(ready.nodes, n)
		}
	}
	heap.Init(ready)
	for ready.Len() > 0 {
		n := heap.Pop(ready).(*node)
		sorted = append(sorted, n)
		delete(waiting, n)
		for _, f := range followers[n] {
			if waiting[f]--; waiting[f] == 0 {
				heap.Push(ready, f)
			}
		}
	}
	for _, n := range nodes {
		if _, left := waiting[n]; left {
			stuck = append(stuck, n)
		}
	}
	return sorted, stuck
}

func ranks() map[plan.Kind]int {
	rank := map[plan.Kind]int{}
	for i, k := range plan.Kinds() {
		rank[k] = i
	}
	return rank
}

// queue is a heap of changes that could go next.
type queue struct {
	nodes []*node
	rank  map[plan.Kind]int
}

func (q *queue) Len() int      { return len(q.nodes) }
func (q *queue) Swap(i, j int) { q.nodes[i], q.nodes[j] = q.nodes[j], q.nodes[i] }
func (q *queue) Push(x any)    { q.nodes = append(q.nodes, x.(*node)) }
func (q *queue) Pop() any {
	last := q.nodes[len(q.nodes)-1]
	q.nodes = q.nodes[:len(q.nodes)-1]
	return last
}

func (q *queue) Less(i, j int) bool {
	a, b := q.nodes[i], q.nodes[j]
	return cmp.Or(
		cmp.Compare(q.rank[a.change.Kind], q.rank[b.change.Kind]),
		compareNames(a.change.Name, b.change.Name),
		strings.Compare(string(a.change.Subject), string(b.change.Subject)),
	) < 0
}

func number(sorted []*node) []plan.Change {
	for i, n := range sorted {
		n.number = i + 1
	}
	changes := make([]plan.Change, len(sorted))
	for i, n := range sorted {
		c := n.change
		c.Number = n.number
		switch {
		case c.Kind.Creates():
			c.Subject = plan.New(n.number)
		case n.makes != nil:
			c.Subject = plan.New(n.makes.number)
		}
		for _, j := range n.adds {
			if j.makes != nil {
				j.member.User = plan.New(j.makes.number)
			}
			c.Add = append(c.Add, j.member)
		}
		for _, need := range n.needs {
			c.Needs = append(c.Needs, need.node.number)
		}
		slices.Sort(c.Needs)
		c.Needs = slices.Compact(c.Needs)
		changes[i] = c
	}
	return changes
}

// breakCircle finds a circle among stuck changes and makes one holder of a
// unique value let go of it first. The taker then waits for that change, and
// so does the holder's own.
func breakCircle(stuck []*node) (*node, error) {
	in := make(map[*node]bool, len(stuck))
	for _, n := range stuck {
		in[n] = true
	}
	// Everything stuck waits for something stuck, so walking along the needs
	// comes back to where it has been: from there on it is the circle.
	walked, at := map[*node]int{}, stuck[0]
	var path []*need
	for {
		if from, again := walked[at]; again {
			path = path[from:]
			break
		}
		walked[at] = len(path)
		i := slices.IndexFunc(at.needs, func(n need) bool { return in[n.node] })
		path = append(path, &at.needs[i])
		at = at.needs[i].node
	}
	for _, step := range path {
		if step.unique {
			return letGo(step), nil
		}
	}
	return nil, fault.Text(fault.Internal, "order plan", "", "changes need each other, and no unique value is why")
}

// letGo makes the change that frees the value which the step waits for.
func letGo(step *need) *node {
	holder := step.node
	freed := &node{object: holder.object, record: none, change: plan.Change{
		Kind: plan.UserUpdate, Subject: holder.change.Subject, Name: holder.change.Name, Record: holder.change.Record,
		Reason: "its value goes to another object of this plan, which must take it first",
	}}
	if holder.change.Kind.Object() == identity.KindGroup {
		freed.change.Kind = plan.GroupUpdate
	}
	e := identity.Edit{Path: step.path, Old: step.held}
	if e.Path == "userName" || e.Path == "displayName" {
		e.New = identity.Value(`"` + temporaryName(holder.change.Subject) + `"`)
	}
	freed.change.Edits = []identity.Edit{e}
	if own := holder.edit(e.Path); own != nil {
		own.Old = e.New
	}
	holder.needs = append(holder.needs, need{node: freed})
	step.node, step.unique = freed, false
	return freed
}

// temporaryName is a name that nobody has: it holds the object's own id.
func temporaryName(s plan.Subject) string { return "rollcall-swap-" + string(s) }
