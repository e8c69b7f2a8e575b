package sqlassignment

import (
	"context"
	"slices"

	"rollcall/assignment"
	"rollcall/directory/keyset"
	"rollcall/sqldb"
)

// limit3 bounds a listing. A bare $3 would have SQLite look at its value and
// prepare the statement again each time, which costs more than a short page.
const limit3 = `LIMIT $3 + 0`

// row is an item with its place in the listing.
type row[T any] struct {
	key  int64
	item T
}

// listing is what a page token belongs to: what is listed, and of what.
type listing struct {
	op    string
	scope []string
}

// scanner reads one row of a query.
type scanner[T any] = func(scan func(...any) error) (row[T], error)

// list answers one page of a listing of this instance; see [keyset.Page].
func list[T any](ctx context.Context, d *Driver, l listing, page assignment.PageRequest,
	read func(q sqldb.Query, after int64, limit int) ([]row[T], error),
) (assignment.Page[T], error) {
	return keyset.Page(keyset.Listing{Op: l.op, Scope: l.scope, Secret: d.secret}, page,
		func(after int64, limit int) (found []row[T], err error) {
			err = d.read(ctx, l.op, func(q sqldb.Query) error {
				found, err = read(q, after, limit)
				return err
			})
			return found, err
		}, row[T].at)
}

func (r row[T]) at() (key int64, item T) { return r.key, r.item }

// merge puts rows of several queries into the order of one listing.
func merge[T any](rows []row[T], limit int) []row[T] {
	slices.SortFunc(rows, func(a, b row[T]) int { return int(min(max(a.key-b.key, -1), 1)) })
	return rows[:min(len(rows), limit)]
}
