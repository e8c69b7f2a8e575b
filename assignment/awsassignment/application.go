package awsassignment

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssoadmin"
	"github.com/aws/aws-sdk-go-v2/service/ssoadmin/types"

	"rollcall/assignment"
	"rollcall/awscall"
	"rollcall/fault"
	"rollcall/identity"
)

// ListApplications lists applications. AWS lists them without saying whether
// somebody has to be assigned to use one, so that each is asked about in a call
// of its own; one that is gone by then is left out.
func (d *Driver) ListApplications(ctx context.Context, p assignment.PageRequest) (assignment.Page[identity.Application], error) {
	const op = "list applications"
	limit, token, err := paging(op, p, mostAccess)
	if err != nil {
		return assignment.Page[identity.Application]{}, err
	}
	out, err := ask(ctx, d, read("ListApplications", op, ""), (*ssoadmin.Client).ListApplications,
		ssoadmin.ListApplicationsInput{InstanceArn: &d.arn, MaxResults: limit, NextToken: token})
	if err != nil {
		return assignment.Page[identity.Application]{}, err
	}
	page := assignment.Page[identity.Application]{Next: aws.ToString(out.NextToken)}
	for i := range out.Applications {
		a, err := application(op, &out.Applications[i])
		if err == nil {
			a.AssignmentRequired, err = d.assignmentRequired(ctx, op, a.ARN)
		}
		if fault.Is(err, fault.NotFound) {
			continue
		}
		if err != nil {
			return assignment.Page[identity.Application]{}, err
		}
		page.Items = append(page.Items, a)
	}
	return page, nil
}

// Application describes an application, in two calls.
func (d *Driver) Application(ctx context.Context, arn string) (identity.Application, error) {
	const op = "describe application"
	a, err := d.describeApplication(ctx, op, arn)
	if err == nil {
		a.AssignmentRequired, err = d.assignmentRequired(ctx, op, arn)
	}
	if err != nil {
		return identity.Application{}, err
	}
	return a, nil
}

// describeApplication does not say whether an assignment is required.
func (d *Driver) describeApplication(ctx context.Context, op, arn string) (identity.Application, error) {
	if err := d.application(op, arn); err != nil {
		return identity.Application{}, err
	}
	out, err := ask(ctx, d, read("DescribeApplication", op, onApplication(arn)), (*ssoadmin.Client).DescribeApplication,
		ssoadmin.DescribeApplicationInput{ApplicationArn: &arn})
	if err != nil {
		return identity.Application{}, err
	}
	a, err := application(op, &types.Application{
		ApplicationArn: out.ApplicationArn, ApplicationProviderArn: out.ApplicationProviderArn, Name: out.Name, Description: out.Description,
		ApplicationAccount: out.ApplicationAccount, Status: out.Status, PortalOptions: out.PortalOptions, CreatedDate: out.CreatedDate,
	})
	if err == nil && a.ARN != arn {
		err = odd(op, "is about another application")
	}
	return a, err
}

func application(op string, w *types.Application) (identity.Application, error) {
	portal, err := portalText(w.PortalOptions)
	if err == nil && aws.ToString(w.ApplicationArn) == "" {
		err = odd(op, "has an application without an ARN")
	}
	return identity.Application{
		ARN: aws.ToString(w.ApplicationArn), Provider: aws.ToString(w.ApplicationProviderArn), Name: aws.ToString(w.Name), Description: aws.ToString(w.Description),
		Account: aws.ToString(w.ApplicationAccount), Enabled: w.Status == types.ApplicationStatusEnabled, Portal: portal, CreatedAt: awscall.Moment(w.CreatedDate),
	}, err
}

func (d *Driver) assignmentRequired(ctx context.Context, op, arn string) (bool, error) {
	out, err := ask(ctx, d, read("GetApplicationAssignmentConfiguration", op, onApplication(arn)), (*ssoadmin.Client).GetApplicationAssignmentConfiguration,
		ssoadmin.GetApplicationAssignmentConfigurationInput{ApplicationArn: &arn})
	if err != nil {
		return false, err
	}
	if out.AssignmentRequired == nil {
		return false, odd(op, "does not say whether an assignment is required")
	}
	return *out.AssignmentRequired, nil
}

// CreateApplication makes an application of a custom provider, with its tags.
// AWS requires assignments of a new one: one that shall not takes a second
// call, and if that fails the application is there, and the error is
// fault.Unsettled.
func (d *Driver) CreateApplication(ctx context.Context, a identity.Application, tags []identity.Tag, token string) (identity.Application, error) {
	const op = "create application"
	if err := a.Validate(); err != nil {
		return identity.Application{}, err
	}
	if err := identity.CheckTags(tags); err != nil {
		return identity.Application{}, err
	}
	portal, err := portalOptions(op, a.Portal)
	if err != nil {
		return identity.Application{}, err
	}
	out, err := ask(ctx, d, write("CreateApplication", op, ""), (*ssoadmin.Client).CreateApplication, ssoadmin.CreateApplicationInput{
		InstanceArn: &d.arn, ApplicationProviderArn: awscall.Text(a.Provider), Name: awscall.Text(a.Name), Description: awscall.Text(a.Description),
		PortalOptions: portal, Status: applicationStatus(a.Enabled), Tags: tagList(tags), ClientToken: awscall.Text(token),
	})
	if err != nil {
		return identity.Application{}, err
	}
	arn := aws.ToString(out.ApplicationArn)
	if !identity.IsApplicationARN(arn) {
		return identity.Application{}, fault.Unsettled(op, "", errors.New("the answer has no ARN"))
	}
	if !a.AssignmentRequired {
		if err := d.requireAssignment(ctx, op, arn, false); err != nil {
			return identity.Application{}, halfDone(op, onApplication(arn), "it was made, but still requires assignments", err)
		}
	}
	made := identity.Application{
		ARN: arn, Provider: a.Provider, Name: a.Name, Description: a.Description, Account: owner(arn),
		Enabled: a.Enabled, AssignmentRequired: a.AssignmentRequired,
	}
	made.Portal, err = portalText(portal)
	return made, err
}

// owner is the account that an application with a checked ARN belongs to.
func owner(arn string) string { return strings.Split(arn, ":")[4] }

func applicationStatus(enabled bool) types.ApplicationStatus {
	if enabled {
		return types.ApplicationStatusEnabled
	}
	return types.ApplicationStatusDisabled
}

func (d *Driver) requireAssignment(ctx context.Context, op, arn string, required bool) error {
	_, err := ask(ctx, d, write("PutApplicationAssignmentConfiguration", op, onApplication(arn)), (*ssoadmin.Client).PutApplicationAssignmentConfiguration,
		ssoadmin.PutApplicationAssignmentConfigurationInput{ApplicationArn: &arn, AssignmentRequired: &required})
	return err
}

// halfDone is a write of two calls whose first worked and whose second did not.
func halfDone(op, on, what string, err error) error {
	f := fault.Unsettled(op, on, fmt.Errorf("%s: %w", what, err))
	f.RetryAfter = fault.RetryAfter(err)
	return f
}

// DeleteApplication removes an application and who may use it.
func (d *Driver) DeleteApplication(ctx context.Context, arn string) error {
	const op = "delete application"
	if err := d.application(op, arn); err != nil {
		return err
	}
	_, err := ask(ctx, d, write("DeleteApplication", op, onApplication(arn)), (*ssoadmin.Client).DeleteApplication,
		ssoadmin.DeleteApplicationInput{ApplicationArn: &arn})
	return err
}
