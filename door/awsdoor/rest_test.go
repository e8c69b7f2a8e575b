package awsdoor_test

import (
	"net/http"
	"strings"
	"testing"
)

// rest signs and sends a request as plain REST.
func (s *site) rest(method, path, body string) answer {
	s.t.Helper()
	return s.send(s.request(method, "/identitystores"+path, body), body)
}

// The requests are those of the guide that describes AWS's API so.
func TestTheSameOperationsAsPlainREST(t *testing.T) {
	s := start(t, nil)
	const root = "/" + storeID
	user := s.rest(http.MethodPost, root+"/users", `{"IdentityStoreId":"`+storeID+`","UserName":"johndoe","DisplayName":"John Doe","Name":{"GivenName":"John","FamilyName":"Doe"},"Emails":[{"Value":"johndoe@example.com","Type":"work","Primary":true}]}`)
	id, _ := user.body["UserId"].(string)
	if user.status != 200 || user.body["IdentityStoreId"] != storeID || user.header.Get("Content-Type") != "application/json" {
		t.Fatalf("create: %d %s", user.status, user.raw)
	}
	if got := s.rest(http.MethodGet, root+"/users/"+id, ""); got.body["UserName"] != "johndoe" {
		t.Errorf("describe: %d %s", got.status, got.raw)
	}
	found := s.rest(http.MethodPost, root+"/users/$resolve", `{"IdentityStoreId":"`+storeID+`","AlternateIdentifier":{"UniqueAttribute":{"AttributePath":"userName","AttributeValue":"johndoe"}}}`)
	if found.body["UserId"] != id || found.body["IdentityStoreId"] != storeID {
		t.Errorf("resolve: %d %s", found.status, found.raw)
	}
	s.rest(http.MethodPost, root+"/users", `{"UserName":"jane","DisplayName":"Jane","Name":{"GivenName":"Jane","FamilyName":"Doe"}}`)
	page := s.rest(http.MethodGet, root+"/users?MaxResults=1", "")
	token, _ := page.body["NextToken"].(string)
	if next := s.rest(http.MethodGet, root+"/users?MaxResults=1&NextToken="+token, ""); len(page.body["Users"].([]any)) != 1 || next.body["NextToken"] != nil || len(next.body["Users"].([]any)) != 1 {
		t.Errorf("pages: %s and %s", page.raw, next.raw)
	}
	updated := s.rest(http.MethodPut, root+"/users/"+id, `{"IdentityStoreId":"`+storeID+`","UserId":"`+id+`","Operations":[{"AttributePath":"name.givenName","AttributeValue":"Jonathan"},{"AttributePath":"displayName","AttributeValue":"Jonathan Doe"}]}`)
	if updated.status != 200 || updated.raw != "" {
		t.Errorf("update: %d %s", updated.status, updated.raw)
	}
	group := s.rest(http.MethodPost, root+"/groups", `{"DisplayName":"Staff"}`).body["GroupId"].(string)
	membership := s.rest(http.MethodPost, root+"/memberships", `{"IdentityStoreId":"`+storeID+`","GroupId":"`+group+`","MemberId":{"UserId":"`+id+`"}}`)
	for what, got := range map[string]answer{
		"by body":  s.rest(http.MethodGet, root+"/memberships-for-member", `{"IdentityStoreId":"`+storeID+`","MemberId":{"UserId":"`+id+`"},"MaxResults":50}`),
		"by query": s.rest(http.MethodGet, root+"/memberships-for-member?UserId="+id, ""),
		"by group": s.rest(http.MethodGet, root+"/memberships?GroupId="+group, ""),
	} {
		if list, _ := got.body["GroupMemberships"].([]any); len(list) != 1 || list[0].(map[string]any)["MembershipId"] != membership.body["MembershipId"] {
			t.Errorf("memberships %s: %d %s", what, got.status, got.raw)
		}
	}
	if got := s.rest(http.MethodPost, root+"/memberships/$resolve", `{"GroupId":"`+group+`","MemberId":{"UserId":"`+id+`"}}`); got.body["MembershipId"] != membership.body["MembershipId"] {
		t.Errorf("membership id: %d %s", got.status, got.raw)
	}
	if got := s.rest(http.MethodPost, root+"/memberships/$check", `{"GroupIds":["`+group+`"],"MemberId":{"UserId":"`+id+`"}}`); got.status != 200 || len(got.body["Results"].([]any)) != 1 {
		t.Errorf("check: %d %s", got.status, got.raw)
	}
	if got := s.rest(http.MethodDelete, root+"/users/"+id, ""); got.status != 200 || got.raw != "" {
		t.Errorf("delete: %d %s", got.status, got.raw)
	}
	if got := s.rest(http.MethodGet, "", ""); len(got.body["IdentityStores"].([]any)) != 1 {
		t.Errorf("stores: %d %s", got.status, got.raw)
	}
}

// Each path leads to its operation, which finds its ids there.
func TestEveryPathIsItsOperation(t *testing.T) {
	s := start(t, nil)
	const root = "/" + storeID
	user := s.rest(http.MethodPost, root+"/users", bodies["CreateUser"]).body["UserId"].(string)
	group := s.rest(http.MethodPost, root+"/groups", bodies["CreateGroup"]).body["GroupId"].(string)
	membership := s.rest(http.MethodPost, root+"/memberships", `{"GroupId":"`+group+`","MemberId":{"UserId":"`+user+`"}}`).body["MembershipId"].(string)
	for _, c := range []struct{ method, path, body, holds string }{
		{http.MethodGet, "", "", `"IdentityStores":[{`},
		{http.MethodGet, root, "", `"IdentityStoreId":"` + storeID + `"`},
		{http.MethodPut, root, `{"NetworkConfiguration":{"VpceAccessRequired":false}}`, ""},
		{http.MethodGet, root + "/users/" + user + "?Extensions=aws:identitystore:enterprise", "", `"UserId":"` + user + `"`},
		{http.MethodGet, root + "/groups", "", `"Groups":[{`},
		{http.MethodGet, root + "/groups/" + group, "", `"DisplayName":"Staff"`},
		{http.MethodPut, root + "/groups/" + group, `{"Operations":[{"AttributePath":"displayName","AttributeValue":"Team"}]}`, ""},
		{http.MethodPost, root + "/groups/$resolve", `{"AlternateIdentifier":{"UniqueAttribute":{"AttributePath":"displayName","AttributeValue":"Team"}}}`, `"GroupId":"` + group + `"`},
		{http.MethodGet, root + "/memberships/" + membership, "", `"GroupId":"` + group + `"`},
		{http.MethodDelete, root + "/memberships/" + membership, "", ""},
		{http.MethodDelete, root + "/groups/" + group, "", ""},
		{http.MethodDelete, root + "/users/" + user + "?Revision=r1", "", ""},
	} {
		got := s.rest(c.method, c.path, c.body)
		if got.status != 200 || !strings.Contains(got.raw, c.holds) || (c.holds == "") != (got.raw == "") {
			t.Errorf("%s %s: %d %s, want %s", c.method, c.path, got.status, got.raw, c.holds)
		}
	}
}

func TestRESTSaysByTheStatusHowItWent(t *testing.T) {
	s := start(t, nil)
	const root = "/" + storeID
	s.rest(http.MethodPost, root+"/groups", `{"DisplayName":"Staff"}`)
	for what, c := range map[string]struct {
		method, path, body string
		status             int
		code               string
	}{
		"taken":          {http.MethodPost, root + "/groups", `{"DisplayName":"Staff"}`, 409, "ConflictException"},
		"nobody":         {http.MethodGet, root + "/users/" + nobody, "", 404, "ResourceNotFoundException"},
		"no store":       {http.MethodGet, "/d-1234567890", "", 404, "ResourceNotFoundException"},
		"no id":          {http.MethodGet, root + "/users/johndoe", "", 400, "ValidationException"},
		"no number":      {http.MethodGet, root + "/users?MaxResults=x", "", 400, "ValidationException"},
		"no such page":   {http.MethodGet, root + "/users?MaxResults=0", "", 400, "ValidationException"},
		"no JSON":        {http.MethodPost, root + "/users", `{`, 400, "SerializationException"},
		"another store":  {http.MethodPost, root + "/groups", `{"IdentityStoreId":"d-1234567890","DisplayName":"x"}`, 400, "ValidationException"},
		"no such path":   {http.MethodGet, root + "/devices", "", 404, "UnknownOperationException"},
		"no such method": {http.MethodPatch, root + "/users/" + nobody, "", 404, "UnknownOperationException"},
	} {
		if got := s.rest(c.method, c.path, c.body); got.status != c.status || got.body["__type"] != c.code {
			t.Errorf("%s: %d %s, want %d %s", what, got.status, got.raw, c.status, c.code)
		}
	}
	if got := s.do(s.request(http.MethodGet, "/identitystores/"+storeID+"/users", "")); got.status != 403 || got.body["__type"] != "MissingAuthenticationTokenException" {
		t.Errorf("unsigned: %d %s", got.status, got.raw)
	}
}
