// Package awscall makes one request to a service of AWS: it waits for its turn,
// bounds it in time, sends it once, and tells a request that certainly changed
// nothing from one that may have.
//
// Nothing here sends anything twice. Reads are made again by whoever wanted
// them, writes are settled by reading.
package awscall

import (
	"context"
	"errors"
	"fmt"
	"time"

	"rollcall/fault"
)

// Family is what shares one budget of requests at AWS, for all callers
// together (aws-contract 8). Its value is the service's signing name.
type Family string

// The families.
const (
	IdentityStore Family = "identitystore"
	SSOAdmin      Family = "sso"
	Organizations Family = "organizations"
	STS           Family = "sts"
	SCIM          Family = "scim"
	SQS           Family = "sqs"
)

// Call is one request.
type Call struct {
	Family    Family
	Operation string // as AWS names it: "CreateUser"
	Write     bool
	Op, On    string // for errors: what is being done, and to what
}

// Pace lets a call wait for its turn. The error ends the call before it is
// made; done, which may be nil, is told what became of it: nil, or a fault,
// perhaps fault.Throttled with how long to wait.
type Pace func(ctx context.Context, c Call) (done func(error), err error)

// DefaultTimeout is how long an answer may take, if nothing else is said.
const DefaultTimeout = 30 * time.Second

// Line is how calls are made. The zero value is the usual.
type Line struct {
	Pace    Pace          // nil makes every call at once
	Timeout time.Duration // from the first byte to the last; 0 is DefaultTimeout
}

// Do makes one call. Send makes the request, once, and returns a [fault.Error]
// for an answer that says no, and any other error if there is no answer that
// can be read.
//
// It fails with a [fault.Error]. A write that may have happened is
// fault.Unsettled: its answer is lost, came too late, cannot be read, or says
// that the service failed. One that never left is fault.Unavailable and not
// unsettled.
func Do[T any](ctx context.Context, l Line, c Call, send func(context.Context) (T, error)) (T, error) {
	var zero T
	if err := ctx.Err(); err != nil {
		return zero, fault.New(fault.Unavailable, c.Op, c.On, err)
	}
	done, err := l.turn(ctx, c)
	if err != nil {
		return zero, err
	}
	timeout := l.Timeout
	if timeout == 0 {
		timeout = DefaultTimeout
	}
	within, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	var s sent
	got, err := send(s.watch(within))
	if err != nil {
		got, err = zero, meaning(c, s.may(), err)
	}
	if done != nil {
		done(err)
	}
	return got, err
}

func (l Line) turn(ctx context.Context, c Call) (func(error), error) {
	if l.Pace == nil {
		return nil, nil
	}
	done, err := l.Pace(ctx, c)
	if _, ready := errors.AsType[*fault.Error](err); err == nil || ready {
		return done, err
	}
	return nil, fault.New(fault.Unavailable, c.Op, c.On, err)
}

// meaning is what a failed call means to whoever made it.
func meaning(c Call, sent bool, err error) error {
	f, answered := errors.AsType[*fault.Error](err)
	if !answered {
		what := "the request could not be sent"
		if sent {
			what = "there is no answer that can be read"
		}
		f = fault.New(fault.Unavailable, c.Op, c.On, fmt.Errorf("%s: %w", what, plain(err)))
	}
	if f.Kind == fault.Unavailable && c.Write && sent {
		unsettled := *f
		unsettled.Unsettled = true
		return &unsettled
	}
	return f
}
