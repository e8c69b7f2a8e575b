package cli

import (
	"context"

	"rollcall/fault"
	"rollcall/plan"
)

// notOvertaken refuses a sync's plan that is older than what the sync has
// accepted of its source since: whatever the plan says is done by now, or no
// longer right. The directory alone would not show that: who was missing from a
// source for an hour and is back has the account of before. What waits for
// approval ends by its own rules.
func (h *house) notOvertaken(ctx context.Context, p *plan.Plan, id plan.ID) error {
	if p.Origin != plan.FromSync || p.Basis.Read == "" {
		return nil
	}
	later, err := h.baselines.Overtaken(ctx, p.Sync, p.Basis.Read)
	if err != nil || later.IsZero() {
		return err
	}
	_, err = h.approvals().Request(ctx, string(id))
	if !fault.Is(err, fault.NotFound) {
		return err
	}
	return fault.Text(fault.Stale, "apply", "plan "+id.Short(), "sync "+p.Sync+" has brought the directory in line with what its source said on "+
		clock(later)+", later than this plan was made; what this one would still do is no longer wanted. Make a new one: rollcall plan "+p.Sync)
}
