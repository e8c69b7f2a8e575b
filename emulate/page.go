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

// ShortPages is d with pages cut short where the fault plan says so: legal, with
// a token to go on, and what careless clients take for the end.
func ShortPages(d Embedded) Embedded { return shortPages{d} }

// shortPages hides no ability: all of them are embedded.
type shortPages struct{ Embedded }

// Count keeps counting cheap where it is; see [Counter].
func (s shortPages) Count(ctx context.Context, kind identity.Kind) (int, error) {
	return CountIn(s.Embedded, kind)(ctx)
}

// PageLimit is how many items a page of this request may have, when limit are
// asked for and 0 stands for any number: for listings that do not come from a
// directory.
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
func (s shortPages) ListUsers(ctx context.Context, p directory.PageRequest) (directory.Page[identity.User], error) {
	return s.Embedded.ListUsers(ctx, cutPage(ctx, p))
}

// ListGroups is the directory's, cut short.
func (s shortPages) ListGroups(ctx context.Context, p directory.PageRequest) (directory.Page[identity.Group], error) {
	return s.Embedded.ListGroups(ctx, cutPage(ctx, p))
}

// ListMembers is the directory's, cut short.
func (s shortPages) ListMembers(ctx context.Context, group identity.ID, p directory.PageRequest) (directory.Page[identity.Membership], error) {
	return s.Embedded.ListMembers(ctx, group, cutPage(ctx, p))
}

// ListMemberships is the directory's, cut short.
func (s shortPages) ListMemberships(ctx context.Context, user identity.ID, p directory.PageRequest) (directory.Page[identity.Membership], error) {
	return s.Embedded.ListMemberships(ctx, user, cutPage(ctx, p))
}
