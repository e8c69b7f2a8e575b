package sqldb

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"rollcall/sqldb/sqldbtest"
)

func seenUnder(ctx context.Context, t *testing.T, db *DB, want ...int64) {
	t.Helper()
	err := db.Read(ctx, func(q Query) error {
		seen, err := idsIn(q)
		if fmt.Sprint(seen) != fmt.Sprint(want) {
			t.Errorf("saw %v, want %v", seen, want)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

func note(ctx context.Context, t *testing.T, db *DB, id int64) {
	t.Helper()
	if err := db.Write(ctx, func(tx *Tx) error { return insert(tx, id, fmt.Sprint(id)) }); err != nil {
		t.Error(err)
	}
}

func TestReadsUnderOneHoldSeeOneSnapshot(t *testing.T) {
	for name, end := range map[string]func(context.Context, *Held, *DB){
		"released":            func(_ context.Context, h *Held, _ *DB) { h.Release() },
		"released by context": func(ctx context.Context, _ *Held, _ *DB) { Release(ctx) },
		"closed":              func(_ context.Context, h *Held, _ *DB) { h.Close() },
		"after a read that fails": func(ctx context.Context, _ *Held, db *DB) {
			_ = db.Read(ctx, func(Query) error { return errors.New("no") })
		},
		"after a write that fails": func(ctx context.Context, _ *Held, db *DB) {
			_ = db.Write(ctx, func(*Tx) error { return errors.New("no") })
		},
		"after a read that panics": func(ctx context.Context, _ *Held, db *DB) {
			defer func() { _ = recover() }()
			_ = db.Read(ctx, func(Query) error { panic("no") })
		},
	} {
		t.Run(name, func(t *testing.T) {
			sqldbtest.Each(t, func(t *testing.T, url string) {
				db := open(t, url)
				ctx, h := Hold(t.Context())
				defer h.Close()
				note(t.Context(), t, db, 1)
				seenUnder(ctx, t, db, 1)
				note(t.Context(), t, db, 2)
				seenUnder(ctx, t, db, 1)
				end(ctx, h, db)
				seenUnder(ctx, t, db, 1, 2)
			})
		})
	}
}

func TestWhoeverWritesUnderAHoldReadsItAfterwards(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, url string) {
		db := open(t, url)
		ctx, h := Hold(t.Context())
		defer h.Close()
		seenUnder(ctx, t, db)
		note(ctx, t, db, 1)
		seenUnder(ctx, t, db, 1)
	})
}

// The databases of one request have a snapshot each, and a write to one leaves
// the other's.
func TestAHoldKeepsDatabasesApart(t *testing.T) {
	one, other := open(t, sqldbtest.SQLite(t)), open(t, sqldbtest.SQLite(t))
	ctx, h := Hold(t.Context())
	defer h.Close()
	seenUnder(ctx, t, one)
	seenUnder(ctx, t, other)
	note(t.Context(), t, other, 1)
	note(ctx, t, one, 1)
	seenUnder(ctx, t, one, 1)
	seenUnder(ctx, t, other)
}

// The context of one Read may end before the next: it had its own patience.
func TestAHoldOutlivesTheContextOfAReadUnderIt(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, url string) {
		db := open(t, url)
		ctx, h := Hold(t.Context())
		defer h.Close()
		short, cancel := context.WithCancel(ctx)
		seenUnder(short, t, db)
		cancel()
		note(t.Context(), t, db, 1)
		seenUnder(ctx, t, db)
	})
}

func TestAClosedHoldKeepsNoConnection(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, url string) {
		db := open(t, url)
		for range 2 * poolSize {
			ctx, h := Hold(t.Context())
			seenUnder(ctx, t, db)
			h.Close()
			seenUnder(ctx, t, db) // a straggler
		}
		note(t.Context(), t, db, 1)
	})
}
