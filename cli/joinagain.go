package cli

import (
	"context"
	"encoding/json"
	"errors"
	"slices"

	"rollcall/identity"
	"rollcall/plan"
)

// finishJoining goes on with interrupted runs that were creating one of the same
// people: what such a run made and has not noted yet must not look like somebody
// else's.
func (h *house) finishJoining(ctx context.Context, directory string, names []string) error {
	runs, err := h.journal.Unfinished(ctx, directory)
	if err != nil {
		return err
	}
	for _, r := range runs {
		p, err := h.storedPlan(ctx, r.Plan)
		if err != nil {
			return err
		}
		if !createsOneOf(p, names) {
			continue
		}
		if err := h.resume(ctx, r, false); err != nil && !errors.As(err, new(quietError)) {
			return err
		}
	}
	return nil
}

func createsOneOf(p *plan.Plan, names []string) bool {
	return slices.ContainsFunc(p.Changes, func(c plan.Change) bool {
		return c.Kind == plan.UserCreate && slices.ContainsFunc(names, func(n string) bool { return identity.SameName(n, c.Name) })
	})
}

// userNameEdit sets a userName.
func userNameEdit(name string) (identity.Edit, error) {
	text, err := json.Marshal(name)
	return identity.Edit{Path: "userName", New: text}, err
}
