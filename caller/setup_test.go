package caller_test

import (
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"rollcall/caller"
	"rollcall/caller/sqlcaller"
	"rollcall/fault"
	"rollcall/keyring"
	"rollcall/sqldb"
	"rollcall/sqldb/sqldbtest"
)

// gate is everybody who may come in, with a clock that stands still until it
// is moved.
type gate struct {
	keys      *caller.Keys
	tokens    *caller.Tokens
	operators *caller.Operators
	now       time.Time
}

func open(t testing.TB) *gate {
	t.Helper()
	g := &gate{now: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)}
	center, err := sqldb.Open(t.Context(), sqldbtest.SQLite(t), sqlcaller.Migrations())
	ok(t, err)
	state, err := sqldb.Open(t.Context(), sqldbtest.SQLite(t), sqlcaller.OperatorMigrations())
	ok(t, err)
	t.Cleanup(func() { ok(t, center.Close()); ok(t, state.Close()) })
	o := caller.Options{Now: func() time.Time { return g.now }, Log: slog.New(slog.DiscardHandler)}
	g.keys = caller.NewKeys(sqlcaller.New(center), ring(t), o)
	g.tokens = caller.NewTokens(sqlcaller.New(center), o)
	g.operators = caller.NewOperators(sqlcaller.NewOperators(state), o)
	return g
}

func ring(t testing.TB) *keyring.Keyring {
	t.Helper()
	r, err := keyring.Open(filepath.Join(t.TempDir(), "key"))
	ok(t, err)
	return r
}

func ok(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func is(t testing.TB, err error, k fault.Kind) {
	t.Helper()
	if err == nil || fault.KindOf(err) != k {
		t.Fatalf("got %v, want %v", err, k)
	}
}
