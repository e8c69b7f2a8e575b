package awsassignment

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/organizations"
	"github.com/aws/aws-sdk-go-v2/service/organizations/types"

	"rollcall/assignment"
	"rollcall/awscall"
	"rollcall/identity"
)

// ListAccounts lists the accounts in a root or unit, or all. Where the answer
// does not say what an account is in, that is asked for each.
func (d *Driver) ListAccounts(ctx context.Context, parent string, p assignment.PageRequest) (assignment.Page[identity.Account], error) {
	const op = "list accounts"
	limit, token, err := paging(op, p, mostAccounts)
	if err == nil && parent != "" {
		err = unit(op, parent)
	}
	if err != nil {
		return assignment.Page[identity.Account]{}, err
	}
	found, next, err := d.listAccounts(ctx, op, parent, limit, token)
	if err != nil {
		return assignment.Page[identity.Account]{}, err
	}
	return paged(found, next, func(w *types.Account) (identity.Account, error) { return d.account(ctx, op, w, parent) })
}

func (d *Driver) listAccounts(ctx context.Context, op, parent string, limit *int32, token *string) ([]types.Account, *string, error) {
	if parent == "" {
		out, err := lookup(ctx, d, "ListAccounts", op, "", (*organizations.Client).ListAccounts,
			organizations.ListAccountsInput{MaxResults: limit, NextToken: token})
		if err != nil {
			return nil, nil, err
		}
		return out.Accounts, out.NextToken, nil
	}
	out, err := lookup(ctx, d, "ListAccountsForParent", op, "root or unit "+parent, (*organizations.Client).ListAccountsForParent,
		organizations.ListAccountsForParentInput{ParentId: &parent, MaxResults: limit, NextToken: token})
	if err != nil {
		return nil, nil, err
	}
	return out.Accounts, out.NextToken, nil
}

// Account describes an account.
func (d *Driver) Account(ctx context.Context, id string) (identity.Account, error) {
	const op = "describe account"
	if err := account(op, id); err != nil {
		return identity.Account{}, err
	}
	out, err := lookup(ctx, d, "DescribeAccount", op, "account "+id, (*organizations.Client).DescribeAccount,
		organizations.DescribeAccountInput{AccountId: &id})
	if err != nil {
		return identity.Account{}, err
	}
	if out.Account == nil || aws.ToString(out.Account.Id) != id {
		return identity.Account{}, odd(op, "is about another account")
	}
	return d.account(ctx, op, out.Account, "")
}

// account reads an account that is in parent, if that is known.
func (d *Driver) account(ctx context.Context, op string, w *types.Account, parent string) (identity.Account, error) {
	a := identity.Account{
		ID: aws.ToString(w.Id), Name: aws.ToString(w.Name), Email: aws.ToString(w.Email), Status: accountStatus(w), Parent: parent,
		Invited: w.JoinedMethod == types.AccountJoinedMethodInvited, JoinedAt: awscall.Moment(w.JoinedTimestamp),
	}
	if a.ID == "" {
		return identity.Account{}, odd(op, "has an account without an id")
	}
	if parent != "" {
		return a, nil
	}
	var path string
	if len(w.Paths) > 0 {
		path = w.Paths[0]
	}
	var err error
	a.Parent, err = d.parent(ctx, op, a.ID, path)
	return a, err
}

// accountStatus reads the state, which is newer than the status and finer
// (aws-contract 5). An account in any state that is not known to be active
// cannot be used.
func accountStatus(w *types.Account) identity.AccountStatus {
	state := string(w.State)
	if state == "" {
		state = string(w.Status)
	}
	switch s := identity.AccountStatus(state); s {
	case identity.AccountActive, identity.AccountClosing:
		return s
	}
	return identity.AccountSuspended
}
