package mapping

import (
	"slices"
	"testing"
)

func TestTheDatesThatRulesWaitForAreKnown(t *testing.T) {
	for expression, c := range map[string]struct {
		want  []string
		known bool
	}{
		`!expired(person.accountExpires)`:                                    {[]string{"accountexpires"}, true},
		`!expired(person["Contract-End"]) && !expired(person.b)`:             {[]string{"b", "contract-end"}, true},
		`person.active == "TRUE"`:                                            {nil, true},
		`!expired(person.a + "0")`:                                           {nil, false},
		`!expired(person[person.which])`:                                     {nil, false},
		`all.a.exists(a, expired(a))`:                                        {nil, false},
		`all.a.map(person, {"b": person}).exists(person, expired(person.b))`: {nil, false},
	} {
		m, err := Compile(Rules{User: map[string]string{"active": expression}}, Options{})
		if err != nil {
			t.Error(expression, err)
			continue
		}
		if got, known := m.Dates(); known != c.known || !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, %v, want %q, %v", expression, got, known, c.want, c.known)
		}
	}
	m, err := Compile(Rules{ScopeGroups: `!expired(group.validUntil)`}, Options{Preset: "ad"})
	if err != nil {
		t.Fatal(err)
	}
	if got, known := m.Dates(); !known || !slices.Equal(got, []string{"accountexpires", "validuntil"}) {
		t.Errorf("%q, %v", got, known)
	}
}
