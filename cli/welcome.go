package cli

import (
	"context"

	"rollcall/plan"
	"rollcall/work"
)

// welcome ends what still waits about people whose hold a plan has ended, as
// rollcall leaver release does: their deletion is cancelled, and the denial of
// their role sessions is taken out.
func (h *house) welcome(ctx context.Context, p *plan.Plan, reason string) error {
	for _, c := range p.Changes {
		id, exists := c.Subject.ID()
		if c.Kind != plan.UserRelease || !exists {
			continue
		}
		waiting, err := work.NewBook(h.state).FlowsOf(ctx, p.Directory, string(id))
		if err != nil {
			return err
		}
		o := holdOptions{reason: reason}
		if err := h.cancelAll(ctx, waiting, o); err != nil {
			return err
		}
		if err := h.allowAgain(ctx, waiting, o); err != nil {
			return err
		}
	}
	return nil
}
