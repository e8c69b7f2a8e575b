package cloudtrail_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"rollcall/cloudtrail"
	"rollcall/directory"
	"rollcall/identity"
)

// skeleton is the SCIM event of aws-contract 9.1, and what CloudTrail has in
// every record: paths, and the value where it is always the same.
var skeleton = map[string]any{
	"eventVersion": nil, "eventTime": "2024-10-10T13:23:45Z", "eventSource": "identitystore-scim.amazonaws.com", "eventName": "PatchUser",
	"awsRegion": nil, "sourceIPAddress": "198.51.100.7", "userAgent": "Okta/1.0", "requestID": "11111111-1111-4111-8111-111111111111",
	"eventID": nil, "readOnly": false, "eventType": "AwsApiCall", "managementEvent": true, "recipientAccountId": account, "eventCategory": "Management",
	"userIdentity.type": "WebIdentityUser", "userIdentity.accountId": account, "userIdentity.accessKeyId": "abcdefgh2345",
	"requestParameters.tenantId": "0123456789a-tenant", "requestParameters.id": string(userID),
	"requestParameters.httpBody.operations.0.op": "REPLACE", "requestParameters.httpBody.operations.0.path": "displayName",
	"requestParameters.httpBody.operations.0.value": cloudtrail.Hidden,
	"requestParameters.httpBody.schemas.0":          "urn:ietf:params:scim:api:messages:2.0:PatchOp",
	"responseElements.id":                           string(userID), "responseElements.userName": cloudtrail.Hidden, "responseElements.meta.created": "Oct 10, 2024, 1:23:45 PM",
	"responseElements.schemas.0":          "urn:ietf:params:scim:schemas:core:2.0:User",
	"tlsDetails.clientProvidedHostHeader": "scim.us-east-1.amazonaws.com", "tlsDetails.tlsVersion": "TLSv1.3", "tlsDetails.cipherSuite": "TLS_AES_128_GCM_SHA256",
	"rollcall.sequence": 7.0, "rollcall.actor": "token abcdefgh2345", "rollcall.door": "scim", "rollcall.before.userName": "ann", "rollcall.after.userName": "ann",
}

func TestASCIMEventHasEveryMemberOfTheContract(t *testing.T) {
	record := decoded(t, samples["scim_patch_user"].record(t))
	for path, want := range skeleton {
		got := record
		for part := range strings.SplitSeq(path, ".") {
			switch v := got.(type) {
			case map[string]any:
				got = v[part]
			case []any:
				got = v[slices.Index([]string{"0", "1"}, part)]
			default:
				got = nil
			}
		}
		if got == nil || want != nil && got != want {
			t.Errorf("%s is %v, want %v", path, got, want)
		}
	}
}

func TestIDsOfRecordsAreStableAndTheirOwn(t *testing.T) {
	seen := map[string]string{}
	for _, store := range []identity.StoreID{"d-1234567890", "d-0987654321"} {
		for _, number := range []int64{1, 2, 3} {
			e := directory.Event{Number: number, Write: min(number, 2), At: at, Operation: "DeleteUser", Kind: identity.KindUser, ID: userID, Before: []byte(`{}`)}
			one, err := log(store).Record(e)
			two, again := log(store).Record(e)
			if err != nil || again != nil || one.EventID != two.EventID || one.RequestID != two.RequestID {
				t.Errorf("%v %v: %s and %s", err, again, one.EventID, two.EventID)
			}
			name := fmt.Sprint(store, number)
			if other, taken := seen[one.EventID]; taken {
				t.Errorf("%s has the id of %s", name, other)
			}
			seen[one.EventID] = name
			if write := fmt.Sprint(store, "request", e.Write); seen[one.RequestID] != "" && seen[one.RequestID] != write {
				t.Errorf("%s has the request of %s", name, seen[one.RequestID])
			} else {
				seen[one.RequestID] = write
			}
		}
	}
}

func TestAnEventWithoutARequestIsWholeAllTheSame(t *testing.T) {
	r, err := cloudtrail.Log{}.Record(directory.Event{Number: 1, Write: 1, At: at, Operation: "DeleteGroup", Kind: identity.KindGroup, ID: group, Before: []byte(`{}`)})
	if err != nil || r.UserIdentity.Type != "Unknown" || r.RecipientAccountID != account || r.AWSRegion != cloudtrail.DefaultRegion ||
		r.SourceIPAddress != "rollcall" || r.UserAgent != "rollcall" || r.RequestID == "" || r.TLSDetails != nil {
		t.Errorf("%+v, %v", r, err)
	}
}

func TestAnObjectThatCannotBeReadIsAnErrorWithoutItsData(t *testing.T) {
	for _, kind := range []identity.Kind{identity.KindUser, identity.KindGroup, identity.KindMembership, identity.KindStore, identity.KindAssignment, "accesskey", "scimtoken", "permissionset"} {
		_, err := log("d-1234567890").Record(directory.Event{Kind: kind, Operation: "UpdateUser", After: []byte(`{"secret`)})
		if err == nil || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %v", kind, err)
		}
	}
}
