package awsdoor

import (
	"context"

	"rollcall/awsjson"
	"rollcall/awsjson/ssoadmin"
	"rollcall/identity"
)

func putInlinePolicy(ctx context.Context, c *center, in *ssoadmin.PutInlinePolicyInput) (any, error) {
	return nil, c.writer().SetInlinePolicy(ctx, *in.PermissionSetArn, *in.InlinePolicy)
}

func getInlinePolicy(ctx context.Context, c *center, in *ssoadmin.PermissionSetInput) (any, error) {
	p, err := c.Policies(ctx, *in.PermissionSetArn)
	return ssoadmin.InlinePolicyOutput{InlinePolicy: p.Inline}, err
}

func deleteInlinePolicy(ctx context.Context, c *center, in *ssoadmin.PermissionSetInput) (any, error) {
	return nil, c.writer().SetInlinePolicy(ctx, *in.PermissionSetArn, "")
}

func attachManagedPolicy(ctx context.Context, c *center, in *ssoadmin.ManagedPolicyInput) (any, error) {
	return nil, c.writer().AttachPolicy(ctx, *in.PermissionSetArn, in.Policy())
}

func detachManagedPolicy(ctx context.Context, c *center, in *ssoadmin.ManagedPolicyInput) (any, error) {
	return nil, c.writer().DetachPolicy(ctx, *in.PermissionSetArn, in.Policy())
}

func listManagedPolicies(ctx context.Context, c *center, in *ssoadmin.PoliciesInput) (any, error) {
	p, err := c.Policies(ctx, *in.PermissionSetArn)
	if err != nil {
		return nil, err
	}
	found, err := cut(ctx, c.server, "ListManagedPolicies "+*in.PermissionSetArn, p.Managed,
		func(p identity.Policy) string { return p.ARN }, ssoPage(&in.Page, ssoadmin.MaxResults))
	return ssoadmin.ListManagedPoliciesOutput{AttachedManagedPolicies: written(found.Items, ssoadmin.ManagedPolicyOf), NextToken: found.Next}, err
}

func attachCustomerPolicy(ctx context.Context, c *center, in *ssoadmin.CustomerPolicyInput) (any, error) {
	return nil, c.writer().AttachPolicy(ctx, *in.PermissionSetArn, in.Policy())
}

func detachCustomerPolicy(ctx context.Context, c *center, in *ssoadmin.CustomerPolicyInput) (any, error) {
	return nil, c.writer().DetachPolicy(ctx, *in.PermissionSetArn, in.Policy())
}

func listCustomerPolicies(ctx context.Context, c *center, in *ssoadmin.PoliciesInput) (any, error) {
	p, err := c.Policies(ctx, *in.PermissionSetArn)
	if err != nil {
		return nil, err
	}
	found, err := cut(ctx, c.server, "ListCustomerPolicies "+*in.PermissionSetArn, p.Customer,
		func(p identity.Policy) string { return p.Path + p.Name }, ssoPage(&in.Page, ssoadmin.MaxResults))
	return ssoadmin.ListCustomerPoliciesOutput{CustomerManagedPolicyReferences: written(found.Items, ssoadmin.CustomerPolicyOf), NextToken: found.Next}, err
}

func putBoundary(ctx context.Context, c *center, in *ssoadmin.PutBoundaryInput) (any, error) {
	p := in.Policy()
	return nil, c.writer().SetBoundary(ctx, *in.PermissionSetArn, &p)
}

// getBoundary has nothing to answer where there is none.
func getBoundary(ctx context.Context, c *center, in *ssoadmin.PermissionSetInput) (any, error) {
	p, err := c.Policies(ctx, *in.PermissionSetArn)
	if err != nil {
		return nil, err
	}
	if p.Boundary == nil {
		return nil, &awsjson.Exception{
			Type:    awsjson.TypeNotFound,
			Message: couldNotFind("PermissionsBoundary of PermissionSet", string(identity.LastPart(*in.PermissionSetArn))),
		}
	}
	return ssoadmin.BoundaryOutput{PermissionsBoundary: ssoadmin.BoundaryOf(*p.Boundary)}, nil
}

func deleteBoundary(ctx context.Context, c *center, in *ssoadmin.PermissionSetInput) (any, error) {
	return nil, c.writer().SetBoundary(ctx, *in.PermissionSetArn, nil)
}
