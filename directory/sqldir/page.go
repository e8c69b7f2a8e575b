package sqldir

import (
	"context"

	"rollcall/directory"
	"rollcall/directory/keyset"
	"rollcall/identity"
	"rollcall/sqldb"
)

// listing is what a page token belongs to: a listing of one kind, and the
// group or user whose memberships it lists.
type listing struct {
	op    string
	scope identity.ID // empty for users and groups
}

// list answers one page of a listing of this store; see [keyset.Page].
func list[T any](ctx context.Context, d *Driver, l listing, page directory.PageRequest,
	read func(q sqldb.Query, after int64, limit int) ([]row[T], error),
) (directory.Page[T], error) {
	return keyset.Page(keyset.Listing{Op: l.op, Scope: []string{string(l.scope)}, Secret: d.secret}, page,
		func(after int64, limit int) (found []row[T], err error) {
			err = d.read(ctx, l.op, "", func(q sqldb.Query) error {
				found, err = read(q, after, limit)
				return err
			})
			return found, err
		}, row[T].at)
}

func (r row[T]) at() (key int64, item T) { return r.key, r.item }
