package awsdoor

import (
	"context"

	"rollcall/assignment"
	"rollcall/awsjson/ssoadmin"
)

func createPermissionSet(ctx context.Context, c *center, in *ssoadmin.CreatePermissionSetInput) (any, error) {
	s, err := c.writer().CreatePermissionSet(ctx, in.PermissionSet(), ssoadmin.Tags(in.Tags))
	return ssoadmin.PermissionSetOutput{PermissionSet: ssoadmin.PermissionSetOf(&s)}, err
}

func describePermissionSet(ctx context.Context, c *center, in *ssoadmin.PermissionSetInput) (any, error) {
	s, err := c.PermissionSet(ctx, *in.PermissionSetArn)
	return ssoadmin.PermissionSetOutput{PermissionSet: ssoadmin.PermissionSetOf(&s)}, err
}

func listPermissionSets(ctx context.Context, c *center, in *ssoadmin.InstancePageInput) (any, error) {
	found, err := c.ListPermissionSets(ctx, ssoPage(&in.Page, ssoadmin.MaxResults))
	return permissionSets(found, err)
}

// permissionSets is a page of ARNs: a list even if there are none.
func permissionSets(found assignment.Page[string], err error) (any, error) {
	return ssoadmin.ListPermissionSetsOutput{PermissionSets: append([]string{}, found.Items...), NextToken: found.Next}, badToken(err)
}

// updatePermissionSet leaves as is what is not said, but for the relay state:
// AWS takes away the one that an update does not repeat, as Terraform's provider
// found out.
func updatePermissionSet(ctx context.Context, c *center, in *ssoadmin.UpdatePermissionSetInput) (any, error) {
	relay := text(in.RelayState)
	return nil, c.writer().UpdatePermissionSet(ctx, *in.PermissionSetArn, assignment.PermissionSetChange{
		Description: in.Description, SessionDuration: in.SessionDuration, RelayState: &relay,
	})
}

func deletePermissionSet(ctx context.Context, c *center, in *ssoadmin.PermissionSetInput) (any, error) {
	return nil, c.writer().DeletePermissionSet(ctx, *in.PermissionSetArn)
}
