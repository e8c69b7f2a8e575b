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
	p.found.groups = found{pairs, unassigned, known}
	p.count(identity.KindGroup, Unassigned, len(unassigned))
	kept := make([]groupWork, 0, len(pairs))
	for _, pr := range pairs {
		p.count(identity.KindGroup, pr.situation, 1)
		if pr.follows() {
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
	// A group that is not created after all gets no members.
	kept = slices.DeleteFunc(kept, func(g groupWork) bool { return g.node != nil && g.node.dropped })
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
		name:   func(o int) string { return c.Groups[o].DisplayName },
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
	if p.adoptOnly {
		return n, nil
	}
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
	if err != nil || !p.lacksExternalID(g.ExternalIDs) {
		return edits, err
	}
	with := identity.Group{ExternalIDs: p.externalIDs(g.ExternalIDs, w.Anchor)}
	more, err := identity.GroupEdits(&identity.Group{ExternalIDs: g.ExternalIDs}, &with, []string{identity.PathExternalIDs})
	return append(edits, more...), err
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
		text = p.sinceWhen(pr) + "; it stays, with its members"
	}
	p.attend(string(pr.situation), identity.KindGroup, name, r, object, text)
	return nil
}
