package awsdir_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"rollcall/directory"
	"rollcall/directory/awsdir"
	"rollcall/directory/directorytest"
	"rollcall/fault"
	"rollcall/identity"
)

const (
	ann   = "90677c608a-00000000-0000-4000-8000-000000000001"
	ben   = "90677c608a-00000000-0000-4000-8000-000000000002"
	staff = "90677c608a-00000000-0000-4000-8000-000000000003"
)

// script is a service that answers each request as it is written here, by
// operation or by method and path, and notes the bodies.
type script struct {
	answers map[string]string // a body, perhaps after a status of its own: "400 {…}"
	bodies  []string
}

func (s *script) open(t *testing.T, change func(*awsdir.Options)) directory.Driver {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		s.bodies = append(s.bodies, string(body))
		_, name, isAPI := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
		if !isAPI {
			name = r.Method + " " + strings.TrimPrefix(r.URL.Path, "/tenant/scim/v2")
		}
		answer, known := s.answers[name]
		if !known {
			t.Errorf("nobody expected %s", name)
		}
		status := http.StatusOK
		if code, err := strconv.Atoi(answer[:min(3, len(answer))]); err == nil {
			status, answer = code, strings.TrimSpace(answer[3:])
		}
		w.Header().Set("Content-Type", "application/x-amz-json-1.1")
		w.WriteHeader(status)
		_, _ = io.WriteString(w, answer)
	}))
	t.Cleanup(server.Close)
	return elsewhere(t, server.URL, change)
}

func byAPI(o *awsdir.Options)  { o.SCIM = nil }
func bySCIM(o *awsdir.Options) { o.AWS = nil }

// Some regions and identity sources do not have the operations that look up ids
// (aws-contract 3.10).
func TestWhereNothingCanBeLookedUpEverybodyIsRead(t *testing.T) {
	s := &script{answers: map[string]string{
		"GetUserId": `400 {"__type":"UnknownOperationException"}`, "GetGroupId": `400 {"__type":"UnknownOperationException"}`,
		"ListUsers":  `{"Users":[{"UserId":"` + ann + `","UserName":"Ann"},{"UserId":"` + ben + `","UserName":"ben","Emails":[{"Value":"b@example.com"}]}]}`,
		"ListGroups": `{"Groups":[{"GroupId":"` + staff + `","DisplayName":"Staff"}]}`,
	}}
	d := s.open(t, byAPI)
	for _, key := range []directory.Key{{Attribute: directory.KeyUserName, Value: "BEN"}, {Attribute: directory.KeyEmail, Value: "B@example.com"}} {
		if u, err := d.FindUser(t.Context(), key); err != nil || u.ID != ben {
			t.Errorf("%s: %s, %v", key.Attribute, u.ID, err)
		}
	}
	if g, err := d.FindGroup(t.Context(), directory.Key{Attribute: directory.KeyDisplayName, Value: "staff"}); err != nil || g.ID != staff {
		t.Errorf("group: %s, %v", g.ID, err)
	}
	_, err := d.FindUser(t.Context(), directory.Key{Attribute: directory.KeyUserName, Value: "carl"})
	wantKind(t, "nobody", err, fault.NotFound, false)
}

// Endpoints of before September 2026 tell neither revisions nor ARNs.
func TestWhatOlderEndpointsLeaveOutIsNotMissed(t *testing.T) {
	s := &script{answers: map[string]string{
		"UpdateUser": `{}`, "DescribeUser": `{"UserId":"` + ann + `","UserName":"ann","DisplayName":"Ann","IdentityStoreId":"d-1234567890"}`,
	}}
	u, err := s.open(t, byAPI).UpdateUser(t.Context(), ann, "", []identity.Edit{
		{Path: "title", New: identity.Value("null")},
		{Path: "emails", New: identity.Value("[]")},
		{Path: "displayName", New: identity.Value(`"An <n>"`)},
		{Path: "displayName", New: identity.Value(`"Ann"`)},
	})
	ok(t, err)
	if u.Revision != "" || !u.Active || u.ID != ann {
		t.Errorf("%+v", u)
	}
	for _, part := range []string{
		`{"AttributePath":"title","AttributeValue":null}`, `{"AttributePath":"emails","AttributeValue":null}`, `{"AttributePath":"displayName","AttributeValue":"Ann"}`,
	} {
		if !strings.Contains(s.bodies[0], part) {
			t.Errorf("sent %s\n without %s", s.bodies[0], part)
		}
	}
	if strings.Contains(s.bodies[0], "Revision") || strings.Count(s.bodies[0], "displayName") != 1 {
		t.Errorf("sent %s", s.bodies[0])
	}
}

func TestAConflictSaysWhatItIsAbout(t *testing.T) {
	for name, c := range map[string]struct {
		answer   string
		updating fault.Kind
		deletion fault.Kind
	}{
		"unique":     {`400 {"__type":"ConflictException","Reason":"UNIQUENESS_CONSTRAINT_VIOLATION"}`, fault.Conflict, fault.Stale},
		"concurrent": {`409 {"__type":"ConflictException","Reason":"CONCURRENT_MODIFICATION"}`, fault.Stale, fault.Stale},
		"no reason":  {`400 {"__type":"ConflictException"}`, fault.Conflict, fault.Stale},
	} {
		d := (&script{answers: map[string]string{"UpdateUser": c.answer, "DeleteUser": c.answer, "DeleteGroup": c.answer}}).open(t, byAPI)
		_, err := d.UpdateUser(t.Context(), ann, "r", []identity.Edit{{Path: "title"}})
		wantKind(t, name+": update", err, c.updating, false)
		wantKind(t, name+": delete", d.DeleteUser(t.Context(), ann, "r"), c.deletion, false)
		wantKind(t, name+": delete group", d.DeleteGroup(t.Context(), staff, "r"), c.deletion, false)
	}
}

// SCIM lists nobody for a group that is not there (aws-contract 7.5), also when
// it went while its members were listed.
func TestAGroupThatIsGoneHasNoMembersToList(t *testing.T) {
	const empty = `{"itemsPerPage":0,"Resources":[]}`
	s := &script{answers: map[string]string{"GET /Users": empty, "GET /Groups/" + staff: `404 {"detail":"gone"}`}}
	d := s.open(t, bySCIM)
	for _, token := range []string{"", "Q3Vyc29y"} {
		_, err := d.ListMembers(t.Context(), staff, directory.PageRequest{Token: token})
		wantKind(t, "token "+token, err, fault.NotFound, false)
	}
	s.answers["GET /Groups/"+staff] = `{"id":"` + staff + `","displayName":"staff","members":[]}`
	if page, err := d.ListMembers(t.Context(), staff, directory.PageRequest{}); err != nil || len(page.Items) != 0 {
		t.Errorf("a group without members: %v, %v", page, err)
	}
	s.answers["GET /Users"] = `{"itemsPerPage":0,"nextCursor":"x","Resources":[]}` // empty, and goes on
	if page, err := d.ListMembers(t.Context(), staff, directory.PageRequest{}); err != nil || page.Next != "x" {
		t.Errorf("an empty page: %v, %v", page, err)
	}
}

func TestAttributesAreWrittenByTheirSCIMPaths(t *testing.T) {
	s := &script{answers: map[string]string{"PATCH /Users/" + ann: `{}`, "GET /Users/" + ann: `{"id":"` + ann + `","userName":"ann"}`}}
	_, err := s.open(t, bySCIM).UpdateUser(t.Context(), ann, "", []identity.Edit{
		{Path: "name.givenName", New: identity.Value(`"Ann"`)},
		{Path: "nickName"},
		{Path: "aws:identitystore:enterprise.costCenter", New: identity.Value(`"4130"`)},
		{Path: "aws:identitystore:enterprise.division"},
		{Path: "aws:identitystore:enterprise.manager.value", New: identity.Value(`"m"`)},
		{Path: "emails", New: identity.Value(`[{"value":"a@b.c","primary":true}]`)},
	})
	ok(t, err)
	const urn = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
	want := `{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[` +
		`{"op":"replace","path":"name.givenName","value":"Ann"},{"op":"remove","path":"nickName"},` +
		`{"op":"replace","path":"` + urn + `:costCenter","value":"4130"},{"op":"remove","path":"` + urn + `:division"},` +
		`{"op":"replace","path":"` + urn + `:manager","value":{"value":"m"}},` +
		`{"op":"replace","path":"emails","value":[{"value":"a@b.c","primary":true}]}]}`
	if s.bodies[0] != want {
		t.Errorf("sent %s\nwant %s", s.bodies[0], want)
	}
}

func TestMembersAreNamedAndNeverReplaced(t *testing.T) {
	s := &script{answers: map[string]string{"PATCH /Groups/" + staff: "204"}}
	d := s.open(t, func(*awsdir.Options) {})
	ok(t, d.(directory.MemberChanger).ChangeMembers(t.Context(), staff, []identity.ID{ann, ann}, []identity.ID{ben, "nobody"}))
	want := `{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[` +
		`{"op":"add","path":"members","value":[{"value":"` + ann + `"}]},{"op":"remove","path":"members","value":[{"value":"` + ben + `"}]}]}`
	if len(s.bodies) != 1 || s.bodies[0] != want {
		t.Errorf("sent %s\nwant %s", s.bodies, want)
	}
	err := d.(directory.MemberChanger).ChangeMembers(t.Context(), staff, []identity.ID{ann, "nobody"}, nil)
	wantKind(t, "an id that is none", err, fault.NotFound, false)
}

// Silence is not absence: what cannot be understood is no empty answer.
func TestAnAnswerThatProvesNothingIsIncomplete(t *testing.T) {
	s := &script{answers: map[string]string{
		"DescribeUser": `{}`, "DescribeGroup": `{}`, "ListUsers": `{"Users":[{"UserName":"ann"}]}`, "ListGroups": `{"Groups":[{}]}`,
		"ListGroupMemberships": `{"GroupMemberships":[{"MembershipId":"` + ann + `","GroupId":"` + staff + `","MemberId":{"RobotId":"r"}}]}`,
		"CreateUser":           `{}`, "CreateGroup": `{}`, "CreateGroupMembership": `{}`,
	}}
	d := s.open(t, byAPI)
	for what, read := range map[string]func() error{
		"user":        func() error { _, err := d.User(t.Context(), ann); return err },
		"group":       func() error { _, err := d.Group(t.Context(), staff); return err },
		"list users":  func() error { _, err := d.ListUsers(t.Context(), directory.PageRequest{}); return err },
		"list groups": func() error { _, err := d.ListGroups(t.Context(), directory.PageRequest{}); return err },
		"members":     func() error { _, err := d.ListMembers(t.Context(), staff, directory.PageRequest{}); return err },
	} {
		wantKind(t, what, read(), fault.Incomplete, false)
	}
	_, err := d.CreateUser(t.Context(), directorytest.User("ann"))
	wantKind(t, "create user", err, fault.Unavailable, true)
	_, err = d.CreateGroup(t.Context(), directorytest.Group("staff"))
	wantKind(t, "create group", err, fault.Unavailable, true)
	_, err = d.AddMember(t.Context(), staff, ann)
	wantKind(t, "add member", err, fault.Unavailable, true)
}

// A write would be made twice, and its signature shown to somebody else.
func TestARedirectIsNotFollowed(t *testing.T) {
	for way, change := range map[string]func(*awsdir.Options){"API": byAPI, "SCIM": bySCIM} {
		n := 0
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			n++
			http.Redirect(w, r, "/elsewhere", http.StatusTemporaryRedirect)
		}))
		defer server.Close()
		_, err := elsewhere(t, server.URL, change).CreateUser(t.Context(), directorytest.User("ann"))
		if err == nil || fault.IsUnsettled(err) || n != 1 {
			t.Errorf("%s: %v after %d requests", way, err, n)
		}
	}
}

// How many items come unasked is not documented, and every page is a call.
func TestPagesAreAsLargeAsTheyCanBe(t *testing.T) {
	s := &script{answers: map[string]string{"ListUsers": `{"Users":[]}`}}
	d := s.open(t, byAPI)
	for limit, want := range map[int]string{0: `"MaxResults":100`, 1: `"MaxResults":1,`, 100: `"MaxResults":100`, 101: `"MaxResults":100`} {
		s.bodies = nil
		_, err := d.ListUsers(t.Context(), directory.PageRequest{Limit: limit, Token: "t"})
		ok(t, err)
		if !strings.Contains(s.bodies[0], want) {
			t.Errorf("limit %d: sent %s without %s", limit, s.bodies[0], want)
		}
	}
}

// An error tells what was done to whom by ids, and never by names.
func TestErrorsHoldNoNames(t *testing.T) {
	for way, change := range map[string]func(*awsdir.Options){"API": byAPI, "SCIM": bySCIM} {
		s := &script{answers: map[string]string{"GetUserId": "500 no", "GET /Users": "500 no"}}
		_, err := s.open(t, change).FindUser(t.Context(), directory.Key{Attribute: directory.KeyUserName, Value: "zoe.secret"})
		if err == nil || strings.Contains(err.Error(), "zoe") {
			t.Errorf("%s: %v", way, err)
		}
	}
}
