package scimdoor_test

import (
	"fmt"
	"strings"
	"testing"

	"rollcall/directory"
	"rollcall/directory/memdir"
	"rollcall/door/scimdoor"
	"rollcall/identity"
	"rollcall/scim"
)

// without is a person's body with one part of it changed.
func with(old, fresh string) string { return strings.Replace(person("ann"), old, fresh, 1) }

func TestAUserIsCreatedOrRefused(t *testing.T) {
	long := strings.Repeat("ü", 1024)
	name128 := strings.Repeat("n", 128)
	for name, tt := range map[string]struct {
		body   string
		status int
		detail string
	}{
		"only what is required":           {person("ann"), 201, ""},
		"no userName":                     {with(`"userName":"ann",`, ``), 400, "userName"},
		"no displayName":                  {with(`"displayName":"ann",`, ``), 400, "displayName"},
		"no name":                         {with(`"name":{"givenName":"G","familyName":"F"},`, ``), 400, "2 validation errors detected"},
		"no family name":                  {with(`,"familyName":"F"`, ``), 400, "1 validation error detected: Value at 'name.familyName'"},
		"an empty given name":             {with(`"G"`, `""`), 400, "Member must have length greater than or equal to 1"},
		"the longest userName":            {with(`"userName":"ann"`, `"userName":"`+name128+`"`), 201, ""},
		"a longer userName":               {with(`"userName":"ann"`, `"userName":"`+name128+`n"`), 400, "userName"},
		"white space in userName":         {with(`"userName":"ann"`, `"userName":"a nn"`), 400, "userName"},
		"a reserved userName":             {with(`"userName":"ann"`, `"userName":"Administrator"`), 400, "userName"},
		"the longest displayName":         {with(`"displayName":"ann"`, `"displayName":"`+long+`"`), 201, ""},
		"a longer displayName":            {with(`"displayName":"ann"`, `"displayName":"`+long+`x"`), 400, "displayName"},
		"one primary e-mail":              {with(`"active":true`, `"emails":[{"value":"a@x.test","type":"work","primary":true}]`), 201, ""},
		"primary as a string":             {with(`"active":true`, `"emails":[{"value":"a@x.test","primary":"True"}]`), 201, ""},
		"an e-mail that is not primary":   {with(`"active":true`, `"emails":[{"value":"a@x.test"}]`), 400, "primary"},
		"two e-mails":                     {with(`"active":true`, `"emails":[{"value":"a@x.test","primary":true},{"value":"b@x.test"}]`), 400, "List attribute emails exceeds allowed limit of 1"},
		"an e-mail without value":         {with(`"active":true`, `"emails":[{"primary":true}]`), 400, "emails.value"},
		"two addresses":                   {with(`"active":true`, `"addresses":[{"type":"work"},{"type":"home"}]`), 400, "List attribute addresses exceeds allowed limit of 1"},
		"two phone numbers":               {with(`"active":true`, `"phoneNumbers":[{"value":"1"},{"value":"2"}]`), 400, "phoneNumbers"},
		"two roles":                       {with(`"active":true`, `"roles":[{"value":"1"},{"value":"2"}]`), 400, "roles"},
		"one of each":                     {with(`"active":true`, `"addresses":[{"type":"work","country":"NL"}],"phoneNumbers":[{"value":"1"}],"roles":[{"value":"1"}]`), 201, ""},
		"a role with display":             {with(`"active":true`, `"roles":[{"value":"1","display":"One"}]`), 400, "roles.display"},
		"an e-mail with display":          {with(`"active":true`, `"emails":[{"value":"a@x.test","primary":true,"display":"A"}]`), 400, "emails.display"},
		"a manager's displayName":         {with(`"active":true`, `"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"manager":{"value":"m","displayName":"M"}}`), 400, "manager.displayName"},
		"a manager's $ref":                {with(`"active":true`, `"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"manager":{"value":"m","$ref":"../Users/m"}}`), 201, ""},
		"an empty manager":                {with(`"active":true`, `"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"manager":{"value":""}}`), 400, "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User.manager.value"},
		"a password":                      {with(`"active":true`, `"password":"x"`), 400, "password"},
		"photos":                          {with(`"active":true`, `"photos":[{"value":"https://x.test"}]`), 400, "photos"},
		"ims":                             {with(`"active":true`, `"ims":[{"value":"x"}]`), 400, "ims"},
		"entitlements":                    {with(`"active":true`, `"entitlements":[{"value":"x"}]`), 400, "entitlements"},
		"certificates":                    {with(`"active":true`, `"x509Certificates":[{"value":"x"}]`), 400, "x509Certificates"},
		"groups":                          {with(`"active":true`, `"groups":[{"value":"x"}]`), 400, "groups"},
		"no groups":                       {with(`"active":true`, `"groups":[]`), 201, ""},
		"an attribute nobody knows":       {with(`"active":true`, `"shoeSize":44`), 201, ""},
		"an attribute in capitals":        {with(`"userName"`, `"USERNAME"`), 201, ""},
		"an attribute twice":              {with(`"active":true`, `"active":true,"Active":false`), 400, "twice"},
		"a number for a name":             {with(`"displayName":"ann"`, `"displayName":1`), 400, "want a string"},
		"a word for active":               {with(`true`, `"yes"`), 400, "active"},
		"the longest external id":         {with(`"active":true`, `"externalId":"`+strings.Repeat("e", 256)+`"`), 201, ""},
		"a longer external id":            {with(`"active":true`, `"externalId":"`+strings.Repeat("e", 257)+`"`), 400, "externalIds.id"},
		"no JSON":                         {`{"userName":`, 400, "Invalid JSON from RequestBody"},
		"two values":                      {person("ann") + "{}", 400, "Invalid JSON from RequestBody"},
		"a list":                          {`[]`, 400, "Invalid JSON from RequestBody"},
		"nothing":                         {``, 400, "Invalid JSON from RequestBody"},
		"bytes that are no text":          {with("ann", "a\xff"), 400, "Invalid JSON from RequestBody"},
		"the largest body":                {with(`{`, `{`+strings.Repeat(" ", scim.MaxBody-len(person("ann")))), 201, ""},
		"a larger body":                   {with(`{`, `{`+strings.Repeat(" ", scim.MaxBody-len(person("ann"))+1)), 413, "1 MiB"},
		"values too deep in each other":   {with(`true`, strings.Repeat("[", 40)+strings.Repeat("]", 40)), 400, "deep"},
		"deep values nobody knows, fewer": {with(`"active":true`, `"x":`+strings.Repeat("[", 30)+strings.Repeat("]", 30)), 201, ""},
	} {
		t.Run(name, func(t *testing.T) {
			s := open(t, memdir.New(store), scimdoor.Options{})
			r := s.send("POST /Users", tt.body)
			if r.status != tt.status || !strings.Contains(r.detail(), tt.detail) {
				t.Errorf("%d %s; want %d %q", r.status, r.raw, tt.status, tt.detail)
			}
		})
	}
}

func TestUniqueValuesOfUsersAreTakenOnce(t *testing.T) {
	each(t, func(t *testing.T, s *site) {
		taken := `{"userName":"ann","displayName":"D","name":{"givenName":"G","familyName":"F"},"externalId":"e1","emails":[{"value":"ann@x.test","primary":true}]}`
		other := func(old, fresh string) string {
			body := strings.NewReplacer(`"ann"`, `"bob"`, `"e1"`, `"e2"`, `ann@`, `bob@`).Replace(taken)
			return strings.Replace(body, old, fresh, 1)
		}
		s.must(201, "POST /Users", taken)
		bob := s.must(201, "POST /Users", other("", "")).id()
		for attribute, change := range map[string][2]string{
			"userName":     {`"bob"`, `"ANN"`},
			"emails.value": {`bob@x.test`, `Ann@X.test`},
			"externalId":   {`"e2"`, `"e1"`},
		} {
			body := other(change[0], change[1])
			fresh := strings.NewReplacer(`"bob"`, `"cat"`, `"e2"`, `"e3"`, `bob@`, `cat@`).Replace(body)
			before := s.must(200, "GET /Users/"+bob, "").raw
			for call, body := range map[string]string{"POST /Users": fresh, "PUT /Users/" + bob: strings.Replace(body, "D", "E", 1)} {
				r := s.must(409, call, body)
				if !strings.HasPrefix(r.detail(), "Refused to create a new, duplicate resource.") || !strings.Contains(r.detail(), attribute) {
					t.Errorf("%s: %s; want %s named", call, r.detail(), attribute)
				}
			}
			if after := s.must(200, "GET /Users/"+bob, "").raw; after != before {
				t.Errorf("a refused PUT changed\n%s\nto\n%s", before, after)
			}
		}
		s.must(200, "PUT /Users/"+bob, other("", "")) // its own values are its own
	})
}

func TestPUTReplacesWhatSCIMSees(t *testing.T) {
	each(t, func(t *testing.T, s *site) {
		ctx := directory.WithActor(t.Context(), directory.Actor{Name: "test"})
		made, err := s.driver.CreateUser(ctx, identity.User{
			UserName: "ann", DisplayName: "Ann", Name: identity.Name{GivenName: "A", FamilyName: "L"}, Title: "Boss", Active: true,
			Website: "https://x.test", Photos: []identity.Photo{{Value: "https://x.test/1"}},
			ExternalIDs: []identity.ExternalID{{Issuer: "hr", ID: "17"}, {Issuer: scimdoor.DefaultIssuer, ID: "old"}},
		})
		if err != nil {
			t.Fatal(err)
		}
		got := s.must(200, "PUT /Users/"+string(made.ID), `{"id":"`+string(made.ID)+`","userName":"ann","displayName":"Ann B","name":{"givenName":"A","familyName":"B"},"externalId":"fresh"}`)
		if got.body["title"] != nil || got.body["externalId"] != "fresh" || got.body["active"] != false || got.body["displayName"] != "Ann B" {
			t.Errorf("replaced by %s", got.raw)
		}
		u, err := s.driver.User(t.Context(), made.ID)
		if err != nil {
			t.Fatal(err)
		}
		if u.Website == "" || len(u.Photos) != 1 || fmt.Sprint(u.ExternalIDs) != "[{hr 17} {scim fresh}]" {
			t.Errorf("what SCIM cannot see became %q, %v, %v", u.Website, u.Photos, u.ExternalIDs)
		}
		s.must(200, "PUT /Users/"+string(made.ID), person("ann")) // without id, and without externalId
		if u, _ = s.driver.User(t.Context(), made.ID); fmt.Sprint(u.ExternalIDs) != "[{hr 17}]" {
			t.Errorf("external ids are %v", u.ExternalIDs)
		}
		s.must(400, "PUT /Users/"+string(made.ID), strings.Replace(person("ann"), "{", `{"id":"1234567890-01234567-0123-0123-0123-012345678901",`, 1))
		s.must(404, "PUT /Users/1234567890-01234567-0123-0123-0123-012345678901", person("bob"))
	})
}

func TestSwitchesChangeWhatTheWireLeavesOpen(t *testing.T) {
	for name, tt := range map[string]struct {
		options scimdoor.Options
		call    string
		body    string
		usual   int
		then    int
	}{
		"strict PUT":    {scimdoor.Options{RequirePutID: true}, "PUT /Users/ID", person("ann"), 200, 400},
		"display taken": {scimdoor.Options{Dialect: scim.Dialect{IgnoreDisplay: true}}, "POST /Groups", `{"displayName":"g","members":[{"value":"ID","display":"Ann"}]}`, 400, 201},
	} {
		t.Run(name, func(t *testing.T) {
			for o, want := range map[*scimdoor.Options]int{{}: tt.usual, &tt.options: tt.then} {
				s := open(t, memdir.New(store), *o)
				id := s.user("ann")
				s.must(want, strings.ReplaceAll(tt.call, "ID", id), strings.ReplaceAll(tt.body, "ID", id))
			}
		})
	}
	for active, want := range map[bool]string{false: "false", true: "true"} {
		s := open(t, memdir.New(store), scimdoor.Options{Dialect: scim.Dialect{ActiveByDefault: active}})
		got := s.must(201, "POST /Users", with(`,"active":true`, ``))
		if fmt.Sprint(got.body["active"]) != want {
			t.Errorf("a user without active is %v, want %s", got.body["active"], want)
		}
	}
}

func TestDeletedUsersAreGone(t *testing.T) {
	each(t, func(t *testing.T, s *site) {
		id := s.user("ann")
		if r := s.must(204, "DELETE /Users/"+id, ""); r.raw != "" || r.header.Get("Content-Type") != "" {
			t.Errorf("204 with %q", r.raw)
		}
		for _, call := range []string{"GET", "DELETE"} {
			s.must(404, call+" /Users/"+id, "")
		}
		s.must(404, "PATCH /Users/"+id, `{"Operations":[{"op":"replace","path":"title","value":"x"}]}`)
	})
}

func TestWritesAreTheTokensOwn(t *testing.T) {
	each(t, func(t *testing.T, s *site) {
		s.user("ann")
		events, err := directory.New("local", s.driver).Events(t.Context(), 0, 10)
		if err != nil || len(events) != 1 {
			t.Fatalf("%d events, %v", len(events), err)
		}
		if got := events[0].Actor; got != (directory.Actor{Name: "okta", Door: "scim"}) || events[0].Operation != "CreateUser" {
			t.Errorf("%s by %+v", events[0].Operation, got)
		}
	})
}
