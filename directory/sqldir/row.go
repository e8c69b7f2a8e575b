package sqldir

import (
	"database/sql"
	"errors"

	"rollcall/identity"
	"rollcall/sqldb"
)

// row is an object with what only the database knows of it.
type row[T any] struct {
	key      int64 // the place in its listing, too
	revision int64
	item     T
}

// scanner reads one row of a query for objects.
type scanner[T any] = func(scan func(...any) error) (row[T], error)

// limit3 bounds a listing. A bare $3 would have SQLite look at its value and
// prepare the statement again each time, which costs more than a short page.
const limit3 = `LIMIT $3 + 0`

// byID reads the object of this store that query finds by its id.
func byID[T any](d *Driver, q sqldb.Query, s scanner[T], query, op string, kind identity.Kind, id identity.ID) (row[T], error) {
	found, err := sqldb.Collect(q, s, query, d.key, string(id))
	if err != nil {
		return row[T]{}, err
	}
	if len(found) == 0 {
		return row[T]{}, missing(op, kind, id)
	}
	return found[0], nil
}

// keyOf finds the row of an object of this store by its id.
func (d *Driver) keyOf(q sqldb.Query, query, op string, kind identity.Kind, id identity.ID) (key int64, err error) {
	if !identity.IsID(string(id)) {
		return 0, missing(op, kind, id)
	}
	err = q.Row(query, d.key, string(id)).Scan(&key)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, missing(op, kind, id)
	}
	return key, err
}

func (d *Driver) userKey(q sqldb.Query, op string, id identity.ID) (int64, error) {
	return d.keyOf(q, selectUserKey, op, identity.KindUser, id)
}

func (d *Driver) groupKey(q sqldb.Query, op string, id identity.ID) (int64, error) {
	return d.keyOf(q, selectGroupKey, op, identity.KindGroup, id)
}

// ids collects the ids that a query finds.
func ids(q sqldb.Query, query string, args ...any) ([]identity.ID, error) {
	return sqldb.Collect(q, sqldb.Value[identity.ID], query, args...)
}
