package apply

import (
	"context"
	"slices"

	"rollcall/fault"
	"rollcall/identity"
	"rollcall/journal"
	"rollcall/reconcile"
)

// memberWork is what of a change of members is still to be done.
type memberWork struct{ add, remove []identity.ID }

func (m *memberWork) left() int { return len(m.add) + len(m.remove) }

// next is what the next call changes, n memberships at most.
func (m *memberWork) next(n int) (add, remove []identity.ID) {
	in := min(len(m.add), n)
	return m.add[:in], m.remove[:min(len(m.remove), n-in)]
}

// done takes off what was changed.
func (m *memberWork) done(add, remove []identity.ID) {
	m.add, m.remove = m.add[len(add):], m.remove[len(remove):]
}

// leave keeps only what is not so already in a group of these members.
func (m *memberWork) leave(members []identity.ID) {
	m.add = except(m.add, members)
	m.remove = except(m.remove, except(m.remove, members))
}

// except is all that is not in others.
func except(all, others []identity.ID) []identity.ID {
	if len(others) == 0 {
		return all
	}
	out := make(map[identity.ID]bool, len(others))
	for _, id := range others {
		out[id] = true
	}
	return slices.DeleteFunc(slices.Clone(all), func(id identity.ID) bool { return out[id] })
}

// changeMembers makes one call after the other. What is done stays done when
// the change is made again after one of them has failed.
func (j *job) changeMembers(ctx context.Context) (report, error) {
	for j.members.left() > 0 {
		in, out := j.members.next(j.step())
		if err := j.writer.ChangeMembers(ctx, j.subject, in, out); err != nil {
			return report{}, err
		}
		j.members.done(in, out)
	}
	return j.membersDone(), nil
}

func (j *job) membersDone() report {
	r := j.done(j.subject, "", journal.Effect{
		Kind: identity.KindGroup, Object: j.subject, Name: j.change.Name, Record: j.change.Record, Joined: j.adds, Left: j.removes,
	})
	if len(j.dropped) > 0 {
		r.outcome.Result = journal.Failed
		if j.heldBack {
			r.outcome.Result = journal.Held
		}
		r.outcome.Text = number(len(j.dropped)) + " of " + number(len(j.change.Add)) + " were not added: " + j.dropped[0]
	}
	return r
}

// settleMembers reads who is in the group, and leaves to be done what is not so.
func (j *job) settleMembers(ctx context.Context) (report, bool) {
	now, err := reconcile.ReadMembers(ctx, j.x.Directory, j.subject)
	switch {
	case fault.Is(err, fault.NotFound):
		return j.failed(ctx, err), true
	case err != nil:
		return j.unknown(err), true
	}
	if j.members.leave(now); j.members.left() > 0 {
		return report{}, false
	}
	r := j.membersDone()
	if r.outcome.Result.Made() {
		r.outcome.Result = journal.Settled
	}
	return r, true
}

// step is how many memberships one call changes.
func (j *job) step() int {
	if j.x.Directory.Abilities().BulkMembers {
		return identity.MaxMembers
	}
	return 1
}
