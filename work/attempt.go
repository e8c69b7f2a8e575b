package work

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"rollcall/journal"
	"rollcall/plan"
	"rollcall/sqldb"
)

// Status says what an attempt came to.
type Status string

// The states of an attempt.
const (
	Open      Status = ""          // under way, or waiting to be gone on with
	Unchanged Status = "unchanged" // nothing was to be done
	Complete  Status = "complete"  // everything was done
	Partly    Status = "partly"    // some objects failed
	Refused   Status = "refused"   // some changes were not made because the world had changed
	Braked    Status = "braked"    // a brake stopped the plan
	Waiting   Status = "waiting"   // the plan needs approval, or was rejected
	Failed    Status = "failed"    // no plan could be made or carried out
	Busy      Status = "busy"      // somebody else's run held the target; it is tried again
	Missed    Status = "missed"    // it was due while nobody was at work
)

// Good reports whether the directory is now as the source says.
func (s Status) Good() bool { return s == Unchanged || s == Complete }

// Attempt is one time that a sync was to be run.
type Attempt struct {
	Number  int64
	Sync    string // empty: a flow, or a command's run that is gone on with
	Flow    int64  // the flow that it carries out; 0: none
	Due     time.Time
	Began   time.Time
	Ended   time.Time // zero while it is open
	Why     string
	By      plan.Actor
	Holder  string // the last process at it
	Plan    plan.ID
	Run     string
	Status  Status
	Fault   string // the kind of failure
	Text    string // what went wrong
	Changes int    // planned
	Made    int

	lane    string
	epoch   int64
	tries   int      // of the flow
	byHand  bool     // somebody wants the flow carried out now
	numbers *Numbers // of the plan, if it was made in this life
}

const attemptColumns = `num, sync, lane, due, began, ended, why, actor, door, holder, epoch, plan, run, status, fault, text, changes, made, flow`

func scanAttempt(scan func(...any) error) (Attempt, error) {
	var a Attempt
	var due, began, ended int64
	err := scan(&a.Number, &a.Sync, &a.lane, &due, &began, &ended, &a.Why, &a.By.Name, &a.By.Door, &a.Holder, &a.epoch,
		&a.Plan, &a.Run, &a.Status, &a.Fault, &a.Text, &a.Changes, &a.Made, &a.Flow)
	a.Due, a.Began, a.Ended = moment(due), moment(began), moment(ended)
	return a, err
}

func attempts(q sqldb.Query, where string, args ...any) ([]Attempt, error) {
	return sqldb.Collect(q, scanAttempt, "SELECT "+attemptColumns+" FROM work_attempts "+where, args...)
}

// Attempts lists what was tried, newest first, at most limit; only a sync's if
// sync is not empty.
func (b Book) Attempts(ctx context.Context, sync string, limit int) ([]Attempt, error) {
	var all []Attempt
	err := b.db.Read(ctx, func(q sqldb.Query) (err error) {
		all, err = attempts(q, "WHERE sync = $1 OR $1 = '' ORDER BY num DESC LIMIT $2", sync, limit)
		return err
	})
	return all, sqldb.Fault("list attempts", "", err)
}

// An attempt is held by a lease, like a run ([journal.LeaseTime]): whoever dies
// stops renewing it.

// insert begins an attempt for this process.
func (s *Service) insert(tx *sqldb.Tx, a *Attempt, now time.Time) error {
	a.Began, a.Holder, a.epoch = now, s.Holder, 1
	return tx.Row(`INSERT INTO work_attempts (sync, lane, due, began, ended, why, actor, door, holder, epoch, expires, plan, run, status, fault, text, changes, made, flow)
		VALUES ($1, $2, $3, $4, 0, $5, $6, $7, $8, 1, $9, $10, $11, '', '', '', 0, 0, $12) RETURNING num`,
		a.Sync, a.lane, instant(a.Due), instant(now), a.Why, a.By.Name, a.By.Door, s.Holder, now.Add(journal.LeaseTime).UnixMilli(),
		string(a.Plan), a.Run, a.Flow).Scan(&a.Number)
}

// inLane returns the open attempt of a lane.
func inLane(q sqldb.Query, lane string) (Attempt, bool, error) {
	a, err := scanAttempt(q.Row("SELECT "+attemptColumns+" FROM work_attempts WHERE lane = $1 AND ended = 0", lane).Scan)
	if errors.Is(err, sql.ErrNoRows) {
		return a, false, nil
	}
	return a, err == nil, err
}

// planTaken reports whether an open attempt is about a plan, and so about its
// run.
func planTaken(q sqldb.Query, id plan.ID) (bool, error) {
	n := 0
	err := q.Row("SELECT count(*) FROM work_attempts WHERE ended = 0 AND plan = $1", string(id)).Scan(&n)
	return n > 0, err
}

// takeOver makes this process the holder of an attempt whose lease has ended.
// It reports false if somebody else has it.
func (s *Service) takeOver(ctx context.Context, number int64) (a Attempt, ok bool, err error) {
	now := s.Clock.Now()
	err = s.db.Write(ctx, func(tx *sqldb.Tx) error {
		ok = false
		all, err := attempts(tx, "WHERE num = $1 AND ended = 0 AND expires <= $2", number, now.UnixMilli())
		if err != nil || len(all) == 0 {
			return err
		}
		a, ok = all[0], true
		a.epoch++
		a.Holder = s.Holder
		_, err = tx.Exec("UPDATE work_attempts SET holder = $1, epoch = $2, expires = $3 WHERE num = $4",
			s.Holder, a.epoch, now.Add(journal.LeaseTime).UnixMilli(), a.Number)
		return err
	})
	return a, ok, sqldb.Fault("take attempt over", a.Sync, err)
}

// update writes to an attempt that this process still holds; false if it does
// not.
func update(tx *sqldb.Tx, a *Attempt, set string, args ...any) (bool, error) {
	args = append([]any{a.Number, a.epoch}, args...)
	done, err := tx.Exec("UPDATE work_attempts SET "+set+" WHERE num = $1 AND epoch = $2 AND ended = 0", args...)
	if err != nil {
		return false, err
	}
	n, err := done.RowsAffected()
	return n > 0, err
}

// hold renews an attempt's lease until ctx ends, and calls lost when it is lost.
func (s *Service) hold(ctx context.Context, a *Attempt, lost func()) {
	s.renew(ctx, func(until time.Time) (mine bool, err error) {
		err = s.db.Write(ctx, func(tx *sqldb.Tx) (err error) {
			mine, err = update(tx, a, "expires = $3", until.UnixMilli())
			return err
		})
		return mine, err
	}, lost)
}

// renew extends a lease that was taken just now until ctx ends. It calls lost,
// and ends, when another process has it, or may have it.
func (s *Service) renew(ctx context.Context, extend func(until time.Time) (mine bool, err error), lost func()) {
	good := s.Clock.Now().Add(journal.LeaseTime)
	for {
		select {
		case <-ctx.Done():
			return
		case <-s.Clock.After(journal.RenewEvery):
		}
		until := s.Clock.Now().Add(journal.LeaseTime)
		mine, err := extend(until)
		switch {
		case err == nil && mine:
			good = until
		case err == nil, !s.Clock.Now().Before(good):
			lost()
			return
		}
	}
}

// giveBack lets another process go on with an attempt, from a moment on.
func (s *Service) giveBack(a *Attempt, from time.Time) error {
	ctx, cancel := context.WithTimeout(context.Background(), journal.RenewEvery)
	defer cancel()
	return s.db.Write(ctx, func(tx *sqldb.Tx) error {
		_, err := update(tx, a, "expires = $3", instant(from))
		return err
	})
}

// keepAttempts is how long an attempt is remembered, and what was told of it.
const keepAttempts = 90 * 24 * time.Hour

// forget drops attempts, notices and flows that have long ended, so that the
// tables stay as large as they are.
func forget(tx *sqldb.Tx, now time.Time) error {
	before := now.Add(-keepAttempts)
	for _, statement := range []string{
		"DELETE FROM work_attempts WHERE ended > 0 AND ended < $1",
		"DELETE FROM work_deliveries WHERE cause IN (SELECT cause FROM work_notices WHERE made < $1)",
		"DELETE FROM work_notices WHERE made < $1",
	} {
		if _, err := tx.Exec(statement, before.UnixMilli()); err != nil {
			return err
		}
	}
	return forgetFlows(tx, now)
}
