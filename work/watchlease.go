package work

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"rollcall/journal"
	"rollcall/sqldb"
)

// Watching is who watches the source of a sync.
type Watching struct {
	Sync, Holder string
	Since        time.Time // when the holder began
}

// Watches are the syncs that are watched now, by name.
func (b Book) Watches(ctx context.Context, now time.Time) (map[string]Watching, error) {
	all := map[string]Watching{}
	err := b.db.Read(ctx, func(q sqldb.Query) error {
		rows, err := q.Rows("SELECT sync, holder, since FROM work_watches WHERE expires > $1", now.UnixMilli())
		if err != nil {
			return err
		}
		return sqldb.Each(rows, func(scan func(...any) error) error {
			var w Watching
			var since int64
			err := scan(&w.Sync, &w.Holder, &since)
			w.Since = moment(since)
			all[w.Sync] = w
			return err
		})
	})
	return all, sqldb.Fault("read watches", "", err)
}

// takeWatch makes this process the one that watches a sync; 0 if another one
// does.
func (s *Service) takeWatch(ctx context.Context, sync string) (epoch int64, err error) {
	now := s.Clock.Now()
	err = s.db.Write(ctx, func(tx *sqldb.Tx) error {
		err := tx.Row(`INSERT INTO work_watches (sync, holder, epoch, since, expires) VALUES ($1, $2, 1, $3, $4)
			ON CONFLICT (sync) DO UPDATE SET holder = excluded.holder, epoch = work_watches.epoch + 1, since = excluded.since, expires = excluded.expires
			WHERE work_watches.expires <= $3 RETURNING epoch`,
			sync, s.Holder, now.UnixMilli(), now.Add(journal.LeaseTime).UnixMilli()).Scan(&epoch)
		if errors.Is(err, sql.ErrNoRows) {
			epoch = 0
			return nil
		}
		return err
	})
	return epoch, sqldb.Fault("take watch", "sync "+sync, err)
}

// keepWatch holds a watch until ctx ends, and calls lost when another process
// has it, or may have it.
func (s *Service) keepWatch(ctx context.Context, sync string, epoch int64, lost func()) {
	s.renew(ctx, func(until time.Time) (bool, error) { return s.setWatch(ctx, sync, epoch, until) }, lost)
}

// leaveWatch lets another process watch at once.
func (s *Service) leaveWatch(sync string, epoch int64) {
	ctx, cancel := context.WithTimeout(context.Background(), journal.RenewEvery)
	defer cancel()
	if _, err := s.setWatch(ctx, sync, epoch, time.Time{}); err != nil {
		s.Log.Error("watch not given back", "sync", sync, "err", err)
	}
}

func (s *Service) setWatch(ctx context.Context, sync string, epoch int64, until time.Time) (mine bool, err error) {
	err = s.db.Write(ctx, func(tx *sqldb.Tx) error {
		done, err := tx.Exec("UPDATE work_watches SET expires = $1 WHERE sync = $2 AND epoch = $3", instant(until), sync, epoch)
		if err != nil {
			return err
		}
		n, err := done.RowsAffected()
		mine = n > 0
		return err
	})
	return mine, err
}
