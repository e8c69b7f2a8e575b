package awsdoor

import (
	"context"

	"rollcall/assignment"
	"rollcall/awsjson/ssoadmin"
	"rollcall/directory"
	"rollcall/identity"
)

func createAssignment(ctx context.Context, c *center, in *ssoadmin.AssignmentInput) (any, error) {
	r, err := c.writer().CreateAssignment(ctx, in.Assignment())
	return ssoadmin.CreationStatusOutput{AccountAssignmentCreationStatus: assignmentStatus(begun(r))}, err
}

func deleteAssignment(ctx context.Context, c *center, in *ssoadmin.AssignmentInput) (any, error) {
	r, err := c.writer().DeleteAssignment(ctx, in.Assignment())
	return ssoadmin.DeletionStatusOutput{AccountAssignmentDeletionStatus: assignmentStatus(begun(r))}, err
}

func listAssignments(ctx context.Context, c *center, in *ssoadmin.ListAssignmentsInput) (any, error) {
	found, err := c.ListAssignments(ctx, *in.AccountID, *in.PermissionSetArn, ssoPage(&in.Page, ssoadmin.MaxResults))
	return assignments(found, err)
}

// listAssignmentsFor lists what a principal has; for a user that is what it has
// by its groups, too, unless the server keeps to its own.
func listAssignmentsFor(ctx context.Context, c *center, in *ssoadmin.ListAssignmentsForInput) (any, error) {
	p := in.Principal.Identity()
	found, err := left(ssoPage(&in.Page, ssoadmin.MaxResults), func(page directory.PageRequest) (directory.Page[identity.Assignment], error) {
		return c.ListAssignmentsFor(ctx, p, in.Account(), page)
	}, func(a identity.Assignment) bool { return c.shows(p, a.Principal) })
	return assignments(found, err)
}

// shows reports whether what someone has is listed for p.
func (c *center) shows(p, someone identity.Principal) bool {
	return !c.server.OwnAssignmentsOnly || p.Kind == someone.Kind && p.ID == someone.ID
}

func assignments(found assignment.Page[identity.Assignment], err error) (any, error) {
	return ssoadmin.ListAssignmentsOutput{AccountAssignments: written(found.Items, ssoadmin.AssignmentOf), NextToken: found.Next}, badToken(err)
}

func listPermissionSetsIn(ctx context.Context, c *center, in *ssoadmin.ListPermissionSetsInInput) (any, error) {
	found, err := c.ListPermissionSetsIn(ctx, *in.AccountID, assignment.Provisioned(text(in.ProvisioningStatus)), ssoPage(&in.Page, ssoadmin.MaxResults))
	return ssoadmin.ListPermissionSetsInOutput{PermissionSets: found.Items, NextToken: found.Next}, badToken(err)
}

func listAccountsWith(ctx context.Context, c *center, in *ssoadmin.ListAccountsWithInput) (any, error) {
	found, err := c.ListAccountsWith(ctx, *in.PermissionSetArn, assignment.Provisioned(text(in.ProvisioningStatus)), ssoPage(&in.Page, ssoadmin.MaxResults))
	return ssoadmin.ListAccountsWithOutput{AccountIDs: append([]string{}, found.Items...), NextToken: found.Next}, badToken(err)
}
