package mapping

import (
	"maps"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rollcall/identity"
	"rollcall/source"
)

func TestPresetsMakePeopleThatADirectoryTakes(t *testing.T) {
	person := map[string]source.Attributes{
		"inetorgperson": {
			"uid": {"ann"}, "cn": {"Ann Example", "A. Example"}, "givenname": {"Ann"}, "sn": {"Example"}, "mail": {"ann@example.com", "a@example.com"},
			"telephonenumber": {"+1 212 555 0100"}, "title": {"Engineer"}, "ou": {"Research", "People"}, "employeenumber": {"7"}, "employeetype": {"Employee"},
			"preferredlanguage": {"en"},
		},
		"ad": {
			"objectclass": {"top", "person", "user"}, "userprincipalname": {"ann@example.com"}, "cn": {"Ann Example"}, "givenname": {"Ann"}, "sn": {"Example"},
			"telephonenumber": {"+1 212 555 0100"}, "title": {"Engineer"}, "department": {"Research"}, "company": {"Example"}, "employeeid": {"7"},
			"useraccountcontrol": {"512"},
		},
	}
	person["seed-002"] = person["ad"]
	person["csv"] = source.Attributes{
		"email": {"ann@example.com"}, "givenname": {"Ann"}, "familyname": {"Example"}, "phone": {"+1 212 555 0100"}, "title": {"Engineer"},
		"department": {"Research"}, "costcenter": {"42"}, "employeenumber": {"7"}, "active": {"Yes"},
	}
	want := map[string]identity.User{
		"csv": {
			UserName: "ann@example.com", DisplayName: "Ann Example", Name: identity.Name{GivenName: "Ann", FamilyName: "Example"}, Title: "Engineer",
			Emails:       []identity.Email{{Value: "ann@example.com", Type: "work", Primary: true}},
			PhoneNumbers: []identity.PhoneNumber{{Value: "+1 212 555 0100", Type: "work"}},
			Enterprise:   identity.Enterprise{EmployeeNumber: "7", Department: "Research", CostCenter: "42"}, Active: true,
		},
		"seed-002": {
			UserName: "ann@example.com", DisplayName: "Ann Example", Title: "Engineer", Active: true,
			Name:       identity.Name{GivenName: "Ann", FamilyName: "Example", Formatted: "Ann Example"},
			Emails:     []identity.Email{{Value: "ann@example.com", Type: "work", Primary: true}},
			Enterprise: identity.Enterprise{Department: "Research", Organization: "Example"},
		},
		"inetorgperson": {
			UserName: "ann", DisplayName: "Ann Example", Name: identity.Name{GivenName: "Ann", FamilyName: "Example"}, UserType: "Employee", Title: "Engineer",
			PreferredLanguage: "en", Emails: []identity.Email{{Value: "ann@example.com", Type: "work", Primary: true}},
			PhoneNumbers: []identity.PhoneNumber{{Value: "+1 212 555 0100", Type: "work"}},
			Enterprise:   identity.Enterprise{EmployeeNumber: "7", Department: "Research"}, Active: true,
		},
		"ad": {
			UserName: "ann@example.com", DisplayName: "Ann Example", Name: identity.Name{GivenName: "Ann", FamilyName: "Example"}, Title: "Engineer",
			Emails:       []identity.Email{{Value: "ann@example.com", Type: "work", Primary: true}},
			PhoneNumbers: []identity.PhoneNumber{{Value: "+1 212 555 0100", Type: "work"}},
			Enterprise:   identity.Enterprise{EmployeeNumber: "7", Department: "Research", Organization: "Example"}, Active: true,
		},
	}
	for _, p := range Presets() {
		t.Run(p.Name, func(t *testing.T) {
			m := compiled(t, Rules{}, Options{Preset: p.Name})
			got, err := m.Person(source.Person{Attributes: person[p.Name]})
			if err != nil || !got.In {
				t.Fatalf("%+v, %v", got, err)
			}
			if diff := cmp.Diff(want[p.Name], got.User); diff != "" {
				t.Error(diff)
			}
			if err := got.User.Validate(); err != nil {
				t.Error(err)
			}
			g, err := m.Group(source.Group{Attributes: source.Attributes{"cn": {"dev"}, "name": {"dev"}, "description": {"Developers"}}})
			group := identity.Group{DisplayName: "dev", Description: "Developers"}
			if p.Name == "seed-002" { // the sample knows no more of a group
				group.Description = ""
			}
			if diff := cmp.Diff(Group{In: true, Group: group}, g); err != nil || diff != "" {
				t.Error(diff, err)
			}
			if p.Summary == "" {
				t.Error("no summary")
			}
		})
	}
}

func TestPresetsTellWhoIsActive(t *testing.T) {
	for name, test := range map[string]struct {
		preset     string
		attributes source.Attributes
		want       bool
	}{
		"nothing said":          {"inetorgperson", nil, true},
		"locked":                {"inetorgperson", source.Attributes{"nsaccountlock": {"TRUE"}}, false},
		"not locked":            {"inetorgperson", source.Attributes{"nsaccountlock": {"false"}}, true},
		"locked for good":       {"inetorgperson", source.Attributes{"pwdaccountlockedtime": {"000001010000Z"}}, false},
		"locked for a while":    {"inetorgperson", source.Attributes{"pwdaccountlockedtime": {"20260302080000Z"}}, true},
		"AD, nothing said":      {"ad", nil, true},
		"AD, normal account":    {"ad", source.Attributes{"useraccountcontrol": {"512"}}, true},
		"AD, disabled":          {"ad", source.Attributes{"useraccountcontrol": {"514"}}, false},
		"AD, negative flags":    {"ad", source.Attributes{"useraccountcontrol": {"-2147483134"}}, false},
		"CSV, nothing said":     {"csv", nil, true},
		"CSV, yes":              {"csv", source.Attributes{"active": {" YES"}}, true},
		"CSV, no":               {"csv", source.Attributes{"active": {"0"}}, false},
		"AD, never expires too": {"ad", source.Attributes{"useraccountcontrol": {"66048"}}, true},
	} {
		got, err := compiled(t, Rules{}, Options{Preset: test.preset}).Person(source.Person{Attributes: test.attributes})
		if err != nil || got.User.Active != test.want {
			t.Errorf("%s: %v, %v", name, got.User.Active, err)
		}
	}
}

// A word that nobody foresaw is neither yes nor no.
func TestAnUnknownStatusIsAProblem(t *testing.T) {
	_, err := compiled(t, Rules{}, Options{Preset: "csv"}).Person(source.Person{Attributes: source.Attributes{"active": {"on leave"}}})
	if err == nil {
		t.Error("it was taken")
	}
}

func TestComputersOfADAreOutOfScope(t *testing.T) {
	got, err := compiled(t, Rules{}, Options{Preset: "ad"}).Person(source.Person{Attributes: source.Attributes{"objectclass": {"top", "user", "Computer"}}})
	if err != nil || got.In {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestRulesGoOverAPresetByAttributeNotByName(t *testing.T) {
	m := compiled(t, Rules{User: map[string]string{"emails": `"x@example.com"`, "phoneNumbers": "", "name.givenName": `person.cn`}, ScopePeople: `person.uid != ""`}, Options{Preset: "inetorgperson"})
	got, err := m.Person(source.Person{Attributes: source.Attributes{"uid": {"a"}, "cn": {"Ann"}, "mail": {"a@example.com"}, "telephonenumber": {"1"}}})
	if err != nil || !got.In {
		t.Fatalf("%+v, %v", got, err)
	}
	if got.User.Email() != "x@example.com" || got.User.PhoneNumbers != nil || got.User.Name.GivenName != "Ann" {
		t.Errorf("%+v", got.User)
	}
	if slices.Contains(m.UserPaths(), "phoneNumbers") {
		t.Error("a rule taken away still manages its attribute")
	}
}

func TestAPresetIsTheCallersOwn(t *testing.T) {
	clear(Presets()[0].Rules.User)
	if len(Presets()[0].Rules.User) == 0 {
		t.Error("it was changed for everybody")
	}
}

func TestEveryShortNameLeadsToAnAttribute(t *testing.T) {
	for name, path := range maps.All(shortNames) {
		if !slices.Contains(identity.UserPaths(), path) || UserPath(name) != path || slices.Contains(identity.UserPaths(), name) {
			t.Errorf("%s leads to %s", name, path)
		}
	}
}
