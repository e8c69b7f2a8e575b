package emulate

import (
	"context"

	"rollcall/directory"
	"rollcall/identity"
)

// Embedded is a directory with every ability: what the embedded Identity Center
// is made of.
type Embedded interface {
	directory.Driver
	directory.StatusSetter
	directory.ExternalIDSetter
	directory.MemberChanger
	directory.Reviser
	directory.Feeder
	directory.NetworkController
}

// store is one directory behind the gate. It hides no ability: all of them are
// embedded.
type store struct {
	Embedded
	users, groups *places
}

// Directory is one identity store as the gate's callers find it: pages are cut
// short where the fault plan says so (legal, with a token to go on, and what
// careless clients take for the end), and what would exceed a quota on users or
// groups is fault.Quota. Each store has quotas of its own.
func (g *Gate) Directory(d Embedded) Embedded {
	return store{d, g.places(Users, countIn(d, identity.KindUser)), g.places(Groups, countIn(d, identity.KindGroup))}
}

// PageLimit is how many items a page of this request may have, when limit are
// asked for and 0 stands for any number: for listings that do not come from a
// directory or an instance.
func PageLimit(ctx context.Context, limit int) int {
	v := visitOf(ctx)
	if v == nil {
		return limit
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.page > 0 && (limit == 0 || limit > v.page) {
		return v.page
	}
	return limit
}

func cutPage(ctx context.Context, p directory.PageRequest) directory.PageRequest {
	if p.Limit >= 0 {
		p.Limit = PageLimit(ctx, p.Limit)
	}
	return p
}

// ListUsers is the directory's, cut short.
func (s store) ListUsers(ctx context.Context, p directory.PageRequest) (directory.Page[identity.User], error) {
	return s.Embedded.ListUsers(ctx, cutPage(ctx, p))
}

// ListGroups is the directory's, cut short.
func (s store) ListGroups(ctx context.Context, p directory.PageRequest) (directory.Page[identity.Group], error) {
	return s.Embedded.ListGroups(ctx, cutPage(ctx, p))
}

// ListMembers is the directory's, cut short.
func (s store) ListMembers(ctx context.Context, group identity.ID, p directory.PageRequest) (directory.Page[identity.Membership], error) {
	return s.Embedded.ListMembers(ctx, group, cutPage(ctx, p))
}

// ListMemberships is the directory's, cut short.
func (s store) ListMemberships(ctx context.Context, user identity.ID, p directory.PageRequest) (directory.Page[identity.Membership], error) {
	return s.Embedded.ListMemberships(ctx, user, cutPage(ctx, p))
}

// CreateUser is the directory's, unless the store is full.
func (s store) CreateUser(ctx context.Context, u identity.User) (identity.User, error) {
	return within(ctx, s.users, "create user", func() (identity.User, error) { return s.Embedded.CreateUser(ctx, u) })
}

// CreateGroup is the directory's, unless the store is full.
func (s store) CreateGroup(ctx context.Context, group identity.Group) (identity.Group, error) {
	return within(ctx, s.groups, "create group", func() (identity.Group, error) { return s.Embedded.CreateGroup(ctx, group) })
}
