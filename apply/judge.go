package apply

import (
	"context"

	"rollcall/fault"
	"rollcall/identity"
	"rollcall/journal"
	"rollcall/plan"
)

// judge says what is to be done about a call that failed. It returns false if
// the change is to be made again after a pause.
func (j *job) judge(ctx context.Context, err error) (report, bool) {
	switch kind := fault.KindOf(err); {
	case fault.IsUnsettled(err):
		j.lost = true
		return j.settle(ctx)
	case kind == fault.Conflict && j.change.Kind.Creates():
		if r, over := j.refusedCreation(ctx, err); over {
			return r, true
		}
		return j.oncemore(ctx, err)
	case kind == fault.Stale || kind == fault.Conflict && !j.claimsUnique():
		return j.oncemore(ctx, err)
	case !kind.Temporary():
		return j.failed(ctx, err), true
	}
	return report{}, false
}

// oncemore looks again at an object that somebody else was writing to, and goes
// on with what is still to be done, at most [rereads] times.
func (j *job) oncemore(ctx context.Context, err error) (report, bool) {
	if j.reread++; j.reread > rereads {
		return j.failed(ctx, err), true
	}
	switch k := j.change.Kind; {
	case k.Creates() || k == plan.GroupMembers:
		return report{}, false // nothing was done, and it can be said again
	case k.Deletes():
		return j.stillSealed(ctx, err)
	}
	return j.differenceAgain(ctx, err)
}

// differenceAgain compares what the change sets with what is there now. What
// others have written beside it does not matter, unless the plan has looked at
// it.
func (j *job) differenceAgain(ctx context.Context, refusal error) (report, bool) {
	now, err := j.read(ctx)
	if err != nil {
		return j.failed(ctx, err), true
	}
	state, left, err := j.compare(now)
	switch {
	case err != nil:
		return j.failed(ctx, err), true
	case state == made && j.lost:
		return j.finish(ctx, now.done)
	case state == made:
		r, err := now.done()
		if err != nil {
			return j.failed(ctx, err), true
		}
		r.outcome.Result, r.outcome.Effects = journal.Already, nil
		return r, true
	case state == foreign:
		return j.failed(ctx, refusal), true
	case j.ownWrite || j.lost:
		j.goOn(now, left)
		return report{}, false
	}
	return j.held(ctx, now, left, refusal)
}

// stillSealed lets a deletion go on if the object is as the plan saw it.
func (j *job) stillSealed(ctx context.Context, refusal error) (report, bool) {
	now, err := j.read(ctx)
	if fault.Is(err, fault.NotFound) {
		return report{}, false // the next call says so
	}
	if err != nil {
		return j.failed(ctx, err), true
	}
	return j.held(ctx, now, nil, refusal)
}

// held holds an object to the change's seal.
func (j *job) held(ctx context.Context, now object, left []identity.Edit, refusal error) (report, bool) {
	digest, err := now.digest()
	if err != nil || digest != j.change.Expect.Digest {
		return j.failed(ctx, refusal), true
	}
	j.goOn(now, left)
	return report{}, false
}

// claimsUnique reports whether the change sets a value that only one object may
// have: only then can a conflict be about it.
func (j *job) claimsUnique() bool {
	for _, e := range j.change.Edits {
		switch e.Path {
		case "userName", "emails", identity.PathExternalIDs:
			return true
		case "displayName":
			return j.change.Kind.Object() == identity.KindGroup
		}
	}
	return false
}
