package plan_test

import (
	"strings"
	"testing"

	"rollcall/plan"
)

// Whoever approves a plan, or asks for all of it, sees everybody it is about.
func TestEverybodyIsNamedWhereAllOfAPlanIsWanted(t *testing.T) {
	members := func(names ...string) (all []plan.Member) {
		for _, n := range names {
			all = append(all, plan.Member{Name: n})
		}
		return all
	}
	p := &plan.Plan{Header: plan.Header{Directory: "local"}}
	p.Changes = []plan.Change{
		{Number: 1, Kind: plan.GroupMembers, Name: "devs", Add: members("ann", "bob", "cleo", "dan", "eve"), Remove: members("fay", "gus", "hal")},
		{Number: 2, Kind: plan.GroupDelete, Name: "old", Ends: []plan.Tie{{Name: "ann"}, {Name: "bob"}, {Name: "cleo"}, {Name: "dan"}}},
	}
	for each, want := range map[int][]string{
		10: {"group devs: add ann, bob, cleo and 2 more; remove fay, gus, hal ", "with its 4 memberships: ann, bob, cleo and 1 more"},
		0:  {"group devs: add ann, bob, cleo, dan, eve; remove fay, gus, hal ", "with its 4 memberships: ann, bob, cleo, dan"},
	} {
		var out strings.Builder
		if err := plan.Render(&out, p, plan.Style{Each: each}); err != nil {
			t.Fatal(err)
		}
		for _, text := range want {
			if !strings.Contains(out.String(), text) {
				t.Errorf("%d of each: no %q in\n%s", each, text, out.String())
			}
		}
	}
}
