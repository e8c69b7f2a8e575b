package awscall

import (
	"context"
	"errors"
	"net"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/smithy-go"

	"rollcall/awsjson"
	"rollcall/fault"
)

// Fault is what an error of AWS's SDK means: a [fault.Error] if the service
// answered, or would never have been asked; otherwise err as it is, for [Do] to
// judge. Its kind follows from the error's type, never from a status; only what
// has no type that we know, such as the page of a proxy, is judged by whether
// it is a failure of the server's. more, if not nil, adds what the type
// holds beside code and message.
func Fault(c Call, err error, more func(error, *awsjson.Exception)) error {
	if err == nil {
		return nil
	}
	if f, ready := unasked(c, err); ready {
		return f
	}
	api, answered := errors.AsType[smithy.APIError](err)
	if !answered {
		return err
	}
	e := &awsjson.Exception{Type: api.ErrorCode(), Message: strings.TrimSuffix(api.ErrorMessage(), ".")}
	if more != nil {
		more(err, e)
	}
	f, ok := errors.AsType[*fault.Error](e.Fault(c.Op, c.On))
	if !ok {
		return err
	}
	f.Kind = kindOf(f.Kind, e.Type, err)
	f.Err = advised(c, f.Kind, f.Err, err)
	return f
}

// common are errors that any service of AWS may answer with, beside those that
// the models name.
var common = map[string]fault.Kind{
	"AccessDenied": fault.Denied, "NotAuthorized": fault.Denied, "OptInRequired": fault.Denied, "UnauthorizedOperation": fault.Denied,
	"ExpiredToken": fault.Unauthenticated, "InvalidClientTokenId": fault.Unauthenticated, "IncompleteSignature": fault.Unauthenticated,
	"RequestExpired": fault.Unauthenticated, "SignatureDoesNotMatch": fault.Unauthenticated, "MissingAuthenticationToken": fault.Unauthenticated,
	"AuthFailure": fault.Unauthenticated, "InvalidAccessKeyId": fault.Unauthenticated,
	"InternalFailure": fault.Unavailable, "InternalError": fault.Unavailable, "ServiceUnavailable": fault.Unavailable,
	"ServiceUnavailableException": fault.Unavailable, "RequestTimeout": fault.Unavailable, "RequestTimeoutException": fault.Unavailable,
	"Throttling": fault.Throttled, "ThrottledException": fault.Throttled, "TooManyRequestsException": fault.Throttled, "RequestLimitExceeded": fault.Throttled,
	"UnknownOperation": fault.Unsupported, "ValidationError": fault.Invalid,
}

func kindOf(known fault.Kind, code string, err error) fault.Kind {
	if known != fault.Internal {
		return known
	}
	if kind, ok := common[code]; ok {
		return kind
	}
	if r, ok := errors.AsType[*awshttp.ResponseError](err); ok && r.HTTPStatusCode() >= 500 {
		return fault.Unavailable
	}
	return fault.Internal
}

// unasked is a call that the SDK refused to make.
func unasked(c Call, err error) (error, bool) {
	if no, ok := errors.AsType[*noCredentials](err); ok {
		kind := fault.Unauthenticated
		if _, network := errors.AsType[net.Error](no.err); network || errors.Is(no.err, context.Canceled) {
			kind = fault.Unavailable
		}
		return fault.New(kind, c.Op, c.On, no), true
	}
	if wrong, ok := errors.AsType[*smithy.InvalidParamsError](err); ok {
		return fault.New(fault.Invalid, c.Op, c.On, wrong), true
	}
	return nil, false
}

// noCredentials is a call that could not be signed.
type noCredentials struct{ err error }

func (n *noCredentials) Error() string {
	return "there are no AWS credentials to sign with; renew them (aws sso login, new keys, or the role's session): " + n.err.Error()
}

func (n *noCredentials) Unwrap() error { return n.err }

// Credentials marks the failures of p, so that [Fault] knows them.
func Credentials(p aws.CredentialsProvider) aws.CredentialsProvider {
	if p == nil {
		return nil
	}
	return aws.CredentialsProviderFunc(func(ctx context.Context) (aws.Credentials, error) {
		got, err := p.Retrieve(ctx)
		if err != nil {
			return got, &noCredentials{err}
		}
		return got, nil
	})
}
