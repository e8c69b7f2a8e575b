package cli

import (
	"context"
	"errors"

	"rollcall/apply"
	"rollcall/fault"
	"rollcall/governor"
	"rollcall/journal"
	"rollcall/lifecycle"
	"rollcall/plan"
	"rollcall/work"
)

// flowWork is how one kind of flow is carried out.
type flowWork struct {
	// lane is how urgent its calls are.
	lane governor.Lane
	// plan adds to a draft what is to be done now, and returns the plan's title. It
	// fails with a [work.OffError] if what was asked for is without object. An empty
	// plan is done.
	plan func(ctx context.Context, d *draft, f work.Flow) (title string, err error)
	// before is called just before the plan is carried out, again with each try. It
	// may be nil.
	before func(ctx context.Context, d *draft, f work.Flow) error
	// after is called when the run has ended, also of one that an earlier process
	// began: it looks at what came of it, and fails if that is not all. It may be nil.
	after func(ctx context.Context, h *house, p *plan.Plan, run string) error
}

// flowWorkOf is how a kind of flow is carried out. It fails with
// fault.Unsupported for a kind of another release.
func flowWorkOf(kind string) (flowWork, error) {
	switch kind {
	case lifecycle.FlowLeaver:
		return flowWork{lane: governor.Leaver, plan: planLeaverFlow, before: keepForGrace, after: proveLeavers}, nil
	case lifecycle.FlowDeletion:
		return flowWork{lane: governor.Leaver, plan: planDeletionFlow, after: proveLeavers}, nil
	case lifecycle.FlowSessions:
		return flowWork{lane: governor.Sync, plan: planSessionsFlow}, nil
	case lifecycle.FlowJoiner:
		return flowWork{lane: governor.Sync, plan: planJoinerFlow, after: readBackFlow}, nil
	case lifecycle.FlowMover:
		return flowWork{lane: governor.Sync, plan: planMoverFlow, after: readBackFlow}, nil
	}
	return flowWork{}, fault.Text(fault.Unsupported, "carry out flow", kind, "this release does not know the kind")
}

// Flow carries out what was asked for about a person.
func (w *hands) Flow(ctx context.Context, f work.Flow, begun *journal.RunInfo, planned func(*plan.Plan) error) (r *apply.Result, err error) {
	how, err := flowWorkOf(f.Kind)
	if err != nil {
		return nil, err
	}
	ctx = governor.WithLane(ctx, how.lane)
	err = w.in(ctx, f.By, w.log.With("flow", f.Number), "", func(ctx context.Context, h *house) error {
		h.app.directory = f.Directory
		var p *plan.Plan
		if begun != nil {
			p, r, err = h.goOn(ctx, *begun)
		} else {
			p, r, err = h.beginFlow(ctx, how, f, planned)
		}
		if r == nil || how.after == nil || err != nil && !isHalf(err) {
			return err
		}
		if err != nil { // what never waits is done, and the rest waits for people
			return errors.Join(err, h.afterHalf(ctx, how, r))
		}
		return how.after(ctx, h, p, r.Run)
	})
	return r, err
}

// afterHalf looks at what came of the part of a plan that never waits. That not
// all is done is known already.
func (h *house) afterHalf(ctx context.Context, how flowWork, r *apply.Result) error {
	done, err := h.storedPlan(ctx, r.Plan)
	if err == nil {
		err = how.after(ctx, h, done, r.Run)
	}
	if fault.Is(err, fault.Stale) {
		return nil
	}
	return err
}

// beginFlow plans a flow and carries the plan out.
func (h *house) beginFlow(ctx context.Context, how flowWork, f work.Flow, planned func(*plan.Plan) error) (*plan.Plan, *apply.Result, error) {
	d, err := h.planFlow(ctx, how, f)
	if err != nil {
		return nil, nil, err
	}
	if how.before != nil {
		if err := how.before(ctx, d, f); err != nil {
			return nil, nil, err
		}
	}
	if d.plan.Empty() {
		return d.plan, nil, unreadFault(d.plan)
	}
	if err := planned(d.plan); err != nil {
		return nil, nil, err
	}
	r, err := d.CarryOut(ctx)
	return d.plan, r, err
}

func (h *house) planFlow(ctx context.Context, how flowWork, f work.Flow) (*draft, error) {
	d, err := h.draft(ctx)
	if err != nil {
		return nil, err
	}
	title, err := how.plan(ctx, d, f)
	if err != nil || d.plan.Empty() {
		return d, err
	}
	return d, d.Finish(ctx, title)
}

// goOn goes on with a run that nobody is at; one that has ended is as it is.
func (h *house) goOn(ctx context.Context, run journal.RunInfo) (*plan.Plan, *apply.Result, error) {
	p, err := h.storedPlan(ctx, run.Plan)
	if err != nil {
		return nil, nil, err
	}
	if !run.Ended.IsZero() {
		return p, &apply.Result{Run: run.ID, Plan: run.Plan, Counts: run.Counts}, nil
	}
	d, err := h.directory(ctx, run.Target)
	if err != nil {
		return nil, nil, err
	}
	r, err := h.executor(d).Resume(ctx, run.ID)
	return p, r, err
}

// showFlow shows what a flow would do now.
func (h *house) showFlow(ctx context.Context, f work.Flow) error {
	how, err := flowWorkOf(f.Kind)
	if err != nil {
		return err
	}
	h.app.directory = f.Directory
	d, err := h.planFlow(ctx, how, f)
	if err != nil {
		return err
	}
	if d.plan.Empty() {
		say(h.app.err, "There is nothing to do.")
		return nil
	}
	return h.showNew(ctx, d.plan, true, false)
}
