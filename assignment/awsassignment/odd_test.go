package awsassignment_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"rollcall/assignment"
	"rollcall/assignment/awsassignment"
	"rollcall/fault"
	"rollcall/identity"
)

var anAssignment = identity.Assignment{
	Principal:     identity.Principal{Store: "d-1234567890", Kind: identity.KindUser, ID: userID},
	PermissionSet: setARN, Account: "111122223333",
}

// row is an assignment as AWS lists it.
func row(kind, id, account string) string {
	return fmt.Sprintf(`{"PrincipalType":%q,"PrincipalId":%q,"PermissionSetArn":%q,"AccountId":%q}`, kind, id, setARN, account)
}

func TestAnAnswerThatProvesNothingIsIncomplete(t *testing.T) {
	type call = func(context.Context, *awsassignment.Driver) error
	list := func(ctx context.Context, d *awsassignment.Driver) error {
		_, err := d.ListAssignments(ctx, "111122223333", setARN, assignment.PageRequest{})
		return err
	}
	request := func(ctx context.Context, d *awsassignment.Driver) error {
		_, err := d.Request(ctx, assignment.Creation, requestID)
		return err
	}
	requests := func(ctx context.Context, d *awsassignment.Driver) error {
		_, err := d.ListRequests(ctx, assignment.Provisioning, "", assignment.PageRequest{})
		return err
	}
	set := func(ctx context.Context, d *awsassignment.Driver) error {
		_, err := d.PermissionSet(ctx, setARN)
		return err
	}
	describe := func(ctx context.Context, d *awsassignment.Driver) error { _, err := d.Describe(ctx); return err }
	policies := func(ctx context.Context, d *awsassignment.Driver) error {
		_, err := d.Policies(ctx, setARN)
		return err
	}
	application := func(ctx context.Context, d *awsassignment.Driver) error {
		_, err := d.Application(ctx, appARN)
		return err
	}
	organization := func(ctx context.Context, d *awsassignment.Driver) error { _, err := d.Organization(ctx); return err }
	account := func(ctx context.Context, d *awsassignment.Driver) error {
		_, err := d.Account(ctx, "111122223333")
		return err
	}
	for name, c := range map[string]struct {
		do      call
		answers map[string][]string
	}{
		"an assignment for nobody":               {list, map[string][]string{"ListAccountAssignments": {`{"AccountAssignments":[` + row("USER", "", "111122223333") + `]}`}}},
		"an assignment for a robot":              {list, map[string][]string{"ListAccountAssignments": {`{"AccountAssignments":[` + row("ROBOT", userID, "111122223333") + `]}`}}},
		"an assignment in another account":       {list, map[string][]string{"ListAccountAssignments": {`{"AccountAssignments":[` + row("USER", userID, "444455556666") + `]}`}}},
		"an assignment that is null":             {list, map[string][]string{"ListAccountAssignments": {`{"AccountAssignments":[null]}`}}},
		"no request":                             {request, map[string][]string{"DescribeAccountAssignmentCreationStatus": {`{}`}}},
		"a request in no state":                  {request, map[string][]string{"DescribeAccountAssignmentCreationStatus": {`{"AccountAssignmentCreationStatus":{"RequestId":"` + requestID + `"}}`}}},
		"another request":                        {request, map[string][]string{"DescribeAccountAssignmentCreationStatus": {`{"AccountAssignmentCreationStatus":{"RequestId":"x","Status":"FAILED"}}`}}},
		"a listed request in no state":           {requests, map[string][]string{"ListPermissionSetProvisioningStatus": {`{"PermissionSetsProvisioningStatus":[{"RequestId":"x","Status":"LATER"}]}`}}},
		"no permission set":                      {set, map[string][]string{"DescribePermissionSet": {`{}`}}},
		"no instance":                            {describe, map[string][]string{"DescribeInstance": {`{}`}}},
		"a policy without an ARN":                {policies, map[string][]string{"GetInlinePolicyForPermissionSet": {`{}`}, "ListManagedPoliciesInPermissionSet": {`{"AttachedManagedPolicies":[{}]}`}}},
		"pages that go round":                    {policies, map[string][]string{"GetInlinePolicyForPermissionSet": {`{}`}, "ListManagedPoliciesInPermissionSet": {`{"NextToken":"a"}`}}},
		"no application":                         {application, map[string][]string{"DescribeApplication": {`{}`}}},
		"an application that may require or not": {application, map[string][]string{"DescribeApplication": {`{"ApplicationArn":"` + appARN + `"}`}, "GetApplicationAssignmentConfiguration": {`{}`}}},
		"no organization":                        {organization, map[string][]string{"DescribeOrganization": {`{}`}}},
		"no account":                             {account, map[string][]string{"DescribeAccount": {`{}`}}},
		"an account that is nowhere":             {account, map[string][]string{"DescribeAccount": {`{"Account":{"Id":"111122223333"}}`}, "ListParents": {`{"Parents":[]}`}}},
		"an account whose path is another's":     {account, map[string][]string{"DescribeAccount": {`{"Account":{"Id":"111122223333","Paths":["o-1/r-1234/444455556666/"]}}`}, "ListParents": {`{}`}}},
		"a boundary that is nothing of what there": {policies, map[string][]string{
			"GetInlinePolicyForPermissionSet": {`{}`}, "ListManagedPoliciesInPermissionSet": {`{}`},
			"ListCustomerManagedPolicyReferencesInPermissionSet": {`{}`}, "GetPermissionsBoundaryForPermissionSet": {`{"PermissionsBoundary":{}}`},
		}},
	} {
		t.Run(name, func(t *testing.T) {
			wantKind(t, name, c.do(t.Context(), (&script{answers: c.answers}).play(t)), fault.Incomplete, false)
		})
	}
}

func TestAWriteWhoseAnswerSaysNothingIsUnsettled(t *testing.T) {
	for operation, do := range map[string]func(*awsassignment.Driver) error{
		"CreateAccountAssignment": func(d *awsassignment.Driver) error {
			_, err := d.CreateAssignment(t.Context(), anAssignment)
			return err
		},
		"DeleteAccountAssignment": func(d *awsassignment.Driver) error {
			_, err := d.DeleteAssignment(t.Context(), anAssignment)
			return err
		},
		"ProvisionPermissionSet": func(d *awsassignment.Driver) error {
			_, err := d.ProvisionPermissionSet(t.Context(), setARN, "")
			return err
		},
		"CreatePermissionSet": func(d *awsassignment.Driver) error {
			_, err := d.CreatePermissionSet(t.Context(), identity.PermissionSet{Name: "x"}, nil)
			return err
		},
		"CreateApplication": func(d *awsassignment.Driver) error {
			_, err := d.CreateApplication(t.Context(), wiki, nil, "")
			return err
		},
	} {
		s := answering(operation, `{}`)
		wantKind(t, operation, do(s.play(t)), fault.Unavailable, true)
		if len(s.requests()) != 1 {
			t.Errorf("%s: asked %q", operation, s.requests())
		}
	}
}

func TestARequestMaySettleAtOnce(t *testing.T) {
	d := answering("CreateAccountAssignment", `{"AccountAssignmentCreationStatus":{"RequestId":"`+requestID+`","Status":"SUCCEEDED"}}`).play(t)
	r, err := d.CreateAssignment(t.Context(), anAssignment)
	if err != nil || r.State != assignment.Succeeded || r.Assignment != anAssignment {
		t.Errorf("%+v, %v", r, err)
	}
}

func TestTheTypeOfAnErrorDecidesAndNeverTheStatus(t *testing.T) {
	for code, want := range map[string]fault.Kind{
		"AccountNotFoundException": fault.NotFound, "AWSOrganizationsNotInUseException": fault.Unsupported, "InvalidInputException": fault.Invalid,
		"TooManyRequestsException": fault.Throttled, "ServiceException": fault.Unavailable, "AccessDeniedException": fault.Denied,
		"ConcurrentModificationException": fault.Stale, "ParentNotFoundException": fault.NotFound, "ExpiredTokenException": fault.Unauthenticated,
	} {
		for _, status := range []int{400, 403, 409, 500} {
			d := answering("DescribeAccount", fmt.Sprintf(`%d {"__type":%q,"Message":"m"}`, status, code)).play(t)
			_, err := d.Account(t.Context(), "111122223333")
			wantKind(t, fmt.Sprint("Organizations: ", code, " ", status), err, want, false)
		}
	}
	for text, want := range map[string]fault.Kind{"This operation is not supported for account instances.": fault.Unsupported, "no": fault.Invalid} {
		d := answering("CreateAccountAssignment", fmt.Sprintf(`400 {"__type":"ValidationException","Message":%q}`, text)).play(t)
		_, err := d.CreateAssignment(t.Context(), anAssignment)
		wantKind(t, text, err, want, false)
	}
}

func TestAUserHasEachAssignmentOnce(t *testing.T) {
	group := "906771b2aa-0f000000-0000-4000-8000-00000000000a"
	rows := []string{row("USER", userID, "111122223333"), row("GROUP", group, "111122223333"), row("USER", userID, "111122223333"), row("GROUP", group, "444455556666")}
	d := answering("ListAccountAssignmentsForPrincipal", `{"AccountAssignments":[`+strings.Join(rows, ",")+`],"NextToken":""}`).play(t)
	page, err := d.ListAssignmentsFor(t.Context(), anAssignment.Principal, "", assignment.PageRequest{})
	ok(t, err)
	byGroup := anAssignment
	byGroup.Principal.Kind, byGroup.Principal.ID = identity.KindGroup, identity.ID(group)
	elsewhere := byGroup
	elsewhere.Account = "444455556666"
	if !slices.Equal(page.Items, []identity.Assignment{anAssignment, byGroup, elsewhere}) || page.Next != "" {
		t.Errorf("it has %+v", page)
	}
}

func TestPagesAreAsLargeAsMayBe(t *testing.T) {
	for limit, want := range map[int][2]string{0: {"100", "20"}, 7: {"7", "7"}, 100: {"100", "20"}, 101: {"100", "20"}} {
		s := &script{answers: map[string][]string{"ListPermissionSets": {`{"NextToken":"on"}`}, "ListAccounts": {`{}`}}}
		d := s.play(t)
		page, err := d.ListPermissionSets(t.Context(), assignment.PageRequest{Limit: limit})
		if err != nil || page.Next != "on" {
			t.Errorf("%+v, %v", page, err)
		}
		_, err = d.ListAccounts(t.Context(), "", assignment.PageRequest{Limit: limit, Token: "on"})
		ok(t, err)
		asked := s.requests()
		if !strings.Contains(asked[0], `"MaxResults":`+want[0]+`}`) || !strings.Contains(asked[1], `"MaxResults":`+want[1]+`,`) || !strings.Contains(asked[1], `"NextToken":"on"`) {
			t.Errorf("limit %d: asked %q", limit, asked)
		}
	}
}
