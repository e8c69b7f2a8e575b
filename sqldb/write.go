package sqldb

import (
	"context"
	"errors"
	"fmt"

	"rollcall/fault"
)

// Write runs fn in a transaction and returns once that is durable. Concurrent
// Writes share one commit: each runs alone, in the order they came, and sees
// what those before it wrote; one that fails or panics leaves nothing behind
// and does not touch its neighbours.
//
// fn runs in the caller's goroutine, once, while every other writer waits: it
// must be short, must not keep tx and must not Write again inside (that waits
// for itself). If ctx ends before fn is started nothing is done
// (fault.Unavailable); once it has been started Write returns the true result,
// ctx or not.
//
// It returns fn's error as it is. If the commit fails, all who share it fail:
// fault.Unavailable when nothing was written, or an Unsettled fault when the
// answer was lost and only a read can tell.
func (db *DB) Write(ctx context.Context, fn func(tx *Tx) error) error {
	w := db.writer
	if w.stopped() {
		return errClosed("write")
	}
	if ctx.Err() != nil {
		return cancelled(ctx, "write")
	}
	if h := heldIn(ctx); h != nil {
		h.end(db, false) // what is read afterwards shall be of afterwards
	}
	j := &job{
		ctx:    ctx,
		turn:   make(chan *Tx),
		ran:    make(chan error),
		answer: make(chan error, 1), // the writer never waits for a caller that has gone
	}
	select {
	case w.jobs <- j:
	case <-ctx.Done():
		return cancelled(ctx, "write")
	case <-w.closing:
		return errClosed("write")
	}
	select {
	case tx := <-j.turn:
		j.run(tx, fn)
		return <-j.answer
	case err := <-j.answer:
		return err
	case <-ctx.Done():
		return cancelled(ctx, "write")
	}
}

// job is one Write on its way through the writer. The writer hands the
// transaction to the caller and waits for it back, rather than running the
// function itself: a panic is then the caller's own, with its own stack.
type job struct {
	ctx    context.Context
	turn   chan *Tx   // writer → caller: yours
	ran    chan error // caller → writer: what the function said
	answer chan error // writer → caller: what became of it
	said   error      // what the function said
}

var errDied = fault.Text(fault.Internal, "write", "", "the function panicked")

// run runs fn and always reports back, or the writer would wait for ever: fn
// may panic or leave by runtime.Goexit (a test's Fatal).
func (j *job) run(tx *Tx, fn func(tx *Tx) error) {
	err := error(errDied)
	defer func() {
		failed := tx.end()
		if err == nil {
			err = failed
		}
		j.ran <- err
	}()
	err = fn(tx)
}

// offer lets the caller run its function. It reports whether it did: a caller
// whose context has ended may be gone.
func (j *job) offer(tx *Tx) (started bool) {
	select {
	case j.turn <- tx:
		j.said = <-j.ran
		return true
	case <-j.ctx.Done():
		return false
	}
}

// notCommitted says that a group's work is lost but certainly not written.
func notCommitted(cause error) error {
	if fault.IsUnsettled(cause) {
		return cause
	}
	return fault.New(fault.Unavailable, "write", "", fmt.Errorf("%w: %w", errNotCommitted, cause))
}

var errNotCommitted = errors.New("not committed")

func cancelled(ctx context.Context, op string) error {
	return fault.New(fault.Unavailable, op, "", context.Cause(ctx))
}
