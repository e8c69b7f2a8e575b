package apply_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"rollcall/identity"
	"rollcall/link"
	"rollcall/plan"
	"rollcall/reconcile"
)

// Undone, a run that deleted twenty groups with six hundred assignments has
// changed nobody's access, ids aside.
func TestUndoingTheDeletionOfGroupsGivesEverybodyTheirAccessBack(t *testing.T) {
	const groups, each = 20, 30
	w := newWorld(t, t.TempDir(), newDirectory())
	t.Cleanup(w.end)
	w.x.InFlight = 16
	full := staff()
	for n := range groups {
		withGroup(full, fmt.Sprintf("team%02d", n), "ann", "bob")
	}
	w.sync(t, full)
	w.withAccess(t, time.Second, nil)
	for _, p := range w.principals(t)[3:] {
		for n := range each {
			w.give(t, p, n)
		}
	}
	before := w.reach(t)
	if len(before) != groups*each*3 {
		t.Fatalf("%d lines", len(before))
	}
	p := w.plan(t, staff())
	if n := len(p.Changes[0].Assigned); n != each || !strings.Contains(p.Changes[0].Sentence(), "its 30 assignments: Admin in build") {
		t.Errorf("the plan says: %s", p.Changes[0].Sentence())
	}
	run := w.must(t, p)
	if now := w.reach(t); len(now) != 0 {
		t.Fatalf("after the run: %v", now[:3])
	}
	undone := w.mustUndo(t, run)
	if diff := cmp.Diff(before, w.reach(t)); diff != "" {
		t.Fatalf("after the undo:\n%s", diff)
	}
	w.mustUndo(t, undone)
	if now := w.reach(t); len(now) != 0 {
		t.Errorf("after the undo of the undo: %v", now[:3])
	}
}

// emptied has assignments for everybody, and then a source that was empty for
// one run, which somebody let through.
func emptied(t *testing.T) (w *world, before []string) {
	t.Helper()
	w, ann, ops := accessWorld(t, nil)
	for n := range 5 {
		w.give(t, ann, n)
		w.give(t, ops, n+3)
	}
	before = w.reach(t)
	w.sync(t, &reconcile.Wanted{Source: "corp"})
	if c := w.look(t); len(c.Users)+len(c.Groups) > 0 {
		t.Fatalf("%v %v", c.Users, c.Groups)
	}
	return w, before
}

func TestAfterASourceThatWasEmptyForOneRunEverybodyHasTheirAccess(t *testing.T) {
	w, before := emptied(t)
	p := w.sync(t, staff())
	if diff := cmp.Diff(before, w.reach(t)); diff != "" {
		t.Errorf("after the next run:\n%s", diff)
	}
	if last := p.Changes[len(p.Changes)-1]; !strings.Contains(last.Reason, "in the source again") {
		t.Errorf("%s (%s)", last.Sentence(), last.Reason)
	}
	if again := w.plan(t, staff()); !again.Empty() {
		t.Errorf("the next plan would %s", again.Changes[0].Sentence())
	}
}

// What could not be given back at once is given back by a later run; what a
// person has taken since is not.
func TestWhatIsStillToBeGivenBackIsGivenBackLater(t *testing.T) {
	w, before := emptied(t)
	w.access.between.refuse(2)
	r, err := w.apply(t.Context(), t, w.plan(t, staff()))
	if err != nil || len(r.Failures) != 1 {
		t.Fatalf("%+v, %v", r, err)
	}
	w.sync(t, staff())
	if diff := cmp.Diff(before, w.reach(t)); diff != "" {
		t.Errorf("after the second run:\n%s", diff)
	}
	ann := w.principals(t)[0]
	w.must(t, w.command(t, assigning(plan.AssignmentDelete, ann, w.access.assigned("user", 0))))
	if again := w.plan(t, staff()); !again.Empty() {
		t.Errorf("the next plan would %s", again.Changes[0].Sentence())
	}
}

// given are the names of those to whom a plan gives something.
func given(p *plan.Plan) []string {
	var names []string
	for _, c := range p.Changes {
		if c.Kind == plan.AssignmentCreate {
			names = append(names, c.Name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

func TestWhoComesBackWithinTheRetentionTimeGetsTheirAccessBack(t *testing.T) {
	for name, c := range map[string]struct {
		later time.Duration
		back  func(c *reconcile.Wanted)
		want  []string
	}{
		"as they were":         {0, func(*reconcile.Wanted) {}, []string{"ann", "ops"}},
		"just inside":          {retention - time.Hour, func(*reconcile.Wanted) {}, []string{"ann", "ops"}},
		"just outside":         {retention + time.Hour, func(*reconcile.Wanted) {}, nil},
		"with another name":    {0, func(c *reconcile.Wanted) { c.Users[0].User.UserName = "anna" }, []string{"anna", "ops"}},
		"with another address": {0, func(c *reconcile.Wanted) { c.Users[0].User.Emails[0].Value = "new@example.com" }, []string{"ann", "ops"}},
		"with another name and address": {0, func(c *reconcile.Wanted) {
			c.Users[0].User.UserName, c.Users[0].User.Emails[0].Value = "zoe", "zoe@example.com"
		}, []string{"ops"}},
		"a group with another name": {0, func(c *reconcile.Wanted) { c.Groups[0].Group.DisplayName = "others" }, []string{"ann"}},
		"disabled":                  {0, func(c *reconcile.Wanted) { c.Users[0].User.Active = false }, []string{"ops"}},
		"not the people":            {0, func(c *reconcile.Wanted) { c.Users[0].In = false }, []string{"ops"}},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, t.TempDir(), newDirectory())
			t.Cleanup(w.end)
			company := func() *reconcile.Wanted {
				c := staff()
				c.Users[0].User.Emails = []identity.Email{{Value: "ann@example.com", Type: "work", Primary: true}}
				return c
			}
			w.sync(t, company())
			w.withAccess(t, 0, nil)
			w.give(t, w.principals(t)[0], 0)
			w.give(t, w.principals(t)[2], 1)
			w.sync(t, &reconcile.Wanted{Source: "corp"})
			w.pass(c.later)
			wanted := company()
			c.back(wanted)
			p := w.plan(t, wanted)
			if diff := cmp.Diff(c.want, given(p)); diff != "" {
				t.Error(diff)
			}
			doubted := slices.ContainsFunc(p.Attention, func(a plan.Attention) bool { return a.Situation == string(reconcile.Ambiguous) })
			if want := strings.Contains(name, "name and") || strings.Contains(name, "a group"); doubted != want {
				t.Errorf("%v", p.Attention)
			}
		})
	}
}

// What a person has put out, or taken, never comes back by itself.
func TestWhatAPersonTookDoesNotComeBackByItself(t *testing.T) {
	w, ann, _ := accessWorld(t, nil)
	w.give(t, ann, 0)
	l, err := w.x.Links.ByObject(t.Context(), "local", identity.KindUser, ann.ID)
	if err != nil {
		t.Fatal(err)
	}
	u, err := w.x.Directory.User(t.Context(), ann.ID)
	if err != nil {
		t.Fatal(err)
	}
	edits, err := identity.UserEdits(&u, &identity.User{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	w.must(t, w.noted(t, w.command(t, plan.Change{Kind: plan.UserDelete, Subject: plan.Existing(ann.ID), Name: "ann", Record: &l.Record, Edits: edits})))
	if p := w.plan(t, staff()); len(given(p)) > 0 {
		t.Errorf("held, and given: %v", given(p))
	}
	if _, err := w.x.Links.Release(t.Context(), "corp", "ann"); err != nil {
		t.Fatal(err)
	}
	if p := w.plan(t, staff()); len(given(p)) > 0 || p.Empty() {
		t.Errorf("released, and given: %v", given(p))
	}
}

func TestWhoIsHeldIsGivenNothingBack(t *testing.T) {
	w, _ := emptied(t)
	if err := w.x.Links.Hold(t.Context(), link.Hold{Source: "corp", Anchor: "ann", Reason: "left", Since: w.clock.Now()}); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"ops"}, given(w.plan(t, staff()))); diff != "" {
		t.Error(diff)
	}
}
