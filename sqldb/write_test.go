package sqldb

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"testing"

	"rollcall/fault"
	"rollcall/sqldb/sqldbtest"
)

var errOwn = errors.New("the function's own error")

func TestAFunctionThatFailsLeavesNothingAndItsNeighboursCommit(t *testing.T) {
	failures := map[string]func(tx *Tx) error{
		"with its own error": func(tx *Tx) error {
			if err := insert(tx, 2, "two"); err != nil {
				return err
			}
			return errOwn
		},
		"with a statement": func(tx *Tx) error {
			if err := insert(tx, 2, "two"); err != nil {
				return err
			}
			return insert(tx, 3, "one")
		},
		"with a statement and keeps it to itself": func(tx *Tx) error {
			_ = insert(tx, 2, "two")
			_ = insert(tx, 3, "one")
			return nil
		},
		"with a row and keeps it to itself": func(tx *Tx) error {
			_ = insert(tx, 2, "two")
			var id int64
			_ = tx.Row("INSERT INTO note (id, text) VALUES (3, 'one') RETURNING id").Scan(&id)
			_ = tx.Row("INSERT INTO note (id, text) VALUES (4, 'four') RETURNING id").Scan(&id)
			return nil
		},
		"by a panic": func(tx *Tx) error {
			_ = insert(tx, 2, "two")
			panic("on purpose")
		},
		"by leaving its goroutine": func(tx *Tx) error {
			_ = insert(tx, 2, "two")
			runtime.Goexit()
			return nil
		},
	}
	sqldbtest.Each(t, func(t *testing.T, url string) {
		for name, failure := range failures {
			t.Run(name, func(t *testing.T) {
				db := open(t, url)
				clear := func(tx *Tx) error { _, err := tx.Exec("DELETE FROM note"); return err }
				said := together(t, db, clear,
					func(tx *Tx) error { return insert(tx, 1, "one") },
					failure,
					func(tx *Tx) error { return insert(tx, 5, "five") })
				for i, err := range said {
					panicked := strings.HasPrefix(name, "by ") // then Write did not return
					if want := i == 2 && !panicked; (err != nil) != want {
						t.Errorf("function %d: %v", i, err)
					}
				}
				wantIDs(t, db, 1, 5)
				// Alone in its group, where there is no savepoint.
				func() {
					finished := make(chan bool)
					go func() {
						defer close(finished)
						defer func() { _ = recover() }()
						if err := db.Write(context.Background(), failure); err == nil {
							t.Error("alone: no error")
						}
					}()
					<-finished
				}()
				wantIDs(t, db, 1, 5)
			})
		}
	})
}

func TestAPanicReachesTheCallerAndTheWriterGoesOn(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, url string) {
		db := open(t, url)
		func() {
			defer func() {
				if got := recover(); got != "on purpose" {
					t.Errorf("recovered %v", got)
				}
			}()
			_ = db.Write(context.Background(), func(*Tx) error { panic("on purpose") })
		}()
		if err := db.Write(context.Background(), func(tx *Tx) error { return insert(tx, 1, "one") }); err != nil {
			t.Fatal(err)
		}
		wantIDs(t, db, 1)
	})
}

func TestAFunctionSeesWhatThoseBeforeItInTheGroupWrote(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, url string) {
		db := open(t, url)
		said := together(t, db,
			func(tx *Tx) error { return insert(tx, 1, "one") },
			func(tx *Tx) error { _ = insert(tx, 2, "two"); return errOwn },
			func(tx *Tx) error {
				seen, err := idsIn(tx)
				if err == nil && fmt.Sprint(seen) != "[1]" {
					err = fmt.Errorf("saw %v", seen)
				}
				return err
			})
		if said[0] != nil || !errors.Is(said[1], errOwn) || said[2] != nil {
			t.Error(said)
		}
	})
}

func TestAGroupOfFailuresCommitsNothing(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, url string) {
		db := open(t, url)
		fail := func(tx *Tx) error { _ = insert(tx, 1, "one"); return errOwn }
		for _, err := range together(t, db, fail, fail) {
			if !errors.Is(err, errOwn) {
				t.Error(err)
			}
		}
		wantIDs(t, db)
	})
}

func TestWhenTheCommitFailsEveryFunctionOfTheGroupFails(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, url string) {
		db := open(t, url)
		said := together(t, db,
			func(tx *Tx) error { return insert(tx, 1, "one") },
			func(tx *Tx) error {
				_, err := tx.Exec("INSERT INTO late (id, note) VALUES (1, 99)")
				return err
			},
			func(tx *Tx) error { return errOwn })
		for i, err := range said {
			if !fault.Is(err, fault.Unavailable) || fault.IsUnsettled(err) || !strings.Contains(err.Error(), "not committed") {
				t.Errorf("function %d: %v", i, err)
			}
		}
		wantIDs(t, db)
		if err := db.Write(context.Background(), func(tx *Tx) error { return insert(tx, 2, "two") }); err != nil {
			t.Errorf("after a failed commit: %v", err)
		}
	})
}

func TestAWriteCancelledBeforeItsTurnDoesNothing(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, url string) {
		db := open(t, url)
		inside, leave := make(chan bool), make(chan bool)
		first := make(chan error)
		go func() {
			first <- db.Write(context.Background(), func(*Tx) error { close(inside); <-leave; return nil })
		}()
		<-inside
		ctx, cancel := context.WithCancel(context.Background())
		second := make(chan error)
		go func() {
			second <- db.Write(ctx, func(tx *Tx) error { return insert(tx, 1, "one") })
		}()
		cancel()
		if err := <-second; !fault.Is(err, fault.Unavailable) || !errors.Is(err, context.Canceled) { // while the first still holds the writer
			t.Errorf("the cancelled write said %v", err)
		}
		close(leave)
		if err := <-first; err != nil {
			t.Error(err)
		}
		if err := db.Write(ctx, func(tx *Tx) error { return insert(tx, 2, "two") }); !errors.Is(err, context.Canceled) {
			t.Errorf("a write with a context that had ended said %v", err)
		}
		wantIDs(t, db)
	})
}

func TestAWriteCancelledInsideItsFunctionTellsTheTruth(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, url string) {
		db := open(t, url)
		ctx, cancel := context.WithCancel(context.Background())
		err := db.Write(ctx, func(tx *Tx) error { cancel(); return insert(tx, 1, "one") })
		if err != nil {
			t.Errorf("written, but it said %v", err)
		}
		wantIDs(t, db, 1)
	})
}

func TestEveryAcknowledgedWriteOfManyWritersIsThere(t *testing.T) {
	const writers, each = 32, 25
	sqldbtest.Each(t, func(t *testing.T, url string) {
		db := open(t, url)
		var wg sync.WaitGroup
		for w := range writers {
			wg.Go(func() {
				for i := range each {
					id := int64(w*each + i)
					if err := db.Write(context.Background(), func(tx *Tx) error { return insert(tx, id, fmt.Sprint(id)) }); err != nil {
						t.Error(err)
						return
					}
					if i%5 == 0 { // a neighbour that fails
						if err := db.Write(context.Background(), func(tx *Tx) error { return insert(tx, id, "again") }); !fault.Is(Fault("", "", err), fault.Conflict) {
							t.Errorf("the same id twice: %v", err)
						}
					}
				}
			})
		}
		wg.Wait()
		all := ids(t, db)
		if len(all) != writers*each || all[0] != 0 || all[len(all)-1] != writers*each-1 {
			t.Errorf("%d notes are there, want %d", len(all), writers*each)
		}
	})
}

func TestAClosedDatabaseIsUnavailable(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, url string) {
		db := open(t, url)
		inside := make(chan bool)
		written := make(chan error)
		go func() {
			written <- db.Write(context.Background(), func(tx *Tx) error { close(inside); return insert(tx, 1, "one") })
		}()
		<-inside
		if err := db.Close(); err != nil {
			t.Error(err)
		}
		if err := <-written; err != nil {
			t.Errorf("the write in flight: %v", err)
		}
		if err := db.Write(context.Background(), func(*Tx) error { return nil }); !fault.Is(err, fault.Unavailable) {
			t.Errorf("write: %v", err)
		}
		if err := db.Read(context.Background(), func(Query) error { return nil }); !fault.Is(err, fault.Unavailable) {
			t.Errorf("read: %v", err)
		}
		wantIDs(t, open(t, url), 1)
	})
}

func TestATransactionCannotBeUsedOnceItsFunctionHasReturned(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, url string) {
		db := open(t, url)
		var kept *Tx
		if err := db.Write(context.Background(), func(tx *Tx) error { kept = tx; return nil }); err != nil {
			t.Fatal(err)
		}
		if err := insert(kept, 1, "one"); !errors.Is(err, errEnded) {
			t.Errorf("Exec: %v", err)
		}
		if _, err := kept.Rows("SELECT 1"); !errors.Is(err, errEnded) {
			t.Errorf("Rows: %v", err)
		}
		if err := kept.Row("SELECT 1").Scan(new(int)); !errors.Is(err, errEnded) {
			t.Errorf("Row: %v", err)
		}
	})
}
