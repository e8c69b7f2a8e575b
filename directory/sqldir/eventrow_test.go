package sqldir_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"rollcall/directory"
	"rollcall/identity"
	"rollcall/sqldb"
	"rollcall/sqldb/sqldbtest"
)

// What is stored as few rows reads as what was recorded, wherever the reading
// begins, however much is asked for.
func TestEventsStoredTogetherAreReadOneByOne(t *testing.T) {
	kept := func(n int, operation, before, after string) directory.Event {
		return directory.Event{Operation: operation, Kind: "thing", ID: identity.ID(fmt.Sprint("t", n)), Before: []byte(before), After: []byte(after)}
	}
	var given []directory.Event
	for n := range 2*identity.MaxMembers + 1 { // a row, one more, and the rest
		given = append(given, kept(n, "Create", "", fmt.Sprintf(`{"n":%d}`, n)))
	}
	given = append(given,
		kept(1, "Delete", `{"n":1}`, ""), kept(2, "Delete", `{"n":2}`, ""),
		kept(3, "Update", `{"n":3}`, ""), kept(4, "Update", "", `{"n":4}`), // some have it and some have not
		kept(5, "Update", "{\n}", ""), kept(6, "Update", "{}", "{\n}"), kept(7, "Update", "{}", "{}"), // a line end of their own
		kept(8, "Touch", "", ""), kept(9, "Touch", "", ""))
	sqldbtest.Each(t, func(t *testing.T, url string) {
		db, c := site(t, url)
		d := openStore(t, c, store)
		at := time.UnixMicro(1).UTC()
		ctx := directory.WithCall(directory.WithActor(t.Context(), directory.Actor{Name: "ann", Door: "cli"}), directory.Call{ID: "r"})
		if err := db.Write(ctx, func(tx *sqldb.Tx) error { return d.Record(ctx, tx, at, given...) }); err != nil {
			t.Fatal(err)
		}
		want := slices.Clone(given)
		for i := range want {
			e := &want[i]
			e.Number, e.Write, e.At, e.Actor, e.Call = int64(i+1), 1, at, directory.ActorOf(ctx), directory.CallOf(ctx)
			if len(e.Before) == 0 {
				e.Before = nil
			}
			if len(e.After) == 0 {
				e.After = nil
			}
		}
		for _, limit := range []int{1, 3, identity.MaxMembers, 1000} {
			for after := 0; after <= len(want); after += max(1, limit/2) {
				got, err := d.Events(t.Context(), int64(after), limit)
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(want[after:min(after+limit, len(want))], got); len(got)+len(want)-after > 0 && diff != "" {
					t.Fatalf("%d after %d (-want +got):\n%s", limit, after, diff)
				}
			}
		}
		var rows int
		if err := db.Read(t.Context(), func(q sqldb.Query) error { return q.Row(`SELECT COUNT(*) FROM events`).Scan(&rows) }); err != nil || rows != 9 {
			t.Errorf("%d rows, %v; want 3 of creations, one of deletions, 4 of updates and one of touches", rows, err)
		}
	})
}
