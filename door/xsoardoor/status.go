package xsoardoor

import (
	"errors"
	"net/http"
	"strings"

	"rollcall/apply"
	"rollcall/command"
	"rollcall/fault"
	"rollcall/identity"
	"rollcall/journal"
)

// codes are the errorCode of failures, by our kinds: what the SCIM endpoint of
// an Identity Center would answer.
var codes = map[fault.Kind]int{
	fault.Invalid:         http.StatusBadRequest,
	fault.NotFound:        http.StatusNotFound,
	fault.Conflict:        http.StatusConflict,
	fault.Stale:           http.StatusConflict,
	fault.Unauthenticated: http.StatusUnauthorized, // our credentials at the directory, not the caller's here
	fault.Denied:          http.StatusForbidden,
	fault.Unsupported:     http.StatusNotImplemented,
	fault.Throttled:       http.StatusTooManyRequests,
	fault.Quota:           http.StatusForbidden,
	fault.Unavailable:     http.StatusServiceUnavailable,
	fault.Incomplete:      http.StatusServiceUnavailable,
	fault.Internal:        http.StatusInternalServerError,
}

// sentences are the messages of failures that say no more: those of the SCIM
// endpoint where it has one (aws-contract 7.10).
var sentences = map[fault.Kind]string{
	fault.Invalid:         "Request is unparsable, syntactically incorrect, or violates schema.",
	fault.NotFound:        "The specified user, group or endpoint does not exist.",
	fault.Conflict:        "Refused to create a new, duplicate resource.",
	fault.Stale:           "The resource was changed by another request at the same time; try again.",
	fault.Unauthenticated: "The credentials of the directory are refused.",
	fault.Denied:          "Operation is not permitted based on the supplied authorization.",
	fault.Unsupported:     "The directory cannot do that.",
	fault.Throttled:       "Too many requests; try again later.",
	fault.Quota:           "The request exceeds a quota of the identity store.",
	fault.Unavailable:     "The directory does not answer; try again later.",
	fault.Incomplete:      "The directory did not answer completely; try again later.",
	fault.Internal:        "Internal error; the server's log says more.",
}

// tell is what a failure is in an answer: its code, and its message, which
// holds no personal value.
func tell(err error) (code int, message string) {
	if b, ok := errors.AsType[*apply.BrakedError](err); ok {
		rules := make([]string, len(b.Brakes))
		for i, one := range b.Brakes {
			rules[i] = one.Rule
		}
		return http.StatusForbidden, "Refused by a brake (" + strings.Join(rules, ", ") + "); the plan is kept: rollcall plan show " + string(b.Plan)
	}
	if u, ok := errors.AsType[*apply.UnapprovedError](err); ok {
		return http.StatusForbidden, "The plan needs approval, and is " + string(u.Request.Status) + ": rollcall approval show " + string(u.Request.Plan)
	}
	if u, ok := errors.AsType[command.Unmade](err); ok {
		return tellUnmade(u)
	}
	kind := fault.KindOf(err)
	return codes[kind], messageOf(kind, err)
}

func tellUnmade(u command.Unmade) (code int, message string) {
	kept := "; the plan is kept: rollcall plan show " + string(u.Result.Plan)
	switch u.Failure.Result {
	case journal.Held:
		return http.StatusForbidden, "Somebody who was put out is not let in (rollcall leaver release)" + kept
	case journal.Skipped:
		return http.StatusInternalServerError, "A change before this one was not made" + kept
	}
	kind, known := fault.KindNamed(u.Failure.Fault)
	if !known {
		kind = fault.Internal
	}
	return codes[kind], sentences[kind]
}

// messageOf is what a caller is told. Causes are told where they help and hold
// no more than the names of fields.
func messageOf(kind fault.Kind, err error) string {
	if kind != fault.Invalid && kind != fault.Denied {
		return sentences[kind]
	}
	if p, ok := errors.AsType[identity.Problems](err); ok {
		return p.Error()
	}
	if kind == fault.Denied {
		if ours, ok := errors.AsType[refusal](err); ok {
			return string(ours)
		}
		return sentences[kind]
	}
	return fault.Words(err)
}

// refusal is why this door does not do something.
type refusal string

func (r refusal) Error() string { return string(r) }

func refuse(why string) error { return fault.New(fault.Denied, "change", "", refusal(why)) }
