package scim_test

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"rollcall/fault"
	"rollcall/scim"
)

const ann = `{"userName":"Ann","active":true,"age":41,"name":{"familyName":"O'Hara \"x\""},"emails":[
	{"value":"ann@x.test","type":"work","primary":true},{"value":"a@home.test","type":"home"}],
	"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"department":"Tours","manager":{"value":"m1"}}}`

func resource(t testing.TB, raw string) map[string]any {
	t.Helper()
	var v map[string]any
	if err := json.Unmarshal([]byte(raw), &v); err != nil {
		t.Fatal(err)
	}
	return v
}

func TestAFilterHoldsOrNot(t *testing.T) {
	user := resource(t, ann)
	for filter, want := range map[string]bool{
		`userName eq "ann"`: true, `USERNAME EQ "ANN"`: true, `userName eq "bob"`: false, `userName ne "bob"`: true, `userName ne "ann"`: false,
		`userName co "n"`: true, `userName sw "a"`: true, `userName sw "n"`: false, `userName ew "nn"`: true, `userName ew "a"`: false,
		`userName gt "a"`: true, `userName ge "ann"`: true, `userName lt "ann"`: false, `userName le "ann"`: true,
		`userName pr`: true, `nickName pr`: false, `nickName eq "x"`: false, `nickName ne "x"`: true, `nickName eq null`: true, `userName eq null`: false,
		`active eq true`: true, `active eq false`: false, `active eq "True"`: true, `active gt true`: false, `active eq "yes"`: false,
		`age eq 41`: true, `age gt 40.5`: true, `age lt 41`: false, `age le 4.1e1`: true, `age eq "41"`: false, `userName eq 1`: false,
		`name.familyName eq "o'hara \"x\""`: true, `name.familyName eq "o\u0027hara \"x\""`: true, `name.none eq "x"`: false, `userName.x eq "x"`: false,
		`emails eq "ANN@x.test"`: true, `emails.value eq "a@home.test"`: true, `emails.type eq "other"`: false, `emails pr`: true,
		`emails[type eq "work" and value ew "x.test"]`: true, `emails[type eq "home" and value ew "x.test"]`: false,
		`emails[not (type eq "work")]`: true, `userName[value eq "x"]`: false,
		`urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department eq "tours"`: true,
		`urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value eq "m1"`: true,
		`urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager eq "m1"`:       true,
		`urn:ietf:params:scim:schemas:core:2.0:User:userName eq "ann"`:                     true,
		`userName eq "ann" and active eq false`:                                            false,
		`userName eq "bob" or active eq true`:                                              true,
		`userName eq "ann" or userName eq "bob" and active eq false`:                       true, // and binds tighter
		`(userName eq "ann" or userName eq "bob") and active eq false`:                     false,
		`not (userName eq "bob") and active eq true`:                                       true,
		`NOT(userName eq "ann") OR age GE 41`:                                              true,
	} {
		f, err := scim.ParseFilter(filter)
		if err != nil {
			t.Errorf("%s: %v", filter, err)
			continue
		}
		if got := f.Match(user); got != want {
			t.Errorf("%s is %v, want %v", filter, got, want)
		}
		again, err := scim.ParseFilter(f.String())
		if err != nil || again.Match(user) != want {
			t.Errorf("%s written as %s: %v", filter, f.String(), err)
		}
	}
}

func TestMalformedFiltersAreRefusedWithoutTheirValues(t *testing.T) {
	for _, filter := range []string{
		``, ` `, `userName`, `userName eq`, `userName eq secret`, `userName eq "secret`, `userName xx "secret"`, `eq "secret"`, `1a eq "secret"`, `a..b eq "secret"`,
		`a.b.c eq "secret"`, `x:a eq "secret"`, `userName eq "secret" and`, `and userName eq "secret"`, `userName eq "secret" userName`, `(userName eq "secret"`,
		`userName eq "secret")`, `not userName eq "secret"`, `emails[type eq "secret"`, `emails[] `, `emails]`, `userName eq "\x"`, `userName eq "\xff"`, "userName eq \"\xff\"",
		`userName eq 01`, `userName eq -`, `userName eq True`, `userName eq {}`, `userName "secret"`, `"secret" eq userName`, strings.Repeat("(", 1e5), strings.Repeat("not (", 1e5),
		strings.Repeat("a[", 1e5),
	} {
		_, err := scim.ParseFilter(filter)
		if !fault.Is(err, fault.Invalid) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%.40s: %v", filter, err)
		}
	}
}

func TestQueriesAreThoseThatAWSAnswers(t *testing.T) {
	for filter, want := range map[string]scim.Query{
		`userName eq "a b"`:            {Attribute: scim.ByUserName, Value: "a b"},
		`externalid Eq "x"`:            {Attribute: scim.ByExternalID, Value: "x"},
		`groups.value eq "g"`:          {Attribute: scim.ByGroup, Value: "g"},
		`id eq "u"`:                    {Attribute: scim.ByID, Value: "u"},
		`id eq "u" and manager eq "m"`: {Attribute: scim.ByID, Value: "u", With: scim.WithManager, WithValue: "m"},
		`manager eq "m" AND id eq "u"`: {Attribute: scim.ByID, Value: "u", With: scim.WithManager, WithValue: "m"},
	} {
		got, err := scim.ParseUserQuery(filter)
		if err != nil || got != want {
			t.Errorf("%s: %+v, %v", filter, got, err)
		}
		if again, err := scim.ParseUserQuery(want.String()); err != nil || again != want {
			t.Errorf("%s written as %s: %+v, %v", filter, want, again, err)
		}
	}
	q := scim.Query{Attribute: scim.ByID, Value: "g\"\\", With: scim.WithMembers, WithValue: "<u>"}
	if got, err := scim.ParseGroupQuery(q.String()); err != nil || got != q {
		t.Errorf("%s: %+v, %v", q, got, err)
	}
	if s := (scim.Query{}).String(); s != "" {
		t.Errorf("no query is %q", s)
	}
}

func FuzzFilter(f *testing.F) {
	for _, seed := range []string{
		`userName eq "a"`, `emails[type eq "work" and not (value pr)].x`, `a.b co "\u00e9\"" or c le -1.5e3`, `urn:ietf:params:scim:schemas:core:2.0:User:x ne null`, `((a pr))`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		filter, err := scim.ParseFilter(s)
		if err != nil {
			if !fault.Is(err, fault.Invalid) {
				t.Fatalf("%v", err)
			}
			return
		}
		again, err := scim.ParseFilter(filter.String())
		// The second writing has more parentheses, which have a limit.
		if err != nil && !strings.Contains(err.Error(), "too deep") {
			t.Fatalf("%q is written as %q: %v", s, filter.String(), err)
		}
		if err == nil && !reflect.DeepEqual(filter, again) {
			t.Fatalf("%q is written as %q, which is another", s, filter.String())
		}
		filter.Match(resource(t, ann))
	})
}

func FuzzPath(f *testing.F) {
	for _, seed := range []string{
		"userName", "name.givenName", `emails[type eq "work"].value`, "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value",
		"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User", `members[value eq "x]y"]`, "$ref",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		p, err := scim.ParsePath(s)
		if err != nil {
			if !fault.Is(err, fault.Invalid) {
				t.Fatalf("%v", err)
			}
			return
		}
		again, err := scim.ParsePath(p.String())
		if err != nil && !strings.Contains(err.Error(), "too deep") {
			t.Fatalf("%q is written as %q: %v", s, p, err)
		}
		if err == nil && !reflect.DeepEqual(p, again) {
			t.Fatalf("%q is written as %q, which is another", s, p)
		}
	})
}
