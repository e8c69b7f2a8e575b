package cli

import (
	"context"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"rollcall/apply"
	"rollcall/fault"
	"rollcall/identity"
	"rollcall/plan"
	"rollcall/reconcile"
	"rollcall/undo"
)

type undoOptions struct {
	dryRun   bool
	exitCode bool
	all      bool
}

func newUndo(a *app) *cobra.Command {
	var o undoOptions
	c := &cobra.Command{
		Use: "undo RUN", Short: "Take a run back",
		Long: `Plans the way back from what a run has made, and carries the plan out. Only what is still as the
run left it is taken back; what has changed since is shown and stays (exit status 4). Nobody who
is held is let in again, and nothing that has gained memberships since is deleted. What has to be
made again gets a new id, and is linked as before. An undo is a run, and can itself be undone.`,
		Example: "  rollcall run list\n  rollcall undo r-06h7k2 --dry-run\n  rollcall undo r-06h7k2",
		Args:    cobra.ExactArgs(1),
		RunE:    a.inHouse(func(ctx context.Context, h *house, args []string) error { return runUndo(ctx, h, args[0], o) }),
	}
	c.Flags().BoolVar(&o.dryRun, "dry-run", false, "show and keep the plan, write nothing to the directory")
	c.Flags().BoolVar(&o.exitCode, "exit-code", false, "with --dry-run: exit 2 if there are changes")
	c.Flags().BoolVar(&o.all, "all", false, "show every change, and everybody that it names")
	return c
}

func runUndo(ctx context.Context, h *house, ref string, o undoOptions) error {
	p, current, err := h.planUndo(ctx, ref)
	if err != nil {
		return err
	}
	if o.dryRun {
		return h.showNew(ctx, p, o.all, o.exitCode)
	}
	if err := h.renderNew(ctx, h.app.err, p, o.all); err != nil {
		return err
	}
	if !p.Empty() {
		if err := h.carryOutUndo(ctx, p, current); err != nil {
			return err
		}
	}
	return leftOver(p)
}

// planUndo reads the directory whole and plans the way back.
func (h *house) planUndo(ctx context.Context, ref string) (*plan.Plan, *reconcile.Current, error) {
	past, err := undo.Recall(ctx, h.journal, ref)
	if err != nil {
		return nil, nil, err
	}
	d, err := h.directory(ctx, past.Run.Target)
	if err != nil {
		return nil, nil, err
	}
	if err := h.meaning(ctx, d); err != nil {
		return nil, nil, err
	}
	made := time.Now()
	current, err := reconcile.Read(ctx, d, true)
	if err != nil {
		return nil, nil, err
	}
	known, err := h.known(ctx, d.Name())
	if err != nil {
		return nil, nil, err
	}
	limits, err := h.limits(ctx, d, h.app.actor())
	if err != nil {
		return nil, nil, err
	}
	assigned, err := h.assignedTo(ctx, d.Name(), undo.Touched(past))
	unread := fault.Is(err, fault.Denied)
	if err != nil && !unread {
		return nil, nil, err
	}
	p, err := undo.Plan(undo.Input{
		Past: past, Current: current, Assigned: assigned, Known: known, Limits: h.thresholds(limits, past.Plan.Sync), Made: made, By: h.app.actor(),
	})
	if err != nil {
		return nil, nil, err
	}
	if unread {
		p.LeaveUnrecorded()
	}
	return p, current, h.judged(ctx, p)
}

// assignedTo reads what some users and groups have; nil where they have nothing
// that can be reached, and nobody is asked about nobody.
func (h *house) assignedTo(ctx context.Context, directory string, of []identity.Principal) (map[identity.ID][]plan.Assignment, error) {
	if len(of) == 0 {
		return nil, nil
	}
	access, err := h.accessOf(directory).Open(ctx)
	if access == nil || err != nil {
		return nil, err
	}
	return reconcile.ReadAssigned(ctx, access, of)
}

func (h *house) carryOutUndo(ctx context.Context, p *plan.Plan, current *reconcile.Current) error {
	d, err := h.directory(ctx, p.Directory)
	if err != nil {
		return err
	}
	r, err := h.executor(d).Run(ctx, p, apply.Options{Actor: h.app.actor(), Fresh: true, Read: current})
	if r != nil {
		for _, c := range p.Changes {
			if id, made := r.Created[c.Subject]; made && c.Kind.Creates() {
				say(h.app.err, "  %s %s has a new id: %s", c.Kind.Object(), c.Name, id)
			}
		}
	}
	return h.report(r, err)
}

// leftOver turns what an undo could not take back into the exit status.
func leftOver(p *plan.Plan) error {
	moved := slices.ContainsFunc(p.Attention, func(a plan.Attention) bool {
		return a.Situation == "changed" || a.Situation == "gained" || a.Situation == "gone"
	})
	switch {
	case moved:
		return quietError{exitStale}
	case len(p.Attention) > 0:
		return quietError{exitPartial}
	}
	return nil
}
