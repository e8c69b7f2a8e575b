package sqldb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"time"

	"modernc.org/sqlite"

	"rollcall/fault"
)

// migrateSQLite migrates under a lock on PATH.lock, and needs none if nothing
// is to be done.
func migrateSQLite(ctx context.Context, at place, owners []Migrations) error {
	// Immediate, because a transaction that turns from reading to writing while
	// another process writes would fail at once.
	connector, err := sqlite.NewConnector(sqliteDSN(at.path, url.Values{
		"_pragma": {busyTimeout, "synchronous(FULL)", "foreign_keys(1)"}, "_txlock": {"immediate"},
	}))
	if err != nil {
		return err
	}
	db := sql.OpenDB(connector)
	defer db.Close()
	db.SetMaxOpenConns(1)
	if ready, err := isReadySQLite(ctx, db, at, owners); err != nil || ready {
		return err
	}
	release, err := lockFile(ctx, at.path+".lock")
	if errors.Is(err, fs.ErrPermission) {
		return deniedFile(at, "the lock file beside it may not be written")
	}
	if err != nil {
		return fault.New(fault.Unavailable, migrateOp, at.name, fmt.Errorf("waiting for another process to finish: %w", err))
	}
	defer release()
	// Refuse a newer one before the journal mode is touched.
	if _, err := isCurrent(ctx, db, at, owners); err != nil {
		return err
	}
	if err := setWAL(ctx, db, at); err != nil {
		return err
	}
	return up(ctx, db, at, owners)
}

func isReadySQLite(ctx context.Context, db *sql.DB, at place, owners []Migrations) (bool, error) {
	current, err := isCurrent(ctx, db, at, owners)
	if err != nil || !current {
		return false, err
	}
	// A copy made by VACUUM INTO or a backup tool may have lost its mode.
	var mode string
	err = db.QueryRowContext(ctx, "PRAGMA journal_mode").Scan(&mode)
	return mode == "wal", err
}

// setWAL changes the journal mode, for which SQLite needs the file for itself
// and does not always wait for it.
func setWAL(ctx context.Context, db *sql.DB, at place) error {
	for giveUp := time.Now().Add(lockWait); ; {
		var mode string
		err := db.QueryRowContext(ctx, "PRAGMA journal_mode = WAL").Scan(&mode)
		switch {
		case err == nil && mode == "wal":
			return nil
		case err == nil:
			return fault.Text(fault.Unsupported, openOp, at.name, "the file system cannot share memory between processes, which SQLite's write-ahead log needs: use a local disk, or PostgreSQL")
		case !isBusy(err) || time.Now().After(giveUp):
			return err
		}
		select {
		case <-time.After(lockPollMax):
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}
