package awsassignment

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssoadmin"
	"github.com/aws/aws-sdk-go-v2/service/ssoadmin/types"

	"rollcall/assignment"
	"rollcall/awscall"
	"rollcall/fault"
	"rollcall/identity"
)

// ListAssignments lists who has a permission set in an account.
func (d *Driver) ListAssignments(ctx context.Context, inAccount, set string, p assignment.PageRequest) (assignment.Page[identity.Assignment], error) {
	const op = "list assignments"
	limit, token, err := paging(op, p, mostAccess)
	if err == nil {
		err = d.place(op, set, inAccount)
	}
	if err != nil {
		return assignment.Page[identity.Assignment]{}, err
	}
	out, err := ask(ctx, d, read("ListAccountAssignments", op, onSet(set)+" in account "+inAccount), (*ssoadmin.Client).ListAccountAssignments,
		ssoadmin.ListAccountAssignmentsInput{InstanceArn: &d.arn, AccountId: &inAccount, PermissionSetArn: &set, MaxResults: limit, NextToken: token})
	if err != nil {
		return assignment.Page[identity.Assignment]{}, err
	}
	return paged(out.AccountAssignments, out.NextToken, func(w *types.AccountAssignment) (identity.Assignment, error) {
		a, err := d.assignment(op, w.PrincipalType, w.PrincipalId, w.PermissionSetArn, w.AccountId)
		if err == nil && (a.Account != inAccount || a.PermissionSet != set) {
			err = odd(op, "is about another permission set or account")
		}
		return a, err
	})
}

// place is what an assignment is made of beside its principal.
func (d *Driver) place(op, set, inAccount string) error {
	if err := d.permissionSet(op, set); err != nil {
		return err
	}
	return account(op, inAccount)
}

func (d *Driver) assignment(op string, kind types.PrincipalType, id, set, inAccount *string) (identity.Assignment, error) {
	p, err := d.who(op, kind, id)
	if err == nil && (aws.ToString(set) == "" || aws.ToString(inAccount) == "") {
		err = odd(op, "names no permission set or no account")
	}
	return identity.Assignment{Principal: p, PermissionSet: aws.ToString(set), Account: aws.ToString(inAccount)}, err
}

// ListAssignmentsFor lists what a principal has. Those that a user has by a
// group name the group; AWS does not say whether it lists them (aws-contract
// 14, number 11). A page has nothing twice.
func (d *Driver) ListAssignmentsFor(ctx context.Context, of identity.Principal, inAccount string, p assignment.PageRequest) (assignment.Page[identity.Assignment], error) {
	const op = "list assignments for a principal"
	in := ssoadmin.ListAccountAssignmentsForPrincipalInput{InstanceArn: &d.arn, PrincipalId: awscall.Text(string(of.ID)), PrincipalType: kindOf(of)}
	var err error
	if in.MaxResults, in.NextToken, err = paging(op, p, mostAccess); err == nil {
		err = d.principal(op, of)
	}
	if err == nil && inAccount != "" {
		in.Filter = &types.ListAccountAssignmentsFilter{AccountId: &inAccount}
		err = account(op, inAccount)
	}
	if err != nil {
		return assignment.Page[identity.Assignment]{}, err
	}
	out, err := ask(ctx, d, read("ListAccountAssignmentsForPrincipal", op, string(of.Kind)+" "+string(of.ID)),
		(*ssoadmin.Client).ListAccountAssignmentsForPrincipal, in)
	if err != nil {
		return assignment.Page[identity.Assignment]{}, err
	}
	page, err := paged(out.AccountAssignments, out.NextToken, func(w *types.AccountAssignmentForPrincipal) (identity.Assignment, error) {
		return d.assignment(op, w.PrincipalType, w.PrincipalId, w.PermissionSetArn, w.AccountId)
	})
	page.Items = once(page.Items)
	return page, err
}

// once leaves the first of each item.
func once[T comparable](all []T) []T {
	seen := make(map[T]bool, len(all))
	kept := all[:0]
	for _, item := range all {
		if !seen[item] {
			seen[item] = true
			kept = append(kept, item)
		}
	}
	return kept
}

// ListPermissionSetsIn lists the permission sets that have arrived in an
// account.
func (d *Driver) ListPermissionSetsIn(ctx context.Context, inAccount string, only assignment.Provisioned, p assignment.PageRequest) (assignment.Page[string], error) {
	const op = "list permission sets of an account"
	limit, token, err := paging(op, p, mostAccess)
	if err == nil {
		err = account(op, inAccount)
	}
	if err == nil {
		err = known(op, only)
	}
	if err != nil {
		return assignment.Page[string]{}, err
	}
	out, err := ask(ctx, d, read("ListPermissionSetsProvisionedToAccount", op, "account "+inAccount), (*ssoadmin.Client).ListPermissionSetsProvisionedToAccount,
		ssoadmin.ListPermissionSetsProvisionedToAccountInput{
			InstanceArn: &d.arn, AccountId: &inAccount, ProvisioningStatus: types.ProvisioningStatus(only), MaxResults: limit, NextToken: token,
		})
	if err != nil {
		return assignment.Page[string]{}, err
	}
	return assignment.Page[string]{Items: out.PermissionSets, Next: aws.ToString(out.NextToken)}, nil
}

// ListAccountsWith lists the accounts where a permission set has arrived.
func (d *Driver) ListAccountsWith(ctx context.Context, set string, only assignment.Provisioned, p assignment.PageRequest) (assignment.Page[string], error) {
	const op = "list accounts of a permission set"
	limit, token, err := paging(op, p, mostAccess)
	if err == nil {
		err = d.permissionSet(op, set)
	}
	if err == nil {
		err = known(op, only)
	}
	if err != nil {
		return assignment.Page[string]{}, err
	}
	out, err := ask(ctx, d, read("ListAccountsForProvisionedPermissionSet", op, onSet(set)), (*ssoadmin.Client).ListAccountsForProvisionedPermissionSet,
		ssoadmin.ListAccountsForProvisionedPermissionSetInput{
			InstanceArn: &d.arn, PermissionSetArn: &set, ProvisioningStatus: types.ProvisioningStatus(only), MaxResults: limit, NextToken: token,
		})
	if err != nil {
		return assignment.Page[string]{}, err
	}
	return assignment.Page[string]{Items: out.AccountIds, Next: aws.ToString(out.NextToken)}, nil
}

func known(op string, only assignment.Provisioned) error {
	switch only {
	case assignment.Anyhow, assignment.Latest, assignment.Outdone:
		return nil
	}
	return fault.Text(fault.Invalid, op, "provisioning status", "want "+string(assignment.Latest)+" or "+string(assignment.Outdone))
}

// CreateAssignment begins to give a. AWS may know at once how it ended.
func (d *Driver) CreateAssignment(ctx context.Context, a identity.Assignment) (assignment.Request, error) {
	const op = "create assignment"
	if err := d.checkAssignment(op, &a); err != nil {
		return assignment.Request{}, err
	}
	out, err := ask(ctx, d, write("CreateAccountAssignment", op, onAssignment(a)), (*ssoadmin.Client).CreateAccountAssignment,
		ssoadmin.CreateAccountAssignmentInput{
			InstanceArn: &d.arn, TargetId: &a.Account, TargetType: types.TargetTypeAwsAccount, PermissionSetArn: &a.PermissionSet,
			PrincipalId: awscall.Text(string(a.Principal.ID)), PrincipalType: kindOf(a.Principal),
		})
	if err != nil {
		return assignment.Request{}, err
	}
	return begun(op, status(assignment.Creation, out.AccountAssignmentCreationStatus), a)
}

// DeleteAssignment begins to take a away.
func (d *Driver) DeleteAssignment(ctx context.Context, a identity.Assignment) (assignment.Request, error) {
	const op = "delete assignment"
	if err := d.checkAssignment(op, &a); err != nil {
		return assignment.Request{}, err
	}
	out, err := ask(ctx, d, write("DeleteAccountAssignment", op, onAssignment(a)), (*ssoadmin.Client).DeleteAccountAssignment,
		ssoadmin.DeleteAccountAssignmentInput{
			InstanceArn: &d.arn, TargetId: &a.Account, TargetType: types.TargetTypeAwsAccount, PermissionSetArn: &a.PermissionSet,
			PrincipalId: awscall.Text(string(a.Principal.ID)), PrincipalType: kindOf(a.Principal),
		})
	if err != nil {
		return assignment.Request{}, err
	}
	return begun(op, status(assignment.Deletion, out.AccountAssignmentDeletionStatus), a)
}

// checkAssignment checks the form of a, and completes its principal.
func (d *Driver) checkAssignment(op string, a *identity.Assignment) error {
	if err := a.Validate(); err != nil {
		return err
	}
	if err := d.principal(op, a.Principal); err != nil {
		return err
	}
	a.Principal.Store = d.store
	return d.place(op, a.PermissionSet, a.Account)
}

func onAssignment(a identity.Assignment) string {
	return onSet(a.PermissionSet) + " in account " + a.Account + " for " + string(a.Principal.Kind) + " " + string(a.Principal.ID)
}
