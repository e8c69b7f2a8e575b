package awsdoor_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"rollcall/identity"
)

const (
	instanceForm = `arn:aws(-[a-z]{1,5}){0,3}:sso:::instance/(sso)?ins-[a-zA-Z0-9-.]{16}`
	setForm      = `arn:aws(-[a-z]{1,5}){0,3}:sso:::permissionSet/(sso)?ins-[a-zA-Z0-9-.]{16}/ps-[a-zA-Z0-9-./]{16}`
	appForm      = `arn:aws(-[a-z]{1,5}){0,3}:sso::\d{12}:application/(sso)?ins-[a-zA-Z0-9-.]{16}/apl-[a-zA-Z0-9]{16}`
	providerForm = `arn:aws(-[a-z]{1,5}){0,3}:sso::aws:applicationProvider/[a-zA-Z0-9-/]+`
	idForm       = `([0-9a-f]{10}-|)[A-Fa-f0-9]{8}-[A-Fa-f0-9]{4}-[A-Fa-f0-9]{4}-[A-Fa-f0-9]{4}-[A-Fa-f0-9]{12}`
	uuidForm     = `\b[0-9a-f]{8}\b-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-\b[0-9a-f]{12}\b`
	tokenForm    = `[-a-zA-Z0-9+=/_]*`
	nameForm     = `[\w+=,.@-]+`
	textForm     = `[\u0009\u000A\u000D\u0020-\u007E\u00A1-\u00FF]*`
	durationForm = `(-?)P(?=\d|T\d)(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)([DW]))?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?`
	relayForm    = `[a-zA-Z0-9&$@#\\\/%?=~\-_'"|!:,.;*+\[\]\ \(\)\{\}]+`
	inlineForm   = `[\u0009\u000A\u000D\u0020-\u00FF]+`
	managedForm  = `arn:aws(-[a-z]{1,5}){0,3}:iam::aws:policy((/[A-Za-z0-9\.,\+@=_-]+)*)/([A-Za-z0-9\.,\+=@_-]+)`
	pathForm     = `((/[A-Za-z0-9\.,\+@=_-]+)*)/`
	urlForm      = `http(s)?:\/\/[-a-zA-Z0-9+&@#\/%?=~_|!:,.;]*[-a-zA-Z0-9+&bb@#\/%?=~_|]`
	tagForm      = `([\p{L}\p{Z}\p{N}_.:/=+\-@]*)`
	regionForm   = `([a-z]+-){2,3}\d`
	kmsForm      = `arn:aws(-[a-z]{1,5}){0,3}:kms:([a-z]{2,}(-[a-z0-9]+)+){1}:[0-9]{12}:key/` +
		`(mrk-[a-f0-9]{32}|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})`
)

func longer(n int) string { return fmt.Sprintf("Member must have length less than or equal to %d", n) }

func shorter(n int) string {
	return fmt.Sprintf("Member must have length greater than or equal to %d", n)
}

func most(n int) string { return fmt.Sprintf("Member must have value less than or equal to %d", n) }

func least(n int) string   { return fmt.Sprintf("Member must have value greater than or equal to %d", n) }
func form(f string) string { return "Member must satisfy regular expression pattern: " + f }
func oneOf(all string) string {
	return "Member must satisfy enum value set: [" + all + "]"
}

func of(n int) string { return strings.Repeat("x", n) }

// bound is a constraint of a member: the values just inside it and just
// outside, and what is said of the latter.
type bound struct {
	operation, member, at string
	inside, outside       any
	says                  string
}

const absent = "absent" // the value of a member that is not there

// bounds are the constraints of aws-contract 4.2, each on one operation that
// has the member.
func bounds(instance string) []bound {
	set, app := identity.PermissionSetARN(instance, noSet), identity.ApplicationARN(instance, account, noApplication)
	const null = "Member must not be null"
	policy := func(n int) string { return "arn:aws:iam::aws:policy/" + of(n-24) }
	provider := func(n int) string { return "arn:aws:sso::aws:applicationProvider/" + of(n-37) }
	tags := func(n int) []any {
		all := make([]any, n)
		for i := range all {
			all[i] = map[string]any{"Key": fmt.Sprint(i), "Value": ""}
		}
		return all
	}
	keys := func(n int) []any {
		all := make([]any, n)
		for i := range all {
			all[i] = fmt.Sprint(i)
		}
		return all
	}
	tag := func(key, value string) []any { return []any{map[string]any{"Key": key, "Value": value}} }
	own := func(name, path string) map[string]any { return map[string]any{"Name": name, "Path": path} }
	url := func(u string) map[string]any {
		return map[string]any{"SignInOptions": map[string]any{"Origin": "APPLICATION", "ApplicationUrl": u}}
	}
	origin := func(o string) map[string]any { return map[string]any{"SignInOptions": map[string]any{"Origin": o}} }
	return []bound{
		{"DescribeInstance", "InstanceArn", "instanceArn", instance, absent, null},
		{"DescribeInstance", "InstanceArn", "instanceArn", instance, instance + "0", form(instanceForm)},
		{"DescribeInstance", "InstanceArn", "instanceArn", "arn:aws-cn:sso:::instance/ins-1234567890.bcd-f", "arn:aws:sso:::in", form(instanceForm)},
		{"DescribeInstance", "InstanceArn", "instanceArn", instance, of(9), shorter(10)},
		{"DescribeInstance", "InstanceArn", "instanceArn", instance, of(1225), longer(1224)},
		{"DescribePermissionSet", "PermissionSetArn", "permissionSetArn", set, absent, null},
		{"DescribePermissionSet", "PermissionSetArn", "permissionSetArn", set, set + "0", form(setForm)},
		{"DescribePermissionSet", "PermissionSetArn", "permissionSetArn", strings.TrimSuffix(set, "0000") + "/./.", instance, form(setForm)},
		{"DescribePermissionSet", "PermissionSetArn", "permissionSetArn", set, of(1225), longer(1224)},
		{"DescribeApplication", "ApplicationArn", "applicationArn", app, absent, null},
		{"DescribeApplication", "ApplicationArn", "applicationArn", app, app + "0", form(appForm)},
		{"DescribeApplication", "ApplicationArn", "applicationArn", app, strings.Replace(app, account, account[1:], 1), form(appForm)},
		{"DescribeApplicationProvider", "ApplicationProviderArn", "applicationProviderArn", provider(38), provider(37), form(providerForm)},
		{"DescribeApplicationProvider", "ApplicationProviderArn", "applicationProviderArn", provider(1224), provider(1225), longer(1224)},
		{"ListTagsForResource", "ResourceArn", "resourceArn", app, absent, null},
		{"ListTagsForResource", "ResourceArn", "resourceArn", instance, of(9), shorter(10)},
		{"ListTagsForResource", "ResourceArn", "resourceArn", set, of(2049), longer(2048)},

		{"ListAccountAssignments", "AccountId", "accountId", developer, absent, null},
		{"ListAccountAssignments", "AccountId", "accountId", developer, of(12), form(`\d{12}`)},
		{"ListAccountAssignments", "AccountId", "accountId", developer, developer[1:], shorter(12)},
		{"ListAccountAssignments", "AccountId", "accountId", developer, developer + "2", longer(12)},
		{"CreateAccountAssignment", "TargetId", "targetId", developer, absent, null},
		{"CreateAccountAssignment", "TargetId", "targetId", developer, developer + "2", longer(12)},
		{"CreateAccountAssignment", "TargetType", "targetType", "AWS_ACCOUNT", absent, null},
		{"CreateAccountAssignment", "TargetType", "targetType", "AWS_ACCOUNT", "AWS_OU", oneOf("AWS_ACCOUNT")},
		{"CreateAccountAssignment", "PrincipalType", "principalType", "GROUP", "ROLE", oneOf("USER, GROUP")},
		{"CreateAccountAssignment", "PrincipalType", "principalType", "USER", "user", oneOf("USER, GROUP")},
		{"CreateAccountAssignment", "PrincipalType", "principalType", "USER", absent, null},
		{"CreateAccountAssignment", "PrincipalId", "principalId", "906771b2aa-" + nobody, "906771b2ag-" + nobody, form(idForm)},
		{"CreateAccountAssignment", "PrincipalId", "principalId", nobody, of(48), longer(47)},
		{"CreateAccountAssignment", "PrincipalId", "principalId", nobody, "", shorter(1)},
		{"CreateAccountAssignment", "PrincipalId", "principalId", nobody, absent, null},
		{"ProvisionPermissionSet", "TargetType", "targetType", "ALL_PROVISIONED_ACCOUNTS", "ALL", oneOf("AWS_ACCOUNT, ALL_PROVISIONED_ACCOUNTS")},
		{"ListAccountsForProvisionedPermissionSet", "ProvisioningStatus", "provisioningStatus", "LATEST_PERMISSION_SET_PROVISIONED", "LATEST", oneOf("LATEST_PERMISSION_SET_PROVISIONED, LATEST_PERMISSION_SET_NOT_PROVISIONED")},
		{"ListPermissionSetsProvisionedToAccount", "ProvisioningStatus", "provisioningStatus", "LATEST_PERMISSION_SET_NOT_PROVISIONED", "", oneOf("LATEST_PERMISSION_SET_PROVISIONED, LATEST_PERMISSION_SET_NOT_PROVISIONED")},
		{"ListAccountAssignmentCreationStatus", "Filter", "filter.status", map[string]any{"Status": "FAILED"}, map[string]any{"Status": "DONE"}, oneOf("IN_PROGRESS, FAILED, SUCCEEDED")},
		{"ListAccountAssignmentsForPrincipal", "Filter", "filter.accountId", map[string]any{}, map[string]any{"AccountId": "1"}, shorter(12)},
		{"ListApplicationAssignmentsForPrincipal", "Filter", "filter.applicationArn", map[string]any{}, map[string]any{"ApplicationArn": instance}, form(appForm)},
		{"ListApplications", "Filter", "filter.applicationAccount", map[string]any{"ApplicationAccount": account}, map[string]any{"ApplicationAccount": of(12)}, form(`\d{12}`)},
		{"ListApplications", "Filter", "filter.applicationProvider", map[string]any{"ApplicationProvider": provider(1224)}, map[string]any{"ApplicationProvider": provider(1225)}, longer(1224)},
		{"DescribeAccountAssignmentCreationStatus", "AccountAssignmentCreationRequestId", "accountAssignmentCreationRequestId", nobody, absent, null},
		{"DescribeAccountAssignmentCreationStatus", "AccountAssignmentCreationRequestId", "accountAssignmentCreationRequestId", nobody, nobody[1:], shorter(36)},
		{"DescribeAccountAssignmentDeletionStatus", "AccountAssignmentDeletionRequestId", "accountAssignmentDeletionRequestId", nobody, nobody + "0", longer(36)},
		{"DescribePermissionSetProvisioningStatus", "ProvisionPermissionSetRequestId", "provisionPermissionSetRequestId", nobody, strings.Replace(nobody, "4", "A", 1), form(uuidForm)},

		{"ListPermissionSets", "MaxResults", "maxResults", 1, 0, least(1)},
		{"ListPermissionSets", "MaxResults", "maxResults", 100, 101, most(100)},
		{"ListPermissionSets", "NextToken", "nextToken", "", of(2049), longer(2048)},
		{"ListPermissionSets", "NextToken", "nextToken", "", "a:b", form(tokenForm)},
		{"ListTagsForResource", "NextToken", "nextToken", "", of(2049), longer(2048)},
		{"ListInstances", "RegionScope", "regionScope", "ALL_REGIONS", "EVERYWHERE", oneOf("CURRENT_REGION, ALL_REGIONS")},

		{"CreatePermissionSet", "Name", "name", of(32), of(33), longer(32)},
		{"CreatePermissionSet", "Name", "name", "x", "", shorter(1)},
		{"CreatePermissionSet", "Name", "name", "aZ0_+=,.@-", "a b", form(nameForm)},
		{"CreatePermissionSet", "Name", "name", "y", absent, null},
		{"UpdatePermissionSet", "Description", "description", strings.Repeat("ü", 700), strings.Repeat("ü", 701), longer(700)},
		{"UpdatePermissionSet", "Description", "description", "x", "", shorter(1)},
		{"UpdatePermissionSet", "Description", "description", "\t\n\r ~¡ÿ", "\u00a0", form(textForm)},
		{"UpdatePermissionSet", "Description", "description", absent, "ł", form(textForm)},
		{"UpdatePermissionSet", "SessionDuration", "sessionDuration", "PT1H", "", shorter(1)},
		{"UpdatePermissionSet", "SessionDuration", "sessionDuration", "PT" + strings.Repeat("0", 96) + "1H", "PT" + strings.Repeat("0", 97) + "1H", longer(100)},
		{"UpdatePermissionSet", "SessionDuration", "sessionDuration", "PT12H", "P", form(durationForm)},
		{"UpdatePermissionSet", "SessionDuration", "sessionDuration", "P0DT2H30M15S", "PT", form(durationForm)},
		{"UpdatePermissionSet", "SessionDuration", "sessionDuration", "PT720M", "1H", form(durationForm)},
		{"UpdatePermissionSet", "RelayState", "relayState", of(240), of(241), longer(240)},
		{"UpdatePermissionSet", "RelayState", "relayState", `https://a-b.c/d?e=f&g=%20#h(i)[j]{k}|~$@\;:,*+'"!_ `, "<", form(relayForm)},

		{"PutInlinePolicyToPermissionSet", "InlinePolicy", "inlinePolicy", "{" + strings.Repeat(" ", 32766) + "}", "{" + strings.Repeat(" ", 32767) + "}", longer(32768)},
		{"PutInlinePolicyToPermissionSet", "InlinePolicy", "inlinePolicy", "{\t\r\n\"ÿ\":1}", `{"ł":1}`, form(inlineForm)},
		{"PutInlinePolicyToPermissionSet", "InlinePolicy", "inlinePolicy", "{}", "", shorter(1)},
		{"PutInlinePolicyToPermissionSet", "InlinePolicy", "inlinePolicy", "{}", absent, null},
		{"AttachManagedPolicyToPermissionSet", "ManagedPolicyArn", "managedPolicyArn", policy(2048), policy(2049), longer(2048)},
		{"AttachManagedPolicyToPermissionSet", "ManagedPolicyArn", "managedPolicyArn", policy(25), of(19), shorter(20)},
		{"AttachManagedPolicyToPermissionSet", "ManagedPolicyArn", "managedPolicyArn", "arn:aws:iam::aws:policy/a/b.,+@=_-", "arn:aws:iam::123456789012:policy/Own", form(managedForm)},
		{"AttachCustomerManagedPolicyReferenceToPermissionSet", "CustomerManagedPolicyReference", "customerManagedPolicyReference", own("x", "/"), absent, null},
		{"AttachCustomerManagedPolicyReferenceToPermissionSet", "CustomerManagedPolicyReference", "customerManagedPolicyReference.name", own(of(128), "/"), own(of(129), "/"), longer(128)},
		{"AttachCustomerManagedPolicyReferenceToPermissionSet", "CustomerManagedPolicyReference", "customerManagedPolicyReference.name", own("y", "/"), map[string]any{"Path": "/"}, null},
		{"AttachCustomerManagedPolicyReferenceToPermissionSet", "CustomerManagedPolicyReference", "customerManagedPolicyReference.path", own("z", "/"+of(510)+"/"), own("z", "/"+of(511)+"/"), longer(512)},
		{"AttachCustomerManagedPolicyReferenceToPermissionSet", "CustomerManagedPolicyReference", "customerManagedPolicyReference.path", own("z", "/a/b/"), own("z", "/a/b"), form(pathForm)},
		{"PutPermissionsBoundaryToPermissionSet", "PermissionsBoundary", "permissionsBoundary.customerManagedPolicyReference.name", map[string]any{"CustomerManagedPolicyReference": own("x", "/")}, map[string]any{"CustomerManagedPolicyReference": own("", "/")}, shorter(1)},
		{"PutPermissionsBoundaryToPermissionSet", "PermissionsBoundary", "permissionsBoundary.managedPolicyArn", map[string]any{"ManagedPolicyArn": policy(2048)}, map[string]any{"ManagedPolicyArn": policy(2049)}, longer(2048)},

		{"TagResource", "Tags", "tags", tags(75), tags(76), longer(75)},
		{"TagResource", "Tags", "tags", tags(0), absent, null},
		{"TagResource", "Tags", "tags.1.member.key", tag(strings.Repeat("ü", 128), ""), tag(strings.Repeat("ü", 129), ""), longer(128)},
		{"TagResource", "Tags", "tags.1.member.key", tag("k", ""), tag("", ""), shorter(1)},
		{"TagResource", "Tags", "tags.1.member.key", tag("a_.:/=+-@ Ä1", ""), tag("a,b", ""), form(tagForm)},
		{"TagResource", "Tags", "tags.1.member.value", tag("k", strings.Repeat("ü", 256)), tag("k", strings.Repeat("ü", 257)), longer(256)},
		{"TagResource", "Tags", "tags.1.member.value", tag("k", ""), []any{map[string]any{"Key": "k"}}, null},
		{"UntagResource", "TagKeys", "tagKeys", keys(75), keys(76), longer(75)},
		{"UntagResource", "TagKeys", "tagKeys", keys(1), keys(0), shorter(1)},
		{"UntagResource", "TagKeys", "tagKeys.1.member", []any{of(128)}, []any{of(129)}, longer(128)},

		{"CreateApplication", "Name", "name", strings.Repeat("ü", 100), strings.Repeat("ü", 101), longer(100)},
		{"CreateApplication", "Name", "name", "x", "", shorter(1)},
		{"CreateApplication", "Description", "description", of(128), of(129), longer(128)},
		{"CreateApplication", "Status", "status", "DISABLED", "OFF", oneOf("ENABLED, DISABLED")},
		{"CreateApplication", "ClientToken", "clientToken", of(64), of(65), longer(64)},
		{"CreateApplication", "ClientToken", "clientToken", "!~", "a b", form("[!-~]+")},
		{"CreateApplication", "PortalOptions", "portalOptions.visibility", map[string]any{"Visibility": "ENABLED"}, map[string]any{"Visibility": "x"}, oneOf("ENABLED, DISABLED")},
		{"CreateApplication", "PortalOptions", "portalOptions.signInOptions.origin", origin("IDENTITY_CENTER"), origin("x"), oneOf("IDENTITY_CENTER, APPLICATION")},
		{"CreateApplication", "PortalOptions", "portalOptions.signInOptions.applicationUrl", url("https://" + of(504)), url("https://" + of(505)), longer(512)},
		{"CreateApplication", "PortalOptions", "portalOptions.signInOptions.applicationUrl", url("http://a/?b=c&d"), url("ftp://a"), form(urlForm)},
		{"PutApplicationAssignmentConfiguration", "AssignmentRequired", "assignmentRequired", false, absent, null},

		{"AddRegion", "RegionName", "regionName", "us-gov-west-1", absent, null},
		{"AddRegion", "RegionName", "regionName", "eu-west-1", "eu-1", form(regionForm)},
		{"DescribeRegion", "RegionName", "regionName", of(28) + "-a-1", of(29) + "-a-1", longer(32)},
		{"UpdateInstance", "Name", "name", of(255), of(256), longer(255)},
		{"UpdateInstance", "Name", "name", "", "a b", form(nameForm)},
		{"UpdateInstance", "EncryptionConfiguration", "encryptionConfiguration.keyType", map[string]any{"KeyType": "AWS_OWNED_KMS_KEY"}, map[string]any{"KeyType": "x"}, oneOf("AWS_OWNED_KMS_KEY, CUSTOMER_MANAGED_KEY")},
		{"UpdateInstance", "EncryptionConfiguration", "encryptionConfiguration.keyType", map[string]any{"KeyType": "AWS_OWNED_KMS_KEY"}, map[string]any{}, null},
		{
			"UpdateInstance", "EncryptionConfiguration", "encryptionConfiguration.kmsKeyArn",
			map[string]any{"KeyType": "CUSTOMER_MANAGED_KEY", "KmsKeyArn": "arn:aws:kms:eu-west-1:111122223333:key/mrk-" + strings.Repeat("0", 32)},
			map[string]any{"KeyType": "CUSTOMER_MANAGED_KEY", "KmsKeyArn": "arn:aws:kms:eu-west-1:111122223333:key/mrk-" + strings.Repeat("0", 31)},
			form(kmsForm),
		},
	}
}

// Each constraint is tried on the wire, on a request that is right otherwise.
func TestEveryLimitOfSSOAdminIsWhereTheModelHasIt(t *testing.T) {
	c := startCenter(t, nil, 0)
	send := func(b bound, value any) answer {
		t.Helper()
		in := map[string]any{}
		if err := json.Unmarshal([]byte(ssoBody(b.operation, c.instance)), &in); err != nil {
			t.Fatal(err)
		}
		in[b.member] = value
		if value == absent {
			delete(in, b.member)
		}
		body, err := json.Marshal(in)
		if err != nil {
			t.Fatal(err)
		}
		return c.sso(b.operation, string(body))
	}
	for _, b := range bounds(c.instance) {
		if got := send(b, b.inside); got.body["__type"] == "ValidationException" {
			t.Errorf("%s, %s just inside: %.300s", b.operation, b.at, got.raw)
		}
		got := send(b, b.outside)
		want := "at '" + b.at + "' failed to satisfy constraint: " + b.says
		if message, _ := got.body["Message"].(string); got.body["__type"] != "ValidationException" || !strings.Contains(message, want) {
			t.Errorf("%s, %s just outside: %.300s, want %s", b.operation, b.at, got.raw, want)
		}
	}
}

// Everything wrong is said at once, with the values: none is sensitive here.
func TestAllThatIsWrongIsSaidAtOnce(t *testing.T) {
	c := startCenter(t, nil, 0)
	got := c.sso("CreatePermissionSet", `{"Name":"Two Words","SessionDuration":"soon","Tags":[{"Key":"k"}]}`)
	const want = "4 validation errors detected: Value at 'instanceArn' failed to satisfy constraint: Member must not be null; " +
		"Value 'Two Words' at 'name' failed to satisfy constraint: Member must satisfy regular expression pattern: " + nameForm + "; " +
		"Value 'soon' at 'sessionDuration' failed to satisfy constraint: Member must satisfy regular expression pattern: " + durationForm + "; " +
		"Value at 'tags.1.member.value' failed to satisfy constraint: Member must not be null"
	same(t, "what is wrong", map[string]any{"__type": "ValidationException", "Message": want}, got.body)
}

// What the model lets through and the service does not.
func TestWhatSSOAdminDemandsBeyondItsModel(t *testing.T) {
	c := startCenter(t, nil, 0)
	set := `"InstanceArn":"` + c.instance + `","PermissionSetArn":"` + c.permissionSet("Reader") + `"`
	for what, b := range map[string]struct{ operation, rest, at string }{
		"a session that is too short":    {"UpdatePermissionSet", `"SessionDuration":"PT59M"`, "sessionDuration"},
		"a session that is too long":     {"UpdatePermissionSet", `"SessionDuration":"PT12H1M"`, "sessionDuration"},
		"a session that lasts a year":    {"UpdatePermissionSet", `"SessionDuration":"P1Y"`, "sessionDuration"},
		"a policy that is no object":     {"PutInlinePolicyToPermissionSet", `"InlinePolicy":"[]"`, "inlinePolicy"},
		"a policy that is full of words": {"PutInlinePolicyToPermissionSet", `"InlinePolicy":"{\"a\":\"` + of(10240) + `\"}"`, "inlinePolicy"},
		"a token of another listing":     {"ListManagedPoliciesInPermissionSet", `"NextToken":"AAAA"`, "nextToken"},
		"a region in no form of AWS's":   {"AddRegion", `"RegionName":"abcde-fgh-1"`, "region"},
	} {
		got := c.sso(b.operation, `{`+set+`,`+b.rest+`}`)
		message, _ := got.body["Message"].(string)
		if got.body["__type"] != "ValidationException" || !strings.HasPrefix(message, "1 validation error detected: Value at '"+b.at) {
			t.Errorf("%s: %.300s", what, got.raw)
		}
	}
}
