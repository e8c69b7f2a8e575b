package cloudtrail_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"rollcall/caller"
	"rollcall/cloudtrail"
	"rollcall/directory"
	"rollcall/identity"
)

var (
	at        = time.Date(2024, 10, 10, 13, 23, 45, 678_901_000, time.UTC)
	bySCIM    = directory.Actor{Name: "token abcdefgh2345", Door: "scim"}
	byKey     = directory.Actor{Name: "Deploy/ci", Door: "aws"}
	byAnn     = directory.Actor{Name: "ann", Door: "cli"}
	scimCall  = directory.Call{ID: "11111111-1111-4111-8111-111111111111", Operation: "PatchUser", Source: "198.51.100.7", Agent: "Okta/1.0", Host: "scim.us-east-1.amazonaws.com", TLS: "TLSv1.3", Cipher: "TLS_AES_128_GCM_SHA256", Tenant: "0123456789a-tenant"}
	apiCall   = directory.Call{ID: "22222222-2222-4222-8222-222222222222", Operation: "CreateUser", Source: "198.51.100.8", Agent: "aws-cli/2", Host: "127.0.0.1:8480", Region: "eu-central-1", Account: "444455556666", Key: "ASIAQQQQQQQQQQQQQQQQ"}
	group     = identity.ID("1234567890-00000000-0000-4000-8000-000000000003")
	granted   = identity.Assignment{Principal: identity.Principal{Kind: identity.KindGroup, ID: group}, PermissionSet: identity.PermissionSetARN(instance, "ps-1234567890abcdef"), Account: "777788889999"}
	accessKey = caller.KeyEvent{ID: "AKIAQQQQQQQQQQQQQQQQ", Name: "ci", Account: account, Role: "Deploy", Active: true, CreatedAt: at, CreatedBy: "ann"}
	token     = caller.TokenEvent{ID: "abcdefgh2345", Tenant: "0123456789a-tenant", CreatedAt: at, ExpiresAt: at.AddDate(1, 0, 0)}
)

const userID identity.ID = "1234567890-00000000-0000-4000-8000-000000000001"

// Objects as the embedded directory's log has them.
var (
	user = json.RawMessage(`{
		"id": "1234567890-00000000-0000-4000-8000-000000000001", "userName": "ann", "displayName": "Ann Lee",
		"name": {"familyName": "Lee", "givenName": "Ann"}, "emails": [{"value": "ann@example.com", "type": "work", "primary": true}],
		"enterprise": {"department": "Research", "manager": "1234567890-00000000-0000-4000-8000-000000000002"},
		"externalIds": [{"issuer": "scim", "id": "anchor"}], "active": true, "revision": "r1",
		"createdAt": "2024-10-10T13:23:45.678901Z", "updatedAt": "2024-10-10T13:23:45.678901Z"
	}`)
	edited = json.RawMessage(`{
		"id": "1234567890-00000000-0000-4000-8000-000000000001", "userName": "ann", "displayName": "Ann Ray",
		"name": {"familyName": "Lee", "givenName": "Ann"},
		"enterprise": {"manager": "1234567890-00000000-0000-4000-8000-000000000002"},
		"externalIds": [{"issuer": "scim", "id": "anchor"}], "active": false, "revision": "r2",
		"createdAt": "2024-10-10T13:23:45.678901Z", "updatedAt": "2024-10-10T13:23:46.678901Z"
	}`)
	member = json.RawMessage(`{
		"id": "1234567890-00000000-0000-4000-8000-000000000004", "groupId": "1234567890-00000000-0000-4000-8000-000000000003",
		"userId": "1234567890-00000000-0000-4000-8000-000000000001",
		"createdAt": "2024-10-10T13:23:45.678901Z", "updatedAt": "2024-10-10T13:23:45.678901Z"
	}`)
)

const memberID identity.ID = "1234567890-00000000-0000-4000-8000-000000000004"

type sample struct {
	by            directory.Actor
	call          directory.Call
	operation     string
	kind          identity.Kind
	id            identity.ID
	before, after any
}

var samples = map[string]sample{
	"scim_create_user":             {bySCIM, scimCall, "CreateUser", identity.KindUser, userID, nil, user},
	"scim_patch_user":              {bySCIM, scimCall, "UpdateUser", identity.KindUser, userID, user, edited},
	"scim_delete_user":             {bySCIM, scimCall, "DeleteUser", identity.KindUser, userID, user, nil},
	"scim_remove_member":           {bySCIM, scimCall, "DeleteGroupMembership", identity.KindMembership, memberID, member, nil},
	"api_create_user":              {byKey, apiCall, "CreateUser", identity.KindUser, userID, nil, user},
	"api_update_user":              {byKey, apiCall, "UpdateUser", identity.KindUser, userID, user, edited},
	"api_create_membership":        {byKey, apiCall, "CreateGroupMembership", identity.KindMembership, memberID, nil, member},
	"console_add_member":           {byAnn, directory.Call{}, "CreateGroupMembership", identity.KindMembership, memberID, nil, member},
	"access_assign":                {byKey, apiCall, "CreateAccountAssignment", identity.KindAssignment, "33333333-3333-4333-8333-333333333333", nil, granted},
	"access_unassign":              {byKey, apiCall, "DeleteAccountAssignment", identity.KindAssignment, "33333333-3333-4333-8333-333333333333", granted, nil},
	"access_create_permission_set": {byKey, apiCall, "CreatePermissionSet", identity.KindPermissionSet, "ps-1234567890abcdef", nil, permissionSet("PT1H", "")},
	"access_put_inline_policy":     {byKey, apiCall, "PutInlinePolicyToPermissionSet", identity.KindPermissionSet, "ps-1234567890abcdef", permissionSet("PT1H", ""), permissionSet("PT1H", `{"Version":"2012-10-17"}`)},
	"key_create":                   {byAnn, directory.Call{}, caller.CreateAccessKey, caller.KindKey, "AKIAQQQQQQQQQQQQQQQQ", nil, accessKey},
	"key_delete":                   {byAnn, directory.Call{}, caller.DeleteAccessKey, caller.KindKey, "AKIAQQQQQQQQQQQQQQQQ", accessKey, nil},
	"token_create":                 {byAnn, directory.Call{}, caller.CreateToken, caller.KindToken, "abcdefgh2345", nil, token},
	"token_delete":                 {byAnn, directory.Call{}, caller.DeleteToken, caller.KindToken, "abcdefgh2345", token, nil},
}

func permissionSet(session, inline string) map[string]any {
	set := map[string]any{"arn": granted.PermissionSet, "name": "Admin", "sessionDuration": session, "createdAt": at}
	if inline != "" {
		set["inline"] = inline
	}
	return set
}

func (s sample) record(t *testing.T) cloudtrail.Record {
	t.Helper()
	e := directory.Event{Number: 7, Write: 7, At: at, Actor: s.by, Call: s.call, Operation: s.operation, Kind: s.kind, ID: s.id}
	for _, d := range []struct {
		of any
		to *json.RawMessage
	}{{s.before, &e.Before}, {s.after, &e.After}} {
		if d.of == nil {
			continue
		}
		text, err := json.Marshal(d.of)
		if err != nil {
			t.Fatal(err)
		}
		*d.to = text
	}
	r, err := log("d-1234567890").Record(e)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// golden holds that value is what a file has; UPDATE=1 writes it.
func golden(t *testing.T, name string, value any) {
	t.Helper()
	got, err := json.MarshalIndent(value, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join("testdata", name+".json")
	if os.Getenv("UPDATE") != "" {
		if err := os.WriteFile(file, append(got, '\n'), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)+"\n"); diff != "" {
		t.Errorf("%s is not current; UPDATE=1 go test writes it\n%s", file, diff)
	}
}

func TestRecordsHaveTheShapeOfCloudTrail(t *testing.T) {
	for name, s := range samples {
		t.Run(name, func(t *testing.T) { golden(t, name, s.record(t)) })
	}
}

func TestEventBridgeHasItsEnvelope(t *testing.T) {
	e := cloudtrail.EventBridge(samples["console_add_member"].record(t))
	golden(t, "eventbridge", e)
	for name, want := range map[string]string{
		"scim_create_user": "aws.identitystore-scim", "api_create_user": "aws.identitystore", "console_add_member": "aws.sso-directory",
		"access_assign": "aws.sso", "key_create": "aws.iam",
	} {
		if got := cloudtrail.EventBridge(samples[name].record(t)); got.Source != want || got.DetailType != "AWS API Call via CloudTrail" {
			t.Errorf("%s comes from %s, %s", name, got.Source, got.DetailType)
		}
	}
}
