package awsdoor

import (
	"context"
	"net/http"

	"rollcall/awsjson/sigv4"
	"rollcall/caller"
	"rollcall/cloudtrail"
	"rollcall/directory"
)

// called is the context of an operation: what it writes is part of this
// request, and the directory's log says so. What only reads leaves no event,
// and is spared the work.
func (s *Server) called(r *http.Request, c call) context.Context {
	if caller.Reads(c.operation) {
		return r.Context()
	}
	is := cloudtrail.Received(r)
	is.ID, is.Operation, is.Account, is.Key = c.id, c.operation, c.Account, c.KeyID
	if c.origin.IP.IsValid() {
		is.Source = c.origin.IP.String()
	}
	if claim, err := sigv4.Read(r); err == nil {
		is.Region = claim.Scope.Region
	}
	return directory.WithCall(r.Context(), is)
}
