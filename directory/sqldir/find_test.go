package sqldir_test

import (
	"testing"

	"rollcall/directory/sqldir"
	"rollcall/fault"
	"rollcall/identity"
	"rollcall/sqldb/sqldbtest"
)

func TestFindingAStoreMakesNone(t *testing.T) {
	center, err := sqldir.Open(t.Context(), sqldbtest.SQLite(t))
	if err != nil {
		t.Fatal(err)
	}
	defer center.Close()
	for _, id := range []identity.StoreID{"d-1234567890", "", "nonsense"} {
		if _, err := center.Find(t.Context(), id); !fault.Is(err, fault.NotFound) {
			t.Errorf("%q: %v, want not found", id, err)
		}
	}
	if all, err := center.Stores(t.Context()); err != nil || len(all) != 0 {
		t.Errorf("there are %v, %v", all, err)
	}
	made, err := center.Store(t.Context(), "d-1234567890", sqldir.Options{})
	if err != nil {
		t.Fatal(err)
	}
	found, err := center.Find(t.Context(), "d-1234567890")
	if err != nil {
		t.Fatal(err)
	}
	want, _ := made.Store(t.Context())
	if got, err := found.Store(t.Context()); err != nil || got != want {
		t.Errorf("found %v, %v; made %v", got, err, want)
	}
}
