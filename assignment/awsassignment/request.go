package awsassignment

import (
	"context"
	"errors"
	"regexp"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssoadmin"
	"github.com/aws/aws-sdk-go-v2/service/ssoadmin/types"

	"rollcall/assignment"
	"rollcall/awscall"
	"rollcall/fault"
	"rollcall/identity"
)

// requestID is the form of a request's id (aws-contract 4.2, UUId).
var requestID = regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)

// Request reads how far the request of that sort and id is.
func (d *Driver) Request(ctx context.Context, work assignment.Work, id string) (assignment.Request, error) {
	const op = "describe request"
	var r assignment.Request
	if err := sort(op, work); err != nil {
		return r, err
	}
	if !requestID.MatchString(id) {
		return r, fault.Text(fault.Invalid, op, "request id", "want a UUID in small letters")
	}
	r, err := d.request(ctx, op, work, id)
	if err != nil {
		return assignment.Request{}, err
	}
	if r.ID != id || !settledOrNot(r.State) {
		return assignment.Request{}, odd(op, "is about another request, or has no status")
	}
	if a := &r.Assignment; a.Principal.Kind != "" {
		a.Principal.Store = d.store
	}
	return r, nil
}

func (d *Driver) request(ctx context.Context, op string, work assignment.Work, id string) (assignment.Request, error) {
	on := string(work) + " request " + id
	switch work {
	case assignment.Creation:
		out, err := ask(ctx, d, read("DescribeAccountAssignmentCreationStatus", op, on), (*ssoadmin.Client).DescribeAccountAssignmentCreationStatus,
			ssoadmin.DescribeAccountAssignmentCreationStatusInput{InstanceArn: &d.arn, AccountAssignmentCreationRequestId: &id})
		if err != nil {
			return assignment.Request{}, err
		}
		return status(work, out.AccountAssignmentCreationStatus), nil
	case assignment.Deletion:
		out, err := ask(ctx, d, read("DescribeAccountAssignmentDeletionStatus", op, on), (*ssoadmin.Client).DescribeAccountAssignmentDeletionStatus,
			ssoadmin.DescribeAccountAssignmentDeletionStatusInput{InstanceArn: &d.arn, AccountAssignmentDeletionRequestId: &id})
		if err != nil {
			return assignment.Request{}, err
		}
		return status(work, out.AccountAssignmentDeletionStatus), nil
	}
	out, err := ask(ctx, d, read("DescribePermissionSetProvisioningStatus", op, on), (*ssoadmin.Client).DescribePermissionSetProvisioningStatus,
		ssoadmin.DescribePermissionSetProvisioningStatusInput{InstanceArn: &d.arn, ProvisionPermissionSetRequestId: &id})
	if err != nil {
		return assignment.Request{}, err
	}
	return provisioning(out.PermissionSetProvisioningStatus), nil
}

// ListRequests lists the requests of one sort, in AWS's order. It says of each
// how far it is and since when, and neither what was asked for nor why it
// failed: [Driver.Request] does.
func (d *Driver) ListRequests(ctx context.Context, work assignment.Work, only assignment.State, p assignment.PageRequest) (assignment.Page[assignment.Request], error) {
	const op = "list requests"
	limit, token, err := paging(op, p, mostAccess)
	if err == nil {
		err = sort(op, work)
	}
	if err == nil && only != "" && !settledOrNot(only) {
		err = fault.Text(fault.Invalid, op, "status", "want IN_PROGRESS, SUCCEEDED or FAILED")
	}
	if err != nil {
		return assignment.Page[assignment.Request]{}, err
	}
	var filter *types.OperationStatusFilter
	if only != "" {
		filter = &types.OperationStatusFilter{Status: types.StatusValues(only)}
	}
	switch work {
	case assignment.Creation:
		out, err := ask(ctx, d, read("ListAccountAssignmentCreationStatus", op, ""), (*ssoadmin.Client).ListAccountAssignmentCreationStatus,
			ssoadmin.ListAccountAssignmentCreationStatusInput{InstanceArn: &d.arn, Filter: filter, MaxResults: limit, NextToken: token})
		if err != nil {
			return assignment.Page[assignment.Request]{}, err
		}
		return paged(out.AccountAssignmentsCreationStatus, out.NextToken, listed(op, work))
	case assignment.Deletion:
		out, err := ask(ctx, d, read("ListAccountAssignmentDeletionStatus", op, ""), (*ssoadmin.Client).ListAccountAssignmentDeletionStatus,
			ssoadmin.ListAccountAssignmentDeletionStatusInput{InstanceArn: &d.arn, Filter: filter, MaxResults: limit, NextToken: token})
		if err != nil {
			return assignment.Page[assignment.Request]{}, err
		}
		return paged(out.AccountAssignmentsDeletionStatus, out.NextToken, listed(op, work))
	}
	out, err := ask(ctx, d, read("ListPermissionSetProvisioningStatus", op, ""), (*ssoadmin.Client).ListPermissionSetProvisioningStatus,
		ssoadmin.ListPermissionSetProvisioningStatusInput{InstanceArn: &d.arn, Filter: filter, MaxResults: limit, NextToken: token})
	if err != nil {
		return assignment.Page[assignment.Request]{}, err
	}
	one := listed(op, work)
	return paged(out.PermissionSetsProvisioningStatus, out.NextToken, func(w *types.PermissionSetProvisioningStatusMetadata) (assignment.Request, error) {
		return one(&types.AccountAssignmentOperationStatusMetadata{RequestId: w.RequestId, Status: w.Status, CreatedDate: w.CreatedDate})
	})
}

func listed(op string, work assignment.Work) func(*types.AccountAssignmentOperationStatusMetadata) (assignment.Request, error) {
	return func(w *types.AccountAssignmentOperationStatusMetadata) (assignment.Request, error) {
		r := assignment.Request{ID: aws.ToString(w.RequestId), Work: work, State: assignment.State(w.Status), CreatedAt: awscall.Moment(w.CreatedDate)}
		if r.ID == "" || !settledOrNot(r.State) {
			return assignment.Request{}, odd(op, "has a request without id or status")
		}
		return r, nil
	}
}

// status reads how far the making or taking away of an assignment is.
func status(work assignment.Work, w *types.AccountAssignmentOperationStatus) assignment.Request {
	if w == nil {
		return assignment.Request{}
	}
	r := request(work, w.RequestId, w.Status, w.FailureReason, w.CreatedDate)
	r.Assignment = identity.Assignment{PermissionSet: aws.ToString(w.PermissionSetArn), Account: aws.ToString(w.TargetId)}
	r.Assignment.Principal.ID = identity.ID(aws.ToString(w.PrincipalId))
	switch w.PrincipalType {
	case types.PrincipalTypeUser:
		r.Assignment.Principal.Kind = identity.KindUser
	case types.PrincipalTypeGroup:
		r.Assignment.Principal.Kind = identity.KindGroup
	}
	return r
}

// provisioning reads how far a permission set's latest version is on its way.
func provisioning(w *types.PermissionSetProvisioningStatus) assignment.Request {
	if w == nil {
		return assignment.Request{}
	}
	r := request(assignment.Provisioning, w.RequestId, w.Status, w.FailureReason, w.CreatedDate)
	r.Assignment = identity.Assignment{PermissionSet: aws.ToString(w.PermissionSetArn), Account: aws.ToString(w.AccountId)}
	return r
}

func request(work assignment.Work, id *string, state types.StatusValues, reason *string, created *time.Time) assignment.Request {
	r := assignment.Request{ID: aws.ToString(id), Work: work, State: assignment.State(state), CreatedAt: awscall.Moment(created)}
	if r.State == assignment.Failed {
		r.Reason = aws.ToString(reason)
	}
	return r
}

// begun is the answer to a request for a. Without an id only a listing can tell
// what it is about.
func begun(op string, r assignment.Request, a identity.Assignment) (assignment.Request, error) {
	if r.ID == "" || !settledOrNot(r.State) {
		return assignment.Request{}, fault.Unsettled(op, onSet(a.PermissionSet), errors.New("the answer has no request id or no status"))
	}
	r.Assignment = a
	return r, nil
}

func sort(op string, work assignment.Work) error {
	switch work {
	case assignment.Creation, assignment.Deletion, assignment.Provisioning:
		return nil
	}
	return fault.Text(fault.Invalid, op, "work", "want creation, deletion or provisioning")
}

// settledOrNot reports whether s is a state at all.
func settledOrNot(s assignment.State) bool {
	return s == assignment.InProgress || s == assignment.Succeeded || s == assignment.Failed
}
