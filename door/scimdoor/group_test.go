package scimdoor_test

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"

	"rollcall/directory"
	"rollcall/directory/memdir"
	"rollcall/door/scimdoor"
	"rollcall/fault"
	"rollcall/identity"
	"rollcall/scim"
)

// members lists who is in a group, by way of the directory.
func (s *site) members(group string) []string {
	s.t.Helper()
	all := []string{}
	for m, err := range directory.New("local", s.driver).Members(s.t.Context(), idOf(group)) {
		if err != nil {
			s.t.Fatal(err)
		}
		all = append(all, string(m.UserID))
	}
	slices.Sort(all)
	return all
}

// values writes ids as a list of members.
func values(ids ...string) string {
	all := make([]string, len(ids))
	for i, id := range ids {
		all[i] = `{"value":"` + id + `"}`
	}
	return "[" + strings.Join(all, ",") + "]"
}

func operations(all ...string) string {
	return `{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[` + strings.Join(all, ",") + `]}`
}

func TestAGroupIsCreatedOrRefused(t *testing.T) {
	const nobody = "1234567890-01234567-0123-0123-0123-012345678901"
	each(t, func(t *testing.T, s *site) {
		_, users := s.seed(101)
		for name, tt := range map[string]struct {
			body   string
			status int
		}{
			"a name":                      {`{"displayName":"a"}`, 201},
			"a hundred members":           {`{"displayName":"b","members":` + values(users[:100]...) + `}`, 201},
			"more members":                {`{"displayName":"c","members":` + values(users...) + `}`, 400},
			"a member twice":              {`{"displayName":"d","members":` + values(users[0], users[0]) + `}`, 201},
			"no name":                     {`{"externalId":"x"}`, 400},
			"an empty name":               {`{"displayName":""}`, 400},
			"the longest name":            {`{"displayName":"` + strings.Repeat("ü", 1024) + `"}`, 201},
			"a longer name":               {`{"displayName":"` + strings.Repeat("ü", 1025) + `"}`, 400},
			"a reserved name":             {`{"displayName":"AWSAdministrators"}`, 400},
			"a member nobody knows":       {`{"displayName":"e","members":` + values(users[0], nobody) + `}`, 404},
			"a member that is no id":      {`{"displayName":"f","members":[{"value":"ann"}]}`, 400},
			"a member without id":         {`{"displayName":"g","members":[{"type":"User"}]}`, 400},
			"a member that is a group":    {`{"displayName":"h","members":[{"value":"` + nobody + `","type":"Group"}]}`, 400},
			"a member with type and $ref": {`{"displayName":"i","members":[{"value":"` + users[0] + `","type":"User","$ref":"../Users/x"}]}`, 201},
			"a member with display":       {`{"displayName":"j","members":[{"value":"` + users[0] + `","display":"Ann"}]}`, 400},
			"members that are no list":    {`{"displayName":"k","members":"` + users[0] + `"}`, 400},
		} {
			r := s.send("POST /Groups", tt.body)
			if r.status != tt.status {
				t.Errorf("%s: %d %s; want %d", name, r.status, r.raw, tt.status)
			}
			if _, ok := r.body["members"]; ok {
				t.Errorf("%s: the answer to a creation has members", name)
			}
		}
		if all := s.must(200, "GET /Groups", "").resources("displayName"); len(all) != 6 {
			t.Errorf("groups are %v: want all and a, b, d, i and the longest", all)
		}
		if got := s.must(409, "POST /Groups", `{"displayName":"A"}`).detail(); !strings.Contains(got, "displayName") {
			t.Errorf("a name taken: %s", got)
		}
	})
}

func TestMembersChangeAtMostAHundredAtOnce(t *testing.T) {
	const nobody = "1234567890-01234567-0123-0123-0123-012345678901"
	each(t, func(t *testing.T, s *site) {
		_, users := s.seed(101)
		slices.Sort(users)
		g := s.group("g")
		patch := func(want int, ops ...string) {
			t.Helper()
			s.must(want, "PATCH /Groups/"+g, operations(ops...))
		}
		has := func(want ...string) {
			t.Helper()
			if slices.Sort(want); !slices.Equal(s.members(g), want) {
				t.Fatalf("%d members, want %d", len(s.members(g)), len(want))
			}
		}
		add := func(ids ...string) string { return `{"op":"add","path":"members","value":` + values(ids...) + `}` }
		remove := func(ids ...string) string { return `{"op":"Remove","path":"members","value":` + values(ids...) + `}` }
		patch(204, add(users[:100]...))
		has(users[:100]...)
		patch(400, add(users...))
		patch(400, add(users[:50]...), remove(users[50:]...))
		patch(204, remove(users[:99]...), add(users[100])) // a hundred together
		has(users[99], users[100])
		patch(204, add(users[99]))   // there already
		patch(204, remove(users[0])) // not there
		has(users[99], users[100])
		patch(404, add(users[0], nobody))
		has(users[99], users[100]) // as a whole or not at all
		patch(204, remove(nobody))
		patch(204, add(users[0]), remove(users[0])) // the last word counts
		patch(204, remove(users[99]), add(users[99]))
		has(users[99], users[100])
		patch(204, `{"op":"remove","path":"members[value eq \"`+users[99]+`\"]"}`)
		patch(204, `{"op":"add","path":"members","value":{"value":"`+users[1]+`"}}`)
		has(users[1], users[100])
		patch(204, `{"op":"add","value":{"members":`+values(users[2])+`}}`)
		has(users[1], users[2], users[100])
	})
}

func TestWholeMemberListsAreRefused(t *testing.T) {
	each(t, func(t *testing.T, s *site) {
		_, users := s.seed(2)
		g := s.must(201, "POST /Groups", `{"displayName":"g","members":`+values(users...)+`}`).id()
		for _, op := range []string{
			`{"op":"remove","path":"members"}`, `{"op":"remove","path":"members","value":[]}`, `{"op":"remove","path":"members","value":[{"value":""}]}`,
			`{"op":"replace","path":"members","value":[]}`, `{"op":"replace","path":"members"}`, `{"op":"replace","path":"members","value":[{"value":""}]}`,
			`{"op":"replace","path":"members","value":` + values(users[0]) + `}`, `{"op":"replace","value":{"members":` + values(users[0]) + `}}`,
			`{"op":"add","path":"members","value":[]}`, `{"op":"add","path":"members"}`, `{"op":"add","path":"members","value":[{"value":""}]}`,
			`{"op":"remove","value":` + values(users[0]) + `}`, `{"op":"replace","path":"members.value","value":"x"}`, `{"op":"add","path":"members[value eq \"x\"]","value":[]}`,
			`{"op":"remove","path":"members[value ne \"x\"]"}`, `{"op":"remove","path":"members[type eq \"User\"]"}`,
		} {
			r := s.must(400, "PATCH /Groups/"+g, operations(op))
			if strings.Contains(op, `"remove","value"`) && r.detail() != "Missing path in PATCH request" {
				t.Errorf("%s: %s", op, r.detail())
			}
			if n := len(s.members(g)); n != 2 {
				t.Fatalf("%s: %d members left", op, n)
			}
		}
	})
}

func TestMembersAsObservedIn2024(t *testing.T) {
	for op, want := range map[string]struct {
		status, left int
	}{
		`{"op":"replace","path":"members","value":[]}`:             {204, 3},
		`{"op":"replace","path":"members"}`:                        {204, 3},
		`{"op":"replace","path":"members","value":[{"value":""}]}`: {400, 0},
		`{"op":"remove","path":"members"}`:                         {204, 0},
		`{"op":"remove","path":"members","value":[]}`:              {204, 0},
		`{"op":"replace","path":"members","value":FIRST}`:          {204, 1},
		`{"op":"add","path":"members","value":FIRST}`:              {204, 3},
		`{"op":"add","path":"members","value":[]}`:                 {400, 3},
	} {
		s := open(t, memdir.New(store), scimdoor.Options{Dialect: scim.Dialect{Members2024: true}})
		_, users := s.seed(3)
		g := s.must(201, "POST /Groups", `{"displayName":"g","members":`+values(users...)+`}`).id()
		s.must(want.status, "PATCH /Groups/"+g, operations(strings.ReplaceAll(op, "FIRST", values(users[0]))))
		if n := len(s.members(g)); n != want.left {
			t.Errorf("%s: %d members left, want %d", op, n, want.left)
		}
	}
}

func TestAGroupsNameAndExternalIDChange(t *testing.T) {
	each(t, func(t *testing.T, s *site) {
		_, users := s.seed(1)
		s.must(201, "POST /Groups", `{"displayName":"Taken","externalId":"t"}`)
		g := s.must(201, "POST /Groups", `{"displayName":"g","externalId":"e"}`).id()
		for _, tt := range []struct {
			op     string
			status int
			name   string
			id     any
		}{
			{`{"op":"replace","path":"displayName","value":"h"}`, 204, "h", "e"},
			{`{"op":"Replace","path":"externalId","value":"f"}`, 204, "h", "f"},
			{`{"op":"replace","value":{"id":"whatever","displayName":"i","externalId":"g"}}`, 204, "i", "g"},
			{`{"op":"add","path":"urn:ietf:params:scim:schemas:core:2.0:Group:displayName","value":"j"}`, 204, "j", "g"},
			{`{"op":"remove","path":"externalId"}`, 204, "j", nil},
			{`{"op":"remove","path":"displayName"}`, 400, "j", nil},
			{`{"op":"replace","path":"displayName","value":""}`, 400, "j", nil},
			{`{"op":"replace","path":"displayName"}`, 400, "j", nil},
			{`{"op":"replace","path":"displayName","value":"taken"}`, 409, "j", nil},
			{`{"op":"replace","path":"externalId","value":"t"}`, 409, "j", nil},
			{`{"op":"add","path":"members","value":` + values(users...) + `},{"op":"replace","path":"displayName","value":"taken"}`, 409, "j", nil},
			{`{"op":"replace","path":"description","value":"x"}`, 400, "j", nil},
			{`{"op":"replace","value":{"description":"x"}}`, 400, "j", nil},
			{`{"op":"replace","path":"id","value":"x"}`, 400, "j", nil},
			{`{"op":"move","path":"displayName","value":"x"}`, 400, "j", nil},
			{`{"path":"displayName","value":"x"}`, 400, "j", nil},
			{`{"op":"replace","value":"x"}`, 400, "j", nil},
			{`{"op":"replace","path":"displayName","value":"J"}`, 204, "J", nil}, // its own name in other letters
		} {
			s.must(tt.status, "PATCH /Groups/"+g, operations(tt.op))
			got := s.must(200, "GET /Groups/"+g, "")
			if got.body["displayName"] != tt.name || got.body["externalId"] != tt.id || len(s.members(g)) != 0 {
				t.Fatalf("after %s: %s with %v", tt.op, got.raw, s.members(g))
			}
		}
		s.must(204, "DELETE /Groups/"+g, "")
		s.must(404, "DELETE /Groups/"+g, "")
		s.must(404, "PATCH /Groups/"+g, operations(`{"op":"replace","path":"displayName","value":"x"}`))
	})
}

// refusing is a directory that loses a member between two calls.
type refusing struct{ *memdir.Driver }

func (refusing) ChangeMembers(context.Context, identity.ID, []identity.ID, []identity.ID) error {
	return fault.Text(fault.NotFound, "change members", "", "a user is gone")
}

func TestAGroupIsNotLeftWithoutItsMembers(t *testing.T) {
	s := open(t, refusing{memdir.New(store)}, scimdoor.Options{Log: slog.New(slog.DiscardHandler)})
	user := s.user("ann")
	s.must(404, "POST /Groups", fmt.Sprintf(`{"displayName":"g","members":%s}`, values(user)))
	if r := s.must(200, "GET /Groups", ""); len(r.resources("id")) != 0 {
		t.Errorf("groups are %s", r.raw)
	}
}
