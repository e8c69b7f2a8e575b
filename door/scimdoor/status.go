package scimdoor

import (
	"errors"
	"fmt"
	"net/http"
	"strings"

	"rollcall/fault"
	"rollcall/identity"
)

// statuses is aws-contract 7.10 by our kinds. AWS's table ends at 500: what
// would be 503 elsewhere is 500 there.
var statuses = map[fault.Kind]int{
	fault.Invalid:         http.StatusBadRequest,
	fault.Quota:           http.StatusBadRequest,
	fault.Unauthenticated: http.StatusUnauthorized,
	fault.Denied:          http.StatusForbidden,
	fault.NotFound:        http.StatusNotFound,
	fault.Conflict:        http.StatusConflict,
	fault.Stale:           http.StatusConflict,
	fault.Throttled:       http.StatusTooManyRequests,
	fault.Internal:        http.StatusInternalServerError,
	fault.Unavailable:     http.StatusInternalServerError,
	fault.Incomplete:      http.StatusInternalServerError,
	fault.Unsupported:     http.StatusNotImplemented,
}

// sentences are the details of failures that say no more: AWS's own where one
// was seen (aws-contract 7.10).
var sentences = map[fault.Kind]string{
	fault.Invalid:         "Request is unparsable, syntactically incorrect, or violates schema.",
	fault.Quota:           "The request exceeds a quota of the identity store.",
	fault.Unauthenticated: "The authorization header is invalid or missing, or the tenant ID is incorrect.",
	fault.Denied:          "Operation is not permitted based on the supplied authorization.",
	fault.NotFound:        "The specified user, group or endpoint does not exist.",
	fault.Conflict:        "Refused to create a new, duplicate resource.",
	fault.Stale:           "The resource was changed by another request at the same time; try again.",
	fault.Throttled:       "Too many requests; try again later.",
	fault.Internal:        "Internal error; the request id is in the server's log.",
	fault.Unavailable:     "Internal error; the request id is in the server's log.",
	fault.Incomplete:      "Internal error; the request id is in the server's log.",
	fault.Unsupported:     "The operation is not supported.",
}

func statusOf(err error) int {
	if _, ok := errors.AsType[notAllowed](err); ok {
		return http.StatusMethodNotAllowed
	}
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return http.StatusRequestEntityTooLarge
	}
	return statuses[fault.KindOf(err)]
}

// detail is what the client is told. Causes are told where they help the
// client and hold no more than the names of fields.
func detail(err error) string {
	if n, ok := errors.AsType[notAllowed](err); ok {
		return n.Error()
	}
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return "The body is larger than 1 MiB."
	}
	if t, ok := errors.AsType[taken](err); ok {
		return sentences[fault.Conflict] + " Taken: " + t.attribute + "."
	}
	kind := fault.KindOf(err)
	if kind != fault.Invalid {
		return sentences[kind]
	}
	if p, ok := errors.AsType[identity.Problems](err); ok {
		return problemsText(p)
	}
	if e, ok := errors.AsType[*fault.Error](err); ok && e.Err != nil {
		return e.Err.Error()
	}
	return sentences[kind]
}

// problemsText writes validation failures as AWS does, which names a list that
// is too long in a sentence of its own (aws-contract 7.10).
func problemsText(all identity.Problems) string {
	if len(all) == 1 && strings.HasPrefix(all[0].Problem, "List attribute ") {
		return all[0].Problem
	}
	noun := "errors"
	if len(all) == 1 {
		noun = "error"
	}
	texts := make([]string, len(all))
	for i, p := range all {
		texts[i] = fmt.Sprintf("Value at '%s' failed to satisfy constraint: %s", p.Field, p.Problem)
	}
	return fmt.Sprintf("%d validation %s detected: %s", len(all), noun, strings.Join(texts, "; "))
}
