package sqldb

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/url"
	"os"
	"time"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"rollcall/fault"
)

const (
	// poolSize is how many Reads run at once; more of them wait.
	poolSize = 8
	// walLimit is the size in bytes from which the log is emptied by force.
	// SQLite itself reuses it from the start whenever no reader is looking,
	// which under steady reading may be never.
	walLimit = 64 << 20
	// The first and the longest wait between two tries to get the write lock.
	// The longest is about the pause that writers make.
	lockPollMin, lockPollMax = 250 * time.Microsecond, 3 * time.Millisecond
)

// busyTimeout comes first on every connection: even setting the others waits
// while another process recovers the log or closes the database.
const busyTimeout = "busy_timeout(30000)"

// sqliteEngine is SQLite in WAL mode: readers have snapshots, one writer.
type sqliteEngine struct {
	path     string
	name     string
	writes   *sql.DB
	queue    *queue
	walLimit int64 // grows while readers keep the log from being emptied
}

func openSQLite(ctx context.Context, at place, owners []Migrations) (*DB, error) {
	if err := prepareFile(at); err != nil {
		return nil, err
	}
	if err := migrateSQLite(ctx, at, owners); err != nil {
		return nil, sqliteOpenFault(at, err)
	}
	reads, err := sqlitePool(at.path, poolSize, busyTimeout, "query_only(1)", "cache_size(-2048)")
	if err != nil {
		return nil, sqliteOpenFault(at, err)
	}
	writes, err := sqlitePool(at.path, 1, busyTimeout, "synchronous(FULL)", "foreign_keys(1)", "cache_size(-16384)", "temp_store(MEMORY)", "wal_autocheckpoint(4000)")
	if err != nil {
		_ = reads.Close()
		return nil, sqliteOpenFault(at, err)
	}
	e := &sqliteEngine{path: at.path, name: at.name, writes: writes, queue: openQueue(at.path + ".queue"), walLimit: walLimit}
	return newDB(e, reads, writes), nil
}

// sqlitePool opens nothing yet. There is no memory mapping: with it a failing
// disk would kill the process rather than fail a statement.
func sqlitePool(path string, size int, pragmas ...string) (*sql.DB, error) {
	connector, err := sqlite.NewConnector(sqliteDSN(path, url.Values{"_pragma": pragmas}))
	if err != nil {
		return nil, err
	}
	pool := sql.OpenDB(cachingConnector{connector})
	pool.SetMaxOpenConns(size)
	pool.SetMaxIdleConns(size)
	return pool, nil
}

// sqliteDSN escapes path, in which '?', '#' and '%' may occur. Text in double
// quotes is never a string (_dqs), as on PostgreSQL.
func sqliteDSN(path string, params url.Values) string {
	params.Set("_dqs", "0")
	params.Set("_error_rc", "1")
	u := url.URL{Scheme: "file", Path: path, RawQuery: params.Encode()}
	return u.String()
}

func (e *sqliteEngine) dialect() Dialect { return SQLite }

// snapshot does by hand what sql.Tx does with a goroutine or two, and prepares
// its statements but once. The snapshot is taken by the first query.
func (e *sqliteEngine) snapshot(ctx context.Context, pool *sql.DB) (reading, error) {
	conn, err := pool.Conn(ctx)
	if err != nil {
		return reading{}, err
	}
	if _, err := conn.ExecContext(unwatched{ctx}, "BEGIN"); err != nil {
		drop(conn)
		_ = conn.Close()
		return reading{}, err
	}
	return reading{conn, func() {
		if _, err := conn.ExecContext(context.Background(), "ROLLBACK"); err != nil {
			drop(conn)
		}
		_ = conn.Close() // gives it back
	}}, nil
}

func (e *sqliteEngine) statement(ctx context.Context) context.Context { return unwatched{ctx} }

// drop closes a connection for good, and with it any transaction on it.
func drop(conn *sql.Conn) {
	_ = conn.Raw(func(any) error { return driver.ErrBadConn })
}

// begin polls for the write lock quickly: SQLite's own way of waiting sleeps
// up to 100 ms and then mostly misses the short gaps that a busy writer leaves.
func (e *sqliteEngine) begin(ctx context.Context, conn *sql.Conn) error {
	if _, err := conn.ExecContext(context.WithoutCancel(ctx), "PRAGMA busy_timeout = 0"); err != nil {
		return err
	}
	giveUp := time.Now().Add(lockWait)
	defer e.queue.leave()
	for poll := lockPollMin; ; poll = min(poll*2, lockPollMax) {
		_, err := conn.ExecContext(context.WithoutCancel(ctx), "BEGIN IMMEDIATE")
		if err == nil || !isBusy(err) {
			return err
		}
		if time.Now().After(giveUp) {
			return errLockHeld(e.name)
		}
		e.queue.enter()
		select {
		case <-time.After(poll/2 + rand.N(poll)):
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

func errLockHeld(on string) error {
	return fault.Text(fault.Unavailable, "begin to write", on, fmt.Sprintf(
		"another process has held the write lock for %v: end it, or try again when it is done", lockWait))
}

func isBusy(err error) bool {
	e, ok := errors.AsType[*sqlite.Error](err)
	return ok && e.Code()&0xff == sqlite3.SQLITE_BUSY
}

// intact has nothing to ask: when SQLite has rolled back by itself (a full
// disk), the savepoint is gone and the next step fails.
func (e *sqliteEngine) intact(*sql.Conn) error { return nil }

// committed empties the log when it has grown long.
func (e *sqliteEngine) committed(conn *sql.Conn) {
	info, err := os.Stat(e.path + "-wal")
	if err != nil || info.Size() < e.walLimit {
		return
	}
	e.walLimit = walLimit
	if !truncateWAL(conn, time.Second) {
		e.walLimit = info.Size() + walLimit // a long read is in the way; do not ask at every commit
	}
}

// truncateWAL moves the log into the database and empties it, waiting at most
// patience for readers of older snapshots. It reports whether it could.
func truncateWAL(conn *sql.Conn, patience time.Duration) bool {
	ctx := context.Background()
	wait := fmt.Sprintf("PRAGMA busy_timeout = %d", patience.Milliseconds())
	if _, err := conn.ExecContext(ctx, wait); err != nil {
		return false
	}
	var busy, frames, moved int
	err := conn.QueryRowContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)").Scan(&busy, &frames, &moved)
	return err == nil && busy == 0
}

// scrub writes the database into its log as if it were new, and that into the file.
func (e *sqliteEngine) scrub(ctx context.Context) error {
	pool, err := sqlitePool(e.path, 1, fmt.Sprintf("busy_timeout(%d)", lockWait.Milliseconds()), "synchronous(FULL)")
	if err != nil {
		return err
	}
	defer pool.Close()
	conn, err := pool.Conn(ctx) // the writer keeps its own
	if err != nil {
		return err
	}
	defer conn.Close()
	if _, err := conn.ExecContext(ctx, "VACUUM"); err != nil {
		return err
	}
	if !truncateWAL(conn, lockWait) {
		return errLockHeld(e.name)
	}
	return nil
}

// close leaves a single file behind if no other process has it open.
func (e *sqliteEngine) close() error {
	if conn, err := e.writes.Conn(context.Background()); err == nil {
		truncateWAL(conn, 100*time.Millisecond)
		_ = conn.Close()
	}
	return errors.Join(e.writes.Close(), e.queue.close())
}

// crowded looks whether somebody waits: pausing each time would be a third of
// what a busy server does.
func (e *sqliteEngine) crowded(held time.Duration) bool {
	return held >= groupStretch || !e.queue.empty()
}
