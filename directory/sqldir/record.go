package sqldir

import (
	"context"
	"time"

	"rollcall/directory"
	"rollcall/identity"
	"rollcall/sqldb"
)

// Record stores events in the store's own log within tx, a write to the
// center's database: for those who keep what belongs to the store in tables
// beside its own, so that there is one log in one order. It numbers the events;
// at, and the actor and the call that ctx carries, count for all of them.
func (d *Driver) Record(ctx context.Context, tx *sqldb.Tx, at time.Time, events ...directory.Event) error {
	w := &write{Tx: tx, driver: d, at: at.UnixMicro(), actor: directory.ActorOf(ctx), call: callColumn(ctx)}
	for _, e := range events {
		w.events = append(w.events, event{e.Operation, e.Kind, e.ID, string(e.Before), string(e.After)})
	}
	return w.flush()
}

const selectLogs = `SELECT key FROM stores WHERE $1 = '' OR id = $1 ORDER BY key`

// Record is [Driver.Record] for what belongs to the center: the events go into
// the log of one store, or with an empty id into that of every store there is.
// Without such a store there is no log, and nothing is kept.
func (c *Center) Record(ctx context.Context, tx *sqldb.Tx, store identity.StoreID, at time.Time, events ...directory.Event) error {
	keys, err := sqldb.Collect(tx, sqldb.Value[int64], selectLogs, string(store))
	for _, key := range keys {
		if err == nil {
			err = (&Driver{key: key}).Record(ctx, tx, at, events...)
		}
	}
	return err
}
