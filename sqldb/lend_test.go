package sqldb_test

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"

	"rollcall/fault"
	"rollcall/sqldb"
	"rollcall/sqldb/sqldbtest"
)

func TestALibrarysTablesAreMigratedByOneAtATime(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, url string) {
		var inside, most, calls atomic.Int32
		migrate := func(ctx context.Context, l *sqldb.Lent) error {
			most.Store(max(most.Load(), inside.Add(1)))
			defer inside.Add(-1)
			calls.Add(1)
			_, err := l.SQL.ExecContext(ctx, "CREATE TABLE IF NOT EXISTS jobs (num INTEGER PRIMARY KEY)")
			return err
		}
		var all sync.WaitGroup
		for range 4 {
			all.Go(func() {
				l, err := sqldb.Lend(t.Context(), url, migrate)
				if err != nil {
					t.Error(err)
					return
				}
				if (l.Pool != nil) != (l.Dialect == sqldb.Postgres) {
					t.Errorf("%v with the pool %v", l.Dialect, l.Pool)
				}
				if err := l.Close(); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		if calls.Load() != 4 || most.Load() != 1 {
			t.Errorf("%d migrations, %d of them at once", calls.Load(), most.Load())
		}
	})
}

func TestADatabaseThatCannotBeLentIsAFault(t *testing.T) {
	broken := errors.New("table 7 is missing")
	sqldbtest.Each(t, func(t *testing.T, url string) {
		if _, err := sqldb.Lend(t.Context(), url, func(context.Context, *sqldb.Lent) error { return broken }); !errors.Is(err, broken) {
			t.Errorf("a migration that fails: %v", err)
		}
	})
	none := func(context.Context, *sqldb.Lent) error { return nil }
	if _, err := sqldb.Lend(t.Context(), "mysql:x", none); !fault.Is(err, fault.Invalid) {
		t.Errorf("no URL: %v", err)
	}
	if _, err := sqldb.Lend(t.Context(), "sqlite:"+t.TempDir()+"/no/where.db", none); !fault.Is(err, fault.NotFound) {
		t.Errorf("no folder: %v", err)
	}
}
