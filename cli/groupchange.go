package cli

import (
	"context"

	"rollcall/directory"
	"rollcall/fault"
	"rollcall/identity"
	"rollcall/plan"
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
	if err := g.Validate(); err != nil {
		return usageError{err}
	}
	full, err := identity.GroupEdits(&identity.Group{}, &g, nil)
	if err != nil {
		return err
	}
	d.add(plan.Change{Kind: plan.GroupCreate, Name: g.DisplayName, Edits: full, Reason: o.reason})
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
	to := g
	if err := to.Apply(edits); err != nil {
		return usageError{err}
	}
	if err := to.Validate(); err != nil {
		return usageError{err}
	}
	differ, err := identity.GroupEdits(&g, &to, nil)
	if err != nil {
		return err
	}
	if err := outside.check(g.DisplayName, g.ExternalIDs, differ); err != nil {
		return err
	}
	if len(differ) > 0 {
		c, err := d.group(ctx, g, plan.GroupUpdate, o.reason)
		if err != nil {
			return err
		}
		c.Edits = differ
		d.add(c)
	}
	return d.carryOut(ctx, "update group "+g.DisplayName, o)
}
