package memdir

import (
	"context"
	"fmt"

	"rollcall/fault"
	"rollcall/identity"
)

// CreateUser stores u under a new id.
func (d *Driver) CreateUser(ctx context.Context, u identity.User) (identity.User, error) {
	return create(ctx, d, d.users, u)
}

// CreateGroup stores g under a new id.
func (d *Driver) CreateGroup(ctx context.Context, g identity.Group) (identity.Group, error) {
	return create(ctx, d, d.groups, g)
}

// UpdateUser sets the attributes that edits name.
func (d *Driver) UpdateUser(ctx context.Context, id identity.ID, revision string, edits []identity.Edit) (identity.User, error) {
	if err := checkEdits(identity.KindUser, edits); err != nil {
		return identity.User{}, err
	}
	return change(ctx, d, d.users, id, revision, func(u *identity.User) error { return u.Apply(edits) })
}

// UpdateGroup sets the attributes that edits name.
func (d *Driver) UpdateGroup(ctx context.Context, id identity.ID, revision string, edits []identity.Edit) (identity.Group, error) {
	if err := checkEdits(identity.KindGroup, edits); err != nil {
		return identity.Group{}, err
	}
	return change(ctx, d, d.groups, id, revision, func(g *identity.Group) error { return g.Apply(edits) })
}

// SetActive enables or disables a user.
func (d *Driver) SetActive(ctx context.Context, user identity.ID, revision string, active bool) (identity.User, error) {
	return change(ctx, d, d.users, user, revision, func(u *identity.User) error {
		u.Active = active
		return nil
	})
}

// SetExternalIDs replaces the external ids of a user or group.
func (d *Driver) SetExternalIDs(ctx context.Context, kind identity.Kind, id identity.ID, revision string, ids []identity.ExternalID) error {
	var err error
	switch kind {
	case identity.KindUser:
		_, err = change(ctx, d, d.users, id, revision, func(u *identity.User) error {
			u.ExternalIDs = ids
			return nil
		})
	case identity.KindGroup:
		_, err = change(ctx, d, d.groups, id, revision, func(g *identity.Group) error {
			g.ExternalIDs = ids
			return nil
		})
	default:
		err = fault.Text(fault.Invalid, "set externalIds", "kind "+string(kind), "only users and groups have external ids")
	}
	return err
}

// DeleteUser removes the user and its memberships.
func (d *Driver) DeleteUser(ctx context.Context, id identity.ID, revision string) error {
	return remove(ctx, d, d.users, id, revision, d.memberships.ofUser)
}

// DeleteGroup removes the group and its memberships.
func (d *Driver) DeleteGroup(ctx context.Context, id identity.ID, revision string) error {
	return remove(ctx, d, d.groups, id, revision, d.memberships.ofGroup)
}

func checkEdits(kind identity.Kind, edits []identity.Edit) error {
	op := "update " + string(kind)
	if len(edits) == 0 || len(edits) > identity.MaxOperations {
		return fault.Text(fault.Invalid, op, "", fmt.Sprintf("%d edits, want 1 to %d", len(edits), identity.MaxOperations))
	}
	for _, e := range edits {
		if e.Path == identity.PathExternalIDs || (kind == identity.KindUser && e.Path == identity.PathActive) {
			return fault.Text(fault.Unsupported, op, "field "+e.Path, "it is not set this way: it has a call of its own")
		}
	}
	return nil
}

func create[T any](ctx context.Context, d *Driver, t *table[T], value T) (T, error) {
	var zero T
	op := "create " + string(t.kind)
	if err := alive(ctx, op); err != nil {
		return zero, err
	}
	value = t.clone(value)
	id, meta := t.own(&value)
	*id = "" // errors name the object by it
	if err := t.validate(&value); err != nil {
		return zero, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	made, err := identity.NewID(d.store.ID, d.bare)
	if err != nil {
		return zero, err
	}
	*id, *meta = made, d.created(ctx)
	if err := t.insert(op, d.clock, made, value); err != nil {
		return zero, err
	}
	return t.clone(value), d.record(ctx, "Create"+t.noun, t.kind, made, nil, value)
}

// change makes one write to an object: alter works on a copy, which is stored
// only if it is valid and every unique value is free.
func change[T any](ctx context.Context, d *Driver, t *table[T], id identity.ID, revision string, alter func(*T) error) (T, error) {
	var zero T
	op := "update " + string(t.kind)
	if err := alive(ctx, op); err != nil {
		return zero, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	stored, err := t.expect(op, id, revision)
	if err != nil {
		return zero, err
	}
	before, after := stored.value, t.clone(stored.value)
	if err := alter(&after); err != nil {
		return zero, err
	}
	if err := t.validate(&after); err != nil {
		return zero, err
	}
	after = t.clone(after) // alter may have put the caller's memory in it
	_, meta := t.own(&after)
	d.updated(ctx, meta)
	if err := t.replace(op, id, after); err != nil {
		return zero, err
	}
	return t.clone(after), d.record(ctx, "Update"+t.noun, t.kind, id, before, after)
}

func remove[T any](ctx context.Context, d *Driver, t *table[T], id identity.ID, revision string, memberships func(identity.ID) []identity.Membership) error {
	op := "delete " + string(t.kind)
	if err := alive(ctx, op); err != nil {
		return err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	stored, err := t.expect(op, id, revision)
	if err != nil {
		return err
	}
	lost := memberships(id)
	for _, m := range lost {
		d.memberships.remove(m)
	}
	t.remove(id)
	return d.record(ctx, "Delete"+t.noun, t.kind, id, t.last(stored.value, lost), nil)
}

// expect returns the object with that id if its revision is the one given, or
// none is given.
func (t *table[T]) expect(op string, id identity.ID, revision string) (*item[T], error) {
	stored, err := t.get(op, id)
	if err != nil {
		return nil, err
	}
	_, meta := t.own(&stored.value)
	if revision != "" && revision != meta.Revision {
		return nil, fault.Text(fault.Stale, op, string(t.kind)+" "+string(id), "it changed since it was read: the revision given is not the one stored")
	}
	return stored, nil
}
