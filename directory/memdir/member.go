package memdir

import (
	"context"
	"fmt"

	"rollcall/directory"
	"rollcall/fault"
	"rollcall/identity"
)

type pair struct{ group, user identity.ID }

// memberships holds who is in which group: by id, by pair, and in order on
// either side.
type memberships struct {
	byID    map[identity.ID]*item[identity.Membership]
	byPair  map[pair]identity.ID
	byGroup map[identity.ID]*sequence[identity.Membership]
	byUser  map[identity.ID]*sequence[identity.Membership]
}

func newMemberships() memberships {
	return memberships{
		byID: map[identity.ID]*item[identity.Membership]{}, byPair: map[pair]identity.ID{},
		byGroup: map[identity.ID]*sequence[identity.Membership]{}, byUser: map[identity.ID]*sequence[identity.Membership]{},
	}
}

func (m *memberships) add(at int64, one identity.Membership) {
	i := &item[identity.Membership]{at: at, value: one}
	m.byID[one.ID] = i
	m.byPair[pair{one.GroupID, one.UserID}] = one.ID
	sideOf(m.byGroup, one.GroupID).add(i)
	sideOf(m.byUser, one.UserID).add(i)
}

func (m *memberships) remove(one identity.Membership) {
	m.byID[one.ID].gone = true
	delete(m.byID, one.ID)
	delete(m.byPair, pair{one.GroupID, one.UserID})
	forget(m.byGroup, one.GroupID)
	forget(m.byUser, one.UserID)
}

func (m *memberships) ofGroup(id identity.ID) []identity.Membership { return values(m.byGroup[id]) }
func (m *memberships) ofUser(id identity.ID) []identity.Membership  { return values(m.byUser[id]) }

func sideOf(side map[identity.ID]*sequence[identity.Membership], id identity.ID) *sequence[identity.Membership] {
	s, ok := side[id]
	if !ok {
		s = &sequence[identity.Membership]{}
		side[id] = s
	}
	return s
}

func forget(side map[identity.ID]*sequence[identity.Membership], id identity.ID) {
	s := side[id]
	if s.removed(); len(s.items) == 0 {
		delete(side, id)
	}
}

func values(s *sequence[identity.Membership]) []identity.Membership {
	if s == nil {
		return nil
	}
	var all []identity.Membership
	for _, i := range s.items {
		if !i.gone {
			all = append(all, i.value)
		}
	}
	return all
}

// ListMembers lists the memberships of one group, the oldest first.
func (d *Driver) ListMembers(ctx context.Context, group identity.ID, page directory.PageRequest) (directory.Page[identity.Membership], error) {
	return list(ctx, d, "members of "+string(group), page, func() (*sequence[identity.Membership], error) {
		_, err := d.groups.get("list members", group)
		return d.memberships.byGroup[group], err
	}, same)
}

// ListMemberships lists the groups of one user, the oldest membership first.
func (d *Driver) ListMemberships(ctx context.Context, user identity.ID, page directory.PageRequest) (directory.Page[identity.Membership], error) {
	return list(ctx, d, "memberships of "+string(user), page, func() (*sequence[identity.Membership], error) {
		_, err := d.users.get("list memberships", user)
		return d.memberships.byUser[user], err
	}, same)
}

func same(m identity.Membership) identity.Membership { return m }

// Membership returns the membership with that id.
func (d *Driver) Membership(ctx context.Context, id identity.ID) (identity.Membership, error) {
	const op = "describe membership"
	if err := alive(ctx, op); err != nil {
		return identity.Membership{}, err
	}
	d.mu.RLock()
	defer d.mu.RUnlock()
	if found, ok := d.memberships.byID[id]; ok {
		return found.value, nil
	}
	return identity.Membership{}, missing(op, identity.KindMembership, id)
}

// FindMembership returns the membership of user in group.
func (d *Driver) FindMembership(ctx context.Context, group, user identity.ID) (identity.Membership, error) {
	const op = "find membership"
	if err := alive(ctx, op); err != nil {
		return identity.Membership{}, err
	}
	d.mu.RLock()
	defer d.mu.RUnlock()
	id, ok := d.memberships.byPair[pair{group, user}]
	if !ok {
		return identity.Membership{}, fault.Text(fault.NotFound, op, "group "+string(group), "the user is not a member")
	}
	return d.memberships.byID[id].value, nil
}

// AddMember puts user into group.
func (d *Driver) AddMember(ctx context.Context, group, user identity.ID) (identity.Membership, error) {
	const op = "create membership"
	if err := alive(ctx, op); err != nil {
		return identity.Membership{}, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if _, err := d.groups.get(op, group); err != nil {
		return identity.Membership{}, err
	}
	if _, err := d.users.get(op, user); err != nil {
		return identity.Membership{}, err
	}
	if _, ok := d.memberships.byPair[pair{group, user}]; ok {
		return identity.Membership{}, fault.Text(fault.Conflict, op, "group "+string(group), "the user is a member already")
	}
	return d.join(ctx, group, user)
}

// RemoveMember deletes the membership with that id.
func (d *Driver) RemoveMember(ctx context.Context, membership identity.ID) error {
	const op = "delete membership"
	if err := alive(ctx, op); err != nil {
		return err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	i, ok := d.memberships.byID[membership]
	if !ok {
		return missing(op, identity.KindMembership, membership)
	}
	return d.leave(ctx, i.value)
}

// ChangeMembers adds and removes members of one group in one step.
func (d *Driver) ChangeMembers(ctx context.Context, group identity.ID, add, remove []identity.ID) error {
	const op = "change members"
	if err := alive(ctx, op); err != nil {
		return err
	}
	if n := len(add) + len(remove); n > identity.MaxMembers {
		return fault.Text(fault.Invalid, op, "group "+string(group), fmt.Sprintf("%d members, at most %d", n, identity.MaxMembers))
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if _, err := d.groups.get(op, group); err != nil {
		return err
	}
	for _, user := range add {
		if _, err := d.users.get(op, user); err != nil {
			return err
		}
	}
	defer d.asOne(d.nextEvent())
	for _, user := range add {
		if _, ok := d.memberships.byPair[pair{group, user}]; ok {
			continue
		}
		if _, err := d.join(ctx, group, user); err != nil {
			return err
		}
	}
	for _, user := range remove {
		id, ok := d.memberships.byPair[pair{group, user}]
		if !ok {
			continue
		}
		if err := d.leave(ctx, d.memberships.byID[id].value); err != nil {
			return err
		}
	}
	return nil
}

// join makes a membership; the caller holds the lock and has checked.
func (d *Driver) join(ctx context.Context, group, user identity.ID) (identity.Membership, error) {
	id, err := identity.NewID(d.store.ID, d.bare)
	if err != nil {
		return identity.Membership{}, err
	}
	m := identity.Membership{ID: id, GroupID: group, UserID: user, Meta: d.created(ctx)}
	m.Revision = "" // memberships carry none (aws-contract 3.3)
	d.memberships.add(d.clock, m)
	return m, d.record(ctx, "CreateGroupMembership", identity.KindMembership, id, nil, m)
}

// leave ends a membership; the caller holds the lock.
func (d *Driver) leave(ctx context.Context, m identity.Membership) error {
	d.memberships.remove(m)
	return d.record(ctx, "DeleteGroupMembership", identity.KindMembership, m.ID, m, nil)
}
