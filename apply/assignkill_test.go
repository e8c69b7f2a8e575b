package apply_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"rollcall/assignment"
	"rollcall/identity"
	"rollcall/journal"
	"rollcall/plan"
)

// mortalWorld has an access side that dies with its directory's client. Ann and
// group qa have three assignments each.
func mortalWorld(t testing.TB) (w *world, m *mortal, ann, ops identity.Principal) {
	t.Helper()
	m = deathless()
	w = newWorld(t, t.TempDir(), m)
	t.Cleanup(w.end)
	w.sync(t, withGroup(staff(), "qa", "ann"))
	w.withAccess(t, 2*time.Second, nil)
	w.access.between.strike = func(write func() (assignment.Request, error)) (assignment.Request, error) {
		return strike(m.killer, write)
	}
	all := w.principals(t)
	for n := range 3 {
		w.give(t, all[0], n)
		w.give(t, all[3], n+3)
	}
	return w, m, all[0], all[2]
}

// upheaval takes from ann, gives to ops, and deletes group qa with what it has.
func (w *world) upheaval(t tester, ann, ops identity.Principal) *plan.Plan {
	t.Helper()
	p := w.plan(t, staff())
	for n := range 2 {
		p.Changes = append(p.Changes,
			assigning(plan.AssignmentDelete, ann, w.access.assigned("user", n)),
			assigning(plan.AssignmentCreate, ops, w.access.assigned("group", n)))
	}
	for i := range p.Changes {
		p.Changes[i].Number = i + 1
	}
	return w.noted(t, p)
}

// Killed at any write, before it happened or after, and run again: the same end;
// and so for the undo, which ends at the beginning.
func TestKilledAtEveryChangeAssignmentsEndTheSame(t *testing.T) {
	const writes = 5 // two given, two taken, a group deleted
	for _, after := range []bool{false, true} {
		for at := range writes {
			t.Run(fmt.Sprintf("write %d, after it happened: %v", at+1, after), func(t *testing.T) {
				w, m, ann, ops := mortalWorld(t)
				before := w.reach(t)
				w.dies(t, m, w.upheaval(t, ann, ops), at+1, after)
				want := []string{
					"group ops has Builder in dev", "group ops has Reader in dev", "user ann by group ops has Builder in dev", "user ann by group ops has Reader in dev",
					"user ann has Admin in dev", "user bob by group ops has Builder in dev", "user bob by group ops has Reader in dev",
				}
				if diff := cmp.Diff(want, w.spoken(w.reach(t))); diff != "" {
					t.Errorf("after the run:\n%s", diff)
				}
				w.dies(t, m, w.undo(t, w.last(t)), at+1, after)
				if diff := cmp.Diff(before, w.reach(t)); diff != "" {
					t.Errorf("after the undo:\n%s", diff)
				}
			})
		}
	}
}

// dies carries a plan out, is killed at one of its writes, and goes on.
func (w *world) dies(t *testing.T, m *mortal, p *plan.Plan, at int, after bool) {
	t.Helper()
	k := &killer{after: after, dead: make(chan struct{}), kill: w.close}
	k.left.Store(int64(at))
	m.killer = k
	_, died := w.apply(context.Background(), t, p)
	if died == nil {
		t.Fatal("nobody was killed")
	}
	k.left.Store(never)
	w.clock.Sleep(context.Background(), time.Minute) //nolint:errcheck // ctx does not end
	w.open(t)
	resumeAll(t, w, died)
}

// With each call failing for good in turn, and the rest planned again, the end
// is the same; what is deleted is deleted with what the plan says it had.
func TestWithEachCallFailingInTurnTheEndIsTheSame(t *testing.T) {
	for at := range 4 {
		t.Run(fmt.Sprintf("call %d", at+1), func(t *testing.T) {
			w, _, ann, ops := mortalWorld(t)
			w.access.between.refuse(at + 1)
			r, err := w.apply(t.Context(), t, w.upheaval(t, ann, ops))
			if err != nil || r.Counts[journal.Failed] != 1 {
				t.Fatalf("%+v, %v", r, err)
			}
			w.must(t, w.upheaval(t, ann, ops))
			if now := w.reach(t); len(now) != 7 {
				t.Errorf("%v", w.spoken(now))
			}
		})
	}
}
