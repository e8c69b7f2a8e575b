package icfdoor

import (
	"net/http"
	"net/netip"
	"strings"

	"rollcall/caller"
	"rollcall/fault"
	"rollcall/icf"
	"rollcall/plan"
)

// doorName is how the journal names this door.
const doorName = "icf"

// who says which operator is asking: by X-OpenIDM headers, Basic or bearer
// token, the first that is there.
func (d *Door) who(r *http.Request) (caller.Operator, error) {
	name, password := r.Header.Get("X-OpenIDM-Username"), r.Header.Get("X-OpenIDM-Password")
	if name == "" {
		name, password, _ = r.BasicAuth()
	}
	var o caller.Operator
	var err error
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	switch {
	case name != "":
		from := r.RemoteAddr
		if at, err := netip.ParseAddrPort(r.RemoteAddr); err == nil {
			from = at.Addr().String()
		}
		o, err = d.Operators.CheckPassword(r.Context(), name, password, from)
	case strings.EqualFold(scheme, "Bearer") && strings.TrimSpace(token) != "":
		o, err = d.Operators.CheckToken(r.Context(), strings.TrimSpace(token))
	default:
		err = fault.Text(fault.Unauthenticated, "authenticate", "", "there are no credentials")
	}
	if fault.Is(err, fault.Unauthenticated) {
		return o, icf.NewError(http.StatusUnauthorized, "Access Denied")
	}
	return o, err
}

// may refuses what needs another role.
func may(o caller.Operator, need caller.Role) error {
	if err := o.May(need); err != nil {
		return icf.NewError(http.StatusForbidden, "Access denied: this needs the role "+string(need))
	}
	return nil
}

// actor is how plans and the journal name whoever asks.
func (r *request) actor() plan.Actor { return plan.Actor{Name: r.operator.Name, Door: doorName} }
