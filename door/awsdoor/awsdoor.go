// Package awsdoor serves the embedded Identity Center as AWS's own API, so that
// its CLI and SDKs work against it with nothing changed but endpoint and
// credentials: the Identity Store, sso-admin, Organizations and STS, and the
// Identity Store's operations as plain REST too. The README beside this file
// says what is served, to the letter.
//
// It is the embedded directory: a request is answered, not planned, and it
// offers nothing that AWS's API does not (external ids and the status of users
// come by SCIM).
package awsdoor

import (
	"context"
	"crypto/rand"
	"log/slog"
	"maps"
	"net/http"
	"net/netip"
	"slices"

	"rollcall/assignment"
	"rollcall/awsjson/sigv4"
	"rollcall/awsquery"
	"rollcall/caller"
	"rollcall/directory"
	"rollcall/identity"
)

// Stores are the identity stores that the door serves.
type Stores interface {
	// Open returns the directory of a store, fault.NotFound if there is none.
	Open(ctx context.Context, id identity.StoreID) (*directory.Directory, error)
	// List returns the id of every store, in any order.
	List(ctx context.Context) ([]identity.StoreID, error)
}

// Instances are the access sides of Identity Centers that the door serves.
type Instances interface {
	// Open returns the instance with that ARN, fault.NotFound if there is
	// none.
	Open(ctx context.Context, arn string) (*assignment.Instance, error)
	// List returns the ARN of every instance, in any order.
	List(ctx context.Context) ([]string, error)
}

// Callers says who may come in: [caller.Keys] does.
type Callers interface {
	// Verify returns who signed a request with that body. A signature that
	// does not count is fault.Unauthenticated around a [sigv4.Refusal].
	Verify(ctx context.Context, claim *sigv4.Claim, body []byte, p sigv4.Policy) (caller.Caller, error)
}

// Options are what a server is made of. Stores and Callers must be given; the
// zero value of everything else is the usual.
type Options struct {
	Stores  Stores
	Callers Callers

	// Instances are behind sso-admin and Organizations, which nil leaves
	// unserved.
	Instances Instances

	// Sessions begins one for a caller whom Verify of the same context
	// let in: [caller.Keys.AssumeRole] does. What AWS would not take is
	// fault.Invalid. Nil leaves AssumeRole unserved.
	Sessions func(ctx context.Context, by caller.Caller, r caller.AssumeRole) (caller.Session, error)

	Account string // the twelve digits that own the stores, for ARNs; [caller.DefaultAccount] if empty
	// Owner, if set, says which account owns a store instead, fault.NotFound for
	// one that the caller may not open.
	Owner  func(ctx context.Context, id identity.StoreID) (string, error)
	Region string       // signatures must be for it; empty takes any
	Log    *slog.Logger // nil is slog.Default

	// Admit, if set, is asked about every request of a caller who is who they
	// say, with the service's signing name and the operation: quotas and
	// injected faults answer here. Its fault becomes the answer.
	Admit func(r *http.Request, service, operation string) error

	// Origin says where a request came from; nil takes the address of the
	// connection, and no VPC.
	Origin func(*http.Request) directory.Origin
	// PageSecret signs the page tokens of listings that do not come out of a
	// store: identity stores, instances, policies, tags. Servers that
	// answer for each other share one; nil is a random one.
	PageSecret []byte

	// TraitStatuses answers errors with the HTTP statuses of the service model
	// instead of those that AWS sends (aws-contract 3.6).
	TraitStatuses bool
	// IdempotentDeletes answers the deletion of what is not there with success
	// (aws-contract 14, number 2).
	IdempotentDeletes bool
	// OwnAssignmentsOnly lists for a user what it has itself, and not what it
	// has by its groups: AWS does not say which it is (aws-contract 14, number
	// 11).
	OwnAssignmentsOnly bool
	// AnyCredentials looks at no signature, and asks no Callers: for throw-away
	// tests only.
	AnyCredentials bool
}

// Server answers AWS's API out of identity stores. It is safe for concurrent
// use.
type Server struct{ Options }

// New returns a server.
func New(o Options) *Server {
	if o.Account == "" {
		o.Account = caller.DefaultAccount
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	if o.Origin == nil {
		o.Origin = connection
	}
	if o.PageSecret == nil {
		o.PageSecret = []byte(rand.Text())
	}
	return &Server{o}
}

// Operations are the names of everything that is served, sorted, by the signing
// name of its service: what [Options.Admit] is asked about.
func Operations() map[string][]string {
	all := map[string][]string{awsquery.SigningName: slices.Sorted(maps.Keys(stsActions))}
	for _, s := range services {
		all[s.signingName] = slices.Sorted(maps.Keys(s.operations))
	}
	return all
}

// Mount puts every route of this door on mux.
func (s *Server) Mount(mux *http.ServeMux) {
	mux.HandleFunc("POST /{$}", s.servePost)
	mux.HandleFunc("/{$}", s.serveOther)
	s.mountREST(mux)
}

// connection is the address at the other end.
func connection(r *http.Request) directory.Origin {
	at, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return directory.Origin{}
	}
	return directory.Origin{IP: at.Addr().Unmap()}
}
