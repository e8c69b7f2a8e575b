package awsdoor

import (
	"context"
	"errors"
	"strings"

	"rollcall/assignment"
	"rollcall/awsjson"
	"rollcall/awsjson/ssoadmin"
	"rollcall/fault"
)

func createPermissionSet(ctx context.Context, c *center, in *ssoadmin.CreatePermissionSetInput) (any, error) {
	s, err := c.writer().CreatePermissionSet(ctx, in.PermissionSet(), ssoadmin.Tags(in.Tags))
	if f, ok := errors.AsType[*fault.Error](err); ok && f.Kind == fault.Conflict && strings.HasSuffix(f.On, "field name") {
		err = &awsjson.Exception{Type: awsjson.TypeConflict, Message: "PermissionSet with name " + *in.Name + " already exists."}
	}
	return ssoadmin.PermissionSetOutput{PermissionSet: ssoadmin.PermissionSetOf(&s)}, err
}

func describePermissionSet(ctx context.Context, c *center, in *ssoadmin.PermissionSetInput) (any, error) {
	s, err := c.PermissionSet(ctx, *in.PermissionSetArn)
	return ssoadmin.PermissionSetOutput{PermissionSet: ssoadmin.PermissionSetOf(&s)}, err
}

func listPermissionSets(ctx context.Context, c *center, in *ssoadmin.InstancePageInput) (any, error) {
	found, err := c.ListPermissionSets(ctx, ssoPage(&in.Page, ssoadmin.MaxResults))
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
