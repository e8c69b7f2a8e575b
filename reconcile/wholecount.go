package reconcile

import (
	"maps"
	"slices"

	"rollcall/baseline"
	"rollcall/identity"
	"rollcall/plan"
)

// count brings all counts up to date: what those who are gathered came to before
// is taken off, and what they come to now is added.
func (p *Part) count(before *Wanted) {
	w, paths := p.whole, p.whole.settings.UserPaths
	was := before.Count(p.reduce(w.snap, p.groupsBefore), paths)
	is := p.Input.Wanted.Count(p.reduce(p.snap, p.groupsNow), paths)
	all := *w.counts
	all.Everybody, all.Replica = len(p.snap.People), p.snap.Report.Replica
	all.People += is.People - was.People
	all.OUs = moved(all.OUs, was.OUs, is.OUs)
	all.Attributes = moved(all.Attributes, was.Attributes, is.Attributes)
	all.Source = moved(all.Source, was.Source, is.Source)
	all.Groups = maps.Clone(all.Groups)
	for anchor, now := range is.Groups {
		g := all.Groups[anchor]
		g.Name, g.Members = now.Name, g.Members+now.Members-was.Groups[anchor].Members
		all.Groups[anchor] = g
	}
	p.Input.Counts = &all

	p.Gone = maps.Clone(w.gone)
	for kind, anchors := range p.anchors {
		for anchor := range anchors {
			delete(p.Gone, baseline.Key{Kind: kind, Anchor: anchor})
		}
	}
	maps.Copy(p.Gone, Gone(p.Input.Known.Links, w.settings.Directory, p.Input.Wanted, p.Input.Current))
	p.Input.Others = p.others(before)
}

// moved is all with one part of it as it is now.
func moved(all, was, is map[string]int) map[string]int {
	all = maps.Clone(all)
	for name, n := range was {
		all[name] -= n
	}
	for name, n := range is {
		all[name] += n
	}
	maps.DeleteFunc(all, func(_ string, n int) bool { return n == 0 })
	return all
}

// others are those who are not gathered.
func (p *Part) others(before *Wanted) *Others {
	w := p.whole
	people, groups, memberships := before.amounts()
	o := &Others{stay: p.staying, linked: w.users.linked, basis: plan.Basis{
		SourcePeople: w.amounts.SourcePeople - people, SourceGroups: w.amounts.SourceGroups - groups, Memberships: w.amounts.Memberships - memberships,
		TargetUsers: len(w.current.Users) - len(p.objects[identity.KindUser]), TargetGroups: len(w.current.Groups) - len(p.objects[identity.KindGroup]),
		OutUsers: w.users.out, Situations: map[string]int{},
	}}
	for anchor := range p.anchors[identity.KindUser] {
		if m := w.users.marks[anchor]; m.linked {
			o.linked--
			if m.out {
				o.basis.OutUsers--
			}
		}
	}
	for anchor, name := range w.users.missing {
		if !p.anchors[identity.KindUser][anchor] {
			o.missing = append(o.missing, name)
		}
	}
	slices.Sort(o.missing)
	o.basis.ManagedUsers = p.situations(&w.users, o.basis.Situations)
	if w.settings.ManageGroups {
		o.basis.ManagedGroups = p.situations(&w.groups, o.basis.Situations)
	}
	return o
}

// situations counts the situations of those of a kind who are not gathered, and
// returns how many of them are linked and there.
func (p *Part) situations(h *half, into map[string]int) (managed int) {
	all := maps.Clone(h.situations)
	for anchor := range p.anchors[h.kind] {
		all[h.marks[anchor].situation]--
	}
	all[Unassigned] = h.strangers
	for at := range p.objects[h.kind] {
		if h.unassigned[at] {
			all[Unassigned]--
		}
	}
	delete(all, "")
	for situation, n := range all {
		if n != 0 {
			into[string(h.kind)+" "+string(situation)] = n
		}
	}
	return all[Confirmed] + all[SourceMissing] + all[Unqualified]
}

// staying is how many of a group who are not gathered stay in it.
func (p *Part) staying(group identity.ID) int {
	n := 0
	for _, id := range p.whole.current.Members[group] {
		if u, known := p.whole.users.at[id]; known && p.whole.users.stays[u] && !p.objects[identity.KindUser][u] {
			n++
		}
	}
	return n
}
