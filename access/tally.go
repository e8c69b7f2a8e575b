package access

import (
	"context"
	"time"

	"rollcall/sqldb"
)

// Tally keeps the few numbers about access that those who watch a service are
// shown, so that nobody reads AWS for them. It is safe for concurrent use, by
// several processes too.
type Tally struct{ db *sqldb.DB }

// NewTally returns what is kept in db, which was opened with [Migrations].
func NewTally(db *sqldb.DB) *Tally { return &Tally{db: db} }

// Counted is what is known about one directory.
type Counted struct {
	Orphans       int       // assignments of a user or group that is not there
	Looked        time.Time // when that was; zero: nobody has looked
	SessionsUntil time.Time // when the last role session of somebody put out ends, at the latest; zero: there was none
}

// Orphans keeps how many a complete read found. An older one than is kept is
// left out.
func (t *Tally) Orphans(ctx context.Context, directory string, n int, at time.Time) error {
	return t.write(ctx, directory, `INSERT INTO access_tally (directory, orphans, looked) VALUES ($1, $2, $3)
		ON CONFLICT (directory) DO UPDATE SET orphans = excluded.orphans, looked = excluded.looked WHERE access_tally.looked <= excluded.looked`,
		directory, n, at.UnixMilli())
}

// Session keeps that a role session can live until a moment; the last one
// counts.
func (t *Tally) Session(ctx context.Context, directory string, until time.Time) error {
	return t.write(ctx, directory, `INSERT INTO access_tally (directory, sessions_until) VALUES ($1, $2)
		ON CONFLICT (directory) DO UPDATE SET sessions_until = excluded.sessions_until WHERE access_tally.sessions_until < excluded.sessions_until`,
		directory, until.UnixMilli())
}

func (t *Tally) write(ctx context.Context, directory, statement string, args ...any) error {
	err := t.db.Write(ctx, func(tx *sqldb.Tx) error {
		_, err := tx.Exec(statement, args...)
		return err
	})
	return sqldb.Fault("keep numbers of access", directory, err)
}

// All returns what is kept, by directory.
func (t *Tally) All(ctx context.Context) (map[string]Counted, error) {
	all := map[string]Counted{}
	moment := func(ms int64) time.Time {
		if ms == 0 {
			return time.Time{}
		}
		return time.UnixMilli(ms).UTC()
	}
	err := t.db.Read(ctx, func(q sqldb.Query) error {
		rows, err := q.Rows("SELECT directory, orphans, looked, sessions_until FROM access_tally")
		if err != nil {
			return err
		}
		return sqldb.Each(rows, func(scan func(...any) error) error {
			var name string
			var c Counted
			var looked, until int64
			err := scan(&name, &c.Orphans, &looked, &until)
			c.Looked, c.SessionsUntil = moment(looked), moment(until)
			all[name] = c
			return err
		})
	})
	return all, sqldb.Fault("read numbers of access", "", err)
}
