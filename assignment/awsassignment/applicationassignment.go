package awsassignment

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssoadmin"
	"github.com/aws/aws-sdk-go-v2/service/ssoadmin/types"

	"rollcall/assignment"
	"rollcall/awscall"
	"rollcall/identity"
)

// ListApplicationAssignments lists who may use an application.
func (d *Driver) ListApplicationAssignments(ctx context.Context, arn string, p assignment.PageRequest) (assignment.Page[identity.ApplicationAssignment], error) {
	const op = "list application assignments"
	limit, token, err := paging(op, p, mostAccess)
	if err == nil {
		err = d.application(op, arn)
	}
	if err != nil {
		return assignment.Page[identity.ApplicationAssignment]{}, err
	}
	out, err := ask(ctx, d, read("ListApplicationAssignments", op, onApplication(arn)), (*ssoadmin.Client).ListApplicationAssignments,
		ssoadmin.ListApplicationAssignmentsInput{ApplicationArn: &arn, MaxResults: limit, NextToken: token})
	if err != nil {
		return assignment.Page[identity.ApplicationAssignment]{}, err
	}
	return paged(out.ApplicationAssignments, out.NextToken, func(w *types.ApplicationAssignment) (identity.ApplicationAssignment, error) {
		a, err := d.applicationAssignment(op, w.ApplicationArn, w.PrincipalType, w.PrincipalId)
		if err == nil && a.Application != arn {
			err = odd(op, "is about another application")
		}
		return a, err
	})
}

func (d *Driver) applicationAssignment(op string, arn *string, kind types.PrincipalType, id *string) (identity.ApplicationAssignment, error) {
	p, err := d.who(op, kind, id)
	if err == nil && aws.ToString(arn) == "" {
		err = odd(op, "names no application")
	}
	return identity.ApplicationAssignment{Application: aws.ToString(arn), Principal: p}, err
}

// ListApplicationAssignmentsFor is [Driver.ListAssignmentsFor] for
// applications.
func (d *Driver) ListApplicationAssignmentsFor(ctx context.Context, of identity.Principal, arn string, p assignment.PageRequest) (assignment.Page[identity.ApplicationAssignment], error) {
	const op = "list application assignments for a principal"
	in := ssoadmin.ListApplicationAssignmentsForPrincipalInput{InstanceArn: &d.arn, PrincipalId: awscall.Text(string(of.ID)), PrincipalType: kindOf(of)}
	var err error
	if in.MaxResults, in.NextToken, err = paging(op, p, mostAccess); err == nil {
		err = d.principal(op, of)
	}
	if err == nil && arn != "" {
		in.Filter = &types.ListApplicationAssignmentsFilter{ApplicationArn: &arn}
		err = d.application(op, arn)
	}
	if err != nil {
		return assignment.Page[identity.ApplicationAssignment]{}, err
	}
	out, err := ask(ctx, d, read("ListApplicationAssignmentsForPrincipal", op, string(of.Kind)+" "+string(of.ID)),
		(*ssoadmin.Client).ListApplicationAssignmentsForPrincipal, in)
	if err != nil {
		return assignment.Page[identity.ApplicationAssignment]{}, err
	}
	page, err := paged(out.ApplicationAssignments, out.NextToken, func(w *types.ApplicationAssignmentForPrincipal) (identity.ApplicationAssignment, error) {
		return d.applicationAssignment(op, w.ApplicationArn, w.PrincipalType, w.PrincipalId)
	})
	page.Items = once(page.Items)
	return page, err
}

// CreateApplicationAssignment lets a principal use an application.
func (d *Driver) CreateApplicationAssignment(ctx context.Context, a identity.ApplicationAssignment) error {
	const op = "create application assignment"
	if err := d.use(op, a); err != nil {
		return err
	}
	_, err := ask(ctx, d, write("CreateApplicationAssignment", op, onUse(a)), (*ssoadmin.Client).CreateApplicationAssignment,
		ssoadmin.CreateApplicationAssignmentInput{ApplicationArn: &a.Application, PrincipalId: awscall.Text(string(a.Principal.ID)), PrincipalType: kindOf(a.Principal)})
	return err
}

// DeleteApplicationAssignment takes that away.
func (d *Driver) DeleteApplicationAssignment(ctx context.Context, a identity.ApplicationAssignment) error {
	const op = "delete application assignment"
	if err := d.use(op, a); err != nil {
		return err
	}
	_, err := ask(ctx, d, write("DeleteApplicationAssignment", op, onUse(a)), (*ssoadmin.Client).DeleteApplicationAssignment,
		ssoadmin.DeleteApplicationAssignmentInput{ApplicationArn: &a.Application, PrincipalId: awscall.Text(string(a.Principal.ID)), PrincipalType: kindOf(a.Principal)})
	return err
}

func (d *Driver) use(op string, a identity.ApplicationAssignment) error {
	if err := d.application(op, a.Application); err != nil {
		return err
	}
	return d.principal(op, a.Principal)
}

func onUse(a identity.ApplicationAssignment) string {
	return onApplication(a.Application) + " for " + string(a.Principal.Kind) + " " + string(a.Principal.ID)
}
