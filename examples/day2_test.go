package examples_test

import (
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"rollcall/examples"
)

// What differs between the days, and nothing else does: by anchor, since that
// is what a person or a group keeps.
func TestDayTwoDiffersAsTheReadMeSays(t *testing.T) {
	first, second := read(t, examples.Day1), read(t, examples.Day2)
	want := map[string]string{
		"thao.dang":        "joins",
		"zeynep.gundogan":  "joins",
		"matilda.akerblom": "joins",
		"huong.nguyen":     "departmentNumber dn manager ou title",
		"concepcion.rios":  "departmentNumber dn manager ou title",
		"jurgen.schafer":   "leaves",
		"michal.dabrowski": "leaves",

		"team-storefront": "cn dn", // was team-checkout

		"all-engineering":     "member", // holds the renamed group
		"app-grafana-viewers": "uniqueMember",
		"aws-prod-admins":     "member",
		"linux-build-hosts":   "memberUid",
		"oncall-platform":     "member",
		"team-data":           "member",
		"team-design":         "member",
		"team-logística":      "member",
		"team-marketing":      "member",
		"team-payments":       "member",
		"team-sales-emea":     "member",
		"team-sre":            "member",
		"team-support-tier1":  "member",
	}
	got := map[string]string{}
	for anchor, after := range second.byAnchor {
		before, known := first.byAnchor[anchor]
		switch changed := differing(before, after); {
		case !known:
			got[name(after)] = "joins"
		case changed != "":
			got[name(after)] = changed
		}
	}
	for anchor, before := range first.byAnchor {
		if _, still := second.byAnchor[anchor]; !still {
			got[name(before)] = "leaves"
		}
	}
	readMe := contents(t, examples.ReadMe)
	for _, who := range slices.Sorted(maps.Keys(merge(want, got))) {
		if got[who] != want[who] {
			t.Errorf("%s: %q, want %q", who, got[who], want[who])
		}
		if !strings.Contains(readMe, "`"+who+"`") {
			t.Errorf("README.md does not name %s", who)
		}
	}
	for _, e := range first.entries {
		if e.one("entryUUID") == "" && !reflect.DeepEqual(e, second.byDN[e.one("dn")]) {
			t.Errorf("%s changed", e.one("dn"))
		}
	}
}

func TestWhoLeavesIsNamedNowhereOnDayTwo(t *testing.T) {
	text := read(t, examples.Day2).text
	for _, gone := range []string{"jurgen.schafer", "michal.dabrowski", "team-checkout"} {
		if strings.Contains(text, gone) {
			t.Errorf("%s is still in %s", gone, examples.Day2)
		}
	}
}

// name is what people call an entry: uid, or cn for a group.
func name(e entry) string {
	if e.isPerson() {
		return e.one("uid")
	}
	return e.one("cn")
}

// differing names the attributes that are not the same, in order.
func differing(a, b entry) string {
	var names []string
	for attr := range merge(a, b) {
		if !slices.Equal(a[attr], b[attr]) {
			names = append(names, attr)
		}
	}
	slices.Sort(names)
	return strings.Join(names, " ")
}

func merge[V any](a, b map[string]V) map[string]V {
	both := maps.Clone(a)
	if both == nil {
		both = map[string]V{}
	}
	maps.Copy(both, b)
	return both
}
