package awsdoor_test

import (
	"encoding/json"
	"strings"
	"testing"
)

// members of each operation besides the store's id and those that only creating
// takes (aws-contract 3.1 and 3.3). Which values each may have is tried once, in
// awsjson; here, that every operation asks.
var membersOf = map[string][]string{
	"CreateUser":                    {"UserName", "Emails"},
	"CreateGroup":                   {"DisplayName", "Description"},
	"DescribeUser":                  {"UserId", "Extensions"},
	"DescribeGroup":                 {"GroupId"},
	"DescribeGroupMembership":       {"MembershipId"},
	"ListUsers":                     {"Extensions", "MaxResults", "NextToken", "Filters"},
	"ListGroups":                    {"MaxResults", "NextToken", "Filters"},
	"ListGroupMemberships":          {"GroupId", "MaxResults", "NextToken"},
	"ListGroupMembershipsForMember": {"MemberId", "MaxResults", "NextToken"},
	"ListIdentityStores":            {"MaxResults", "NextToken"},
	"UpdateUser":                    {"UserId", "Operations", "Revision"},
	"UpdateGroup":                   {"GroupId", "Operations", "Revision"},
	"DeleteUser":                    {"UserId", "Revision"},
	"DeleteGroup":                   {"GroupId", "Revision"},
	"DeleteGroupMembership":         {"MembershipId"},
	"GetUserId":                     {"AlternateIdentifier"},
	"GetGroupId":                    {"AlternateIdentifier"},
	"CreateGroupMembership":         {"GroupId", "MemberId"},
	"GetGroupMembershipId":          {"GroupId", "MemberId"},
	"IsMemberInGroups":              {"MemberId", "GroupIds"},
	"DescribeIdentityStore":         {},
	"UpdateIdentityStore":           {"NetworkConfiguration"},
}

// justOutside is a value that a member may not have, and where that is said.
var justOutside = map[string][2]string{
	"IdentityStoreId": {`"d-906771b2a"`, "identityStoreId"}, "UserName": {`"a b"`, "userName"}, "Emails": {`[{},{}]`, "emails"},
	"DisplayName": {`"` + strings.Repeat("x", 1025) + `"`, "displayName"}, "Description": {`"` + strings.Repeat("x", 1025) + `"`, "description"},
	"UserId": {`"` + nobody + `0"`, "userId"}, "GroupId": {`"` + nobody + `0"`, "groupId"}, "MembershipId": {`"` + nobody + `0"`, "membershipId"},
	"Extensions": {`[]`, "extensions"}, "MaxResults": {`101`, "maxResults"}, "NextToken": {`""`, "nextToken"},
	"Filters":    {`[{"AttributePath":"UserName","AttributeValue":"x"},{"AttributePath":"UserName","AttributeValue":"x"}]`, "filters"},
	"Operations": {`[]`, "operations"}, "Revision": {`"` + strings.Repeat("r", 65) + `"`, "revision"},
	"AlternateIdentifier": {`{}`, "alternateIdentifier"}, "MemberId": {`{"UserId":"x"}`, "memberId.userId"}, "GroupIds": {`[]`, "groupIds"},
	"NetworkConfiguration": {`{}`, "networkConfiguration.vpceAccessRequired"},
}

func TestEveryOperationChecksEachOfItsMembers(t *testing.T) {
	s := start(t, nil)
	for operation, good := range bodies {
		members, listed := membersOf[operation]
		if !listed {
			t.Errorf("%s is not in the table", operation)
		}
		if operation != "ListIdentityStores" {
			members = append([]string{"IdentityStoreId"}, members...)
		}
		for _, member := range members {
			in := map[string]json.RawMessage{}
			if err := json.Unmarshal([]byte(good), &in); err != nil {
				t.Fatal(err)
			}
			in[member] = json.RawMessage(justOutside[member][0])
			body, err := json.Marshal(in)
			if err != nil {
				t.Fatal(err)
			}
			got := s.call(operation, string(body))
			want := " at '" + justOutside[member][1] + "' failed"
			if message, _ := got.body["Message"].(string); got.body["__type"] != "ValidationException" ||
				!strings.HasPrefix(message, "1 validation error detected: Value") || !strings.Contains(message, want) {
				t.Errorf("%s, %s: %.300s, want one error%s", operation, member, got.raw, want)
			}
		}
	}
}
