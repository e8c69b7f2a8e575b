package sqldb

import "context"

// Read runs fn against one consistent snapshot, in a read-only transaction:
// every query in it sees the same state, whatever is committed meanwhile. fn
// must not keep q, must be short (a snapshot held for long makes the database
// grow), and must not Read again inside (the pool of readers is bounded).
//
// It returns fn's error as it is; fault.Unavailable when no snapshot could be
// had, ctx included. Once ctx has ended, no further statement is begun and no
// further row is read.
func (db *DB) Read(ctx context.Context, fn func(q Query) error) error {
	if db.writer.stopped() {
		return errClosed("read")
	}
	tx, err := db.engine.snapshot(ctx, db.reads)
	if err != nil {
		return Fault("begin to read", "", err)
	}
	q := &statements{ctx: tx.ctx, on: tx.on}
	defer func() {
		_ = q.end()
		tx.end()
	}()
	return fn(q)
}

// reading is a read-only transaction. There is nothing in it to keep, and end
// cannot fail: a connection that is not clean is dropped.
type reading struct {
	ctx context.Context // of its statements
	on  runner
	end func()
}

// unwatched is a context that is asked whether it has ended, rather than
// waited for: waiting takes several goroutines for every statement, which is
// more work than a short read.
type unwatched struct{ context.Context }

// Done is nil: whoever waits for it waits for ever.
func (unwatched) Done() <-chan struct{} { return nil }
