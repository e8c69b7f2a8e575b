package sqldb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"hash/fnv"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"

	"rollcall/fault"
)

// postgresSession is set on every connection. A wait for a lock ends, a
// process that stopped in the middle of a transaction does not block the
// others for ever, and a commit is durable whatever the server's default
// (stricter settings are left alone).
var postgresSession = fmt.Sprintf(`SET lock_timeout = %d; SET idle_in_transaction_session_timeout = %d;
SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'`,
	lockWait.Milliseconds(), groupLimit.Milliseconds())

// postgresEngine is PostgreSQL with one writer at a time for each schema.
type postgresEngine struct {
	pool *pgxpool.Pool
	sql  *sql.DB
	lock string // begins a transaction and takes the write lock
}

func openPostgres(ctx context.Context, at place, owners []Migrations) (*DB, error) {
	config := at.postgres
	if config.ConnConfig.ConnectTimeout == 0 {
		config.ConnConfig.ConnectTimeout = 10 * time.Second
	}
	config.AfterConnect = func(ctx context.Context, conn *pgx.Conn) error {
		_, err := conn.Exec(ctx, postgresSession)
		return err
	}
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, postgresOpenFault(at, err)
	}
	e := &postgresEngine{pool: pool, sql: stdlib.OpenDBFromPool(pool)}
	if err := e.prepare(ctx, at, owners); err != nil {
		_ = e.sql.Close()
		pool.Close()
		return nil, postgresOpenFault(at, err)
	}
	return newDB(e, e.sql, e.sql), nil
}

// prepare migrates and learns which schema the tables are in.
func (e *postgresEngine) prepare(ctx context.Context, at place, owners []Migrations) error {
	if err := migratePostgres(ctx, e.sql, at, owners); err != nil {
		return err
	}
	var schema sql.NullString
	if err := e.sql.QueryRowContext(ctx, "SELECT current_schema()").Scan(&schema); err != nil {
		return err
	}
	e.lock = fmt.Sprintf("BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE; SELECT pg_advisory_xact_lock(%d)",
		lockKey("writer", schema.String))
	return nil
}

// lockKey makes the number of an advisory lock. Numbers are shared by all who
// use the database, hence 64 bits of hash.
func lockKey(purpose, schema string) int64 {
	h := fnv.New64a()
	_, _ = fmt.Fprintf(h, "sqldb %s %s", purpose, schema)
	return int64(h.Sum64())
}

func (e *postgresEngine) dialect() Dialect { return Postgres }

// snapshot has the weakest isolation that is one.
func (e *postgresEngine) snapshot(ctx context.Context, pool *sql.DB) (reading, error) {
	conn, err := pool.Conn(ctx)
	if err != nil {
		return reading{}, err
	}
	tx, err := conn.BeginTx(context.WithoutCancel(ctx), &sql.TxOptions{ReadOnly: true, Isolation: sql.LevelRepeatableRead})
	if err != nil {
		_ = conn.Close()
		return reading{}, err
	}
	return reading{tx, func() {
		_ = tx.Rollback() // if it fails, the pool drops the connection
		_ = conn.Close()
	}}, nil
}

func (e *postgresEngine) statement(ctx context.Context) context.Context { return ctx }

// begin takes the lock in the first statement of a read-committed transaction,
// so that all that follow see what the last holder committed.
func (e *postgresEngine) begin(ctx context.Context, conn *sql.Conn) error {
	_, err := conn.ExecContext(ctx, e.lock)
	if e, ok := errors.AsType[*pgconn.PgError](err); ok && e.Code == "55P03" {
		return errLockHeld("the schema")
	}
	return err
}

// intact asks the connection, not the server: a failed statement that the
// function kept to itself would turn the COMMIT into a silent ROLLBACK.
func (e *postgresEngine) intact(conn *sql.Conn) error {
	return conn.Raw(func(c any) error {
		switch c.(*stdlib.Conn).Conn().PgConn().TxStatus() {
		case 'T':
			return nil
		case 'E':
			return errAborted
		}
		return errors.New("the function ended the transaction itself")
	})
}

func (e *postgresEngine) committed(*sql.Conn) {}

// crowded never: whoever waits for an advisory lock has it as soon as it is
// given up.
func (e *postgresEngine) crowded(time.Duration) bool { return false }

func (e *postgresEngine) scrub(context.Context) error { return nil }

func (e *postgresEngine) close() error {
	e.pool.Close()
	return nil
}

// postgresOpenFault says what an error means for somebody who connects.
func postgresOpenFault(at place, err error) error {
	e, ok := errors.AsType[*pgconn.PgError](err)
	if !ok {
		if _, ok := errors.AsType[*pgconn.ConnectError](err); ok {
			return fault.New(fault.Unavailable, openOp, at.name, fmt.Errorf("cannot connect: check host and port, and that the server runs: %w", err))
		}
		return Fault(openOp, at.name, err)
	}
	switch {
	case class(e.Code) == "28":
		return fault.Text(fault.Unauthenticated, openOp, at.name, fmt.Sprintf(
			"the server does not let user %q in: check the user, the password and the server's pg_hba.conf (SQLSTATE %s)", at.postgres.ConnConfig.User, e.Code))
	case e.Code == "3D000":
		return fault.Text(fault.NotFound, openOp, at.name, "the database does not exist: create it, or name another one")
	case e.Code == "42501":
		return fault.Text(fault.Denied, openOp, at.name, fmt.Sprintf(
			"user %q may not do this: %s; grant it CREATE on the database, or on the schema", at.postgres.ConnConfig.User, e.Message))
	}
	return Fault(openOp, at.name, err)
}
