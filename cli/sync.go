package cli

import (
	"maps"
	"slices"

	"github.com/spf13/cobra"

	"rollcall/plan"
)

func newSync(a *app) *cobra.Command {
	return group("sync", "Bring a directory in line with a source", "  rollcall sync run corp",
		newSyncRun(a), newSyncWatch(a), newSyncList(a), newSyncRebind(a))
}

type syncRun struct {
	dryRun   bool
	exitCode bool
	all      bool
}

func newSyncRun(a *app) *cobra.Command {
	var o syncRun
	c := &cobra.Command{
		Use: "run SYNC", Short: "Plan a sync and carry the plan out",
		Long: `Reads the source and the directory whole, plans what differs, shows the plan and carries
it out. A brake, or a source that cannot be read completely, stops it before any write.
Runs of the directory that were interrupted are carried to their end first.`,
		Example: "  rollcall sync run corp\n  rollcall sync run corp --dry-run --exit-code",
		Args:    cobra.ExactArgs(1),

		ValidArgsFunction: a.completeSyncs,
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.with(cmd.Context(), func(h *house) error { return runSync(cmd, h, args[0], o) })
		},
	}
	c.Flags().BoolVar(&o.dryRun, "dry-run", false, "show the plan, write nothing to the directory")
	c.Flags().BoolVar(&o.exitCode, "exit-code", false, "with --dry-run: exit 2 if there are changes")
	c.Flags().BoolVar(&o.all, "all", false, "show every change, and everybody that it names")
	return c
}

func runSync(cmd *cobra.Command, h *house, name string, o syncRun) error {
	ctx := cmd.Context()
	s, err := h.sync(name)
	if err != nil {
		return err
	}
	settle := h.finishInterrupted
	if o.dryRun {
		settle = h.sayInterrupted
	}
	if err := settle(ctx, h.directoryName(s.Directory)); err != nil {
		return err
	}
	p, err := h.planSync(ctx, name)
	if err != nil {
		return err
	}
	if o.dryRun {
		return h.showNew(ctx, p.Plan, o.all, o.exitCode)
	}
	if err := h.renderNew(ctx, h.app.err, p.Plan, o.all); err != nil {
		return err
	}
	if p.Empty() && !p.Braked() {
		return invalidRecords(p.Plan, nil)
	}
	return invalidRecords(p.Plan, h.carryOutNew(ctx, p))
}

func newSyncList(a *app) *cobra.Command {
	return &cobra.Command{
		Use: "list", Short: "List the syncs that the configuration has", Example: "  rollcall sync list",
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			c, err := a.loadConfig()
			if err != nil {
				return err
			}
			type line struct {
				Name      string `json:"name"`
				Source    string `json:"source"`
				Directory string `json:"directory"`
				Actions   string `json:"actions"`
				Groups    bool   `json:"groups"`
			}
			l := listing{Columns: []string{"Name", "Source", "Directory", "Actions"}}
			all := []line{}
			for _, name := range slices.Sorted(maps.Keys(c.Syncs)) {
				s := c.Syncs[name]
				all = append(all, line{name, s.Source, s.Directory, s.Actions.Table, s.ManageGroups()})
				l.Rows = append(l.Rows, []string{name, s.Source, s.Directory, s.Actions.Table})
			}
			l.Values = all
			return a.print(l)
		},
	}
}

// render shows a plan to people; a few changes of each kind unless all.
func (h *house) render(w interface{ Write([]byte) (int, error) }, p *plan.Plan, all bool) error {
	style := plan.Style{Color: h.app.color(w), Each: shownChanges}
	if all {
		style.Each = 0
	}
	return plan.Render(w, p, style)
}

const shownChanges = 10
