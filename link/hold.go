package link

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"rollcall/fault"
	"rollcall/identity"
	"rollcall/sqldb"
)

// Hold keeps a person out: as long as it stands nothing may enable, re-create
// or grant to them, whatever the source says. It is kept by the record, not by
// the object, so that it survives deletion.
type Hold struct {
	Source string
	Anchor identity.Anchor
	Name   string // userName when the person was put out, for people to read
	Reason string
	By     string // who put them out
	Since  time.Time
}

// Hold puts a person on hold. Somebody held already stays held as they were:
// who put them out first, and why, is not overwritten. It fails with
// fault.Invalid if the source, anchor, reason or time is missing.
func (s *Store) Hold(ctx context.Context, h Hold) error {
	err := s.db.Write(ctx, func(tx *sqldb.Tx) error { return PutHold(tx, h) })
	return sqldb.Fault("hold", h.on(), err)
}

// PutHold is [Store.Hold] in the transaction of the outcome that put the
// person out.
func PutHold(tx *sqldb.Tx, h Hold) error {
	if err := h.check(); err != nil {
		return err
	}
	_, err := tx.Exec(`INSERT INTO holds (source, anchor, name, reason, held_by, since) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (source, anchor) DO NOTHING`,
		h.Source, string(h.Anchor), h.Name, h.Reason, h.By, h.Since.UnixMilli())
	return sqldb.Fault("hold", h.on(), err)
}

// check says what a hold lacks.
func (h Hold) check() error {
	problem := ""
	switch {
	case h.Source == "" || h.Anchor == "":
		problem = "a person is held by source and anchor; one is missing"
	case h.Reason == "":
		problem = "no reason is given"
	case h.Since.IsZero():
		problem = "no time"
	}
	if problem != "" {
		return fault.Text(fault.Invalid, "hold", h.on(), problem)
	}
	return nil
}

// EraseHold takes the name and the reason out of a hold. The hold stands: it is
// what keeps the person out. There being none is no failure.
func (s *Store) EraseHold(ctx context.Context, source string, anchor identity.Anchor) error {
	err := s.db.Write(ctx, func(tx *sqldb.Tx) error {
		_, err := tx.Exec("UPDATE holds SET name = '', reason = '(erased)' WHERE source = $1 AND anchor = $2", source, string(anchor))
		return err
	})
	return sqldb.Fault("erase", Hold{Source: source}.on(), err)
}

// DropHold ends the hold that began then, in the transaction of the outcome that
// lets the person back in. There being none is no failure, and a later one
// stands.
func DropHold(tx *sqldb.Tx, source string, anchor identity.Anchor, since time.Time) error {
	_, err := tx.Exec("DELETE FROM holds WHERE source = $1 AND anchor = $2 AND since = $3", source, string(anchor), since.UnixMilli())
	return sqldb.Fault("release", Hold{Source: source}.on(), err)
}

// Release ends a hold and returns it as it was. It fails with fault.NotFound
// if the person is not held.
func (s *Store) Release(ctx context.Context, source string, anchor identity.Anchor) (Hold, error) {
	var h Hold
	err := s.db.Write(ctx, func(tx *sqldb.Tx) (err error) {
		h, err = scanHold(tx.Row("SELECT "+holdColumns+" FROM holds WHERE source = $1 AND anchor = $2", source, string(anchor)).Scan)
		if errors.Is(err, sql.ErrNoRows) {
			return fault.Text(fault.NotFound, "release", Hold{Source: source}.on(), "is not held")
		}
		if err != nil {
			return err
		}
		_, err = tx.Exec("DELETE FROM holds WHERE source = $1 AND anchor = $2", source, string(anchor))
		return err
	})
	if err != nil {
		return Hold{}, sqldb.Fault("release", Hold{Source: source}.on(), err)
	}
	return h, nil
}

// Holds lists everybody who is held, sorted by source, then anchor.
func (s *Store) Holds(ctx context.Context) ([]Hold, error) {
	var all []Hold
	err := s.db.Read(ctx, func(q sqldb.Query) (err error) {
		all, err = sqldb.Collect(q, scanHold, "SELECT "+holdColumns+" FROM holds ORDER BY source, anchor")
		return err
	})
	return all, sqldb.Fault("list holds", "", err)
}

// HeldObjects lists the accounts in a directory that belong to people who are
// held.
func (s *Store) HeldObjects(ctx context.Context, directory string) (map[identity.ID]bool, error) {
	held := map[identity.ID]bool{}
	err := s.db.Read(ctx, func(q sqldb.Query) error {
		rows, err := q.Rows(`SELECT l.object FROM holds h JOIN links l ON l.source = h.source AND l.anchor = h.anchor
			WHERE l.directory = $1 AND l.kind = $2`, directory, string(identity.KindUser))
		if err != nil {
			return err
		}
		return sqldb.Each(rows, func(row func(...any) error) error {
			var id identity.ID
			err := row(&id)
			held[id] = true
			return err
		})
	})
	return held, sqldb.Fault("list holds", "directory "+directory, err)
}

// Held returns the hold of a person, and whether there is one.
func (s *Store) Held(ctx context.Context, source string, anchor identity.Anchor) (Hold, bool, error) {
	var h Hold
	err := s.db.Read(ctx, func(q sqldb.Query) (err error) {
		h, err = scanHold(q.Row("SELECT "+holdColumns+" FROM holds WHERE source = $1 AND anchor = $2", source, string(anchor)).Scan)
		return err
	})
	if errors.Is(err, sql.ErrNoRows) {
		return Hold{}, false, nil
	}
	return h, err == nil, sqldb.Fault("find hold", Hold{Source: source}.on(), err)
}

const holdColumns = "source, anchor, name, reason, held_by, since"

func scanHold(row func(...any) error) (h Hold, err error) {
	var since int64
	err = row(&h.Source, &h.Anchor, &h.Name, &h.Reason, &h.By, &since)
	h.Since = moment(since)
	return h, err
}

func (h Hold) on() string { return "person of source " + h.Source }
