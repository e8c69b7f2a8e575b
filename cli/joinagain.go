package cli

import (
	"context"
	"encoding/json"
	"errors"
	"slices"

	"rollcall/identity"
	"rollcall/plan"
)

// finishStaffing goes on with interrupted runs of commands that were about one of
// the same people: what such a run made and has not noted yet must not look like
// somebody else's, and what it has left must not come after what is asked now.
func (d *draft) finishStaffing(ctx context.Context, about func(*plan.Plan) bool) error {
	mine := func(p *plan.Plan) (bool, error) {
		return p.Origin == plan.FromCommand && len(p.Leavers) == 0 && about(p), nil
	}
	return d.house.finishRuns(ctx, d.directory.Name(), mine, resuming{})
}

// finishRuns goes on with the interrupted runs on a directory whose plans are
// meant. One that ends with failures is over all the same.
func (h *house) finishRuns(ctx context.Context, directory string, meant func(*plan.Plan) (bool, error), o resuming) error {
	runs, err := h.journal.Unfinished(ctx, directory)
	if err != nil {
		return err
	}
	for _, r := range runs {
		p, err := h.storedPlan(ctx, r.Plan)
		if err != nil {
			return err
		}
		mine, err := meant(p)
		if err != nil {
			return err
		}
		if !mine {
			continue
		}
		if err := h.resume(ctx, r, o); err != nil && !errors.As(err, new(quietError)) {
			return err
		}
	}
	return nil
}

// creates reports whether a plan creates a user of one of these names.
func creates(names []string) func(*plan.Plan) bool {
	return func(p *plan.Plan) bool {
		return slices.ContainsFunc(p.Changes, func(c plan.Change) bool {
			return c.Kind == plan.UserCreate && slices.ContainsFunc(names, func(n string) bool { return identity.SameName(n, c.Name) })
		})
	}
}

// concerns reports whether a plan is about one of these users.
func concerns(users map[identity.ID]bool) func(*plan.Plan) bool {
	is := func(s plan.Subject) bool { return users[identity.ID(s)] }
	return func(p *plan.Plan) bool {
		return slices.ContainsFunc(p.Changes, func(c plan.Change) bool {
			return is(c.Subject) || slices.ContainsFunc(slices.Concat(c.Add, c.Remove), func(m plan.Member) bool { return is(m.User) })
		})
	}
}

// userNameEdit sets a userName.
func userNameEdit(name string) (identity.Edit, error) {
	text, err := json.Marshal(name)
	return identity.Edit{Path: "userName", New: text}, err
}
