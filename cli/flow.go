package cli

import (
	"context"
	"log/slog"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"rollcall/fault"
	"rollcall/lifecycle"
	"rollcall/plan"
	"rollcall/work"
)

func newFlow(a *app) *cobra.Command {
	return group("flow", "Look at what is to be done about people later; carry it out now, or cancel it", "  rollcall flow list",
		newFlowList(a), newFlowShow(a), newFlowRun(a), newFlowCancel(a))
}

// flowView is a flow as listings show it.
type flowView struct {
	Flow      int64          `json:"flow"`
	Kind      string         `json:"kind"`
	Directory string         `json:"directory"`
	Subject   string         `json:"subject"`
	Name      string         `json:"name"`
	Due       time.Time      `json:"due"`
	State     work.FlowState `json:"state"`
	Asked     time.Time      `json:"asked"`
	By        plan.Actor     `json:"by"`
	Reason    string         `json:"reason"`
	Tries     int            `json:"tries"`
	Ended     *time.Time     `json:"ended,omitempty"`
	Plan      plan.ID        `json:"plan,omitempty"`
	Run       string         `json:"run,omitempty"`
	Text      string         `json:"text,omitempty"`
	Waits     plan.ID        `json:"waitsForApprovalOf,omitempty"`
}

func viewFlow(f work.Flow) flowView {
	return flowView{
		f.Number, f.Kind, f.Directory, f.Subject, f.Name, f.Due, f.State, f.Asked, f.By, f.Why, f.Tries, pointer(f.Ended), f.Plan, f.Run, f.Text, f.Waits,
	}
}

func newFlowList(a *app) *cobra.Command {
	all := false
	c := &cobra.Command{
		Use: "list", Short: "List what is to be done about people later", Args: cobra.NoArgs,
		Long: `Lists what was asked for about people at a time to come, by when it is due: who leaves (leaver),
is deleted when their grace period is over (leaver-delete), comes in (joiner) or moves (mover), and
whose role sessions are no longer to be denied, since none is left (leaver-sessions).
rollcall serve carries out what is due; what is to be changed is planned then, and not when it was asked for.

What waits for approval says so, with the plan that people decide about; as soon as they have, it goes on.
What has failed stays in the list until somebody runs it again or cancels it: a brake stopped the plan,
or not all of it could be done. What fails because a directory does not answer is tried again by itself.`,
		Example: "  rollcall flow list\n  rollcall flow list --all --output json",
		RunE: a.inHouse(func(ctx context.Context, h *house, _ []string) error {
			flows, err := work.NewBook(h.state).Flows(ctx, !all)
			if err != nil {
				return err
			}
			return a.print(flowListing(flows))
		}),
	}
	c.Flags().BoolVar(&all, "all", false, "also what is done or cancelled, for 90 days")
	return c
}

func flowListing(flows []work.Flow) listing {
	l := listing{Columns: []string{"Flow", "Due", "Kind", "Name", "Directory", "State", "Asked by", "Reason", "Run", "Text"}}
	views := []flowView{}
	for _, f := range flows {
		views = append(views, viewFlow(f))
		l.Rows = append(l.Rows, []string{
			strconv.FormatInt(f.Number, 10), clock(f.Due), f.Kind, f.Name, f.Directory, string(f.State), f.By.Name, f.Why, f.Run, f.Text,
		})
	}
	l.Values = views
	return l
}

// flowNumber reads which flow is meant.
func flowNumber(text string) (int64, error) {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 1 {
		return 0, usage("a flow is named by its number, which rollcall flow list shows; not %q", text)
	}
	return n, nil
}

func newFlowRun(a *app) *cobra.Command {
	var o deletion
	c := &cobra.Command{
		Use: "run FLOW", Short: "Carry a flow out here and now, due or not", Args: cobra.ExactArgs(1),
		Long: `Carries out here what rollcall serve would carry out when it is due: also before its time, and again
if it has failed. What a process that died has begun is gone on with. The plan is made now. Only role
sessions are denied for as long as one can live: rollcall leaver release ends that.`,
		Example: "  rollcall flow run 7 --dry-run\n  rollcall flow run 7 --yes",
		RunE: a.inHouse(func(ctx context.Context, h *house, args []string) error {
			n, err := flowNumber(args[0])
			if err != nil {
				return err
			}
			return h.runFlow(ctx, n, o)
		}),
	}
	c.Flags().BoolVar(&o.dryRun, "dry-run", false, "show the plan as it would be now, write nothing to the directory")
	c.Flags().BoolVar(&o.yes, "yes", false, "do not ask; needed where nobody is at a terminal to be asked")
	return c
}

func (h *house) runFlow(ctx context.Context, number int64, o deletion) error {
	f, err := work.NewBook(h.state).Flow(ctx, number)
	if err != nil {
		return err
	}
	if o.dryRun {
		return h.showFlow(ctx, f)
	}
	if f.Kind == lifecycle.FlowSessions && h.app.clock().Now().Before(f.Due) {
		return fault.Text(fault.Conflict, "carry out flow", strconv.FormatInt(number, 10),
			"a role session of "+f.Name+" can live until "+clock(f.Due)+", and is denied so long; to end that now: rollcall leaver release "+typed(f.Name))
	}
	if !o.yes {
		if err := h.app.ask("Carry out flow " + strconv.FormatInt(number, 10) + " (" + f.Kind + " " + f.Name + ") now?"); err != nil {
			return err
		}
	}
	return h.carryOutFlow(ctx, number)
}

// carryOutFlow carries a flow out in this process, and says what became of it.
func (h *house) carryOutFlow(ctx context.Context, number int64) error {
	s, err := h.service(slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	s.Hands = &hands{app: h.app, config: h.config, log: slog.New(slog.DiscardHandler), screen: h.app.err}
	f, err := s.RunFlow(ctx, number)
	if err != nil {
		return err
	}
	return h.sayFlow(f)
}

// sayFlow says what became of a flow, and makes it the exit status.
func (h *house) sayFlow(f work.Flow) error {
	say(h.app.err, "Flow %d (%s %s) is %s%s", f.Number, f.Kind, f.Name, f.State, because(f.Text))
	switch f.State {
	case work.FlowDone, work.FlowCancelled:
		return nil
	case work.FlowFailed:
		return quietError{exitPartial}
	}
	if f.Waits != "" {
		say(h.app.err, "As soon as people have decided rollcall serve goes on with it; to do so here: rollcall flow run %d", f.Number)
		return quietError{exitBraked}
	}
	say(h.app.err, "Go on with: rollcall flow run %d", f.Number)
	return quietError{exitBudget}
}

func newFlowCancel(a *app) *cobra.Command {
	var o change
	c := &cobra.Command{
		Use: "cancel FLOW", Short: "Cancel what is to be done later", Args: cobra.ExactArgs(1),
		Long: `Cancels a flow that waits, or has failed. What it has done already is not taken back, and whoever is
held stays held: rollcall leaver release ends both the hold and what waits.`,
		Example: "  rollcall flow cancel 7 --reason 'stays another year'",
		RunE: a.inHouse(func(ctx context.Context, h *house, args []string) error {
			n, err := flowNumber(args[0])
			if err != nil {
				return err
			}
			if o.reason == "" {
				return usage("--reason is empty; leave it out, or say why")
			}
			if o.dryRun {
				f, err := work.NewBook(h.state).Flow(ctx, n)
				if err == nil {
					say(h.app.err, "Would cancel flow %d (%s %s), which is %s.", f.Number, f.Kind, f.Name, f.State)
				}
				return err
			}
			f, err := h.cancelFlow(ctx, n, o.reason)
			if err != nil {
				return err
			}
			say(h.app.err, "Cancelled flow %d (%s %s).", f.Number, f.Kind, f.Name)
			return nil
		}),
	}
	o.flags(c)
	return c
}
