package scimdoor_test

import (
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
)

// shape is a JSON value with every leaf replaced by its type, so that two
// answers with the same keys and types are equal.
func shape(t *testing.T, raw string) string {
	t.Helper()
	var v any
	if err := json.Unmarshal([]byte(raw), &v); err != nil {
		t.Fatalf("%v in %s", err, raw)
	}
	out, err := json.Marshal(shapeOf(v))
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

func shapeOf(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for k := range v {
			v[k] = shapeOf(v[k])
		}
		return v
	case []any:
		for i := range v {
			v[i] = shapeOf(v[i])
		}
		return v
	}
	return fmt.Sprintf("%T", v)
}

// Requests and answers of aws-contract 7.11.
const (
	exampleUser   = `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User","urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"],"externalId":"701984","userName":"bjensen","name":{"familyName":"Jensen","givenName":"Barbara"},"displayName":"Babs Jensen","emails":[{"value":"bjensen@example.com","type":"work","primary":true}],"active":true,"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"department":"Tour Operations","manager":{"value":"9067729b3d-ee533c18-538a-4cd3-a572-63fb863ed734"}}}`
	exampleMade   = `{"id":"9067729b3d-94f1e0b3-c394-48d5-8ab1-2c122a167074","externalId":"701984","meta":{"resourceType":"User","created":"2020-03-31T02:36:15Z","lastModified":"2020-03-31T02:36:15Z"},"schemas":["urn:ietf:params:scim:schemas:core:2.0:User","urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"],"userName":"bjensen","name":{"familyName":"Jensen","givenName":"Barbara"},"displayName":"Babs Jensen","active":true,"emails":[{"value":"bjensen@example.com","type":"work","primary":true}],"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"department":"Tour Operations","manager":{"value":"9067729b3d-ee533c18-538a-4cd3-a572-63fb863ed734"}}}`
	exampleEmpty  = `{"totalResults":0,"itemsPerPage":0,"startIndex":1,"schemas":["urn:ietf:params:scim:api:messages:2.0:ListResponse"],"Resources":[]}`
	exampleError  = `{"schema":["urn:ietf:params:scim:api:messages:2.0:Error"],"schemas":["urn:ietf:params:scim:api:messages:2.0:Error"],"detail":"Request is unparsable, syntactically incorrect, or violates schema.","status":"400","exceptionRequestId":"59370c32-f096-4892-8e37-94b4581f1f03","timeStamp":"2024-04-05 06:32:12.227"}`
	exampleGroups = `{"itemsPerPage":100,"nextCursor":"Q3Vyc29yR3JvdXBzRmlsdGVy","schemas":["urn:ietf:params:scim:api:messages:2.0:ListResponse"],"Resources":[{"id":"d468e4d8-c051-703d-dd84-28caf445f15e","externalId":"eid_1","meta":{"resourceType":"Group","created":"2025-08-08T17:28:12Z","lastModified":"2025-08-08T17:28:12Z"},"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"displayName":"g","members":[]}]}`
)

func TestTheExamplesHaveTheSameKeysAndTypes(t *testing.T) {
	each(t, func(t *testing.T, s *site) {
		made := s.must(201, "POST /Users", exampleUser)
		if got, want := shape(t, made.raw), shape(t, exampleMade); got != want {
			t.Errorf("created\n%s\nwant\n%s", got, want)
		}
		if made.header.Get("Content-Type") != "application/json" {
			t.Errorf("Content-Type %q", made.header.Get("Content-Type"))
		}
		if got := s.must(200, "GET /Users/"+made.id(), "").raw; got != made.raw {
			t.Errorf("read\n%s\nwant what was answered to the creation\n%s", got, made.raw)
		}
		for field, created := range made.body["meta"].(map[string]any) {
			if text := created.(string); field != "resourceType" && (len(text) != len("2020-03-31T02:36:15Z") || !strings.HasSuffix(text, "Z")) {
				t.Errorf("meta.%s is %q, want whole seconds of UTC", field, text)
			}
		}
		none := s.must(200, `GET /Users?filter=`+url.QueryEscape(`userName eq "nobody"`), "")
		if none.raw != exampleEmpty {
			t.Errorf("nobody\n%s\nwant\n%s", none.raw, exampleEmpty)
		}
		bad := s.must(400, "POST /Users", "{")
		if got, want := shape(t, bad.raw), shape(t, exampleError); got != want {
			t.Errorf("refused\n%s\nwant\n%s", got, want)
		}
		if bad.body["exceptionRequestId"] != bad.header.Get("x-amzn-RequestId") {
			t.Error("the error names another request than the header")
		}
	})
}

func TestTheExampleOfGroupsByMember(t *testing.T) {
	each(t, func(t *testing.T, s *site) {
		user := s.user("ann")
		for i := range 3 {
			s.must(201, "POST /Groups", fmt.Sprintf(`{"displayName":"g%d","externalId":"eid_%d","members":[{"value":%q}]}`, i, i, user))
		}
		call := "GET /Groups?cursor&count=%d&filter=" + strings.ReplaceAll(url.QueryEscape(`members.value eq "`+user+`"`), "%", "%%")
		page := s.must(200, fmt.Sprintf(call, 1), "")
		if got, want := shape(t, page.raw), shape(t, exampleGroups); got != want {
			t.Errorf("page\n%s\nwant\n%s", got, want)
		}
		all := s.must(200, fmt.Sprintf(call, 100), "")
		if got := all.resources("displayName"); !slices.Equal(got, []string{"g0", "g1", "g2"}) || all.body["nextCursor"] != nil {
			t.Errorf("all groups are %v, next %v", got, all.body["nextCursor"])
		}
	})
}

func TestTheExamplePatches(t *testing.T) {
	each(t, func(t *testing.T, s *site) {
		user, group := s.user("ann"), s.group("Group Foo")
		off := s.must(200, "PATCH /Users/"+user, `{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"replace","path":"active","value":"false"}]}`)
		if off.body["active"] != false {
			t.Errorf("active is %v", off.body["active"])
		}
		added := s.must(204, "PATCH /Groups/"+group, `{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"add","path":"members","value":[{"value":"`+user+`"}]}]}`)
		if added.raw != "" {
			t.Errorf("a body with 204: %s", added.raw)
		}
		s.must(204, "PATCH /Groups/"+group, `{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"replace","value":{"id":"`+group+`","displayName":"Group Foo New"}}]}`)
		got := s.must(200, "GET /Groups/"+group, "")
		if got.body["displayName"] != "Group Foo New" || !strings.Contains(got.raw, `"members":[]`) {
			t.Errorf("group is %s", got.raw)
		}
		if _, err := s.driver.FindMembership(t.Context(), idOf(group), idOf(user)); err != nil {
			t.Error(err)
		}
	})
}
