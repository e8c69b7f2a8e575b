package cli

import (
	"context"
	"errors"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"rollcall/apply"
	"rollcall/caller"
	"rollcall/fault"
	"rollcall/journal"
	"rollcall/plan"
)

type planMake struct {
	out      string
	exitCode bool
	all      bool
}

func newPlan(a *app) *cobra.Command {
	var o planMake
	c := &cobra.Command{
		Use: "plan [SYNC]", Short: "Make, list and show plans",
		Long: `Plans a sync and keeps the plan, without changing the directory. The plan can be looked at,
stored as a file, and carried out later: then each change whose object has moved on is refused.`,
		Example: "  rollcall plan corp --out p.json\n  rollcall apply p.json\n  rollcall plan show 3f2a91",
		Args:    cobra.MaximumNArgs(1),

		ValidArgsFunction: a.completeSyncs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return cmd.Help()
			}
			return a.with(cmd.Context(), func(h *house) error { return runPlan(cmd.Context(), h, args[0], o) })
		},
	}
	c.Flags().StringVar(&o.out, "out", "", "also write the plan to this `file`")
	c.Flags().BoolVar(&o.exitCode, "exit-code", false, "exit 2 if there are changes")
	c.Flags().BoolVar(&o.all, "all", false, "show every change, and everybody that it names")
	c.AddCommand(newPlanList(a), newPlanShow(a))
	return c
}

func runPlan(ctx context.Context, h *house, sync string, o planMake) error {
	s, err := h.sync(sync)
	if err != nil {
		return err
	}
	if err := h.sayInterrupted(ctx, h.directoryName(s.Directory)); err != nil {
		return err
	}
	p, err := h.planSync(ctx, sync)
	if err != nil {
		return err
	}
	if o.out != "" {
		if err := writePlan(o.out, p.Plan); err != nil {
			return err
		}
		say(h.app.err, "Wrote the plan to %s.", o.out)
	}
	return h.showNew(ctx, p.Plan, o.all, o.exitCode)
}

// showNew keeps a plan that was just made and shows it on stdout.
func (h *house) showNew(ctx context.Context, p *plan.Plan, all, exitCode bool) error {
	id, err := h.keepPlan(ctx, p)
	if err != nil {
		return err
	}
	if err := h.showPlan(id, p, all); err != nil {
		return err
	}
	if h.app.forPeople() {
		h.renderEffects(ctx, h.app.out, p)
	}
	switch {
	case p.Braked():
		return &apply.BrakedError{Plan: id, Brakes: p.Brakes}
	case p.Empty():
		return nil
	}
	say(h.app.err, "Plan %s is kept. Carry it out with: rollcall apply %s", id.Short(), id.Short())
	if exitCode {
		return quietError{exitChanges}
	}
	return nil
}

// planView is a plan as JSON and YAML show it.
type planView struct {
	ID plan.ID `json:"id"`
	plan.Header
	Changes []plan.Change `json:"changes"`
}

func (h *house) showPlan(id plan.ID, p *plan.Plan, all bool) error {
	switch {
	case h.app.output == "csv":
		l := listing{Columns: []string{"N", "Kind", "Name", "Change", "Reason"}}
		for _, c := range p.Changes {
			l.Rows = append(l.Rows, []string{strconv.Itoa(c.Number), string(c.Kind), c.Name, c.Whole(), c.Reason})
		}
		return h.app.print(l)
	case h.app.output != "table" || h.app.query != "":
		changes := p.Changes
		if changes == nil {
			changes = []plan.Change{}
		}
		return h.app.print(listing{Values: planView{id, p.Header, changes}})
	}
	return h.render(h.app.out, p, all)
}

// writePlan writes a plan's file for its owner alone, whole or not at all.
func writePlan(path string, p *plan.Plan) error {
	file, _, err := plan.Encode(p)
	if err != nil {
		return err
	}
	temporary := path + ".part"
	if err := os.WriteFile(temporary, file, 0o600); err != nil {
		return fault.New(fault.Denied, "write plan", path, err)
	}
	if err := os.Rename(temporary, path); err != nil {
		return fault.New(fault.Denied, "write plan", path, err)
	}
	return nil
}

func newPlanList(a *app) *cobra.Command {
	limit := 20
	c := &cobra.Command{
		Use: "list", Short: "List the plans made last", Example: "  rollcall plan list --limit 5", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.with(cmd.Context(), func(h *house) error {
				plans, err := h.journal.Plans(cmd.Context(), limit)
				if err != nil {
					return err
				}
				return a.print(planListing(plans))
			})
		},
	}
	c.Flags().IntVar(&limit, "limit", limit, "at most this many")
	return c
}

func planListing(plans []journal.PlanInfo) listing {
	type line struct {
		ID        plan.ID           `json:"id"`
		Made      time.Time         `json:"made"`
		Origin    plan.Origin       `json:"origin"`
		Sync      string            `json:"sync,omitempty"`
		Directory string            `json:"directory"`
		Title     string            `json:"title,omitempty"`
		Changes   int               `json:"changes"`
		Counts    map[plan.Kind]int `json:"counts"`
		Status    journal.Status    `json:"status"`
		Run       string            `json:"run,omitempty"`
	}
	l := listing{Columns: []string{"Plan", "Made", "What", "Directory", "Changes", "Status", "Run"}}
	all := []line{}
	for _, p := range plans {
		what := p.Title
		if p.Sync != "" {
			what = "sync " + p.Sync
		}
		all = append(all, line{p.ID, p.Made, p.Origin, p.Sync, p.Directory, p.Title, p.Changes, p.Counts, p.Status, p.Run})
		l.Rows = append(l.Rows, []string{p.ID.Short(), clock(p.Made), what, p.Directory, strconv.Itoa(p.Changes), string(p.Status), p.Run})
	}
	l.Values = all
	return l
}

// clock writes a time for people, in their zone.
func clock(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Local().Format("2006-01-02 15:04:05")
}

func newPlanShow(a *app) *cobra.Command {
	var all bool
	c := &cobra.Command{
		Use: "show PLAN", Short: "Show a plan by its id or from a file", Example: "  rollcall plan show 3f2a91 --all",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.with(cmd.Context(), func(h *house) error {
				file, err := planFile(args[0])
				if err != nil {
					return err
				}
				if file == nil {
					stored, err := h.journal.Plan(cmd.Context(), args[0])
					if err != nil {
						return err
					}
					file = stored.File
				}
				p, err := plan.Decode(file)
				if err != nil {
					return err
				}
				return h.showPlan(plan.Sum(file), p, all)
			})
		},
	}
	c.Flags().BoolVar(&all, "all", false, "show every change, and everybody that it names")
	return c
}

// planFile reads a plan's file if that is what a reference names; nil if it is
// no file.
func planFile(ref string) ([]byte, error) {
	f, err := os.Open(ref)
	if errors.Is(err, os.ErrNotExist) {
		if strings.ContainsAny(ref, "./") { // which no id has
			return nil, fault.Text(fault.NotFound, "read plan", ref, "there is no such file")
		}
		return nil, nil
	}
	if err != nil {
		return nil, fault.New(fault.Denied, "read plan", ref, err)
	}
	defer f.Close()
	file, err := io.ReadAll(f)
	if err != nil {
		return nil, fault.New(fault.Unavailable, "read plan", ref, err)
	}
	return file, nil
}

type applyPlan struct {
	credential
	override string
	reason   string
	dryRun   bool
	all      bool
}

func newApply(a *app) *cobra.Command {
	var o applyPlan
	c := &cobra.Command{
		Use: "apply PLAN", Short: "Carry out a plan by its id or from a file",
		Long: `Carries out a plan that was made before. Everything it is about is listed once; a change whose
object has moved on since is refused, the others are made. A sync's plan is refused as a whole once
the sync has brought the directory in line with a later read of its source.

A plan that the lock-out guard stops is overridden by an admin alone.
` + credentialHelp,
		Example: "  rollcall apply p.json\n  rollcall apply 3f2a91 --override-brakes 3f2a91 --reason 'team closed, ticket 42'",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.with(cmd.Context(), func(h *house) error { return runApply(cmd.Context(), h, args[0], o) })
		},
	}
	o.credential.flags(c)
	c.Flags().StringVar(&o.override, "override-brakes", "", "carry out this very `plan` although brakes stop it")
	c.Flags().StringVar(&o.reason, "reason", "", "why the brakes are overridden; journalled")
	c.Flags().BoolVar(&o.dryRun, "dry-run", false, "show the plan, write nothing to the directory")
	c.Flags().BoolVar(&o.all, "all", false, "show every change, and everybody that it names")
	return c
}

func runApply(ctx context.Context, h *house, ref string, o applyPlan) error {
	file, err := planFile(ref)
	if err != nil {
		return err
	}
	p, err := h.readPlan(ctx, ref, file)
	if err != nil {
		return err
	}
	_, id, err := plan.Encode(p)
	if err != nil {
		return err
	}
	if file != nil && plan.Sum(file) != id {
		return fault.Text(fault.Stale, "read plan", ref, "it is sealed, but not in the form in which plans are written; make a new plan")
	}
	options, err := o.options(id)
	if err != nil {
		return err
	}
	if options.Override != "" && locksOut(p) {
		by, err := o.check(ctx, h, caller.Admin)
		if err != nil {
			return err
		}
		options.Admin = by.Name
	}
	if o.dryRun {
		return h.showPlan(id, p, o.all)
	}
	d, err := h.directory(ctx, p.Directory)
	if err != nil {
		return err
	}
	if err := h.meaning(ctx, d); err != nil {
		return err
	}
	if err := h.renderNew(ctx, h.app.err, p, o.all); err != nil {
		return err
	}
	if err := h.notOvertaken(ctx, p, id); err != nil {
		return err
	}
	if options.Override == "" {
		if err := h.recount(ctx, d, p, id); err != nil {
			return err
		}
	}
	return h.carryOut(ctx, p, options)
}

// locksOut reports whether the lock-out guard stops a plan.
func locksOut(p *plan.Plan) bool {
	return slices.ContainsFunc(p.Brakes, func(b plan.Brake) bool { return b.Rule == plan.RuleLockOut })
}

func (o applyPlan) options(id plan.ID) (apply.Options, error) {
	if o.override == "" {
		return apply.Options{}, nil
	}
	if o.reason == "" {
		return apply.Options{}, usage("--override-brakes needs --reason")
	}
	if len(o.override) < 4 || len(o.override) > len(id) || string(id[:len(o.override)]) != o.override {
		return apply.Options{}, usage("--override-brakes names plan %s, and this is %s", o.override, id.Short())
	}
	return apply.Options{Override: id, OverrideReason: o.reason}, nil
}
