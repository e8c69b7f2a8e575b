package reconcile

import (
	"slices"

	"rollcall/plan"
)

// PlanAdoption plans nothing but adoptions: of every object that is nobody's
// and that exactly one record of the source correlates with. What is ambiguous
// is left for a person, with all sides named. Nothing is written to the target
// by such a plan; from then on the sync's own table decides over what it
// adopts. It fails as [Plan] does.
func PlanAdoption(in Input) (*plan.Plan, error) {
	in.Settings.Table = Table{Users: onlyAdopt(), Groups: onlyAdopt(), Members: MembersNone}
	p, err := newPlanner(in)
	if err != nil {
		return nil, err
	}
	p.adoptOnly = true
	out, err := p.plan()
	if err != nil {
		return nil, err
	}
	out.Title = "adopt what is there for sync " + in.Settings.Sync
	out.Attention = slices.DeleteFunc(out.Attention, func(a plan.Attention) bool { return a.Situation != string(Ambiguous) })
	return out, nil
}

func onlyAdopt() map[Situation]Action {
	all := map[Situation]Action{}
	for _, s := range Situations() {
		all[s] = Ignore
	}
	all[Found], all[Ambiguous] = Adopt, Report
	return all
}
