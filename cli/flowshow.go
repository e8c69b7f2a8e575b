package cli

import (
	"context"
	"fmt"
	"strconv"

	"github.com/spf13/cobra"

	"rollcall/approval"
	"rollcall/plan"
	"rollcall/work"
)

func newFlowShow(a *app) *cobra.Command {
	return &cobra.Command{
		Use: "show FLOW", Short: "Show what is to be done later, what it waits for, and what became of it", Args: cobra.ExactArgs(1),
		Example: "  rollcall flow show 7\n  rollcall flow show 7 --output json",
		RunE: a.inHouse(func(ctx context.Context, h *house, args []string) error {
			n, err := flowNumber(args[0])
			if err != nil {
				return err
			}
			f, err := work.NewBook(h.state).Flow(ctx, n)
			if err != nil {
				return err
			}
			return h.showOneFlow(ctx, f)
		}),
	}
}

func (h *house) showOneFlow(ctx context.Context, f work.Flow) error {
	l := listing{Columns: []string{"Attribute", "Value"}}
	all := struct {
		flowView
		Approval *approval.Request `json:"approval,omitempty"`
	}{flowView: viewFlow(f)}
	l.add("flow", strconv.FormatInt(f.Number, 10))
	l.add("what", f.Kind+" "+f.Name)
	l.add("directory", f.Directory)
	l.add("state", string(f.State))
	if f.Waits == "" && f.State == work.FlowWaiting {
		l.add("due", clock(f.Due))
	}
	if f.Waits != "" {
		r, err := h.approvals().Request(ctx, string(f.Waits))
		if err != nil {
			return err
		}
		all.Approval = &r
		l.add("waits for", fmt.Sprintf("approval of plan %s: it has %s, and is %s", r.Plan.Short(), approvalsText(r), r.Status))
		for _, why := range r.Needs.Why {
			l.add("", "needed by "+why)
		}
	}
	l.add("asked", clock(f.Asked)+" by "+f.By.Name+because(f.Why))
	l.add("tries", strconv.Itoa(f.Tries))
	for _, one := range [][2]string{{"plan", f.Plan.Short()}, {"run", f.Run}, {"text", f.Text}} {
		if one[1] != "" {
			l.add(one[0], one[1])
		}
	}
	if !f.Ended.IsZero() {
		l.add("ended", clock(f.Ended))
	}
	l.Values = all
	return h.app.print(l)
}

// cancelFlow cancels a flow, and withdraws what people were asked to approve for
// it.
func (h *house) cancelFlow(ctx context.Context, number int64, reason string) (work.Flow, error) {
	book := work.NewBook(h.state)
	f, err := book.Flow(ctx, number)
	if err != nil {
		return f, err
	}
	asked := f.Waits
	if f, err = book.CancelFlow(ctx, number, h.app.actor(), reason, h.app.clock().Now()); err != nil {
		return f, err
	}
	return f, h.withdraw(ctx, asked, fmt.Sprintf("flow %d was cancelled", number))
}

// askFlowOf writes a flow down, and withdraws what people were asked to approve for
// one that it replaces.
func (h *house) askFlowOf(ctx context.Context, f work.Flow) (work.Flow, error) {
	f, err := work.NewBook(h.state).AskFlow(ctx, f, h.app.clock().Now())
	if err != nil {
		return f, err
	}
	return f, h.withdraw(ctx, f.Waits, fmt.Sprintf("flow %d was asked for anew", f.Number))
}

func (h *house) withdraw(ctx context.Context, id plan.ID, note string) error {
	if id == "" {
		return nil
	}
	return h.approvals().Withdraw(ctx, id, h.app.actor(), note)
}

// waitingRequests are the plans that wait for people, with what waits for each.
type waitingRequests struct {
	*approval.Store
	book work.Book
}

func (h *house) waitingRequests() waitingRequests {
	return waitingRequests{h.approvals(), work.NewBook(h.state)}
}

// Requests is [approval.Store.Requests].
func (w waitingRequests) Requests(ctx context.Context, open bool, limit int) ([]approval.Request, error) {
	all, err := w.Store.Requests(ctx, open, limit)
	if err != nil {
		return nil, err
	}
	waiters, err := w.book.Waiters(ctx)
	for i := range all {
		all[i].For = waiter(waiters[all[i].Plan])
	}
	return all, err
}

// Request is [approval.Store.Request].
func (w waitingRequests) Request(ctx context.Context, id string) (approval.Request, error) {
	r, err := w.Store.Request(ctx, id)
	if err != nil {
		return r, err
	}
	waiters, err := w.book.Waiters(ctx)
	r.For = waiter(waiters[r.Plan])
	return r, err
}

// waiter is what goes on once a plan is decided; empty for no flow.
func waiter(f work.Flow) string {
	if f.Number == 0 {
		return ""
	}
	return fmt.Sprintf("flow %d (%s %s)", f.Number, f.Kind, f.Name)
}
