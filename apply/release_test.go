package apply_test

import (
	"testing"
	"time"

	"rollcall/apply"
	"rollcall/identity"
	"rollcall/journal"
	"rollcall/link"
	"rollcall/plan"
)

// heldWorld is a world whose ann is held, and the way she is let back in: she is
// released, then enabled.
func heldWorld(t *testing.T) (w *world, hold link.Hold, back func() *plan.Plan) {
	t.Helper()
	w, ann, _ := accessWorld(t, nil)
	hold = link.Hold{Source: "corp", Anchor: "ann", Name: "ann", Reason: "left", By: "boss", Since: w.clock.Now().Truncate(time.Second).UTC()}
	if err := w.x.Links.Hold(t.Context(), hold); err != nil {
		t.Fatal(err)
	}
	record := &identity.Record{Source: "corp", Kind: identity.KindUser, Anchor: "ann"}
	return w, hold, func() *plan.Plan {
		return w.command(t,
			plan.Change{Kind: plan.UserRelease, Name: "ann", Subject: plan.Existing(ann.ID), Record: record, Hold: &plan.Hold{Reason: hold.Reason, By: hold.By, Since: hold.Since}},
			assigning(plan.AssignmentCreate, ann, w.access.assigned("user", 0)))
	}
}

func (w *world) holdOfAnn(t *testing.T) (link.Hold, bool) {
	t.Helper()
	h, held, err := w.x.Links.Held(t.Context(), "corp", "ann")
	if err != nil {
		t.Fatal(err)
	}
	h.Since = h.Since.UTC()
	return h, held
}

func TestAHoldThatACommandEndsIsPutBackByItsUndo(t *testing.T) {
	w, hold, back := heldWorld(t)
	p := back()
	p.Changes[1].Needs = []int{1}
	run := w.must(t, p)
	if _, held := w.holdOfAnn(t); held {
		t.Fatal("she is still held")
	}
	w.mustUndo(t, run)
	if now, held := w.holdOfAnn(t); !held || now != hold {
		t.Errorf("held %v: %+v, want %+v", held, now, hold)
	}
	if given := w.reach(t); len(given) != 0 {
		t.Errorf("left after the undo: %v", given)
	}
}

func TestAHoldThatBeganAfterThePlanStands(t *testing.T) {
	w, hold, back := heldWorld(t)
	p := back()
	p.Changes[1].Needs = []int{1}
	if _, err := w.x.Links.Release(t.Context(), "corp", "ann"); err != nil {
		t.Fatal(err)
	}
	hold.Since = hold.Since.Add(time.Hour)
	if err := w.x.Links.Hold(t.Context(), hold); err != nil {
		t.Fatal(err)
	}
	r, err := w.apply(t.Context(), t, p)
	if err != nil || r.Counts[journal.Held] != 1 {
		t.Errorf("%+v, %v", r, err)
	}
	if now, held := w.holdOfAnn(t); !held || now != hold {
		t.Errorf("held %v: %+v", held, now)
	}
}

func TestOnlyACommandEndsAHold(t *testing.T) {
	for _, origin := range []plan.Origin{plan.FromSync, plan.FromUndo} {
		w, _, back := heldWorld(t)
		p := back()
		p.Origin = origin
		r, err := w.x.Run(t.Context(), p, apply.Options{Fresh: true})
		if err != nil || r.Counts[journal.Failed] != 1 {
			t.Errorf("%s: %+v, %v", origin, r, err)
		}
		if _, held := w.holdOfAnn(t); !held {
			t.Errorf("%s: she is not held", origin)
		}
	}
}
