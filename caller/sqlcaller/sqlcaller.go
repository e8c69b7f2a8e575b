// Package sqlcaller keeps who may come in, in SQLite or PostgreSQL: access keys
// and SCIM tokens beside the directories they open, operators beside the rest
// of Rollcall's own state.
//
// It keeps nothing in memory: each method reads or writes the database once.
package sqlcaller

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"io/fs"
	"time"

	"rollcall/fault"
	"rollcall/sqldb"
)

//go:embed center operators
var tables embed.FS

// Migrations are the tables of access keys and SCIM tokens, for the embedded
// Identity Center's database.
func Migrations() sqldb.Migrations { return migrations("caller", "center") }

// OperatorMigrations are the tables of operators, for Rollcall's own database.
func OperatorMigrations() sqldb.Migrations { return migrations("operator", "operators") }

func migrations(owner, folder string) sqldb.Migrations {
	sub, err := fs.Sub(tables, folder)
	if err != nil {
		panic("sqlcaller: " + err.Error()) // only a malformed constant does that
	}
	return sqldb.Migrations{Owner: owner, FS: sub}
}

// millis is a time as a column holds it; zero for none.
func millis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

func timeOf(millis int64) time.Time {
	if millis == 0 {
		return time.Time{}
	}
	return time.UnixMilli(millis).UTC()
}

// one reads one row; fault.NotFound without one.
func one(ctx context.Context, db *sqldb.DB, op, on string, fn func(q sqldb.Query) error) error {
	err := db.Read(ctx, fn)
	if errors.Is(err, sql.ErrNoRows) {
		return missing(op, on)
	}
	return sqldb.Fault(op, on, err)
}

func missing(op, on string) error { return fault.Text(fault.NotFound, op, on, "there is none") }

// list reads every row of a query.
func list[T any](ctx context.Context, db *sqldb.DB, op string, scan func(row func(...any) error) (T, error), query string, args ...any) ([]T, error) {
	var all []T
	err := db.Read(ctx, func(q sqldb.Query) (err error) {
		all, err = sqldb.Collect(q, scan, query, args...)
		return err
	})
	return all, sqldb.Fault(op, "", err)
}

// change runs one statement that must find its row.
func change(ctx context.Context, db *sqldb.DB, op, on, query string, args ...any) error {
	err := db.Write(ctx, func(tx *sqldb.Tx) error { return changeIn(tx, op, on, query, args...) })
	return sqldb.Fault(op, on, err)
}

func changeIn(tx *sqldb.Tx, op, on, query string, args ...any) error {
	done, err := tx.Exec(query, args...)
	if err != nil {
		return err
	}
	n, err := done.RowsAffected()
	if err == nil && n == 0 {
		return missing(op, on)
	}
	return err
}

// note runs a statement that may find nothing to do.
func note(ctx context.Context, db *sqldb.DB, op, on, query string, args ...any) error {
	err := db.Write(ctx, func(tx *sqldb.Tx) error {
		_, err := tx.Exec(query, args...)
		return err
	})
	return sqldb.Fault(op, on, err)
}

// digestOf takes a column's bytes; a digest of another length equals none.
func digestOf(column []byte) (d [32]byte) {
	if len(column) == len(d) {
		copy(d[:], column)
	}
	return d
}
