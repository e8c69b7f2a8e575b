package work

import (
	"context"
	"errors"
	"fmt"
	"time"

	"rollcall/apply"
	"rollcall/fault"
	"rollcall/journal"
	"rollcall/plan"
	"rollcall/sqldb"
)

// Do does a task that [Service.Keep] has found. What takes long goes on in the
// background: it returns as soon as the task is taken, or found to be done.
func (s *Service) Do(ctx context.Context, t Task) error {
	switch t.Kind {
	case runSync:
		one, known := s.syncs[t.Name]
		if !known {
			return nil // a replica with another configuration has it
		}
		a, err := s.claim(ctx, one)
		if a != nil {
			s.begin(a)
		}
		return err
	case goOn:
		if free, err := s.isFree(ctx, t.Num); err != nil || !free {
			return err
		}
		if here, err := s.isHere(ctx, t.Num); err != nil || !here {
			return err
		}
		a, ok, err := s.takeOver(ctx, t.Num)
		if ok {
			s.begin(&a)
		}
		return err
	case runFlow:
		a, err := s.claimFlow(ctx, t.Num, false)
		if a != nil {
			s.begin(a)
		}
		return err
	case adopt:
		return s.adoptRun(ctx, t.Name)
	case deliverIt:
		s.background(func(ctx context.Context) { s.deliver(ctx, t.Name) })
		return nil
	}
	return fault.Text(fault.Internal, "do task", t.Kind, "there is no such task")
}

// begin does an attempt in the background.
func (s *Service) begin(a *Attempt) {
	if !s.background(func(ctx context.Context) { s.attempt(ctx, a) }) {
		s.logFailure(s.giveBack(a, time.Time{}), a, "attempt not given back")
	}
}

// isFree reports whether nobody is at an attempt's run: the run's lease may
// have been renewed after the attempt's.
func (s *Service) isFree(ctx context.Context, number int64) (bool, error) {
	var all []Attempt
	err := s.db.Read(ctx, func(q sqldb.Query) (err error) {
		all, err = attempts(q, "WHERE num = $1 AND ended = 0", number)
		return err
	})
	if err != nil || len(all) == 0 {
		return false, sqldb.Fault("read attempt", "", err)
	}
	r, begun, err := s.runOf(ctx, &all[0])
	return !begun || r.Status != journal.Running, err
}

// runOf is the run that an attempt has begun, if it has.
func (s *Service) runOf(ctx context.Context, a *Attempt) (r journal.RunInfo, begun bool, err error) {
	if a.Run != "" {
		r, err = s.Journal.Run(ctx, a.Run)
		return r, err == nil, err
	}
	if a.Plan == "" {
		return r, false, nil
	}
	return s.Journal.RunOf(ctx, a.Plan)
}

// adoptRun makes an attempt of a run whose process has died without one: that
// of a command, or of a sync that somebody ran by hand.
func (s *Service) adoptRun(ctx context.Context, id string) error {
	r, err := s.Journal.Run(ctx, id)
	if err != nil || r.Status != journal.Interrupted {
		return err
	}
	now := s.Clock.Now()
	a := &Attempt{Sync: r.Sync, Due: r.Started, Why: "its process died", By: r.Actor, Plan: r.Plan, Run: r.ID, lane: laneOf(r)}
	taken := false
	err = s.db.Write(ctx, func(tx *sqldb.Tx) (err error) {
		if _, taken, err = inLane(tx, a.lane); err != nil || taken {
			return err
		}
		if taken, err = planTaken(tx, r.Plan); err != nil || taken {
			return err
		}
		return s.insert(tx, a, now)
	})
	if err != nil || taken {
		return sqldb.Fault("begin attempt", "run "+id, err)
	}
	s.begin(a)
	return nil
}

// attempt does one attempt to its end, or until the service is to stop.
func (s *Service) attempt(ctx context.Context, a *Attempt) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	holding := make(chan struct{})
	go func() { defer close(holding); s.hold(ctx, a, cancel) }()
	began := s.Clock.Now()
	log := s.Log.With("attempt", a.Number, "sync", a.Sync)
	log.Info("attempt begins", "why", a.Why, "by", a.By.Name, "run_id", a.Run)
	result, err := s.carryOn(ctx, a)
	interrupted := ctx.Err() != nil
	cancel()
	<-holding
	switch {
	case err != nil && interrupted:
		log.Info("attempt given back", "run_id", a.Run, "plan", a.Plan.Short())
		s.logFailure(s.giveBack(a, time.Time{}), a, "attempt not given back")
	case err != nil && s.again(a, err):
		wait := againAfter(a.epoch)
		log.Warn("attempt interrupted; it is gone on with later", "after", wait, "err", err, "run_id", a.Run)
		s.logFailure(s.giveBack(a, s.Clock.Now().Add(wait)), a, "attempt not given back")
	default:
		s.conclude(a, result, err, s.Clock.Now().Sub(began))
	}
}

// carryOn goes on with the run that an attempt has begun, or plans anew.
func (s *Service) carryOn(ctx context.Context, a *Attempt) (*apply.Result, error) {
	r, begun, err := s.runOf(ctx, a)
	switch {
	case err != nil:
		return nil, err
	case a.Flow != 0 && begun:
		return s.carryFlow(ctx, a, &r)
	case a.Flow != 0:
		return s.carryFlow(ctx, a, nil)
	case !begun:
		return s.Hands.Sync(ctx, a.Sync, a.By, func(p *plan.Plan) error { return s.planned(ctx, a, p) })
	}
	a.Run, a.Plan = r.ID, r.Plan
	if !r.Ended.IsZero() { // its process died between the run's end and the attempt's
		return &apply.Result{Run: r.ID, Plan: r.Plan, Counts: r.Counts}, nil
	}
	return s.Hands.Resume(ctx, r)
}

// planned writes down which plan an attempt is about to carry out. It fails if
// the attempt is no longer this process's.
func (s *Service) planned(ctx context.Context, a *Attempt, p *plan.Plan) error {
	_, id, err := plan.Encode(p)
	if err != nil {
		return err
	}
	a.Plan, a.Changes, a.numbers = id, len(p.Changes), numbersOf(p)
	if s.Watcher != nil {
		s.Watcher.Planned(p)
	}
	mine := false
	err = s.db.Write(ctx, func(tx *sqldb.Tx) (err error) {
		mine, err = update(tx, a, "plan = $3, changes = $4", string(id), a.Changes)
		return err
	})
	if err == nil && !mine {
		err = fault.Text(fault.Stale, "hold attempt", "sync "+a.Sync, "another process has taken it over")
	}
	return sqldb.Fault("write attempt", "sync "+a.Sync, err)
}

// maxLives is how often an attempt is gone on with before it is given up.
const maxLives = 20

// again reports whether an attempt that failed is to be gone on with: its run
// has begun and has no end, so that it, and nothing else, must come to one.
func (s *Service) again(a *Attempt, err error) bool {
	if stopped(err) || a.epoch >= maxLives {
		return false
	}
	r, begun, known := s.runOf(context.Background(), a)
	return known != nil || begun && r.Ended.IsZero()
}

// stopped reports whether a plan was stopped, so that nothing of it is to be gone
// on with: what never waits has had its run.
func stopped(err error) bool {
	return errors.As(err, new(*apply.BrakedError)) || errors.As(err, new(*apply.UnapprovedError))
}

// againAfter is how long an attempt waits for its next life.
func againAfter(epoch int64) time.Duration {
	return min(5*time.Second<<min(epoch-1, 10), 10*time.Minute)
}

// busyAgain is when a sync is tried again whose target somebody else's run held.
const busyAgain = 30 * time.Second

// conclude writes down what an attempt came to, and what is to be told of it.
func (s *Service) conclude(a *Attempt, r *apply.Result, failure error, took time.Duration) {
	s.judge(a, r, failure)
	a.Ended = s.Clock.Now()
	ctx, cancel := context.WithTimeout(context.Background(), journal.LeaseTime)
	defer cancel()
	notices := s.noticesOf(ctx, a, failure)
	mine := false
	failed := s.db.Write(ctx, func(tx *sqldb.Tx) (err error) {
		mine, err = update(tx, a, "ended = $3, run = $4, status = $5, fault = $6, text = $7, changes = $8, made = $9, plan = $10",
			a.Ended.UnixMilli(), a.Run, string(a.Status), a.Fault, a.Text, a.Changes, a.Made, string(a.Plan))
		if err != nil || !mine {
			return err
		}
		if a.Flow != 0 {
			if err := s.settleFlow(tx, a, failure); err != nil {
				return err
			}
		} else if a.Status == Busy {
			if err := ask(tx, a.Sync, a.Ended.Add(busyAgain), a.Why, a.By); err != nil {
				return err
			}
		}
		if err := forget(tx, a.Ended); err != nil {
			return err
		}
		if err := keepNumbers(tx, a, took); err != nil {
			return err
		}
		return s.note(tx, notices, a.Ended)
	})
	s.logFailure(failed, a, "end of attempt not written")
	if failed != nil || !mine {
		return // whoever has it now finds what became of its run
	}
	s.logEnd(a, took)
	if s.Watcher != nil {
		s.Watcher.Attempted(*a)
	}
}

// judge says in one word, and in one sentence, what an attempt came to.
func (s *Service) judge(a *Attempt, r *apply.Result, err error) {
	a.Fault, a.Text, a.Made = "", "", 0
	if r != nil && r.Run != "" {
		a.Run = r.Run
		for result, n := range r.Counts {
			if result.Made() {
				a.Made += n
			}
		}
	}
	braked, isBraked := errors.AsType[*apply.BrakedError](err)
	waits, isWaiting := errors.AsType[*apply.UnapprovedError](err)
	switch {
	case isWaiting:
		a.Status, a.Plan, a.Text = Waiting, waits.Request.Plan, waits.Error()
	case isBraked:
		a.Status, a.Text = Braked, rules(braked.Brakes)
	case fault.Is(err, fault.Conflict) && a.Run == "":
		a.Status, a.Fault, a.Text = Busy, fault.KindOf(err).String(), err.Error()
	case err != nil:
		a.Status, a.Fault, a.Text = Failed, fault.KindOf(err).String(), err.Error()
	case r == nil:
		a.Status, a.Plan = Unchanged, "" // an empty plan is not kept
	default:
		a.Status = statusOf(r)
		if left := a.Changes - a.Made; a.Status != Complete && left > 0 {
			a.Text = fmt.Sprintf("%d of %d changes were not made: rollcall run show %s", left, a.Changes, r.Run)
		}
	}
}

func statusOf(r *apply.Result) Status {
	switch made := countMade(r); {
	case r.Counts[journal.Stale] > 0:
		return Refused
	case made < countAll(r):
		return Partly
	}
	return Complete
}

func countMade(r *apply.Result) (n int) {
	for result, count := range r.Counts {
		if result.Made() {
			n += count
		}
	}
	return n
}

func countAll(r *apply.Result) (n int) {
	for _, count := range r.Counts {
		n += count
	}
	return n
}

func (s *Service) logFailure(err error, a *Attempt, what string) {
	if err != nil {
		s.Log.Error(what, "attempt", a.Number, "sync", a.Sync, "run_id", a.Run, "err", err)
	}
}

func (s *Service) logEnd(a *Attempt, took time.Duration) {
	log := s.Log.With("attempt", a.Number, "sync", a.Sync, "status", string(a.Status), "changes", a.Changes, "made", a.Made,
		"run_id", a.Run, "plan", a.Plan.Short(), "seconds", took.Seconds())
	switch {
	case a.Status.Good():
		log.Info("attempt ended")
	case a.Status == Failed:
		log.Error("attempt failed", "err", a.Text)
	default:
		log.Warn("attempt ended", "text", a.Text)
	}
}
