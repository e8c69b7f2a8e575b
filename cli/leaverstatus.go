package cli

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"rollcall/fault"
	"rollcall/identity"
	"rollcall/lifecycle"
	"rollcall/plan"
	"rollcall/work"
)

func newLeaverStatus(a *app) *cobra.Command {
	return &cobra.Command{
		Use: "status [NAME]", Short: "Show who was put out, what is left, and how long sessions can live",
		Long: `Lists the people whom rollcall leaver run or rollcall user delete has put out, the last first: how
their account is now, whether they are held, what was not done, how long a role session that was
issued before can still live, and what is to be done later. Those whose last day is to come are listed
first. A name shows one of them; they may be deleted since.`,
		Example: "  rollcall leaver status\n  rollcall leaver status ann --output json", Args: cobra.MaximumNArgs(1),
		RunE: a.inHouse(func(ctx context.Context, h *house, args []string) error { return runLeaverStatus(ctx, h, args) }),
	}
}

// leaverView is a leaver as status shows them.
type leaverView struct {
	object        identity.ID
	Name          string              `json:"name"`
	Mode          plan.Mode           `json:"mode"`
	State         lifecycle.State     `json:"state"`
	Held          bool                `json:"held"`
	Groups        []string            `json:"groups,omitempty"`
	Assignments   []string            `json:"assignments,omitempty"`
	Problem       string              `json:"problem,omitempty"`
	SessionsUntil *time.Time          `json:"sessionsUntil,omitempty"`
	SecondsLeft   *int                `json:"secondsLeft,omitempty"` // nil: not known
	Sessions      string              `json:"sessions"`
	NotDone       []string            `json:"notDone"`
	Run           string              `json:"run"`
	Ways          []lifecycle.Session `json:"ways,omitempty"`
	Waiting       []flowView          `json:"waiting,omitempty"` // what is to be done later, or has failed
}

// waits says in one line what is to be done later.
func (v leaverView) waits() string {
	var texts []string
	for _, f := range v.Waiting {
		text := f.Kind + " at " + clock(f.Due)
		if f.State != work.FlowWaiting {
			text = f.Kind + " " + string(f.State)
		}
		texts = append(texts, fmt.Sprintf("%s (flow %d)", text, f.Flow))
	}
	return strings.Join(texts, ", ")
}

// plansLooked is how many plans back people are looked for.
const plansLooked = 10_000

func runLeaverStatus(ctx context.Context, h *house, args []string) error {
	name := ""
	if len(args) > 0 {
		name = args[0]
	}
	views, err := h.leaverViews(ctx, name)
	if err != nil {
		return err
	}
	if name != "" && len(views) == 0 {
		return fault.Text(fault.NotFound, "show leaver", name, "nobody of that name was put out here")
	}
	l := listing{Columns: []string{"User name", "Mode", "State", "Held", "Groups", "Assignments", "Role sessions", "Waits", "Run"}, Values: views}
	for _, v := range views {
		l.Rows = append(l.Rows, []string{
			v.Name, string(v.Mode), string(v.State), yes(v.Held),
			strconv.Itoa(len(v.Groups)), strconv.Itoa(len(v.Assignments)), v.Sessions, v.waits(), v.Run,
		})
	}
	return h.app.print(l)
}

// leaverPlan is a plan that put people out, and the run that carried it out.
type leaverPlan struct {
	plan *plan.Plan
	run  string
}

// leaverPlans lists the plans of this directory that have put people out, the
// newest first.
func (h *house) leaverPlans(ctx context.Context) ([]leaverPlan, error) {
	plans, err := h.journal.Plans(ctx, plansLooked)
	if err != nil {
		return nil, err
	}
	var all []leaverPlan
	for _, info := range plans {
		takes := 0
		for _, k := range []plan.Kind{plan.UserHold, plan.UserDisable, plan.SessionDeny, plan.AssignmentDelete, plan.GroupMembers, plan.UserDelete} {
			takes += info.Counts[k]
		}
		if info.Run == "" || info.Origin != plan.FromCommand || info.Directory != h.directoryName("") || takes == 0 {
			continue
		}
		p, err := h.storedPlan(ctx, info.ID)
		if err != nil {
			return nil, err
		}
		if len(p.Leavers) > 0 {
			all = append(all, leaverPlan{p, info.Run})
		}
	}
	return all, nil
}

func (h *house) leaverViews(ctx context.Context, name string) ([]leaverView, error) {
	past, err := h.leaverPlans(ctx)
	if err != nil {
		return nil, err
	}
	seen := map[identity.ID]bool{}
	waiting, views, err := h.waitingLeavers(ctx, name)
	if err != nil {
		return nil, err
	}
	for _, one := range past {
		p := *one.plan
		if p.Leavers = newest(p.Leavers, name, seen); len(p.Leavers) == 0 {
			continue
		}
		e, err := h.evidenceAfter(ctx, &p, one.run, past)
		if err != nil {
			return nil, err
		}
		for i := range e.People {
			v, err := h.leaverView(ctx, e, &e.People[i])
			if err != nil {
				return nil, err
			}
			v.Waiting = waiting[e.People[i].Object]
			delete(waiting, e.People[i].Object)
			views = append(views, v)
		}
	}
	return slices.DeleteFunc(views, func(v leaverView) bool { return v.Run == "" && waiting[v.object] == nil }), nil
}

// newest leaves out whom a later plan was about, and others than the one named.
func newest(all []plan.Leaver, name string, seen map[identity.ID]bool) []plan.Leaver {
	var kept []plan.Leaver
	for _, l := range all {
		if !seen[l.Object] && (name == "" || identity.SameName(l.Name, name) || string(l.Object) == name) {
			kept = append(kept, l)
		}
		seen[l.Object] = true
	}
	return kept
}

func (h *house) leaverView(ctx context.Context, e *lifecycle.Evidence, p *lifecycle.Person) (leaverView, error) {
	v := leaverView{
		Name: p.Name, Mode: p.Mode, State: p.After.State, Groups: p.After.Groups, Assignments: p.After.Assignments, Problem: p.After.Problem,
		SessionsUntil: p.Until, Sessions: sessionText(p, e.Written), NotDone: p.NotDone, Run: e.Run, Ways: p.Sessions,
	}
	if left, known := p.Left(e.Written); known {
		seconds := int(left.Seconds())
		v.SecondsLeft = &seconds
	}
	if p.Record == nil {
		return v, nil
	}
	var err error
	_, v.Held, err = h.links.Held(ctx, p.Record.Source, p.Record.Anchor)
	return v, err
}

// sessionText counts the residual clock down.
func sessionText(p *lifecycle.Person, now time.Time) string {
	left, known := p.Left(now)
	switch {
	case !known:
		return "not ended: " + p.Open
	case p.Until == nil:
		return "none: there was no way to a role"
	case left == 0:
		return "ended " + clock(*p.Until)
	}
	text := fmt.Sprintf("until %s at the latest, %s left", clock(*p.Until), left.Round(time.Second))
	if since, all := p.AllDenied(); all {
		text += ", denied everything since " + clock(since)
	}
	return text
}
