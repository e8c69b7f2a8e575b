package directory

import (
	"context"

	"rollcall/identity"
)

// A Directory reads as its driver does, with temporary failures retried: doors
// hand its pages on one by one.
var _ Reader = (*Directory)(nil)

// ListUsers returns one page of the users; see [Reader] for its promises.
func (d *Directory) ListUsers(ctx context.Context, page PageRequest) (Page[identity.User], error) {
	return retry(ctx, func() (Page[identity.User], error) { return d.driver.ListUsers(ctx, page) })
}

// ListGroups returns one page of the groups.
func (d *Directory) ListGroups(ctx context.Context, page PageRequest) (Page[identity.Group], error) {
	return retry(ctx, func() (Page[identity.Group], error) { return d.driver.ListGroups(ctx, page) })
}

// ListMembers returns one page of the memberships of a group.
func (d *Directory) ListMembers(ctx context.Context, group identity.ID, page PageRequest) (Page[identity.Membership], error) {
	return retry(ctx, func() (Page[identity.Membership], error) { return d.driver.ListMembers(ctx, group, page) })
}

// ListMemberships returns one page of the memberships of a user.
func (d *Directory) ListMemberships(ctx context.Context, user identity.ID, page PageRequest) (Page[identity.Membership], error) {
	return retry(ctx, func() (Page[identity.Membership], error) { return d.driver.ListMemberships(ctx, user, page) })
}
