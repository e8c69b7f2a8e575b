package main

import "strings"

// xsoarStep is one command; "ID(name)" in its arguments is the id in the answer
// to the step of that name.
type xsoarStep struct{ name, instance, command, args string }

const (
	seedUser  = `{"user-profile":{"email":"john.doe@example.com","username":"test","givenname":"test","surname":"test","displayname":"test"}}`
	unknownID = "9067642ac7-00000000-0000-4000-8000-000000000000"
)

// xsoarSteps are seed 003's behaviour, row by row, in an order in which they
// can be tried.
var xsoarSteps = []xsoarStep{
	{"test-module", "", "test-module", `{}`},
	{"get-mapping-fields", "", "get-mapping-fields", `{}`},
	{"get missing", "", "iam-get-user", `{"user-profile":{"username":"test"}}`},
	{"update not found", "strangers", "iam-update-user", `{"user-profile":{"username":"test"}}`},
	{"update not found, creating forbidden", "nobody", "iam-update-user", `{"user-profile":{"username":"test"}}`},
	{"disable not found", "", "iam-disable-user", `{"user-profile":{"username":"test"}}`},
	{"create disabled", "shut", "iam-create-user", seedUser},
	{"create", "", "iam-create-user", seedUser},
	{"create exists", "", "iam-create-user", seedUser},
	{"update disabled", "shut", "iam-update-user", seedUser},
	{"disable disabled", "shut", "iam-disable-user", seedUser},
	{"get", "", "iam-get-user", `{"user-profile":"{\"username\":\"TEST\"}"}`},
	{"get by id", "", "iam-get-user", `{"user-profile":{"id":"ID(create)"}}`},
	{"get an unknown id", "", "iam-get-user", `{"user-profile":{"id":"` + unknownID + `"}}`},
	{"get by nothing", "", "iam-get-user", `{"user-profile":{"email":"john.doe@example.com"}}`},
	{"update", "", "iam-update-user", `{"user-profile":{"username":"test","mobilephone":"+1 555","department":"R&D","city":"Berlin","title":"Engineer | Lead"}}`},
	{"update a part of an address", "", "iam-update-user", `{"user-profile":{"username":"test","country":"DE"}}`},
	{"nothing to update", "", "iam-update-user", `{"user-profile":{"username":"test","country":"DE"}}`},
	{"disable", "", "iam-disable-user", `{"user-profile":{"username":"test"}}`},
	{"disable twice", "", "iam-disable-user", `{"user-profile":{"username":"test"}}`},
	{"disable twice, generation A", "first", "iam-disable-user", `{"user-profile":{"username":"test"}}`},
	{"disable an unknown id", "", "iam-disable-user", `{"user-profile":{"id":"` + unknownID + `"}}`},
	{"update, allow-enable false", "", "iam-update-user", `{"user-profile":{"username":"test","title":"Lead"},"allow-enable":"false"}`},
	{"update, enabling forbidden", "asleep", "iam-update-user", `{"user-profile":{"username":"test"}}`},
	{"update and enable", "", "iam-update-user", `{"user-profile":{"username":"test","title":"Head"}}`},
	{"rename", "", "iam-update-user", `{"user-profile":{"username":"new","olduserdata":{"username":"test"}}}`},
	{"create with an address that is taken", "", "iam-create-user", strings.Replace(seedUser, `"test"`, `"other"`, 1)},
	{"create without a name", "", "iam-create-user", `{"user-profile":{"username":"other"}}`},
	{"create, generation A", "first", "iam-create-user", `{"user-profile":{"username":"early","givenname":"E","surname":"L","displayname":"Early","email":"early@example.com"}}`},
	{"get, generation A", "first", "iam-get-user", `{"user-profile":{"username":"early"}}`},
	{"update, generation A", "first", "iam-update-user", `{"user-profile":{"username":"early"}}`},
	{"update not found creates", "", "iam-update-user", `{"user-profile":{"username":"late","givenname":"L","surname":"T","displayname":"Late"}}`},
	{"a mapper of one's own", "ours", "iam-update-user", `{"user-profile":{"username":"late","jobtitle":"Chief","title":"none"}}`},
	{"and back", "ours", "iam-get-user", `{"user-profile":{"username":"late"}}`},
	{"refused by a brake", "", "iam-create-user", strings.ReplaceAll(seedUser, "test", "AWSReservedSSO")},

	{"get group", "", "iam-get-group", `{"scim":{"displayName":"Nope"}}`},
	{"get group by an unknown id", "", "iam-get-group", `{"scim":{"id":"` + unknownID + `"}}`},
	{"create group", "", "iam-create-group", `{"scim":{"displayName":"The group"}}`},
	{"create group exists", "", "iam-create-group", `{"scim":{"displayName":"the GROUP"}}`},
	{"update group", "", "iam-update-group", `{"scim":{"id":"ID(create group)"},"memberIdsToAdd":["ID(create)"]}`},
	{"update group, commas", "", "iam-update-group", `{"scim":"{\"id\":\"ID(create group)\"}","memberIdsToAdd":"ID(update not found creates), ID(create, generation A)"}`},
	{"update group, both lists", "", "iam-update-group", `{"scim":{"id":"ID(create group)"},"memberIdsToAdd":"ID(create)","memberIdsToDelete":"[\"ID(create, generation A)\"]"}`},
	{"update group, a member that there is not", "", "iam-update-group", `{"scim":{"id":"ID(create group)"},"memberIdsToAdd":["` + unknownID + `"]}`},
	{"update group, an unknown id", "", "iam-update-group", `{"scim":{"id":"` + unknownID + `"},"memberIdsToAdd":["ID(create)"]}`},
	{"update group, generation A", "first", "iam-update-group", `{"scim":{"id":"ID(create group)"},"memberIdsToDelete":["ID(update not found creates)"]}`},
	{"get group and its members", "", "iam-get-group", `{"scim":{"displayName":"The group"}}`},
	{"get group by id, generation A", "first", "iam-get-group", `{"scim":{"id":"ID(create group)"}}`},
	{"delete group", "", "iam-delete-group", `{"scim":{"id":"ID(create group)"}}`},
	{"delete group, gone", "", "iam-delete-group", `{"scim":{"id":"ID(create group)"}}`},
}

// xsoarRefusals are commands that cannot be understood, and why.
var xsoarRefusals = []struct{ command, args, says string }{
	{"iam-get-group", `{"scim":{}}`, `You must supply either "id" or "displayName" in the scim data`},
	{"iam-create-group", `{"scim":{}}`, `You must supply "displayName" of the group in the scim data`},
	{"iam-update-group", `{"scim":{"displayName":"x"},"memberIdsToAdd":"1"}`, `You must supply "id" in the scim data`},
	{"iam-update-group", `{"scim":{"id":"x"},"memberIdsToAdd":[]}`, `You must supply either "memberIdsToAdd" or "memberIdsToDelete" in the arguments`},
	{"iam-update-group", `{"scim":{"id":"x"},"memberIdsToAdd":"1","memberIdsToDelete":"1"}`, `a member id is in memberIdsToAdd and in memberIdsToDelete`},
	{"iam-delete-group", `{"scim":{"displayName":"x"}}`, `The group id needs to be provided.`},
	{"iam-get-user", `{}`, `the argument user-profile is missing`},
	{"iam-update-user", `{"user-profile":{"username":"x"},"allow-enable":"maybe"}`, `allow-enable is true or false`},
	{"iam-get-user", `{"user-profile":"{"}`, `user-profile is not JSON`},
}
