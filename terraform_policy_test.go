package main

import (
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/service/ssoadmin"
	sso "github.com/aws/aws-sdk-go-v2/service/ssoadmin/types"
)

// policyOf is what all policies of a permission set have in common: after each
// change the set is brought to its accounts.
type policyOf struct{ set *block }

func (o policyOf) done(p *provider, id string, err error) (string, error) {
	if err != nil {
		return "", err
	}
	return id, p.provision(o.set.name())
}

func (o policyOf) undone(p *provider, err error) error {
	if err != nil {
		return nowhere(err)
	}
	return p.provision(o.set.name())
}

// patient tries again what conflicts with a write that has not settled.
func patient(o *ssoadmin.Options) {
	o.Retryer = retry.AddWithErrorCodes(o.Retryer, (*sso.ConflictException)(nil).ErrorCode())
}

const readOnly = "arn:aws:iam::aws:policy/ReadOnlyAccess"

// tfManagedPolicy is aws_ssoadmin_managed_policy_attachment.
type tfManagedPolicy struct {
	replaced
	policyOf
}

func (a tfManagedPolicy) create(p *provider) (string, error) {
	id := strings.Join([]string{readOnly, a.set.name(), p.instance}, ",")
	if there, err := a.read(p, id); err != nil || there != nil {
		return "", err
	}
	_, err := p.sso.AttachManagedPolicyToPermissionSet(p.t.Context(), &ssoadmin.AttachManagedPolicyToPermissionSetInput{
		InstanceArn: &p.instance, PermissionSetArn: aws.String(a.set.name()), ManagedPolicyArn: aws.String(readOnly),
	}, patient)
	return a.done(p, id, err)
}

func (a tfManagedPolicy) read(p *provider, id string) (state, error) {
	part := strings.Split(id, ",")
	pages := ssoadmin.NewListManagedPoliciesInPermissionSetPaginator(p.sso, &ssoadmin.ListManagedPoliciesInPermissionSetInput{InstanceArn: &part[2], PermissionSetArn: &part[1]})
	for pages.HasMorePages() {
		page, err := pages.NextPage(p.t.Context())
		if err != nil {
			return nil, nowhere(err)
		}
		for _, policy := range page.AttachedManagedPolicies {
			if *policy.Arn == part[0] {
				return state{"managed_policy_arn": *policy.Arn, "managed_policy_name": *policy.Name}, nil
			}
		}
	}
	return nil, nil
}

func (a tfManagedPolicy) delete(p *provider, id string) error {
	part := strings.Split(id, ",")
	_, err := p.sso.DetachManagedPolicyFromPermissionSet(p.t.Context(), &ssoadmin.DetachManagedPolicyFromPermissionSetInput{
		InstanceArn: &part[2], PermissionSetArn: &part[1], ManagedPolicyArn: &part[0],
	}, patient)
	return a.undone(p, err)
}

// tfCustomerPolicy is aws_ssoadmin_customer_managed_policy_attachment.
type tfCustomerPolicy struct {
	replaced
	policyOf
}

func (a tfCustomerPolicy) create(p *provider) (string, error) {
	_, err := p.sso.AttachCustomerManagedPolicyReferenceToPermissionSet(p.t.Context(), &ssoadmin.AttachCustomerManagedPolicyReferenceToPermissionSetInput{
		InstanceArn: &p.instance, PermissionSetArn: aws.String(a.set.name()),
		CustomerManagedPolicyReference: &sso.CustomerManagedPolicyReference{Name: aws.String("audit"), Path: aws.String("/team/")},
	}, patient)
	return a.done(p, strings.Join([]string{"audit", "/team/", a.set.name(), p.instance}, ","), err)
}

func (a tfCustomerPolicy) read(p *provider, id string) (state, error) {
	part := strings.Split(id, ",")
	pages := ssoadmin.NewListCustomerManagedPolicyReferencesInPermissionSetPaginator(p.sso, &ssoadmin.ListCustomerManagedPolicyReferencesInPermissionSetInput{
		InstanceArn: &part[3], PermissionSetArn: &part[2],
	})
	for pages.HasMorePages() {
		page, err := pages.NextPage(p.t.Context())
		if err != nil {
			return nil, nowhere(err)
		}
		for _, policy := range page.CustomerManagedPolicyReferences {
			if *policy.Name == part[0] && *policy.Path == part[1] {
				return state{"name": *policy.Name, "path": *policy.Path}, nil
			}
		}
	}
	return nil, nil
}

func (a tfCustomerPolicy) delete(p *provider, id string) error {
	part := strings.Split(id, ",")
	_, err := p.sso.DetachCustomerManagedPolicyReferenceFromPermissionSet(p.t.Context(), &ssoadmin.DetachCustomerManagedPolicyReferenceFromPermissionSetInput{
		InstanceArn: &part[3], PermissionSetArn: &part[2],
		CustomerManagedPolicyReference: &sso.CustomerManagedPolicyReference{Name: &part[0], Path: &part[1]},
	}, patient)
	return a.undone(p, err)
}

// tfInlinePolicy is aws_ssoadmin_permission_set_inline_policy, whose id is that
// of its permission set.
type tfInlinePolicy struct{ policyOf }

func (a tfInlinePolicy) create(p *provider) (string, error) { return a.put(p, "s3:GetObject") }

func (a tfInlinePolicy) put(p *provider, action string) (string, error) {
	_, err := p.sso.PutInlinePolicyToPermissionSet(p.t.Context(), &ssoadmin.PutInlinePolicyToPermissionSetInput{
		InstanceArn: &p.instance, PermissionSetArn: aws.String(a.set.name()),
		InlinePolicy: aws.String(`{"Statement":[{"Action":"` + action + `","Effect":"Allow","Resource":"*"}],"Version":"2012-10-17"}`),
	})
	return a.done(p, a.set.id, err)
}

// read takes an empty policy for none.
func (a tfInlinePolicy) read(p *provider, id string) (state, error) {
	set, instance, _ := strings.Cut(id, ",")
	got, err := p.sso.GetInlinePolicyForPermissionSet(p.t.Context(), &ssoadmin.GetInlinePolicyForPermissionSetInput{InstanceArn: &instance, PermissionSetArn: &set})
	if err != nil || aws.ToString(got.InlinePolicy) == "" {
		return nil, nowhere(err)
	}
	return state{"inline_policy": *got.InlinePolicy}, nil
}

func (a tfInlinePolicy) update(p *provider, _ string) error {
	_, err := a.put(p, "s3:ListBucket")
	return err
}

func (a tfInlinePolicy) delete(p *provider, id string) error {
	set, instance, _ := strings.Cut(id, ",")
	_, err := p.sso.DeleteInlinePolicyFromPermissionSet(p.t.Context(), &ssoadmin.DeleteInlinePolicyFromPermissionSetInput{InstanceArn: &instance, PermissionSetArn: &set})
	return a.undone(p, err)
}

// tfBoundary is aws_ssoadmin_permissions_boundary_attachment.
type tfBoundary struct {
	replaced
	policyOf
}

func (a tfBoundary) create(p *provider) (string, error) {
	_, err := p.sso.PutPermissionsBoundaryToPermissionSet(p.t.Context(), &ssoadmin.PutPermissionsBoundaryToPermissionSetInput{
		InstanceArn: &p.instance, PermissionSetArn: aws.String(a.set.name()), PermissionsBoundary: &sso.PermissionsBoundary{ManagedPolicyArn: aws.String(readOnly)},
	})
	return a.done(p, a.set.id, err)
}

func (a tfBoundary) read(p *provider, id string) (state, error) {
	set, instance, _ := strings.Cut(id, ",")
	got, err := p.sso.GetPermissionsBoundaryForPermissionSet(p.t.Context(), &ssoadmin.GetPermissionsBoundaryForPermissionSetInput{InstanceArn: &instance, PermissionSetArn: &set})
	if err != nil || got.PermissionsBoundary == nil {
		return nil, nowhere(err)
	}
	return state{"managed_policy_arn": aws.ToString(got.PermissionsBoundary.ManagedPolicyArn)}, nil
}

func (a tfBoundary) delete(p *provider, id string) error {
	set, instance, _ := strings.Cut(id, ",")
	_, err := p.sso.DeletePermissionsBoundaryFromPermissionSet(p.t.Context(), &ssoadmin.DeletePermissionsBoundaryFromPermissionSetInput{InstanceArn: &instance, PermissionSetArn: &set})
	return a.undone(p, err)
}
