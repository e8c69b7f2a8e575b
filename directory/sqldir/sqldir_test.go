package sqldir_test

import (
	"testing"

	"rollcall/directory"
	"rollcall/directory/directorytest"
	"rollcall/directory/sqldir"
	"rollcall/identity"
	"rollcall/sqldb/sqldbtest"
)

func TestDriver(t *testing.T) {
	for dialect, url := range map[string]func(testing.TB) string{"sqlite": sqldbtest.SQLite, "postgres": sqldbtest.Postgres} {
		t.Run(dialect, func(t *testing.T) {
			directorytest.Run(t, directorytest.Harness{
				Open: func(t *testing.T) directory.Driver { return openStore(t, openCenter(t, url(t)), store) },
			})
		})
	}
}

func openCenter(t *testing.T, url string) *sqldir.Center {
	t.Helper()
	c, err := sqldir.Open(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

func openStore(t *testing.T, c *sqldir.Center, id identity.StoreID) *sqldir.Driver {
	t.Helper()
	d, err := c.Store(t.Context(), id, sqldir.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return d
}
