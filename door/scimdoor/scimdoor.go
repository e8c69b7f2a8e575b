// Package scimdoor serves a directory over SCIM 2.0, byte for byte as AWS IAM
// Identity Center does: what is served, and where it differs, is in README.md
// beside this file.
//
// It is a door of the embedded Identity Center alone: it writes to the
// directory directly, and every write leaves an event there.
package scimdoor

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"rollcall/directory"
	"rollcall/scim"
)

// Authenticator says who a bearer token belongs to.
type Authenticator interface {
	// Authenticate returns who may use the endpoint of that tenant with that
	// token. A tenant that is not this directory's and a token that is unknown,
	// revoked or expired are all fault.Unauthenticated; secrets are compared
	// in constant time.
	Authenticate(ctx context.Context, tenant, token string) (directory.Actor, error)
}

// Options set what the wire leaves open. The zero value is what AWS documents.
type Options struct {
	// Dialect.Issuer is that of the external ids written here; empty means
	// [DefaultIssuer].
	scim.Dialect
	// RequirePutID refuses a PUT whose body does not repeat the id of its path.
	RequirePutID bool
	// Admit, if set, is asked about every request after it is authenticated,
	// with the name AWS gives the operation ("CreateUser"): quotas, network
	// controls and injected faults answer here. Its fault becomes the answer.
	Admit func(r *http.Request, operation string) error
	// Log takes failures that are not the client's; nil is slog.Default.
	Log *slog.Logger
	// Now is the clock of error bodies; nil is time.Now.
	Now func() time.Time
}

// DefaultIssuer is the issuer of external ids that come by SCIM, unless
// configured; AWS does not publish its own (aws-contract 14).
const DefaultIssuer = "scim"

// Door serves one directory.
type Door struct {
	directory *directory.Directory
	writer    *directory.Writer
	who       Authenticator
	Options
}

// New returns the door of d, which must be an embedded directory.
func New(d *directory.Directory, who Authenticator, o Options) *Door {
	if o.Issuer == "" {
		o.Issuer = DefaultIssuer
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Door{directory: d, writer: directory.WriterFor(d), who: who, Options: o}
}

// root is where a tenant's endpoint is.
const root = "/{tenantId}/scim/v2"

// Mount serves the door under /{tenantId}/scim/v2/.
func (d *Door) Mount(mux *http.ServeMux) { mux.Handle(root+"/", d) }
