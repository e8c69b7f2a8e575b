package apply

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"rollcall/approval"
	"rollcall/fault"
	"rollcall/journal"
	"rollcall/plan"
	"rollcall/sqldb"
)

// Approvals are the plans that wait for people.
type Approvals interface {
	// Needs says what of a plan needs approval; the zero value is nothing.
	Needs(ctx context.Context, p *plan.Plan) (approval.Needs, error)
	// Ask returns the request that stands for a stored plan's changes.
	Ask(ctx context.Context, p *plan.Plan, id plan.ID, by plan.Actor, n approval.Needs, override string) (approval.Request, error)
	// Overtake ends the requests of a sync whose newest plan needs none.
	Overtake(ctx context.Context, directory, sync string, newest plan.ID, by plan.Actor) error
	// Request returns the request of a plan; fault.NotFound if there is none.
	Request(ctx context.Context, id string) (approval.Request, error)
	// Begin lets the run of a plan begin, in the transaction in which it does.
	Begin(tx *sqldb.Tx, id plan.ID) error
}

// UnapprovedError is the refusal of a plan that waits for approval, or that was
// rejected. What takes access away was carried out all the same.
type UnapprovedError struct{ Request approval.Request }

func (e *UnapprovedError) Error() string {
	r := e.Request
	if r.Status == approval.Waiting {
		return fmt.Sprintf("plan %s waits for approval: it has %d of %d\n  %s", r.Plan.Short(), r.Have(), r.Needs.Approvers, strings.Join(r.Needs.Why, "\n  "))
	}
	text := fmt.Sprintf("plan %s is %s, and is not carried out", r.Plan.Short(), r.Status)
	for _, d := range r.Decisions {
		if d.Verdict == journal.Refusal {
			text += "\n  by " + d.Operator + ": " + d.Comment
		}
	}
	return text
}

// overrides reports whether the brakes of p, whose id this is, are overridden.
func (o Options) overrides(p *plan.Plan, id plan.ID) bool {
	locks := slices.ContainsFunc(p.Brakes, func(b plan.Brake) bool { return b.Rule == plan.RuleLockOut })
	return o.Override == id && o.OverrideReason != "" && (!locks || o.Admin != "")
}

// answered is o with what people have approved of the plan: they knew why its
// brakes are overridden.
func (x *Executor) answered(ctx context.Context, p *plan.Plan, id plan.ID, o Options) (Options, error) {
	if x.Approvals == nil || !p.Braked() || o.overrides(p, id) {
		return o, nil
	}
	r, err := x.Approvals.Request(ctx, string(id))
	switch {
	case fault.Is(err, fault.NotFound):
		return o, nil
	case err == nil && r.Status == approval.Approved && r.Override != "":
		o.Override, o.OverrideReason, o.Admin = id, r.Override, r.By.Name
	}
	return o, err
}

// gated is a plan of which something has to wait.
type gated struct {
	done     *Result           // what its part that never waits came to; nil if there was none
	approved *approval.Request // of the other part, which may be carried out
}

// with adds what the second part came to.
func (g gated) with(r *Result) *Result {
	if g.done == nil || r == nil {
		return r
	}
	both := *r
	both.Counts = maps.Clone(r.Counts)
	for result, n := range g.done.Counts {
		both.Counts[result] += n
	}
	both.Failures = slices.Concat(g.done.Failures, r.Failures)
	both.Elapsed += g.done.Elapsed
	return &both
}

// gate carries out the part of a plan that never waits, if the rest has to, and
// refuses the rest unless it was approved. The zero value lets all of it through.
func (x *Executor) gate(ctx context.Context, p *plan.Plan, id plan.ID, o Options) (gated, error) {
	now, later := p.Split()
	if later.Empty() {
		return gated{}, nil
	}
	stopped := p.Braked() && !o.overrides(p, id)
	var needs approval.Needs
	if x.Approvals != nil {
		var err error
		if needs, err = x.Approvals.Needs(ctx, later); err != nil {
			return gated{}, err
		}
	}
	switch {
	case !stopped && needs.Approvers == 0 && x.Approvals != nil:
		return gated{}, x.Approvals.Overtake(ctx, p.Directory, p.Sync, id, o.Actor)
	case !stopped && needs.Approvers == 0:
		return gated{}, nil
	}
	done, err := x.goAhead(ctx, now, o)
	if err != nil {
		return gated{done: done}, err
	}
	if !now.Empty() {
		if err := x.reseal(ctx, now, later); err != nil {
			return gated{done: done}, err
		}
	}
	request, err := x.wait(ctx, later, o, needs, stopped)
	return gated{done, request}, err
}

// goAhead carries out the part of a plan that never waits. One that has had its
// run is not carried out again.
func (x *Executor) goAhead(ctx context.Context, now *plan.Plan, o Options) (*Result, error) {
	now.Brakes = slices.DeleteFunc(slices.Clone(now.Brakes), func(b plan.Brake) bool { return b.Later })
	if now.Empty() {
		return nil, nil
	}
	file, id, err := plan.Encode(now)
	if err != nil {
		return nil, err
	}
	if _, err := x.Journal.SavePlan(ctx, file, now); err != nil {
		return nil, err
	}
	if _, had, err := x.Journal.RunOf(ctx, id); had || err != nil {
		return nil, err
	}
	if !now.Braked() {
		o.OverrideReason = ""
	}
	return x.begin(ctx, now, id, o)
}

// wait stores what has to wait, and refuses it unless it was approved.
func (x *Executor) wait(ctx context.Context, later *plan.Plan, o Options, needs approval.Needs, stopped bool) (*approval.Request, error) {
	file, id, err := plan.Encode(later)
	if err != nil {
		return nil, err
	}
	if _, err := x.Journal.SavePlan(ctx, file, later); err != nil {
		return nil, err
	}
	if stopped {
		return nil, &BrakedError{Plan: id, Brakes: later.Brakes}
	}
	request, err := x.Approvals.Ask(ctx, later, id, o.Actor, needs, o.OverrideReason)
	if err == nil && request.Status != approval.Approved {
		err = &UnapprovedError{request}
	}
	return &request, err
}

// runApproved carries out an approved plan. It is as old as its request, so
// every seal is looked at.
func (x *Executor) runApproved(ctx context.Context, r approval.Request, o Options) (*Result, error) {
	stored, err := x.Journal.Plan(ctx, string(r.Plan))
	if err != nil {
		return nil, err
	}
	p, err := plan.Decode(stored.File)
	if err != nil {
		return nil, err
	}
	return x.begin(ctx, p, stored.ID, Options{Actor: o.Actor, OverrideReason: r.Override})
}

// mayBegin is the last look at a plan, in the transaction that begins its run.
func (x *Executor) mayBegin(id plan.ID) func(tx *sqldb.Tx) error {
	if x.Approvals == nil {
		return nil
	}
	return func(tx *sqldb.Tx) error { return x.Approvals.Begin(tx, id) }
}
