package apply

import (
	"context"

	"rollcall/fault"
	"rollcall/identity"
	"rollcall/plan"
)

// Where a group can be created together with its first members, its creation
// takes along what the change of its members would begin with. That change stays
// what it is: it puts in whoever is not in yet, and reports them all. A run that
// is resumed between the two says everything again, which changes nothing.

// founders says which change fills each group that is to be created, by the
// number of its creation; none where groups begin empty.
func founders(changes []plan.Change, able bool) map[int]plan.Change {
	fills := map[int]plan.Change{}
	if !able {
		return fills
	}
	creations := map[plan.Subject]int{}
	for _, c := range changes {
		if c.Kind == plan.GroupCreate {
			creations[plan.New(c.Number)] = c.Number
		}
	}
	for _, c := range changes {
		if n, is := creations[c.Subject]; is && c.Kind == plan.GroupMembers && c.Number > n {
			fills[n] = c
		}
	}
	return fills
}

// waitsForMembers reports whether a group's creation should wait until its first
// members exist.
func (w *work) waitsForMembers(c plan.Change) bool {
	for _, need := range w.fills[c.Number].Needs {
		if _, settled := w.outcomes[need]; !settled && need != c.Number && w.plan.Changes[need-1].Kind == plan.UserCreate {
			return true
		}
	}
	return false
}

// first are the members that a group is created with.
func (w *work) first(c plan.Change) []identity.ID {
	fill, is := w.fills[c.Number]
	if !is {
		return nil
	}
	ids := w.members(&job{}, fill.Add, true)
	return ids[:min(len(ids), identity.MaxMembers)]
}

// found creates a group, with its first members if it has any. If one of them
// is gone meanwhile, or the directory cannot do so just now, the group begins
// empty, and the change of its members says what is wrong.
func (j *job) found(ctx context.Context, g identity.Group) (identity.Group, error) {
	if len(j.adds) == 0 {
		return j.writer.CreateGroup(ctx, g)
	}
	made, err := j.writer.CreateGroupWith(ctx, g, j.adds)
	if fault.Is(err, fault.NotFound) || fault.Is(err, fault.Invalid) || fault.Is(err, fault.Denied) {
		j.adds = nil
		return j.writer.CreateGroup(ctx, g)
	}
	return made, err
}
