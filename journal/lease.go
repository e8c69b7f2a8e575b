package journal

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"rollcall/fault"
	"rollcall/sqldb"
)

// A lease says who is at a run. Whoever dies stops renewing it, and then
// another may take it over.
const (
	// LeaseTime is how long a lease holds without being renewed. Clocks of
	// machines that share a state must agree better than that.
	LeaseTime = 15 * time.Second
	// RenewEvery is how often a live run renews its lease.
	RenewEvery = 5 * time.Second
)

// lease is held by one run. Its epoch grows each time it is taken, so that one
// who lost it and does not know is recognised.
type lease struct {
	name  string
	run   string
	epoch int64
}

// leaseName is what a run must hold: syncs of one target exclude each other,
// everything else runs beside them.
func leaseName(target, sync, run string) string {
	if sync != "" {
		return "sync:" + target
	}
	return "run:" + run
}

// take takes l for its run and sets its epoch. It fails with fault.Conflict
// while somebody holds it.
func (l *lease) take(tx *sqldb.Tx, holder string, now int64) error {
	var run, by string
	var since, expires int64
	err := tx.Row("SELECT run, holder, epoch, since, expires FROM leases WHERE name = $1", l.name).Scan(&run, &by, &l.epoch, &since, &expires)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		l.epoch = 0
	case err != nil:
		return err
	case expires > now:
		return held(tx, run, by, since)
	}
	l.epoch++
	_, err = tx.Exec(`INSERT INTO leases (name, run, holder, epoch, since, expires) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (name) DO UPDATE SET run = excluded.run, holder = excluded.holder, epoch = excluded.epoch,
		since = excluded.since, expires = excluded.expires`,
		l.name, l.run, holder, l.epoch, now, now+LeaseTime.Milliseconds())
	return err
}

// held says who has the lease.
func held(tx *sqldb.Tx, run, holder string, since int64) error {
	var actor, door string
	err := tx.Row("SELECT actor, door FROM runs WHERE id = $1", run).Scan(&actor, &door)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	return fault.Text(fault.Conflict, "begin run", "", fmt.Sprintf(
		"run %s of %s (%s) is at it on %s since %s; wait for it, or look at it with: rollcall run show %s",
		run, actor, door, holder, moment(since).Format(time.RFC3339), run))
}

// check fails with fault.Stale unless l is still its run's. Expiry alone does
// not matter: whoever takes an expired lease over changes its epoch, and does
// so in a transaction of its own, before or after this one.
func (l *lease) check(tx *sqldb.Tx) error {
	var n int
	err := tx.Row("SELECT COUNT(*) FROM leases WHERE name = $1 AND run = $2 AND epoch = $3", l.name, l.run, l.epoch).Scan(&n)
	if err == nil && n == 0 {
		return l.lostTo("another process has taken the run over, or the run is over")
	}
	return err
}

func (l *lease) lostTo(why string) *fault.Error {
	return fault.Text(fault.Stale, "hold lease", "run "+l.run, "the lease is lost: "+why)
}

// renew extends l. It fails with fault.Stale if l is lost.
func (l *lease) renew(ctx context.Context, j *Journal) error {
	return j.write(ctx, "renew lease", "run "+l.run, func(tx *sqldb.Tx) error {
		if err := l.check(tx); err != nil {
			return err
		}
		_, err := tx.Exec("UPDATE leases SET expires = $1 WHERE name = $2", j.now()+LeaseTime.Milliseconds(), l.name)
		return err
	})
}

// giveBack ends l without forgetting its epoch: the run may be resumed.
func (l *lease) giveBack(tx *sqldb.Tx) error {
	_, err := tx.Exec("UPDATE leases SET expires = 0 WHERE name = $1 AND run = $2 AND epoch = $3", l.name, l.run, l.epoch)
	return err
}

// finish ends l for good. The row of a sync's lease stays, for its epoch.
func (l *lease) finish(tx *sqldb.Tx) error {
	if err := l.giveBack(tx); err != nil {
		return err
	}
	_, err := tx.Exec("DELETE FROM leases WHERE name = $1 AND name = $2", l.name, leaseName("", "", l.run))
	return err
}

// keep renews the lease of r until ctx ends, and tells r when it is lost.
func (r *Run) keep(ctx context.Context) {
	good := r.j.clock.Now().Add(LeaseTime)
	for {
		select {
		case <-ctx.Done():
			return
		case <-r.j.clock.After(RenewEvery):
		}
		asked := r.j.clock.Now()
		err := r.lease.renew(ctx, r.j)
		switch {
		case err == nil:
			good = asked.Add(LeaseTime)
		case ctx.Err() != nil:
			return
		case fault.Is(err, fault.Stale):
			r.lose(err)
			return
		case !r.j.clock.Now().Before(good):
			r.lose(fault.New(fault.Stale, "hold lease", "run "+r.ID(), fmt.Errorf("it could not be renewed for %s: %w", LeaseTime, err)))
			return
		}
	}
}
