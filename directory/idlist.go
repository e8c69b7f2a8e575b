package directory

import (
	"context"
	"iter"

	"rollcall/identity"
)

// IDLister is implemented by drivers that can tell who is in a group, and in
// which groups somebody is, quicker than with the memberships whole. Its
// listings are as complete as those of a [Reader], fail as those do, and never
// hold an id that the others would not.
type IDLister interface {
	// ListMemberIDs lists the users of one group.
	ListMemberIDs(ctx context.Context, group identity.ID, page PageRequest) (Page[identity.ID], error)
	// ListGroupIDs lists the groups of one user.
	ListGroupIDs(ctx context.Context, user identity.ID, page PageRequest) (Page[identity.ID], error)
}

// MemberIDs yields the users of one group, the quickest way there is. It fails
// as [Directory.Members] does.
func (d *Directory) MemberIDs(ctx context.Context, group identity.ID) iter.Seq2[identity.ID, error] {
	if l, ok := d.driver.(IDLister); ok {
		return pages(ctx, "list members", func(ctx context.Context, p PageRequest) (Page[identity.ID], error) {
			return l.ListMemberIDs(ctx, group, p)
		})
	}
	return pick(d.Members(ctx, group), func(m identity.Membership) identity.ID { return m.UserID })
}

// GroupIDs yields the groups of one user, the quickest way there is. It fails
// as [Directory.Memberships] does.
func (d *Directory) GroupIDs(ctx context.Context, user identity.ID) iter.Seq2[identity.ID, error] {
	if l, ok := d.driver.(IDLister); ok {
		return pages(ctx, "list memberships", func(ctx context.Context, p PageRequest) (Page[identity.ID], error) {
			return l.ListGroupIDs(ctx, user, p)
		})
	}
	return pick(d.Memberships(ctx, user), func(m identity.Membership) identity.ID { return m.GroupID })
}

func pick[From, To any](all iter.Seq2[From, error], of func(From) To) iter.Seq2[To, error] {
	return func(yield func(To, error) bool) {
		for item, err := range all {
			if !yield(of(item), err) {
				return
			}
		}
	}
}
