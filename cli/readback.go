package cli

import (
	"context"
	"strings"

	"rollcall/directory"
	"rollcall/fault"
	"rollcall/identity"
	"rollcall/journal"
	"rollcall/plan"
)

// readBack says what is not as planned, of what a run says it has done.
func (h *house) readBack(ctx context.Context, d *directory.Directory, p *plan.Plan, run string) error {
	wrong, failed, err := h.unlike(ctx, d, p, run)
	if err != nil {
		return err
	}
	for _, w := range wrong {
		say(h.app.err, "  NOT AS PLANNED: %s", w)
	}
	if failed > 0 {
		say(h.app.err, "The same command again does what is left; rollcall undo %s takes back what was done.", run)
	}
	if len(wrong) > 0 && failed == 0 {
		return quietError{exitPartial}
	}
	if len(wrong) == 0 {
		say(h.app.err, "Read back: %s as planned.", count(len(p.Changes)-failed, "change"))
	}
	return nil
}

// unlike reads back what a run says it has done, and counts what it could not do.
func (h *house) unlike(ctx context.Context, d *directory.Directory, p *plan.Plan, run string) (wrong []string, failed int, err error) {
	created, undone := map[plan.Subject]identity.ID{}, map[int]bool{}
	for e, err := range h.journal.Entries(ctx, d.Name(), journal.Filter{Run: run, Types: []journal.Type{journal.TypeOutcome}}) {
		if err != nil {
			return nil, 0, err
		}
		for _, n := range e.Changes {
			created[plan.New(n)] = e.Object
			if !e.Result.Whole() {
				undone[n] = true
			}
		}
	}
	wrong, err = h.desk(d).Verify(ctx, p, created, undone)
	return wrong, len(undone), err
}

// readBackFlow is readBack for a flow: what is not as planned needs a person.
func readBackFlow(ctx context.Context, h *house, p *plan.Plan, run string) error {
	d, err := h.directory(ctx, p.Directory)
	if err != nil {
		return err
	}
	wrong, _, err := h.unlike(ctx, d, p, run)
	if err == nil && len(wrong) > 0 {
		err = fault.Text(fault.Stale, "read back", "", "not as planned: "+strings.Join(wrong, "; "))
	}
	return err
}
