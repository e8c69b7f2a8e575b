package apply

import (
	"context"
	"time"

	"rollcall/identity"
	"rollcall/journal"
	"rollcall/plan"
	"rollcall/reconcile"
)

// madeInPart finds out by reading what a change that failed has done all the
// same: it may take several calls, and those before the one that failed have
// happened. The journal must know, or nobody could take them back. If the read
// fails too there is nothing to say.
func (j *job) madeInPart(ctx context.Context) []journal.Effect {
	if j.subject == "" {
		return nil
	}
	switch j.change.Kind {
	case plan.GroupMembers:
		return j.membersInPart(ctx)
	case plan.UserUpdate, plan.GroupUpdate:
		return j.updateInPart(ctx)
	}
	return nil
}

func (j *job) membersInPart(ctx context.Context) []journal.Effect {
	if j.calls() < 2 && !j.lost {
		return nil // it failed, so it did nothing
	}
	now, err := reconcile.ReadMembers(ctx, j.x.Directory, j.subject)
	if err != nil {
		return nil
	}
	in := make(map[identity.ID]bool, len(now))
	for _, id := range now {
		in[id] = true
	}
	f := journal.Effect{Kind: identity.KindGroup, Object: j.subject, Name: j.change.Name, Record: j.change.Record}
	for _, id := range j.adds {
		if in[id] {
			f.Joined = append(f.Joined, id)
		}
	}
	for _, id := range j.removes {
		if !in[id] {
			f.Left = append(f.Left, id)
		}
	}
	if len(f.Joined)+len(f.Left) == 0 {
		return nil
	}
	return []journal.Effect{f}
}

func (j *job) updateInPart(ctx context.Context) []journal.Effect {
	if len(j.change.Edits) < 2 {
		return nil
	}
	now, err := j.valuesNow(ctx)
	if err != nil {
		return nil
	}
	made := false
	for i, e := range j.change.Edits {
		made = made || string(now[i].New) == string(e.New)
	}
	if !made {
		return nil
	}
	o, err := j.read(ctx)
	if err != nil {
		return nil
	}
	r, err := o.done()
	if err != nil {
		return nil
	}
	return r.outcome.Effects
}

// calls is how many calls of the directory the change takes at most; an update
// counts as one.
func (j *job) calls() int {
	members, step := len(j.adds)+len(j.removes), j.step()
	return max(1, (members+step-1)/step)
}

// waits is how much longer than its calls a change may take.
func (j *job) waits() time.Duration {
	if j.change.Kind.Assigns() || j.change.Kind.Denies() {
		return requestPatience + time.Duration(assignmentCalls)*longestPause
	}
	return 0
}
