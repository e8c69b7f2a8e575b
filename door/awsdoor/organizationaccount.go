package awsdoor

import (
	"context"

	"rollcall/assignment"
	"rollcall/awsjson"
	"rollcall/awsjson/organizations"
	"rollcall/identity"
)

func listAccounts(ctx context.Context, o *organization, in *organizations.ListInput) (any, error) {
	return o.accounts(ctx, "", &in.Page)
}

func listAccountsIn(ctx context.Context, o *organization, in *organizations.ParentInput) (any, error) {
	return o.accounts(ctx, *in.ParentID, &in.Page)
}

// accounts is one page of the accounts directly in a root or unit, or of all.
func (o *organization) accounts(ctx context.Context, parent string, p *awsjson.Page) (any, error) {
	found, err := o.ListAccounts(ctx, parent, organizationPage(p))
	if err != nil {
		return nil, noParent(err)
	}
	out := organizations.AccountsOutput{Accounts: []organizations.Account{}, NextToken: found.Next}
	places := o.places()
	for i := range found.Items {
		a, err := o.account(ctx, places, &found.Items[i])
		if err != nil {
			return nil, err
		}
		out.Accounts = append(out.Accounts, a)
	}
	return out, nil
}

func describeAccount(ctx context.Context, o *organization, in *organizations.DescribeAccountInput) (any, error) {
	found, err := o.Account(ctx, *in.AccountID)
	if err != nil {
		return nil, absent(err, organizations.TypeAccountNotFound, "an account")
	}
	a, err := o.account(ctx, o.places(), &found)
	return organizations.AccountOutput{Account: a}, err
}

// account is how the wire has an account.
func (o *organization) account(ctx context.Context, at places, a *identity.Account) (organizations.Account, error) {
	path, err := at.path(ctx, a.Parent)
	joined := "CREATED"
	if a.Invited {
		joined = "INVITED"
	}
	return organizations.Account{
		ID: a.ID, Arn: o.AccountARN(a.ID), Email: a.Email, Name: a.Name,
		Status: string(a.Status), State: string(a.Status), Paths: []string{path + a.ID + "/"},
		JoinedMethod: joined, JoinedTimestamp: awsjson.TimeOf(a.JoinedAt),
	}, err
}

// organizationPage is the page that a listing is asked for.
func organizationPage(p *awsjson.Page) assignment.PageRequest {
	request := page(p)
	if p.MaxResults == nil {
		request.Limit = organizations.LargestPage
	}
	return request
}

// places finds the paths of roots and units, each once.
type places struct {
	o     *organization
	known map[string]string
}

func (o *organization) places() places { return places{o, map[string]string{}} }

// path is a root's or unit's, as "o-…/r-…/ou-…/".
func (p places) path(ctx context.Context, id string) (string, error) {
	if path, ok := p.known[id]; ok {
		return path, nil
	}
	u, err := p.o.Unit(ctx, id)
	if err != nil {
		return "", err
	}
	above := p.o.ID + "/"
	if !u.Root() {
		if above, err = p.path(ctx, u.Parent); err != nil {
			return "", err
		}
	}
	p.known[id] = above + id + "/"
	return p.known[id], nil
}
