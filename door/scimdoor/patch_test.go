package scimdoor_test

import (
	"encoding/json"
	"strings"
	"testing"

	"rollcall/directory/memdir"
	"rollcall/door/scimdoor"
)

const enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"

// full is a user with something of everything.
const full = `{"userName":"ann","displayName":"Ann","externalId":"e1","name":{"givenName":"G","familyName":"F"},"active":true,"title":"T",
	"emails":[{"value":"ann@x.test","type":"work","primary":true}],"addresses":[{"type":"work","country":"NL"}],
	"` + enterprise + `":{"department":"D","manager":{"value":"m"}}}`

// at returns the value at a dotted path of a decoded answer, an item of a list
// by "0"; nil if there is none.
func at(v any, path ...string) any {
	for _, name := range path {
		switch inner := v.(type) {
		case map[string]any:
			v = inner[name]
		case []any:
			if v = nil; name == "0" && len(inner) > 0 {
				v = inner[0]
			}
		default:
			return nil
		}
	}
	return v
}

// Bodies as Microsoft Entra and Okta send them, and forms beside.
func TestUsersArePatched(t *testing.T) {
	for name, tt := range map[string]struct {
		ops  string
		path []string
		want any
	}{
		"Entra: off":                        {`{"op":"Replace","path":"active","value":"False"}`, []string{"active"}, false},
		"Okta: off":                         {`{"op":"replace","value":{"active":false}}`, []string{"active"}, false},
		"Entra: several":                    {`{"op":"Replace","path":"displayName","value":"B"},{"op":"Replace","path":"name.givenName","value":"C"},{"op":"Add","path":"nickName","value":"N"}`, []string{"name", "givenName"}, "C"},
		"Entra: the e-mail":                 {`{"op":"Replace","path":"emails[type eq \"work\"].value","value":"b@x.test"}`, []string{"emails", "0", "value"}, "b@x.test"},
		"Entra: a first phone number":       {`{"op":"Add","path":"phoneNumbers[type eq \"work\"].value","value":"+31"}`, []string{"phoneNumbers", "0", "type"}, "work"},
		"as the only one it is primary":     {`{"op":"Add","path":"phoneNumbers[type eq \"work\"].value","value":"+31"}`, []string{"phoneNumbers", "0", "primary"}, true},
		"Entra: a part of the address":      {`{"op":"Add","path":"addresses[type eq \"work\"].locality","value":"Ede"}`, []string{"addresses", "0", "locality"}, "Ede"},
		"the rest of the address stays":     {`{"op":"Add","path":"addresses[type eq \"work\"].locality","value":"Ede"}`, []string{"addresses", "0", "country"}, "NL"},
		"Entra: the department":             {`{"op":"Add","path":"` + enterprise + `:department","value":"E"}`, []string{enterprise, "department"}, "E"},
		"Entra: a bare manager":             {`{"op":"Add","path":"` + enterprise + `:manager","value":"m2"}`, []string{enterprise, "manager", "value"}, "m2"},
		"Entra: keys that are paths":        {`{"op":"replace","value":{"name.familyName":"Z","` + enterprise + `:division":"V","emails[type eq \"work\"].value":"c@x.test"}}`, []string{enterprise, "division"}, "V"},
		"Entra: no manager":                 {`{"op":"Remove","path":"` + enterprise + `:manager"}`, []string{enterprise, "manager"}, nil},
		"Entra: no e-mail":                  {`{"op":"Remove","path":"emails[type eq \"work\"].value"}`, []string{"emails"}, nil},
		"a primary as a string":             {`{"op":"replace","path":"emails[primary eq \"True\"].value","value":"d@x.test"}`, []string{"emails", "0", "value"}, "d@x.test"},
		"the manager as an object":          {`{"op":"replace","path":"` + enterprise + `:manager","value":{"value":"m3"}}`, []string{enterprise, "manager", "value"}, "m3"},
		"the manager's value":               {`{"op":"replace","path":"` + enterprise + `:manager.value","value":"m4"}`, []string{enterprise, "manager", "value"}, "m4"},
		"the extension, merged":             {`{"op":"add","path":"` + enterprise + `","value":{"division":"V"}}`, []string{enterprise, "department"}, "D"},
		"the extension, without a path":     {`{"op":"replace","value":{"` + enterprise + `":{"costCenter":"C"}}}`, []string{enterprise, "costCenter"}, "C"},
		"the extension, gone":               {`{"op":"remove","path":"` + enterprise + `"}`, []string{enterprise}, nil},
		"the name, merged":                  {`{"op":"replace","path":"name","value":{"givenName":"Q"}}`, []string{"name", "familyName"}, "F"},
		"a core URN":                        {`{"op":"replace","path":"urn:ietf:params:scim:schemas:core:2.0:User:title","value":"U"}`, []string{"title"}, "U"},
		"whatever the case":                 {`{"op":"REPLACE","path":"TITLE","value":"U"}`, []string{"title"}, "U"},
		"null unsets":                       {`{"op":"replace","path":"title","value":null}`, []string{"title"}, nil},
		"removed":                           {`{"op":"remove","path":"title"}`, []string{"title"}, nil},
		"removed though it was not there":   {`{"op":"remove","path":"locale"}`, []string{"locale"}, nil},
		"a list, replaced":                  {`{"op":"replace","path":"emails","value":[{"value":"e@x.test","primary":true}]}`, []string{"emails", "0", "value"}, "e@x.test"},
		"a list, of one without brackets":   {`{"op":"replace","path":"emails","value":{"value":"e@x.test","primary":true}}`, []string{"emails", "0", "value"}, "e@x.test"},
		"a list, gone":                      {`{"op":"remove","path":"emails"}`, []string{"emails"}, nil},
		"a list, emptied":                   {`{"op":"replace","path":"emails","value":[]}`, []string{"emails"}, nil},
		"what is there already, added":      {`{"op":"add","path":"emails","value":[{"value":"ann@x.test","type":"work","primary":true}]}`, []string{"emails", "0", "value"}, "ann@x.test"},
		"the first role":                    {`{"op":"add","path":"roles","value":[{"value":"r"}]}`, []string{"roles", "0", "value"}, "r"},
		"a sub-attribute of every item":     {`{"op":"replace","path":"emails.type","value":"home"}`, []string{"emails", "0", "type"}, "home"},
		"an item merged":                    {`{"op":"replace","path":"addresses[type eq \"work\"]","value":{"region":"GE"}}`, []string{"addresses", "0", "country"}, "NL"},
		"a part of an item removed":         {`{"op":"remove","path":"addresses[type eq \"work\"].country"}`, []string{"addresses", "0", "country"}, nil},
		"an item removed":                   {`{"op":"remove","path":"addresses[type eq \"work\"]"}`, []string{"addresses"}, nil},
		"an item that is not there, too":    {`{"op":"remove","path":"addresses[type eq \"home\"]"}`, []string{"addresses", "0", "country"}, "NL"},
		"the external id":                   {`{"op":"replace","path":"externalId","value":"e2"}`, []string{"externalId"}, "e2"},
		"no external id":                    {`{"op":"remove","path":"externalId"}`, []string{"externalId"}, nil},
		"a new userName":                    {`{"op":"replace","path":"userName","value":"bob"}`, []string{"userName"}, "bob"},
		"the id and the rest are passed by": {`{"op":"replace","value":{"id":"x","schemas":[],"meta":{},"title":"U"}}`, []string{"title"}, "U"},
	} {
		t.Run(name, func(t *testing.T) {
			each(t, func(t *testing.T, s *site) {
				user := s.must(201, "POST /Users", full).id()
				got := s.must(200, "PATCH /Users/"+user, operations(tt.ops))
				if at(got.body, tt.path...) != tt.want {
					t.Errorf("%v is %v, want %v: %s", tt.path, at(got.body, tt.path...), tt.want, got.raw)
				}
				if again := s.must(200, "GET /Users/"+user, "").raw; again != got.raw {
					t.Errorf("answered\n%s\nstored\n%s", got.raw, again)
				}
			})
		})
	}
}

func TestPatchesOfUsersAreRefusedAsAWhole(t *testing.T) {
	s := open(t, memdir.New(store), scimdoor.Options{})
	s.must(201, "POST /Users", strings.NewReplacer(`"ann"`, `"taken"`, "ann@", "taken@", `"e1"`, `"e2"`).Replace(full))
	user := s.must(201, "POST /Users", full).id()
	before := s.must(200, "GET /Users/"+user, "").raw
	for name, tt := range map[string]struct {
		ops    string
		status int
		detail string
	}{
		"active removed":            {`{"op":"remove","path":"active"}`, 400, "active"},
		"userName removed":          {`{"op":"remove","path":"userName"}`, 400, "userName"},
		"active unset":              {`{"op":"replace","path":"active","value":null}`, 400, "active"},
		"active twice":              {`{"op":"replace","path":"active","value":false},{"op":"replace","path":"active","value":true}`, 400, "several operations on active"},
		"userName twice":            {`{"op":"replace","path":"userName","value":"x"},{"op":"replace","value":{"userName":"y"}}`, 400, "several operations on userName"},
		"displayName removed":       {`{"op":"remove","path":"displayName"}`, 400, "displayName"},
		"the name removed":          {`{"op":"remove","path":"name"}`, 400, "name.givenName"},
		"an empty title":            {`{"op":"replace","path":"title","value":""}`, 400, "length greater than or equal to 1"},
		"no path":                   {`{"op":"remove","value":{"title":"x"}}`, 400, "Missing path in PATCH request"},
		"no value":                  {`{"op":"replace","path":"title"}`, 400, "Missing value"},
		"a second e-mail":           {`{"op":"add","path":"emails","value":[{"value":"b@x.test","primary":true}]}`, 400, "List attribute emails exceeds allowed limit of 1"},
		"two e-mails":               {`{"op":"replace","path":"emails","value":[{"value":"b@x.test","primary":true},{"value":"c@x.test"}]}`, 400, "List attribute emails exceeds allowed limit of 1"},
		"an e-mail of another type": {`{"op":"add","path":"emails[type eq \"home\"].value","value":"b@x.test"}`, 400, "List attribute emails exceeds allowed limit of 1"},
		"another operator":          {`{"op":"replace","path":"emails[type sw \"w\"].value","value":"b@x.test"}`, 400, "only by eq"},
		"a filter on no list":       {`{"op":"replace","path":"name[givenName eq \"G\"].familyName","value":"x"}`, 400, "only lists"},
		"a filter nothing fits":     {`{"op":"add","path":"phoneNumbers[type eq \"a\" or type eq \"b\"].value","value":"1"}`, 400, "no item"},
		"an unknown attribute":      {`{"op":"replace","path":"shoeSize","value":"44"}`, 400, "no such attribute"},
		"an unknown sub-attribute":  {`{"op":"replace","path":"name.shoe","value":"44"}`, 400, "no such sub-attribute"},
		"an unknown schema":         {`{"op":"replace","path":"urn:x:User:title","value":"44"}`, 400, "path"},
		"a group's schema":          {`{"op":"replace","path":"urn:ietf:params:scim:schemas:core:2.0:Group:displayName","value":"x"}`, 400, "no such schema"},
		"the id":                    {`{"op":"replace","path":"id","value":"x"}`, 400, "read only"},
		"a password":                {`{"op":"replace","path":"password","value":"x"}`, 400, "not supported"},
		"groups":                    {`{"op":"add","path":"groups","value":[{"value":"x"}]}`, 400, "not supported"},
		"display":                   {`{"op":"replace","path":"emails[type eq \"work\"].display","value":"x"}`, 400, "emails"},
		"an extension's externalId": {`{"op":"replace","path":"` + enterprise + `:externalId","value":"x"}`, 400, "no such attribute"},
		"a malformed path":          {`{"op":"replace","path":"emails[type eq \"work\"","value":"x"}`, 400, "bracket"},
		"an operation nobody knows": {`{"op":"copy","path":"title","value":"x"}`, 400, "op must be"},
		"a value that is no object": {`{"op":"replace","value":"x"}`, 400, "object"},
		"a userName that is taken":  {`{"op":"replace","path":"active","value":false},{"op":"replace","path":"title","value":"x"},{"op":"replace","path":"userName","value":"TAKEN"}`, 409, "userName"},
		"an e-mail that is taken":   {`{"op":"replace","path":"active","value":false},{"op":"replace","path":"emails[type eq \"work\"].value","value":"taken@x.test"}`, 409, "emails.value"},
		"an external id that is":    {`{"op":"replace","path":"active","value":false},{"op":"replace","path":"title","value":"x"},{"op":"replace","path":"externalId","value":"e2"}`, 409, "externalId"},
		"one good and one bad":      {`{"op":"replace","path":"title","value":"x"},{"op":"replace","path":"locale","value":1}`, 400, "locale"},
	} {
		r := s.send("PATCH /Users/"+user, operations(tt.ops))
		if r.status != tt.status || !strings.Contains(r.detail(), tt.detail) {
			t.Errorf("%s: %d %s; want %d %q", name, r.status, r.raw, tt.status, tt.detail)
		}
		if after := s.must(200, "GET /Users/"+user, "").raw; after != before {
			t.Fatalf("%s: changed\n%s\nto\n%s", name, before, after)
		}
	}
	for _, body := range []string{
		``, `[]`, `{}`, `{"Operations":[]}`, `{"Operations":{}}`, `{"Operations":[1]}`, `{"Operations":[{"op":1}]}`, `{"Operations":[{"op":"add","path":1}]}`,
		`{"schemas":["x"],"Operations":[{"op":"replace","path":"title","value":"x"}]}`, `{"Operations":[{"op":"replace","path":"title","value":"x"}]}}`,
		`{"Operations":[{"op":"replace","value":{"title":"x","Title":"y"}}]}`,
	} {
		s.must(400, "PATCH /Users/"+user, body)
	}
}

func TestAPatchKeepsWhatSCIMCannotSee(t *testing.T) {
	each(t, func(t *testing.T, s *site) {
		user := s.must(201, "POST /Users", full).id()
		u, err := s.driver.User(t.Context(), idOf(user))
		if err != nil {
			t.Fatal(err)
		}
		for path, value := range map[string]any{"website": "https://x.test", "birthdate": "2000-01-01", "emails": []any{map[string]any{"value": "ann@x.test"}}} {
			raw, err := json.Marshal(value)
			if err != nil {
				t.Fatal(err)
			}
			if u, err = s.driver.UpdateUser(t.Context(), u.ID, u.Revision, edits(path, raw)); err != nil {
				t.Fatal(err)
			}
		}
		s.must(200, "PATCH /Users/"+user, operations(`{"op":"replace","path":"title","value":"x"}`))
		if u, err = s.driver.User(t.Context(), u.ID); err != nil || u.Website == "" || u.Birthdate == "" || u.Title != "x" {
			t.Errorf("%q %q %q, %v", u.Website, u.Birthdate, u.Title, err)
		}
	})
}
