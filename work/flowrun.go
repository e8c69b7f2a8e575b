package work

import (
	"context"
	"errors"
	"fmt"
	"time"

	"rollcall/apply"
	"rollcall/approval"
	"rollcall/fault"
	"rollcall/journal"
	"rollcall/lifecycle"
	"rollcall/plan"
	"rollcall/sqldb"
)

// OffError says that what a flow was for is not so any more: it is cancelled,
// and nobody has to be told.
type OffError struct{ Why string }

// Error is why.
func (e *OffError) Error() string { return e.Why }

// waitsFor reports whether a flow is to wait for one that puts the same person
// out, and which.
func waitsFor(q sqldb.Query, f Flow) (before int64, waits bool, err error) {
	if f.Kind != lifecycle.FlowDeletion && f.Kind != lifecycle.FlowSessions {
		return 0, false, nil
	}
	all, err := flows(q, "AS earlier WHERE directory = $1 AND subject = $2 AND "+stillLeaving, f.Directory, f.Subject)
	if err != nil || len(all) == 0 {
		return 0, false, err
	}
	return all[0].Number, true, nil
}

// claimFlow begins an attempt of a flow that is due, if there is room; it is
// nil if there is nothing to be done. By hand, also of one that is not due yet,
// or has failed, and then it fails with fault.Conflict if there is nothing to
// be done.
func (s *Service) claimFlow(ctx context.Context, number int64, byHand bool) (a *Attempt, err error) {
	now := s.Clock.Now()
	err = s.db.Write(ctx, func(tx *sqldb.Tx) error {
		a = nil
		f, err := flow(tx, number)
		if err != nil {
			return err
		}
		if !byHand && !s.configured(f.Directory) {
			return nil // it was handed to the wrong replica; another one has its turn
		}
		if ok, err := free(tx, f, byHand, now); err != nil || !ok {
			return err
		}
		a = &Attempt{Flow: f.Number, Due: f.Due, Why: f.Why, By: f.By, byHand: byHand, lane: fmt.Sprint("flow:", f.Number)}
		_, err = tx.Exec("UPDATE work_flows SET state = $1, tries = $2, ended = 0, plan = '', run = '', text = '' WHERE num = $3",
			string(FlowRunning), f.Tries+1, f.Number)
		if err != nil {
			return err
		}
		return s.insert(tx, a, now)
	})
	if err != nil {
		a = nil
	}
	return a, sqldb.Fault("begin flow", fmt.Sprint("flow ", number), err)
}

// free reports whether a flow is to be begun.
func free(tx *sqldb.Tx, f Flow, byHand bool, now time.Time) (bool, error) {
	if before, waits, err := waitsFor(tx, f); err != nil || waits {
		if err == nil && byHand {
			err = fault.Text(fault.Conflict, "begin flow", fmt.Sprint("flow ", f.Number),
				fmt.Sprintf("flow %d, which puts them out, comes first and is not done: rollcall flow run %d", before, before))
		}
		return false, err
	}
	if byHand {
		if f.State != FlowWaiting && f.State != FlowFailed {
			return false, fault.Text(fault.Conflict, "begin flow", fmt.Sprint("flow ", f.Number), "it is "+string(f.State)+" already")
		}
		return true, nil
	}
	if f.State != FlowWaiting {
		return false, nil
	}
	if ready, err := f.ready(tx, now); err != nil || !ready {
		return false, err
	}
	leavers, others, err := underWayNow(tx, now)
	return leavers+others < flowsAtOnce, err
}

// RunFlow carries a flow out here and now, whether it is due or has failed
// before, and returns it as it is afterwards. What another process has begun,
// and left, is gone on with. It fails with fault.NotFound if there is none, and
// with fault.Conflict if somebody is at it, or it has ended.
func (s *Service) RunFlow(ctx context.Context, number int64) (Flow, error) {
	f, err := s.Flow(ctx, number)
	if err != nil {
		return f, err
	}
	var a *Attempt
	if f.State == FlowRunning {
		a, err = s.leftFlow(ctx, number)
	} else {
		a, err = s.claimFlow(ctx, number, true)
	}
	if err != nil {
		return f, err
	}
	s.attempt(ctx, a)
	return s.Flow(context.WithoutCancel(ctx), number)
}

// leftFlow takes over the attempt of a flow whose process has died.
func (s *Service) leftFlow(ctx context.Context, number int64) (*Attempt, error) {
	var all []Attempt
	err := s.db.Read(ctx, func(q sqldb.Query) (err error) {
		all, err = attempts(q, "WHERE flow = $1 AND ended = 0", number)
		return err
	})
	if err != nil || len(all) == 0 {
		return nil, errors.Join(sqldb.Fault("read attempt", "", err), underWay("begin flow", number))
	}
	if free, err := s.isFree(ctx, all[0].Number); err != nil || !free {
		return nil, errors.Join(err, underWay("begin flow", number))
	}
	a, ok, err := s.takeOver(ctx, all[0].Number)
	if err == nil && !ok {
		err = fault.Text(fault.Conflict, "begin flow", fmt.Sprint("flow ", number), "it is being carried out by "+all[0].Holder)
	}
	return &a, err
}

// carryFlow carries out what a flow asks for, or goes on with the run that an
// earlier life of the attempt has begun.
func (s *Service) carryFlow(ctx context.Context, a *Attempt, begun *journal.RunInfo) (*apply.Result, error) {
	f, err := s.Flow(ctx, a.Flow)
	if err != nil {
		return nil, err
	}
	a.tries = f.Tries
	if begun != nil {
		a.Run, a.Plan = begun.ID, begun.Plan
	}
	waited, err := s.waited(ctx, a, f)
	if err != nil {
		return nil, err
	}
	r, err := s.Hands.Flow(ctx, f, begun, func(p *plan.Plan) error { return s.planned(ctx, a, p) })
	if failed := s.overtaken(ctx, f, waited, err); failed != nil {
		return r, errors.Join(err, failed)
	}
	return r, err
}

// waited is the request that a flow has waited for; zero if it has not. What people
// have rejected is not asked for again, unless somebody says so by hand.
func (s *Service) waited(ctx context.Context, a *Attempt, f Flow) (approval.Request, error) {
	if f.Waits == "" {
		return approval.Request{}, nil
	}
	r, err := s.approvals().Request(ctx, string(f.Waits))
	if fault.Is(err, fault.NotFound) {
		return approval.Request{}, nil
	}
	if err == nil && r.Status == approval.Rejected && !a.byHand {
		err = &apply.UnapprovedError{Request: r}
	}
	return r, err
}

// overtaken ends the request that a flow has waited for, if the flow waits for
// another one now, or has nothing left to wait for.
func (s *Service) overtaken(ctx context.Context, f Flow, waited approval.Request, came error) error {
	waits, is := errors.AsType[*apply.UnapprovedError](came)
	off, isOff := errors.AsType[*OffError](came)
	switch {
	case !waited.Status.Open() || is && waits.Request.Plan == waited.Plan:
		return nil
	case is:
		return s.approvals().Supersede(ctx, waited.Plan, waits.Request.Plan, f.By)
	case isOff:
		return s.approvals().Withdraw(ctx, waited.Plan, f.By, off.Why)
	case came == nil:
		return s.approvals().Withdraw(ctx, waited.Plan, f.By, "nothing of it is left to be approved")
	}
	return nil // it is tried again, and then it shows
}

func (s *Service) approvals() *approval.Store { return approval.New(s.State, s.Journal, s.Clock.Now) }

// triedAgain reports whether a flow is tried again by itself: what stopped it
// passes, or the world had moved on when a change was to be made, or afterwards.
func (a *Attempt) triedAgain(err error) bool {
	return waitsForPeople(err) || a.tries < maxLives && (a.passes(err) || fault.Is(err, fault.Stale))
}

// waitsForPeople reports whether a plan waits for approval. What was agreed to
// is about its changes, so the same planned again goes through.
func waitsForPeople(err error) bool {
	waits, is := errors.AsType[*apply.UnapprovedError](err)
	return is && waits.Request.Status == approval.Waiting
}

// lookAnew is how long a flow waits for people before it is planned anew: what
// needs approval may be said otherwise by then. Once they have decided it goes on at
// once.
const lookAnew = 24 * time.Hour

// againIn is how long a flow waits for its next try.
func (a *Attempt) againIn(err error) time.Duration {
	if waitsForPeople(err) {
		return lookAnew
	}
	return againAfter(int64(a.tries))
}

// passes reports whether what stopped an attempt needs nobody.
func (a *Attempt) passes(err error) bool {
	return a.Status == Busy || a.Status == Refused || err != nil && fault.KindOf(err).Temporary()
}

// settleFlow writes down what became of a flow with the end of its attempt.
func (s *Service) settleFlow(tx *sqldb.Tx, a *Attempt, err error) error {
	f := Flow{Number: a.Flow}
	if _, err := tx.Exec("UPDATE work_flows SET plan = $1, run = $2 WHERE num = $3", string(a.Plan), a.Run, a.Flow); err != nil {
		return err
	}
	off, isOff := errors.AsType[*OffError](err)
	switch {
	case isOff:
		return endFlow(tx, &f, FlowCancelled, off.Why, a.Ended)
	case a.Status.Good():
		return endFlow(tx, &f, FlowDone, "", a.Ended)
	case a.triedAgain(err):
		text, waits := "tried again: "+a.Text, plan.ID("")
		if waitsForPeople(err) {
			text, waits = "waits for approval: rollcall approval show "+a.Plan.Short(), a.Plan
		}
		_, err := tx.Exec("UPDATE work_flows SET state = $1, due = $2, text = $3, waits = $4 WHERE num = $5",
			string(FlowWaiting), instant(a.Ended.Add(a.againIn(err))), text, string(waits), a.Flow)
		return err
	case a.Status == Waiting: // it was rejected, and says so
		return endFlow(tx, &f, FlowFailed, a.Text, a.Ended)
	}
	return endFlow(tx, &f, FlowFailed, string(a.Status)+": "+a.Text, a.Ended)
}

// Waiters are the flows that wait for approval, by the plan they wait for.
func (b Book) Waiters(ctx context.Context) (map[plan.ID]Flow, error) {
	var all []Flow
	err := b.db.Read(ctx, func(q sqldb.Query) (err error) {
		all, err = flows(q, "WHERE state = 'waiting' AND waits <> '' ORDER BY num")
		return err
	})
	by := map[plan.ID]Flow{}
	for _, f := range all {
		by[f.Waits] = f
	}
	return by, sqldb.Fault("list flows", "", err)
}

// keepFlows is how long a flow that has ended is remembered; one that has
// failed stays, since it waits for a person.
const keepFlows = keepAttempts

func forgetFlows(tx *sqldb.Tx, now time.Time) error {
	_, err := tx.Exec("DELETE FROM work_flows WHERE ended > 0 AND ended < $1 AND state <> 'failed'", now.Add(-keepFlows).UnixMilli())
	return err
}
