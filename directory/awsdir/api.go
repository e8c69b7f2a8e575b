package awsdir

import (
	"context"
	"errors"

	"github.com/aws/aws-sdk-go-v2/service/identitystore"
	"github.com/aws/aws-sdk-go-v2/service/identitystore/types"

	"rollcall/awscall"
	"rollcall/awsjson"
	"rollcall/directory"
	"rollcall/fault"
)

// api is a store by its Identity Store API.
type api struct {
	store  directory.Store
	client *identitystore.Client
	line   awscall.Line
	names  issuers
}

// ChecksRevisions says that objects carry revisions, which AWS checks.
func (d *api) ChecksRevisions() {}

// Store is the one of the options.
func (d *api) Store(ctx context.Context) (directory.Store, error) {
	return d.store, alive(ctx, "describe store")
}

// method is one operation of the SDK's client.
type method[In, Out any] func(*identitystore.Client, context.Context, *In, ...func(*identitystore.Options)) (*Out, error)

// read and write say what an operation is for, for errors.
func read(operation, op string, on string) awscall.Call {
	return awscall.Call{Family: awscall.IdentityStore, Operation: operation, Op: op, On: on}
}

func write(operation, op string, on string) awscall.Call {
	c := read(operation, op, on)
	c.Write = true
	return c
}

// ask makes one call. Every call of the API goes through here.
func ask[In, Out any](ctx context.Context, d *api, c awscall.Call, m method[In, Out], in In) (*Out, error) {
	return awscall.Do(ctx, d.line, c, func(ctx context.Context) (*Out, error) {
		out, err := m(d.client, ctx, &in)
		return out, awscall.Fault(c, err, details)
	})
}

// details are what the service's own types of error hold beside their message.
func details(err error, e *awsjson.Exception) {
	if x, ok := errors.AsType[*types.ConflictException](err); ok {
		e.Reason = string(x.Reason)
	}
	if x, ok := errors.AsType[*types.ThrottlingException](err); ok {
		e.RetryAfterSeconds = int(x.RetryAfterSeconds)
	}
	if x, ok := errors.AsType[*types.InternalServerException](err); ok {
		e.RetryAfterSeconds = int(x.RetryAfterSeconds)
	}
	if x, ok := errors.AsType[*types.ResourceNotFoundException](err); ok {
		e.ResourceType = string(x.ResourceType)
	}
}

// deleting turns the conflict of a deletion, which can only be about the
// revision, into what it is: the model gives its reason only sometimes.
func deleting(err error) error {
	f, ok := errors.AsType[*fault.Error](err)
	if !ok || f.Kind != fault.Conflict {
		return err
	}
	stale := *f
	stale.Kind = fault.Stale
	return &stale
}
