package ssoadmin

import (
	"rollcall/awsjson"
	"rollcall/identity"
)

// The operations on what permission sets allow.
type (
	// PutInlinePolicyInput is what PutInlinePolicyToPermissionSet takes; it
	// answers nothing.
	PutInlinePolicyInput struct {
		PermissionSetInput
		InlinePolicy *string `json:",omitempty"`
	}
	// InlinePolicyOutput is what GetInlinePolicyForPermissionSet answers; the
	// policy is empty where there is none.
	InlinePolicyOutput struct{ InlinePolicy string }
	// ManagedPolicyInput is what AttachManagedPolicyToPermissionSet and
	// DetachManagedPolicyFromPermissionSet take; they answer nothing.
	ManagedPolicyInput struct {
		PermissionSetInput
		ManagedPolicyArn *string `json:",omitempty"`
	}
	// CustomerPolicyInput is what
	// AttachCustomerManagedPolicyReferenceToPermissionSet and
	// DetachCustomerManagedPolicyReferenceFromPermissionSet take; they answer
	// nothing.
	CustomerPolicyInput struct {
		PermissionSetInput
		CustomerManagedPolicyReference *CustomerPolicy `json:",omitempty"`
	}
	// CustomerPolicy names a policy that each account brings.
	CustomerPolicy struct {
		Name *string `json:",omitempty"`
		Path *string `json:",omitempty"` // "/" if nothing is said
	}
	// PoliciesInput is what ListManagedPoliciesInPermissionSet and
	// ListCustomerManagedPolicyReferencesInPermissionSet take.
	PoliciesInput struct {
		PermissionSetInput
		Page
	}
	// ListManagedPoliciesOutput is what ListManagedPoliciesInPermissionSet
	// answers.
	ListManagedPoliciesOutput struct {
		AttachedManagedPolicies []ManagedPolicy
		NextToken               string `json:",omitempty"`
	}
	// ManagedPolicy is a policy of AWS's; its name is the end of its ARN.
	ManagedPolicy struct{ Name, Arn string }
	// ListCustomerPoliciesOutput is what
	// ListCustomerManagedPolicyReferencesInPermissionSet answers.
	ListCustomerPoliciesOutput struct {
		CustomerManagedPolicyReferences []CustomerPolicy
		NextToken                       string `json:",omitempty"`
	}
	// PutBoundaryInput is what PutPermissionsBoundaryToPermissionSet takes; it
	// answers nothing.
	PutBoundaryInput struct {
		PermissionSetInput
		PermissionsBoundary *Boundary `json:",omitempty"`
	}
	// BoundaryOutput is what GetPermissionsBoundaryForPermissionSet answers.
	BoundaryOutput struct{ PermissionsBoundary Boundary }
	// Boundary is a policy of AWS's or of the customer's.
	Boundary struct {
		CustomerManagedPolicyReference *CustomerPolicy `json:",omitempty"`
		ManagedPolicyArn               *string         `json:",omitempty"`
	}
)

func (in *PutInlinePolicyInput) Constrain(c *awsjson.Checker) {
	in.PermissionSetInput.Constrain(c)
	c.Needed("inlinePolicy", in.InlinePolicy, inlinePolicyRule)
}

func (in *ManagedPolicyInput) Constrain(c *awsjson.Checker) {
	in.PermissionSetInput.Constrain(c)
	c.Needed("managedPolicyArn", in.ManagedPolicyArn, managedPolicyRule)
}

func (in *CustomerPolicyInput) Constrain(c *awsjson.Checker) {
	in.PermissionSetInput.Constrain(c)
	const at = "customerManagedPolicyReference"
	if c.Required(at, in.CustomerManagedPolicyReference != nil) {
		in.CustomerManagedPolicyReference.constrain(c, at)
	}
}

func (p *CustomerPolicy) constrain(c *awsjson.Checker, at string) {
	c.Needed(at+".name", p.Name, policyNameRule)
	c.Text(at+".path", p.Path, policyPathRule)
}

func (in *PoliciesInput) Constrain(c *awsjson.Checker) {
	in.PermissionSetInput.Constrain(c)
	in.Page.constrain(c)
}

func (in *PutBoundaryInput) Constrain(c *awsjson.Checker) {
	in.PermissionSetInput.Constrain(c)
	const at = "permissionsBoundary"
	b := in.PermissionsBoundary
	if !c.Required(at, b != nil) {
		return
	}
	if (b.CustomerManagedPolicyReference == nil) == (b.ManagedPolicyArn == nil) {
		c.Refuse(at, "Member must have exactly one of its members set: [CustomerManagedPolicyReference, ManagedPolicyArn]")
	}
	if b.CustomerManagedPolicyReference != nil {
		b.CustomerManagedPolicyReference.constrain(c, at+".customerManagedPolicyReference")
	}
	c.Text(at+".managedPolicyArn", b.ManagedPolicyArn, managedPolicyRule)
}

// Policy is the policy that a checked input names.
func (in *ManagedPolicyInput) Policy() identity.Policy {
	return identity.Policy{ARN: text(in.ManagedPolicyArn)}
}

// Policy is the policy that a checked input names.
func (in *CustomerPolicyInput) Policy() identity.Policy {
	return in.CustomerManagedPolicyReference.policy()
}

// Policy is the policy that a checked input names.
func (in *PutBoundaryInput) Policy() identity.Policy {
	if p := in.PermissionsBoundary.CustomerManagedPolicyReference; p != nil {
		return p.policy()
	}
	return identity.Policy{ARN: text(in.PermissionsBoundary.ManagedPolicyArn)}
}

func (p *CustomerPolicy) policy() identity.Policy {
	return identity.Policy{Name: text(p.Name), Path: text(p.Path)}
}

// ManagedPolicyOf writes a policy of AWS's.
func ManagedPolicyOf(p identity.Policy) ManagedPolicy {
	return ManagedPolicy{Name: string(identity.LastPart(p.ARN)), Arn: p.ARN}
}

// CustomerPolicyOf writes a policy of the customer's.
func CustomerPolicyOf(p identity.Policy) CustomerPolicy {
	return CustomerPolicy{set(p.Name), set(p.Path)}
}

// BoundaryOf writes a boundary.
func BoundaryOf(p identity.Policy) Boundary {
	if p.Managed() {
		return Boundary{ManagedPolicyArn: &p.ARN}
	}
	own := CustomerPolicyOf(p)
	return Boundary{CustomerManagedPolicyReference: &own}
}
