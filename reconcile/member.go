package reconcile

import (
	"runtime"
	"slices"
	"sync"

	"rollcall/identity"
	"rollcall/plan"
)

// planMembers compares the members of every group that is kept in line, one
// change a group, on as many processors as there are: at a million memberships
// this is most of what planning costs.
func (p *planner) planMembers(work []groupWork) {
	found := make([]*node, len(work))
	var workers sync.WaitGroup
	parts := max(1, min(runtime.GOMAXPROCS(0), len(work)))
	for part := range parts {
		workers.Go(func() {
			c := p.newComparer()
			for i := part; i < len(work); i += parts {
				found[i] = c.compare(work[i])
			}
		})
	}
	workers.Wait()
	for i, n := range found {
		p.noteAddOnly(work[i])
		if n == nil {
			continue
		}
		for _, user := range n.leavers {
			for _, deletion := range p.people.nodes[user] {
				deletion.waitFor(n)
			}
		}
		p.noteLeavers(n)
		p.add(n)
	}
}

func (p *planner) noteAddOnly(g groupWork) {
	if w := &p.in.Wanted.Groups[g.record]; w.AddOnly && g.object != none {
		p.attend("add-only", identity.KindGroup, w.Group.DisplayName, p.record(identity.KindGroup, w.Anchor), "",
			"nobody leaves this group on this read: "+w.Why)
	}
}

// comparer compares one group after another. It marks users by the number of
// the group it is at, so that a group makes no garbage; it only reads the
// planner, so that several can work side by side.
type comparer struct {
	*planner
	stamp      int32
	has, wants []int32 // by current user: the last group that has, or should have, the user
}

func (p *planner) newComparer() *comparer {
	n := len(p.in.Current.Users)
	return &comparer{planner: p, has: make([]int32, n), wants: make([]int32, n)}
}

// compare returns the change that brings a group's members in line, or nil.
func (c *comparer) compare(g groupWork) *node {
	c.stamp++
	w := &c.in.Wanted.Groups[g.record]
	var current []identity.ID
	if g.object != none {
		current = c.in.Current.Members[c.in.Current.Groups[g.object].ID]
	}
	for _, id := range current {
		if u, known := c.people.at[id]; known {
			c.has[u] = c.stamp
		}
	}
	n := &node{object: g.object, record: g.record}
	for i := range w.Members {
		c.join(n, w.Members[i].Anchor, w.Members[i].Path)
	}
	if g.members == MembersExact && !w.AddOnly {
		c.leave(n, current)
	}
	if len(n.adds) == 0 && len(n.change.Remove) == 0 {
		return nil
	}
	c.finishMembers(n, g, w)
	return n
}

// join adds a wanted member who is not there. A person without an account, for
// whom none is made, has a line of attention already.
func (c *comparer) join(n *node, anchor identity.Anchor, path []identity.Anchor) {
	r, ok := c.people.refs[anchor]
	switch {
	case !ok:
	case r.object == none:
		n.adds = append(n.adds, joint{plan.Member{Name: r.makes.change.Name, Anchor: anchor, Path: path}, r.makes})
		n.waitFor(r.makes)
	case r.grant:
		c.wants[r.object] = c.stamp
		if c.has[r.object] != c.stamp && c.people.state[r.object] == ours {
			u := &c.in.Current.Users[r.object]
			n.adds = append(n.adds, joint{plan.Member{User: plan.Existing(u.ID), Name: u.UserName, Anchor: anchor, Path: path}, nil})
		}
	case c.held[anchor], r.doubted:
		c.wants[r.object] = c.stamp // granted nothing; what is left is for whoever put the person out, or says who it is
	}
}

func (c *comparer) leave(n *node, current []identity.ID) {
	for _, id := range current {
		u, known := c.people.at[id]
		if known && c.wants[u] != c.stamp && c.people.state[u] == ours {
			n.change.Remove = append(n.change.Remove, plan.Member{User: plan.Existing(id), Name: c.in.Current.Users[u].UserName})
			n.leavers = append(n.leavers, u)
		}
	}
}

// finishMembers gives a membership change its subject, its name and its order.
func (p *planner) finishMembers(n *node, g groupWork, w *Group) {
	n.change.Kind = plan.GroupMembers
	n.change.Record = p.record(identity.KindGroup, w.Anchor)
	n.change.Name = w.Group.DisplayName
	if g.object != none {
		existing := &p.in.Current.Groups[g.object]
		n.change.Subject, n.change.Name = plan.Existing(existing.ID), existing.DisplayName
	} else {
		n.makes = g.node
	}
	n.waitFor(g.node)
	n.change.Reason = "members in source " + p.in.Wanted.Source
	slices.SortFunc(n.change.Remove, func(a, b plan.Member) int { return compareNames(a.Name, b.Name) })
	slices.SortFunc(n.adds, func(a, b joint) int { return compareNames(a.member.Name, b.member.Name) })
}
