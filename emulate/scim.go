package emulate

import (
	"context"
	"net/http"

	"rollcall/directory"
	"rollcall/fault"
)

// Controls tells from where a store may be reached; a directory does.
type Controls interface {
	Network(ctx context.Context) (*directory.Network, error)
}

// ForSCIM is what the SCIM door asks about each request: the store's network
// controls first (fault.Denied, aws-contract 13 number 53), then [Gate.Admit].
// Origin says where a request came from.
func (g *Gate) ForSCIM(store Controls, origin func(*http.Request) directory.Origin) func(*http.Request, string) error {
	return func(r *http.Request, operation string) error {
		network, err := store.Network(r.Context())
		if err != nil {
			return err
		}
		if !network.AllowsSCIM(origin(r)) {
			return fault.Text(fault.Denied, operation, "", "the identity store may not be reached from here")
		}
		return g.Admit(r.Context(), Call{SCIM, operation})
	}
}
