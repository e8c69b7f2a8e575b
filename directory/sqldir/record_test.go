package sqldir_test

import (
	"testing"
	"time"

	"rollcall/directory"
	"rollcall/directory/sqldir"
	"rollcall/identity"
	"rollcall/sqldb"
	"rollcall/sqldb/sqldbtest"
)

// site opens a database as whoever keeps tables of their own in it does.
func site(t *testing.T, url string) (*sqldb.DB, *sqldir.Center) {
	t.Helper()
	db, err := sqldb.Open(t.Context(), url, sqldir.Migrations())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db, sqldir.New(db)
}

func TestEventsFromBeforeRequestsWereKeptAreRead(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, url string) {
		db, c := site(t, url)
		d := openStore(t, c, store)
		err := db.Write(t.Context(), func(tx *sqldb.Tx) error {
			if _, err := tx.Exec(`UPDATE stores SET events = 2 WHERE id = $1`, string(store)); err != nil {
				return err
			}
			_, err := tx.Exec(`INSERT INTO events (store, number, happened_at, actor, door, operation, kind, object, before, after)
				SELECT key, n, 1, 'ann', 'cli', 'CreateUser', 'user', 'u', '', '{}' FROM stores, (SELECT 1 AS n UNION SELECT 2) AS numbers`)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := d.CreateUser(directory.WithCall(t.Context(), directory.Call{ID: "r"}), person(1)); err != nil {
			t.Fatal(err)
		}
		all, err := d.Events(t.Context(), 0, 10)
		if err != nil || len(all) != 3 {
			t.Fatalf("%+v, %v", all, err)
		}
		for i, e := range all {
			want := directory.Call{}
			if i == 2 {
				want.ID = "r"
			}
			if e.Number != int64(i+1) || e.Write != e.Number || e.Call != want {
				t.Errorf("%+v", e)
			}
		}
	})
}

func TestOthersRecordInTheLogOfOneStoreOrOfAll(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, url string) {
		db, c := site(t, url)
		one, two := openStore(t, c, "d-1111111111"), openStore(t, c, "d-2222222222")
		at := time.Date(2026, 3, 14, 9, 26, 53, 589_000, time.UTC)
		ctx := directory.WithCall(directory.WithActor(t.Context(), directory.Actor{Name: "ann", Door: "cli"}), directory.Call{ID: "r"})
		for _, to := range []identity.StoreID{"", "d-2222222222", "d-3333333333"} {
			err := db.Write(ctx, func(tx *sqldb.Tx) error {
				return c.Record(ctx, tx, to, at, directory.Event{Operation: "A"}, directory.Event{Operation: "B", Before: []byte(`{}`)})
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		for d, want := range map[*sqldir.Driver]int{one: 2, two: 4} {
			all, err := d.Events(ctx, 0, 10)
			if err != nil || len(all) != want {
				t.Fatalf("%+v, %v; want %d", all, err, want)
			}
			for i, e := range all {
				if e.Number != int64(i+1) || e.Write != int64(i/2*2+1) || !e.At.Equal(at) || e.Actor.Name != "ann" || e.Call.ID != "r" || e.Operation != "AB"[i%2:i%2+1] {
					t.Errorf("%+v", e)
				}
			}
		}
	})
}
