package cli

import (
	"context"
	"errors"
	"fmt"

	"rollcall/apply"
	"rollcall/config"
	"rollcall/fault"
)

// The exit statuses. They are documented in every command's help and never
// renumbered.
const (
	exitDone        = 0
	exitError       = 1
	exitChanges     = 2
	exitPartial     = 3
	exitStale       = 4
	exitBraked      = 5
	exitUsage       = 6
	exitDenied      = 7
	exitBudget      = 8
	exitInterrupted = 130
)

// exitText is the end of every command's help.
const exitText = `Exit status:
    0  done, or nothing to do
    1  error
    2  changes present (with --exit-code)
    3  finished, but some objects failed
    4  refused: the world changed since the plan was made
    5  refused: by a brake or a rule, for want of approval, or because the source could not be read completely
    6  usage or configuration
    7  authentication or permission
    8  budget or time used up; resume with "rollcall run resume"
  130  interrupted; resume with "rollcall run resume"
`

// quietError carries an exit status for a command that has said everything
// already.
type quietError struct{ status int }

func (e quietError) Error() string { return fmt.Sprintf("exit status %d", e.status) }

// usageError is a mistake in what was typed.
type usageError struct{ error }

func usage(format string, args ...any) error { return usageError{fmt.Errorf(format, args...)} }

func (e usageError) Unwrap() error { return e.error }

// configError is a configuration that cannot be used.
type configError struct{ error }

func (e configError) Unwrap() error { return e.error }

// sourceError is a source that could not be read, whatever the reason: nothing
// may be concluded from it.
type sourceError struct{ error }

func (e sourceError) Unwrap() error { return e.error }

// statuses is the one table from the kinds of failure to exit statuses.
var statuses = map[fault.Kind]int{
	fault.Internal:        exitError,
	fault.Invalid:         exitUsage,
	fault.NotFound:        exitError,
	fault.Conflict:        exitError,
	fault.Stale:           exitStale,
	fault.Unauthenticated: exitDenied,
	fault.Denied:          exitDenied,
	fault.Unsupported:     exitError,
	fault.Throttled:       exitBudget,
	fault.Quota:           exitBudget,
	fault.Unavailable:     exitError,
	fault.Incomplete:      exitBraked,
}

// exitStatus is how the program ends.
func exitStatus(ctx context.Context, err error) int {
	var quiet quietError
	switch {
	case err == nil:
		return exitDone
	case errors.As(err, &quiet):
		return quiet.status
	case ctx.Err() != nil: // whatever failed, it failed because it was stopped
		return exitInterrupted
	case errors.As(err, new(sourceError)) && fault.Is(err, fault.Unauthenticated):
		return exitDenied
	case errors.As(err, new(*apply.BrakedError)), errors.As(err, new(*apply.UnapprovedError)), errors.As(err, new(sourceError)):
		return exitBraked
	case errors.As(err, new(usageError)), errors.As(err, new(configError)), errors.As(err, new(*config.Problems)):
		return exitUsage
	}
	return statuses[fault.KindOf(err)]
}

// complain says what went wrong, and what to do about it.
func (a *app) complain(err error) {
	if err == nil || errors.As(err, new(quietError)) {
		return
	}
	say(a.err, "rollcall: %s", err)
	if hint := hintFor(err); hint != "" {
		say(a.err, "%s", hint)
	}
}

// lists are the commands that look for part of a name, by what could not find
// the whole of it.
var lists = map[string]string{"find user": "rollcall user list", "find group": "rollcall group list"}

// hintFor says what to do about an error, where the error itself does not.
func hintFor(err error) string {
	if braked := new(apply.BrakedError); errors.As(err, &braked) {
		return "To look at it: rollcall plan show " + braked.Plan.Short() +
			"\nTo carry it out all the same: rollcall apply " + braked.Plan.Short() +
			" --override-brakes " + braked.Plan.Short() + " --reason TEXT"
	}
	if waits := new(apply.UnapprovedError); errors.As(err, &waits) {
		return hintApproval(waits.Request)
	}
	if errors.As(err, new(sourceError)) {
		return "Nothing was planned and nothing was written: what cannot be read completely is not taken for empty."
	}
	if e, ok := errors.AsType[*fault.Error](err); ok && e.Kind == fault.NotFound && lists[e.Op] != "" {
		return "To look for part of a name: " + lists[e.Op] + " " + typed(e.On)
	}
	if errors.As(err, new(usageError)) {
		return `Run the command with --help for an example.`
	}
	return ""
}
