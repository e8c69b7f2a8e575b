package sqldir

import (
	"time"

	"rollcall/directory"
	"rollcall/sqldb"
)

// Record stores events in the store's own log within tx, a write to the
// center's database: for those who keep what belongs to the store in tables
// beside its own, so that there is one log in one order. It numbers the events;
// actor and at count for all of them.
func (d *Driver) Record(tx *sqldb.Tx, actor directory.Actor, at time.Time, events ...directory.Event) error {
	w := &write{Tx: tx, driver: d, at: at.UnixMicro(), actor: actor}
	for _, e := range events {
		w.events = append(w.events, event{e.Operation, e.Kind, e.ID, string(e.Before), string(e.After)})
	}
	return w.flush()
}
