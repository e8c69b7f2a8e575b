package sqldir

import (
	"context"

	"rollcall/fault"
	"rollcall/identity"
	"rollcall/sqldb"
)

const (
	countUsers  = `SELECT COUNT(*) FROM users WHERE store = $1`
	countGroups = `SELECT COUNT(*) FROM groups WHERE store = $1`
)

// Count returns how many users or groups the store has, without listing them;
// fault.Invalid for another kind.
func (d *Driver) Count(ctx context.Context, kind identity.Kind) (n int, err error) {
	query, known := map[identity.Kind]string{identity.KindUser: countUsers, identity.KindGroup: countGroups}[kind]
	if !known {
		return 0, fault.Text(fault.Invalid, "count", string(kind), "want users or groups")
	}
	err = d.read(ctx, "count", string(d.store.ID), func(q sqldb.Query) error { return q.Row(query, d.key).Scan(&n) })
	return n, err
}
