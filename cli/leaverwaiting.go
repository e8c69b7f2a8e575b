package cli

import (
	"context"
	"slices"

	"rollcall/identity"
	"rollcall/lifecycle"
	"rollcall/plan"
	"rollcall/work"
)

// waitingLeavers is what is to be done later about people who leave, or has
// failed, by their account; and as views those of whom nothing is done yet.
func (h *house) waitingLeavers(ctx context.Context, name string) (map[identity.ID][]flowView, []leaverView, error) {
	flows, err := work.NewBook(h.state).Flows(ctx, true)
	if err != nil {
		return nil, nil, err
	}
	waiting := map[identity.ID][]flowView{}
	views := []leaverView{}
	for _, f := range flows {
		object := identity.ID(f.Subject)
		if !slices.Contains([]string{lifecycle.FlowLeaver, lifecycle.FlowDeletion, lifecycle.FlowSessions}, f.Kind) || f.Directory != h.directoryName("") ||
			name != "" && !identity.SameName(f.Name, name) && f.Subject != name {
			continue
		}
		if waiting[object] == nil && f.Kind != lifecycle.FlowSessions {
			req, err := lifecycle.DecodeRequest[lifecycle.LeaverRequest](f.Request)
			if err != nil {
				return nil, nil, err
			}
			views = append(views, leaverView{object: object, Name: f.Name, Mode: req.Mode, Sessions: "not cut yet"})
		}
		waiting[object] = append(waiting[object], viewFlow(f))
	}
	if len(views) == 0 {
		return waiting, views, nil
	}
	d, err := h.directory(ctx, "")
	if err != nil {
		return nil, nil, err
	}
	desk := h.desk(d)
	for i := range views {
		v := &views[i]
		now := desk.After(ctx, plan.Leaver{Object: v.object})
		v.State, v.Groups, v.Assignments, v.Problem, v.Waiting = now.State, now.Groups, now.Assignments, now.Problem, waiting[v.object]
	}
	return waiting, views, nil
}
