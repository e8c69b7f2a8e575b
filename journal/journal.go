// Package journal keeps what was planned, what was tried and what became of
// it: stored plans, runs with their leases, and for each target one chain of
// entries in which nothing can be altered, dropped, inserted or swapped
// unnoticed.
//
// An entry has two parts. Its envelope says when, in which run, about which
// change and object, and with what result; it holds no personal data and is
// what the chain hashes, byte for byte as stored: hash = SHA-256(hash before ‖
// envelope). Its body holds texts and values; the envelope carries the body's
// digest only, so that a person's data can be erased and the chain still
// verifies. See envelope.go and body.go for the exact forms.
//
// Several processes append to one chain: the head is read again inside every
// append. Each append checks the lease of its run in the same transaction, so
// that whoever has lost it writes nothing more.
package journal

import (
	"context"
	"crypto/rand"
	"embed"
	"fmt"
	"os"
	"time"

	"rollcall/keyring"
	"rollcall/realtime"
	"rollcall/sqldb"
)

//go:embed sqlite postgres
var tables embed.FS

// Migrations are the tables of plans, runs and the journal.
var Migrations = sqldb.Migrations{Owner: "journal", FS: tables}

// Clock is where time comes from.
type Clock interface {
	Now() time.Time
	// After is time.After.
	After(d time.Duration) <-chan time.Time
}

// Journal reads and appends. It is safe for concurrent use.
type Journal struct {
	db     *sqldb.DB
	keys   *keyring.Keyring
	clock  Clock
	holder string // who holds the leases taken here
	memory *Memory
	pack   packer
}

// Option changes how a journal works.
type Option func(*Journal)

// WithClock makes time come from c instead of the system's clock.
func WithClock(c Clock) Option { return func(j *Journal) { j.clock = c } }

// Open returns the journal kept in db, which was opened with [Migrations].
// Heads are signed with keys.
func Open(db *sqldb.DB, keys *keyring.Keyring, opts ...Option) *Journal {
	j := &Journal{db: db, keys: keys, clock: realtime.Clock{}, holder: thisProcess()}
	for _, opt := range opts {
		opt(j)
	}
	return j
}

// thisProcess names this process in leases; the last part keeps one that got
// the same number later, or the same number in another container, apart.
func thisProcess() string {
	host, err := os.Hostname()
	if err != nil {
		host = "unknown host"
	}
	return fmt.Sprintf("%s, process %d, %s", host, os.Getpid(), rand.Text()[:8])
}

// Holder names this process to others: it is in the leases taken here.
func (j *Journal) Holder() string { return j.holder }

// now is the time as the journal keeps it.
func (j *Journal) now() int64 { return j.clock.Now().UnixMilli() }

// moment reads a time as the journal keeps it; 0 is never.
func moment(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}

// read is db.Read with errors translated.
func (j *Journal) read(ctx context.Context, op, on string, fn func(q sqldb.Query) error) error {
	return sqldb.Fault(op, on, j.db.Read(ctx, fn))
}

// write is db.Write with errors translated.
func (j *Journal) write(ctx context.Context, op, on string, fn func(tx *sqldb.Tx) error) error {
	return sqldb.Fault(op, on, j.db.Write(ctx, fn))
}
