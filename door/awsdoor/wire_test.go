package awsdoor_test

import (
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"rollcall/awsjson"
	"rollcall/directory"
	"rollcall/door/awsdoor"
	"rollcall/identity"
)

// kindsOf says of each member of an answer what type of JSON it is.
func kindsOf(body map[string]any) map[string]string {
	out := map[string]string{}
	for name, value := range body {
		switch value.(type) {
		case string:
			out[name] = "string"
		case float64:
			out[name] = "number"
		case bool:
			out[name] = "boolean"
		case []any:
			out[name] = "list"
		case map[string]any:
			out[name] = "object"
		case nil:
			out[name] = "null" // which AWS leaves out
		}
	}
	return out
}

// keysAre holds that an answer has these members, of these types, and no other.
func keysAre(t *testing.T, what string, body map[string]any, want map[string]string) {
	t.Helper()
	same(t, what, want, kindsOf(body))
}

// The requests are those of aws-contract 3.9, written as both SDKs send them.
func TestTheExamplesOfTheContract(t *testing.T) {
	s := start(t, nil)
	user := s.call("CreateUser", `{"IdentityStoreId":"`+storeID+`","UserName":"ada@example.com","Name":{"GivenName":"Ada","FamilyName":"Lovelace"},"DisplayName":"Ada Lovelace","Emails":[{"Value":"ada@example.com","Type":"work","Primary":true}],"Extensions":{"aws:identitystore:enterprise":{"costCenter":"4130"}}}`)
	keysAre(t, "CreateUser", user.body, map[string]string{"IdentityStoreId": "string", "UserId": "string", "UserArn": "string", "Revision": "string"})
	id := user.body["UserId"].(string)
	if user.header.Get("Content-Type") != "application/x-amz-json-1.1" || !regexp.MustCompile(`^[0-9a-f-]{36}$`).MatchString(user.header.Get("x-amzn-RequestId")) {
		t.Errorf("headers %v", user.header)
	}
	if !regexp.MustCompile(`^906771b2aa-[0-9a-f-]{36}$`).MatchString(id) || user.body["UserArn"] != "arn:aws:identitystore:::user/"+id {
		t.Errorf("the answer is %s", user.raw)
	}
	if err := s.driver.SetExternalIDs(directory.WithActor(t.Context(), directory.Actor{Door: "scim"}), identity.KindUser, identity.ID(id), "", []identity.ExternalID{{Issuer: "<issuer>", ID: "701984"}}); err != nil {
		t.Fatal(err)
	}
	found := s.call("GetUserId", `{"IdentityStoreId":"`+storeID+`","AlternateIdentifier":{"UniqueAttribute":{"AttributePath":"userName","AttributeValue":"ada@example.com"}}}`)
	keysAre(t, "GetUserId", found.body, map[string]string{"IdentityStoreId": "string", "UserId": "string", "UserArn": "string"})

	listed := s.call("ListUsers", `{"IdentityStoreId":"`+storeID+`"}`)
	keysAre(t, "ListUsers", listed.body, map[string]string{"Users": "list"})
	one := listed.body["Users"].([]any)[0].(map[string]any)
	keysAre(t, "a user", one, map[string]string{
		"IdentityStoreId": "string", "UserId": "string", "UserArn": "string", "Revision": "string", "UserName": "string", "DisplayName": "string",
		"Name": "object", "Emails": "list", "ExternalIds": "list", "UserStatus": "string",
		"CreatedAt": "number", "UpdatedAt": "number", "CreatedBy": "string", "UpdatedBy": "string",
	})
	keysAre(t, "a name", one["Name"].(map[string]any), map[string]string{"GivenName": "string", "FamilyName": "string"})
	keysAre(t, "an e-mail", one["Emails"].([]any)[0].(map[string]any), map[string]string{"Value": "string", "Type": "string", "Primary": "boolean"})
	keysAre(t, "an external id", one["ExternalIds"].([]any)[0].(map[string]any), map[string]string{"Issuer": "string", "Id": "string"})
	if seconds := one["CreatedAt"].(float64); seconds < 1.7e9 || seconds > 1e10 {
		t.Errorf("CreatedAt is %v, want seconds", seconds)
	}

	updated := s.call("UpdateUser", `{"IdentityStoreId":"`+storeID+`","UserId":"`+id+`","Operations":[{"AttributePath":"displayName","AttributeValue":"Ada K"},{"AttributePath":"emails","AttributeValue":[{"value":"a@b.c","primary":true}]},{"AttributePath":"title","AttributeValue":null}]}`)
	keysAre(t, "UpdateUser", updated.body, map[string]string{"IdentityStoreId": "string", "UserId": "string", "UserArn": "string", "Revision": "string"})

	group := s.call("CreateGroup", `{"IdentityStoreId":"`+storeID+`","DisplayName":"Staff"}`)
	g := group.body["GroupId"].(string)
	membership := s.call("CreateGroupMembership", `{"IdentityStoreId":"`+storeID+`","GroupId":"`+g+`","MemberId":{"UserId":"`+id+`"}}`)
	keysAre(t, "CreateGroupMembership", membership.body, map[string]string{"IdentityStoreId": "string", "MembershipId": "string", "MembershipArn": "string"})
	is := s.call("IsMemberInGroups", `{"IdentityStoreId":"`+storeID+`","MemberId":{"UserId":"`+id+`"},"GroupIds":["`+g+`","00000000-0000-4000-8000-000000000000"]}`)
	keysAre(t, "IsMemberInGroups", is.body, map[string]string{"Results": "list"})
	result := is.body["Results"].([]any)[1].(map[string]any)
	keysAre(t, "a result", result, map[string]string{"GroupId": "string", "MemberId": "object", "MembershipExists": "boolean"})
	keysAre(t, "a member", result["MemberId"].(map[string]any), map[string]string{"UserId": "string"})
	if got := s.call("DeleteUser", `{"IdentityStoreId":"`+storeID+`","UserId":"`+id+`"}`); got.raw != "{}" || got.status != 200 {
		t.Errorf("DeleteUser: %d %s", got.status, got.raw)
	}
}

func TestTheErrorsOfTheContract(t *testing.T) {
	s := start(t, nil)
	s.call("CreateUser", `{"IdentityStoreId":"`+storeID+`","UserName":"ada","Name":{"GivenName":"Ada","FamilyName":"L"},"DisplayName":"Ada"}`)
	unknown := s.call("DescribeUser", `{"IdentityStoreId":"d-1234567890","UserId":"00000000-0000-4000-8000-000000000000"}`)
	if unknown.body["RequestId"] != unknown.header.Get("x-amzn-RequestId") || unknown.status != 400 {
		t.Errorf("status %d, request %v is %s in the header", unknown.status, unknown.body["RequestId"], unknown.header.Get("x-amzn-RequestId"))
	}
	delete(unknown.body, "RequestId")
	same(t, "an unknown store", map[string]any{
		"__type": "ResourceNotFoundException", "Message": "IdentityStore not present for IdentityStoreId: d-1234567890",
		"ResourceId": "d-1234567890", "ResourceType": "IDENTITY_STORE",
	}, unknown.body)
	taken := s.call("CreateUser", `{"IdentityStoreId":"`+storeID+`","UserName":"ADA","Name":{"GivenName":"Ada","FamilyName":"L"},"DisplayName":"Ada"}`)
	delete(taken.body, "RequestId")
	same(t, "a name that is taken", map[string]any{"__type": "ConflictException", "Message": "Duplicate UserName", "Reason": "UNIQUENESS_CONSTRAINT_VIOLATION"}, taken.body)
	for _, operation := range []string{"GetUserIdentity", "createUser", ""} {
		if got := s.call(operation, `{}`); got.raw != `{"__type":"UnknownOperationException"}` || got.status != 400 {
			t.Errorf("operation %q: %d %s", operation, got.status, got.raw)
		}
	}
}

func TestMembersTheModelDoesNotHaveArePassedOver(t *testing.T) {
	s := start(t, nil)
	got := s.call("CreateUser", `{"IdentityStoreId":"`+storeID+`","UserName":"ada","Name":{"GivenName":"Ada","FamilyName":"L","Later":1},"DisplayName":"Ada","Later":{"a":[1]},"Title":null,"Emails":null}`)
	if got.status != 200 {
		t.Errorf("%d %s", got.status, got.raw)
	}
	// These are in answers alone; SCIM sets them.
	got = s.call("CreateUser", `{"IdentityStoreId":"`+storeID+`","UserName":"eve","Name":{"GivenName":"Eve","FamilyName":"L"},"DisplayName":"Eve","UserStatus":"DISABLED","ExternalIds":[{"Issuer":"i","Id":"1"}]}`)
	eve := s.call("DescribeUser", `{"IdentityStoreId":"`+storeID+`","UserId":"`+got.body["UserId"].(string)+`"}`)
	if eve.body["UserStatus"] != "ENABLED" || eve.body["ExternalIds"] != nil {
		t.Errorf("created with a status and an external id: %s", eve.raw)
	}
	// Case counts, so this one has no userName.
	got = s.call("CreateUser", `{"IdentityStoreId":"`+storeID+`","userName":"bob","Name":{"GivenName":"Bob","FamilyName":"L"},"DisplayName":"Bob"}`)
	if got.body["Message"] != "userName is a required attribute" {
		t.Errorf("%d %s", got.status, got.raw)
	}
}

func TestTheLargestBodyIsOneMebibyte(t *testing.T) {
	s := start(t, nil)
	body := func(size int) string {
		const rest = `{"IdentityStoreId":"` + storeID + `","X":""}`
		return `{"IdentityStoreId":"` + storeID + `","X":"` + strings.Repeat("x", size-len(rest)) + `"}`
	}
	if got := s.call("ListUsers", body(1<<20)); got.status != 200 {
		t.Errorf("1 MiB: %d %s", got.status, got.raw)
	}
	if got := s.call("ListUsers", body(1<<20+1)); got.body["__type"] != "RequestEntityTooLargeException" {
		t.Errorf("1 MiB and a byte: %d %s", got.status, got.raw)
	}
}

func TestStatusesOfTheModelAreServedOnRequest(t *testing.T) {
	s := start(t, func(o *awsdoor.Options) { o.TraitStatuses = true })
	if got := s.call("DescribeUser", `{"IdentityStoreId":"`+storeID+`","UserId":"00000000-0000-4000-8000-000000000000"}`); got.status != http.StatusNotFound {
		t.Errorf("not found: %d", got.status)
	}
	if got := s.call("DescribeUser", `{}`); got.status != http.StatusBadRequest {
		t.Errorf("validation: %d", got.status)
	}
}

func TestDeletionsCanBeRepeatedWhereTheServerSaysSo(t *testing.T) {
	const nobody = `"00000000-0000-4000-8000-000000000000"`
	for idempotent, want := range map[bool]string{true: "", false: "ResourceNotFoundException"} {
		s := start(t, func(o *awsdoor.Options) { o.IdempotentDeletes = idempotent })
		for operation, member := range map[string]string{"DeleteUser": "UserId", "DeleteGroup": "GroupId", "DeleteGroupMembership": "MembershipId"} {
			got := s.call(operation, `{"IdentityStoreId":"`+storeID+`","`+member+`":`+nobody+`}`)
			if code, _ := got.body["__type"].(string); code != want {
				t.Errorf("%s: %s, want %q", operation, got.raw, want)
			}
			unknown := s.call(operation, `{"IdentityStoreId":"d-1234567890","`+member+`":`+nobody+`}`)
			if unknown.body["ResourceType"] != awsjson.ResourceStore {
				t.Errorf("%s in a store that is not there: %s", operation, unknown.raw)
			}
		}
	}
}

// Every write leaves an event that says who made it.
func TestWritesLeaveEvents(t *testing.T) {
	s := start(t, nil)
	s.call("CreateUser", `{"IdentityStoreId":"`+storeID+`","UserName":"ada","Name":{"GivenName":"Ada","FamilyName":"L"},"DisplayName":"Ada"}`)
	s.call("CreateGroup", `{"IdentityStoreId":"`+storeID+`","DisplayName":"Staff"}`)
	events, err := s.driver.Events(t.Context(), 0, 10)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]directory.Actor{}
	for _, e := range events {
		got[e.Operation] = e.Actor
	}
	by := directory.Actor{Name: "Tester/tester", Door: "aws"}
	same(t, "events", map[string]directory.Actor{"CreateUser": by, "CreateGroup": by}, got)
	if len(events) != len(slices.Collect(maps.Keys(got))) {
		t.Errorf("%d events", len(events))
	}
}
