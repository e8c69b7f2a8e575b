package awsassignment

import (
	"cmp"
	"context"
	"errors"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssoadmin"
	"github.com/aws/aws-sdk-go-v2/service/ssoadmin/types"

	"rollcall/assignment"
	"rollcall/awscall"
	"rollcall/fault"
	"rollcall/identity"
)

// ListPermissionSets lists the ARN of every permission set.
func (d *Driver) ListPermissionSets(ctx context.Context, p assignment.PageRequest) (assignment.Page[string], error) {
	const op = "list permission sets"
	limit, token, err := paging(op, p, mostAccess)
	if err != nil {
		return assignment.Page[string]{}, err
	}
	out, err := ask(ctx, d, read("ListPermissionSets", op, ""), (*ssoadmin.Client).ListPermissionSets,
		ssoadmin.ListPermissionSetsInput{InstanceArn: &d.arn, MaxResults: limit, NextToken: token})
	if err != nil {
		return assignment.Page[string]{}, err
	}
	return assignment.Page[string]{Items: out.PermissionSets, Next: aws.ToString(out.NextToken)}, nil
}

// PermissionSet describes a permission set.
func (d *Driver) PermissionSet(ctx context.Context, arn string) (identity.PermissionSet, error) {
	const op = "describe permission set"
	if err := d.permissionSet(op, arn); err != nil {
		return identity.PermissionSet{}, err
	}
	out, err := ask(ctx, d, read("DescribePermissionSet", op, onSet(arn)), (*ssoadmin.Client).DescribePermissionSet,
		ssoadmin.DescribePermissionSetInput{InstanceArn: &d.arn, PermissionSetArn: &arn})
	if err != nil {
		return identity.PermissionSet{}, err
	}
	s := permissionSet(out.PermissionSet)
	if s.ARN != arn || s.Name == "" {
		return identity.PermissionSet{}, odd(op, "is about another permission set, or has no name")
	}
	return s, nil
}

func permissionSet(w *types.PermissionSet) identity.PermissionSet {
	if w == nil {
		return identity.PermissionSet{}
	}
	return identity.PermissionSet{
		ARN: aws.ToString(w.PermissionSetArn), Name: aws.ToString(w.Name), Description: aws.ToString(w.Description), RelayState: aws.ToString(w.RelayState),
		SessionDuration: cmp.Or(aws.ToString(w.SessionDuration), identity.DefaultSession), CreatedAt: awscall.Moment(w.CreatedDate),
	}
}

// CreatePermissionSet makes a permission set with its tags.
func (d *Driver) CreatePermissionSet(ctx context.Context, s identity.PermissionSet, tags []identity.Tag) (identity.PermissionSet, error) {
	const op = "create permission set"
	if err := s.Validate(); err != nil {
		return identity.PermissionSet{}, err
	}
	if err := identity.CheckTags(tags); err != nil {
		return identity.PermissionSet{}, err
	}
	out, err := ask(ctx, d, write("CreatePermissionSet", op, ""), (*ssoadmin.Client).CreatePermissionSet, ssoadmin.CreatePermissionSetInput{
		InstanceArn: &d.arn, Name: awscall.Text(s.Name), Description: awscall.Text(s.Description), SessionDuration: awscall.Text(s.SessionDuration),
		RelayState: awscall.Text(s.RelayState), Tags: tagList(tags),
	})
	if err != nil {
		return identity.PermissionSet{}, err
	}
	made := permissionSet(out.PermissionSet)
	if made.ARN == "" {
		return identity.PermissionSet{}, fault.Unsettled(op, "", errors.New("the answer has no ARN"))
	}
	return made, nil
}

// UpdatePermissionSet changes what change names. It reads the permission set
// first, since AWS takes a relay state away that a change does not repeat; what
// somebody else changes in between is undone. A description that there is can
// be replaced, and not taken away: fault.Unsupported.
func (d *Driver) UpdatePermissionSet(ctx context.Context, arn string, change assignment.PermissionSetChange) error {
	const op = "update permission set"
	had, err := d.PermissionSet(ctx, arn)
	if err != nil {
		return err
	}
	s := had
	set(&s.Description, change.Description)
	set(&s.SessionDuration, change.SessionDuration)
	set(&s.RelayState, change.RelayState)
	s.SessionDuration = cmp.Or(s.SessionDuration, identity.DefaultSession)
	if err := s.Validate(); err != nil || s == had {
		return err
	}
	if s.Description == "" && had.Description != "" {
		return keptDescription(op, onSet(arn))
	}
	_, err = ask(ctx, d, write("UpdatePermissionSet", op, onSet(arn)), (*ssoadmin.Client).UpdatePermissionSet, ssoadmin.UpdatePermissionSetInput{
		InstanceArn: &d.arn, PermissionSetArn: &arn,
		Description: awscall.Text(s.Description), SessionDuration: awscall.Text(s.SessionDuration), RelayState: awscall.Text(s.RelayState),
	})
	return err
}

func keptDescription(op, on string) error {
	return fault.Text(fault.Unsupported, op, on, "AWS does not take a description away; give it another")
}

func set[T any](at, to *T) {
	if to != nil {
		*at = *to
	}
}

// DeletePermissionSet removes a permission set that nobody has.
func (d *Driver) DeletePermissionSet(ctx context.Context, arn string) error {
	const op = "delete permission set"
	if err := d.permissionSet(op, arn); err != nil {
		return err
	}
	_, err := ask(ctx, d, write("DeletePermissionSet", op, onSet(arn)), (*ssoadmin.Client).DeletePermissionSet,
		ssoadmin.DeletePermissionSetInput{InstanceArn: &d.arn, PermissionSetArn: &arn})
	return err
}

// ProvisionPermissionSet begins to bring the latest version of a permission set
// to an account, or to all that have one.
func (d *Driver) ProvisionPermissionSet(ctx context.Context, arn, to string) (assignment.Request, error) {
	const op = "provision permission set"
	in := ssoadmin.ProvisionPermissionSetInput{
		InstanceArn: &d.arn, PermissionSetArn: &arn, TargetId: awscall.Text(to), TargetType: types.ProvisionTargetTypeAllProvisionedAccounts,
	}
	err := d.permissionSet(op, arn)
	if err == nil && to != "" {
		in.TargetType = types.ProvisionTargetTypeAwsAccount
		err = account(op, to)
	}
	if err != nil {
		return assignment.Request{}, err
	}
	out, err := ask(ctx, d, write("ProvisionPermissionSet", op, onSet(arn)), (*ssoadmin.Client).ProvisionPermissionSet, in)
	if err != nil {
		return assignment.Request{}, err
	}
	return begun(op, provisioning(out.PermissionSetProvisioningStatus), identity.Assignment{PermissionSet: arn, Account: to})
}
