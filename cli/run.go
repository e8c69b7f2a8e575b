package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"rollcall/journal"
	"rollcall/plan"
)

func newRun(a *app) *cobra.Command {
	return group("run", "Look at runs, and go on with interrupted ones", "  rollcall run resume",
		newRunList(a), newRunShow(a), newRunResume(a))
}

// runView is a run as listings show it.
type runView struct {
	ID        string         `json:"id"`
	Started   time.Time      `json:"started"`
	Ended     *time.Time     `json:"ended,omitempty"`
	Status    journal.Status `json:"status"`
	Directory string         `json:"directory"`
	Sync      string         `json:"sync,omitempty"`
	Title     string         `json:"title,omitempty"`
	Plan      plan.ID        `json:"plan"`
	By        plan.Actor     `json:"by"`
	Counts    journal.Counts `json:"counts,omitempty"`
	Override  string         `json:"override,omitempty"`
	Holder    string         `json:"holder,omitempty"`
}

func viewRun(r journal.RunInfo, title string) runView {
	v := runView{
		ID: r.ID, Started: r.Started, Status: r.Status, Directory: r.Target, Sync: r.Sync, Title: title, Plan: r.Plan,
		By: r.Actor, Counts: r.Counts, Override: r.Override, Holder: r.Holder,
	}
	if !r.Ended.IsZero() {
		v.Ended = &r.Ended
	}
	return v
}

// what says in a few words what a run carried out.
func (v runView) what() string {
	if v.Sync != "" {
		return "sync " + v.Sync
	}
	return v.Title
}

func newRunList(a *app) *cobra.Command {
	limit := 20
	c := &cobra.Command{
		Use: "list", Short: "List the runs started last", Example: "  rollcall run list --limit 5", Args: cobra.NoArgs,
		RunE: a.inHouse(func(ctx context.Context, h *house, _ []string) error {
			runs, err := h.journal.Runs(ctx, limit)
			if err != nil {
				return err
			}
			return h.printRuns(ctx, runs)
		}),
	}
	c.Flags().IntVar(&limit, "limit", limit, "at most this many")
	return c
}

func (h *house) printRuns(ctx context.Context, runs []journal.RunInfo) error {
	l := listing{Columns: []string{"Run", "Started", "What", "Directory", "Status", "Made", "Not made", "By"}}
	all := []runView{}
	for _, r := range runs {
		title, err := h.titleOf(ctx, r)
		if err != nil {
			return err
		}
		v := viewRun(r, title)
		all = append(all, v)
		done, left := "", ""
		if r.Counts != nil || !r.Ended.IsZero() {
			done, left = strconv.Itoa(made(r.Counts)), strconv.Itoa(total(r.Counts)-made(r.Counts))
		}
		l.Rows = append(l.Rows, []string{v.ID, clock(v.Started), v.what(), v.Directory, string(v.Status), done, left, v.By.Name})
	}
	l.Values = all
	return h.app.print(l)
}

// titleOf is the title of the plan that a run carries out; a sync's has none.
func (h *house) titleOf(ctx context.Context, r journal.RunInfo) (string, error) {
	if r.Sync != "" {
		return "", nil
	}
	stored, err := h.journal.Plan(ctx, string(r.Plan))
	if err != nil {
		return "", err
	}
	return stored.Title, nil
}

func newRunShow(a *app) *cobra.Command {
	var all bool
	c := &cobra.Command{
		Use: "show RUN", Short: "Show a run, and the changes it could not make",
		Long:    "Shows a run by its id, or the beginning of it, with the changes that were not made and why.",
		Example: "  rollcall run show r-06h7k2\n  rollcall run show r-06h7k2 --all --output json", Args: cobra.ExactArgs(1),
		RunE: a.inHouse(func(ctx context.Context, h *house, args []string) error { return runShowRun(ctx, h, args[0], all) }),
	}
	c.Flags().BoolVar(&all, "all", false, "show the changes that were made, too")
	return c
}

// outcomeView is what became of one change.
type outcomeView struct {
	Change int            `json:"change"`
	What   string         `json:"what"`
	Result journal.Result `json:"result"`
	Text   string         `json:"text,omitempty"`
	At     time.Time      `json:"at"`
}

func runShowRun(ctx context.Context, h *house, ref string, all bool) error {
	r, err := h.journal.Run(ctx, ref)
	if err != nil {
		return err
	}
	p, err := h.storedPlan(ctx, r.Plan)
	if err != nil {
		return err
	}
	outcomes, settled, err := h.outcomes(ctx, r, p, all)
	if err != nil {
		return err
	}
	v := viewRun(r, p.Title)
	l := listing{Columns: []string{"Attribute", "Value"}}
	l.add("run", v.ID)
	l.add("what", v.what())
	l.add("directory", v.Directory)
	l.add("plan", v.Plan.Short())
	l.add("by", v.By.Name+" ("+v.By.Door+")")
	l.add("started", clock(v.Started))
	if v.Ended != nil {
		l.add("ended", clock(*v.Ended))
	}
	l.add("status", string(v.Status))
	if v.Holder != "" {
		l.add("at it", v.Holder)
	}
	if v.Override != "" {
		l.add("brakes overridden", v.Override)
	}
	l.add("changes", fmt.Sprintf("%d of %d settled", settled, len(p.Changes)))
	for i, o := range outcomes {
		l.add(first(i, "outcomes"), fmt.Sprintf("%d %s: %s%s", o.Change, o.Result, o.What, because(o.Text)))
	}
	l.Values = struct {
		runView
		Changes  int           `json:"changes"`
		Settled  int           `json:"settled"`
		Outcomes []outcomeView `json:"outcomes"`
	}{v, len(p.Changes), settled, outcomes}
	return h.app.print(l)
}

func because(text string) string {
	if text == "" {
		return ""
	}
	return ": " + text
}

func (h *house) storedPlan(ctx context.Context, id plan.ID) (*plan.Plan, error) {
	stored, err := h.journal.Plan(ctx, string(id))
	if err != nil {
		return nil, err
	}
	return plan.Decode(stored.File)
}

// outcomes lists what became of a run's changes, and counts those it knows of.
func (h *house) outcomes(ctx context.Context, r journal.RunInfo, p *plan.Plan, all bool) ([]outcomeView, int, error) {
	list, settled := []outcomeView{}, map[int]bool{}
	for e, err := range h.journal.Entries(ctx, r.Target, journal.Filter{Run: r.ID, Types: []journal.Type{journal.TypeOutcome}}) {
		if err != nil {
			return nil, 0, err
		}
		for _, n := range e.Changes {
			settled[n] = true
			if (all || !e.Result.Whole()) && n <= len(p.Changes) {
				list = append(list, outcomeView{n, p.Changes[n-1].Sentence(), e.Result, e.Text, e.At})
			}
		}
	}
	return list, len(settled), nil
}

func newRunResume(a *app) *cobra.Command {
	var dryRun bool
	c := &cobra.Command{
		Use: "resume [RUN...]", Short: "Go on with runs that were interrupted; without a name, with all of them",
		Long: `Goes on with a run that was interrupted, or whose process died: reads what became of the changes
that were under way, and makes those that are left. Nothing is done twice. A run that put people out
ends with their evidence.`,
		Example: "  rollcall run resume\n  rollcall run resume r-06h7k2 --dry-run",
		RunE:    a.inHouse(func(ctx context.Context, h *house, args []string) error { return runResume(ctx, h, args, dryRun) }),
	}
	c.Flags().BoolVar(&dryRun, "dry-run", false, "list what is left to do, write nothing to the directory")
	return c
}

func runResume(ctx context.Context, h *house, refs []string, dryRun bool) error {
	runs, err := h.unfinished(ctx, refs)
	if err != nil {
		return err
	}
	if len(runs) == 0 {
		say(h.app.err, "There is no interrupted run.")
		return h.sayRunning(ctx)
	}
	status := exitDone
	for _, r := range runs {
		if err := h.resume(ctx, r, resuming{dry: dryRun}); err != nil {
			h.app.complain(err)
			status = exitStatus(ctx, err)
		}
		if ctx.Err() != nil {
			break
		}
	}
	if status == exitDone {
		return nil
	}
	return quietError{status}
}

// finishInterrupted goes on with what was interrupted on a directory, so that
// what it made and has not linked yet is not taken for somebody else's. A run
// that ends with failures is over all the same: the next plan begins there.
func (h *house) finishInterrupted(ctx context.Context, name string) error {
	runs, err := h.journal.Unfinished(ctx, name)
	if err != nil {
		return err
	}
	for _, r := range runs {
		if err := h.resume(ctx, r, resuming{}); err != nil && !errors.As(err, new(quietError)) {
			return fmt.Errorf("run %s was interrupted and cannot be ended, so that no other is begun: %w", r.ID, err)
		}
	}
	return nil
}

// sayInterrupted warns that a plan is made while a run is interrupted.
func (h *house) sayInterrupted(ctx context.Context, name string) error {
	runs, err := h.journal.Unfinished(ctx, name)
	for _, r := range runs {
		say(h.app.err, "Warning: run %s was interrupted, and this plan does not know all that it made. First: rollcall run resume %s", r.ID, r.ID)
	}
	return err
}

// sayRunning names the runs that somebody is at, or was until just now: whose
// process has died looks alive until the lease ends.
func (h *house) sayRunning(ctx context.Context) error {
	runs, err := h.journal.Runs(ctx, 20)
	for _, r := range runs {
		if r.Status == journal.Running {
			say(h.app.err, "Run %s is under way on %s. Should that process have died, its run can be resumed within %s.", r.ID, r.Holder, journal.LeaseTime)
		}
	}
	return err
}

func (h *house) unfinished(ctx context.Context, refs []string) ([]journal.RunInfo, error) {
	if len(refs) == 0 {
		return h.journal.Unfinished(ctx, h.app.directory)
	}
	var runs []journal.RunInfo
	for _, ref := range refs {
		r, err := h.journal.Run(ctx, ref)
		if err != nil {
			return nil, err
		}
		runs = append(runs, r)
	}
	return runs, nil
}

// resuming is how a run is gone on with.
type resuming struct {
	dry      bool
	evidence string // the file for it, if the run put people out; empty: where it is kept
}

func (h *house) resume(ctx context.Context, r journal.RunInfo, o resuming) error {
	p, err := h.storedPlan(ctx, r.Plan)
	if err != nil {
		return err
	}
	_, settled, err := h.outcomes(ctx, r, p, false)
	if err != nil {
		return err
	}
	what := strings.TrimSpace(viewRun(r, p.Title).what())
	if o.dry {
		say(h.app.err, "Would go on with run %s (%s): %d of %d changes are settled.", r.ID, what, settled, len(p.Changes))
		return nil
	}
	d, err := h.directory(ctx, r.Target)
	if err != nil {
		return err
	}
	if err := h.meaning(ctx, d); err != nil {
		return err
	}
	say(h.app.err, "Going on with run %s (%s): %d of %d changes are settled.", r.ID, what, settled, len(p.Changes))
	result, err := h.executor(d).Resume(ctx, r.ID)
	if err != nil {
		return h.report(result, err)
	}
	return cmp.Or(errors.Join(h.report(result, nil), h.accept(ctx, p, result, r.Override != "")), h.proveResumed(ctx, p, r.ID, o.evidence))
}
