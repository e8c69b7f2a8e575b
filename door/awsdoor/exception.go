package awsdoor

import (
	"errors"
	"math"
	"net/http"
	"strings"

	"rollcall/awsjson"
	"rollcall/awsjson/sigv4"
	"rollcall/fault"
	"rollcall/identity"
)

// exceptions says what AWS calls each kind of failure (aws-contract 3.6). The
// message is what the caller reads if nothing better is known; kinds whose
// cause is ours to look into say no more than that.
var exceptions = map[fault.Kind]struct{ name, reason, message string }{
	fault.Internal:        {awsjson.TypeInternal, "", "The request failed because of an internal error."},
	fault.Invalid:         {awsjson.TypeValidation, "", ""},
	fault.NotFound:        {awsjson.TypeNotFound, "", "The resource was not found."},
	fault.Conflict:        {awsjson.TypeConflict, awsjson.ReasonUniqueness, "The resource exists already."},
	fault.Stale:           {awsjson.TypeConflict, awsjson.ReasonConcurrent, "The resource was modified since it was read: the revision does not match."},
	fault.Unauthenticated: {awsjson.TypeUnauthenticated, "", "The security token included in the request is invalid."},
	fault.Denied:          {awsjson.TypeAccessDenied, "", "You do not have sufficient access to perform this action."},
	fault.Unsupported:     {awsjson.TypeValidation, "", ""},
	fault.Throttled:       {awsjson.TypeThrottling, "", "Rate exceeded"},
	fault.Quota:           {awsjson.TypeQuota, "", "The request would exceed a service quota."},
	fault.Unavailable:     {awsjson.TypeInternal, "", "The service is not available for the moment."},
	fault.Incomplete:      {awsjson.TypeInternal, "", "The request failed because of an internal error."},
}

// exceptionOf is the one place where a failure becomes AWS's words for it. What
// is our own fault is logged, once, here.
// Says, if not nil, has the last word on it.
func (s *Server) exceptionOf(r *http.Request, id string, says func(error, *awsjson.Exception), err error) *awsjson.Exception {
	e := translate(err)
	if e.Type == awsjson.TypeInternal {
		s.Log.ErrorContext(r.Context(), "request failed", "request", id, "err", err)
	}
	if e.Type != awsjson.TypeUnknownOperation { // AWS answers with nothing but the type
		e.RequestID = id
	}
	if says != nil {
		says(err, e)
	}
	return e
}

func translate(err error) *awsjson.Exception {
	if ready, ok := errors.AsType[*awsjson.Exception](err); ok {
		e := *ready
		return &e
	}
	if refusal, ok := errors.AsType[*sigv4.Refusal](err); ok {
		return &awsjson.Exception{Type: refusal.Code, Message: refusal.Text}
	}
	row := exceptions[fault.KindOf(err)]
	e := &awsjson.Exception{Type: row.name, Reason: row.reason, Message: row.message}
	if e.Message == "" {
		e.Message = invalidMessage(err)
	}
	// No other type has the member.
	if wait := fault.RetryAfter(err); wait > 0 && (e.Type == awsjson.TypeThrottling || e.Type == awsjson.TypeInternal) {
		e.RetryAfterSeconds = int(math.Ceil(wait.Seconds()))
	}
	return e
}

// invalidMessage tells the caller what to mend. Texts of errors name fields and
// limits, never values.
func invalidMessage(err error) string {
	if problems, ok := errors.AsType[identity.Problems](err); ok {
		return awsjson.InvalidFields(problems).Message
	}
	return err.Error()
}

func (s *Server) status(e *awsjson.Exception) int {
	if s.TraitStatuses {
		return e.TraitStatus()
	}
	return e.Status()
}

// about names the resource that err, if it is fault.NotFound, did not find.
func about(err error, resource string, id identity.ID) error {
	return missing(err, resource, id, resource+" not found.")
}

func missing(err error, resource string, id identity.ID, message string) error {
	if !fault.Is(err, fault.NotFound) {
		return err
	}
	return &awsjson.Exception{Type: awsjson.TypeNotFound, Message: message, ResourceType: resource, ResourceID: string(id)}
}

// taken names the value that err, if it is fault.Conflict, found in use.
func taken(err error, names map[string]string) error {
	f, ok := errors.AsType[*fault.Error](err)
	if !ok || f.Kind != fault.Conflict {
		return err
	}
	_, field, _ := strings.Cut(f.On, "field ")
	name, known := names[field]
	if !known {
		return err
	}
	return &awsjson.Exception{Type: awsjson.TypeConflict, Message: "Duplicate " + name, Reason: awsjson.ReasonUniqueness}
}
