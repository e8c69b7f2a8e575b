package awsdoor_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssoadmin"
	"github.com/aws/aws-sdk-go-v2/service/ssoadmin/types"
)

func TestAnInlinePolicyIsKeptToTheLetter(t *testing.T) {
	c, ctx := startCenter(t, nil, 0), t.Context()
	set := c.permissionSet("Reader")
	get := func() string {
		t.Helper()
		return *must[*ssoadmin.GetInlinePolicyForPermissionSetOutput](t, "get")(c.GetInlinePolicyForPermissionSet(ctx, &ssoadmin.GetInlinePolicyForPermissionSetInput{
			InstanceArn: &c.instance, PermissionSetArn: &set,
		})).InlinePolicy
	}
	if got := get(); got != "" {
		t.Errorf("at first it is %q", got)
	}
	for _, policy := range []string{`{"Version":"2012-10-17", "Statement":[]}`, "{\n\t\"Statement\": [\"ü<>&\"]\r\n}"} {
		must[*ssoadmin.PutInlinePolicyToPermissionSetOutput](t, "put")(c.PutInlinePolicyToPermissionSet(ctx, &ssoadmin.PutInlinePolicyToPermissionSetInput{
			InstanceArn: &c.instance, PermissionSetArn: &set, InlinePolicy: &policy,
		}))
		if got := get(); got != policy {
			t.Errorf("it is %q, want %q", got, policy)
		}
	}
	for range 2 {
		must[*ssoadmin.DeleteInlinePolicyFromPermissionSetOutput](t, "delete")(c.DeleteInlinePolicyFromPermissionSet(ctx, &ssoadmin.DeleteInlinePolicyFromPermissionSetInput{
			InstanceArn: &c.instance, PermissionSetArn: &set,
		}))
	}
	if got := get(); got != "" {
		t.Errorf("at last it is %q", got)
	}
}

func TestPoliciesOfAWSAreAttachedAndListed(t *testing.T) {
	c, ctx := startCenter(t, nil, 0), t.Context()
	set := c.permissionSet("Reader")
	const prefix = "arn:aws:iam::aws:policy/"
	attach := func(arn string) error {
		return second(c.AttachManagedPolicyToPermissionSet(ctx, &ssoadmin.AttachManagedPolicyToPermissionSetInput{InstanceArn: &c.instance, PermissionSetArn: &set, ManagedPolicyArn: &arn}))
	}
	detach := func(arn string) error {
		return second(c.DetachManagedPolicyFromPermissionSet(ctx, &ssoadmin.DetachManagedPolicyFromPermissionSetInput{InstanceArn: &c.instance, PermissionSetArn: &set, ManagedPolicyArn: &arn}))
	}
	want := []string{"Audit " + prefix + "job-function/Audit"}
	must[int](t, "attach")(0, attach(prefix+"job-function/Audit"))
	for i := range 4 {
		must[int](t, "attach")(0, attach(fmt.Sprintf("%sRead%d", prefix, i)))
		want = append(want, fmt.Sprintf("Read%d %sRead%d", i, prefix, i))
	}
	got := threePages(t, "policies of AWS's", func(limit *int32, token *string) ([]string, *string, error) {
		page, err := c.ListManagedPoliciesInPermissionSet(ctx, &ssoadmin.ListManagedPoliciesInPermissionSetInput{
			InstanceArn: &c.instance, PermissionSetArn: &set, MaxResults: limit, NextToken: token,
		})
		if err != nil {
			return nil, nil, err
		}
		return each(page.AttachedManagedPolicies, func(p types.AttachedManagedPolicy) string { return *p.Name + " " + *p.Arn }), page.NextToken, nil
	})
	slices.Sort(want)
	slices.Sort(got)
	same(t, "policies", want, got)
	refused(t, "attach again", attach(prefix+"Read0"), "ConflictException")
	must[int](t, "detach")(0, detach(prefix+"Read0"))
	refused(t, "detach again", detach(prefix+"Read0"), "ResourceNotFoundException")
	for i := range 16 { // with the four that are there: as many as there may be
		must[int](t, "attach")(0, attach(fmt.Sprintf("%sMore%d", prefix, i)))
	}
	refused(t, "one too many", attach(prefix+"Last"), "ServiceQuotaExceededException")
}

// A token has at most 2048 characters, and an ARN may have as many.
func TestTheLongestARNsComeInPages(t *testing.T) {
	c, ctx := startCenter(t, nil, 0), t.Context()
	set := c.permissionSet("Reader")
	var want []string
	for i := range 5 {
		arn := fmt.Sprintf("arn:aws:iam::aws:policy/%s%d", of(2048-25), i)
		must[*ssoadmin.AttachManagedPolicyToPermissionSetOutput](t, "attach")(c.AttachManagedPolicyToPermissionSet(ctx, &ssoadmin.AttachManagedPolicyToPermissionSetInput{
			InstanceArn: &c.instance, PermissionSetArn: &set, ManagedPolicyArn: &arn,
		}))
		want = append(want, arn)
	}
	got := threePages(t, "policies of AWS's", func(limit *int32, token *string) ([]string, *string, error) {
		page, err := c.ListManagedPoliciesInPermissionSet(ctx, &ssoadmin.ListManagedPoliciesInPermissionSetInput{
			InstanceArn: &c.instance, PermissionSetArn: &set, MaxResults: limit, NextToken: token,
		})
		if err != nil {
			return nil, nil, err
		}
		return each(page.AttachedManagedPolicies, func(p types.AttachedManagedPolicy) string { return *p.Arn }), page.NextToken, nil
	})
	slices.Sort(got)
	same(t, "policies", want, got)
}

func TestPoliciesOfTheCustomersAreAttachedAndListed(t *testing.T) {
	c, ctx := startCenter(t, nil, 0), t.Context()
	set := c.permissionSet("Reader")
	attach := func(name string, path *string) error {
		return second(c.AttachCustomerManagedPolicyReferenceToPermissionSet(ctx, &ssoadmin.AttachCustomerManagedPolicyReferenceToPermissionSetInput{
			InstanceArn: &c.instance, PermissionSetArn: &set, CustomerManagedPolicyReference: &types.CustomerManagedPolicyReference{Name: &name, Path: path},
		}))
	}
	detach := func(name string, path *string) error {
		return second(c.DetachCustomerManagedPolicyReferenceFromPermissionSet(ctx, &ssoadmin.DetachCustomerManagedPolicyReferenceFromPermissionSetInput{
			InstanceArn: &c.instance, PermissionSetArn: &set, CustomerManagedPolicyReference: &types.CustomerManagedPolicyReference{Name: &name, Path: path},
		}))
	}
	want := []string{"/ Own0", "/a/ Own0", "/a/b/ Own1", "/ Own2", "/ Own3"}
	for what, err := range map[string]error{
		"no path": attach("Own0", nil), "a path": attach("Own0", aws.String("/a/")), "a long path": attach("Own1", aws.String("/a/b/")),
		"the root": attach("Own2", aws.String("/")), "a third": attach("Own3", nil),
	} {
		must[int](t, what)(0, err)
	}
	got := threePages(t, "policies of the customer's", func(limit *int32, token *string) ([]string, *string, error) {
		page, err := c.ListCustomerManagedPolicyReferencesInPermissionSet(ctx, &ssoadmin.ListCustomerManagedPolicyReferencesInPermissionSetInput{
			InstanceArn: &c.instance, PermissionSetArn: &set, MaxResults: limit, NextToken: token,
		})
		if err != nil {
			return nil, nil, err
		}
		return each(page.CustomerManagedPolicyReferences, func(p types.CustomerManagedPolicyReference) string { return *p.Path + " " + *p.Name }), page.NextToken, nil
	})
	slices.Sort(want)
	slices.Sort(got)
	same(t, "policies", want, got)
	refused(t, "attach again, with the path that none means", attach("Own0", aws.String("/")), "ConflictException")
	must[int](t, "detach")(0, detach("Own0", aws.String("/")))
	refused(t, "detach again", detach("Own0", nil), "ResourceNotFoundException")
}

func TestABoundaryIsOneOrTheOther(t *testing.T) {
	c, ctx := startCenter(t, nil, 0), t.Context()
	set := c.permissionSet("Reader")
	get := func() (*ssoadmin.GetPermissionsBoundaryForPermissionSetOutput, error) {
		return c.GetPermissionsBoundaryForPermissionSet(ctx, &ssoadmin.GetPermissionsBoundaryForPermissionSetInput{InstanceArn: &c.instance, PermissionSetArn: &set})
	}
	refused(t, "no boundary", second(get()), "ResourceNotFoundException")
	own := &types.CustomerManagedPolicyReference{Name: aws.String("Own"), Path: aws.String("/a/")}
	managed := aws.String("arn:aws:iam::aws:policy/ReadOnlyAccess")
	for what, b := range map[string]types.PermissionsBoundary{"AWS's": {ManagedPolicyArn: managed}, "the customer's": {CustomerManagedPolicyReference: own}} {
		must[*ssoadmin.PutPermissionsBoundaryToPermissionSetOutput](t, what)(c.PutPermissionsBoundaryToPermissionSet(ctx, &ssoadmin.PutPermissionsBoundaryToPermissionSetInput{
			InstanceArn: &c.instance, PermissionSetArn: &set, PermissionsBoundary: &b,
		}))
		same(t, what, b, *must[*ssoadmin.GetPermissionsBoundaryForPermissionSetOutput](t, "get")(get()).PermissionsBoundary)
	}
	for what, b := range map[string]types.PermissionsBoundary{"both": {ManagedPolicyArn: managed, CustomerManagedPolicyReference: own}, "none": {}} {
		refused(t, what, second(c.PutPermissionsBoundaryToPermissionSet(ctx, &ssoadmin.PutPermissionsBoundaryToPermissionSetInput{
			InstanceArn: &c.instance, PermissionSetArn: &set, PermissionsBoundary: &b,
		})), "ValidationException")
	}
	for range 2 {
		must[*ssoadmin.DeletePermissionsBoundaryFromPermissionSetOutput](t, "delete")(c.DeletePermissionsBoundaryFromPermissionSet(ctx, &ssoadmin.DeletePermissionsBoundaryFromPermissionSetInput{
			InstanceArn: &c.instance, PermissionSetArn: &set,
		}))
	}
	refused(t, "no boundary any more", second(get()), "ResourceNotFoundException")
}
