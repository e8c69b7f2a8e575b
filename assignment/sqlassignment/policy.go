package sqlassignment

import (
	"context"
	"fmt"
	"slices"

	"rollcall/fault"
	"rollcall/identity"
)

// SetInlinePolicy replaces the inline policy; an empty one takes it away.
func (d *Driver) SetInlinePolicy(ctx context.Context, arn, text string) error {
	operation := "PutInlinePolicyToPermissionSet"
	if text == "" {
		operation = "DeleteInlinePolicyFromPermissionSet"
	} else if err := identity.CheckInlinePolicy(text); err != nil {
		return err
	}
	return d.editPermission(ctx, "set inline policy", operation, arn, func(p *permission) error {
		p.policies.Inline = text
		return nil
	})
}

// AttachPolicy adds a policy of AWS's or of the customer's.
func (d *Driver) AttachPolicy(ctx context.Context, arn string, policy identity.Policy) error {
	const op = "attach policy"
	if err := policy.Validate(); err != nil {
		return err
	}
	operation := "AttachCustomerManagedPolicyReferenceToPermissionSet"
	if policy.Managed() {
		operation = "AttachManagedPolicyToPermissionSet"
	}
	return d.editPermission(ctx, op, operation, arn, func(p *permission) error {
		all := p.policiesLike(policy)
		switch n := len(p.policies.Managed) + len(p.policies.Customer); {
		case slices.ContainsFunc(*all, same(policy)):
			return fault.Text(fault.Conflict, op, "field policy", "it is attached already")
		case n >= identity.MaxPolicies:
			return fault.Text(fault.Quota, op, "field policy", fmt.Sprintf("%d policies are attached, and more cannot be", n))
		}
		*all = append(*all, withPath(policy))
		return nil
	})
}

// DetachPolicy takes a policy away.
func (d *Driver) DetachPolicy(ctx context.Context, arn string, policy identity.Policy) error {
	const op = "detach policy"
	if err := policy.Validate(); err != nil {
		return err
	}
	operation := "DetachCustomerManagedPolicyReferenceFromPermissionSet"
	if policy.Managed() {
		operation = "DetachManagedPolicyFromPermissionSet"
	}
	return d.editPermission(ctx, op, operation, arn, func(p *permission) error {
		all := p.policiesLike(policy)
		n := len(*all)
		*all = slices.DeleteFunc(*all, same(policy))
		if len(*all) == n {
			return fault.Text(fault.NotFound, op, "policy "+policy.ARN+policy.Path+policy.Name, "it is not attached")
		}
		return nil
	})
}

// SetBoundary replaces the boundary; nil takes it away.
func (d *Driver) SetBoundary(ctx context.Context, arn string, boundary *identity.Policy) error {
	operation := "PutPermissionsBoundaryToPermissionSet"
	if boundary == nil {
		operation = "DeletePermissionsBoundaryFromPermissionSet"
	} else if err := boundary.Validate(); err != nil {
		return err
	}
	return d.editPermission(ctx, "set boundary", operation, arn, func(p *permission) error {
		p.policies.Boundary = nil
		if boundary != nil {
			own := withPath(*boundary)
			p.policies.Boundary = &own
		}
		return nil
	})
}

func (p *permission) policiesLike(policy identity.Policy) *[]identity.Policy {
	if policy.Managed() {
		return &p.policies.Managed
	}
	return &p.policies.Customer
}

func same(policy identity.Policy) func(identity.Policy) bool {
	policy = withPath(policy)
	return func(other identity.Policy) bool { return other == policy }
}

// withPath is policy with the path that an empty one means.
func withPath(policy identity.Policy) identity.Policy {
	if !policy.Managed() && policy.Path == "" {
		policy.Path = "/"
	}
	return policy
}
