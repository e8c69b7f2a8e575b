package awsassignment

import (
	"cmp"
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssoadmin"
	"github.com/aws/aws-sdk-go-v2/service/ssoadmin/types"

	"rollcall/assignment"
	"rollcall/awscall"
	"rollcall/fault"
	"rollcall/identity"
)

// Policies reads what a permission set allows, in four calls or more. Lists are
// in AWS's order.
func (d *Driver) Policies(ctx context.Context, arn string) (identity.Policies, error) {
	const op = "read policies"
	var p identity.Policies
	// The first says whether the permission set is there: what is not found
	// later is the boundary.
	var err error
	if p.Inline, err = d.InlinePolicy(ctx, arn); err != nil {
		return identity.Policies{}, err
	}
	if p.Managed, err = every(ctx, op, d.managed(op, arn)); err != nil {
		return identity.Policies{}, err
	}
	if p.Customer, err = every(ctx, op, d.customer(op, arn)); err != nil {
		return identity.Policies{}, err
	}
	if p.Boundary, err = d.boundary(ctx, op, arn); err != nil {
		return identity.Policies{}, err
	}
	return p, nil
}

// InlinePolicy reads the inline policy of a permission set, in one call.
func (d *Driver) InlinePolicy(ctx context.Context, arn string) (string, error) {
	const op = "read policies"
	if err := d.permissionSet(op, arn); err != nil {
		return "", err
	}
	inline, err := ask(ctx, d, read("GetInlinePolicyForPermissionSet", op, onSet(arn)), (*ssoadmin.Client).GetInlinePolicyForPermissionSet,
		ssoadmin.GetInlinePolicyForPermissionSetInput{InstanceArn: &d.arn, PermissionSetArn: &arn})
	if err != nil {
		return "", err
	}
	return aws.ToString(inline.InlinePolicy), nil
}

type policyPage = func(context.Context, assignment.PageRequest) (assignment.Page[identity.Policy], error)

func (d *Driver) managed(op, arn string) policyPage {
	return func(ctx context.Context, p assignment.PageRequest) (assignment.Page[identity.Policy], error) {
		limit, token, err := paging(op, p, mostAccess)
		if err != nil {
			return assignment.Page[identity.Policy]{}, err
		}
		out, err := ask(ctx, d, read("ListManagedPoliciesInPermissionSet", op, onSet(arn)), (*ssoadmin.Client).ListManagedPoliciesInPermissionSet,
			ssoadmin.ListManagedPoliciesInPermissionSetInput{InstanceArn: &d.arn, PermissionSetArn: &arn, MaxResults: limit, NextToken: token})
		if err != nil {
			return assignment.Page[identity.Policy]{}, err
		}
		return paged(out.AttachedManagedPolicies, out.NextToken, func(w *types.AttachedManagedPolicy) (identity.Policy, error) {
			if aws.ToString(w.Arn) == "" {
				return identity.Policy{}, odd(op, "has a policy without an ARN")
			}
			return identity.Policy{ARN: *w.Arn}, nil
		})
	}
}

func (d *Driver) customer(op, arn string) policyPage {
	return func(ctx context.Context, p assignment.PageRequest) (assignment.Page[identity.Policy], error) {
		limit, token, err := paging(op, p, mostAccess)
		if err != nil {
			return assignment.Page[identity.Policy]{}, err
		}
		out, err := ask(ctx, d, read("ListCustomerManagedPolicyReferencesInPermissionSet", op, onSet(arn)),
			(*ssoadmin.Client).ListCustomerManagedPolicyReferencesInPermissionSet,
			ssoadmin.ListCustomerManagedPolicyReferencesInPermissionSetInput{InstanceArn: &d.arn, PermissionSetArn: &arn, MaxResults: limit, NextToken: token})
		if err != nil {
			return assignment.Page[identity.Policy]{}, err
		}
		return paged(out.CustomerManagedPolicyReferences, out.NextToken, func(w *types.CustomerManagedPolicyReference) (identity.Policy, error) {
			return customerPolicy(op, w)
		})
	}
}

func customerPolicy(op string, w *types.CustomerManagedPolicyReference) (identity.Policy, error) {
	if aws.ToString(w.Name) == "" {
		return identity.Policy{}, odd(op, "has a policy without a name")
	}
	return identity.Policy{Name: *w.Name, Path: cmp.Or(aws.ToString(w.Path), "/")}, nil
}

// boundary is nil where there is none.
func (d *Driver) boundary(ctx context.Context, op, arn string) (*identity.Policy, error) {
	out, err := ask(ctx, d, read("GetPermissionsBoundaryForPermissionSet", op, onSet(arn)), (*ssoadmin.Client).GetPermissionsBoundaryForPermissionSet,
		ssoadmin.GetPermissionsBoundaryForPermissionSetInput{InstanceArn: &d.arn, PermissionSetArn: &arn})
	if fault.Is(err, fault.NotFound) {
		return nil, nil
	}
	if err != nil || out.PermissionsBoundary == nil {
		return nil, err
	}
	b := out.PermissionsBoundary
	if own := b.CustomerManagedPolicyReference; own != nil {
		p, err := customerPolicy(op, own)
		return &p, err
	}
	if aws.ToString(b.ManagedPolicyArn) == "" {
		return nil, odd(op, "has a boundary without a policy")
	}
	return &identity.Policy{ARN: *b.ManagedPolicyArn}, nil
}

// SetInlinePolicy replaces the inline policy, or takes it away.
func (d *Driver) SetInlinePolicy(ctx context.Context, arn, document string) error {
	const op = "set inline policy"
	if err := d.permissionSet(op, arn); err != nil {
		return err
	}
	if document == "" {
		_, err := ask(ctx, d, write("DeleteInlinePolicyFromPermissionSet", op, onSet(arn)), (*ssoadmin.Client).DeleteInlinePolicyFromPermissionSet,
			ssoadmin.DeleteInlinePolicyFromPermissionSetInput{InstanceArn: &d.arn, PermissionSetArn: &arn})
		return d.goneAnyway(ctx, arn, err)
	}
	if err := identity.CheckInlinePolicy(document); err != nil {
		return err
	}
	_, err := ask(ctx, d, write("PutInlinePolicyToPermissionSet", op, onSet(arn)), (*ssoadmin.Client).PutInlinePolicyToPermissionSet,
		ssoadmin.PutInlinePolicyToPermissionSetInput{InstanceArn: &d.arn, PermissionSetArn: &arn, InlinePolicy: &document})
	return err
}

// goneAnyway tells the deletion of what was not there, which is done, from one
// on a permission set that is not there.
func (d *Driver) goneAnyway(ctx context.Context, arn string, err error) error {
	if fault.Is(err, fault.NotFound) {
		_, err = d.PermissionSet(ctx, arn)
	}
	return err
}

// AttachPolicy adds a policy.
func (d *Driver) AttachPolicy(ctx context.Context, arn string, p identity.Policy) error {
	const op = "attach policy"
	if err := d.policy(op, arn, p); err != nil {
		return err
	}
	if p.Managed() {
		_, err := ask(ctx, d, write("AttachManagedPolicyToPermissionSet", op, onSet(arn)), (*ssoadmin.Client).AttachManagedPolicyToPermissionSet,
			ssoadmin.AttachManagedPolicyToPermissionSetInput{InstanceArn: &d.arn, PermissionSetArn: &arn, ManagedPolicyArn: &p.ARN})
		return err
	}
	_, err := ask(ctx, d, write("AttachCustomerManagedPolicyReferenceToPermissionSet", op, onSet(arn)),
		(*ssoadmin.Client).AttachCustomerManagedPolicyReferenceToPermissionSet, ssoadmin.AttachCustomerManagedPolicyReferenceToPermissionSetInput{
			InstanceArn: &d.arn, PermissionSetArn: &arn, CustomerManagedPolicyReference: reference(p),
		})
	return err
}

// DetachPolicy takes a policy away.
func (d *Driver) DetachPolicy(ctx context.Context, arn string, p identity.Policy) error {
	const op = "detach policy"
	if err := d.policy(op, arn, p); err != nil {
		return err
	}
	if p.Managed() {
		_, err := ask(ctx, d, write("DetachManagedPolicyFromPermissionSet", op, onSet(arn)), (*ssoadmin.Client).DetachManagedPolicyFromPermissionSet,
			ssoadmin.DetachManagedPolicyFromPermissionSetInput{InstanceArn: &d.arn, PermissionSetArn: &arn, ManagedPolicyArn: &p.ARN})
		return err
	}
	_, err := ask(ctx, d, write("DetachCustomerManagedPolicyReferenceFromPermissionSet", op, onSet(arn)),
		(*ssoadmin.Client).DetachCustomerManagedPolicyReferenceFromPermissionSet, ssoadmin.DetachCustomerManagedPolicyReferenceFromPermissionSetInput{
			InstanceArn: &d.arn, PermissionSetArn: &arn, CustomerManagedPolicyReference: reference(p),
		})
	return err
}

func (d *Driver) policy(op, arn string, p identity.Policy) error {
	if err := d.permissionSet(op, arn); err != nil {
		return err
	}
	return p.Validate()
}

func reference(p identity.Policy) *types.CustomerManagedPolicyReference {
	return &types.CustomerManagedPolicyReference{Name: awscall.Text(p.Name), Path: awscall.Text(p.Path)}
}

// SetBoundary replaces the boundary, or takes it away.
func (d *Driver) SetBoundary(ctx context.Context, arn string, p *identity.Policy) error {
	const op = "set boundary"
	if err := d.permissionSet(op, arn); err != nil {
		return err
	}
	if p == nil {
		_, err := ask(ctx, d, write("DeletePermissionsBoundaryFromPermissionSet", op, onSet(arn)),
			(*ssoadmin.Client).DeletePermissionsBoundaryFromPermissionSet,
			ssoadmin.DeletePermissionsBoundaryFromPermissionSetInput{InstanceArn: &d.arn, PermissionSetArn: &arn})
		return d.goneAnyway(ctx, arn, err)
	}
	if err := p.Validate(); err != nil {
		return err
	}
	b := &types.PermissionsBoundary{ManagedPolicyArn: awscall.Text(p.ARN)}
	if !p.Managed() {
		b.CustomerManagedPolicyReference = reference(*p)
	}
	_, err := ask(ctx, d, write("PutPermissionsBoundaryToPermissionSet", op, onSet(arn)), (*ssoadmin.Client).PutPermissionsBoundaryToPermissionSet,
		ssoadmin.PutPermissionsBoundaryToPermissionSetInput{InstanceArn: &d.arn, PermissionSetArn: &arn, PermissionsBoundary: b})
	return err
}
