package apply

import (
	"bytes"
	"context"
	"fmt"
	"slices"

	"rollcall/fault"
	"rollcall/identity"
	"rollcall/journal"
	"rollcall/plan"
)

// settle finds out by reading whether a change that may have happened did. It
// returns false if it did not, and is still to be made.
func (j *job) settle(ctx context.Context) (report, bool) {
	switch j.change.Kind {
	case plan.UserCreate, plan.GroupCreate:
		return j.settleCreation(ctx)
	case plan.UserUpdate, plan.UserEnable, plan.UserDisable, plan.GroupUpdate:
		return j.settleUpdate(ctx)
	case plan.UserDelete, plan.GroupDelete:
		_, err := j.read(ctx)
		return j.settleDeletion(ctx, err)
	case plan.GroupMembers:
		return j.settleMembers(ctx)
	}
	return report{}, false // adoptions can simply be repeated
}

func (j *job) settleDeletion(ctx context.Context, err error) (report, bool) {
	switch {
	case fault.Is(err, fault.NotFound):
		return j.finish(ctx, func() (report, error) { return j.deleted(), nil })
	case err != nil:
		return j.unknown(err), true
	}
	return report{}, false
}

// settleUpdate: all new values are there, so it happened; each is the old one or
// the new one, so it did not happen, or not to the end: an update may take
// several calls; anything else is somebody else's work.
func (j *job) settleUpdate(ctx context.Context) (report, bool) {
	now, err := j.read(ctx)
	if fault.Is(err, fault.NotFound) {
		return j.failed(ctx, err), true
	}
	if err != nil {
		return j.unknown(err), true
	}
	state, left, err := j.compare(now)
	switch {
	case err != nil:
		return j.failed(ctx, err), true
	case state == made:
		return j.finish(ctx, now.done)
	case state == open:
		j.goOn(now, left)
		return report{}, false
	}
	return j.stale(ctx, "after the interruption it has neither the old values nor the new"), true
}

// progress is how far an update has come.
type progress int

const (
	open    progress = iota // each value is the old one or the new one
	made                    // each is the new one
	foreign                 // somebody else has set another
)

// compare says how far an update has come, and what of it is still to be set.
func (j *job) compare(now object) (state progress, left []identity.Edit, err error) {
	for _, e := range j.change.Edits {
		v, err := now.value(e.Path)
		if err != nil {
			return foreign, nil, err
		}
		if bytes.Equal(v, e.New) {
			continue
		}
		if !bytes.Equal(v, e.Old) {
			return foreign, nil, nil
		}
		left = append(left, e)
	}
	if len(left) == 0 {
		return made, nil, nil
	}
	return open, left, nil
}

// goOn takes over a revision that was found to be fine, if the change is made
// with one at all, and what is left of the change.
func (j *job) goOn(now object, left []identity.Edit) {
	if j.edits = left; j.revision != "" {
		j.revision = now.revision
	}
}

// unknown ends the run: a write may have happened, and nobody can tell now. Its
// intent stays open, and whoever resumes the run begins by reading again.
func (j *job) unknown(err error) report {
	return report{change: j.change, err: fault.New(fault.KindOf(err), "settle", j.on(),
		fmt.Errorf("its answer was lost, and what came of it cannot be read; resume the run to settle it: %w", err))}
}

func (j *job) finish(ctx context.Context, done func() (report, error)) (report, bool) {
	r, err := done()
	if err != nil {
		return j.failed(ctx, err), true
	}
	r.outcome.Result = journal.Settled
	return r, true
}

// valuesNow reads the attributes that the change is about.
func (j *job) valuesNow(ctx context.Context) ([]identity.Edit, error) {
	if len(j.change.Edits) == 0 {
		return nil, nil
	}
	now, err := j.read(ctx)
	if err != nil {
		return nil, err
	}
	return valuesOf(j.change.Edits, now.value)
}

func valuesOf(edits []identity.Edit, value func(string) (identity.Value, error)) ([]identity.Edit, error) {
	now := make([]identity.Edit, len(edits))
	for i, e := range edits {
		v, err := value(e.Path)
		if err != nil {
			return nil, err
		}
		now[i] = identity.Edit{Path: e.Path, New: v}
	}
	return now, nil
}

// differences pairs what was planned on with what is there.
func differences(planned, now []identity.Edit) []identity.Edit {
	both := make([]identity.Edit, 0, len(planned))
	for _, e := range planned {
		if at := slices.IndexFunc(now, func(n identity.Edit) bool { return n.Path == e.Path }); at >= 0 {
			both = append(both, identity.Edit{Path: e.Path, Old: e.Old, New: now[at].New})
		}
	}
	return both
}
