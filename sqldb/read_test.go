package sqldb

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"rollcall/fault"
	"rollcall/sqldb/sqldbtest"
)

func TestAReadSeesOneSnapshotWhileOthersWrite(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, url string) {
		db := open(t, url)
		write := func(id int64) {
			if err := db.Write(context.Background(), func(tx *Tx) error { return insert(tx, id, fmt.Sprint(id)) }); err != nil {
				t.Error(err)
			}
		}
		write(1)
		err := db.Read(context.Background(), func(q Query) error {
			for id := int64(2); id < 5; id++ {
				seen, err := idsIn(q)
				if err != nil {
					return err
				}
				if fmt.Sprint(seen) != "[1]" {
					t.Errorf("saw %v, want what was there at first", seen)
				}
				write(id)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		wantIDs(t, db, 1, 2, 3, 4)
	})
}

// Two rows are always written together; no reader may see one of them.
func TestReadersBesideWritersSeeWholeTransactions(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, url string) {
		db := open(t, url)
		stop := make(chan struct{})
		var readers, writers sync.WaitGroup
		for range 2 * poolSize { // more than there are connections
			readers.Go(func() {
				for {
					select {
					case <-stop:
						return
					default:
					}
					if n := len(ids(t, db)); n%2 != 0 {
						t.Errorf("saw %d notes, half a transaction", n)
						return
					}
				}
			})
		}
		for w := range int64(4) {
			writers.Go(func() {
				for i := range int64(20) {
					id := 100*w + 2*i
					err := db.Write(context.Background(), func(tx *Tx) error {
						return errors.Join(insert(tx, id, fmt.Sprint(id)), insert(tx, id+1, fmt.Sprint(id+1)))
					})
					if err != nil {
						t.Error(err)
					}
				}
			})
		}
		writers.Wait()
		close(stop)
		readers.Wait()
	})
}

func TestAReadCannotWrite(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, url string) {
		db := open(t, url)
		err := db.Read(context.Background(), func(q Query) error {
			var id int64
			return q.Row("INSERT INTO note (id, text) VALUES (1, 'one') RETURNING id").Scan(&id)
		})
		if err == nil {
			t.Error("no error")
		}
		wantIDs(t, db)
	})
}

func TestAReadEndsWithItsContext(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, url string) {
		db := open(t, url)
		ctx, cancel := context.WithCancel(context.Background())
		err := db.Read(ctx, func(q Query) error {
			cancel()
			return q.Row("SELECT count(*) FROM note").Scan(new(int))
		})
		if err := Fault("count", "", err); !fault.Is(err, fault.Unavailable) {
			t.Errorf("inside: %v", err)
		}
		if err := db.Read(ctx, func(Query) error { return nil }); !fault.Is(err, fault.Unavailable) {
			t.Errorf("before: %v", err)
		}
		wantIDs(t, db) // and the connections are still good
	})
}

// SQLite is asked between rows, so that a long listing need not be waited for.
func TestRowsEndWithTheContextOfTheirRead(t *testing.T) {
	db := open(t, sqldbtest.SQLite(t))
	ctx, cancel := context.WithCancel(context.Background())
	rows := 0
	err := db.Read(ctx, func(q Query) error {
		found, err := q.Rows("SELECT 1 UNION SELECT 2 UNION SELECT 3")
		if err != nil {
			return err
		}
		return Each(found, func(func(...any) error) error { rows++; cancel(); return nil })
	})
	if err := Fault("list", "", err); !fault.Is(err, fault.Unavailable) || rows != 1 {
		t.Errorf("%d rows, %v; want 1 and that the context ended", rows, err)
	}
	wantIDs(t, db)
}

// A function that panics leaves neither a snapshot nor a connection behind.
func TestAPanicEndsTheReadItHappensIn(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, url string) {
		db := open(t, url)
		for range poolSize + 1 {
			func() {
				defer func() { _ = recover() }()
				_ = db.Read(context.Background(), func(q Query) error {
					q.Row("SELECT 1")
					panic("no")
				})
			}()
		}
		if err := db.Write(context.Background(), func(tx *Tx) error { return insert(tx, 1, "one") }); err != nil {
			t.Fatal(err)
		}
		wantIDs(t, db, 1)
	})
}

// What PostgreSQL cannot do, SQLite refuses too.
func TestAStatementIsRefusedWhileRowsAreOpen(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, url string) {
		db := open(t, url)
		err := db.Read(context.Background(), func(q Query) error {
			rows, err := q.Rows("SELECT 1 UNION SELECT 2")
			if err != nil {
				return err
			}
			return Each(rows, func(func(...any) error) error {
				return q.Row("SELECT 3").Scan(new(int))
			})
		})
		if err == nil {
			t.Error("no error")
		}
		wantIDs(t, db)
	})
}

func TestRowsLeftOpenHurtNobodyElse(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, url string) {
		db := open(t, url)
		fill := func(tx *Tx) error { return errors.Join(insert(tx, 1, "one"), insert(tx, 2, "two")) }
		leave := func(tx *Tx) error { _, err := tx.Rows("SELECT id FROM note"); return err }
		leaveRow := func(tx *Tx) error { tx.Row("SELECT id FROM note"); return nil }
		for i, err := range together(t, db, fill, leave, leaveRow, leave, func(tx *Tx) error { return insert(tx, 3, "three") }) {
			if err != nil {
				t.Errorf("function %d: %v", i, err)
			}
		}
		for range poolSize + 1 {
			if err := db.Read(context.Background(), func(q Query) error { _, err := q.Rows("SELECT id FROM note"); return err }); err != nil {
				t.Error(err)
			}
		}
		wantIDs(t, db, 1, 2, 3)
	})
}

func TestEachStopsAtTheFirstErrorAndClosesTheRows(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, url string) {
		db := open(t, url)
		calls := 0
		err := db.Read(context.Background(), func(q Query) error {
			rows, err := q.Rows("SELECT 1 UNION SELECT 2")
			if err != nil {
				return err
			}
			if err := Each(rows, func(func(...any) error) error { calls++; return errOwn }); !errors.Is(err, errOwn) {
				t.Errorf("Each said %v", err)
			}
			return q.Row("SELECT 3").Scan(new(int))
		})
		if err != nil || calls != 1 {
			t.Errorf("%d calls, %v", calls, err)
		}
	})
}

// Parameters are numbered, out of order and repeated, on both dialects, and
// more statements than a connection keeps prepared do no harm.
func TestQueryTextsAreTheSameOnBoth(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, url string) {
		db := open(t, url)
		err := db.Read(context.Background(), func(q Query) error {
			for i := range cacheSize + 10 {
				var got string
				query := fmt.Sprintf("SELECT $2 || $1 || $2 || '%d' WHERE $1 <> $2", i)
				if err := q.Row(query, "a", "b").Scan(&got); err != nil {
					return err
				}
				if want := fmt.Sprintf("bab%d", i); got != want {
					t.Fatalf("got %q, want %q", got, want)
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}
