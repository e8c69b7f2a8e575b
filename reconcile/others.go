package reconcile

import (
	"maps"

	"rollcall/identity"
	"rollcall/plan"
)

// Others are all whom a planning is not given, because a planning had nothing to
// say about them and they have not changed since: as far as they count. [Whole]
// makes them.
type Others struct {
	basis   plan.Basis // what they add to it
	linked  int
	missing []string
	stay    func(group identity.ID) int // how many of them are in a group and stay in it
}

// addTo counts them in.
func (o *Others) addTo(b *plan.Basis) {
	if o == nil {
		return
	}
	b.SourcePeople += o.basis.SourcePeople
	b.SourceGroups += o.basis.SourceGroups
	b.TargetUsers += o.basis.TargetUsers
	b.TargetGroups += o.basis.TargetGroups
	b.ManagedUsers += o.basis.ManagedUsers
	b.OutUsers += o.basis.OutUsers
	b.ManagedGroups += o.basis.ManagedGroups
	b.Memberships += o.basis.Memberships
	b.Situations = maps.Clone(b.Situations)
	for situation, n := range o.basis.Situations {
		b.Situations[situation] += n
	}
}

// staying is how many of them are in a group and stay in it.
func (o *Others) staying(group identity.ID) int {
	if o == nil {
		return 0
	}
	return o.stay(group)
}

// amounts are how many people and groups of the source are in scope, and how
// many memberships these groups have.
func (w *Wanted) amounts() (people, groups, memberships int) {
	for i := range w.Users {
		if w.Users[i].In {
			people++
		}
	}
	for i := range w.Groups {
		if w.Groups[i].In {
			groups++
			memberships += len(w.Groups[i].Members)
		}
	}
	return people, groups, memberships
}
