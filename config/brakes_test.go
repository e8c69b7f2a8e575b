package config

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"rollcall/plan"
	"rollcall/reconcile"
)

func TestBrakesAreTakenAsTheyAreWritten(t *testing.T) {
	c := good(t, with(`    brakes:
      users_off: {percent: 10}
      users_renamed: {floor: 3, percent: 0}
      groups_deleted: {floor: 0, percent: 0}
      missing_on_target: {floor: 1}
      emptied: 7
      group_leavers: {of: 9}
      attribute_lost: {left: 20}
      protected: infra-*
      break_glass: [siren@example.com, "1234567890-x"]
`))
	want := plan.DefaultLimits()
	want.UsersOff.Percent, want.GroupsDeleted, want.Missing.Floor = 10, plan.Threshold{}, 1
	want.UsersRenamed = plan.Threshold{Floor: 3}
	want.Emptied, want.GroupLeavers.Of, want.AttributeLost.Left = 7, 9, 20
	want.Protected, want.BreakGlass = []string{"infra-*"}, []string{"siren@example.com", "1234567890-x"}
	if diff := cmp.Diff(want, c.Syncs["corp"].Brakes.Limits()); diff != "" {
		t.Error(diff)
	}
}

func TestWhatBrakesAndNamesMayBe(t *testing.T) {
	for name, c := range map[string]struct{ keys, problem string }{
		"floor of 0":                {"brakes: {groups_deleted: {floor: 0}}", ""},
		"floor below 0":             {"brakes: {groups_deleted: {floor: -1}}", "brakes.groups_deleted.floor: want 0 or more"},
		"percent of 100":            {"brakes: {missing_on_target: {percent: 100}}", ""},
		"percent of 101":            {"brakes: {missing_on_target: {percent: 101}}", "brakes.missing_on_target.percent: want 0 to 100"},
		"no renames at all":         {"brakes: {users_renamed: {floor: 0, percent: 0}}", ""},
		"renames below 0":           {"brakes: {users_renamed: {floor: -1}}", "brakes.users_renamed.floor: want 0 or more"},
		"renames by 100 percent":    {"brakes: {users_renamed: {percent: 100}}", ""},
		"renames by 101 percent":    {"brakes: {users_renamed: {percent: 101}}", "brakes.users_renamed.percent: want 0 to 100"},
		"emptied by one":            {"brakes: {emptied: 1}", ""},
		"emptied by none":           {"brakes: {emptied: 0}", "brakes.emptied: want 1 or more"},
		"leavers of one":            {"brakes: {group_leavers: {of: 1, all: 1, percent: 100}}", ""},
		"leavers of none":           {"brakes: {group_leavers: {of: 0}}", "brakes.group_leavers.of: want 1 or more"},
		"all of none":               {"brakes: {group_leavers: {all: 0}}", "brakes.group_leavers.all: want 1 or more"},
		"leavers by 101":            {"brakes: {group_leavers: {percent: 101}}", "brakes.group_leavers.percent: want 0 to 100"},
		"lost by none":              {"brakes: {attribute_lost: {people: 0}}", "brakes.attribute_lost.people: want 1 or more"},
		"lost share of 101":         {"brakes: {attribute_lost: {share: 101}}", "brakes.attribute_lost.share: want 0 to 100"},
		"lost left of 101":          {"brakes: {attribute_lost: {left: 101}}", "brakes.attribute_lost.left: want 0 to 100"},
		"break-glass by pattern":    {"brakes: {break_glass: [b*]}", "brakes.break_glass.0: names one person"},
		"a brake that there is not": {"brakes: {off: yes}", "brakes.off: unknown key"},
		"a glob":                    {"scope: {exclude_groups: ['[x]*']}", ""},
		"no glob":                   {"scope: {exclude_groups: [a, '[x']}", "scope.exclude_groups.1: not a glob"},
		"renamed":                   {"rename_groups: {a: b, b: a}", ""},
		"renamed to one":            {"rename_groups: {a: x, b: X}", `rename_groups.b: "a" gets this name too`},
		"renamed twice":             {"rename_groups: {a: x, A: y}", `rename_groups.a: is "A" already`},
		"renamed to nothing":        {`rename_groups: {a: ""}`, "rename_groups.a: not a name that a group may have"},
	} {
		t.Run(name, func(t *testing.T) {
			got := problemsOf(with("    " + c.keys + "\n"))
			if c.problem == "" && len(got) > 0 || c.problem != "" && !slices.ContainsFunc(got, func(p string) bool { return strings.Contains(p, "syncs.corp."+c.problem) }) {
				t.Errorf("%q, want %q", got, c.problem)
			}
		})
	}
}

func TestTheGracePeriodThatIsLeftOut(t *testing.T) {
	for keys, want := range map[string]time.Duration{
		"":                                       30 * 24 * time.Hour,
		"    actions: mirror\n":                  0,
		"    actions: mirror\n    grace: 7d\n":   7 * 24 * time.Hour,
		"    grace: 0s\n":                        0,
		"    actions: {users: {found: adopt}}\n": 30 * 24 * time.Hour,
	} {
		if got := time.Duration(good(t, with(keys)).Syncs["corp"].Grace); got != want {
			t.Errorf("%q: %v, want %v", keys, got, want)
		}
	}
}

func TestNamesReachPlanning(t *testing.T) {
	c := good(t, with("    scope: {include_people: a*, exclude_people: b, include_groups: [c], exclude_groups: d}\n    rename_groups: {x: y}\n"))
	want := reconcile.Names{
		IncludePeople: []string{"a*"}, ExcludePeople: []string{"b"}, IncludeGroups: []string{"c"}, ExcludeGroups: []string{"d"},
		RenameGroups: map[string]string{"x": "y"},
	}
	if diff := cmp.Diff(want, c.Syncs["corp"].Names()); diff != "" {
		t.Error(diff)
	}
}
