package sqldb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"modernc.org/sqlite"

	"rollcall/fault"
)

// Lent is a database whose tables belong to a library, which reads and writes
// them by itself. None of what [DB] promises about writes holds here.
type Lent struct {
	Dialect Dialect
	SQL     *sql.DB       // one connection at a time on SQLite
	Pool    *pgxpool.Pool // what SQL works on; nil on SQLite
}

// Lend opens the database named by url, as [Open] does, for a library. Migrate
// brings the library's tables up to date; it is called every time, by one
// process at a time. It fails as [Open] does, and with what migrate returns.
func Lend(ctx context.Context, url string, migrate func(ctx context.Context, l *Lent) error) (*Lent, error) {
	at, err := parse(url)
	if err != nil {
		return nil, err
	}
	if at.dialect == Postgres {
		return lendPostgres(ctx, at, migrate)
	}
	return lendSQLite(ctx, at, migrate)
}

// Close closes the database. The library must have stopped using it.
func (l *Lent) Close() error {
	err := l.SQL.Close()
	if l.Pool != nil {
		l.Pool.Close()
	}
	return Fault("close database", "", err)
}

func lendSQLite(ctx context.Context, at place, migrate func(context.Context, *Lent) error) (*Lent, error) {
	if err := prepareFile(at); err != nil {
		return nil, err
	}
	connector, err := sqlite.NewConnector(sqliteDSN(at.path, url.Values{
		"_pragma": {busyTimeout, "synchronous(NORMAL)", "foreign_keys(1)"}, "_txlock": {"immediate"},
	}))
	if err != nil {
		return nil, sqliteOpenFault(at, err)
	}
	l := &Lent{Dialect: SQLite, SQL: sql.OpenDB(connector)}
	l.SQL.SetMaxOpenConns(1)
	release, err := lockFile(ctx, at.path+".lock")
	if err != nil {
		return nil, errors.Join(fault.New(fault.Unavailable, migrateOp, at.name, err), l.Close())
	}
	defer release()
	if err := setWAL(ctx, l.SQL, at); err != nil {
		return nil, errors.Join(sqliteOpenFault(at, err), l.Close())
	}
	if err := migrate(ctx, l); err != nil {
		return nil, errors.Join(sqliteOpenFault(at, err), l.Close())
	}
	return l, nil
}

func lendPostgres(ctx context.Context, at place, migrate func(context.Context, *Lent) error) (*Lent, error) {
	pool, err := pgxpool.NewWithConfig(ctx, at.postgres)
	if err != nil {
		return nil, postgresOpenFault(at, err)
	}
	l := &Lent{Dialect: Postgres, SQL: stdlib.OpenDBFromPool(pool), Pool: pool}
	if err := migrateLocked(ctx, l, at, migrate); err != nil {
		return nil, errors.Join(postgresOpenFault(at, err), l.Close())
	}
	return l, nil
}

func migrateLocked(ctx context.Context, l *Lent, at place, migrate func(context.Context, *Lent) error) error {
	conn, err := l.SQL.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	key := lockKey("migrations", at.schema)
	if _, err := conn.ExecContext(ctx, fmt.Sprintf("SELECT pg_advisory_lock(%d)", key)); err != nil {
		return err
	}
	defer func() {
		_, _ = conn.ExecContext(context.WithoutCancel(ctx), fmt.Sprintf("SELECT pg_advisory_unlock(%d)", key))
	}()
	if err := makeSchema(ctx, l.SQL, at.schema); err != nil {
		return err
	}
	return migrate(ctx, l)
}
