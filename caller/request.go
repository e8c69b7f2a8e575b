package caller

import (
	"context"
	"net/http"
	"net/netip"
	"strings"

	"rollcall/fault"
)

// Checker says who an operator is: [Operators] does.
type Checker interface {
	CheckToken(ctx context.Context, text string) (Operator, error)
	CheckPassword(ctx context.Context, name, password, from string) (Operator, error)
}

// OfRequest is the operator who makes a request, by bearer token or by name and
// password, in a role or one above it: fault.Unauthenticated, fault.Denied, or
// what the checker says.
func OfRequest(c Checker, r *http.Request, role Role) (o Operator, err error) {
	if name, password, basic := r.BasicAuth(); basic {
		o, err = c.CheckPassword(r.Context(), name, password, Address(r))
	} else {
		scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
		if !strings.EqualFold(scheme, "Bearer") {
			return o, fault.Text(fault.Unauthenticated, "authenticate", "", "want an operator's bearer token, or name and password")
		}
		o, err = c.CheckToken(r.Context(), strings.TrimSpace(token))
	}
	if err != nil {
		return o, err
	}
	return o, o.May(role)
}

// Address is where a request comes from, without the port; empty if that cannot
// be told.
func Address(r *http.Request) string {
	at, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return ""
	}
	return at.Addr().Unmap().String()
}
