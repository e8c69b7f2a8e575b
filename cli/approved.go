package cli

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"rollcall/apply"
	"rollcall/approval"
	"rollcall/plan"
)

const (
	lookApproved  = 2 * time.Second // how often the service looks what was approved
	againApproved = time.Minute     // when it tries again what could not begin
)

// startApproved begins to carry out what people approve, and returns how to end
// that. What a flow waits for the flow carries out. Any number of replicas may do so: a plan has one run.
func (h *house) startApproved(ctx context.Context, log *slog.Logger) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	var busy sync.WaitGroup
	w := &hands{app: h.app, config: h.config, log: log}
	busy.Go(func() { h.watchApproved(ctx, w) })
	return func() { cancel(); busy.Wait() }
}

func (h *house) watchApproved(ctx context.Context, w *hands) {
	tried := map[plan.ID]time.Time{}
	for {
		select {
		case <-ctx.Done():
			return
		case now := <-h.app.clock().After(lookApproved):
			open, err := h.waitingRequests().Requests(ctx, true, 100)
			if err != nil {
				w.log.ErrorContext(ctx, "approved plans not looked at", "err", err)
			}
			for _, r := range open {
				if r.Status != approval.Approved || r.For != "" || now.Before(tried[r.Plan].Add(againApproved)) {
					continue
				}
				tried[r.Plan] = now
				w.approved(ctx, r)
			}
		}
	}
}

// approved carries out one plan on behalf of whoever asked for it.
func (w *hands) approved(ctx context.Context, r approval.Request) {
	log := w.log.With("plan", r.Plan.Short())
	err := w.in(ctx, r.By, log, r.Sync, func(ctx context.Context, h *house) error {
		p, err := h.storedPlan(ctx, r.Plan)
		if err != nil {
			return err
		}
		return h.carryOut(ctx, p, apply.Options{})
	})
	if err != nil {
		log.WarnContext(ctx, "approved plan not carried out, or not all of it", "err", err)
	}
}
