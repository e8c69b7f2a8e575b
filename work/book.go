package work

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"rollcall/fault"
	"rollcall/plan"
	"rollcall/sqldb"
)

// Book is what is written down about schedules: what is due, what was asked
// for, what was tried. It is safe for concurrent use.
type Book struct{ db *sqldb.DB }

// NewBook returns the book kept in db, which was opened with [Migrations].
func NewBook(db *sqldb.DB) Book { return Book{db: db} }

// Entry is what the book says about one sync.
type Entry struct {
	Sync     string
	Schedule string    // in words; empty without one
	Since    time.Time // when it was first seen
	Due      time.Time // zero: not by itself
	Paused   time.Time // zero: it is not
	PausedBy string
	PausedAs string // why
	Numbers  Numbers
}

// Entries returns what the book says, by the sync's name. Syncs that no service
// has seen are not in it.
func (b Book) Entries(ctx context.Context) (map[string]Entry, error) {
	all := map[string]Entry{}
	err := b.db.Read(ctx, func(q sqldb.Query) error {
		rows, err := q.Rows("SELECT sync, spec, since, due, paused, paused_by, paused_why, numbers FROM work_syncs")
		if err != nil {
			return err
		}
		return sqldb.Each(rows, func(scan func(...any) error) error {
			e, err := scanEntry(scan)
			all[e.Sync] = e
			return err
		})
	})
	return all, sqldb.Fault("read schedules", "", err)
}

func scanEntry(scan func(...any) error) (Entry, error) {
	var e Entry
	var since, due, paused int64
	var numbers string
	if err := scan(&e.Sync, &e.Schedule, &since, &due, &paused, &e.PausedBy, &e.PausedAs, &numbers); err != nil {
		return e, err
	}
	e.Since, e.Due, e.Paused = moment(since), moment(due), moment(paused)
	return e, json.Unmarshal([]byte(numbers), &e.Numbers)
}

// entry is the row of one sync; it is zero if there is none.
func entry(q sqldb.Query, sync string) (Entry, error) {
	e, err := scanEntry(q.Row("SELECT sync, spec, since, due, paused, paused_by, paused_why, numbers FROM work_syncs WHERE sync = $1", sync).Scan)
	if errors.Is(err, sql.ErrNoRows) {
		return Entry{}, nil
	}
	return e, err
}

// moment reads a time as the tables keep it.
func moment(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}

// instant writes a time as the tables keep it.
func instant(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

// Ask asks for a sync to be run at a time, or as soon as it can be if that has
// passed; the why is shown in its history. The same asked twice is one run, and
// so is everything that was asked for while a sync was waiting. A paused
// schedule does not stop it: somebody has asked.
func (b Book) Ask(ctx context.Context, sync string, at time.Time, why string, by plan.Actor) error {
	err := b.db.Write(ctx, func(tx *sqldb.Tx) error { return ask(tx, sync, at, why, by) })
	return sqldb.Fault("ask for run", "sync "+sync, err)
}

func ask(tx *sqldb.Tx, sync string, at time.Time, why string, by plan.Actor) error {
	_, err := tx.Exec("INSERT INTO work_asks (sync, at, why, actor, door) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
		sync, at.UnixMilli(), why, by.Name, by.Door)
	return err
}

// Pause stops a sync from being run by itself, whatever its schedule says,
// until [Book.Continue]. One that is under way goes on. It fails with
// fault.NotFound for a sync that no service has seen, and with fault.Conflict
// if it is paused already.
func (b Book) Pause(ctx context.Context, sync, by, why string, now time.Time) error {
	err := b.db.Write(ctx, func(tx *sqldb.Tx) error {
		e, err := entry(tx, sync)
		switch {
		case err != nil:
			return err
		case e.Sync == "":
			return unseen("pause schedule", sync)
		case !e.Paused.IsZero():
			return fault.Text(fault.Conflict, "pause schedule", "sync "+sync, fmt.Sprintf("%s has paused it already, since %s", e.PausedBy, e.Paused.Format(time.RFC3339)))
		}
		_, err = tx.Exec("UPDATE work_syncs SET paused = $1, paused_by = $2, paused_why = $3 WHERE sync = $4", now.UnixMilli(), by, why, sync)
		return err
	})
	return sqldb.Fault("pause schedule", "sync "+sync, err)
}

// Continue lets a paused schedule go on. What it missed is made up for once, if
// the sync makes up for anything. It fails with fault.NotFound if it is not
// paused.
func (b Book) Continue(ctx context.Context, sync string) error {
	err := b.db.Write(ctx, func(tx *sqldb.Tx) error {
		e, err := entry(tx, sync)
		if err == nil && e.Paused.IsZero() {
			err = fault.Text(fault.NotFound, "continue schedule", "sync "+sync, "it is not paused")
		}
		if err != nil {
			return err
		}
		_, err = tx.Exec("UPDATE work_syncs SET paused = 0, paused_by = '', paused_why = '' WHERE sync = $1", sync)
		return err
	})
	return sqldb.Fault("continue schedule", "sync "+sync, err)
}

func unseen(op, sync string) error {
	return fault.Text(fault.NotFound, op, "sync "+sync, "no service has seen it yet: it begins with rollcall serve")
}

// see writes down a sync that is new, or whose schedule was changed.
func (s *Service) see(tx *sqldb.Tx, one Sync, e Entry, now time.Time) (Entry, error) {
	spec := ""
	if one.Schedule != nil {
		spec = one.Schedule.String()
	}
	if e.Sync != "" && e.Schedule == spec {
		return e, nil
	}
	if e.Sync == "" {
		e = Entry{Sync: one.Name, Since: now}
	}
	if e.Schedule = spec; one.Schedule == nil {
		e.Due = time.Time{}
	} else {
		e.Due = one.Schedule.first(now, s.Random())
	}
	_, err := tx.Exec(`INSERT INTO work_syncs (sync, spec, since, due, paused, paused_by, paused_why, numbers) VALUES ($1, $2, $3, $4, 0, '', '', '{}')
		ON CONFLICT (sync) DO UPDATE SET spec = excluded.spec, due = excluded.due`, e.Sync, e.Schedule, instant(e.Since), instant(e.Due))
	return e, err
}

// move puts a sync's next run after now.
func (s *Service) move(tx *sqldb.Tx, one Sync, now time.Time) error {
	if one.Schedule == nil {
		return nil
	}
	_, err := tx.Exec("UPDATE work_syncs SET due = $1 WHERE sync = $2", instant(one.Schedule.Next(now, s.Random())), one.Name)
	return err
}
