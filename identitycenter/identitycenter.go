// Package identitycenter puts an Identity Center together that can be asked
// over the wire: the stores of one or more databases, who may come in to them,
// what is emulated, and AWS's API and SCIM in front, behind one http.Handler.
//
// It does not listen: whoever has the handler says where, and with what limits
// on connections.
package identitycenter

import (
	"log/slog"
	"net/http"
	"time"

	"rollcall/door/awsdoor"
	"rollcall/emulate"
	"rollcall/fault"
	"rollcall/scim"
)

// Options are what a server is made of. Databases must be given, at least one;
// the zero value of everything else is the usual.
type Options struct {
	Databases []*Database

	// Emulate says how slow, narrow and faulty it is; see [emulate.AWS].
	Emulate emulate.Options
	// AssignmentDelay is how long work on assignments, provisionings and regions
	// is in progress; 0 is not at all.
	AssignmentDelay time.Duration
	// Now is the clock of that work; nil is time.Now.
	Now func() time.Time
	// Region is the only one that signatures may be for; empty takes any.
	Region string
	Behaviour

	// Account is who anybody is with AnyCredentials; empty is
	// [caller.DefaultAccount].
	Account string
	// AnyCredentials looks at no signature of AWS's API: for throw-away tests
	// only. SCIM always wants its token.
	AnyCredentials bool
	Log            *slog.Logger // nil is slog.Default
}

// Behaviour is where AWS is not clear, or not what a client wants. The zero
// value is what is most likely (aws-contract 14).
type Behaviour struct {
	// TraitStatuses, IdempotentDeletes and OwnAssignmentsOnly are
	// those of the AWS door.
	TraitStatuses, IdempotentDeletes, OwnAssignmentsOnly bool
	// SCIM and RequirePutID are those of the SCIM door.
	SCIM         scim.Dialect
	RequirePutID bool
}

// Server answers for every store of its databases, also for those that are made
// while it runs. It is safe for concurrent use.
type Server struct {
	gate   *emulate.Gate
	stores *stores
	aws    *http.ServeMux
	scim   *tenants
}

// New returns a server. It fails with fault.Invalid for a fault plan, rate,
// quota or delay that cannot be.
func New(o Options) (*Server, error) {
	if o.Log == nil {
		o.Log = slog.Default()
	}
	if o.AssignmentDelay < 0 {
		return nil, fault.Text(fault.Invalid, "serve", "assignment delay", "it is negative")
	}
	o.Emulate.Sleep = releasing(o.Emulate.Sleep)
	gate, err := emulate.New(o.Emulate)
	if err != nil {
		return nil, err
	}
	if err := strikes(o.Emulate.Faults); err != nil {
		return nil, err
	}
	s := &Server{gate: gate, aws: http.NewServeMux()}
	s.stores = &stores{databases: o.Databases, gate: gate, delay: o.AssignmentDelay, now: o.Now}
	access := instances{s.stores}
	awsdoor.New(awsdoor.Options{
		Stores: s.stores, Instances: access, Callers: callers(o.Databases), Sessions: s.stores.assume,
		Owner: access.owner, Account: o.Account, Region: o.Region, AnyCredentials: o.AnyCredentials, Log: o.Log,
		TraitStatuses: o.TraitStatuses, IdempotentDeletes: o.IdempotentDeletes, OwnAssignmentsOnly: o.OwnAssignmentsOnly,
		Admit: func(r *http.Request, service, operation string) error {
			return gate.Admit(r.Context(), emulate.Call{Service: emulate.Service(service), Operation: operation})
		},
	}).Mount(s.aws)
	s.scim = &tenants{stores: s.stores, gate: gate, behaviour: o.Behaviour, log: o.Log}
	return s, nil
}

// ServeHTTP answers AWS's API and SCIM; any other path is 404.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var door http.Handler = s.aws
	if _, ok := tenantOf(r.URL); ok {
		door = s.scim
	}
	s.gate.Handler(held(door)).ServeHTTP(w, r.WithContext(withVisit(r.Context())))
}
