package journal_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rollcall/journal"
	"rollcall/plan"
	"rollcall/sqldb"
)

func TestARebindingIsToldWithWhoWhyAndBothValues(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		ctx := t.Context()
		b.finished(t, 1)
		told := journal.Rebinding{
			Target: target, Of: "directory local", Old: "store d-1111111111", New: "store d-2222222222",
			By: plan.Actor{Name: "ann", Door: "cli"}, Why: "restored as a new instance",
		}
		seq, err := b.Rebind(ctx, "rebind", told.Of, func(*sqldb.Tx) (journal.Rebinding, error) { return told, nil })
		ok(t, err)
		var found []journal.Entry
		for e, err := range b.again(t).Entries(ctx, target, journal.Filter{Types: []journal.Type{journal.TypeRebind}}) {
			ok(t, err)
			found = append(found, e)
		}
		if len(found) != 1 || found[0].Seq != seq {
			t.Fatalf("entry %d, and listed are %+v", seq, found)
		}
		e := found[0]
		if diff := cmp.Diff(told, journal.Rebinding{Target: target, Of: e.Of, Old: e.Old, New: e.New, By: e.Actor, Why: e.Text}); diff != "" {
			t.Error(diff)
		}
		if !e.At.Equal(b.clock.Now()) || e.Run != "" || e.Plan != "" {
			t.Errorf("at %s, of run %q and plan %q", e.At, e.Run, e.Plan)
		}
		if r, err := b.Verify(ctx, target, nil); err != nil || r.Problem != nil {
			t.Errorf("%+v, %v", r.Problem, err)
		}
	})
}

func TestARebindingAndItsEntryAreThereTogetherOrNotAtAll(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		ctx := t.Context()
		b.finished(t, 1)
		refused := errors.New("refused")
		_, err := b.Rebind(ctx, "rebind", "sync corp", func(tx *sqldb.Tx) (journal.Rebinding, error) {
			if _, err := tx.Exec("UPDATE plans SET status = 'gone'"); err != nil {
				return journal.Rebinding{}, err
			}
			return journal.Rebinding{Target: target, Of: "sync corp"}, refused
		})
		if !errors.Is(err, refused) {
			t.Errorf("the error is %v", err)
		}
		// A chain that nothing can be added to.
		_, err = b.Rebind(ctx, "rebind", "sync corp", func(tx *sqldb.Tx) (journal.Rebinding, error) {
			if _, err := tx.Exec("UPDATE plans SET status = 'gone'"); err != nil {
				return journal.Rebinding{}, err
			}
			_, err := tx.Exec("ALTER TABLE entries RENAME TO entries_away")
			return journal.Rebinding{Target: target, Of: "sync corp"}, err
		})
		if err == nil {
			t.Error("it was journalled nowhere, and no error says so")
		}
		plans, err := b.Plans(ctx, 10)
		ok(t, err)
		for _, p := range plans {
			if p.Status == "gone" {
				t.Error("what was not journalled was done")
			}
		}
		for e, err := range b.Entries(ctx, target, journal.Filter{Types: []journal.Type{journal.TypeRebind}}) {
			t.Errorf("what was not done is journalled: %+v, %v", e, err)
		}
	})
}
