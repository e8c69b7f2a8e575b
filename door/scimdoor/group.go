package scimdoor

import (
	"context"

	"rollcall/fault"
	"rollcall/identity"
	"rollcall/scim"
)

func (d *Door) group(r request) (answer, error) {
	g, err := d.directory.Group(r.Context(), identity.ID(r.id))
	if err != nil {
		return answer{}, err
	}
	return ok(d.WriteGroup(&g)), nil
}

func (d *Door) createGroup(r request) (answer, error) {
	body, err := r.body()
	if err != nil {
		return answer{}, err
	}
	g, members, err := d.ReadGroup(body)
	if err != nil {
		return answer{}, err
	}
	ctx := finish(r.Context())
	g.ID = ""
	if err := d.known(ctx, members); err != nil {
		return answer{}, err
	}
	made, err := d.writer.CreateGroup(ctx, g)
	if fault.Is(err, fault.Conflict) {
		return answer{}, d.groupClash(ctx, nil, &g, err)
	}
	if err != nil {
		return answer{}, err
	}
	if err := d.fill(ctx, made.ID, members); err != nil {
		return answer{}, err
	}
	out := d.WriteGroup(&made)
	out.Members = nil // AWS's answer to a POST has no such key
	return created(out), nil
}

// known asks for every member before a group is made for them.
func (d *Door) known(ctx context.Context, members []identity.ID) error {
	for _, id := range members {
		if _, err := d.directory.User(ctx, id); err != nil {
			return err
		}
	}
	return nil
}

// fill puts the members into a group just made, and takes the group away if
// that fails: one of them may be gone since it was asked for.
func (d *Door) fill(ctx context.Context, group identity.ID, members []identity.ID) error {
	if len(members) == 0 {
		return nil
	}
	err := d.writer.ChangeMembers(ctx, group, members, nil)
	if err == nil {
		return nil
	}
	if undo := d.writer.DeleteGroup(ctx, group, ""); undo != nil {
		d.Log.ErrorContext(ctx, "group left without its members", "group", group, "err", undo)
	}
	return err
}

// putGroup does not exist (aws-contract 7.1).
func (d *Door) putGroup(request) (answer, error) {
	return answer{}, fault.Text(fault.Unsupported, "put group", "", "groups are changed by PATCH")
}

func (d *Door) patchGroup(r request) (answer, error) {
	p, err := r.patch()
	if err != nil {
		return answer{}, err
	}
	ctx := finish(r.Context())
	for attempt := 1; ; attempt++ {
		err := d.tryPatchGroup(ctx, identity.ID(r.id), p)
		if err == nil {
			return noContent(), nil
		}
		if !fault.Is(err, fault.Stale) || attempt == updateAttempts {
			return answer{}, err
		}
	}
}

// tryPatchGroup changes a group as it is now. What can be refused comes first:
// unique values are asked for, then members are added, which fails as a whole
// if one of them is unknown. It can be repeated.
func (d *Door) tryPatchGroup(ctx context.Context, id identity.ID, p scim.Patch) error {
	stored, err := d.directory.Group(ctx, id)
	if err != nil {
		return err
	}
	fresh, members, err := d.PatchGroup(stored, p)
	if err != nil {
		return err
	}
	edits, err := identity.GroupEdits(&stored, &fresh, nil)
	if err != nil {
		return err
	}
	if err := d.groupClash(ctx, &stored, &fresh, nil); err != nil {
		return err
	}
	if err := d.changeMembers(ctx, id, members); err != nil {
		return err
	}
	if len(edits) > 0 {
		if _, err := d.writer.UpdateGroup(ctx, id, stored.Revision, edits); err != nil {
			return err
		}
	}
	if members.Refused {
		return fault.New(fault.Invalid, "patch group", "field members", nil)
	}
	return nil
}

func (d *Door) changeMembers(ctx context.Context, group identity.ID, c scim.MemberChange) error {
	if c.Empty() {
		return nil
	}
	if c.RemoveAll {
		all, err := d.memberIDs(ctx, group)
		if err != nil {
			return err
		}
		c.Remove = without(all, c.Add)
	}
	return d.writer.ChangeMembers(ctx, group, c.Add, c.Remove)
}

func (d *Door) memberIDs(ctx context.Context, group identity.ID) ([]identity.ID, error) {
	var all []identity.ID
	for m, err := range d.directory.Members(ctx, group) {
		if err != nil {
			return nil, err
		}
		all = append(all, m.UserID)
	}
	return all, nil
}

func without(all, some []identity.ID) []identity.ID {
	out := map[identity.ID]bool{}
	for _, id := range some {
		out[id] = true
	}
	var left []identity.ID
	for _, id := range all {
		if !out[id] {
			left = append(left, id)
		}
	}
	return left
}

func (d *Door) deleteGroup(r request) (answer, error) {
	if err := d.writer.DeleteGroup(finish(r.Context()), identity.ID(r.id), ""); err != nil {
		return answer{}, err
	}
	return noContent(), nil
}
