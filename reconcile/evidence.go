package reconcile

import (
	"maps"
	"slices"

	"rollcall/baseline"
	"rollcall/identity"
	"rollcall/link"
	"rollcall/plan"
)

// noteMissing lists the linked accounts that are gone from the target.
func (p *planner) noteMissing(known links) {
	p.evidence.Earlier = p.in.Known.Earlier
	p.evidence.Linked = len(known.byAnchor)
	if o := p.in.Others; o != nil {
		p.evidence.Linked += o.linked
		p.evidence.Missing = append(p.evidence.Missing, o.missing...)
	}
	for _, l := range known.byAnchor {
		if _, there := p.people.at[l.Object]; there {
			continue
		}
		p.evidence.Missing = append(p.evidence.Missing, missingName(l))
	}
	slices.Sort(p.evidence.Missing)
}

// missingName is what a person is told of an account that is gone.
func missingName(l *link.Link) string {
	if l.Name == "" {
		return string(l.Object)
	}
	return l.Name
}

// noteGone counts who is gone now and was not when the baseline was read.
func (p *planner) noteGone(pr pair) {
	if pr.situation != SourceMissing && pr.situation != Unqualified {
		return
	}
	b := p.in.Known.Baseline
	if b != nil && (p.absence(pr).Since.IsZero() || p.absence(pr).Since.After(b.Made)) {
		p.gone++
	}
}

// noteLeavers notes how many leave a group who are still in scope, together
// with those whom earlier runs took out of it within the window.
func (p *planner) noteLeavers(n *node) {
	group, exists := n.change.Subject.ID()
	if !exists || len(n.leavers) == 0 {
		return
	}
	stay, left := p.in.Others.staying(group), map[identity.ID]bool{}
	for _, id := range p.in.Current.Members[group] {
		if u, known := p.people.at[id]; known && p.people.stays[u] && p.people.state[u] == ours {
			stay++
		}
	}
	for _, u := range n.leavers {
		if p.people.stays[u] {
			left[p.in.Current.Users[u].ID] = true
		}
	}
	if len(left) == 0 {
		return
	}
	for _, id := range p.leftEarlier(n.change.Subject) {
		left[id] = true
		stay++
	}
	p.evidence.Leavers = append(p.evidence.Leavers, plan.Leavers{Group: n.change.Name, Left: len(left), Of: stay})
}

// leftEarlier lists the people whom earlier runs took out of a group, who are
// still in scope and have not come back.
func (p *planner) leftEarlier(group plan.Subject) []identity.ID {
	gone := map[identity.ID]bool{}
	for _, c := range p.in.Known.Earlier {
		if c.Kind != plan.GroupMembers || c.Subject != group {
			continue
		}
		for _, m := range c.Remove {
			if id, ok := m.User.ID(); ok {
				gone[id] = true
			}
		}
	}
	if len(gone) == 0 {
		return nil
	}
	id, _ := group.ID()
	for _, member := range p.in.Current.Members[id] {
		delete(gone, member)
	}
	return slices.DeleteFunc(slices.Sorted(maps.Keys(gone)), func(id identity.ID) bool {
		u, there := p.people.at[id]
		return !there || !p.people.stays[u]
	})
}

// compareWithBaseline holds what was read against the last read that was
// accepted.
func (p *planner) compareWithBaseline() {
	before, now := p.in.Known.Baseline, p.in.Counts
	if before == nil || now == nil {
		return
	}
	e := &p.evidence
	e.Emptied = append(p.emptiedOUs(before, now), p.emptiedGroups(before, now)...)
	for _, path := range p.in.Settings.UserPaths {
		if had := before.Attributes[path]; had > 0 {
			e.Presence = append(e.Presence, plan.Presence{Attribute: path, Before: had, Of: before.People, Now: now.Attributes[path], NowOf: now.People})
		}
	}
	all := maps.Clone(before.Source)
	if all == nil {
		all = map[string]int{}
	}
	for name := range now.Source {
		all[name] += 0
	}
	for _, name := range slices.Sorted(maps.Keys(all)) {
		e.Source = append(e.Source, plan.Presence{Attribute: name, Before: before.Source[name], Of: before.Everybody, Now: now.Source[name], NowOf: now.Everybody})
	}
}

// emptiedOUs lists the OUs that held people and hold nobody now. People who
// moved are not gone: where fewer are gone altogether than an OU held, it was
// renamed or its people were moved, which is no reason to stop.
func (p *planner) emptiedOUs(before *baseline.Baseline, now *baseline.Counts) []plan.Emptied {
	var all []plan.Emptied
	for _, ou := range slices.Sorted(maps.Keys(before.OUs)) {
		if held := before.OUs[ou]; now.OUs[ou] == 0 && p.gone >= held {
			all = append(all, plan.Emptied{What: "OU", Name: ou, Held: held})
		}
	}
	return all
}

// emptiedGroups lists the groups that are still there and held people. A group
// that is gone is another matter, and so is one on whose members this read
// says nothing.
func (p *planner) emptiedGroups(before *baseline.Baseline, now *baseline.Counts) []plan.Emptied {
	var all []plan.Emptied
	for i := range p.in.Wanted.Groups {
		w := &p.in.Wanted.Groups[i]
		held := before.Groups[w.Anchor].Members
		if g, in := now.Groups[w.Anchor]; in && g.Members == 0 && held > 0 && !w.AddOnly {
			all = append(all, plan.Emptied{What: "group", Name: g.Name, Held: held})
		}
	}
	return all
}
