package mapping

import (
	"slices"
	"testing"
)

func TestTheAttributesThatRulesLookAtAreKnown(t *testing.T) {
	for expression, c := range map[string]struct {
		want  []string
		known bool
	}{
		`person.mail`:                             {[]string{"mail"}, true},
		`person["Work E-Mail"]`:                   {[]string{"work e-mail"}, true},
		`first(all.sn + all["cn;lang-de"])`:       {[]string{"cn;lang-de", "sn"}, true},
		`person.a != "" ? person.a : person.B`:    {[]string{"a", "b"}, true},
		`anchor + dn`:                             {nil, true},
		`"mail"`:                                  {nil, true},
		`all.x.exists(e, e == "a") ? "a" : "b"`:   {[]string{"x"}, true},
		`all.x.map(person, person)[0]`:            {nil, false}, // another person: better too many than too few
		`person[person.which]`:                    {nil, false},
		`all.exists(name, name == "a") ? "" : ""`: {nil, false},
	} {
		m, err := Compile(Rules{User: map[string]string{"title": expression}}, Options{})
		if err != nil {
			t.Fatal(expression, err)
		}
		if got, known := m.Attributes(); known != c.known || !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, %v, want %q, %v", expression, got, known, c.want, c.known)
		}
	}
	m, err := Compile(Rules{ScopeGroups: `group.gidNumber == "1"`}, Options{Preset: "ad"})
	if err != nil {
		t.Fatal(err)
	}
	got, known := m.Attributes()
	for _, name := range []string{"userprincipalname", "cn", "description", "objectclass", "gidnumber", "useraccountcontrol"} {
		if !known || !slices.Contains(got, name) {
			t.Errorf("%s is not among %q, %v", name, got, known)
		}
	}
}
