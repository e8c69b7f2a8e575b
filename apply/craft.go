package apply

import (
	"context"

	"rollcall/identity"
)

// craft is how the changes of one family of kinds are made: what to ask of
// whom, and how to read what came of it. When to ask, and all that is the same
// for every kind, is the job's: intents and outcomes, holds, pauses, other runs,
// what needs what. A new family is a craft and a line in [work.craft].
type craft interface {
	// call asks the target for the change, once.
	call(ctx context.Context) (report, error)
	// settle finds out by reading whether a change that may have happened did;
	// false if it did not, and is still to be made.
	settle(ctx context.Context) (report, bool)
	// judge says what is to be done about a call that failed; false if the
	// change is to be made again after a pause.
	judge(ctx context.Context, err error) (report, bool)
	// about is the object as the journal knows it; no id if it begins with this
	// change, or if several may write to it at once.
	about() (identity.Kind, identity.ID)
	// patience is how often the change is asked for before it is given up.
	patience() int
}

// craft returns whose way of making things a change takes.
func (w *work) craft(ctx context.Context, j *job) craft {
	if j.change.Kind.Assigns() {
		return &assigning{job: j, stop: ctx}
	}
	if j.change.Kind.Denies() {
		return &denying{job: j, stop: ctx, policies: w.policies}
	}
	return j
}
