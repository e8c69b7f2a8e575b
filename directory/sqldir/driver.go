package sqldir

import (
	"context"
	"strconv"
	"time"

	"rollcall/directory"
	"rollcall/fault"
	"rollcall/identity"
	"rollcall/sqldb"
)

var (
	_ directory.Driver            = (*Driver)(nil)
	_ directory.StatusSetter      = (*Driver)(nil)
	_ directory.ExternalIDSetter  = (*Driver)(nil)
	_ directory.MemberChanger     = (*Driver)(nil)
	_ directory.Reviser           = (*Driver)(nil)
	_ directory.Feeder            = (*Driver)(nil)
	_ directory.NetworkController = (*Driver)(nil)
)

// Driver is one identity store of a [Center]. It is safe for concurrent use.
// What it holds of the store never changes once the store is made.
type Driver struct {
	db     *sqldb.DB
	key    int64
	store  directory.Store
	bare   bool
	secret []byte // signs page tokens
	now    func() time.Time

	settling *settling
}

// Store says which identity store this is, as the database has it now.
func (d *Driver) Store(ctx context.Context) (directory.Store, error) {
	var s directory.Store
	err := d.read(ctx, "describe store", string(d.store.ID), func(q sqldb.Query) error {
		return q.Row(`SELECT id, instance FROM stores WHERE key = $1 AND id = $2`, d.key, string(d.store.ID)).Scan(&s.ID, &s.Instance)
	})
	return s, err
}

// ChecksRevisions says that every object carries a revision that each write
// changes and checks (see [directory.Reviser]).
func (d *Driver) ChecksRevisions() {}

func (d *Driver) read(ctx context.Context, op, on string, fn func(q sqldb.Query) error) error {
	return sqldb.Fault(op, on, d.db.Read(ctx, fn))
}

// write is one write of this store: its transaction, its time, who makes it,
// and what the log will say of it.
type write struct {
	*sqldb.Tx
	driver  *Driver
	op, on  string
	at      int64 // microseconds since 1970
	actor   directory.Actor
	call    string  // its column
	events  []event // to be stored with it
	touched int     // how many memberships it has made and ended
}

func (d *Driver) write(ctx context.Context, op, on string, fn func(w *write) error) error {
	actor := directory.ActorOf(ctx)
	call := callColumn(ctx)
	err := d.db.Write(ctx, func(tx *sqldb.Tx) error {
		w := &write{Tx: tx, driver: d, op: op, on: on, at: d.now().UnixMicro(), actor: actor, call: call}
		err := fn(w)
		if err == nil {
			err = w.flush()
		}
		if err == nil {
			err = w.settle()
		}
		return taken(op, on, err)
	})
	return sqldb.Fault(op, on, err)
}

// created is the Meta of an object that w makes.
func (w *write) created() identity.Meta {
	by := w.actor.String()
	return identity.Meta{Revision: revisionText(1), CreatedAt: timeOf(w.at), UpdatedAt: timeOf(w.at), CreatedBy: by, UpdatedBy: by}
}

// updated is what m becomes when w is the write that makes revision.
func (w *write) updated(m *identity.Meta, revision int64) {
	m.Revision, m.UpdatedAt, m.UpdatedBy = revisionText(revision), timeOf(w.at), w.actor.String()
}

// revise checks the revision a caller gave against the one stored.
func (w *write) revise(given string, stored int64) error {
	if given != "" && given != revisionText(stored) {
		return fault.Text(fault.Stale, w.op, w.on, "it changed since it was read: the revision given is not the one stored; read it again")
	}
	return nil
}

// one checks that an UPDATE or DELETE that names the revision found its row.
func (w *write) one(changed interface{ RowsAffected() (int64, error) }) error {
	n, err := changed.RowsAffected()
	if err == nil && n != 1 {
		err = fault.Text(fault.Stale, w.op, w.on, "it changed while it was written; read it again")
	}
	return err
}

func (w *write) newID() (identity.ID, error) {
	return identity.NewID(w.driver.store.ID, w.driver.bare)
}

func revisionText(n int64) string { return "r" + strconv.FormatInt(n, 36) }

func timeOf(micros int64) time.Time { return time.UnixMicro(micros).UTC() }

// missing is the answer for an object that this store does not have, whether
// or not another one has it.
func missing(op string, kind identity.Kind, id identity.ID) error {
	return fault.Text(fault.NotFound, op, named(kind, id), "there is none with this id in the store")
}

// named says which object an error is about. What has not the form of an id
// may be anything, a name too, and is not repeated.
func named(kind identity.Kind, id identity.ID) string {
	if !identity.IsID(string(id)) {
		return string(kind)
	}
	return string(kind) + " " + string(id)
}
