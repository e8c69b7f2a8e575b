package apply_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"rollcall/apply"
	"rollcall/assignment"
	"rollcall/fault"
	"rollcall/identity"
	"rollcall/journal"
	"rollcall/link"
	"rollcall/plan"
	"rollcall/reconcile"
	"rollcall/source"
)

// staff is ann, bob and a group of both.
func staff() *reconcile.Wanted {
	c := &reconcile.Wanted{Source: "corp"}
	for _, name := range []string{"ann", "bob"} {
		c.Users = append(c.Users, reconcile.User{Anchor: identity.Anchor(name), In: true, Name: name, User: identity.User{
			UserName: name, DisplayName: name, Name: identity.Name{GivenName: "G", FamilyName: "F"}, Active: true,
		}})
	}
	return withGroup(c, "ops", "ann", "bob")
}

func withGroup(c *reconcile.Wanted, name string, members ...string) *reconcile.Wanted {
	g := reconcile.Group{Anchor: identity.Anchor("g-" + name), In: true, Name: name, Group: identity.Group{DisplayName: name}}
	for _, m := range members {
		g.Members = append(g.Members, source.Member{Anchor: identity.Anchor(m)})
	}
	c.Groups = append(c.Groups, g)
	return c
}

// accessWorld has the staff, and requests that take two seconds.
func accessWorld(t testing.TB, fails func(assignment.Work, identity.Assignment) string) (w *world, ann, ops identity.Principal) {
	t.Helper()
	w = newWorld(t, t.TempDir(), newDirectory())
	t.Cleanup(w.end)
	w.sync(t, staff())
	w.withAccess(t, 2*time.Second, fails)
	all := w.principals(t)
	return w, all[0], all[2]
}

func TestAssignmentsAreChangesLikeAnyOther(t *testing.T) {
	w, ann, ops := accessWorld(t, nil)
	w.give(t, ann, 0)
	before := w.reach(t)
	r, err := w.apply(t.Context(), t, w.command(t,
		assigning(plan.AssignmentDelete, ann, w.access.assigned("user", 0)),
		assigning(plan.AssignmentCreate, ann, w.access.assigned("user", 4)),
		assigning(plan.AssignmentCreate, ops, w.access.assigned("group", 8)),
	))
	if err != nil || len(r.Failures) > 0 {
		t.Fatalf("%v, %v", r, err)
	}
	want := []string{
		"group ops has Admin in prod", "user ann by group ops has Admin in prod", "user ann has Builder in test", "user bob by group ops has Admin in prod",
	}
	if diff := cmp.Diff(want, w.spoken(w.reach(t))); diff != "" {
		t.Error(diff)
	}
	made := w.access.assigned("user", 4)
	s, err := w.x.Journal.AsOf(t.Context(), "local", identity.KindAssignment, made.ID(ann.ID), w.clock.Now())
	if err != nil || s.Deleted || !strings.Contains(string(s.Body), made.Account) {
		t.Errorf("the journal has %+v, %v", s, err)
	}
	w.mustUndo(t, r.Run)
	if diff := cmp.Diff(before, w.reach(t)); diff != "" {
		t.Errorf("after the undo:\n%s", diff)
	}
}

// spoken writes the lines of a matrix with the names of sets and accounts.
func (w *world) spoken(lines []string) []string {
	var names []string
	for _, s := range w.access.sets {
		names = append(names, string(identity.LastPart(s.ARN)), s.Name)
	}
	for _, a := range w.access.accounts {
		names = append(names, a.ID, a.Name)
	}
	spoken := make([]string, len(lines))
	for i, l := range lines {
		spoken[i] = strings.NewReplacer(names...).Replace(l)
	}
	slices.Sort(spoken)
	return spoken
}

// What is as it should be already was not done by us, and an undo leaves it.
func TestAnAssignmentThatIsThereAlreadyIsNotTakenBack(t *testing.T) {
	w, ann, _ := accessWorld(t, nil)
	w.give(t, ann, 0)
	before := w.reach(t)
	r, err := w.apply(t.Context(), t, w.command(t,
		assigning(plan.AssignmentCreate, ann, w.access.assigned("user", 0)),
		assigning(plan.AssignmentDelete, ann, w.access.assigned("user", 1)),
	))
	if err != nil || r.Counts[journal.Already] != 2 {
		t.Fatalf("%+v, %v", r, err)
	}
	if p := w.undo(t, r.Run); !p.Empty() {
		t.Errorf("the undo would %s", p.Changes[0].Sentence())
	}
	if diff := cmp.Diff(before, w.reach(t)); diff != "" {
		t.Error(diff)
	}
}

// AWS takes fifteen at once; a user's own changes do not wait for them.
func TestAtMostFifteenAssignmentsAreUnderWay(t *testing.T) {
	w, _, _ := accessWorld(t, nil)
	var changes []plan.Change
	for _, p := range w.principals(t) {
		for n := range 9 {
			changes = append(changes, assigning(plan.AssignmentCreate, p, w.access.assigned(p.Kind, n)))
		}
	}
	var under, most atomic.Int64
	full := make(chan struct{})
	w.access.between.strike = func(write func() (assignment.Request, error)) (assignment.Request, error) {
		defer under.Add(-1)
		n := under.Add(1)
		most.Store(max(most.Load(), n))
		if n == identity.MaxOutstandingCreates {
			close(full)
			w.access.between.mu.Lock()
			w.access.between.strike = nil
			w.access.between.mu.Unlock()
		}
		<-full
		return write()
	}
	r, err := w.apply(t.Context(), t, w.command(t, changes...))
	if err != nil || r.Counts[journal.Done] != len(changes) {
		t.Fatalf("%+v, %v", r, err)
	}
	if most.Load() != identity.MaxOutstandingCreates {
		t.Errorf("%d were under way at once, want %d", most.Load(), identity.MaxOutstandingCreates)
	}
}

func TestARequestThatFailsSaysWhy(t *testing.T) {
	w, ann, _ := accessWorld(t, func(assignment.Work, identity.Assignment) string { return "role quota exceeded" })
	r, err := w.apply(t.Context(), t, w.command(t, assigning(plan.AssignmentCreate, ann, w.access.assigned("user", 0))))
	if err != nil || r.Status() != journal.Partly || !strings.Contains(r.Failures[0].Text, "role quota exceeded") {
		t.Errorf("%+v, %v", r, err)
	}
}

func TestNobodyIsAssignedToWhoIsGone(t *testing.T) {
	w, ann, _ := accessWorld(t, nil)
	p := w.command(t, assigning(plan.AssignmentCreate, ann, w.access.assigned("user", 0)))
	if err := w.driver.DeleteUser(t.Context(), ann.ID, ""); err != nil {
		t.Fatal(err)
	}
	r, err := w.apply(t.Context(), t, p)
	if err != nil || r.Status() != journal.Refused {
		t.Errorf("%+v, %v", r, err)
	}
}

// Giving is refused to people who are held, taking away is not.
func TestHeldPeopleAreGivenNothing(t *testing.T) {
	w, ann, _ := accessWorld(t, nil)
	w.give(t, ann, 0)
	if err := w.x.Links.Hold(t.Context(), link.Hold{Source: "corp", Anchor: "ann", Reason: "left", Since: w.clock.Now()}); err != nil {
		t.Fatal(err)
	}
	r, err := w.apply(t.Context(), t, w.command(t,
		assigning(plan.AssignmentDelete, ann, w.access.assigned("user", 0)),
		assigning(plan.AssignmentCreate, ann, w.access.assigned("user", 1)),
	))
	if err != nil || r.Counts[journal.Done] != 1 || r.Counts[journal.Held] != 1 {
		t.Errorf("%+v, %v", r, err)
	}
	if now := w.reach(t); len(now) != 0 {
		t.Error(now)
	}
}

// Another run has given what this plan would take away, or the reverse: the plan
// is no longer about what is there.
func TestAnAssignmentThatAnotherRunChangedIsStale(t *testing.T) {
	w, ann, _ := accessWorld(t, nil)
	old := w.command(t, assigning(plan.AssignmentDelete, ann, w.access.assigned("user", 0)))
	w.must(t, w.command(t, assigning(plan.AssignmentCreate, ann, w.access.assigned("user", 0))))
	r, err := w.apply(t.Context(), t, old)
	if err != nil || r.Status() != journal.Refused {
		t.Errorf("%+v, %v", r, err)
	}
}

// noted is a plan with the assignments of what it deletes.
func (w *world) noted(t tester, p *plan.Plan) *plan.Plan {
	t.Helper()
	if err := reconcile.NoteAssigned(context.Background(), w.x.Access, p); err != nil {
		t.Fatal(err)
	}
	return p
}

func TestADeletionIsRefusedWhenAssignmentsCameSinceItWasPlanned(t *testing.T) {
	for name, c := range map[string]struct {
		noted bool
		gave  bool
		want  journal.Status
	}{
		"noted, and as planned":       {true, false, journal.Complete},
		"noted, and one came":         {true, true, journal.Refused},
		"not noted, though it has":    {false, false, journal.Refused},
		"not noted, and another came": {false, true, journal.Refused},
	} {
		t.Run(name, func(t *testing.T) {
			w, _, ops := accessWorld(t, nil)
			w.give(t, ops, 0)
			w.x.Access = nil
			c2 := staff()
			c2.Groups = nil
			p := w.plan(t, c2)
			w.x.Access = w.access.open
			if c.noted {
				p = w.noted(t, p)
			}
			if c.gave {
				w.give(t, ops, 1)
			}
			r, err := w.apply(t.Context(), t, p)
			if err != nil || r.Status() != c.want {
				t.Fatalf("%+v, %v", r, err)
			}
		})
	}
}

// What stands in the way is waited for, and what was lost is looked for.
func TestAssignmentsSurviveWhateverACallAnswers(t *testing.T) {
	for name, strike := range map[string]func(write func() (assignment.Request, error)) (assignment.Request, error){
		"conflict": func(func() (assignment.Request, error)) (assignment.Request, error) {
			return none, fault.Text(fault.Conflict, "x", "", "busy")
		},
		"throttled": func(func() (assignment.Request, error)) (assignment.Request, error) {
			return none, fault.Text(fault.Throttled, "x", "", "")
		},
		"down": func(func() (assignment.Request, error)) (assignment.Request, error) {
			return none, fault.Text(fault.Unavailable, "x", "", "")
		},
		"lost before": func(func() (assignment.Request, error)) (assignment.Request, error) {
			return none, fault.Unsettled("x", "", fmt.Errorf("no answer"))
		},
		"lost after": func(write func() (assignment.Request, error)) (assignment.Request, error) {
			if _, err := write(); err != nil {
				return none, err
			}
			return none, fault.Unsettled("x", "", fmt.Errorf("no answer"))
		},
	} {
		t.Run(name, func(t *testing.T) {
			w, ann, ops := accessWorld(t, nil)
			for n := range 4 {
				w.give(t, ann, n)
			}
			struck := 0
			w.access.between.strike = func(write func() (assignment.Request, error)) (assignment.Request, error) {
				w.access.between.mu.Lock()
				struck++
				mine := struck%2 == 1
				w.access.between.mu.Unlock()
				if mine {
					return strike(write)
				}
				return write()
			}
			var changes []plan.Change
			for n := range 4 {
				changes = append(changes,
					assigning(plan.AssignmentDelete, ann, w.access.assigned("user", n)),
					assigning(plan.AssignmentCreate, ops, w.access.assigned("group", n)))
			}
			r, err := w.apply(t.Context(), t, w.command(t, changes...))
			if err != nil || len(r.Failures) > 0 {
				t.Fatalf("%+v, %v", r, err)
			}
			if now := w.reach(t); len(now) != 3*4 || slices.ContainsFunc(now, func(l string) bool { return strings.HasPrefix(l, "user ann has") }) {
				t.Errorf("%d lines: %v", len(now), now)
			}
		})
	}
}

var none assignment.Request

// A suspended account is refused for good: nobody waits for it.
func TestASuspendedAccountIsNotWaitedFor(t *testing.T) {
	w, ann, _ := accessWorld(t, nil)
	a := w.access.accounts[0]
	a.Status = identity.AccountSuspended
	if err := w.access.driver.Seed(t.Context(), nil, []identity.Account{a}); err != nil {
		t.Fatal(err)
	}
	r, err := w.apply(t.Context(), t, w.command(t, assigning(plan.AssignmentCreate, ann, w.access.assigned("user", 0))))
	if err != nil || r.Counts[journal.Failed] != 1 || len(w.access.between.calls) != 1 {
		t.Errorf("%+v, %v after %v", r, err, w.access.between.calls)
	}
}

// A run that is stopped does not wait for requests to end; whoever resumes it
// finds what has come of them.
func TestAStoppedRunLeavesRequestsToWhoeverResumesIt(t *testing.T) {
	w, ann, _ := accessWorld(t, nil)
	ctx, stop := context.WithCancel(t.Context())
	w.access.between.strike = func(write func() (assignment.Request, error)) (assignment.Request, error) {
		defer stop()
		return write()
	}
	r, err := w.apply(ctx, t, w.command(t, assigning(plan.AssignmentCreate, ann, w.access.assigned("user", 0))))
	if err == nil {
		t.Fatalf("it went on: %+v", r)
	}
	w.access.between.strike = nil
	r, err = w.x.Resume(t.Context(), r.Run)
	if err != nil || made(r) != 1 {
		t.Fatalf("%+v, %v", r, err)
	}
	w.mustUndo(t, r.Run)
	if now := w.reach(t); len(now) != 0 {
		t.Error(now)
	}
}

func made(r *apply.Result) int {
	return r.Counts[journal.Done] + r.Counts[journal.Settled]
}
