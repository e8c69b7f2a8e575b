package icfdoor

import (
	"errors"
	"net/http"

	"rollcall/apply"
	"rollcall/command"
	"rollcall/fault"
	"rollcall/icf"
	"rollcall/identity"
	"rollcall/journal"
)

// statuses are those of failures, by our kinds. What a directory cannot do is
// 501 and never 404, which a client would take for the object's absence.
var statuses = map[fault.Kind]int{
	fault.Invalid:         http.StatusBadRequest,
	fault.NotFound:        http.StatusNotFound,
	fault.Conflict:        http.StatusPreconditionFailed,
	fault.Stale:           http.StatusPreconditionFailed,
	fault.Unauthenticated: http.StatusServiceUnavailable, // our credentials at the directory, not the caller's here
	fault.Denied:          http.StatusForbidden,
	fault.Unsupported:     http.StatusNotImplemented,
	fault.Throttled:       http.StatusServiceUnavailable,
	fault.Quota:           http.StatusForbidden,
	fault.Unavailable:     http.StatusServiceUnavailable,
	fault.Incomplete:      http.StatusServiceUnavailable,
	fault.Internal:        http.StatusInternalServerError,
}

// sentences are the messages of failures that say no more.
var sentences = map[fault.Kind]string{
	fault.Invalid:         "The request is not valid",
	fault.NotFound:        "The object does not exist",
	fault.Conflict:        "A value that must be unique is taken by another object",
	fault.Stale:           "The resource could not be accessed because it did not match the requested version",
	fault.Unauthenticated: "The connector's credentials are refused by the directory",
	fault.Denied:          "The directory does not permit this",
	fault.Unsupported:     "The directory behind this connector cannot do that",
	fault.Throttled:       "The directory takes no more requests for the moment",
	fault.Quota:           "A quota of the directory is reached",
	fault.Unavailable:     "The directory does not answer",
	fault.Incomplete:      "The directory did not answer completely",
	fault.Internal:        "Internal error; the server's log says more",
}

// errorOf makes the answer of an error.
func errorOf(err error) *icf.Error {
	if e, ok := errors.AsType[*icf.Error](err); ok {
		return e
	}
	if b, ok := errors.AsType[*apply.BrakedError](err); ok {
		return braked(b)
	}
	if u, ok := errors.AsType[*apply.UnapprovedError](err); ok {
		return unapproved(u)
	}
	if u, ok := errors.AsType[command.Unmade](err); ok {
		return notMade(u)
	}
	kind := fault.KindOf(err)
	return icf.NewError(statuses[kind], messageOf(kind, err))
}

// messageOf is what a client is told. Causes are told where they help and hold
// no more than the names of fields.
func messageOf(kind fault.Kind, err error) string {
	if kind != fault.Invalid {
		return sentences[kind]
	}
	if p, ok := errors.AsType[identity.Problems](err); ok {
		return p.Error()
	}
	if e, ok := errors.AsType[*fault.Error](err); ok && e.Err != nil {
		return e.Err.Error()
	}
	return sentences[kind]
}

// braked is the refusal of a plan by brakes: its id lets a person look at it,
// and override it.
func braked(b *apply.BrakedError) *icf.Error {
	e := icf.NewError(http.StatusForbidden, "Refused by a brake; the plan "+b.Plan.Short()+" is kept and can be looked at")
	rules := make([]map[string]string, len(b.Brakes))
	for i, one := range b.Brakes {
		rules[i] = map[string]string{"rule": one.Rule, "text": one.Text}
	}
	e.Detail = map[string]any{"plan": string(b.Plan), "brakes": rules}
	return e
}

// unapproved is the refusal of a plan that waits for people to agree. What it takes
// away is taken.
func unapproved(u *apply.UnapprovedError) *icf.Error {
	r := u.Request
	e := icf.NewError(http.StatusForbidden, "The plan "+r.Plan.Short()+" needs approval, and is "+string(r.Status))
	e.Detail = map[string]any{"plan": string(r.Plan), "status": string(r.Status), "approvals": r.Have(), "needed": r.Needs.Approvers}
	return e
}

// notMade is the answer about a change that was tried.
func notMade(u command.Unmade) *icf.Error {
	kind, known := fault.KindNamed(u.Failure.Fault)
	if !known {
		kind = fault.Internal
	}
	e := icf.NewError(statuses[kind], sentences[kind])
	switch u.Failure.Result {
	case journal.Held:
		e = icf.NewError(http.StatusForbidden, "Somebody who is held is not let in; the plan "+u.Result.Plan.Short()+" is kept")
	case journal.Skipped:
		e = icf.NewError(http.StatusInternalServerError, "A change before this one was not made")
	}
	e.Detail = map[string]any{"plan": string(u.Result.Plan), "run": u.Result.Run}
	return e
}
