package awsdoor

import (
	"context"
	"time"

	"rollcall/assignment"
	"rollcall/awsjson/ssoadmin"
)

func provisionPermissionSet(ctx context.Context, c *center, in *ssoadmin.ProvisionInput) (any, error) {
	r, err := c.writer().ProvisionPermissionSet(ctx, *in.PermissionSetArn, in.Account())
	return ssoadmin.ProvisioningStatusOutput{PermissionSetProvisioningStatus: provisioningStatus(begun(r))}, err
}

// begun is a request as its caller is told of it: without a date.
func begun(r assignment.Request) assignment.Request {
	r.CreatedAt = time.Time{}
	return r
}

func requestStatus(r assignment.Request) ssoadmin.RequestStatus {
	return ssoadmin.RequestStatusOf(r.ID, string(r.State), r.Reason, r.CreatedAt)
}

func assignmentStatus(r assignment.Request) ssoadmin.AssignmentStatus {
	return ssoadmin.AssignmentStatusOf(requestStatus(r), r.Assignment)
}

func provisioningStatus(r assignment.Request) ssoadmin.ProvisioningStatus {
	return ssoadmin.ProvisioningStatusOf(requestStatus(r), r.Assignment)
}

func describeCreation(ctx context.Context, c *center, in *ssoadmin.CreationStatusInput) (any, error) {
	r, err := c.Request(ctx, assignment.Creation, *in.ID)
	return ssoadmin.CreationStatusOutput{AccountAssignmentCreationStatus: assignmentStatus(r)}, err
}

func describeDeletion(ctx context.Context, c *center, in *ssoadmin.DeletionStatusInput) (any, error) {
	r, err := c.Request(ctx, assignment.Deletion, *in.ID)
	return ssoadmin.DeletionStatusOutput{AccountAssignmentDeletionStatus: assignmentStatus(r)}, err
}

func describeProvisioning(ctx context.Context, c *center, in *ssoadmin.ProvisioningStatusInput) (any, error) {
	r, err := c.Request(ctx, assignment.Provisioning, *in.ID)
	return ssoadmin.ProvisioningStatusOutput{PermissionSetProvisioningStatus: provisioningStatus(r)}, err
}

func listCreations(ctx context.Context, c *center, in *ssoadmin.ListStatusInput) (any, error) {
	all, next, err := c.requests(ctx, assignment.Creation, in)
	return ssoadmin.ListCreationStatusOutput{AccountAssignmentsCreationStatus: all, NextToken: next}, err
}

func listDeletions(ctx context.Context, c *center, in *ssoadmin.ListStatusInput) (any, error) {
	all, next, err := c.requests(ctx, assignment.Deletion, in)
	return ssoadmin.ListDeletionStatusOutput{AccountAssignmentsDeletionStatus: all, NextToken: next}, err
}

func listProvisionings(ctx context.Context, c *center, in *ssoadmin.ListStatusInput) (any, error) {
	all, next, err := c.requests(ctx, assignment.Provisioning, in)
	return ssoadmin.ListProvisioningStatusOutput{PermissionSetsProvisioningStatus: all, NextToken: next}, err
}

// requests lists requests as metadata: a reason is told only to who asks for
// the one.
func (c *center) requests(ctx context.Context, work assignment.Work, in *ssoadmin.ListStatusInput) (all []ssoadmin.RequestStatus, next string, err error) {
	found, err := c.ListRequests(ctx, work, assignment.State(in.State()), ssoPage(&in.Page, ssoadmin.MaxResults))
	all = written(found.Items, func(r assignment.Request) ssoadmin.RequestStatus {
		r.Reason = ""
		return requestStatus(r)
	})
	return all, found.Next, badToken(err)
}
