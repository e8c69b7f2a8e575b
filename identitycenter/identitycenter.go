// Package identitycenter puts an Identity Center together that can be asked
// over the wire: the stores of one or more databases, who may come in to them,
// what is emulated, and AWS's API and SCIM in front, behind one http.Handler.
//
// It does not listen: whoever has the handler says where, and with what limits
// on connections.
package identitycenter

import (
	"context"
	"log/slog"
	"net/http"

	"rollcall/caller"
	"rollcall/caller/sqlcaller"
	"rollcall/directory/sqldir"
	"rollcall/door/awsdoor"
	"rollcall/emulate"
	"rollcall/identity"
	"rollcall/keyring"
	"rollcall/sqldb"
)

// Database is one database of identity stores, with the access keys and SCIM
// tokens that open them. An access key opens every store of the database that
// it is kept in and no other; a token opens one store.
type Database struct {
	*sqldir.Center
	Keys   *caller.Keys
	Tokens *caller.Tokens
}

// Open opens the database named by url and brings its tables up to date; ring
// seals the secrets of access keys. The url and the faults are those of
// [sqldb.Open]. Close closes it.
func Open(ctx context.Context, url string, ring *keyring.Keyring) (*Database, error) {
	db, err := sqldb.Open(ctx, url, sqldir.Migrations(), sqlcaller.Migrations())
	if err != nil {
		return nil, err
	}
	callers := sqlcaller.New(db)
	return &Database{sqldir.New(db), caller.NewKeys(callers, ring, caller.Options{}), caller.NewTokens(callers, caller.Options{})}, nil
}

// Options are what a server is made of. Databases must be given, at least one;
// the zero value of everything else is the usual.
type Options struct {
	Databases []*Database

	// Emulate says how slow, narrow and faulty it is; see [emulate.AWS]. Its
	// Count is filled in: objects are counted in all stores together.
	Emulate emulate.Options
	// Region is the only one that signatures may be for; empty takes any.
	Region string
	// AnyCredentials looks at no signature of AWS's API: for throw-away tests
	// only. SCIM always wants its token.
	AnyCredentials bool
	Log            *slog.Logger // nil is slog.Default
}

// Server answers for every store of its databases, also for those that are made
// while it runs. It is safe for concurrent use.
type Server struct {
	gate   *emulate.Gate
	stores *stores
	aws    *http.ServeMux
	scim   *scim
}

// New returns a server. It fails with fault.Invalid for a fault plan, rate or
// quota that cannot be.
func New(o Options) (*Server, error) {
	if o.Log == nil {
		o.Log = slog.Default()
	}
	s := &Server{stores: &stores{databases: o.Databases}, aws: http.NewServeMux()}
	o.Emulate.Count = map[emulate.Object]func(context.Context) (int, error){
		emulate.Users:  s.stores.count(identity.KindUser),
		emulate.Groups: s.stores.count(identity.KindGroup),
	}
	gate, err := emulate.New(o.Emulate)
	if err != nil {
		return nil, err
	}
	s.gate = gate
	awsdoor.New(awsdoor.Options{
		Stores: s.stores, Callers: callers(o.Databases), Region: o.Region, Log: o.Log, AnyCredentials: o.AnyCredentials,
		Admit: func(r *http.Request, service, operation string) error {
			return gate.Admit(r.Context(), emulate.Call{Service: emulate.Service(service), Operation: operation})
		},
	}).Mount(s.aws)
	s.scim = &scim{stores: s.stores, gate: gate, log: o.Log}
	return s, nil
}

// ServeHTTP answers AWS's API and SCIM; any other path is 404.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var door http.Handler = s.aws
	if _, ok := tenantOf(r.URL); ok {
		door = s.scim
	}
	s.gate.Handler(door).ServeHTTP(w, r.WithContext(withVisit(r.Context())))
}

// SetFaults replaces what goes wrong from the next request on; fault.Invalid
// for a plan that cannot be.
func (s *Server) SetFaults(p emulate.FaultPlan) error { return s.gate.SetFaults(p) }
