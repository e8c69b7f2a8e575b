package baseline

import (
	"context"
	"time"

	"rollcall/identity"
	"rollcall/sqldb"
)

// Key names somebody of a sync's source.
type Key struct {
	Kind   identity.Kind
	Anchor identity.Anchor
}

// Absence says since when a linked person or group has been gone from the
// source, or out of scope, in every complete read.
type Absence struct {
	Since    time.Time // UTC
	Disabled time.Time // since when the account has been disabled, too; zero while it is not
}

// Note remembers who is gone in a complete read that began at a moment: gone
// says of each whether the account is disabled. Whoever is not in it is back,
// and begins anew when gone again. It returns what holds from now on.
//
// Nobody is gone since before the last read that is known. A machine that begins
// with its clock in the year 1970 would end every grace period as soon as it is set.
func (s *Store) Note(ctx context.Context, sync string, at time.Time, gone map[Key]bool) (map[Key]Absence, error) {
	known, err := s.absences(ctx, sync)
	if err != nil {
		return nil, err
	}
	if len(gone) > 0 {
		var last time.Time
		if err := s.db.Read(ctx, func(q sqldb.Query) (err error) { last, err = newest(q, sync); return err }); err != nil {
			return nil, sqldb.Fault("note absences", "sync "+sync, err)
		}
		if at.Before(last) {
			at = last
		}
	}
	changed, back := compare(known, gone, at)
	if len(changed) > 0 || len(back) > 0 {
		err = s.db.Write(ctx, func(tx *sqldb.Tx) error { return save(tx, sync, known, changed, back) })
	}
	return known, sqldb.Fault("note absences", "sync "+sync, err)
}

// compare brings known up to date, and says what of it is new or different
// and who is back.
func compare(known map[Key]Absence, gone map[Key]bool, at time.Time) (changed, back []Key) {
	at = at.UTC().Truncate(time.Millisecond)
	for key := range known {
		if _, still := gone[key]; !still {
			delete(known, key)
			back = append(back, key)
		}
	}
	for key, disabled := range gone {
		a, before := known[key]
		if !before {
			a.Since = at
		}
		turned := disabled == a.Disabled.IsZero()
		switch {
		case turned && disabled:
			a.Disabled = at
		case turned:
			a.Disabled = time.Time{}
		}
		if !before || turned {
			known[key] = a
			changed = append(changed, key)
		}
	}
	return changed, back
}

func save(tx *sqldb.Tx, sync string, known map[Key]Absence, changed, back []Key) error {
	for _, key := range back {
		_, err := tx.Exec("DELETE FROM absences WHERE sync = $1 AND kind = $2 AND anchor = $3", sync, string(key.Kind), string(key.Anchor))
		if err != nil {
			return err
		}
	}
	for _, key := range changed {
		a := known[key]
		_, err := tx.Exec(`INSERT INTO absences (sync, kind, anchor, since, disabled) VALUES ($1, $2, $3, $4, $5)
			ON CONFLICT (sync, kind, anchor) DO UPDATE SET since = excluded.since, disabled = excluded.disabled`,
			sync, string(key.Kind), string(key.Anchor), milliseconds(a.Since), milliseconds(a.Disabled))
		if err != nil {
			return err
		}
	}
	return nil
}

// Disabled remembers that the accounts of people who are gone were disabled at a
// moment; of those who are not gone, or were disabled before, it changes nothing.
// [Store.Note] finds that out, too, with the next complete read.
func (s *Store) Disabled(ctx context.Context, sync string, at time.Time, people []identity.Anchor) error {
	if len(people) == 0 {
		return nil
	}
	err := s.db.Write(ctx, func(tx *sqldb.Tx) error {
		for _, anchor := range people {
			_, err := tx.Exec("UPDATE absences SET disabled = CASE WHEN $1 > since THEN $1 ELSE since END WHERE sync = $2 AND kind = $3 AND anchor = $4 AND disabled = 0",
				at.UnixMilli(), sync, string(identity.KindUser), string(anchor))
			if err != nil {
				return err
			}
		}
		return nil
	})
	return sqldb.Fault("note absences", "sync "+sync, err)
}

// NextEnd is when the next of the grace periods of a sync ends that ends after a
// moment; zero if none does. That of somebody who is not disabled yet is counted
// from when they went: they may be in a directory that cannot disable.
func (s *Store) NextEnd(ctx context.Context, sync string, grace time.Duration, after time.Time) (time.Time, error) {
	var began int64
	err := s.db.Read(ctx, func(q sqldb.Query) error {
		return q.Row(`SELECT coalesce(min(CASE WHEN disabled > 0 THEN disabled ELSE since END), 0) FROM absences
			WHERE sync = $1 AND CASE WHEN disabled > 0 THEN disabled ELSE since END > $2`, sync, after.Add(-grace).UnixMilli()).Scan(&began)
	})
	if err != nil || began == 0 {
		return time.Time{}, sqldb.Fault("read absences", "sync "+sync, err)
	}
	return moment(began).Add(grace), nil
}

// Forget drops what is known of a record that is gone from the source of a sync:
// since when it is.
func (s *Store) Forget(ctx context.Context, sync string, k Key) error {
	err := s.db.Write(ctx, func(tx *sqldb.Tx) error {
		_, err := tx.Exec("DELETE FROM absences WHERE sync = $1 AND kind = $2 AND anchor = $3", sync, string(k.Kind), string(k.Anchor))
		return err
	})
	return sqldb.Fault("forget absence", "sync "+sync, err)
}

func (s *Store) absences(ctx context.Context, sync string) (map[Key]Absence, error) {
	all := map[Key]Absence{}
	err := s.db.Read(ctx, func(q sqldb.Query) error {
		rows, err := q.Rows("SELECT kind, anchor, since, disabled FROM absences WHERE sync = $1", sync)
		if err != nil {
			return err
		}
		return sqldb.Each(rows, func(scan func(...any) error) error {
			var key Key
			var since, disabled int64
			err := scan(&key.Kind, &key.Anchor, &since, &disabled)
			all[key] = Absence{Since: moment(since), Disabled: moment(disabled)}
			return err
		})
	})
	return all, sqldb.Fault("read absences", "sync "+sync, err)
}

func milliseconds(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

func moment(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}
