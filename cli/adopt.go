package cli

import (
	"context"

	"github.com/spf13/cobra"

	"rollcall/apply"
	"rollcall/reconcile"
)

type adoptOptions struct {
	yes    bool
	dryRun bool
	all    bool
}

func newDirectoryAdopt(a *app) *cobra.Command {
	var o adoptOptions
	c := &cobra.Command{
		Use: "adopt SYNC", Short: "Take over users and groups that are there already",
		Long: `Finds the users and groups of a sync's directory that belong to nobody and that exactly one
record of its source correlates with: by external id, then by the attributes under correlate.
Adopting them writes nothing to the directory; from then on the sync decides over them.
What could be two is listed and left alone.`,
		Example: "  rollcall directory adopt corp --dry-run\n  rollcall directory adopt corp --yes", Args: cobra.ExactArgs(1),
		ValidArgsFunction: a.completeSyncs,
		RunE:              a.inHouse(func(ctx context.Context, h *house, args []string) error { return runAdopt(ctx, h, args[0], o) }),
	}
	c.Flags().BoolVar(&o.yes, "yes", false, "do not ask; needed where nobody is at a terminal to be asked")
	c.Flags().BoolVar(&o.dryRun, "dry-run", false, "show what would be adopted")
	c.Flags().BoolVar(&o.all, "all", false, "show every one, not the first ten of each kind")
	return c
}

func runAdopt(ctx context.Context, h *house, sync string, o adoptOptions) error {
	in, err := h.readSync(ctx, sync)
	if err != nil {
		return err
	}
	p, err := reconcile.PlanAdoption(in.Input)
	if err != nil {
		return err
	}
	if o.dryRun {
		return h.showNew(ctx, p, o.all, false)
	}
	if err := h.render(h.app.err, p, o.all); err != nil {
		return err
	}
	if p.Empty() {
		return nil
	}
	if !o.yes && !p.Braked() {
		if err := h.app.ask("Shall sync " + sync + " decide over " + count(len(p.Changes), "object") + " from now on?"); err != nil {
			return err
		}
	}
	return h.carryOut(ctx, p, apply.Options{Fresh: true, Read: in.Current})
}
