package awsdoor_test

import (
	"context"
	"errors"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/identitystore"
	"github.com/aws/aws-sdk-go-v2/service/identitystore/types"

	"rollcall/directory"
	"rollcall/door/awsdoor"
	"rollcall/fault"
	"rollcall/identity"
)

const nobody = "00000000-0000-4000-8000-000000000000"

// bodies is a good request of every operation there is, about objects that are
// not there.
var bodies = map[string]string{
	"CreateUser":                    `{"IdentityStoreId":"d-906771b2aa","UserName":"ada","Name":{"GivenName":"Ada","FamilyName":"L"},"DisplayName":"Ada"}`,
	"DescribeUser":                  `{"IdentityStoreId":"d-906771b2aa","UserId":"` + nobody + `"}`,
	"ListUsers":                     `{"IdentityStoreId":"d-906771b2aa"}`,
	"UpdateUser":                    `{"IdentityStoreId":"d-906771b2aa","UserId":"` + nobody + `","Operations":[{"AttributePath":"title","AttributeValue":"x"}]}`,
	"DeleteUser":                    `{"IdentityStoreId":"d-906771b2aa","UserId":"` + nobody + `"}`,
	"GetUserId":                     `{"IdentityStoreId":"d-906771b2aa","AlternateIdentifier":{"UniqueAttribute":{"AttributePath":"userName","AttributeValue":"x"}}}`,
	"CreateGroup":                   `{"IdentityStoreId":"d-906771b2aa","DisplayName":"Staff"}`,
	"DescribeGroup":                 `{"IdentityStoreId":"d-906771b2aa","GroupId":"` + nobody + `"}`,
	"ListGroups":                    `{"IdentityStoreId":"d-906771b2aa"}`,
	"UpdateGroup":                   `{"IdentityStoreId":"d-906771b2aa","GroupId":"` + nobody + `","Operations":[{"AttributePath":"description","AttributeValue":"x"}]}`,
	"DeleteGroup":                   `{"IdentityStoreId":"d-906771b2aa","GroupId":"` + nobody + `"}`,
	"GetGroupId":                    `{"IdentityStoreId":"d-906771b2aa","AlternateIdentifier":{"UniqueAttribute":{"AttributePath":"displayName","AttributeValue":"x"}}}`,
	"CreateGroupMembership":         `{"IdentityStoreId":"d-906771b2aa","GroupId":"` + nobody + `","MemberId":{"UserId":"` + nobody + `"}}`,
	"DescribeGroupMembership":       `{"IdentityStoreId":"d-906771b2aa","MembershipId":"` + nobody + `"}`,
	"DeleteGroupMembership":         `{"IdentityStoreId":"d-906771b2aa","MembershipId":"` + nobody + `"}`,
	"GetGroupMembershipId":          `{"IdentityStoreId":"d-906771b2aa","GroupId":"` + nobody + `","MemberId":{"UserId":"` + nobody + `"}}`,
	"ListGroupMemberships":          `{"IdentityStoreId":"d-906771b2aa","GroupId":"` + nobody + `"}`,
	"ListGroupMembershipsForMember": `{"IdentityStoreId":"d-906771b2aa","MemberId":{"UserId":"` + nobody + `"}}`,
	"IsMemberInGroups":              `{"IdentityStoreId":"d-906771b2aa","MemberId":{"UserId":"` + nobody + `"},"GroupIds":["` + nobody + `"]}`,
	"ListIdentityStores":            `{}`,
	"DescribeIdentityStore":         `{"IdentityStoreId":"d-906771b2aa"}`,
	"UpdateIdentityStore":           `{"IdentityStoreId":"d-906771b2aa"}`,
}

// What the operations answer about objects that are not there; the others
// succeed.
var notThere = map[string]string{
	"DescribeUser": "USER", "UpdateUser": "USER", "DeleteUser": "USER", "GetUserId": "USER", "ListGroupMembershipsForMember": "USER", "IsMemberInGroups": "USER",
	"DescribeGroup": "GROUP", "UpdateGroup": "GROUP", "DeleteGroup": "GROUP", "GetGroupId": "GROUP", "CreateGroupMembership": "GROUP", "ListGroupMemberships": "GROUP",
	"DescribeGroupMembership": "GROUP_MEMBERSHIP", "DeleteGroupMembership": "GROUP_MEMBERSHIP", "GetGroupMembershipId": "GROUP_MEMBERSHIP",
}

func TestEveryOperationAnswers(t *testing.T) {
	s := start(t, nil)
	if len(bodies) != 22 {
		t.Fatalf("%d operations, want the 22 of the model", len(bodies))
	}
	for _, operation := range slices.Sorted(maps.Keys(bodies)) {
		t.Run(operation, func(t *testing.T) {
			got := s.call(operation, bodies[operation])
			if resource, fails := notThere[operation]; fails {
				if got.body["__type"] != "ResourceNotFoundException" || got.body["ResourceType"] != resource {
					t.Errorf("about nothing: %s, want %s not found", got.raw, resource)
				}
			} else if got.status != 200 {
				t.Errorf("%d %s", got.status, got.raw)
			}
			for what, c := range map[string][2]string{
				"no JSON":        {`{`, "SerializationException"},
				"no object":      {`[]`, "SerializationException"},
				"two objects":    {`{}{}`, "SerializationException"},
				"not UTF-8":      {"{\"X\":\"\xff\"}", "SerializationException"},
				"no such id":     {`{"IdentityStoreId":"d-906771b2a"}`, "ValidationException"},
				"a page too big": {`{"MaxResults":101}`, "ValidationException"},
				"null":           {`{"IdentityStoreId":null}`, "ValidationException"},
			} {
				got := s.call(operation, c[0])
				lax := operation == "ListIdentityStores" && (what == "no such id" || what == "null") // it has no such member
				if !lax && (got.body["__type"] != c[1] || got.status != 400 || got.body["RequestId"] == nil) {
					t.Errorf("%s: %d %s, want %s", what, got.status, got.raw, c[1])
				}
			}
		})
	}
}

// broken fails every call, as kind says.
type broken struct{ err error }

func (b broken) Open(context.Context, identity.StoreID) (*directory.Directory, error) {
	return nil, b.err
}
func (b broken) List(context.Context) ([]identity.StoreID, error) { return nil, b.err }

func TestEveryFailureHasItsType(t *testing.T) {
	for _, kind := range fault.Kinds() {
		want, ok := map[fault.Kind]string{
			fault.Internal: "InternalServerException", fault.Invalid: "ValidationException", fault.NotFound: "ResourceNotFoundException",
			fault.Conflict: "ConflictException", fault.Stale: "ConflictException", fault.Unauthenticated: "UnrecognizedClientException",
			fault.Denied: "AccessDeniedException", fault.Unsupported: "ValidationException", fault.Throttled: "ThrottlingException",
			fault.Quota: "ServiceQuotaExceededException", fault.Unavailable: "InternalServerException", fault.Incomplete: "InternalServerException",
		}[kind]
		if !ok {
			t.Fatalf("%v has no type here", kind)
		}
		err := fault.Text(kind, "open store", "store", "a cause")
		err.RetryAfter = 1500 * time.Millisecond
		s := start(t, func(o *awsdoor.Options) { o.Stores = broken{err} })
		for operation, body := range bodies {
			got := s.call(operation, body)
			status := map[bool]int{true: 500, false: 400}[want == "InternalServerException"]
			if got.body["__type"] != want || got.status != status || got.body["Message"] == "" {
				t.Errorf("%v in %s: %d %s, want %s", kind, operation, got.status, got.raw, want)
			}
			if kind == fault.Throttled && got.body["RetryAfterSeconds"] != 2.0 {
				t.Errorf("throttled in %s: %s, want 2 seconds", operation, got.raw)
			}
		}
	}
}

// The SDK makes its own error types of what it is answered.
func TestTheSDKKnowsEveryError(t *testing.T) {
	s := start(t, nil)
	ctx := t.Context()
	made := must[*identitystore.CreateUserOutput](t, "create user")(s.client.CreateUser(ctx, whole("ada")))
	group := must[*identitystore.CreateGroupOutput](t, "create group")(s.client.CreateGroup(ctx, &identitystore.CreateGroupInput{IdentityStoreId: aws.String(storeID), DisplayName: aws.String("Staff")}))

	err := second(s.client.DescribeUser(ctx, &identitystore.DescribeUserInput{IdentityStoreId: aws.String(storeID), UserId: aws.String(nobody)}))
	if e := (*types.ResourceNotFoundException)(nil); !errors.As(err, &e) || e.ResourceType != types.ResourceTypeUser || *e.ResourceId != nobody || *e.RequestId == "" {
		t.Errorf("not found: %v", err)
	}
	other := whole("bob")
	other.Emails[0].Value = aws.String("ADA@example.com")
	for what, err := range map[string]error{
		"Duplicate UserName":         second(s.client.CreateUser(ctx, ada("ADA"))),
		"Duplicate Email":            second(s.client.CreateUser(ctx, other)),
		"Duplicate GroupDisplayName": second(s.client.CreateGroup(ctx, &identitystore.CreateGroupInput{IdentityStoreId: aws.String(storeID), DisplayName: aws.String("STAFF")})),
	} {
		if e := (*types.ConflictException)(nil); !errors.As(err, &e) || *e.Message != what || e.Reason != types.ConflictExceptionReasonUniquenessConstraintViolation {
			t.Errorf("%s: %v", what, err)
		}
	}
	in := &identitystore.CreateGroupMembershipInput{IdentityStoreId: aws.String(storeID), GroupId: group.GroupId, MemberId: &types.MemberIdMemberUserId{Value: *made.UserId}}
	must[*identitystore.CreateGroupMembershipOutput](t, "create membership")(s.client.CreateGroupMembership(ctx, in))
	refused(t, "create it again", second(s.client.CreateGroupMembership(ctx, in)), "ConflictException")
	in.MemberId = &types.MemberIdMemberUserId{Value: nobody}
	if e := refused(t, "nobody in a group", second(s.client.CreateGroupMembership(ctx, in)), "ResourceNotFoundException"); e.ErrorMessage() != "Member does not exist" {
		t.Errorf("the message is %q", e.ErrorMessage())
	}
	in.GroupId = aws.String(nobody)
	if e := refused(t, "in no group", second(s.client.CreateGroupMembership(ctx, in)), "ResourceNotFoundException"); e.ErrorMessage() != "Group does not exist" {
		t.Errorf("the message is %q", e.ErrorMessage())
	}
	throttled := start(t, func(o *awsdoor.Options) {
		o.Stores = broken{&fault.Error{Kind: fault.Throttled, RetryAfter: 3 * time.Second}}
	})
	err = second(throttled.client.ListUsers(ctx, &identitystore.ListUsersInput{IdentityStoreId: aws.String(storeID)}))
	if e := (*types.ThrottlingException)(nil); !errors.As(err, &e) || e.RetryAfterSeconds != 3 {
		t.Errorf("throttled: %v", err)
	}
}

func TestWhatTheServiceDemandsBeyondItsModel(t *testing.T) {
	s := start(t, nil)
	made := s.call("CreateUser", bodies["CreateUser"])
	id := made.body["UserId"].(string)
	update := func(path, value string) string {
		return `{"IdentityStoreId":"` + storeID + `","UserId":"` + id + `","Operations":[{"AttributePath":"` + path + `","AttributeValue":` + value + `}]}`
	}
	for what, c := range map[string]struct{ operation, body, message string }{
		"nothing at all":      {"CreateUser", `{"IdentityStoreId":"` + storeID + `"}`, "userName is a required attribute"},
		"a userName alone":    {"CreateUser", `{"IdentityStoreId":"` + storeID + `","UserName":"x"}`, "displayname: The attribute displayname is required, name: The attribute name is required"},
		"an empty name":       {"CreateUser", `{"IdentityStoreId":"` + storeID + `","UserName":"x","DisplayName":"X","Name":{"MiddleName":"Q"}}`, "givenname: The attribute givenname is required, familyname: The attribute familyname is required"},
		"a group's name":      {"CreateGroup", `{"IdentityStoreId":"` + storeID + `"}`, "displayName is a required attribute"},
		"displayName unset":   {"UpdateUser", update("displayName", "null"), "displayname: The attribute displayname is required"},
		"a reserved name":     {"CreateUser", `{"IdentityStoreId":"` + storeID + `","UserName":"Administrator","DisplayName":"X","Name":{"GivenName":"X","FamilyName":"X"}}`, "1 validation error detected: Value at 'userName' failed to satisfy constraint: AWS keeps the names Administrator and AWSAdministrators for itself"},
		"a reserved group":    {"CreateGroup", `{"IdentityStoreId":"` + storeID + `","DisplayName":"AWSAdministrators"}`, "1 validation error detected: Value at 'displayName' failed to satisfy constraint: AWS keeps the names Administrator and AWSAdministrators for itself"},
		"the status":          {"UpdateUser", update("active", "false"), "1 validation error detected: Value at 'operations.1.member.attributePath' failed to satisfy constraint: Member must be the path of an attribute that can be updated; a part of a name is set by its own path, name.givenName"},
		"the name as a whole": {"UpdateUser", update("name", `{"givenName":"x"}`), "1 validation error detected: Value at 'operations.1.member.attributePath' failed to satisfy constraint: Member must be the path of an attribute that can be updated; a part of a name is set by its own path, name.givenName"},
		"an empty text":       {"UpdateUser", update("title", `""`), "1 validation error detected: Value at 'operations.1.member.attributeValue' failed to satisfy constraint: Member must have length greater than or equal to 1"},
		"an empty list":       {"UpdateUser", update("emails", `[]`), "1 validation error detected: Value at 'operations.1.member.attributeValue' failed to satisfy constraint: Member must have length greater than or equal to 1"},
		"two e-mails":         {"UpdateUser", update("emails", `[{"value":"a@b.c"},{"value":"b@b.c"}]`), "1 validation error detected: Value at 'emails' failed to satisfy constraint: Member must have length less than or equal to 1"},
		"capital keys":        {"UpdateUser", update("emails", `[{"Valeu":"a@b.c"}]`), "1 validation error detected: Value at 'emails' failed to satisfy constraint: Member must be of the attribute's type, with no keys but the attribute's own"},
	} {
		got := s.call(c.operation, c.body)
		if got.body["__type"] != "ValidationException" || got.body["Message"] != c.message {
			t.Errorf("%s: %s, want %q", what, got.raw, c.message)
		}
	}
}
