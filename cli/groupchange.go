package cli

import (
	"context"

	"rollcall/directory"
	"rollcall/fault"
	"rollcall/identity"
)

func runGroupCreate(ctx context.Context, h *house, name string, edits []identity.Edit, ifExists string, o change, outside allowOutside) error {
	d, err := h.draft(ctx)
	if err != nil {
		return err
	}
	key := directory.Key{Attribute: directory.KeyDisplayName, Value: name}
	there, err := d.directory.FindGroup(ctx, key)
	switch {
	case err == nil && ifExists == "update":
		return h.updateGroup(ctx, d, there, edits, o, outside)
	case err == nil && ifExists != "error":
		say(h.app.err, "Group %s is there already, with id %s.", there.DisplayName, there.ID)
		return nil
	case err == nil:
		return fault.Text(fault.Conflict, "create group", name, "the name is taken by "+string(there.ID)+"; --if-exists adopt or update makes that no failure")
	case !fault.Is(err, fault.NotFound):
		return err
	}
	g := identity.Group{DisplayName: name}
	if err := g.Apply(edits); err != nil {
		return usageError{err}
	}
	created, err := d.NewGroup(g, o.reason)
	if err != nil {
		return invalid(err)
	}
	d.Add(created)
	if err := d.carryOut(ctx, "create group "+g.DisplayName, o); err != nil || o.dryRun {
		return err
	}
	made, err := d.directory.FindGroup(ctx, key)
	if err != nil {
		return err
	}
	return h.app.printGroups([]identity.Group{made}, nil)
}

func runGroupUpdate(ctx context.Context, h *house, name string, edits []identity.Edit, o change, outside allowOutside) error {
	d, err := h.draft(ctx)
	if err != nil {
		return err
	}
	g, err := d.directory.ResolveGroup(ctx, name)
	if err != nil {
		return err
	}
	return h.updateGroup(ctx, d, g, edits, o, outside)
}

func (h *house) updateGroup(ctx context.Context, d *draft, g identity.Group, edits []identity.Edit, o change, outside allowOutside) error {
	err := d.ChangeGroup(ctx, g, edits, o.reason, func(differ []identity.Edit) error {
		return outside.check(g.DisplayName, g.ExternalIDs, differ)
	})
	if err != nil {
		return invalid(err)
	}
	return d.carryOut(ctx, "update group "+g.DisplayName, o)
}
