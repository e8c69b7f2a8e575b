package awsassignment

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/service/ssoadmin"
	"github.com/aws/aws-sdk-go-v2/service/ssoadmin/types"

	"rollcall/assignment"
	"rollcall/fault"
	"rollcall/identity"
)

// UpdateApplication changes what change names. Whether assignments are required
// is a call of its own, made last: if it fails and the other worked, the error
// is fault.Unsettled. A change of the portal, or one that takes the description
// away, reads the application first. What AWS sets once and for all, or does
// not take away, is fault.Unsupported.
func (d *Driver) UpdateApplication(ctx context.Context, arn string, change assignment.ApplicationChange) error {
	const op = "update application"
	if err := d.application(op, arn); err != nil {
		return err
	}
	if err := checkChange(change); err != nil {
		return err
	}
	in, err := d.applicationUpdate(ctx, op, arn, change)
	if err != nil {
		return err
	}
	// What changes nothing still says whether the application is there.
	main := in.Name != nil || in.Description != nil || in.PortalOptions != nil || in.Status != ""
	if main || change.AssignmentRequired == nil {
		if _, err := ask(ctx, d, write("UpdateApplication", op, onApplication(arn)), (*ssoadmin.Client).UpdateApplication, in); err != nil {
			return err
		}
	}
	if change.AssignmentRequired == nil {
		return nil
	}
	err = d.requireAssignment(ctx, op, arn, *change.AssignmentRequired)
	if err != nil && main {
		return halfDone(op, onApplication(arn), "all was changed but whether assignments are required", err)
	}
	return err
}

// checkChange holds what is to be changed to what an application may be.
func checkChange(change assignment.ApplicationChange) error {
	a := identity.Application{Name: "x", Provider: "arn:aws:sso::aws:applicationProvider/custom"}
	set(&a.Name, change.Name)
	set(&a.Description, change.Description)
	set(&a.Portal, change.Portal)
	return a.Validate()
}

func (d *Driver) applicationUpdate(ctx context.Context, op, arn string, change assignment.ApplicationChange) (ssoadmin.UpdateApplicationInput, error) {
	in := ssoadmin.UpdateApplicationInput{ApplicationArn: &arn, Name: change.Name, Description: change.Description}
	if change.Enabled != nil {
		in.Status = applicationStatus(*change.Enabled)
	}
	clears := change.Description != nil && *change.Description == ""
	if !clears && change.Portal == nil {
		return in, nil
	}
	had, err := d.describeApplication(ctx, op, arn)
	if err != nil {
		return in, err
	}
	if clears {
		if had.Description != "" {
			return in, keptDescription(op, onApplication(arn))
		}
		in.Description = nil
	}
	if change.Portal != nil {
		in.PortalOptions, err = portalUpdate(op, onApplication(arn), had.Portal, *change.Portal)
	}
	return in, err
}

// portalUpdate is what turns the portal options from into to, nil if nothing
// has to. Of them AWS changes the way to sign in and nothing else; of the
// visibility it has a default, so that one may be there that nobody asked for.
func portalUpdate(op, on, from, to string) (*types.UpdateApplicationPortalOptions, error) {
	had, err := portalOptions(op, from)
	if err != nil {
		return nil, err
	}
	want, err := portalOptions(op, to)
	if err != nil {
		return nil, err
	}
	if had == nil {
		had = new(types.PortalOptions)
	}
	if want == nil {
		want = new(types.PortalOptions)
	}
	if want.Visibility != "" && want.Visibility != had.Visibility {
		return nil, fault.Text(fault.Unsupported, op, on, "AWS sets the visibility in the portal when an application is made, and never again")
	}
	switch {
	case want.SignInOptions != nil:
		return &types.UpdateApplicationPortalOptions{SignInOptions: want.SignInOptions}, nil
	case had.SignInOptions != nil:
		return nil, fault.Text(fault.Unsupported, op, on, "AWS does not take the way to sign in away; give it another")
	}
	return nil, nil
}
