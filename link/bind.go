package link

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"rollcall/fault"
	"rollcall/identity"
	"rollcall/sqldb"
)

// Bind remembers which store a directory's name means, at the first use, and
// checks it at every later one: links are worthless against another store. It
// fails with fault.Stale if the name means another store now.
func (s *Store) Bind(ctx context.Context, directory string, store identity.StoreID) error {
	known, err := s.Bound(ctx, directory)
	if err != nil {
		return err
	}
	if known == "" {
		err = s.db.Write(ctx, func(tx *sqldb.Tx) (err error) {
			if known, err = bound(tx, directory); err != nil || known != "" {
				return err
			}
			known = store
			return rebind(tx, directory, store)
		})
		if err != nil {
			return sqldb.Fault("bind directory", directory, err)
		}
	}
	if known != store {
		return fault.Text(fault.Stale, "bind directory", directory, fmt.Sprintf(
			"it was store %s so far and is %s now; if that is meant, type: rollcall directory rebind %s", known, store, directory))
	}
	return nil
}

// Bound returns the store that a directory's name has meant so far; empty if
// it was never used.
func (s *Store) Bound(ctx context.Context, directory string) (identity.StoreID, error) {
	var store identity.StoreID
	err := s.db.Read(ctx, func(q sqldb.Query) (err error) {
		store, err = bound(q, directory)
		return err
	})
	return store, sqldb.Fault("read directory's store", directory, err)
}

// Rebind makes a directory's name mean another store from now on. Its links
// stay; those whose objects do not exist there are found missing by the next
// reconciliation. It is part of a transaction
// that tells the journal who wanted that.
//
// It fails with fault.Stale if before, empty for none, is not what it means.
func Rebind(tx *sqldb.Tx, directory string, before, store identity.StoreID) error {
	known, err := bound(tx, directory)
	if err != nil {
		return err
	}
	if known != before {
		return fault.Text(fault.Stale, "rebind directory", directory, fmt.Sprintf("its name has been made to mean store %s since", known))
	}
	return rebind(tx, directory, store)
}

func bound(q sqldb.Query, directory string) (store identity.StoreID, err error) {
	err = q.Row("SELECT store FROM directory_stores WHERE directory = $1", directory).Scan(&store)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return store, err
}

func rebind(tx *sqldb.Tx, directory string, store identity.StoreID) error {
	_, err := tx.Exec(`INSERT INTO directory_stores (directory, store) VALUES ($1, $2)
		ON CONFLICT (directory) DO UPDATE SET store = excluded.store`, directory, string(store))
	return err
}
