package reconcile

import (
	"context"
	"iter"

	"rollcall/directory"
	"rollcall/identity"
)

// Read reads a directory whole; groups and members only if asked. It fails
// rather than return less than everything.
//
// Users, one page after the other, take the longest: groups and members are
// read beside them.
func Read(ctx context.Context, d *directory.Directory, withGroups bool) (*Current, error) {
	store, err := d.Store(ctx)
	if err != nil {
		return nil, err
	}
	c := &Current{Store: store, Abilities: d.Abilities(), Limits: d.Limits(), WithGroups: withGroups, Members: map[identity.ID][]identity.ID{}}
	users := newCount()
	err = together(ctx, func(ctx context.Context) (err error) {
		defer users.end()
		for u, err := range d.Users(ctx) {
			if err != nil {
				return err
			}
			c.Users = append(c.Users, u)
			users.add()
		}
		return nil
	}, func(ctx context.Context) (err error) {
		if !withGroups {
			return nil
		}
		if c.Groups, err = collect(d.Groups(ctx)); err != nil {
			return err
		}
		// From the side that has fewer objects: each costs a call at least, and
		// most need no second.
		if users.reach(ctx, len(c.Groups)) {
			return c.readMembers(ctx, d)
		}
		return c.readMemberships(ctx, d)
	})
	if err != nil {
		return nil, err
	}
	return c, nil
}

// readMembers reads the users of each group.
func (c *Current) readMembers(ctx context.Context, d *directory.Directory) error {
	lists, err := each(ctx, c.Groups, func(ctx context.Context, g identity.Group) ([]identity.ID, error) {
		return collect(d.MemberIDs(ctx, g.ID))
	})
	for i, members := range lists {
		c.Members[c.Groups[i].ID] = members
	}
	return err
}

// readMemberships reads the groups of each user, all of whom are read. A group
// that came after the groups were listed is none of theirs yet.
func (c *Current) readMemberships(ctx context.Context, d *directory.Directory) error {
	lists, err := each(ctx, c.Users, func(ctx context.Context, u identity.User) ([]identity.ID, error) {
		return collect(d.GroupIDs(ctx, u.ID))
	})
	for _, g := range c.Groups {
		c.Members[g.ID] = nil
	}
	for i, groups := range lists {
		for _, g := range groups {
			if members, listed := c.Members[g]; listed {
				c.Members[g] = append(members, c.Users[i].ID)
			}
		}
	}
	return err
}

// ReadMembers lists the users of one group.
func ReadMembers(ctx context.Context, d *directory.Directory, group identity.ID) ([]identity.ID, error) {
	var out []identity.ID
	for m, err := range d.Members(ctx, group) {
		if err != nil {
			return nil, err
		}
		out = append(out, m.UserID)
	}
	return out, nil
}

func collect[T any](all iter.Seq2[T, error]) ([]T, error) {
	var out []T
	for item, err := range all {
		if err != nil {
			return nil, err
		}
		out = append(out, item)
	}
	return out, nil
}
