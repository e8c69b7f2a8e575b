package awsassignment

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"

	"rollcall/assignment"
	"rollcall/awscall"
	"rollcall/fault"
)

// The most that a page may have (aws-contract 4.2 and 5).
const (
	mostAccess   = 100
	mostAccounts = 20
)

// paging is a page request as AWS takes it: as many as may be, if nobody says
// how many.
func paging(op string, p assignment.PageRequest, most int) (limit *int32, token *string, err error) {
	if p.Limit < 0 {
		return nil, nil, fault.Text(fault.Invalid, op, "", "the limit of a page is negative")
	}
	n := int32(most)
	if p.Limit > 0 {
		n = int32(min(p.Limit, most))
	}
	return &n, awscall.Text(p.Token), nil
}

// paged is a page of AWS's as the port has it. An empty token ends a listing of
// sso-admin as one that is not there does (aws-contract 13.8).
func paged[W, T any](items []W, next *string, one func(*W) (T, error)) (assignment.Page[T], error) {
	page := assignment.Page[T]{Items: make([]T, len(items)), Next: aws.ToString(next)}
	for i := range items {
		var err error
		if page.Items[i], err = one(&items[i]); err != nil {
			return assignment.Page[T]{}, err
		}
	}
	return page, nil
}

// every reads a listing to its end, for what is answered as a whole.
func every[T any](ctx context.Context, op string, list func(context.Context, assignment.PageRequest) (assignment.Page[T], error)) ([]T, error) {
	var all []T
	page := assignment.PageRequest{}
	for {
		got, err := list(ctx, page)
		if err != nil {
			return nil, err
		}
		all = append(all, got.Items...)
		if got.Next == "" {
			return all, nil
		}
		if got.Next == page.Token {
			return nil, fault.Text(fault.Incomplete, op, "", "the listing does not go on: a page's token is that of the page before")
		}
		page.Token = got.Next
	}
}
