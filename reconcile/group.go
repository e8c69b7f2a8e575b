package reconcile

import (
	"slices"

	"rollcall/identity"
	"rollcall/plan"
)

func (p *planner) planGroups() error {
	w := p.in.Wanted
	known := indexLinks(p.in.Known.Links, w.Source, p.in.Settings.Directory, identity.KindGroup)
	pairs, unassigned := classify(p.groupSide(known), known)
	p.count(identity.KindGroup, Unassigned, unassigned)
	kept := make([]groupWork, 0, len(pairs))
	for _, pr := range pairs {
		p.count(identity.KindGroup, pr.situation, 1)
		if pr.object != none && pr.situation != Found {
			p.groups++
		}
		n, members, err := p.planGroup(pr)
		if err != nil {
			return err
		}
		if members != MembersNone {
			kept = append(kept, groupWork{pr, n, members})
		}
	}
	if err := p.settleUnique(identity.KindGroup); err != nil {
		return err
	}
	p.people.at = make(map[identity.ID]int, len(p.in.Current.Users))
	for i := range p.in.Current.Users {
		p.people.at[p.in.Current.Users[i].ID] = i
	}
	p.planMembers(kept)
	p.deleteGroupsFirst()
	return nil
}

// deleteGroupsFirst makes the deletion of a user wait for those of its groups,
// so that both find the memberships they were planned with.
func (p *planner) deleteGroupsFirst() {
	if len(p.people.nodes) == 0 {
		return
	}
	for _, n := range p.nodes {
		if n.change.Kind != plan.GroupDelete {
			continue
		}
		for _, id := range p.in.Current.Members[p.in.Current.Groups[n.object].ID] {
			for _, deletion := range p.people.nodes[p.people.at[id]] {
				deletion.waitFor(n)
			}
		}
	}
}

// groupWork is a group whose members are still to be compared.
type groupWork struct {
	pair
	node    *node // the change that creates or adopts it, if there is one
	members MemberPolicy
}

func (p *planner) groupSide(known links) side {
	w, c := p.in.Wanted, p.in.Current
	anchors := make([]identity.Anchor, len(w.Groups))
	for i := range w.Groups {
		anchors[i] = w.Groups[i].Anchor
	}
	ids := make([]identity.ID, len(c.Groups))
	for i := range c.Groups {
		ids[i] = c.Groups[i].ID
	}
	find := &correlator{
		issuer: p.in.Settings.Issuer, attributes: p.in.Settings.Correlate, count: len(ids),
		externals: func(o int) []identity.ExternalID { return c.Groups[o].ExternalIDs },
		value:     func(o int, a string) string { return groupAttribute(&c.Groups[o], a) },
		wanted:    func(r int, a string) string { return groupAttribute(&w.Groups[r].Group, a) },
		anchor:    func(r int) identity.Anchor { return anchors[r] },
		linked:    func(o int) bool { return known.isOurs(ids[o]) },
	}
	return side{
		kind: identity.KindGroup, anchors: anchors, ids: ids, find: find.find,
		in:     func(r int) bool { return w.Groups[r].In },
		usable: func(r int) bool { return w.Groups[r].Problem == nil },
	}
}

// planGroup turns one pair into changes by the table, and says what is to
// happen to its members.
func (p *planner) planGroup(pr pair) (*node, MemberPolicy, error) {
	if pr.record != none {
		if w := &p.in.Wanted.Groups[pr.record]; w.Problem != nil && w.In {
			p.attend("invalid", identity.KindGroup, w.Name, p.record(identity.KindGroup, w.Anchor), "", w.Problem.Error())
			return nil, MembersNone, nil
		}
	}
	policy := p.in.Settings.Table.Members
	switch p.in.Settings.Table.of(identity.KindGroup, pr.situation) {
	case Create:
		n, err := p.createGroup(pr)
		return n, MembersAddOnly, err
	case Adopt:
		n, err := p.adoptGroup(pr)
		return n, policy, err
	case Update:
		return nil, policy, p.updateGroup(pr, nil)
	case Delete:
		p.deleteGroup(pr)
	case Report:
		return nil, MembersNone, p.reportGroup(pr)
	}
	return nil, MembersNone, nil
}

func (p *planner) createGroup(pr pair) (*node, error) {
	w := &p.in.Wanted.Groups[pr.record]
	g := w.Group
	g.ExternalIDs = p.externalIDs(nil, w.Anchor)
	edits, err := identity.GroupEdits(&identity.Group{}, &g, nil)
	if err != nil {
		return nil, err
	}
	reason := "in source " + p.in.Wanted.Source + ", and not in the directory"
	if pr.situation == Missing {
		reason = "linked, but gone from the directory; the new group has a new id, and no assignment of the old one"
	}
	return p.add(&node{object: none, record: pr.record, change: plan.Change{
		Kind: plan.GroupCreate, Name: g.DisplayName, Record: p.record(identity.KindGroup, w.Anchor), Edits: edits, Reason: reason,
	}}), nil
}

func (p *planner) adoptGroup(pr pair) (*node, error) {
	w, g := &p.in.Wanted.Groups[pr.record], &p.in.Current.Groups[pr.object]
	n := p.add(&node{object: pr.object, record: pr.record, change: plan.Change{
		Kind: plan.GroupAdopt, Subject: plan.Existing(g.ID), Name: g.DisplayName, Record: p.record(identity.KindGroup, w.Anchor),
		Reason: "one group correlates with it; from now on the source decides over it",
	}})
	return n, p.updateGroup(pr, n)
}

func (p *planner) updateGroup(pr pair, after *node) error {
	w, g := &p.in.Wanted.Groups[pr.record], &p.in.Current.Groups[pr.object]
	edits, err := p.groupEdits(w, g)
	if err != nil || len(edits) == 0 {
		return err
	}
	reason := plural(len(edits), "attribute") + " changed in source " + p.in.Wanted.Source
	if edits[0].Path == "displayName" {
		reason = "renamed in source " + p.in.Wanted.Source + "; it stays the same group"
	}
	p.add(&node{object: pr.object, record: pr.record, change: plan.Change{
		Kind: plan.GroupUpdate, Subject: plan.Existing(g.ID), Name: g.DisplayName,
		Record: p.record(identity.KindGroup, w.Anchor), Edits: edits, Reason: reason,
	}}).waitFor(after)
	return nil
}

func (p *planner) groupEdits(w *Group, g *identity.Group) ([]identity.Edit, error) {
	edits, err := identity.GroupEdits(g, &w.Group, p.in.Settings.GroupPaths)
	if err != nil || !p.in.Current.Abilities.ExternalIDs {
		return edits, err
	}
	with := *g
	with.ExternalIDs = p.externalIDs(g.ExternalIDs, w.Anchor)
	more, err := identity.GroupEdits(g, &with, []string{identity.PathExternalIDs})
	return append(edits, more...), err
}

func (p *planner) deleteGroup(pr pair) {
	g, r := &p.in.Current.Groups[pr.object], pr.link.Record
	p.add(&node{object: pr.object, record: pr.record, change: plan.Change{
		Kind: plan.GroupDelete, Subject: plan.Existing(g.ID), Name: g.DisplayName, Record: &r, Reason: p.leaverReason(pr),
	}})
}

func (p *planner) reportGroup(pr pair) error {
	name, object := "", identity.ID("")
	var r *identity.Record
	if pr.record != none {
		w := &p.in.Wanted.Groups[pr.record]
		name, r = w.Group.DisplayName, p.record(identity.KindGroup, w.Anchor)
	}
	if pr.object != none {
		g := &p.in.Current.Groups[pr.object]
		name, object = g.DisplayName, g.ID
		if r == nil && pr.link != nil {
			r = &pr.link.Record
		}
	}
	if pr.situation == Confirmed {
		edits, err := p.groupEdits(&p.in.Wanted.Groups[pr.record], &p.in.Current.Groups[pr.object])
		if err != nil || len(edits) == 0 {
			return err
		}
		p.attend(string(Confirmed), identity.KindGroup, name, r, object, plural(len(edits), "attribute")+" would change")
		return nil
	}
	text := reportText(pr)
	if pr.situation == SourceMissing {
		text = "gone from the source; it stays, with its members"
	}
	p.attend(string(pr.situation), identity.KindGroup, name, r, object, text)
	return nil
}

// planMembers compares the members of every group that is kept in line, one
// change a group. It works on indexes and stamps, so that comparing a million
// memberships makes no garbage.
func (p *planner) planMembers(work []groupWork) {
	count := len(p.in.Current.Users)
	has, wants := make([]int32, count), make([]int32, count)
	for i, g := range work {
		p.planGroupMembers(g, int32(i+1), has, wants)
	}
}

func (p *planner) planGroupMembers(g groupWork, stamp int32, has, wants []int32) {
	w := &p.in.Wanted.Groups[g.record]
	var current []identity.ID
	if g.object != none {
		current = p.in.Current.Members[p.in.Current.Groups[g.object].ID]
	}
	for _, id := range current {
		if u, known := p.people.at[id]; known {
			has[u] = stamp
		}
	}
	n := node{object: g.object, record: g.record, change: plan.Change{Kind: plan.GroupMembers}}
	for _, m := range w.Members {
		p.joinGroup(&n, m.Anchor, m.Path, stamp, has, wants)
	}
	if w.AddOnly && g.object != none {
		p.attend("add-only", identity.KindGroup, w.Group.DisplayName, p.record(identity.KindGroup, w.Anchor), "",
			"nobody leaves this group on this read: "+w.Why)
	}
	if g.members == MembersExact && !w.AddOnly {
		p.leaveGroup(&n, current, stamp, wants)
	}
	if len(n.adds) == 0 && len(n.change.Remove) == 0 {
		return
	}
	p.finishMembers(&n, g, w)
}

func (p *planner) joinGroup(n *node, anchor identity.Anchor, path []identity.Anchor, stamp int32, has, wants []int32) {
	r, ok := p.people.refs[anchor]
	if !ok {
		return // no account, and none is made: the person has a line of attention already
	}
	if r.object == none {
		name := r.makes.change.Name
		n.adds = append(n.adds, joint{plan.Member{Name: name, Anchor: anchor, Path: path}, r.makes})
		n.waitFor(r.makes)
		return
	}
	if r.grant {
		wants[r.object] = stamp
	}
	if has[r.object] != stamp && r.grant && p.people.state[r.object] == ours {
		u := &p.in.Current.Users[r.object]
		n.adds = append(n.adds, joint{plan.Member{User: plan.Existing(u.ID), Name: u.UserName, Anchor: anchor, Path: path}, nil})
	}
	if has[r.object] == stamp && !r.grant && p.held[anchor] {
		wants[r.object] = stamp // a held person is granted nothing; what is left is the leaver's to take
	}
}

func (p *planner) leaveGroup(n *node, current []identity.ID, stamp int32, wants []int32) {
	for _, id := range current {
		u, known := p.people.at[id]
		if !known || wants[u] == stamp || p.people.state[u] != ours {
			continue
		}
		n.change.Remove = append(n.change.Remove, plan.Member{User: plan.Existing(id), Name: p.in.Current.Users[u].UserName})
		for _, deletion := range p.people.nodes[u] {
			deletion.waitFor(n)
		}
	}
}

// finishMembers gives a membership change its subject. Deletions point at it
// already, so the node itself goes into the plan.
func (p *planner) finishMembers(n *node, g groupWork, w *Group) {
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
	p.add(n)
}
