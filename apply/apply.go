// Package apply carries plans out. It is the only part of Rollcall that writes
// to a target.
//
// Each change goes intent, call, outcome: the intent is in the journal before
// the directory is called, the outcome before anything that depends on it is
// started. A process may die anywhere; [Resume] reads what an intent without an
// outcome has come to, and goes on from there. A failed object does not stop
// the others.
package apply

import (
	"context"
	"fmt"
	"time"

	"rollcall/assignment"
	"rollcall/directory"
	"rollcall/fault"
	"rollcall/identity"
	"rollcall/journal"
	"rollcall/link"
	"rollcall/plan"
	"rollcall/reconcile"
)

// Executor carries plans out against one directory.
type Executor struct {
	Directory *directory.Directory
	Journal   *journal.Journal
	Links     *link.Store
	Clock     Clock
	InFlight  int // changes of the directory under way at once; 0 means DefaultInFlight, or less if the directory takes less

	// Access is the access side of the directory, opened for a plan that gives,
	// takes or deletes. Without it assignments are not changed, and what a
	// deletion takes along is not looked at.
	Access assignment.Opener

	// Policies are those that the process is writing: executors that share them
	// write what they want of one policy together. nil shares with nobody.
	Policies *Policies

	// Approvals decides what waits for people; nil lets everything through.
	Approvals Approvals

	// Progress is told after every change; it may be nil. It is called from
	// one goroutine at a time and must not block.
	Progress func(done, total int)
	// Settled is told what came of each change; it may be nil, and is called as
	// Progress is.
	Settled func(p *plan.Plan, c plan.Change, result journal.Result)
}

// DefaultInFlight keeps an embedded directory's commits full: each change
// waits for three, and a commit takes up to 64.
const DefaultInFlight = 256

func (x *Executor) inFlight() int {
	switch limit := x.Directory.Limits().InFlight; {
	case x.InFlight > 0:
		return x.InFlight
	case limit > 0:
		return min(limit, DefaultInFlight)
	}
	return DefaultInFlight
}

// Clock is time and sleep, so that tests own both.
type Clock interface {
	Now() time.Time
	// Sleep returns ctx's error if it ends first.
	Sleep(ctx context.Context, d time.Duration) error
}

// Options are what the caller of one run decides.
type Options struct {
	Actor plan.Actor
	// Override names the plan whose brakes are overridden, and says why; both
	// are journalled. Any other plan stays braked.
	Override       plan.ID
	OverrideReason string
	// Admin is the operator who proved to be an admin, and overrides the lock-out
	// guard with the brakes; empty if nobody did.
	Admin string
	// Fresh says that the plan was made just now from a complete read, so that
	// the listing which checks an older plan's seals can be left out.
	Fresh bool
	// Read is that complete read, if there is one: what it found changed by
	// others since the last run goes into the journal.
	Read *reconcile.Current
}

// Failure is a change that was not made, or not all of it.
type Failure struct {
	Change  plan.Change
	Result  journal.Result
	Fault   string // the kind's name, where one is the reason
	Text    string
	Planned []identity.Edit // stale changes: Old as planned, New as found now
}

// Result is what a run came to.
type Result struct {
	Run      string
	Plan     plan.ID
	Head     journal.Head
	Counts   map[journal.Result]int
	Failures []Failure
	Created  map[plan.Subject]identity.ID
	Elapsed  time.Duration
}

// Status says how a run ended.
func (r *Result) Status() journal.Status {
	status := journal.Complete
	for result, n := range r.Counts {
		switch {
		case n > 0 && result == journal.Stale:
			return journal.Refused
		case n > 0 && !result.Whole():
			status = journal.Partly
		}
	}
	return status
}

// BrakedError is the refusal of a plan that a brake stops.
type BrakedError struct {
	Plan   plan.ID
	Brakes []plan.Brake
}

func (e *BrakedError) Error() string {
	brakes := "a brake"
	if len(e.Brakes) > 1 {
		brakes = fmt.Sprintf("%d brakes", len(e.Brakes))
	}
	text := fmt.Sprintf("plan %s is stopped by %s, nothing of it was written", e.Plan.Short(), brakes)
	for _, b := range e.Brakes {
		text += "\n  " + b.Rule + ": " + b.Text
	}
	return text
}

// Run stores a plan and carries it out. It returns a [BrakedError] if a brake
// stops it, an [UnapprovedError] if it needs approval; with either, the result is
// of what never waits, if there was any. It returns fault.Stale if the directory is not the plan's store,
// fault.Conflict if another sync run holds the target, and the context's error
// if it was interrupted; then the run can be resumed. Objects that failed are
// in the result, not in the error.
func (x *Executor) Run(ctx context.Context, p *plan.Plan, o Options) (*Result, error) {
	file, id, err := plan.Encode(p)
	if err != nil {
		return nil, err
	}
	if err := x.checkStore(ctx, p); err != nil {
		return nil, err
	}
	if o, err = x.answered(ctx, p, id, o); err != nil {
		return nil, err
	}
	if p.Stopped() && !o.overrides(p, id) {
		if _, err := x.Journal.SavePlan(ctx, file, p); err != nil {
			return nil, err
		}
		return nil, &BrakedError{Plan: id, Brakes: p.Brakes}
	}
	cut, err := x.gate(ctx, p, id, o)
	if err != nil {
		return cut.done, err
	}
	if cut.approved != nil {
		r, err := x.runApproved(ctx, *cut.approved, o)
		return cut.with(r), err
	}
	if _, err := x.Journal.SavePlan(ctx, file, p); err != nil {
		return nil, err
	}
	return x.begin(ctx, p, id, o)
}

// begin begins the run of a stored plan, and carries it out.
func (x *Executor) begin(ctx context.Context, p *plan.Plan, id plan.ID, o Options) (*Result, error) {
	run, err := x.Journal.Begin(ctx, journal.Start{
		Plan: id, Target: p.Directory, Sync: p.Sync, Actor: o.Actor, Override: o.OverrideReason, Check: x.mayBegin(id),
	})
	if err != nil {
		return nil, err
	}
	return x.carryOut(ctx, run, p, id, o)
}

// Resume goes on with a run that was interrupted or whose process died. It
// fails with fault.Conflict while somebody else holds the run.
func (x *Executor) Resume(ctx context.Context, runID string) (*Result, error) {
	run, err := x.Journal.Resume(ctx, runID)
	if err != nil {
		return nil, err
	}
	info := run.Info()
	stored, err := x.Journal.Plan(ctx, string(info.Plan))
	if err == nil {
		var p *plan.Plan
		if p, err = plan.Decode(stored.File); err == nil {
			if err = x.checkStore(ctx, p); err == nil {
				return x.carryOut(ctx, run, p, stored.ID, Options{Actor: info.Actor})
			}
		}
	}
	run.Release()
	return nil, err
}

// checkStore refuses a plan that was made for another store.
func (x *Executor) checkStore(ctx context.Context, p *plan.Plan) error {
	store, err := x.Directory.Store(ctx)
	if err != nil {
		return err
	}
	if store.ID != p.Store || (p.Instance != "" && store.Instance != "" && p.Instance != store.Instance) {
		return fault.Text(fault.Stale, "apply plan", "", fmt.Sprintf(
			"it was made for identity store %s; directory %s is %s. Make a new plan", p.Store, x.Directory.Name(), store.ID))
	}
	return nil
}

func (x *Executor) carryOut(ctx context.Context, run *journal.Run, p *plan.Plan, id plan.ID, o Options) (*Result, error) {
	started := x.Clock.Now()
	runCtx := directory.WithActor(run.Context(ctx), directory.Actor{Name: o.Actor.Name, Door: o.Actor.Door})
	w, err := x.newWork(runCtx, run, p)
	if err == nil {
		err = x.observe(runCtx, run, p, o.Read)
	}
	if err == nil && !o.Fresh {
		err = w.checkSeals(runCtx)
	}
	if err == nil {
		err = w.all(runCtx)
	}
	result := w.result(run.ID(), id, x.Clock.Now().Sub(started))
	if err != nil {
		run.Release()
		return result, err
	}
	result.Head, err = run.Finish(ctx, result.Status(), w.counts())
	return result, err
}
