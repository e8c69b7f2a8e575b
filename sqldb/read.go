package sqldb

import "context"

// Read runs fn against one consistent snapshot, in a read-only transaction:
// every query in it sees the same state, whatever is committed meanwhile. fn
// must not keep q, must be short (a snapshot held for long makes the database
// grow), and must not Read again inside (the pool of readers is bounded).
//
// It returns fn's error as it is; fault.Unavailable when no snapshot could be
// had, ctx included. Once ctx has ended, no further statement is begun and no
// further row is read. Under a [Held] several Reads have one snapshot.
func (db *DB) Read(ctx context.Context, fn func(q Query) error) error {
	if db.writer.stopped() {
		return errClosed("read")
	}
	if h := heldIn(ctx); h != nil {
		return h.read(ctx, db, fn)
	}
	return db.readAlone(ctx, fn)
}

func (db *DB) readAlone(ctx context.Context, fn func(q Query) error) error {
	r, err := db.snapshot(ctx)
	if err != nil {
		return err
	}
	defer r.end()
	return db.readIn(ctx, r, fn)
}

// reading is a read-only transaction. There is nothing in it to keep, and end
// cannot fail: a connection that is not clean is dropped.
type reading struct {
	on  runner
	end func()
}

func (db *DB) snapshot(ctx context.Context) (reading, error) {
	r, err := db.engine.snapshot(ctx, db.reads)
	return r, Fault("begin to read", "", err)
}

func (db *DB) readIn(ctx context.Context, r reading, fn func(q Query) error) error {
	q := &statements{ctx: db.engine.statement(ctx), on: r.on}
	defer q.end() //nolint:errcheck // fn has seen it, and a read has nothing to lose
	return fn(q)
}

// unwatched is a context that is asked whether it has ended, rather than
// waited for: waiting takes several goroutines for every statement, which is
// more work than a short read.
type unwatched struct{ context.Context }

// Done is nil: whoever waits for it waits for ever.
func (unwatched) Done() <-chan struct{} { return nil }
