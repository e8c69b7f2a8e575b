package link

import (
	"rollcall/fault"
	"rollcall/identity"
	"rollcall/sqldb"
)

const putOp = "remember link"

// Put writes a record's link, in the transaction of the outcome that made it
// true. A record that had another object in this directory has this one from
// now on: an object made again has a new id. An empty Origin and a zero Since
// keep what the link has already, if it is with the same object.
//
// It fails with fault.Conflict if the object belongs to another record, and
// with fault.Invalid if something is missing.
func Put(tx *sqldb.Tx, l Link) error {
	owner, taken, err := byObject(tx, l.Directory, l.Record.Kind, l.Object)
	if err != nil {
		return sqldb.Fault(putOp, l.on(), err)
	}
	if taken && owner.Record != l.Record {
		return fault.Text(fault.Conflict, putOp, l.on(), "it belongs to another record, of source "+owner.Record.Source)
	}
	if taken && l.Origin == "" {
		l.Origin = owner.Origin
	}
	if taken && l.Since.IsZero() {
		l.Since = owner.Since
	}
	if err := l.check(); err != nil {
		return err
	}
	_, err = tx.Exec(`INSERT INTO links (`+columns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
		ON CONFLICT (directory, kind, anchor, source) DO UPDATE SET object = excluded.object, origin = excluded.origin,
		name = excluded.name, fingerprint = excluded.fingerprint, since = excluded.since`,
		l.Directory, string(l.Record.Kind), string(l.Record.Anchor), l.Record.Source,
		string(l.Object), string(l.Origin), l.Name, l.Fingerprint, l.Since.UnixMilli())
	return sqldb.Fault(putOp, l.on(), err)
}

// Drop forgets the link of an object that is gone. There being none is no
// failure.
func Drop(tx *sqldb.Tx, directory string, kind identity.Kind, id identity.ID) error {
	_, err := tx.Exec("DELETE FROM links WHERE directory = $1 AND kind = $2 AND object = $3", directory, string(kind), string(id))
	return sqldb.Fault("forget link", string(kind)+" "+string(id), err)
}

func (l Link) on() string { return string(l.Record.Kind) + " " + string(l.Object) }

// check says what a link lacks.
func (l Link) check() error {
	problem := ""
	switch {
	case l.Directory == "":
		problem = "no directory"
	case l.Record.Kind != identity.KindUser && l.Record.Kind != identity.KindGroup:
		problem = "only users and groups are linked"
	case l.Record.Source == "":
		problem = "no source"
	case l.Record.Anchor == "":
		problem = "no anchor"
	case l.Object == "":
		problem = "no object"
	case l.Origin != Created && l.Origin != Adopted:
		problem = `its origin is neither "created" nor "adopted"`
	case l.Since.IsZero():
		problem = "no time"
	}
	if problem == "" {
		return nil
	}
	return fault.Text(fault.Invalid, putOp, l.on(), problem)
}
