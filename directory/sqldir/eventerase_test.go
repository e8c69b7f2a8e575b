package sqldir_test

import (
	"strings"
	"testing"

	"rollcall/fault"
	"rollcall/identity"
	"rollcall/sqldb/sqldbtest"
)

func TestWhoIsGoneCanBeErasedFromTheLog(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, url string) {
		d := openStore(t, openCenter(t, url), store)
		gone, err := d.CreateUser(t.Context(), person(1))
		if err != nil {
			t.Fatal(err)
		}
		stays, err := d.CreateUser(t.Context(), person(2))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := d.EraseEvents(t.Context(), identity.KindUser, gone.ID); !fault.Is(err, fault.Conflict) {
			t.Errorf("while they are there: %v", err)
		}
		if err := d.DeleteUser(t.Context(), gone.ID, ""); err != nil {
			t.Fatal(err)
		}
		if n, err := d.EraseEvents(t.Context(), identity.KindUser, gone.ID); err != nil || n != 2 {
			t.Errorf("%d events, %v", n, err)
		}
		events, err := d.Events(t.Context(), 0, 10)
		if err != nil || len(events) != 3 {
			t.Fatalf("%d events, %v", len(events), err)
		}
		for _, e := range events {
			text := string(e.Before) + string(e.After)
			if strings.Contains(text, gone.UserName) || e.ID == gone.ID && !strings.Contains(text, string(gone.ID)) {
				t.Errorf("event %d has %s", e.Number, text)
			}
			if e.ID == stays.ID && !strings.Contains(text, stays.UserName) {
				t.Errorf("somebody else is gone too: %s", text)
			}
		}
		if _, err := d.EraseEvents(t.Context(), identity.KindMembership, "x"); !fault.Is(err, fault.Invalid) {
			t.Errorf("of a membership: %v", err)
		}
	})
}
