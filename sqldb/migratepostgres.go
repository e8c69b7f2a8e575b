package sqldb

import (
	"context"
	"database/sql"
	"fmt"
)

// migratePostgres migrates under an advisory lock, and needs none if nothing
// is to be done.
func migratePostgres(ctx context.Context, db *sql.DB, at place, owners []Migrations) error {
	if ready, err := isReadyPostgres(ctx, db, at, owners); err != nil || ready {
		return err
	}
	schema := at.schema
	if schema == "" {
		// Somebody else may call the same schema by its name.
		if err := db.QueryRowContext(ctx, "SELECT coalesce(current_schema(), '')").Scan(&schema); err != nil {
			return err
		}
	}
	conn, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	key := lockKey("migrations", schema)
	// A migration may take longer than a write may wait.
	if _, err := conn.ExecContext(ctx, fmt.Sprintf("SET lock_timeout = 0; SELECT pg_advisory_lock(%d)", key)); err != nil {
		return err
	}
	defer func() {
		// Without ctx: the connection goes back to the pool and must not keep the lock.
		ctx := context.WithoutCancel(ctx)
		_, _ = conn.ExecContext(ctx, fmt.Sprintf("SELECT pg_advisory_unlock(%d); SET lock_timeout = %d", key, lockWait.Milliseconds()))
	}()
	if err := makeSchema(ctx, db, at.schema); err != nil {
		return err
	}
	return up(ctx, db, at, owners)
}

func isReadyPostgres(ctx context.Context, db *sql.DB, at place, owners []Migrations) (bool, error) {
	current, err := isCurrent(ctx, db, at, owners)
	if err != nil || !current || at.schema == "" {
		return current, err
	}
	return schemaExists(ctx, db, at.schema)
}

func schemaExists(ctx context.Context, db *sql.DB, schema string) (bool, error) {
	var n int
	err := db.QueryRowContext(ctx, "SELECT count(*) FROM pg_namespace WHERE nspname = $1", schema).Scan(&n)
	return n > 0, err
}

// makeSchema asks first, because CREATE SCHEMA IF NOT EXISTS wants a
// permission even if it has nothing to do.
func makeSchema(ctx context.Context, db *sql.DB, schema string) error {
	if schema == "" {
		return nil
	}
	exists, err := schemaExists(ctx, db, schema)
	if err != nil || exists {
		return err
	}
	_, err = db.ExecContext(ctx, `CREATE SCHEMA "`+schema+`"`)
	return err
}
