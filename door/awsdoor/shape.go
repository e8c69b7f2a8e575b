package awsdoor

import (
	"rollcall/awsjson"
	"rollcall/openapi"
)

// shape is what an operation takes and answers, and how it is described.
type shape struct {
	summary string
	input   awsjson.Input
	output  *openapi.Schema // nil for nothing
	example any             // of a body
}

// shapes are those of the Identity Store's operations.
var shapes = map[string]shape{
	"ListIdentityStores":    {"List the identity stores", new(awsjson.ListIdentityStoresInput), openapi.Out[awsjson.ListIdentityStoresOutput](), nil},
	"DescribeIdentityStore": {"Read an identity store", new(awsjson.DescribeIdentityStoreInput), openapi.Out[awsjson.DescribeIdentityStoreOutput](), nil},
	"UpdateIdentityStore": {
		"Say from where an identity store may be reached", new(awsjson.UpdateIdentityStoreInput), nil,
		map[string]any{"NetworkConfiguration": map[string]any{"VpceAccessRequired": false}},
	},

	"CreateUser": {"Create a user", new(awsjson.CreateUserInput), openapi.Out[awsjson.CreateUserOutput](), map[string]any{
		"UserName": "bob", "DisplayName": "Bob Ray", "Name": map[string]string{"GivenName": "Bob", "FamilyName": "Ray"},
		"Emails": []any{map[string]any{"Value": "bob@example.com", "Type": "work", "Primary": true}},
	}},
	"DescribeUser": {"Read a user", new(awsjson.DescribeUserInput), openapi.Out[awsjson.User](), nil},
	"ListUsers":    {"List users", new(awsjson.ListUsersInput), openapi.Out[awsjson.ListUsersOutput](), nil},
	"UpdateUser":   {"Change single attributes of a user", new(awsjson.UpdateUserInput), nil, operations("title", `"Engineer"`)},
	"DeleteUser":   {"Delete a user", new(awsjson.DeleteUserInput), nil, nil},
	"GetUserId":    {"Find a user by userName, e-mail or external id", new(awsjson.GetUserIDInput), openapi.Out[awsjson.GetUserIDOutput](), unique("userName", `"ann"`)},

	"CreateGroup": {"Create a group", new(awsjson.CreateGroupInput), openapi.Out[awsjson.CreateGroupOutput](), map[string]string{
		"DisplayName": "Auditors", "Description": "Who looks at accounts",
	}},
	"DescribeGroup": {"Read a group", new(awsjson.DescribeGroupInput), openapi.Out[awsjson.Group](), nil},
	"ListGroups":    {"List groups", new(awsjson.ListGroupsInput), openapi.Out[awsjson.ListGroupsOutput](), nil},
	"UpdateGroup":   {"Change single attributes of a group", new(awsjson.UpdateGroupInput), nil, operations("description", `"Who build it"`)},
	"DeleteGroup":   {"Delete a group", new(awsjson.DeleteGroupInput), nil, nil},
	"GetGroupId":    {"Find a group by displayName or external id", new(awsjson.GetGroupIDInput), openapi.Out[awsjson.GetGroupIDOutput](), unique("displayName", `"Engineers"`)},

	"CreateGroupMembership":   {"Put a user into a group", new(awsjson.CreateGroupMembershipInput), openapi.Out[awsjson.CreateGroupMembershipOutput](), someMembership},
	"DescribeGroupMembership": {"Read a membership", new(awsjson.DescribeGroupMembershipInput), openapi.Out[awsjson.Membership](), nil},
	"DeleteGroupMembership":   {"Take a user out of a group", new(awsjson.DeleteGroupMembershipInput), nil, nil},
	"GetGroupMembershipId":    {"Find a membership by its user and its group", new(awsjson.GetGroupMembershipIDInput), openapi.Out[awsjson.GetGroupMembershipIDOutput](), someMembership},
	"ListGroupMemberships":    {"List who is in a group", new(awsjson.ListGroupMembershipsInput), openapi.Out[awsjson.ListGroupMembershipsOutput](), nil},
	"ListGroupMembershipsForMember": {
		"List the groups that a user is in", new(awsjson.ListGroupMembershipsForMemberInput), openapi.Out[awsjson.ListGroupMembershipsOutput](), nil,
	},
	"IsMemberInGroups": {"Say of each group whether a user is in it", new(awsjson.IsMemberInGroupsInput), openapi.Out[awsjson.IsMemberInGroupsOutput](), map[string]any{
		"MemberId": map[string]string{"UserId": openapi.ExampleUser}, "GroupIds": []string{openapi.ExampleGroup},
	}},
}

var someMembership = map[string]any{"GroupId": openapi.ExampleGroup, "MemberId": map[string]string{"UserId": openapi.ExampleUser}}

// memberWords say what members are for that are in a path or query.
var memberWords = map[string]string{
	"IdentityStoreId": "The identity store: its id or its ARN",
	"UserId":          "The user: the id or the ARN",
	"GroupId":         "The group: the id or the ARN",
	"MembershipId":    "The membership: its id or its ARN",
	"MaxResults":      "How many there may be in the answer",
	"NextToken":       "Where to go on: what the answer before said",
	"Extensions":      "Extensions to answer with: " + awsjson.EnterpriseExtension,
	"Revision":        "The revision that it must have",
}

// examples are values of members, where they must be given.
var examples = map[string]any{
	"IdentityStoreId": openapi.ExampleStore, "UserId": openapi.ExampleUser, "GroupId": openapi.ExampleGroup, "MembershipId": openapi.ExampleMembership,
}

func operations(path, value string) any {
	return map[string]any{"Operations": []any{map[string]any{"AttributePath": path, "AttributeValue": document(value)}}}
}

func unique(path, value string) any {
	return map[string]any{"AlternateIdentifier": map[string]any{
		"UniqueAttribute": map[string]any{"AttributePath": path, "AttributeValue": document(value)},
	}}
}
