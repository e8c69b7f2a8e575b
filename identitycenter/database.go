package identitycenter

import (
	"context"

	"rollcall/assignment/sqlassignment"
	"rollcall/caller"
	"rollcall/caller/sqlcaller"
	"rollcall/directory/sqldir"
	"rollcall/identity"
	"rollcall/keyring"
	"rollcall/sqldb"
)

// Database is one database of Identity Centers: identity stores, the instance
// beside each, and the access keys and SCIM tokens that open them. An access
// key opens every store of the database that it is kept in and no other; a
// token opens one store.
type Database struct {
	*sqldir.Center
	Keys   *caller.Keys
	Tokens *caller.Tokens
	db     *sqldb.DB
}

// Open opens the database named by url and brings its tables up to date; ring
// seals the secrets of access keys. The url and the faults are those of
// [sqldb.Open]. Close closes it.
func Open(ctx context.Context, url string, ring *keyring.Keyring) (*Database, error) {
	db, err := sqldb.Open(ctx, url, sqldir.Migrations(), sqlcaller.Migrations(), sqlassignment.Migrations())
	if err != nil {
		return nil, err
	}
	center := sqldir.New(db)
	callers := sqlcaller.New(db, sqlcaller.Record(center.Record))
	return &Database{center, caller.NewKeys(callers, ring, caller.Options{}), caller.NewTokens(callers, caller.Options{}), db}, nil
}

// instance opens the instance beside a store, and makes it if the store is
// older than instances are.
func (db *Database) instance(ctx context.Context, store *sqldir.Driver, o sqlassignment.Options) (*sqlassignment.Driver, error) {
	is, err := store.Store(ctx)
	if err != nil {
		return nil, err
	}
	o.Directory, o.Record = store, store.Record
	return sqlassignment.Open(ctx, db.db, is, o)
}

// Instance opens the instance beside a store for whoever seeds it: work is done
// at once, and nothing is emulated. It fails with fault.NotFound for a store
// that is not there.
func (db *Database) Instance(ctx context.Context, id identity.StoreID) (*sqlassignment.Driver, error) {
	store, err := db.Find(ctx, id)
	if err != nil {
		return nil, err
	}
	return db.instance(ctx, store, sqlassignment.Options{})
}

// storeOf is the store that an instance belongs to; false if it is not in this
// database.
func (db *Database) storeOf(ctx context.Context, arn string) (identity.StoreID, bool, error) {
	all, err := db.Stores(ctx)
	if err != nil {
		return "", false, err
	}
	for _, s := range all {
		if s.Instance == arn {
			return s.ID, true, nil
		}
	}
	return "", false, nil
}
