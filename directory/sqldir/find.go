package sqldir

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"rollcall/fault"
	"rollcall/identity"
	"rollcall/sqldb"
)

// Find opens the identity store id like [Center.Store], but makes none: it
// fails with fault.NotFound if there is none, whatever the id looks like. It is
// for ids that come from outside.
func (c *Center) Find(ctx context.Context, id identity.StoreID) (*Driver, error) {
	d := c.driver(time.Now)
	err := c.db.Read(ctx, func(q sqldb.Query) error {
		return q.Row(selectStore, string(id)).Scan(&d.key, &d.store.ID, &d.store.Instance, &d.bare, &d.secret)
	})
	if errors.Is(err, sql.ErrNoRows) {
		return nil, fault.Text(fault.NotFound, "open store", string(id), "there is none")
	}
	if err != nil {
		return nil, sqldb.Fault("open store", string(id), err)
	}
	return d, nil
}
