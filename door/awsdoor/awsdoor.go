// Package awsdoor serves the embedded Identity Center as AWS's own API, so that
// its CLI and SDKs work against it with nothing changed but endpoint and
// credentials: the Identity Store over awsJson1.1, and the same operations as
// plain REST. The README beside this file says what is served, to the letter.
//
// It is the embedded directory: a request is answered, not planned, and it
// offers nothing that AWS's API does not (external ids and the status of users
// come by SCIM).
package awsdoor

import (
	"context"
	"crypto/rand"
	"log/slog"
	"net/http"
	"net/netip"

	"rollcall/awsjson/sigv4"
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

	Account string       // the twelve digits that own the stores, for ARNs; [caller.DefaultAccount] if empty
	Region  string       // signatures must be for it; empty takes any
	Log     *slog.Logger // nil is slog.Default

	// Admit, if set, is asked about every request of a caller who is who they
	// say, with the service's signing name and the operation: quotas and
	// injected faults answer here. Its fault becomes the answer.
	Admit func(r *http.Request, service, operation string) error

	// Origin says where a request came from; nil takes the address of the
	// connection, and no VPC.
	Origin func(*http.Request) directory.Origin
	// PageSecret signs the page tokens of ListIdentityStores. Servers that
	// answer for each other share one; nil is a random one.
	PageSecret []byte

	// TraitStatuses answers errors with the HTTP statuses of the service model
	// instead of those that AWS sends (aws-contract 3.6).
	TraitStatuses bool
	// IdempotentDeletes answers the deletion of what is not there with success
	// (aws-contract 14, number 2).
	IdempotentDeletes bool
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

// Mount puts every route of this door on mux.
func (s *Server) Mount(mux *http.ServeMux) {
	mux.HandleFunc("POST /{$}", s.serveRPC)
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
