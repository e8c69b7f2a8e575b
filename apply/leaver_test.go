package apply_test

import (
	"testing"

	"rollcall/assignment"
	"rollcall/identity"
	"rollcall/journal"
	"rollcall/plan"
)

// A failed step of a leaver stops only the deletion: what comes beside it is
// taken all the same, and the user is still there.
func TestAFailedRevocationStopsOnlyTheDeletion(t *testing.T) {
	w, ann, _ := accessWorld(t, func(k assignment.Work, _ identity.Assignment) string {
		if k == assignment.Deletion {
			return "the role is in use"
		}
		return ""
	})
	w.give(t, ann, 0)
	in := w.access.assigned("user", 0)
	user := func(k plan.Kind, needs ...int) plan.Change {
		return plan.Change{Kind: k, Subject: plan.Existing(ann.ID), Needs: needs}
	}
	take := assigning(plan.AssignmentDelete, ann, in)
	r, err := w.apply(t.Context(), t, w.command(t, take, user(plan.UserDelete, 1)))
	if err != nil || r.Counts[journal.Failed] != 1 || r.Counts[journal.Skipped] != 1 {
		t.Fatalf("%+v, %v", r, err)
	}
	if _, err := w.x.Directory.User(t.Context(), ann.ID); err != nil {
		t.Errorf("the user: %v", err)
	}
}
