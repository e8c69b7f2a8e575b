package reconcile

import (
	"context"
	"iter"
	"sync"

	"rollcall/directory"
	"rollcall/identity"
)

// Read reads a directory whole; groups and members only if asked. It fails
// rather than return less than everything.
func Read(ctx context.Context, d *directory.Directory, withGroups bool) (*Current, error) {
	store, err := d.Store(ctx)
	if err != nil {
		return nil, err
	}
	c := &Current{Store: store, Abilities: d.Abilities(), Limits: d.Limits(), Members: map[identity.ID][]identity.ID{}}
	for u, err := range d.Users(ctx) {
		if err != nil {
			return nil, err
		}
		c.Users = append(c.Users, u)
	}
	if !withGroups {
		return c, nil
	}
	c.WithGroups = true
	for g, err := range d.Groups(ctx) {
		if err != nil {
			return nil, err
		}
		c.Groups = append(c.Groups, g)
	}
	return c, c.readMembers(ctx, d)
}

// readMembers reads who is in which group, from the side that has fewer
// objects: each costs a call at least, and most need no second.
func (c *Current) readMembers(ctx context.Context, d *directory.Directory) error {
	if len(c.Users) < len(c.Groups) {
		return c.readMemberships(ctx, d)
	}
	lists, err := each(ctx, c.Groups, func(ctx context.Context, g identity.Group) ([]identity.ID, error) {
		return ReadMembers(ctx, d, g.ID)
	})
	for i, members := range lists {
		c.Members[c.Groups[i].ID] = members
	}
	return err
}

// readMemberships reads the groups of each user. A group that came after the
// groups were listed is none of theirs yet.
func (c *Current) readMemberships(ctx context.Context, d *directory.Directory) error {
	lists, err := each(ctx, c.Users, func(ctx context.Context, u identity.User) ([]identity.ID, error) {
		return collect(d.Memberships(ctx, u.ID), func(m identity.Membership) identity.ID { return m.GroupID })
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
	return collect(d.Members(ctx, group), func(m identity.Membership) identity.ID { return m.UserID })
}

func collect[From, To any](all iter.Seq2[From, error], pick func(From) To) ([]To, error) {
	var out []To
	for item, err := range all {
		if err != nil {
			return nil, err
		}
		out = append(out, pick(item))
	}
	return out, nil
}

// reading is how many lists are read side by side: at answers that take 200 ms,
// enough to use all of what AWS lets one account ask.
const reading = 4

// each asks about every item, a few at a time, and returns the answers in the
// order of the items. The first failure ends it.
func each[From, To any](ctx context.Context, items []From, ask func(context.Context, From) (To, error)) ([]To, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	answers := make([]To, len(items))
	var workers sync.WaitGroup
	for part := range min(reading, len(items)) {
		workers.Go(func() {
			for i := part; i < len(items) && ctx.Err() == nil; i += reading {
				var err error
				if answers[i], err = ask(ctx, items[i]); err != nil {
					cancel(err)
				}
			}
		})
	}
	workers.Wait()
	if err := context.Cause(ctx); err != nil {
		return nil, err
	}
	return answers, nil
}
