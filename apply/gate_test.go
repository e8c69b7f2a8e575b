package apply_test

import (
	"context"
	"errors"
	"os"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"rollcall/apply"
	"rollcall/approval"
	"rollcall/caller"
	"rollcall/directory/memdir"
	"rollcall/fault"
	"rollcall/identity"
	"rollcall/journal"
	"rollcall/plan"
)

// everything needs the approval of one.
type everything struct {
	*approval.Store
	rules approval.Rules
}

func (e everything) Needs(_ context.Context, p *plan.Plan) (approval.Needs, error) {
	return e.rules.Of(p, nil, func(string) string { return "" }), nil
}

// gated makes every plan of a world wait.
func (w *world) gated() everything {
	e := everything{approval.New(w.db, w.x.Journal, w.clock.Now), approval.Rules{{Name: "all", Approvers: 1}}}
	w.x.Approvals = e
	return e
}

// waits carries a plan out, wants it to wait, and approves what waits.
func (e everything) waits(t tester, w *world, p *plan.Plan) (r *apply.Result, waits plan.ID) {
	t.Helper()
	r, err := w.apply(context.Background(), t, p)
	var unapproved *apply.UnapprovedError
	if !errors.As(err, &unapproved) {
		t.Fatalf("it does not wait: %+v, %v", r, err)
	}
	if _, err := e.Decide(context.Background(), approval.Choice{
		Plan: unapproved.Request.Plan, Approve: true, By: caller.Operator{Name: "ann", Role: caller.Approver},
	}); err != nil {
		t.Fatal(err)
	}
	return r, unapproved.Request.Plan
}

// stored is a plan that waits.
func (w *world) stored(t tester, id plan.ID) *plan.Plan {
	t.Helper()
	s, err := w.x.Journal.Plan(context.Background(), string(id))
	if err != nil {
		t.Fatal(err)
	}
	p, err := plan.Decode(s.File)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// Whatever two companies are: what takes away is done at once, nothing else is;
// once the rest is approved the directory is as if nothing had waited.
func TestWhatTakesAwayNeverWaitsAndTheRestIsDoneOnceItIsApproved(t *testing.T) {
	fewer(t, "20")
	rapid.Check(t, func(t *rapid.T) {
		dir := scratch(t)
		defer os.RemoveAll(dir)
		w := newWorld(t, dir, newDirectory())
		defer w.close()
		w.sync(t, company(t, "a"))
		wanted := company(t, "b")
		e := w.gated()
		p := w.plan(t, wanted)
		now, later := p.Split()
		if later.Empty() {
			if _, err := w.apply(context.Background(), t, p); err != nil {
				t.Fatalf("a plan that only takes away: %v", err)
			}
			return
		}
		before := w.look(t)
		r, waiting := e.waits(t, w, p)
		if (r == nil) != now.Empty() || r != nil && r.Status() != journal.Complete {
			t.Fatalf("what takes away came to %+v", r)
		}
		if now.Empty() {
			if diff := cmp.Diff(userLines(before), userLines(w.look(t))); diff != "" {
				t.Fatalf("it wrote:\n%s", diff)
			}
		}
		again := w.plan(t, wanted)
		if left, rest := again.Split(); !left.Empty() || rest.Substance() != again.Substance() {
			t.Fatalf("left to be taken away: %s", left.Changes[0].Sentence())
		}
		if was := w.stored(t, waiting); again.Substance() != was.Substance() {
			// Names and addresses that were traded in a circle may need no detour any more.
			e.waits(t, w, again)
			again = w.plan(t, wanted)
		}
		r, err := w.apply(context.Background(), t, again) // it comes to the same, and is approved
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range r.Failures {
			t.Fatalf("%s: %s: %s", f.Change.Sentence(), f.Result, f.Text)
		}
		linked, _ := w.lines(t)
		if diff := cmp.Diff(wantedLines(wanted), linked); diff != "" {
			t.Fatal(diff)
		}
	})
}

// leaving is the plan that puts ann out and deletes her.
func leaving(t *testing.T) (*world, *everything, identity.User, *plan.Plan) {
	t.Helper()
	w := newWorld(t, t.TempDir(), memdir.New(store))
	t.Cleanup(w.close)
	w.sync(t, staff())
	var ann identity.User
	for _, u := range w.look(t).Users {
		if u.UserName == "ann" {
			ann = u
		}
	}
	e := w.gated()
	digest, err := identity.UserDigest(&ann, nil)
	if err != nil {
		t.Fatal(err)
	}
	seal := plan.Seal{Revision: ann.Revision, Digest: digest}
	off := plan.Change{Kind: plan.UserDisable, Subject: plan.Existing(ann.ID), Name: "ann", Expect: seal, Edits: []identity.Edit{{Path: identity.PathActive, Old: identity.Value("true"), New: identity.Value("false")}}}
	seal.Members = plan.MembersDigest(nil)
	gone := plan.Change{Kind: plan.UserDelete, Subject: plan.Existing(ann.ID), Name: "ann", Expect: seal}
	p := w.command(t, off)
	for _, g := range w.look(t).Groups {
		p.Changes = append(p.Changes, plan.Change{
			Number: len(p.Changes) + 1, Kind: plan.GroupMembers, Subject: plan.Existing(g.ID), Name: g.DisplayName, Remove: []plan.Member{{User: plan.Existing(ann.ID)}}, Needs: []int{1},
		})
		gone.Needs = append(gone.Needs, len(p.Changes))
	}
	gone.Number = len(p.Changes) + 1
	p.Changes = append(p.Changes, gone)
	return w, &e, ann, p
}

// Nobody keeps access for want of an approval; the deletion that waited finds
// them as they were left.
func TestALeaverIsOutBeforeAnybodyApprovesTheDeletion(t *testing.T) {
	w, e, ann, p := leaving(t)
	_, id := e.waits(t, w, p)
	now, err := w.x.Directory.User(t.Context(), ann.ID)
	if err != nil || now.Active {
		t.Fatalf("active: %t, %v", now.Active, err)
	}
	for _, in := range w.look(t).Members {
		if slices.Contains(in, ann.ID) {
			t.Error("she is in a group")
		}
	}
	r, err := w.x.Run(t.Context(), w.stored(t, id), apply.Options{})
	if err != nil || r.Counts[journal.Done] != 1 {
		t.Fatalf("%+v, %v", r, err)
	}
	if _, err := w.x.Directory.User(t.Context(), ann.ID); !fault.Is(err, fault.NotFound) {
		t.Errorf("she is there: %v", err)
	}
	if _, err := w.x.Run(t.Context(), w.stored(t, id), apply.Options{}); err == nil {
		t.Error("it is carried out twice")
	}
}

func TestWhatWasApprovedIsRefusedIfTheWorldMovedOn(t *testing.T) {
	w, e, ann, p := leaving(t)
	_, id := e.waits(t, w, p)
	if _, err := w.driver.UpdateUser(t.Context(), ann.ID, "", []identity.Edit{{Path: "title", New: identity.Value(`"Chief"`)}}); err != nil {
		t.Fatal(err)
	}
	r, err := w.x.Run(t.Context(), w.stored(t, id), apply.Options{})
	if err != nil || r.Status() != journal.Refused {
		t.Errorf("%+v, %v", r, err)
	}
}

func TestABrakeStopsWhatTakesAwayToo(t *testing.T) {
	w, e, ann, p := leaving(t)
	p.Brakes = []plan.Brake{{Rule: plan.RuleUsersOff}}
	var braked *apply.BrakedError
	if _, err := w.apply(t.Context(), t, p); !errors.As(err, &braked) {
		t.Fatal(err)
	}
	if now, err := w.x.Directory.User(t.Context(), ann.ID); err != nil || !now.Active {
		t.Errorf("active: %t, %v", now.Active, err)
	}
	_, id, _ := plan.Encode(p)
	_, err := w.x.Run(t.Context(), p, apply.Options{Override: id, OverrideReason: "ticket 42"})
	var waits *apply.UnapprovedError
	if !errors.As(err, &waits) || waits.Request.Override != "ticket 42" {
		t.Fatalf("%v", err)
	}
	if _, err := e.Decide(t.Context(), approval.Choice{Plan: waits.Request.Plan, Approve: true, By: caller.Operator{Name: "ann", Role: caller.Approver}}); err != nil {
		t.Fatal(err)
	}
	// Whoever approved knew of the reason: it need not be said again.
	if r, err := w.x.Run(t.Context(), w.stored(t, waits.Request.Plan), apply.Options{}); err != nil || r.Counts[journal.Done] != 1 {
		t.Fatalf("%+v, %v", r, err)
	}
}

// A rule stops only what may wait, and the rest by name.
func TestABrakeForLaterLetsGoAheadWhatTakesAway(t *testing.T) {
	w, _, ann, p := leaving(t)
	w.x.Approvals = nil
	p.Brakes = []plan.Brake{{Rule: "rule:owners", Later: true}}
	r, err := w.apply(t.Context(), t, p)
	var braked *apply.BrakedError
	if !errors.As(err, &braked) || r == nil || r.Counts[journal.Done] != 2 {
		t.Fatalf("%+v, %v", r, err)
	}
	if now, err := w.x.Directory.User(t.Context(), ann.ID); err != nil || now.Active {
		t.Errorf("active: %t, %v", now.Active, err)
	}
	later := w.stored(t, braked.Plan)
	if r, err = w.x.Run(t.Context(), later, apply.Options{Override: braked.Plan, OverrideReason: "ticket 42"}); err != nil || r.Counts[journal.Done] != 1 {
		t.Fatalf("%+v, %v", r, err)
	}
}

func TestOnlyAnAdminOverridesTheLockOutGuard(t *testing.T) {
	w, _, ann, p := leaving(t)
	w.x.Approvals = nil
	p.Brakes = []plan.Brake{{Rule: plan.RuleLockOut}}
	_, id, err := plan.Encode(p)
	if err != nil {
		t.Fatal(err)
	}
	var braked *apply.BrakedError
	if _, err := w.x.Run(t.Context(), p, apply.Options{Override: id, OverrideReason: "ticket 42"}); !errors.As(err, &braked) {
		t.Fatal(err)
	}
	if now, err := w.x.Directory.User(t.Context(), ann.ID); err != nil || !now.Active {
		t.Errorf("active: %t, %v", now.Active, err)
	}
	if r, err := w.x.Run(t.Context(), p, apply.Options{Override: id, OverrideReason: "ticket 42", Admin: "bob"}); err != nil || r.Status() != journal.Complete {
		t.Fatalf("%+v, %v", r, err)
	}
}
