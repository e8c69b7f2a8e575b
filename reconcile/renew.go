package reconcile

import (
	"context"
	"slices"

	"rollcall/directory"
	"rollcall/fault"
	"rollcall/identity"
	"rollcall/plan"
)

// Renew reads some users, and some groups with their members, once more, and
// puts them in the place of what c had. It reports whether any of them was not
// as c had it, looking at what the seals of a plan cover and at revisions.
func (c *Current) Renew(ctx context.Context, d *directory.Directory, sealed plan.Sealed, users, groups []identity.ID) (changed bool, err error) {
	for _, id := range users {
		other, err := c.renewUser(ctx, d, sealed.User, id)
		if err != nil {
			return true, err
		}
		changed = changed || other
	}
	for _, id := range groups {
		other, err := c.renewGroup(ctx, d, sealed.Group, id)
		if err != nil {
			return true, err
		}
		changed = changed || other
	}
	return changed, nil
}

func (c *Current) renewUser(ctx context.Context, d *directory.Directory, sealed []string, id identity.ID) (changed bool, err error) {
	at := slices.IndexFunc(c.Users, func(u identity.User) bool { return u.ID == id })
	now, err := d.User(ctx, id)
	switch {
	case fault.Is(err, fault.NotFound) && at >= 0:
		c.Users = slices.Delete(c.Users, at, at+1)
		return true, nil
	case fault.Is(err, fault.NotFound):
		return false, nil
	case err != nil:
		return true, err
	case at < 0:
		c.Users = append(c.Users, now)
		return true, nil
	}
	before := &c.Users[at]
	was, err := identity.UserDigest(before, sealed)
	if err != nil {
		return true, err
	}
	is, err := identity.UserDigest(&now, sealed)
	changed = was != is || before.Active != now.Active || before.Revision != now.Revision
	*before = now
	return changed, err
}

func (c *Current) renewGroup(ctx context.Context, d *directory.Directory, sealed []string, id identity.ID) (changed bool, err error) {
	at := slices.IndexFunc(c.Groups, func(g identity.Group) bool { return g.ID == id })
	now, err := d.Group(ctx, id)
	switch {
	case fault.Is(err, fault.NotFound) && at >= 0:
		c.Groups = slices.Delete(c.Groups, at, at+1)
		delete(c.Members, id)
		return true, nil
	case fault.Is(err, fault.NotFound):
		return false, nil
	case err != nil:
		return true, err
	}
	members, err := collect(d.MemberIDs(ctx, id))
	if err != nil {
		return true, err
	}
	before := c.Members[id]
	c.Members[id] = members
	if at < 0 {
		c.Groups = append(c.Groups, now)
		return true, nil
	}
	was, err := identity.GroupDigest(&c.Groups[at], sealed)
	if err != nil {
		return true, err
	}
	is, err := identity.GroupDigest(&now, sealed)
	changed = was != is || c.Groups[at].Revision != now.Revision || !sameIDs(before, members)
	c.Groups[at] = now
	return changed, err
}

func sameIDs(a, b []identity.ID) bool {
	a, b = slices.Clone(a), slices.Clone(b)
	slices.Sort(a)
	slices.Sort(b)
	return slices.Equal(a, b)
}
