package awsdoor_test

import (
	"strings"
	"testing"

	"rollcall/directory"
	"rollcall/identity"
)

// The requests and answers are those of aws-contract 4.6, with the ids that
// things have here.
func TestTheExamplesOfSSOAdmin(t *testing.T) {
	c := startCenter(t, nil, 0)
	c.sso("UpdateInstance", `{"InstanceArn":"`+c.instance+`","Name":"main"}`)
	set, team := c.permissionSet("Reader"), c.group("Team")
	body := `{"InstanceArn":"` + c.instance + `","TargetId":"` + account + `","TargetType":"AWS_ACCOUNT","PermissionSetArn":"` + set + `","PrincipalType":"GROUP","PrincipalId":"` + team + `"}`
	begun := c.sso("CreateAccountAssignment", body)
	keysAre(t, "CreateAccountAssignment", begun.body, map[string]string{"AccountAssignmentCreationStatus": "object"})
	status := begun.body["AccountAssignmentCreationStatus"].(map[string]any)
	id := status["RequestId"].(string)
	want := map[string]any{
		"Status": "IN_PROGRESS", "RequestId": id, "TargetId": account, "TargetType": "AWS_ACCOUNT", "PermissionSetArn": set, "PrincipalType": "GROUP", "PrincipalId": team,
	}
	same(t, "what is begun", want, status)
	describe := func(id string) map[string]any {
		t.Helper()
		got := c.sso("DescribeAccountAssignmentCreationStatus", `{"InstanceArn":"`+c.instance+`","AccountAssignmentCreationRequestId":"`+id+`"}`)
		keysAre(t, "DescribeAccountAssignmentCreationStatus", got.body, map[string]string{"AccountAssignmentCreationStatus": "object"})
		return got.body["AccountAssignmentCreationStatus"].(map[string]any)
	}
	c.clock.pass(requestDelay)
	done := describe(id)
	if seconds, ok := done["CreatedDate"].(float64); !ok || seconds < 1.7e9 || seconds > 1e10 {
		t.Errorf("CreatedDate is %v, want seconds", done["CreatedDate"])
	}
	want["Status"], want["CreatedDate"] = "SUCCEEDED", done["CreatedDate"]
	same(t, "what is done", want, done)
	failed := describe(c.assign(group, nobody, set, developer))
	if failed["Status"] != "FAILED" {
		t.Errorf("what failed is %v", failed)
	}
	want["FailureReason"] = "free text"
	same(t, "its members", kindsOf(want), kindsOf(failed))

	listed := c.sso("ListInstances", `{}`)
	keysAre(t, "ListInstances", listed.body, map[string]string{"Instances": "list"})
	instance := listed.body["Instances"].([]any)[0].(map[string]any)
	keysAre(t, "an instance", instance, map[string]string{
		"InstanceArn": "string", "IdentityStoreId": "string", "OwnerAccountId": "string", "Name": "string", "CreatedDate": "number", "Status": "string",
		"IdentityStoreArn": "string", "PrimaryRegion": "string", "Regions": "list",
	})
	keysAre(t, "a region", instance["Regions"].([]any)[0].(map[string]any), map[string]string{"RegionName": "string", "Status": "string", "AddedDate": "number", "IsPrimaryRegion": "boolean"})

	missing := c.sso("DescribePermissionSet", `{"InstanceArn":"`+c.instance+`","PermissionSetArn":"`+identity.PermissionSetARN(c.instance, noSet)+`"}`)
	if want := `{"__type":"ResourceNotFoundException","Message":"Could not find PermissionSet with id ` + noSet + `"}`; missing.raw != want || missing.status != 400 {
		t.Errorf("%d %s, want %s", missing.status, missing.raw, want)
	}
	if missing.header.Get("x-amzn-RequestId") == "" || missing.header.Get("Content-Type") != "application/x-amz-json-1.1" {
		t.Errorf("headers %v", missing.header)
	}
}

// Lists that are empty are there, but for that of an account without permission
// sets, and texts that nobody gave are not.
func TestWhatIsNotThereIsWrittenAsAWSDoes(t *testing.T) {
	c := startCenter(t, nil, 0)
	set := `"PermissionSetArn":"` + c.permissionSet("Reader") + `"`
	app := `"ApplicationArn":"` + c.newApplication("Wiki") + `"`
	for operation, want := range map[string][2]string{
		"ListPermissionSetProvisioningStatus":                {``, `{"PermissionSetsProvisioningStatus":[]}`},
		"ListAccountAssignmentCreationStatus":                {``, `{"AccountAssignmentsCreationStatus":[]}`},
		"ListAccountAssignmentDeletionStatus":                {``, `{"AccountAssignmentsDeletionStatus":[]}`},
		"ListAccountAssignments":                             {set + `,"AccountId":"` + developer + `"`, `{"AccountAssignments":[]}`},
		"ListAccountAssignmentsForPrincipal":                 {`"PrincipalType":"USER","PrincipalId":"` + nobody + `"`, `{"AccountAssignments":[]}`},
		"ListApplicationAssignmentsForPrincipal":             {`"PrincipalType":"USER","PrincipalId":"` + nobody + `"`, `{"ApplicationAssignments":[]}`},
		"ListApplicationAssignments":                         {app, `{"ApplicationAssignments":[]}`},
		"ListApplications":                                   {`"Filter":{"ApplicationAccount":"` + developer + `"}`, `{"Applications":[]}`},
		"ListAccountsForProvisionedPermissionSet":            {set, `{"AccountIds":[]}`},
		"ListPermissionSetsProvisionedToAccount":             {`"AccountId":"` + developer + `"`, `{}`},
		"ListManagedPoliciesInPermissionSet":                 {set, `{"AttachedManagedPolicies":[]}`},
		"ListCustomerManagedPolicyReferencesInPermissionSet": {set, `{"CustomerManagedPolicyReferences":[]}`},
		"GetInlinePolicyForPermissionSet":                    {set, `{"InlinePolicy":""}`},
		"ListTagsForResource":                                {`"ResourceArn":"` + c.instance + `"`, `{"Tags":[]}`},
		"GetApplicationAssignmentConfiguration":              {app, `{"AssignmentRequired":true}`},
	} {
		rest := want[0]
		if rest != "" {
			rest = "," + rest
		}
		if got := c.sso(operation, `{"InstanceArn":"`+c.instance+`"`+rest+`}`); got.raw != want[1] {
			t.Errorf("%s: %s, want %s", operation, got.raw, want[1])
		}
	}
	if got := c.sso("DeletePermissionSet", `{"InstanceArn":"`+c.instance+`",`+set+`}`); got.raw != "{}" {
		t.Errorf("DeletePermissionSet: %s", got.raw)
	}
	described := c.sso("DescribeApplication", `{`+app+`}`)
	for _, absent := range []string{"Description", "PortalOptions", "NextToken", "null"} {
		if strings.Contains(described.raw, absent) {
			t.Errorf("%s is in %s", absent, described.raw)
		}
	}
}

// Every write leaves an event in the log of the identity store, which says who
// made it; what only reads, is refused or changes nothing leaves none.
func TestWritesOfSSOAdminLeaveEvents(t *testing.T) {
	c := startCenter(t, nil, 0)
	before, err := c.driver.Events(t.Context(), 0, 1000)
	if err != nil {
		t.Fatal(err)
	}
	in := `{"InstanceArn":"` + c.instance + `"`
	made := c.sso("CreatePermissionSet", in+`,"Name":"Reader"}`)
	arn := made.body["PermissionSet"].(map[string]any)["PermissionSetArn"].(string)
	set := in + `,"PermissionSetArn":"` + arn + `"`
	id := string(identity.LastPart(arn))
	var want []string
	for _, call := range [][2]string{
		{"UpdatePermissionSet", set + `,"Description":"x"}`},
		{"PutInlinePolicyToPermissionSet", set + `,"InlinePolicy":"{}"}`},
		{"TagResource", `{"ResourceArn":"` + arn + `","Tags":[{"Key":"k","Value":"v"}]}`},
		{"ProvisionPermissionSet", set + `,"TargetType":"ALL_PROVISIONED_ACCOUNTS"}`},
	} {
		if got := c.sso(call[0], call[1]); got.status != 200 {
			t.Fatalf("%s: %s", call[0], got.raw)
		}
		want = append(want, call[0]+" permissionset "+id)
	}
	c.clock.pass(requestDelay)
	c.sso("UpdatePermissionSet", set+`,"Description":"x"}`) // as it is
	c.sso("UpdatePermissionSet", set+`,"Description":""}`)
	c.sso("DescribePermissionSet", set+`}`)
	if got := c.sso("DeletePermissionSet", set+`}`); got.status != 200 {
		t.Fatal(got.raw)
	}
	want = append(append([]string{"CreatePermissionSet permissionset " + id}, want...), "DeletePermissionSet permissionset "+id)
	events, err := c.driver.Events(t.Context(), 0, 1000)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range events[len(before):] {
		got = append(got, e.Operation+" "+string(e.Kind)+" "+string(e.ID))
		same(t, e.Operation+" is by", directory.Actor{Name: "Tester/tester", Door: "aws"}, e.Actor)
	}
	same(t, "events", want, got)
}
