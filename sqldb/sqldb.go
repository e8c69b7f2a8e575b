// Package sqldb opens a SQLite or PostgreSQL database, brings its tables up to
// date, reads consistent snapshots and commits writes in groups. It knows no
// product word: whoever owns tables owns their [Migrations].
//
// It does not hide SQL, and it refuses to guess: query texts are written once,
// with $1…$n, for both dialects, and what one dialect forbids is forbidden on
// the other, so that code that passes on SQLite passes on PostgreSQL. Writes
// are serialised across processes on both: SQLite has one writer by nature,
// PostgreSQL is given one by an advisory lock, so rows numbered by the database
// become visible in the order of their numbers.
package sqldb

import (
	"context"
	"database/sql"
	"io/fs"
	"sync"
	"time"

	"rollcall/fault"
)

// Dialect is the kind of database behind a [DB].
type Dialect int

// The dialects. Query texts are shared; migrations are per dialect.
const (
	SQLite Dialect = iota
	Postgres
)

// String is the name of the dialect's folder in [Migrations].
func (d Dialect) String() string {
	if d == Postgres {
		return "postgres"
	}
	return "sqlite"
}

// Migrations are one owner's tables. Owner is small letters, digits and
// underscores, at most 40; "journal" keeps its version in the table
// "journal_migrations". FS holds sqlite/NNNNN_x.sql and postgres/NNNNN_x.sql
// with goose markers and the same numbers in both. Constraints must not be
// deferrable: a group that fails at its commit fails as a whole.
type Migrations struct {
	Owner string
	FS    fs.FS
}

// DB is an open database. It is safe for concurrent use.
type DB struct {
	engine  engine
	reads   *sql.DB
	writer  *writer
	closing sync.Once
	closed  error
}

// engine is what differs between the dialects.
type engine interface {
	dialect() Dialect
	// snapshot begins to read on a connection of pool. The end of ctx does not
	// end it.
	snapshot(ctx context.Context, pool *sql.DB) (reading, error)
	// statement is ctx as the statements of a read take it.
	statement(ctx context.Context) context.Context
	// begin starts a transaction on conn that holds the one write lock. It
	// waits for the lock, but not much longer than lockWait or than ctx.
	begin(ctx context.Context, conn *sql.Conn) error
	// intact reports why the transaction on conn cannot go on, if so.
	intact(conn *sql.Conn) error
	// committed is called after each group, with no transaction open.
	committed(conn *sql.Conn)
	// crowded reports whether a writer that has held the lock for so long,
	// but for moments, is to pause, so that other processes get it.
	crowded(held time.Duration) bool
	// scrub leaves nothing behind of what was deleted.
	scrub(ctx context.Context) error
	// close releases what is left once readers and writer are gone.
	close() error
}

// Scrub leaves nothing of what was deleted or overwritten in a database file and
// its log: the file is written anew, which takes as long as copying it and keeps
// writers waiting. PostgreSQL does so by itself, in time (autovacuum); there it does
// nothing. It fails with fault.Unavailable while another process reads or writes and
// does not end.
func (db *DB) Scrub(ctx context.Context) error {
	return Fault("scrub database", "", db.engine.scrub(ctx))
}

// Open opens the database named by url and brings every owner's tables up to
// date, under a lock that other processes respect. The url is "sqlite:PATH"
// (PATH as it is, nothing escaped, its folder existing) or "postgres://…";
// there "?search_path=NAME" puts the tables into a schema of their own, made
// if missing.
//
// It fails with fault.Invalid for an unusable url, for a file that is no
// database, and for a database written by a newer release (nothing is changed
// then); fault.NotFound for a missing folder or database; fault.Denied without
// permission; fault.Unauthenticated for a wrong password; fault.Unavailable
// when the database cannot be reached or locked. No error holds a password.
func Open(ctx context.Context, url string, owners ...Migrations) (*DB, error) {
	if err := checkOwners(owners); err != nil {
		return nil, err
	}
	at, err := parse(url)
	if err != nil {
		return nil, err
	}
	if at.dialect == Postgres {
		return openPostgres(ctx, at, owners)
	}
	return openSQLite(ctx, at, owners)
}

func newDB(e engine, reads, writes *sql.DB) *DB {
	return &DB{engine: e, reads: reads, writer: startWriter(e, writes)}
}

// Dialect tells which kind of database this is.
func (db *DB) Dialect() Dialect { return db.engine.dialect() }

// Close finishes the group in flight and closes the database. Reads and writes
// that come later fail with fault.Unavailable; a second Close does nothing.
// Reads must have returned before.
func (db *DB) Close() error {
	db.closing.Do(func() {
		db.writer.stop()
		readErr := db.reads.Close()
		db.closed = Fault("close database", "", firstError(readErr, db.engine.close()))
	})
	return db.closed
}

func firstError(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

func errClosed(op string) error {
	return fault.Text(fault.Unavailable, op, "", "the database is closed")
}
