package awsdoor

import (
	"net/http"

	"rollcall/awsjson/sigv4"
	"rollcall/caller"
)

// authenticate returns who signed the request. A service that is not known
// takes signatures for any: its caller is told that there is none.
func (s *Server) authenticate(r *http.Request, body []byte, service string) (caller.Caller, error) {
	claim, err := sigv4.Read(r)
	if s.AnyCredentials {
		if err != nil {
			claim = &sigv4.Claim{}
		}
		return caller.Unproved(claim), nil // whoever asked for it lets anybody in, unsigned too
	}
	switch {
	case err != nil:
		return caller.Caller{}, err
	}
	policy := sigv4.Policy{Region: s.Region}
	if service != "" {
		policy.Services = []string{service}
	}
	return s.Callers.Verify(r.Context(), claim, body, policy)
}
