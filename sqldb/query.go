package sqldb

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"

	"rollcall/fault"
)

// Query is what both a read and a [Tx] can do. It belongs to the function it
// was given to: it is for one goroutine and ends with that function. Rows must
// be closed before the next statement ([Each] does it), on both dialects;
// statements are prepared once a connection.
//
// Errors are the driver's own; [Fault] and [IsUnique] translate them.
type Query interface {
	// Rows runs a query for any number of rows.
	Rows(query string, args ...any) (*sql.Rows, error)
	// Row runs a query for one row; Scan says sql.ErrNoRows if there is none.
	Row(query string, args ...any) *sql.Row
}

// Tx is the transaction of one [DB.Write].
type Tx struct{ statements }

var (
	_ Query = (*statements)(nil)
	_ Query = (*Tx)(nil)
)

// Exec runs a statement that returns no rows. Once a statement has failed the
// whole function has: what follows is refused, and returning nil does not
// commit. (PostgreSQL has it so; SQLite is made to.)
func (t *Tx) Exec(query string, args ...any) (sql.Result, error) {
	if t.dead != nil {
		return nil, t.dead
	}
	result, err := t.on.ExecContext(t.ctx, query, args...)
	t.note(err)
	return result, err
}

// Each calls row for every row, with the scan of that row, and closes rows. It
// returns the first error: row's, or that of the reading itself, so that a
// list cut short is never taken for a whole one.
func Each(rows *sql.Rows, row func(scan func(...any) error) error) error {
	defer rows.Close()
	for rows.Next() {
		if err := row(rows.Scan); err != nil {
			return err
		}
	}
	return rows.Err()
}

// Collect reads all rows that a query finds, each by read, which has the row's
// scan. A list cut short is an error, never a shorter list.
func Collect[T any](q Query, read func(scan func(...any) error) (T, error), query string, args ...any) ([]T, error) {
	rows, err := q.Rows(query, args...)
	if err != nil {
		return nil, err
	}
	var all []T
	err = Each(rows, func(scan func(...any) error) error {
		one, err := read(scan)
		all = append(all, one)
		return err
	})
	if err != nil {
		return nil, err
	}
	return all, nil
}

// Value reads a row of one column, for [Collect].
func Value[T any](scan func(...any) error) (value T, err error) {
	err = scan(&value)
	return value, err
}

// runner is the part of *sql.Tx and *sql.Conn used here.
type runner interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
}

// statements runs queries for one function. It holds a context, against
// custom, because that is the transaction's and ends with it.
type statements struct {
	ctx  context.Context
	on   runner
	rows *sql.Rows // the last rows given out
	row  *sql.Row  // the last row given out
	dead error     // why nothing more may run
}

var (
	errEnded   = fault.Text(fault.Internal, "query", "", "the transaction's function has returned already")
	errAborted = errors.New("an earlier statement of this transaction failed")
)

func (s *statements) Rows(query string, args ...any) (*sql.Rows, error) {
	if s.dead != nil {
		return nil, s.dead
	}
	rows, err := s.on.QueryContext(s.ctx, query, args...)
	s.rows = rows
	s.note(err)
	return rows, err
}

func (s *statements) Row(query string, args ...any) *sql.Row {
	if s.dead != nil {
		return failedRow(s.dead)
	}
	s.row = s.on.QueryRowContext(s.ctx, query, args...)
	s.note(s.row.Err())
	return s.row
}

// failedRow makes a row that says err; only a database can make one.
func failedRow(err error) *sql.Row {
	db := sql.OpenDB(refusal{err})
	defer db.Close()
	return db.QueryRow("")
}

// refusal is a database that cannot be connected to.
type refusal struct{ err error }

func (r refusal) Connect(context.Context) (driver.Conn, error) { return nil, r.err }
func (r refusal) Driver() driver.Driver                        { return nil }

// note remembers that a statement failed.
func (s *statements) note(err error) {
	if err != nil && s.dead == nil {
		s.dead = fmt.Errorf("%w: %w", errAborted, err)
	}
}

// end closes what the function left open and refuses what comes later. It
// returns the failure of a statement, if there was one.
func (s *statements) end() error {
	if s.rows != nil {
		_ = s.rows.Close()
	}
	if s.row != nil {
		_ = s.row.Scan() // closes; a row scanned before does not mind
	}
	failed := s.dead
	s.dead = errEnded
	return failed
}
