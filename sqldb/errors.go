package sqldb

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"io"
	"net"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"rollcall/fault"
)

// Fault translates what a driver says into a fault: busy, locked, cancelled,
// out of space or connection lost is fault.Unavailable, a unique value taken
// fault.Conflict, a foreign key without its row fault.NotFound, no row
// fault.NotFound, all else fault.Internal. A fault stays what it is, nil is nil.
func Fault(op, on string, err error) error {
	if err == nil {
		return nil
	}
	if _, ok := errors.AsType[*fault.Error](err); ok {
		return err
	}
	return fault.New(kindOf(err), op, on, discreet(err))
}

// IsUnique reports whether err is a unique violation, and of what: the name of
// the constraint or index on PostgreSQL; on SQLite the columns ("users.store,
// users.name"), or the name of the index if it is on an expression.
func IsUnique(err error) (constraint string, ok bool) {
	if e, ok := errors.AsType[*pgconn.PgError](err); ok && e.Code == "23505" {
		return e.ConstraintName, true
	}
	e, ok := errors.AsType[*sqlite.Error](err)
	if !ok || sqliteKind(e.Code()) != fault.Conflict {
		return "", false
	}
	_, what, _ := strings.Cut(e.Error(), "UNIQUE constraint failed: ")
	if i := strings.LastIndex(what, " ("); i >= 0 {
		what = what[:i]
	}
	if name, ok := strings.CutPrefix(what, "index '"); ok {
		what = strings.TrimSuffix(name, "'")
	}
	return what, true
}

func kindOf(err error) fault.Kind {
	if e, ok := errors.AsType[*sqlite.Error](err); ok {
		return sqliteKind(e.Code())
	}
	if e, ok := errors.AsType[*pgconn.PgError](err); ok {
		return postgresKind(e.Code)
	}
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return fault.NotFound
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded), isLost(err):
		return fault.Unavailable
	}
	return fault.Internal
}

func sqliteKind(code int) fault.Kind {
	switch code {
	case sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY, sqlite3.SQLITE_CONSTRAINT_ROWID:
		return fault.Conflict
	case sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY:
		return fault.NotFound
	}
	switch code & 0xff {
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_INTERRUPT, sqlite3.SQLITE_FULL,
		sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_NOMEM, sqlite3.SQLITE_PROTOCOL:
		return fault.Unavailable
	}
	return fault.Internal
}

func postgresKind(code string) fault.Kind {
	switch code {
	case "23505", "23P01": // unique, exclusion
		return fault.Conflict
	case "23503", "23001": // foreign key, restrict
		return fault.NotFound
	case "55P03", "55006", "25P03": // lock not available, object in use, idle in transaction too long
		return fault.Unavailable
	}
	switch class(code) {
	case "08", "40", "53", "57", "58": // connection, rollback, resources, operator, system
		return fault.Unavailable
	}
	return fault.Internal
}

func class(code string) string {
	if len(code) < 2 {
		return code
	}
	return code[:2]
}

// discreet hides the one sort of driver error that quotes the value it was
// given (invalid input syntax for …: "ann@example.com").
func discreet(err error) error {
	if e, ok := errors.AsType[*pgconn.PgError](err); ok && class(e.Code) == "22" {
		return errors.New("a value does not fit its column (SQLSTATE " + e.Code + ")")
	}
	return err
}

// isLost reports whether err says that the connection is gone, rather than
// that the database has refused something.
func isLost(err error) bool {
	if e, ok := errors.AsType[*pgconn.PgError](err); ok {
		return class(e.Code) == "08" || class(e.Code) == "57" || e.Code == "25P03"
	}
	if _, ok := errors.AsType[*pgconn.ConnectError](err); ok {
		return true
	}
	_, network := errors.AsType[net.Error](err)
	return network || errors.Is(err, driver.ErrBadConn) || errors.Is(err, sql.ErrConnDone) ||
		errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, net.ErrClosed)
}

// isRefusal reports whether err, the answer to a COMMIT, proves that nothing
// was committed. An I/O error does not: the log may have reached the disk. Nor
// does a server that is going down: it may have committed just before.
func isRefusal(err error) bool {
	if e, ok := errors.AsType[*pgconn.PgError](err); ok {
		return e.Severity == "ERROR" || e.SeverityUnlocalized == "ERROR"
	}
	if e, ok := errors.AsType[*sqlite.Error](err); ok {
		return e.Code()&0xff != sqlite3.SQLITE_IOERR
	}
	return false
}
