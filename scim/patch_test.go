package scim_test

import (
	"encoding/json"
	"reflect"
	"testing"

	"pgregory.net/rapid"

	"rollcall/fault"
	"rollcall/identity"
	"rollcall/scim"
)

func patch(t testing.TB, ops string) scim.Patch {
	t.Helper()
	p, err := scim.ParsePatch([]byte(`{"Operations":[` + ops + `]}`))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestAPatchThatIsSentIsReadAsTheSame(t *testing.T) {
	sent := scim.NewPatch(
		scim.Operation{Op: scim.OpAdd, Path: "members", Value: json.RawMessage(`[{"value":"x"}]`)},
		scim.Operation{Op: scim.OpRemove, Path: "externalId"},
	)
	raw, err := json.Marshal(sent)
	if err != nil {
		t.Fatal(err)
	}
	const want = `{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"add","path":"members","value":[{"value":"x"}]},{"op":"remove","path":"externalId"}]}`
	if got, err := scim.ParsePatch(raw); err != nil || !reflect.DeepEqual(got, sent) || string(raw) != want {
		t.Errorf("%s, %v", raw, err)
	}
}

// Whatever the user, replacing every attribute by that of another makes it the
// other: PATCH reaches all that PUT does.
func TestAPatchOfEverythingIsAPut(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		from, to := anyUser(t), anyUser(t)
		raw, err := json.Marshal(dialect.WriteUser(&to))
		if err != nil {
			t.Fatal(err)
		}
		var values map[string]json.RawMessage
		if err := json.Unmarshal(raw, &values); err != nil {
			t.Fatal(err)
		}
		p := scim.NewPatch()
		for _, name := range append([]string{"externalId", scim.EnterpriseSchema}, userAttributes()...) {
			if name != "userName" && name != "active" { // which cannot be removed
				p.Operations = append(p.Operations, scim.Operation{Op: scim.OpRemove, Path: name})
			}
			if v, ok := values[name]; ok {
				p.Operations = append(p.Operations, scim.Operation{Op: scim.OpAdd, Path: name, Value: v})
			}
		}
		got, err := dialect.PatchUser(from, p)
		if edits, _ := identity.UserEdits(&got, &to, nil); err != nil || len(edits) > 0 {
			t.Fatalf("%v; left: %s", err, edits)
		}
	})
}

func userAttributes() []string {
	var all []string
	for _, a := range scim.Schemas()[0].Attributes {
		all = append(all, a.Name)
	}
	return all
}

func TestAPatchLeavesItsUserAlone(t *testing.T) {
	u := identity.User{
		UserName: "ann", DisplayName: "A", Name: identity.Name{GivenName: "G", FamilyName: "F"},
		Emails: []identity.Email{{Value: "a@x.test"}}, Photos: []identity.Photo{{Value: "p"}},
	}
	fresh, err := dialect.PatchUser(u, patch(t, `{"op":"replace","path":"emails.value","value":"b@x.test"}`))
	if err != nil || u.Emails[0].Value != "a@x.test" || fresh.Emails[0].Value != "b@x.test" || len(fresh.Photos) != 1 {
		t.Errorf("%v and %v, %v", u.Emails, fresh.Emails, err)
	}
}

func FuzzPatch(f *testing.F) {
	for _, seed := range []string{
		`{"op":"replace","path":"active","value":"False"}`, `{"op":"add","path":"emails[type eq \"work\"].value","value":"b@x"}`,
		`{"op":"replace","value":{"id":"x","displayName":"B"}}`, `{"op":"remove","path":"members[value eq \"1234567890-01234567-0123-0123-0123-012345678901\"]"}`,
		`{"op":"add","path":"members","value":[{"value":"01234567-0123-0123-0123-012345678901"}]}`, `{"op":"replace","path":"members"}`,
		`{"op":"add","path":"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager","value":"m"}`, `{"op":"remove","path":"name"}`,
	} {
		f.Add([]byte(`{"Operations":[`+seed+`]}`), false)
	}
	f.Fuzz(func(t *testing.T, body []byte, as2024 bool) {
		p, err := scim.ParsePatch(body)
		if err != nil {
			refused(t, err)
			return
		}
		d := scim.Dialect{Issuer: "scim", Members2024: as2024}
		user := identity.User{
			UserName: "ann", DisplayName: "A", Name: identity.Name{GivenName: "G", FamilyName: "F"}, Website: "w",
			Emails: []identity.Email{{Value: "a@x.test", Type: "work"}}, ExternalIDs: []identity.ExternalID{{Issuer: "hr", ID: "1"}},
		}
		if u, err := d.PatchUser(user, p); err != nil {
			refused(t, err)
		} else if u.Website != "w" || u.ExternalIDs[0] != user.ExternalIDs[0] || u.Validate() != nil {
			t.Fatalf("%s made %+v", body, u)
		}
		g, change, err := d.PatchGroup(identity.Group{DisplayName: "g", Description: "d"}, p)
		if err != nil {
			refused(t, err)
			return
		}
		if g.Description != "d" || g.Validate() != nil || len(change.Add)+len(change.Remove) > scim.MaxMembers || (change.RemoveAll && !as2024) {
			t.Fatalf("%s made %+v, %+v", body, g, change)
		}
		for _, id := range append(change.Add, change.Remove...) {
			if !identity.IsID(string(id)) {
				t.Fatalf("%s names %q", body, id)
			}
		}
	})
}

func refused(t *testing.T, err error) {
	t.Helper()
	if !fault.Is(err, fault.Invalid) {
		t.Fatalf("%v is not the client's fault", err)
	}
}
