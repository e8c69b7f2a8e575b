package scim_test

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"rollcall/fault"
	"rollcall/identity"
	"rollcall/scim"
)

var dialect = scim.Dialect{Issuer: "scim"}

// textOf is a text that AWS takes, or none.
func textOf(t *rapid.T, label string) string {
	return rapid.StringMatching(`([a-zA-Zéß山"\\<>&'€]{1,8})?`).Draw(t, label)
}

// anyUser is a valid user with nothing that SCIM cannot see.
func anyUser(t *rapid.T) identity.User {
	u := identity.User{Active: rapid.Bool().Draw(t, "active")}
	for _, path := range identity.UserPaths() {
		if at, ok := identity.UserText(path); ok && path != "website" && path != "birthdate" {
			*at(&u) = textOf(t, path)
		}
	}
	u.UserName = rapid.StringMatching(`[a-z.@]{1,20}`).Draw(t, "userName")
	u.DisplayName, u.Name.GivenName, u.Name.FamilyName = "D"+u.DisplayName, "G"+u.Name.GivenName, "F"+u.Name.FamilyName
	if rapid.Bool().Draw(t, "has e-mail") {
		u.Emails = []identity.Email{{Value: "v" + textOf(t, "e-mail"), Type: textOf(t, "type"), Primary: true}}
	}
	if rapid.Bool().Draw(t, "has address") {
		u.Addresses = []identity.Address{{Country: "NL", Type: textOf(t, "address"), Primary: rapid.Bool().Draw(t, "primary")}}
	}
	if rapid.Bool().Draw(t, "has phone") {
		u.PhoneNumbers = []identity.PhoneNumber{{Value: "+31", Primary: rapid.Bool().Draw(t, "primary phone")}}
	}
	if rapid.Bool().Draw(t, "has role") {
		u.Roles = []identity.Role{{Value: "r"}}
	}
	if rapid.Bool().Draw(t, "has external id") {
		u.ExternalIDs = []identity.ExternalID{{Issuer: "scim", ID: rapid.StringMatching(`[a-zA-Z0-9-]{1,9}`).Draw(t, "external id")}}
	}
	return u
}

func TestWhatIsWrittenIsReadAsTheSame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		u := anyUser(t)
		raw, err := json.Marshal(dialect.WriteUser(&u))
		if err != nil {
			t.Fatal(err)
		}
		got, err := dialect.ReadUser(raw)
		if err != nil || !reflect.DeepEqual(got, u) {
			t.Fatalf("%s\nread as %+v, %v\nwant %+v", raw, got, err, u)
		}
		var resource scim.User
		if err := json.Unmarshal(raw, &resource); err != nil {
			t.Fatal(err)
		}
		if got := dialect.User(&resource); got.UserName != u.UserName || !slices.Equal(got.ExternalIDs, u.ExternalIDs) || got.Enterprise != u.Enterprise {
			t.Fatalf("a client reads %+v, want %+v", got, u)
		}
	})
}

func TestEnterpriseIsNamedOnlyWhereThereIsOne(t *testing.T) {
	u := identity.User{}
	if got := dialect.WriteUser(&u); len(got.Schemas) != 1 || got.Enterprise != nil {
		t.Errorf("nothing set: %+v", got)
	}
	u.Enterprise.Manager = "m"
	if got := dialect.WriteUser(&u); len(got.Schemas) != 2 || got.Enterprise.Manager.Value != "m" {
		t.Errorf("a manager: %+v", got)
	}
}

func TestExternalIDsOfOthersAreNotShown(t *testing.T) {
	u := identity.User{ExternalIDs: []identity.ExternalID{{Issuer: "hr", ID: "1"}, {Issuer: "scim", ID: "2"}}}
	if got := dialect.WriteUser(&u).ExternalID; got != "2" {
		t.Errorf("externalId is %q", got)
	}
	if got := (scim.Dialect{}).WriteUser(&u).ExternalID; got != "" {
		t.Errorf("without an issuer it is %q", got)
	}
	g := identity.Group{ExternalIDs: u.ExternalIDs[:1]}
	if got := dialect.WriteGroup(&g).ExternalID; got != "" {
		t.Errorf("a group of another issuer has %q", got)
	}
}

func TestTimesAreWholeSecondsOfUTC(t *testing.T) {
	at := time.Date(2020, 3, 31, 4, 36, 15, 987654321, time.FixedZone("", 7200))
	raw, err := json.Marshal(dialect.WriteGroup(&identity.Group{Meta: identity.Meta{CreatedAt: at, UpdatedAt: at}}))
	const want = `"meta":{"resourceType":"Group","created":"2020-03-31T02:36:15Z","lastModified":"2020-03-31T02:36:15Z"}`
	if err != nil || !strings.Contains(string(raw), want) {
		t.Errorf("%s, %v", raw, err)
	}
}

func TestAClientReadsBooleansOfEitherForm(t *testing.T) {
	for raw, want := range map[string]bool{`true`: true, `"true"`: true, `"False"`: false, `false`: false, `null`: false, `"TRUE"`: true} {
		var u scim.User
		if err := json.Unmarshal([]byte(`{"active":`+raw+`}`), &u); err != nil || bool(u.Active) != want {
			t.Errorf("%s is %v, %v", raw, u.Active, err)
		}
	}
	for _, raw := range []string{`"yes"`, `1`, `{}`} {
		var u scim.User
		if err := json.Unmarshal([]byte(`{"active":`+raw+`}`), &u); err == nil {
			t.Errorf("%s is %v", raw, u.Active)
		}
	}
}

func TestEverythingWrongIsSaidAtOnceWithoutValues(t *testing.T) {
	_, err := dialect.ReadUser([]byte(`{"userName":1,"displayName":"","active":"secret","password":"secret","emails":[{"value":"secret"}],"name":"secret"}`))
	if !fault.Is(err, fault.Invalid) || strings.Contains(err.Error(), "secret") {
		t.Fatalf("%v", err)
	}
	for _, field := range []string{"userName", "displayName", "active", "password", "emails", "name"} {
		if !strings.Contains(err.Error(), field+": ") {
			t.Errorf("%s is not named: %v", field, err)
		}
	}
}

func TestEveryAttributeOfTheSchemasIsRead(t *testing.T) {
	for _, s := range scim.Schemas() {
		if s.Meta.ResourceType != "Schema" || s.Name == "" || len(s.Attributes) == 0 {
			t.Errorf("%s: %+v", s.ID, s)
		}
	}
	// What an attribute of the schema holds must come out of the user again.
	user := scim.Schemas()[0]
	for _, a := range user.Attributes {
		if a.Type != "string" && a.Type != "reference" {
			continue
		}
		got, err := dialect.ReadUser([]byte(`{"` + strings.ToUpper(a.Name) + `":"unmistakable"}`))
		if raw, _ := json.Marshal(got); !strings.Contains(string(raw), "unmistakable") {
			t.Errorf("%s is lost: %v", a.Name, err)
		}
	}
}

func FuzzBody(f *testing.F) {
	for _, seed := range []string{ann, `{"displayName":"g","members":[{"value":"01234567-0123-0123-0123-012345678901","type":"User"}]}`, `{"A":1,"a":2}`, `[]`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		if u, err := dialect.ReadUser(body); err != nil {
			refused(t, err)
		} else if err := u.Validate(); err != nil {
			t.Fatalf("%s is read as a user who is not valid: %v", body, err)
		}
		if g, members, err := dialect.ReadGroup(body); err != nil {
			refused(t, err)
		} else if len(members) > scim.MaxMembers || g.Validate() != nil {
			t.Fatalf("%s is read as %+v with %d members", body, g, len(members))
		}
	})
}
