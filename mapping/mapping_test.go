package mapping

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"rollcall/fault"
	"rollcall/identity"
	"rollcall/source"
)

// compiled is a mapping of one attribute, title, beside the scope.
func compiled(t testing.TB, rules Rules, o Options) *Mapping {
	t.Helper()
	m, err := Compile(rules, o)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func title(t testing.TB, expression string) *Mapping {
	t.Helper()
	return compiled(t, Rules{User: map[string]string{"title": expression}}, Options{})
}

func ann() source.Person {
	return source.Person{
		Anchor: "a-1", Name: `uid=ann,ou=Research\, Development,ou=people,dc=example,dc=com`,
		Attributes: source.Attributes{
			"uid": {"ann"}, "cn": {"Ann Example"}, "givenname": {"Ann"}, "sn": {"Example"}, "displayname": {"Ann Example"},
			"mail": {"ann@example.com", "a.example@example.com"}, "useraccountcontrol": {"514"}, "ms-ds-x": {"y"},
			"dirty": {" A\u200Bnn \t\n Ex\u00ADample\u3000"}, "number": {"7"},
		},
	}
}

func TestExpressionsSeeAnEntryAsTheyAreTold(t *testing.T) {
	for expression, want := range map[string]string{
		`person.uid`:             "ann",
		`person.UID`:             "ann",
		`person["MS-DS-X"]`:      "y",
		`person.nothing`:         "",
		`first(all.mail)`:        "ann@example.com",
		`first(all.nothing)`:     "",
		`string(size(all.mail))`: "2",
		`all.mail.join(" ")`:     "ann@example.com a.example@example.com",

		`all.mail.filter(m, m.startsWith("a."))[0]`:   "a.example@example.com",
		`"mail" in person ? "yes" : "no"`:             "yes",
		`"nothing" in person ? "yes" : "no"`:          "no",
		`"nothing" in all ? "yes" : "no"`:             "no",
		`person.exists(k, k == "uid") ? "yes" : "no"`: "yes",
		`string(size(person))`:                        "10",
		`dn`:                                          `uid=ann,ou=Research\, Development,ou=people,dc=example,dc=com`,
		`anchor`:                                      "a-1",
		`ou(dn)`:                                      "Research, Development",
		`ou(parent(parent(dn)))`:                      "people",
		`clean(person.dirty)`:                         "Ann Example",

		`enabled(person.userAccountControl) ? "on" : "off"`:                  "off",
		`enabled(person.nothing) ? "on" : "off"`:                             "on",
		`math.bitAnd(int(person.userAccountControl), 2) == 2 ? "off" : "on"`: "off",
		`person.uid.upperAscii() + "-" + person.number`:                      "ANN-7",
		`person.givenName.substring(0, 1)`:                                   "A",
	} {
		t.Run(expression, func(t *testing.T) {
			got, err := title(t, expression).Person(ann())
			if err != nil || got.User.Title != want {
				t.Errorf("%q, %v; want %q", got.User.Title, err, want)
			}
		})
	}
}

func TestNothingIsPickedSilently(t *testing.T) {
	for expression, want := range map[string]string{
		`person.mail`:                   `mail has 2 values where one is wanted; write first(all.mail) to take the first`,
		`person["MAIL"]`:                `MAIL has 2 values where one is wanted; write first(all.MAIL) to take the first`,
		`person.mail != "" ? "x" : "y"`: `mail has 2 values`,
	} {
		_, err := title(t, expression).Person(ann())
		if !fault.Is(err, fault.Invalid) || !strings.Contains(err.Error(), "user.title: "+want) {
			t.Errorf("%s: %v", expression, err)
		}
	}
	p := ann()
	p.Attributes["ms-ds-x"] = []string{"a", "b"}
	if _, err := title(t, `person["ms-ds-x"]`).Person(p); !strings.Contains(fmt.Sprint(err), `write first(all["ms-ds-x"])`) {
		t.Error(err)
	}
}

func TestEveryRuleThatFailsIsNamedAndNoValueIs(t *testing.T) {
	m := compiled(t, Rules{User: map[string]string{
		"userName": `person.uid`, "title": `person.mail`, "department": `string(int(person.uid))`, "nickName": `{"a": "b"}[person.uid]`,
		"locale": `all.mail[7]`, "timezone": `string(timestamp(person.cn))`, "website": `person.uid.substring(7)`, "active": `enabled(person.uid)`,
		"birthdate": `string(1 / (int(person.number) - 7))`,
	}}, Options{})
	_, err := m.Person(ann())
	failures, ok := errors.AsType[Failures](err)
	if !ok || len(failures) != 8 {
		t.Fatalf("%v", err)
	}
	for _, secret := range []string{"ann", "Ann", "Example"} {
		if strings.Contains(err.Error(), secret) {
			t.Errorf("the error shows %q: %v", secret, err)
		}
	}
	for _, f := range failures {
		if f.Rule == "user.userName" || f.Why == "" {
			t.Errorf("%+v", f)
		}
	}
}

func TestScopeComesFirstAndOutOfItNothingIsMapped(t *testing.T) {
	rules := Rules{User: map[string]string{"title": `person.mail`}, ScopePeople: `person.uid != "ann"`}
	m := compiled(t, rules, Options{})
	got, err := m.Person(ann())
	if err != nil || got.In || cmp.Diff(got, User{}) != "" {
		t.Errorf("%+v, %v", got, err)
	}
	rules.ScopePeople = `person.mail != ""`
	if got, err := compiled(t, rules, Options{}).Person(ann()); err == nil || got.In || !strings.Contains(err.Error(), "scope.people: mail has 2 values") {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestActiveIsTrueUnlessARuleSaysOtherwise(t *testing.T) {
	got, err := title(t, `""`).Person(ann())
	if err != nil || !got.User.Active {
		t.Errorf("%+v, %v", got, err)
	}
	got, err = compiled(t, Rules{User: map[string]string{"active": `enabled(person.userAccountControl)`}}, Options{}).Person(ann())
	if err != nil || got.User.Active {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestListsAreFilledFromTextsAndMaps(t *testing.T) {
	mail := identity.Email{Value: "x@example.com", Type: "work", Primary: true}
	for expression, want := range map[string][]identity.Email{
		`"x@example.com"`:       {mail},
		`""`:                    nil,
		`["x@example.com"]`:     {mail},
		`["", "x@example.com"]`: {mail},
		`all.nothing`:           nil,
		`{"value": "x@example.com", "type": "work", "primary": true}`: {mail},
		`{"value": person.nothing, "type": "work", "primary": true}`:  nil,
		`[{"value": "x@example.com"}]`:                                {{Value: "x@example.com"}},
		`all.mail`:                                                    {{Value: "ann@example.com", Type: "work", Primary: true}, {Value: "a.example@example.com", Type: "work"}},
	} {
		t.Run(expression, func(t *testing.T) {
			got, err := compiled(t, Rules{User: map[string]string{"email": expression}}, Options{}).Person(ann())
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got.User.Emails); diff != "" {
				t.Error(diff)
			}
		})
	}
	others := compiled(t, Rules{User: map[string]string{
		"phone": `"+1 212 555 0100"`, "photo": `["https://example.com/a", "https://example.com/b"]`, "role": `"boss"`,
		"address": `{"streetAddress": "1 Road", "country": "NZ", "type": "home"}`,
	}}, Options{})
	got, err := others.Person(ann())
	if err != nil {
		t.Fatal(err)
	}
	want := User{In: true, User: identity.User{
		Active: true, PhoneNumbers: []identity.PhoneNumber{{Value: "+1 212 555 0100", Type: "work"}},
		Photos: []identity.Photo{{Value: "https://example.com/a"}, {Value: "https://example.com/b"}}, Roles: []identity.Role{{Value: "boss"}},
		Addresses: []identity.Address{{StreetAddress: "1 Road", Country: "NZ", Type: "home"}},
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestAnItemThatIsNoneIsRefusedWithoutItsValues(t *testing.T) {
	for expression, want := range map[string]string{
		`[person.uid].map(x, {"valeu": x})`:       "an item has a key that emails do not have",
		`{"value": person.uid, "primary": "ann"}`: "an item has a key that emails do not have, or a value of another type",
		`{"value": 7}`:                        "an item has a value that is neither a string nor true or false",
		`[[person.uid]].map(x, {"value": x})`: "an item has a value that is neither",
	} {
		_, err := compiled(t, Rules{User: map[string]string{"email": expression}}, Options{}).Person(ann())
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "ann") {
			t.Errorf("%s: %v", expression, err)
		}
	}
}

func TestPathsAreThoseOfTheRulesInIdentitysOrder(t *testing.T) {
	m := compiled(t, Rules{User: map[string]string{"active": "true", "email": "''", "userName": "person.uid", "manager": "person.manager", "phone": ""}, Group: map[string]string{"displayName": "group.cn"}}, Options{})
	if diff := cmp.Diff([]string{"userName", "emails", "aws:identitystore:enterprise.manager.value", "active"}, m.UserPaths()); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"displayName"}, m.GroupPaths()); diff != "" {
		t.Error(diff)
	}
}

func TestEveryAttributeOfAUserCanBeSetAndNothingElseIs(t *testing.T) {
	for _, path := range identity.UserPaths() {
		if path == identity.PathExternalIDs {
			continue
		}
		expression := `"x"`
		if path == identity.PathActive {
			expression = "false"
		}
		got, err := compiled(t, Rules{User: map[string]string{path: expression}}, Options{}).Person(ann())
		if err != nil {
			t.Fatal(err)
		}
		edits, err := identity.UserEdits(&identity.User{Active: true}, &got.User, nil)
		if err != nil || len(edits) != 1 || edits[0].Path != path {
			t.Errorf("%s: %+v, %v", path, edits, err)
		}
	}
}

func TestGroupsAreMappedByTheirOwnRules(t *testing.T) {
	m := compiled(t, Rules{Group: map[string]string{"displayName": `"aws-" + group.cn`, "description": `first(all.description)`}, ScopeGroups: `!group.cn.startsWith("x-")`}, Options{})
	g := source.Group{Anchor: "g", Name: "cn=dev,dc=x", Attributes: source.Attributes{"cn": {"dev"}, "description": {"Developers", "more"}}}
	got, err := m.Group(g)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(Group{In: true, Group: identity.Group{DisplayName: "aws-dev", Description: "Developers"}}, got); diff != "" {
		t.Error(diff)
	}
	g.Attributes["cn"] = []string{"x-dev"}
	if got, err := m.Group(g); err != nil || got.In {
		t.Errorf("%+v, %v", got, err)
	}
	g.Attributes["cn"] = []string{"a", "b"}
	if _, err := m.Group(g); !fault.Is(err, fault.Invalid) {
		t.Error(err)
	}
}

func TestMappingEverybodyIsMappingEachInOrder(t *testing.T) {
	m := compiled(t, Rules{User: map[string]string{"title": `person.mail`}, ScopePeople: `person.uid != "u3"`}, Options{Preset: "inetorgperson"})
	rapid.Check(t, func(t *rapid.T) {
		people := company(rapid.SampledFrom([]int{0, 1, batch, batch + 1, 2*batch + 7}).Draw(t, "people"))
		every := rapid.IntRange(2, 99).Draw(t, "two mails for every")
		for i := range people {
			if i%every == 0 {
				people[i].Attributes["mail"] = []string{"a", "b"}
			}
		}
		users, failed, err := m.People(context.Background(), people)
		if err != nil || len(users) != len(people) {
			t.Fatalf("%d users, %v", len(users), err)
		}
		for i, p := range people {
			want, wantErr := m.Person(p)
			if !reflect.DeepEqual(want, users[i]) {
				t.Fatal(cmp.Diff(want, users[i]))
			}
			if wantErr == nil {
				continue
			}
			if len(failed) == 0 || failed[0].Index != i || failed[0].Err.Error() != wantErr.Error() {
				t.Fatalf("person %d failed alone: %v", i, wantErr)
			}
			failed = failed[1:]
		}
		if len(failed) > 0 {
			t.Fatalf("failed only together: %v", failed)
		}
	})
}

func TestMappingStopsWhenAsked(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, _, err := title(t, `""`).People(ctx, company(1000)); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	m := compiled(t, Rules{}, Options{Preset: "ad"})
	groups, failed, err := m.Groups(context.Background(), []source.Group{{Attributes: source.Attributes{"cn": {"a"}}}, {Attributes: source.Attributes{"cn": {"b", "c"}}}})
	if err != nil || len(groups) != 2 || groups[0].Group.DisplayName != "a" || len(failed) != 1 || failed[0].Index != 1 {
		t.Errorf("%+v, %v, %v", groups, failed, err)
	}
}
