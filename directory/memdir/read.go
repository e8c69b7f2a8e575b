package memdir

import (
	"context"

	"rollcall/directory"
	"rollcall/identity"
)

// User returns the user with that id.
func (d *Driver) User(ctx context.Context, id identity.ID) (identity.User, error) {
	return get(ctx, d, d.users, id)
}

// Group returns the group with that id.
func (d *Driver) Group(ctx context.Context, id identity.ID) (identity.Group, error) {
	return get(ctx, d, d.groups, id)
}

// FindUser looks a user up by userName, e-mail or external id.
func (d *Driver) FindUser(ctx context.Context, key directory.Key) (identity.User, error) {
	return find(ctx, d, d.users, key)
}

// FindGroup looks a group up by displayName or external id.
func (d *Driver) FindGroup(ctx context.Context, key directory.Key) (identity.Group, error) {
	return find(ctx, d, d.groups, key)
}

// ListUsers lists users in the order of their creation.
func (d *Driver) ListUsers(ctx context.Context, page directory.PageRequest) (directory.Page[identity.User], error) {
	return list(ctx, d, "users", page, func() (*sequence[identity.User], error) { return &d.users.order, nil }, d.users.clone)
}

// ListGroups lists groups in the order of their creation.
func (d *Driver) ListGroups(ctx context.Context, page directory.PageRequest) (directory.Page[identity.Group], error) {
	return list(ctx, d, "groups", page, func() (*sequence[identity.Group], error) { return &d.groups.order, nil }, d.groups.clone)
}

func get[T any](ctx context.Context, d *Driver, t *table[T], id identity.ID) (T, error) {
	var zero T
	op := "describe " + string(t.kind)
	if err := alive(ctx, op); err != nil {
		return zero, err
	}
	d.mu.RLock()
	defer d.mu.RUnlock()
	found, err := t.get(op, id)
	if err != nil {
		return zero, err
	}
	return t.clone(found.value), nil
}

func find[T any](ctx context.Context, d *Driver, t *table[T], key directory.Key) (T, error) {
	var zero T
	op := "find " + string(t.kind)
	if err := alive(ctx, op); err != nil {
		return zero, err
	}
	d.mu.RLock()
	defer d.mu.RUnlock()
	found, err := t.find(op, key)
	if err != nil {
		return zero, err
	}
	return t.clone(found.value), nil
}
