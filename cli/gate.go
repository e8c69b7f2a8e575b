package cli

import (
	"context"
	"errors"
	"log/slog"
	"net/http"

	"rollcall/access"
	"rollcall/apply"
	"rollcall/approval"
	"rollcall/door/approvaldoor"
	"rollcall/plan"
)

// approvals are the plans that wait for people.
func (h *house) approvals() *approval.Store {
	return approval.New(h.state, h.journal, h.app.clock().Now)
}

// gate is what the configuration wants people to agree to.
type gate struct {
	*approval.Store
	house *house
}

// Needs says what of a plan needs approval. Where a rule is about who gains what,
// that is found out.
func (g gate) Needs(ctx context.Context, p *plan.Plan) (approval.Needs, error) {
	rules := g.house.config.Approvals.Build()
	if !rules.Access() || !touchesAccess(p) {
		return rules.Of(p, nil, func(string) string { return "" }), nil
	}
	reach, err := g.house.reachOf(ctx, p)
	if err != nil {
		return approval.Needs{}, err
	}
	return rules.Of(p, reach.Effects(p), reach.NameOfAccount), nil
}

// reachOf reads who reaches what before a plan. What the plan is about to change
// is read anew the next time.
func (h *house) reachOf(ctx context.Context, p *plan.Plan) (*access.Graph, error) {
	l, err := h.look(ctx, p.Directory, reading{maxAge: rulesAge})
	if err != nil {
		return nil, err
	}
	l.reader.Progress = nil
	g, err := l.read(ctx, access.Scope{})
	if err != nil || l.reader.Cache == nil {
		return g, err
	}
	return g, l.reader.Cache.ForgetTouched(ctx, p)
}

// isHalf reports whether a plan was refused after the part of it that never waits
// was carried out.
func isHalf(err error) bool {
	return errors.As(err, new(*apply.BrakedError)) || errors.As(err, new(*apply.UnapprovedError))
}

func hintApproval(r approval.Request) string {
	id := r.Plan.Short()
	if r.Status == approval.Waiting {
		return "To look at it: rollcall approval show " + id +
			"\nOnce it is approved: rollcall apply " + id
	}
	return "To look at it: rollcall approval show " + id + "\nWhat is still wanted needs a new plan."
}

// approvalPages mounts the door where people decide. Each request that shows a
// plan has a house of its own: directories are opened for one at a time.
func (h *house) approvalPages(mux *http.ServeMux, log *slog.Logger) {
	approvaldoor.New(approvaldoor.Options{
		Operators: h.operators(), Requests: h.waitingRequests(), Log: log,
		Show: func(ctx context.Context, id plan.ID) (p *plan.Plan, means []string, err error) {
			w := &hands{app: h.app, config: h.config, log: log}
			err = w.in(ctx, plan.Actor{Name: "approvals", Door: "approvals"}, log, "", func(ctx context.Context, own *house) error {
				p, err = own.storedPlan(ctx, id)
				if err == nil {
					means, _ = own.meansOf(ctx, p)
				}
				return err
			})
			return p, means, err
		},
	}).Mount(mux)
}
