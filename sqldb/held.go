package sqldb

import (
	"context"
	"sync"
)

// Held lets the Reads of one request share a snapshot of each database: to
// begin and to end a read-only transaction is more work than a short read, and
// a request has several. The snapshot is as old as the first of them.
//
// It ends with a Write to its database, with a Read that fails, and with
// Release; the Read after that begins another. As long as there is one it
// keeps a connection from other readers: whoever is about to wait, for a
// client or for a clock, releases it first. Held is safe for concurrent use;
// its Reads come one after the other.
type Held struct {
	mu     sync.Mutex
	open   []heldSnapshot // one a database, and there are a few
	closed bool
}

type heldSnapshot struct {
	db *DB
	reading
}

type heldKey struct{}

// Hold returns a context under which Reads share snapshots. The caller closes
// what it returns.
func Hold(ctx context.Context) (context.Context, *Held) {
	h := new(Held)
	return context.WithValue(ctx, heldKey{}, h), h
}

func heldIn(ctx context.Context) *Held {
	h, _ := ctx.Value(heldKey{}).(*Held)
	return h
}

// Release gives back the snapshots that are held under ctx, if any are.
func Release(ctx context.Context) {
	if h := heldIn(ctx); h != nil {
		h.Release()
	}
}

// Release gives the snapshots back that are held now. It waits for a Read that
// runs.
func (h *Held) Release() { h.end(nil, false) }

// Close is Release for good: Reads that come later have snapshots of their own.
func (h *Held) Close() { h.end(nil, true) }

// end ends the snapshot of db, or of all if that is nil.
func (h *Held) end(db *DB, closed bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.closed = h.closed || closed
	h.drop(db)
}

func (h *Held) drop(db *DB) {
	kept := h.open[:0]
	for _, s := range h.open {
		if db != nil && db != s.db {
			kept = append(kept, s)
			continue
		}
		s.end()
	}
	h.open = kept
}

// read runs fn in the snapshot of db.
func (h *Held) read(ctx context.Context, db *DB, fn func(q Query) error) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed {
		return db.readAlone(ctx, fn)
	}
	r, err := h.snapshot(ctx, db)
	if err != nil {
		return err
	}
	whole := false
	defer func() {
		if !whole { // a failed statement may have ended the transaction
			h.drop(db)
		}
	}()
	err = db.readIn(ctx, r, fn)
	whole = err == nil
	return err
}

func (h *Held) snapshot(ctx context.Context, db *DB) (reading, error) {
	for _, s := range h.open {
		if s.db == db {
			return s.reading, nil
		}
	}
	r, err := db.snapshot(ctx)
	if err == nil {
		h.open = append(h.open, heldSnapshot{db, r})
	}
	return r, err
}
