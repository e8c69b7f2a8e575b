package awsdoor

import (
	"context"

	"rollcall/assignment"
	"rollcall/awsjson"
	"rollcall/awsjson/ssoadmin"
	"rollcall/directory"
	"rollcall/identity"
)

func createApplicationAssignment(ctx context.Context, c *center, in *ssoadmin.ApplicationPrincipalInput) (any, error) {
	return nil, c.writer().CreateApplicationAssignment(ctx, in.Assignment())
}

func deleteApplicationAssignment(ctx context.Context, c *center, in *ssoadmin.ApplicationPrincipalInput) (any, error) {
	return nil, c.writer().DeleteApplicationAssignment(ctx, in.Assignment())
}

// describeApplicationAssignment looks for the principal's own.
func describeApplicationAssignment(ctx context.Context, c *center, in *ssoadmin.ApplicationPrincipalInput) (any, error) {
	want := in.Assignment()
	found, err := left(directory.PageRequest{Limit: ssoadmin.MaxResults}, func(page directory.PageRequest) (directory.Page[identity.ApplicationAssignment], error) {
		return c.ListApplicationAssignmentsFor(ctx, want.Principal, want.Application, page)
	}, func(a identity.ApplicationAssignment) bool {
		return a.Principal.Kind == want.Principal.Kind && a.Principal.ID == want.Principal.ID
	})
	if err != nil {
		return nil, err
	}
	if len(found.Items) == 0 {
		return nil, &awsjson.Exception{
			Type:    awsjson.TypeNotFound,
			Message: couldNotFind("ApplicationAssignment of principal", string(want.Principal.ID)),
		}
	}
	return ssoadmin.ApplicationAssignmentOf(found.Items[0]), nil
}

func listApplicationAssignments(ctx context.Context, c *center, in *ssoadmin.ListApplicationAssignmentsInput) (any, error) {
	found, err := c.ListApplicationAssignments(ctx, *in.ApplicationArn, ssoPage(&in.Page, ssoadmin.MaxResults))
	return applicationAssignments(found, err)
}

// listApplicationAssignmentsFor is listAssignmentsFor for applications.
func listApplicationAssignmentsFor(ctx context.Context, c *center, in *ssoadmin.ListApplicationAssignmentsForInput) (any, error) {
	p := in.Principal.Identity()
	found, err := left(ssoPage(&in.Page, ssoadmin.MaxResults), func(page directory.PageRequest) (directory.Page[identity.ApplicationAssignment], error) {
		return c.ListApplicationAssignmentsFor(ctx, p, in.Application(), page)
	}, func(a identity.ApplicationAssignment) bool { return c.shows(p, a.Principal) })
	return applicationAssignments(found, err)
}

func applicationAssignments(found assignment.Page[identity.ApplicationAssignment], err error) (any, error) {
	return ssoadmin.ListApplicationAssignmentsOutput{
		ApplicationAssignments: written(found.Items, ssoadmin.ApplicationAssignmentOf), NextToken: found.Next,
	}, badToken(err)
}
