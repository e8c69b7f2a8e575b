package apply_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"rollcall/directory"
	"rollcall/fault"
	"rollcall/identity"
	"rollcall/journal"
	"rollcall/link"
	"rollcall/plan"
	"rollcall/reconcile"
)

// grudging stores no external ids, though it says it can.
type grudging struct{ *mortal }

func (grudging) SetExternalIDs(context.Context, identity.Kind, identity.ID, string, []identity.ExternalID) error {
	return fault.Text(fault.Denied, "set external ids", "", "not allowed")
}

// byHandAnn is a directory with one user whom the company of annAlone has, too.
func byHandAnn(t *testing.T, d directory.Driver) {
	t.Helper()
	ctx := directory.WithActor(t.Context(), directory.Actor{Name: "somebody", Door: "aws"})
	if _, err := d.CreateUser(ctx, identity.User{
		UserName: "ann", DisplayName: "By Hand", Name: identity.Name{GivenName: "A", FamilyName: "H"}, Active: true,
	}); err != nil {
		t.Fatal(err)
	}
}

func annAlone() *reconcile.Wanted {
	return &reconcile.Wanted{Source: "corp", Users: []reconcile.User{{
		Anchor: "p1", In: true, Name: "ann",
		User: identity.User{UserName: "ann", DisplayName: "Ann", Name: identity.Name{GivenName: "A", FamilyName: "H"}, Active: true},
	}}}
}

func deathless() *mortal {
	k := &killer{dead: make(chan struct{})}
	k.left.Store(never)
	return &mortal{k, newDirectory()}
}

func TestAnUpdateThatFailedInPartIsTakenBackAsFarAsItGot(t *testing.T) {
	w := newWorld(t, t.TempDir(), grudging{deathless()})
	defer w.close()
	byHandAnn(t, w.driver)
	before := w.snapshot(t)
	r, err := w.apply(t.Context(), t, w.plan(t, annAlone()))
	if err != nil {
		t.Fatal(err)
	}
	if r.Counts[journal.Failed] != 1 || r.Counts[journal.Done] != 1 {
		t.Fatalf("%v", r.Counts)
	}
	if slices.Equal(before, w.snapshot(t)) {
		t.Fatal("nothing was done in part")
	}
	w.mustUndo(t, r.Run)
	if diff := cmp.Diff(before, w.snapshot(t)); diff != "" {
		t.Errorf("after the undo (-want +got):\n%s", diff)
	}
}

// An update takes several calls. Killed between them, it is neither as before
// nor as planned, and is made to the end.
func TestAnUpdateKilledBetweenItsCallsIsMadeToTheEnd(t *testing.T) {
	m := deathless()
	w := newWorld(t, t.TempDir(), m)
	byHandAnn(t, m.Driver)
	p := w.plan(t, annAlone())
	m.kill = w.close
	m.left.Store(2) // the second write of the run
	_, died := w.apply(t.Context(), t, p)
	w.close()
	if died == nil {
		t.Fatal("it was not killed")
	}
	m.left.Store(never)
	w.clock.Sleep(t.Context(), time.Minute) //nolint:errcheck // ctx does not end
	w.open(t)
	defer w.close()
	resumeAll(t, w, died)
	if again := w.plan(t, annAlone()); !again.Empty() {
		t.Errorf("left to do: %s", again.Changes[0].Sentence())
	}
}

// A plan of a single command may name somebody who is held by the account
// alone, or not as a person of its source.
func TestWhoeverIsHeldIsKnownByTheAccountToo(t *testing.T) {
	w := newWorld(t, t.TempDir(), newDirectory())
	defer w.close()
	ctx := t.Context()
	w.must(t, w.plan(t, annAlone()))
	ann, err := w.x.Directory.ResolveUser(ctx, "ann")
	if err != nil {
		t.Fatal(err)
	}
	g, err := w.driver.CreateGroup(ctx, identity.Group{DisplayName: "vault"})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.x.Links.Hold(ctx, link.Hold{Source: "corp", Anchor: "p1", Reason: "left", Since: w.clock.Now()}); err != nil {
		t.Fatal(err)
	}
	p := &plan.Plan{Header: plan.Header{Origin: plan.FromCommand, Directory: "local", Store: store, Made: w.clock.Now()}, Changes: []plan.Change{
		{
			Number: 1, Kind: plan.UserUpdate, Subject: plan.Existing(ann.ID), Name: "ann",
			Edits: []identity.Edit{{Path: "title", New: identity.Value(`"Boss"`)}},
		},
		{
			Number: 2, Kind: plan.GroupMembers, Subject: plan.Existing(g.ID), Name: "vault",
			Add: []plan.Member{{User: plan.Existing(ann.ID), Name: "ann"}},
		},
	}}
	r, err := w.apply(ctx, t, p)
	if err != nil {
		t.Fatal(err)
	}
	if r.Counts[journal.Held] != 2 {
		t.Errorf("%v", r.Counts)
	}
	members, err := reconcile.ReadMembers(ctx, w.x.Directory, g.ID)
	if err != nil || len(members) != 0 {
		t.Errorf("%v, %v", members, err)
	}
}
