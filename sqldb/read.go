package sqldb

import (
	"context"
	"database/sql"
)

// Read runs fn against one consistent snapshot, in a read-only transaction:
// every query in it sees the same state, whatever is committed meanwhile. fn
// must not keep q, must be short (a snapshot held for long makes the database
// grow), and must not Read again inside (the pool of readers is bounded).
//
// It returns fn's error as it is; fault.Unavailable when no snapshot could be
// had, ctx included.
func (db *DB) Read(ctx context.Context, fn func(q Query) error) error {
	if db.writer.stopped() {
		return errClosed("read")
	}
	tx, err := db.reads.BeginTx(ctx, &sql.TxOptions{ReadOnly: true, Isolation: snapshot(db.Dialect())})
	if err != nil {
		return Fault("begin to read", "", err)
	}
	q := &statements{ctx: ctx, on: tx}
	defer func() {
		_ = q.end()
		// There is nothing to keep, and nothing to lose if this fails: the
		// pool drops a connection that is not clean.
		_ = tx.Rollback()
	}()
	return fn(q)
}

// snapshot is the weakest isolation that is a snapshot. SQLite knows no other
// and its driver wants none named.
func snapshot(d Dialect) sql.IsolationLevel {
	if d == Postgres {
		return sql.LevelRepeatableRead
	}
	return sql.LevelDefault
}
