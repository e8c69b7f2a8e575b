// Package fault is the one vocabulary of failure.
//
// Code that fails returns an [Error] with a [Kind]; an adapter translates what
// its own wire says into a Kind, an edge (a door, the command line) translates
// the Kind into its own status in one table. Nothing in between reads error
// text.
package fault

import (
	"context"
	"errors"
	"strings"
	"time"
)

// Kind says what sort of failure it was, and so what may be done about it.
type Kind int

// The kinds. Internal is the zero value, so that an unsorted error is never
// taken for something that may be shown or retried.
const (
	Internal        Kind = iota // a bug, ours or theirs
	Invalid                     // the request can never succeed as it stands
	NotFound                    // the thing named does not exist
	Conflict                    // a unique value is taken, or the thing exists already
	Stale                       // it changed since the caller read it
	Unauthenticated             // we do not know who is asking
	Denied                      // we know who is asking, and the answer is no
	Unsupported                 // this directory cannot do that
	Throttled                   // too fast; try again after RetryAfter
	Quota                       // a limit on stored objects is reached; waiting does not help
	Unavailable                 // the other side is down or did not answer; try again
	Incomplete                  // a read ended without proof that it saw everything
	numKinds
)

var kindNames = [numKinds]string{
	"internal", "invalid", "not found", "conflict", "stale", "unauthenticated", "denied",
	"unsupported", "throttled", "quota", "unavailable", "incomplete",
}

func (k Kind) String() string {
	if k < 0 || k >= numKinds {
		return kindNames[Internal]
	}
	return kindNames[k]
}

// Temporary reports whether the same call may succeed later, unchanged.
func (k Kind) Temporary() bool { return k == Throttled || k == Unavailable }

// Kinds lists every kind, for tables that must cover them all.
func Kinds() []Kind {
	all := make([]Kind, numKinds)
	for i := range all {
		all[i] = Kind(i)
	}
	return all
}

// KindNamed returns the kind whose String is name, and whether there is one.
// Journals store kinds by name.
func KindNamed(name string) (Kind, bool) {
	for i, n := range kindNames {
		if n == name {
			return Kind(i), true
		}
	}
	return Internal, false
}

// Error is a failure with enough said for a log line and a status. Its text
// never holds personal values: On names an object by kind and id, not by who
// it is.
type Error struct {
	Kind       Kind
	Op         string        // what was being done: "create user"
	On         string        // to what: "user 9067-…", "field emails"
	Err        error         // the cause, if there is one
	RetryAfter time.Duration // how long the other side said to wait; zero when it did not say
	Unsettled  bool          // a write that may have happened all the same: only a read can tell
}

// New returns an error of kind k; on and cause may be empty.
func New(k Kind, op, on string, cause error) *Error {
	return &Error{Kind: k, Op: op, On: on, Err: cause}
}

// Text is [New] with the cause given in words.
func Text(k Kind, op, on, cause string) *Error {
	return New(k, op, on, errors.New(cause))
}

// Unsettled returns an error for a write whose answer was lost. Whoever gets
// it reads the object before doing anything else.
func Unsettled(op, on string, cause error) *Error {
	return &Error{Kind: Unavailable, Op: op, On: on, Err: cause, Unsettled: true}
}

// Words is the cause of an error in its own words, without what was done and to
// what: for a client, who knows.
func Words(err error) string {
	if e, ok := err.(*Error); ok && e.Err != nil { //nolint:errorlint // the outermost one's own words
		return e.Err.Error()
	}
	return err.Error()
}

func (e *Error) Error() string {
	parts := make([]string, 0, 5)
	for _, s := range []string{e.Op, e.On} {
		if s != "" {
			parts = append(parts, s)
		}
	}
	if inner, ok := e.Err.(*Error); !ok || inner.Kind != e.Kind { //nolint:errorlint // what is printed right behind, not what is deep within
		parts = append(parts, e.Kind.String())
	}
	if e.Unsettled {
		parts = append(parts, "outcome unknown")
	}
	if e.Err != nil {
		parts = append(parts, e.Err.Error())
	}
	return strings.Join(parts, ": ")
}

func (e *Error) Unwrap() error { return e.Err }

// KindOf returns the kind of the outermost [Error] in err's chain. A deadline
// that passed is Unavailable, a nil error or anything unsorted is Internal.
func KindOf(err error) Kind {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Kind
	}
	switch {
	case errors.Is(err, errors.ErrUnsupported):
		return Unsupported
	case errors.Is(err, context.DeadlineExceeded):
		return Unavailable
	}
	return Internal
}

// Is reports whether err is a failure of kind k. It is false for nil.
func Is(err error, k Kind) bool { return err != nil && KindOf(err) == k }

// IsUnsettled reports whether err is that of a write that may have happened.
func IsUnsettled(err error) bool {
	e, ok := errors.AsType[*Error](err)
	return ok && e.Unsettled
}

// RetryAfter returns how long the other side said to wait, or zero.
func RetryAfter(err error) time.Duration {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.RetryAfter
	}
	return 0
}
