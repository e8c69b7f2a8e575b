package apply_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"rollcall/fault"
	"rollcall/link"
	"rollcall/plan"
	"rollcall/reconcile"
)

// leavingWorld has ann with two accounts of her own and one by group ops, in a
// sync that takes from leavers what they have, and never deletes anybody.
func leavingWorld(t *testing.T) (w *world, before []string) {
	t.Helper()
	w, ann, ops := accessWorld(t, nil)
	w.table, _ = reconcile.TableNamed(reconcile.Default)
	w.leavers = reconcile.Leavers{Assignments: reconcile.AssignmentsRevoked}
	w.give(t, ann, 0)
	w.give(t, ann, 4)
	w.give(t, ops, 8)
	return w, w.reach(t)
}

// leave are the ways in which ann is no longer to have access.
func leave() map[string]func(*reconcile.Wanted) {
	return map[string]func(*reconcile.Wanted){
		"disabled or expired": func(c *reconcile.Wanted) { c.Users[0].User.Active = false },
		"out of scope":        func(c *reconcile.Wanted) { c.Users[0].In = false },
		"gone":                func(c *reconcile.Wanted) { c.Users = c.Users[1:] },
	}
}

func left(how func(*reconcile.Wanted)) *reconcile.Wanted {
	c := staff()
	how(c)
	return c
}

// anns are the lines about what ann was given herself.
func anns(lines []string) (own []string) {
	for _, l := range lines {
		if strings.HasPrefix(l, "user ann has") {
			own = append(own, l)
		}
	}
	return own
}

func TestASyncTakesFromLeaversWhatItsPolicySaysAndGivesItBack(t *testing.T) {
	for name, how := range leave() {
		t.Run(name, func(t *testing.T) {
			w, before := leavingWorld(t)
			p := w.sync(t, left(how))
			if first := p.Changes[0]; first.Kind != plan.UserDisable {
				t.Errorf("the first change is %s", first.Sentence())
			}
			for _, c := range p.Changes {
				if c.Kind == plan.AssignmentDelete && !slices.Equal(c.Needs, []int{1}) {
					t.Errorf("%s needs %v", c.Sentence(), c.Needs)
				}
			}
			w.pass(time.Minute)
			now := w.reach(t)
			if own := anns(now); len(own) > 0 || !slices.Contains(w.spoken(now), "group ops has Admin in prod") {
				t.Errorf("afterwards: %q", now)
			}
			if again := w.plan(t, left(how)); !again.Empty() {
				t.Errorf("the next plan would %s", again.Changes[0].Sentence())
			}
			back := w.sync(t, staff())
			if diff := cmp.Diff([]string{"ann"}, given(back)); diff != "" {
				t.Error(diff)
			}
			w.pass(time.Minute)
			if diff := cmp.Diff(before, w.reach(t)); diff != "" {
				t.Errorf("back again:\n%s", diff)
			}
			if again := w.plan(t, staff()); !again.Empty() {
				t.Errorf("the plan after would %s", again.Changes[0].Sentence())
			}
		})
	}
}

func TestLeaversKeepTheirAssignmentsWhereNothingElseIsSaid(t *testing.T) {
	w, before := leavingWorld(t)
	w.leavers = reconcile.Leavers{}
	w.sync(t, left(leave()["gone"]))
	if diff := cmp.Diff(anns(before), anns(w.reach(t))); diff != "" {
		t.Error(diff)
	}
}

// What could not be taken is taken by the next run, though that disables nobody.
func TestWhatCouldNotBeTakenFromALeaverIsTakenByTheNextRun(t *testing.T) {
	for name, how := range leave() {
		t.Run(name, func(t *testing.T) {
			w, before := leavingWorld(t)
			w.access.between.refuse(1)
			r, err := w.apply(t.Context(), t, w.plan(t, left(how)))
			if err != nil || len(r.Failures) != 1 {
				t.Fatalf("%+v, %v", r, err)
			}
			w.sync(t, left(how))
			w.pass(time.Minute)
			if own := anns(w.reach(t)); len(own) > 0 {
				t.Errorf("after the second run: %q", own)
			}
			w.sync(t, staff())
			w.pass(time.Minute)
			if diff := cmp.Diff(before, w.reach(t)); diff != "" {
				t.Errorf("back again:\n%s", diff)
			}
		})
	}
}

// Whoever is deleted after what they had was taken gets all of it back.
func TestWhoIsTakenFromAndThenDeletedGetsItBack(t *testing.T) {
	w, before := leavingWorld(t)
	w.sync(t, left(leave()["gone"]))
	w.table, _ = reconcile.TableNamed("mirror")
	w.give(t, w.principals(t)[0], 12) // by somebody else, meanwhile
	w.sync(t, left(leave()["gone"]))
	if _, err := w.x.Directory.ResolveUser(t.Context(), "ann"); !fault.Is(err, fault.NotFound) {
		t.Fatalf("ann: %v", err)
	}
	p := w.sync(t, staff())
	if n := len(slices.DeleteFunc(slices.Clone(p.Changes), func(c plan.Change) bool { return c.Kind != plan.AssignmentCreate })); n != 3 {
		t.Errorf("%d are given back, want 3", n)
	}
	w.pass(time.Minute)
	for _, line := range before {
		if !slices.Contains(w.reach(t), line) {
			t.Errorf("%q is not back", line)
		}
	}
}

func TestOfWhoLeavesAndIsDeletedAtOnceAllIsTakenFirst(t *testing.T) {
	w, _ := leavingWorld(t)
	w.table, _ = reconcile.TableNamed("mirror")
	p := w.sync(t, left(leave()["gone"]))
	last := p.Changes[len(p.Changes)-1]
	if last.Kind != plan.UserDelete || len(last.Assigned) > 0 {
		t.Fatalf("the last change is %s", last.Sentence())
	}
	for _, c := range p.Changes {
		if c.Kind == plan.AssignmentDelete && !slices.Contains(last.Needs, c.Number) {
			t.Errorf("the deletion does not wait for: %s", c.Sentence())
		}
	}
	w.sync(t, staff())
	w.pass(time.Minute)
	if own := anns(w.reach(t)); len(own) != 2 {
		t.Errorf("back again: %q", own)
	}
}

// Who was put out by other hands is left to those, and whoever has the anchor
// of a leaver under another name is given nothing.
func TestNothingIsTakenFromTheHeldNorGivenToSomebodyElse(t *testing.T) {
	w, _ := leavingWorld(t)
	hold := link.Hold{Source: "corp", Anchor: "ann", Reason: "left", Since: w.clock.Now()}
	if err := w.x.Links.Hold(t.Context(), hold); err != nil {
		t.Fatal(err)
	}
	p := w.plan(t, left(leave()["gone"]))
	if slices.ContainsFunc(p.Changes, func(c plan.Change) bool { return c.Kind == plan.AssignmentDelete }) {
		t.Error("taken from somebody who is held")
	}
	if _, err := w.x.Links.Release(t.Context(), "corp", "ann"); err != nil {
		t.Fatal(err)
	}
	w.sync(t, left(leave()["gone"]))
	other := staff()
	other.Users[0].User.UserName = "zoe"
	p = w.sync(t, other)
	doubted := slices.ContainsFunc(p.Attention, func(a plan.Attention) bool { return a.Situation == string(reconcile.Ambiguous) })
	if len(given(p)) > 0 || !doubted {
		t.Errorf("given: %v; %v", given(p), p.Attention)
	}
	if again := w.plan(t, other); !again.Empty() {
		t.Errorf("the next plan would %s", again.Changes[0].Sentence())
	}
}

// Whom a run does not let in, because it reads what may be an older copy or
// changes nobody who is there, it gives nothing either.
func TestNothingIsGivenBackToWhoIsNotLetIn(t *testing.T) {
	w, before := leavingWorld(t)
	w.sync(t, left(leave()["disabled or expired"]))
	older := staff()
	older.Unsure = "the copy does not say how far it has come"
	if p := w.plan(t, older); len(given(p)) > 0 {
		t.Errorf("by an older copy: %v", given(p))
	}
	for _, table := range []string{"report-only", "create-only"} {
		w.table, _ = reconcile.TableNamed(table)
		if p := w.plan(t, staff()); len(given(p)) > 0 {
			t.Errorf("by table %s: %v", table, given(p))
		}
	}
	w.table, _ = reconcile.TableNamed(reconcile.Default)
	w.sync(t, staff())
	w.pass(time.Minute)
	if diff := cmp.Diff(before, w.reach(t)); diff != "" {
		t.Error(diff)
	}
}

func TestAPolicySaysWhatBecomesOfALeaversMemberships(t *testing.T) {
	for name, c := range map[string]struct {
		policy reconcile.MembershipsOf
		stays  map[string]bool // in group ops
	}{
		"as the source says": {reconcile.MembershipsAsSource, map[string]bool{"disabled or expired": true}},
		"kept":               {reconcile.MembershipsKept, map[string]bool{"disabled or expired": true, "out of scope": true, "gone": true}},
		"revoked":            {reconcile.MembershipsRevoked, map[string]bool{}},
	} {
		for way, how := range leave() {
			t.Run(name+", "+way, func(t *testing.T) {
				w, _ := leavingWorld(t)
				w.leavers = reconcile.Leavers{Memberships: c.policy}
				w.sync(t, left(how))
				if got := w.inOps(t); got != c.stays[way] {
					t.Errorf("ann is in ops: %v", got)
				}
				if again := w.plan(t, left(how)); !again.Empty() {
					t.Errorf("the next plan would %s", again.Changes[0].Sentence())
				}
				w.sync(t, staff())
				if !w.inOps(t) {
					t.Error("back again, she is not in ops")
				}
			})
		}
	}
}

// inOps reports whether ann is in group ops.
func (w *world) inOps(t *testing.T) bool {
	t.Helper()
	all := w.principals(t)
	for id, err := range w.x.Directory.MemberIDs(context.Background(), all[2].ID) {
		if err != nil {
			t.Fatal(err)
		}
		if id == all[0].ID {
			return true
		}
	}
	return false
}
