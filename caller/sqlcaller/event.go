package sqlcaller

import (
	"context"
	"time"

	"rollcall/caller"
	"rollcall/directory"
	"rollcall/identity"
	"rollcall/sqldb"
)

// Recorder stores events in the log of a store, or with an empty id in that of
// every store of the database, in the transaction of the write that they tell
// of; the embedded directory has one.
type Recorder func(ctx context.Context, tx *sqldb.Tx, store identity.StoreID, at time.Time, events ...directory.Event) error

// Option changes how [New] keeps keys and tokens.
type Option func(*Center)

// Record keeps a log of what changes who may come in: keys and tokens, not
// their use. Without it there is none.
func Record(r Recorder) Option { return func(c *Center) { c.record = r } }

// event is one change of who may come in, as the log has it.
type event struct {
	store         identity.StoreID // empty: a key opens every store
	operation     string
	kind          identity.Kind
	id            string
	before, after any // nil for a creation, for a deletion
}

// log stores e with the write that tx is.
func (c *Center) log(ctx context.Context, tx *sqldb.Tx, e event) error {
	if c.record == nil {
		return nil
	}
	before, err := directory.Image(e.before)
	if err != nil {
		return err
	}
	after, err := directory.Image(e.after)
	if err != nil {
		return err
	}
	return c.record(ctx, tx, e.store, time.Now(), directory.Event{
		Operation: e.operation, Kind: e.kind, ID: identity.ID(e.id), Before: before, After: after,
	})
}

func (c *Center) logKey(ctx context.Context, tx *sqldb.Tx, operation string, before, after *caller.Key) error {
	e := event{operation: operation, kind: caller.KindKey}
	if before != nil {
		e.id, e.before = before.ID, caller.EventOf(*before)
	}
	if after != nil {
		e.id, e.after = after.ID, caller.EventOf(*after)
	}
	return c.log(ctx, tx, e)
}
