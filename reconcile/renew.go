package reconcile

import (
	"context"
	"slices"

	"rollcall/directory"
	"rollcall/fault"
	"rollcall/identity"
	"rollcall/plan"
)

// Renew reads some users, and some groups with their members, once more, several
// side by side, and puts them in the place of what c had. It reports whether any
// of them was not as c had it, looking at what the seals of a plan cover and at
// revisions.
func (c *Current) Renew(ctx context.Context, d *directory.Directory, sealed plan.Sealed, users, groups []identity.ID) (changed bool, err error) {
	return c.renew(ctx, d, sealed, users, groups, places{
		user: func(id identity.ID) int {
			return slices.IndexFunc(c.Users, func(u identity.User) bool { return u.ID == id })
		},
		group: func(id identity.ID) int {
			return slices.IndexFunc(c.Groups, func(g identity.Group) bool { return g.ID == id })
		},
	})
}

// places are where users and groups stand in a [Current], or [none].
type places struct{ user, group func(identity.ID) int }

func (c *Current) renew(ctx context.Context, d *directory.Directory, sealed plan.Sealed, users, groups []identity.ID, at places) (changed bool, err error) {
	userNow, err := each(ctx, users, func(ctx context.Context, id identity.ID) (*identity.User, error) {
		u, err := d.User(ctx, id)
		return there(&u, err)
	})
	if err != nil {
		return true, err
	}
	groupNow, err := each(ctx, groups, func(ctx context.Context, id identity.ID) (*peopled, error) {
		g, err := d.Group(ctx, id)
		now := &peopled{Group: g}
		if err == nil {
			now.members, err = collect(d.MemberIDs(ctx, id))
		}
		return there(now, err)
	})
	if err != nil {
		return true, err
	}
	for i, id := range users {
		other, err := c.renewUser(sealed.User, at.user(id), userNow[i])
		if err != nil {
			return true, err
		}
		changed = changed || other
	}
	for i, id := range groups {
		other, err := c.renewGroup(sealed.Group, id, at.group(id), groupNow[i])
		if err != nil {
			return true, err
		}
		changed = changed || other
	}
	return changed, nil
}

// peopled is a group with its members.
type peopled struct {
	identity.Group
	members []identity.ID
}

// there is what was read, nil where it is gone.
func there[T any](what *T, err error) (*T, error) {
	if fault.Is(err, fault.NotFound) {
		return nil, nil
	}
	return what, err
}

// renewUser takes a user in as they are now; nil: they are gone.
func (c *Current) renewUser(sealed []string, at int, now *identity.User) (changed bool, err error) {
	switch {
	case now == nil && at >= 0:
		c.Users = slices.Delete(c.Users, at, at+1)
		return true, nil
	case now == nil:
		return false, nil
	case at < 0:
		c.Users = append(c.Users, *now)
		return true, nil
	}
	before := &c.Users[at]
	was, err := identity.UserDigest(before, sealed)
	if err != nil {
		return true, err
	}
	is, err := identity.UserDigest(now, sealed)
	changed = was != is || before.Active != now.Active || before.Revision != now.Revision
	*before = *now
	return changed, err
}

// renewGroup takes a group in as it is now; nil: it is gone.
func (c *Current) renewGroup(sealed []string, id identity.ID, at int, now *peopled) (changed bool, err error) {
	if now == nil {
		if at >= 0 {
			c.Groups = slices.Delete(c.Groups, at, at+1)
			delete(c.Members, id)
		}
		return at >= 0, nil
	}
	before := c.Members[id]
	c.Members[id] = now.members
	if at < 0 {
		c.Groups = append(c.Groups, now.Group)
		return true, nil
	}
	was, err := identity.GroupDigest(&c.Groups[at], sealed)
	if err != nil {
		return true, err
	}
	is, err := identity.GroupDigest(&now.Group, sealed)
	changed = was != is || c.Groups[at].Revision != now.Revision || !sameIDs(before, now.members)
	c.Groups[at] = now.Group
	return changed, err
}

func sameIDs(a, b []identity.ID) bool {
	a, b = slices.Clone(a), slices.Clone(b)
	slices.Sort(a)
	slices.Sort(b)
	return slices.Equal(a, b)
}
