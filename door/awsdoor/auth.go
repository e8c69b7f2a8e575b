package awsdoor

import (
	"net/http"
	"slices"

	"rollcall/awsjson/organizations"
	"rollcall/awsjson/sigv4"
	"rollcall/awsquery"
	"rollcall/caller"
)

// authenticate returns who signed the request. A service that is not known
// takes signatures for any: its caller is told that there is none.
func (s *Server) authenticate(r *http.Request, body []byte, service string) (caller.Caller, error) {
	claim, err := sigv4.Read(r)
	if s.AnyCredentials {
		// Without signatures nothing but this keeps a web page that somebody
		// happens to look at from writing here.
		if r.Header.Get("Origin") != "" {
			return caller.Caller{}, sigv4.Refuse(sigv4.CodeMissing, "Requests of web pages are not taken where no signature is looked at")
		}
		if err != nil {
			claim = &sigv4.Claim{}
		}
		anybody := caller.Unproved(claim) // whoever asked for it lets anybody in, unsigned too
		anybody.Account = s.Account
		return anybody, nil
	}
	if err != nil {
		return caller.Caller{}, err
	}
	policy := sigv4.Policy{Region: s.regionFor(service, claim.Scope.Region)}
	if service != "" {
		policy.Services = []string{service}
	}
	return s.Callers.Verify(r.Context(), claim, body, policy)
}

// home is where the services are that a partition has one of; clients sign for
// it, wherever they are (aws-contract 2.2).
var home = map[string][]string{
	organizations.SigningName: {"us-east-1", "cn-northwest-1", "us-gov-west-1"},
	awsquery.SigningName:      {"us-east-1"},
}

// regionFor is the region that a signature for a service must be for, if it
// claims to be for that one. Where a service is that is not here is not known.
func (s *Server) regionFor(service, claimed string) string {
	if service == "" || slices.Contains(home[service], claimed) {
		return claimed
	}
	return s.Region
}
