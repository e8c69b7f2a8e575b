package awsdoor_test

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssoadmin"
	"github.com/aws/aws-sdk-go-v2/service/ssoadmin/types"

	"rollcall/assignment"
	"rollcall/door/awsdoor"
	"rollcall/fault"
	"rollcall/identity"
)

// ssoBodies is a good request of every operation that is served, about things
// that are not there, in the instance %I.
var ssoBodies = func() map[string]string {
	const (
		in        = `"InstanceArn":"%I"`
		set       = in + `,"PermissionSetArn":"%P"`
		app       = `"ApplicationArn":"%A"`
		principal = `"PrincipalType":"USER","PrincipalId":"` + nobody + `"`
		own       = set + `,"CustomerManagedPolicyReference":{"Name":"Own"}`
		aws       = set + `,"ManagedPolicyArn":"arn:aws:iam::aws:policy/ReadOnlyAccess"`
		tuple     = set + `,"TargetType":"AWS_ACCOUNT","TargetId":"` + developer + `",` + principal
		tagged    = `"ResourceArn":"%P"`
		there     = in + `,"RegionName":"eu-west-1"`
	)
	return map[string]string{
		"ListInstances": ``, "DescribeInstance": in, "UpdateInstance": in + `,"Name":"main"`,
		"AddRegion": in + `,"RegionName":"us-west-2"`, "DescribeRegion": there, "RemoveRegion": there, "ListRegions": in,
		"CreatePermissionSet": in + `,"Name":"Reader"`, "DescribePermissionSet": set, "ListPermissionSets": in, "UpdatePermissionSet": set, "DeletePermissionSet": set,
		"PutInlinePolicyToPermissionSet": set + `,"InlinePolicy":"{}"`, "GetInlinePolicyForPermissionSet": set, "DeleteInlinePolicyFromPermissionSet": set,
		"AttachManagedPolicyToPermissionSet": aws, "DetachManagedPolicyFromPermissionSet": aws, "ListManagedPoliciesInPermissionSet": set,
		"AttachCustomerManagedPolicyReferenceToPermissionSet": own, "DetachCustomerManagedPolicyReferenceFromPermissionSet": own,
		"ListCustomerManagedPolicyReferencesInPermissionSet": set,
		"PutPermissionsBoundaryToPermissionSet":              set + `,"PermissionsBoundary":{"ManagedPolicyArn":"arn:aws:iam::aws:policy/ReadOnlyAccess"}`,
		"GetPermissionsBoundaryForPermissionSet":             set, "DeletePermissionsBoundaryFromPermissionSet": set,
		"ProvisionPermissionSet":                  set + `,"TargetType":"ALL_PROVISIONED_ACCOUNTS"`,
		"DescribePermissionSetProvisioningStatus": in + `,"ProvisionPermissionSetRequestId":"` + nobody + `"`, "ListPermissionSetProvisioningStatus": in,
		"ListPermissionSetsProvisionedToAccount": in + `,"AccountId":"999999999999"`, "ListAccountsForProvisionedPermissionSet": set,
		"CreateAccountAssignment": tuple, "DeleteAccountAssignment": tuple,
		"DescribeAccountAssignmentCreationStatus": in + `,"AccountAssignmentCreationRequestId":"` + nobody + `"`, "ListAccountAssignmentCreationStatus": in,
		"DescribeAccountAssignmentDeletionStatus": in + `,"AccountAssignmentDeletionRequestId":"` + nobody + `"`, "ListAccountAssignmentDeletionStatus": in,
		"ListAccountAssignments": set + `,"AccountId":"` + developer + `"`, "ListAccountAssignmentsForPrincipal": in + `,` + principal,
		"CreateApplication":   in + `,"Name":"Wiki","ApplicationProviderArn":"` + customProvider + `"`,
		"DescribeApplication": app, "UpdateApplication": app + `,"Name":"Wiki"`, "DeleteApplication": app, "ListApplications": in,
		"ListApplicationProviders": ``, "DescribeApplicationProvider": `"ApplicationProviderArn":"` + customProvider + `"`,
		"CreateApplicationAssignment": app + `,` + principal, "DescribeApplicationAssignment": app + `,` + principal, "DeleteApplicationAssignment": app + `,` + principal,
		"ListApplicationAssignments": app, "ListApplicationAssignmentsForPrincipal": in + `,` + principal,
		"GetApplicationAssignmentConfiguration": app, "PutApplicationAssignmentConfiguration": app + `,"AssignmentRequired":true`,
		"TagResource": tagged + `,"Tags":[]`, "UntagResource": tagged + `,"TagKeys":["team"]`, "ListTagsForResource": tagged,
	}
}()

// ssoMissing is what each operation says that it could not find; the others
// succeed.
var ssoMissing = map[string]string{
	"DescribeRegion": "Region with id eu-west-1", "RemoveRegion": "Region with id eu-west-1",
	"DescribePermissionSet": "%p", "UpdatePermissionSet": "%p", "DeletePermissionSet": "%p",
	"PutInlinePolicyToPermissionSet": "%p", "GetInlinePolicyForPermissionSet": "%p", "DeleteInlinePolicyFromPermissionSet": "%p",
	"AttachManagedPolicyToPermissionSet": "%p", "DetachManagedPolicyFromPermissionSet": "%p", "ListManagedPoliciesInPermissionSet": "%p",
	"AttachCustomerManagedPolicyReferenceToPermissionSet": "%p", "DetachCustomerManagedPolicyReferenceFromPermissionSet": "%p",
	"ListCustomerManagedPolicyReferencesInPermissionSet": "%p",
	"PutPermissionsBoundaryToPermissionSet":              "%p", "GetPermissionsBoundaryForPermissionSet": "%p", "DeletePermissionsBoundaryFromPermissionSet": "%p",
	"ProvisionPermissionSet":                  "%p",
	"DescribePermissionSetProvisioningStatus": "PermissionSetProvisioningStatus with id " + nobody,
	"ListPermissionSetsProvisionedToAccount":  "Account with id 999999999999", "ListAccountsForProvisionedPermissionSet": "%p",
	"CreateAccountAssignment": "%p", "DeleteAccountAssignment": "%p", "ListAccountAssignments": "%p",
	"DescribeAccountAssignmentCreationStatus": "AccountAssignmentCreationStatus with id " + nobody,
	"DescribeAccountAssignmentDeletionStatus": "AccountAssignmentDeletionStatus with id " + nobody,
	"DescribeApplication":                     "%a", "UpdateApplication": "%a", "DeleteApplication": "%a",
	"CreateApplicationAssignment": "%a", "DescribeApplicationAssignment": "%a", "DeleteApplicationAssignment": "%a",
	"ListApplicationAssignments": "%a", "GetApplicationAssignmentConfiguration": "%a", "PutApplicationAssignmentConfiguration": "%a",
	"TagResource": "%p", "UntagResource": "%p", "ListTagsForResource": "%p",
}

const noApplication = "apl-0000000000000000"

// ssoBody is the request of an operation in an instance.
func ssoBody(operation, instance string) string {
	return "{" + strings.NewReplacer("%I", instance, "%P", identity.PermissionSetARN(instance, noSet),
		"%A", identity.ApplicationARN(instance, account, noApplication)).Replace(ssoBodies[operation]) + "}"
}

func TestEveryOperationOfSSOAdminAnswers(t *testing.T) {
	c := startCenter(t, nil, 0)
	for _, operation := range slices.Sorted(maps.Keys(ssoBodies)) {
		t.Run(operation, func(t *testing.T) {
			got := c.sso(operation, ssoBody(operation, c.instance))
			if what, fails := ssoMissing[operation]; fails {
				want := "Could not find " + strings.NewReplacer("%p", "PermissionSet with id "+noSet, "%a", "Application with id "+noApplication).Replace(what)
				same(t, "about what is not there", map[string]any{"__type": "ResourceNotFoundException", "Message": want}, got.body)
			} else if got.status != 200 {
				t.Errorf("%d %s", got.status, got.raw)
			}
			if got := c.sso(operation, strings.TrimSuffix(ssoBody(operation, c.instance), "}")+strings.Repeat(`,`, min(1, len(ssoBodies[operation])))+`"Later":{"a":[1]}}`); got.body["__type"] == "SerializationException" || got.body["__type"] == "ValidationException" {
				t.Errorf("with a member that the model does not have: %s", got.raw)
			}
			for what, refusal := range map[string][2]string{
				"no JSON":        {`{`, "SerializationException"},
				"no object":      {`[]`, "SerializationException"},
				"not UTF-8":      {"{\"X\":\"\xff\"}", "SerializationException"},
				"another type":   {`{"InstanceArn":1,"ApplicationArn":1,"ResourceArn":1,"MaxResults":"1","ApplicationProviderArn":1}`, "SerializationException"},
				"nothing at all": {`{}`, "ValidationException"},
				"no such ARN":    {`{"InstanceArn":"x","ApplicationArn":"x","ResourceArn":"x","ApplicationProviderArn":"x","MaxResults":101}`, "ValidationException"},
			} {
				got := c.sso(operation, refusal[0])
				lax := strings.HasPrefix(operation, "List") && ssoBodies[operation] == "" && what == "nothing at all"
				if !lax && (got.body["__type"] != refusal[1] || got.status != 400 || len(got.body) != 2) {
					t.Errorf("%s: %d %s, want %s", what, got.status, got.raw, refusal[1])
				}
			}
		})
	}
}

// What the SDK can ask for is served, or is no operation here.
func TestOperationsThatAreNotServedAreUnknown(t *testing.T) {
	c := startCenter(t, nil, 0)
	client, unserved := reflect.TypeOf(c.Client), 0
	for i := range client.NumMethod() {
		operation := client.Method(i).Name
		if _, served := ssoBodies[operation]; served || operation == "Options" {
			continue
		}
		unserved++
		if got := c.sso(operation, `{}`); got.raw != `{"__type":"UnknownOperationException"}` || got.status != 400 {
			t.Errorf("%s: %d %s", operation, got.status, got.raw)
		}
	}
	if n := len(ssoBodies); n+unserved != 79 {
		t.Errorf("%d operations are served and %d are not, want all 79 of the model", n, unserved)
	}
}

// Of another instance nobody is told more than the model lets them.
func TestAnotherInstanceIsNotFound(t *testing.T) {
	c := startCenter(t, nil, 0)
	secretive := []string{"DescribeInstance", "ListApplications", "AddRegion", "ListRegions"} // whose models have no such error
	for operation, body := range ssoBodies {
		if !strings.Contains(body, "%") {
			continue
		}
		want := map[string]any{"__type": "ResourceNotFoundException", "Message": "Could not find Instance with id ssoins-0000000000000000"}
		if slices.Contains(secretive, operation) {
			want = map[string]any{
				"__type":  "AccessDeniedException",
				"Message": "User: arn:aws:sts::" + account + ":assumed-role/Tester/tester is not authorized to perform: sso:" + operation + " on resource: " + otherInstance,
			}
		}
		same(t, operation, want, c.sso(operation, ssoBody(operation, otherInstance)).body)
	}
}

// brokenInstances fails every call.
type brokenInstances struct{ err error }

func (b brokenInstances) Open(context.Context, string) (*assignment.Instance, error) {
	return nil, b.err
}

func (b brokenInstances) List(context.Context) ([]string, error) { return nil, b.err }

func TestEveryFailureHasItsTypeInSSOAdmin(t *testing.T) {
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
		err := fault.Text(kind, "open instance", "instance", "a cause")
		err.RetryAfter = 1500 * time.Millisecond
		s := start(t, func(o *awsdoor.Options) { o.Instances = brokenInstances{err} })
		for _, operation := range []string{"ListInstances", "ListPermissionSets", "CreateAccountAssignment", "DeleteApplication", "TagResource"} {
			got := s.sso(operation, ssoBody(operation, otherInstance))
			status := map[bool]int{true: 500, false: 400}[want == "InternalServerException"]
			if got.body["__type"] != want || got.status != status || got.body["Message"] == "" || len(got.body) != 2 {
				t.Errorf("%v in %s: %d %s, want %s", kind, operation, got.status, got.raw, want)
			}
		}
	}
}

func TestAKeyThatReadsReadsTheAccessSide(t *testing.T) {
	c := startCenter(t, nil, 0)
	reader := c.key
	c.site.key = c.reader
	defer func() { c.site.key = reader }()
	for operation := range ssoBodies {
		got := c.sso(operation, ssoBody(operation, c.instance))
		reads := strings.HasPrefix(operation, "List") || strings.HasPrefix(operation, "Describe") || strings.HasPrefix(operation, "Get")
		denied := got.body["__type"] == "AccessDeniedException"
		if denied == reads || denied && (len(got.body) != 2 || !strings.Contains(got.raw, "sso:"+operation+" because the access key may only read")) {
			t.Errorf("%s: %s", operation, got.raw)
		}
	}
}

func TestAGateSpeaksForSSOAdmin(t *testing.T) {
	var asked []string
	for kind, want := range map[fault.Kind]string{
		fault.Throttled: "ThrottlingException", fault.Quota: "ServiceQuotaExceededException", fault.Unavailable: "InternalServerException", fault.Denied: "AccessDeniedException",
	} {
		s := start(t, func(o *awsdoor.Options) {
			o.Admit = func(_ *http.Request, service, operation string) error {
				asked = append(asked, service+":"+operation)
				return &fault.Error{Kind: kind, RetryAfter: 2 * time.Second}
			}
		})
		got := s.sso("ListPermissionSets", `{}`) // before it is looked at
		if got.body["__type"] != want || len(got.body) != 2 || got.body["Message"] == "" {
			t.Errorf("%v: %s, want %s", kind, got.raw, want)
		}
	}
	same(t, "who is asked for", []string{"sso:ListPermissionSets"}, slices.Compact(asked))
}

// The SDK makes its own error types of what it is answered.
func TestTheSDKKnowsEveryErrorOfSSOAdmin(t *testing.T) {
	c, ctx := startCenter(t, nil, 0), t.Context()
	taken := &ssoadmin.CreatePermissionSetInput{InstanceArn: &c.instance, Name: aws.String("READER")}
	c.permissionSet("Reader")
	err := second(c.CreatePermissionSet(ctx, taken))
	if e := (*types.ConflictException)(nil); !errors.As(err, &e) || *e.Message != "PermissionSet with name READER already exists." {
		t.Errorf("conflict: %v", err)
	}
	err = second(c.CreatePermissionSet(ctx, &ssoadmin.CreatePermissionSetInput{InstanceArn: &c.instance, Name: aws.String("a b")}))
	if e := (*types.ValidationException)(nil); !errors.As(err, &e) || e.Reason != "" {
		t.Errorf("validation: %v", err)
	}
	err = second(c.DescribePermissionSet(ctx, &ssoadmin.DescribePermissionSetInput{InstanceArn: &c.instance, PermissionSetArn: aws.String(identity.PermissionSetARN(c.instance, noSet))}))
	if e := (*types.ResourceNotFoundException)(nil); !errors.As(err, &e) || e.Reason != "" {
		t.Errorf("not found: %v", err)
	}
	err = second(c.site.admin(c.reader).CreatePermissionSet(ctx, taken))
	if e := (*types.AccessDeniedException)(nil); !errors.As(err, &e) {
		t.Errorf("denied: %v", err)
	}
	refused(t, "no key", second(c.site.admin(c.ended).CreatePermissionSet(ctx, taken)), "ExpiredTokenException")
}

func TestAccountAndPrincipalAreNamedWhenTheyAreMissing(t *testing.T) {
	c := startCenter(t, nil, 0)
	set, who := c.permissionSet("Reader"), c.user("ada")
	err := second(c.CreateAccountAssignment(t.Context(), c.assignment(user, who, set, "999999999999")))
	if e := refused(t, "no account", err, "ResourceNotFoundException"); e.ErrorMessage() != "Could not find Account with id 999999999999" {
		t.Errorf("the message is %q", e.ErrorMessage())
	}
	set2 := `{"InstanceArn":"` + c.instance + `","PermissionSetArn":"` + set + `",`
	app := c.newApplication("Wiki")
	for what, b := range map[string][3]string{
		"no assignment":               {"DeleteAccountAssignment", set2 + `"TargetId":"` + developer + `","TargetType":"AWS_ACCOUNT","PrincipalType":"USER","PrincipalId":"` + who + `"}`, "AccountAssignment of principal with id " + who},
		"no application assignment":   {"DeleteApplicationAssignment", `{"ApplicationArn":"` + app + `","PrincipalType":"USER","PrincipalId":"` + who + `"}`, "ApplicationAssignment of principal with id " + who},
		"none to describe":            {"DescribeApplicationAssignment", `{"ApplicationArn":"` + app + `","PrincipalType":"USER","PrincipalId":"` + who + `"}`, "ApplicationAssignment of principal with id " + who},
		"no policy of AWS's":          {"DetachManagedPolicyFromPermissionSet", set2 + `"ManagedPolicyArn":"arn:aws:iam::aws:policy/Audit"}`, "Policy with id arn:aws:iam::aws:policy/Audit"},
		"no policy of the customer's": {"DetachCustomerManagedPolicyReferenceFromPermissionSet", set2 + `"CustomerManagedPolicyReference":{"Name":"Own","Path":"/a/"}}`, "Policy with id /a/Own"},
		"no boundary":                 {"GetPermissionsBoundaryForPermissionSet", strings.TrimSuffix(set2, ",") + `}`, "PermissionsBoundary of PermissionSet with id " + string(identity.LastPart(set))},
	} {
		if got := c.sso(b[0], b[1]); got.body["__type"] != "ResourceNotFoundException" || got.body["Message"] != "Could not find "+b[2] {
			t.Errorf("%s: %s, want %s", what, got.raw, b[2])
		}
	}
	err = second(c.CreateApplicationAssignment(t.Context(), &ssoadmin.CreateApplicationAssignmentInput{ApplicationArn: &app, PrincipalId: aws.String(nobody), PrincipalType: group}))
	if e := refused(t, "no group", err, "ResourceNotFoundException"); e.ErrorMessage() != "Could not find Group with id "+nobody {
		t.Errorf("the message is %q", e.ErrorMessage())
	}
}
