package awsassignment

import (
	"context"
	"errors"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/organizations"
	"github.com/aws/aws-sdk-go-v2/service/ssoadmin"
	"github.com/aws/smithy-go"

	"rollcall/awscall"
	"rollcall/fault"
)

// read and write say what an operation of sso-admin is for, for errors.
func read(operation, op, on string) awscall.Call {
	return awscall.Call{Family: awscall.SSOAdmin, Operation: operation, Op: op, On: on}
}

func write(operation, op, on string) awscall.Call {
	c := read(operation, op, on)
	c.Write = true
	return c
}

// ask makes one call. Every call of sso-admin goes through here.
func ask[In, Out any](ctx context.Context, d *Driver, c awscall.Call,
	m func(*ssoadmin.Client, context.Context, *In, ...func(*ssoadmin.Options)) (*Out, error), in In,
) (*Out, error) {
	return awscall.Do(ctx, d.line, c, func(ctx context.Context) (*Out, error) {
		out, err := m(d.sso, ctx, &in)
		return out, ofAccount(awscall.Fault(c, err, nil))
	})
}

// accountInstance is how AWS says that an instance of one account has no
// permission sets: nothing but the text tells it from a request that is wrong
// (aws-contract 4.4).
const accountInstance = "not supported for account instances"

func ofAccount(err error) error {
	if fault.Is(err, fault.Invalid) && strings.Contains(err.Error(), accountInstance) {
		return as(fault.Unsupported, err)
	}
	return err
}

// as is a fault as one of another kind.
func as(kind fault.Kind, err error) error {
	f, ok := errors.AsType[*fault.Error](err)
	if !ok {
		return err
	}
	other := *f
	other.Kind = kind
	return &other
}

// lookup makes one call of Organizations, of which only reads are made.
func lookup[In, Out any](ctx context.Context, d *Driver, operation, op, on string,
	m func(*organizations.Client, context.Context, *In, ...func(*organizations.Options)) (*Out, error), in In,
) (*Out, error) {
	c := awscall.Call{Family: awscall.Organizations, Operation: operation, Op: op, On: on}
	return awscall.Do(ctx, d.line, c, func(ctx context.Context) (*Out, error) {
		out, err := m(d.accounts, ctx, &in)
		return out, organizationFault(c, err)
	})
}

// organizationKinds are what the errors mean that only Organizations has
// (aws-contract 5).
var organizationKinds = map[string]fault.Kind{
	"AccountNotFoundException":            fault.NotFound,
	"AWSOrganizationsNotInUseException":   fault.Unsupported,
	"ChildNotFoundException":              fault.NotFound,
	"ConcurrentModificationException":     fault.Stale,
	"ConstraintViolationException":        fault.Quota,
	"InvalidInputException":               fault.Invalid,
	"OrganizationalUnitNotFoundException": fault.NotFound,
	"ParentNotFoundException":             fault.NotFound,
	"ServiceException":                    fault.Unavailable,
	"UnsupportedAPIEndpointException":     fault.Unsupported,
}

func organizationFault(c awscall.Call, err error) error {
	f := awscall.Fault(c, err, nil)
	if api, ok := errors.AsType[smithy.APIError](err); ok {
		if kind, ok := organizationKinds[api.ErrorCode()]; ok {
			return as(kind, f)
		}
	}
	return f
}

// odd is an answer that is not what it must be: whatever it is, it is no proof
// of anything.
func odd(op, what string) error {
	return fault.Text(fault.Incomplete, op, "", "the answer "+what+", or one of a kind that this release does not know")
}
