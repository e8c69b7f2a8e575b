// Package baseline remembers what complete reads of a source were like: how
// many people each OU and group held and how many had each attribute, and who
// has been gone since when.
//
// A read becomes a sync's baseline only once its plan was carried out, was
// empty, or was let through by a person, so that a state which brakes stopped
// never becomes the new normal. It keeps counts and anchors, no values.
package baseline

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"embed"
	"encoding/hex"
	"encoding/json"
	"errors"
	"time"

	"rollcall/fault"
	"rollcall/identity"
	"rollcall/source"
	"rollcall/sqldb"
)

//go:embed sqlite postgres
var tables embed.FS

// Migrations are the tables of baselines, reads and absences.
var Migrations = sqldb.Migrations{Owner: "baseline", FS: tables}

// Counts are what one complete read of a source came to: people in scope, but
// for Source, which is about everybody.
type Counts struct {
	People     int                       `json:"people"`
	OUs        map[string]int            `json:"ous,omitempty"`
	Groups     map[identity.Anchor]Group `json:"groups,omitempty"`     // in scope
	Attributes map[string]int            `json:"attributes,omitempty"` // by the path on the target: for how many it is set
	Source     map[string]int            `json:"source,omitempty"`     // by the source's own name in small letters: how many of everybody have it
	Everybody  int                       `json:"everybody"`
	Replica    source.Replica            `json:"replica,omitzero"` // which copy of the source was read
}

// Group is a group's name and how many people in scope it held.
type Group struct {
	Name    string `json:"name"`
	Members int    `json:"members"`
}

// Baseline is the last read of a sync that was accepted.
type Baseline struct {
	Made time.Time // when the read began, UTC
	Counts
}

// Store keeps baselines and absences. It is safe for concurrent use.
type Store struct{ db *sqldb.DB }

// New returns what is kept in db, which was opened with [Migrations].
func New(db *sqldb.DB) *Store { return &Store{db: db} }

// Of returns a sync's baseline, or nil if it has none yet.
func (s *Store) Of(ctx context.Context, sync string) (*Baseline, error) {
	var made int64
	var text string
	err := s.db.Read(ctx, func(q sqldb.Query) error {
		return q.Row("SELECT made, counts FROM baselines WHERE sync = $1", sync).Scan(&made, &text)
	})
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, sqldb.Fault("read baseline", "sync "+sync, err)
	}
	b := &Baseline{Made: time.UnixMilli(made).UTC()}
	if err := json.Unmarshal([]byte(text), &b.Counts); err != nil {
		return nil, fault.New(fault.Internal, "read baseline", "sync "+sync, err)
	}
	return b, nil
}

// keepReads is how long a read waits for its plan to be carried out.
const keepReads = 30 * 24 * time.Hour

// slack is how much earlier a read may have begun than one that was kept before
// it: the two were made side by side.
const slack = time.Hour

// Keep stores what a complete read came to, and returns the digest that a plan
// names it by. Reads that began [keepReads] before it are forgotten: carrying
// out their plans accepts nothing. One that by its clock began long before
// another is taken as the later one all the same, which it is: the clock was set.
func (s *Store) Keep(ctx context.Context, sync string, made time.Time, c *Counts) (digest string, err error) {
	text, err := json.Marshal(c)
	if err != nil {
		return "", fault.New(fault.Internal, "keep read", "sync "+sync, err)
	}
	sum := sha256.Sum256(text)
	digest = hex.EncodeToString(sum[:])
	err = s.db.Write(ctx, func(tx *sqldb.Tx) error {
		last, err := newest(tx, sync)
		if err != nil {
			return err
		}
		if made.Before(last.Add(-slack)) {
			made = last.Add(time.Millisecond)
		}
		_, err = tx.Exec("DELETE FROM baseline_reads WHERE sync = $1 AND made < $2", sync, made.Add(-keepReads).UnixMilli())
		if err != nil {
			return err
		}
		_, err = tx.Exec(`INSERT INTO baseline_reads (sync, digest, made, counts) VALUES ($1, $2, $3, $4)
			ON CONFLICT (sync, digest) DO UPDATE SET made = excluded.made`, sync, digest, made.UnixMilli(), string(text))
		return err
	})
	return digest, sqldb.Fault("keep read", "sync "+sync, err)
}

// rower is what reads one row; a transaction and a read do.
type rower interface {
	Row(query string, args ...any) *sql.Row
}

// newest is when the last read of a sync began that is known; zero if none is.
func newest(q rower, sync string) (time.Time, error) {
	var ms int64
	err := q.Row(`SELECT coalesce(max(made), 0) FROM (SELECT made FROM baseline_reads WHERE sync = $1
		UNION ALL SELECT made FROM baselines WHERE sync = $1) AS known`, sync).Scan(&ms)
	return moment(ms), err
}

// Overtaken returns when the read began that is a sync's baseline, if that is a
// later one than the read with a digest, and the zero time otherwise. A read that
// is kept no longer is older than any.
func (s *Store) Overtaken(ctx context.Context, sync, digest string) (time.Time, error) {
	var ms int64
	err := s.db.Read(ctx, func(q sqldb.Query) error {
		return q.Row(`SELECT made FROM baselines AS b WHERE sync = $1 AND digest <> $2
			AND NOT EXISTS (SELECT 1 FROM baseline_reads AS r WHERE r.sync = b.sync AND r.digest = $2 AND r.made >= b.made)`, sync, digest).Scan(&ms)
	})
	if errors.Is(err, sql.ErrNoRows) {
		return time.Time{}, nil
	}
	return moment(ms), sqldb.Fault("read baseline", "sync "+sync, err)
}

// Accept makes a read that was kept the sync's baseline, unless a later one is
// that already. A read that is kept no longer is accepted by nobody, which is
// no failure: the brakes stay where they are.
func (s *Store) Accept(ctx context.Context, sync, digest string) error {
	if digest == "" {
		return nil
	}
	err := s.db.Write(ctx, func(tx *sqldb.Tx) error {
		_, err := tx.Exec(`INSERT INTO baselines (sync, digest, made, counts)
			SELECT sync, digest, made, counts FROM baseline_reads WHERE sync = $1 AND digest = $2
			ON CONFLICT (sync) DO UPDATE SET digest = excluded.digest, made = excluded.made, counts = excluded.counts
			WHERE excluded.made >= baselines.made`, sync, digest)
		return err
	})
	return sqldb.Fault("accept read", "sync "+sync, err)
}

// ForgetCopy takes from a sync's baseline which copy of the source was read and
// how far that had come: the next read is compared with it in all else. It is
// part of a transaction that tells the journal who wanted that. It fails with
// fault.Stale if known is not the copy that was read last.
func ForgetCopy(tx *sqldb.Tx, sync string, known source.Replica) error {
	var text string
	if err := tx.Row("SELECT counts FROM baselines WHERE sync = $1", sync).Scan(&text); err != nil && !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	var counts Counts
	if text != "" {
		if err := json.Unmarshal([]byte(text), &counts); err != nil {
			return err
		}
	}
	if !counts.Replica.Equal(known) {
		return fault.Text(fault.Stale, "forget copy", "sync "+sync, "another copy of the source has been read and accepted since")
	}
	counts.Replica = source.Replica{}
	without, err := json.Marshal(counts)
	if err == nil {
		_, err = tx.Exec("UPDATE baselines SET counts = $1 WHERE sync = $2", string(without), sync)
	}
	return err
}

// Accepted says of every sync when the read began that was accepted last: since
// then the directory is as the source was.
func (s *Store) Accepted(ctx context.Context) (map[string]time.Time, error) {
	all := map[string]time.Time{}
	err := s.db.Read(ctx, func(q sqldb.Query) error {
		rows, err := q.Rows("SELECT sync, made FROM baselines")
		if err != nil {
			return err
		}
		return sqldb.Each(rows, func(scan func(...any) error) error {
			var sync string
			var made int64
			err := scan(&sync, &made)
			all[sync] = time.UnixMilli(made).UTC()
			return err
		})
	})
	return all, sqldb.Fault("read baselines", "", err)
}
