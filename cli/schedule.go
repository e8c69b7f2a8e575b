package cli

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"rollcall/config"
	"rollcall/plan"
	"rollcall/work"
)

func newSchedule(a *app) *cobra.Command {
	return group("schedule", "Look at what the service runs by itself; run, pause and resume it", "  rollcall schedule list",
		newScheduleList(a), newScheduleHistory(a), newScheduleRun(a), newSchedulePause(a), newScheduleResume(a))
}

// scheduleView is a sync as listings of schedules show it.
type scheduleView struct {
	Sync         string     `json:"sync"`
	Schedule     string     `json:"schedule,omitempty"`
	Next         *time.Time `json:"next,omitempty"`
	LastComplete *time.Time `json:"lastComplete,omitempty"`
	Last         string     `json:"last,omitempty"` // what the last attempt came to; "running" while it is under way
	LastBegan    *time.Time `json:"lastBegan,omitempty"`
	Pending      int        `json:"pending"` // changes planned and not made
	Paused       *time.Time `json:"paused,omitempty"`
	PausedBy     string     `json:"pausedBy,omitempty"`
	Reason       string     `json:"reason,omitempty"`
}

func newScheduleList(a *app) *cobra.Command {
	return &cobra.Command{
		Use: "list", Short: "List the syncs, when they are due, and what became of them last", Example: "  rollcall schedule list", Args: cobra.NoArgs,
		Long: `Lists every sync: its schedule, when it is due next, what its last attempt came to, and since when
the directory has been in line with the source. Times are those that rollcall serve has written down.`,
		RunE: a.inHouse(func(ctx context.Context, h *house, _ []string) error { return h.listSchedules(ctx) }),
	}
}

func (h *house) listSchedules(ctx context.Context) error {
	book := work.NewBook(h.state)
	entries, err := book.Entries(ctx)
	if err != nil {
		return err
	}
	good, err := h.baselines.Accepted(ctx)
	if err != nil {
		return err
	}
	l := listing{Columns: []string{"Sync", "Schedule", "Next", "Last", "Last complete", "Pending", "Paused"}}
	all := []scheduleView{}
	for _, name := range slices.Sorted(maps.Keys(h.config.Syncs)) {
		last, err := book.Attempts(ctx, name, 1)
		if err != nil {
			return err
		}
		v := viewSchedule(name, entries[name], h.config.Syncs[name].Schedule, last, good[name])
		all = append(all, v)
		l.Rows = append(l.Rows, []string{
			name, v.Schedule, clock(value(v.Next)), v.Last, clock(value(v.LastComplete)), strconv.Itoa(v.Pending), pausedText(v),
		})
	}
	l.Values = all
	return h.app.print(l)
}

func viewSchedule(name string, e work.Entry, settings config.Schedule, last []work.Attempt, good time.Time) scheduleView {
	v := scheduleView{
		Sync: name, Schedule: e.Schedule, Next: pointer(e.Due), LastComplete: pointer(good), Pending: e.Numbers.Pending,
		Paused: pointer(e.Paused), PausedBy: e.PausedBy, Reason: e.PausedAs,
	}
	if when, err := settings.Build(); err == nil && when != nil {
		v.Schedule = when.String()
	}
	if len(last) > 0 {
		v.Last, v.LastBegan = attemptStatus(last[0]), pointer(last[0].Began)
	}
	return v
}

func attemptStatus(a work.Attempt) string {
	if a.Status == work.Open {
		return "running"
	}
	return string(a.Status)
}

func pausedText(v scheduleView) string {
	if v.Paused == nil {
		return ""
	}
	return "by " + v.PausedBy + ": " + v.Reason
}

// pointer is nil for a time that never is.
func pointer(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

func value(t *time.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return *t
}

func newScheduleHistory(a *app) *cobra.Command {
	limit := 20
	c := &cobra.Command{
		Use: "history [SYNC]", Short: "List what the service tried, with what came of it", Args: cobra.MaximumNArgs(1),
		Long: `Lists the attempts of the service, newest first: why each was made, and what it came to. Those that
found nothing to do are here and not in rollcall run list, which has runs that wrote something.

unchanged: nothing to do. complete: everything done. partly: some objects failed. refused: some changes
were not made because the world had changed. braked: a brake stopped the plan. failed: no plan could be
made or carried out. busy: another run held the directory; tried again soon. missed: nobody was at work.`,
		Example: "  rollcall schedule history corp --limit 5", ValidArgsFunction: a.completeSyncs,
		RunE: a.inHouse(func(ctx context.Context, h *house, args []string) error {
			sync := ""
			if len(args) > 0 {
				sync = args[0]
			}
			all, err := work.NewBook(h.state).Attempts(ctx, sync, limit)
			if err != nil {
				return err
			}
			return a.print(attemptListing(all))
		}),
	}
	c.Flags().IntVar(&limit, "limit", limit, "at most this many")
	return c
}

func attemptListing(attempts []work.Attempt) listing {
	type line struct {
		Number  int64      `json:"number"`
		Sync    string     `json:"sync,omitempty"`
		Due     *time.Time `json:"due,omitempty"`
		Began   time.Time  `json:"began"`
		Ended   *time.Time `json:"ended,omitempty"`
		Why     string     `json:"why"`
		By      plan.Actor `json:"by"`
		Status  string     `json:"status"`
		Changes int        `json:"changes"`
		Made    int        `json:"made"`
		Run     string     `json:"run,omitempty"`
		Plan    plan.ID    `json:"plan,omitempty"`
		Holder  string     `json:"holder"`
		Fault   string     `json:"fault,omitempty"`
		Text    string     `json:"text,omitempty"`
	}
	l := listing{Columns: []string{"Began", "Sync", "Why", "Status", "Changes", "Made", "Run", "Text"}}
	all := []line{}
	for _, a := range attempts {
		all = append(all, line{
			a.Number, a.Sync, pointer(a.Due), a.Began, pointer(a.Ended), a.Why, a.By, attemptStatus(a), a.Changes, a.Made, a.Run, a.Plan, a.Holder, a.Fault, a.Text,
		})
		l.Rows = append(l.Rows, []string{
			clock(a.Began), a.Sync, a.Why, attemptStatus(a), strconv.Itoa(a.Changes), strconv.Itoa(a.Made), a.Run, a.Text,
		})
	}
	l.Values = all
	return l
}

// asking holds the flags of commands that ask the service for something.
type asking struct {
	dryRun bool
	reason string
}

func (o *asking) flags(c *cobra.Command) {
	c.Flags().BoolVar(&o.dryRun, "dry-run", false, "say what would be asked for, and ask for nothing")
	c.Flags().StringVar(&o.reason, "reason", "by command", "why; shown in the history")
}

// asks makes a command about one sync, which is there.
func asks(a *app, use, short, long, example string, run func(ctx context.Context, h *house, sync string, o asking) error) *cobra.Command {
	var o asking
	c := &cobra.Command{
		Use: use, Short: short, Long: long, Example: example, Args: cobra.ExactArgs(1), ValidArgsFunction: a.completeSyncs,
		RunE: a.inHouse(func(ctx context.Context, h *house, args []string) error {
			if _, err := h.sync(args[0]); err != nil {
				return err
			}
			if o.reason == "" {
				return usage("--reason is empty; leave it out, or say why")
			}
			return run(ctx, h, args[0], o)
		}),
	}
	o.flags(c)
	return c
}

func newScheduleRun(a *app) *cobra.Command {
	return asks(a, "run SYNC", "Ask the service to run a sync now",
		`Asks whoever runs rollcall serve on this state to run a sync as soon as it can: within seconds, or
after the run that is under way. A paused schedule does not stop it. rollcall sync run does it here and now.`,
		"  rollcall schedule run corp --reason 'people have moved'",
		func(ctx context.Context, h *house, sync string, o asking) error {
			if o.dryRun {
				say(h.app.err, "Would ask for a run of sync %s.", sync)
				return nil
			}
			if err := work.NewBook(h.state).Ask(ctx, sync, h.app.clock().Now(), o.reason, h.app.actor()); err != nil {
				return err
			}
			say(h.app.err, "Asked for a run of sync %s. See what becomes of it: rollcall schedule history %s", sync, sync)
			return nil
		})
}

func newSchedulePause(a *app) *cobra.Command {
	return asks(a, "pause SYNC", "Stop a sync from being run by its schedule",
		`Stops the service from running a sync when it is due, on every replica, until rollcall schedule resume.
What is under way goes on, and who asks for a run gets one.`,
		"  rollcall schedule pause corp --reason 'migration on Friday'",
		func(ctx context.Context, h *house, sync string, o asking) error {
			if o.dryRun {
				say(h.app.err, "Would pause the schedule of sync %s.", sync)
				return nil
			}
			if err := work.NewBook(h.state).Pause(ctx, sync, h.app.actor().Name, o.reason, h.app.clock().Now()); err != nil {
				return err
			}
			say(h.app.err, "Paused. Let it go on with: rollcall schedule resume %s", sync)
			return nil
		})
}

func newScheduleResume(a *app) *cobra.Command {
	return asks(a, "resume SYNC", "Let a paused schedule go on",
		`Lets the service run a sync again when it is due. What it missed while it was paused is made up for by
one run, unless its schedule says catch_up: skip.`,
		"  rollcall schedule resume corp",
		func(ctx context.Context, h *house, sync string, o asking) error {
			if o.dryRun {
				say(h.app.err, "Would let the schedule of sync %s go on.", sync)
				return nil
			}
			if err := work.NewBook(h.state).Continue(ctx, sync); err != nil {
				return err
			}
			say(h.app.err, "Sync %s is run when it is due.", sync)
			return nil
		})
}
