package sqldir

import (
	"context"
	"database/sql"
	"errors"

	"rollcall/directory"
	"rollcall/fault"
	"rollcall/identity"
	"rollcall/sqldb"
)

// A membership is a pair of integers; its position in the listing of a group
// is the user's key, in that of a user the group's.
const (
	selectMembers = `SELECT m.user_key, m.id, u.id, m.created_at, m.created_by FROM memberships m JOIN users u ON u.key = m.user_key
		WHERE m.group_key = $1 AND m.user_key > $2 ORDER BY m.user_key ` + limit3
	selectMemberships = `SELECT m.group_key, m.id, g.id, m.created_at, m.created_by FROM memberships m JOIN groups g ON g.key = m.group_key
		WHERE m.user_key = $1 AND m.group_key IN (SELECT group_key FROM user_groups WHERE user_key = $1 AND group_key > $2) ORDER BY m.group_key ` + limit3
	selectGroupIDsOfUser = `SELECT g.id FROM memberships m JOIN groups g ON g.key = m.group_key
		WHERE m.user_key = $1 AND m.group_key IN (SELECT group_key FROM user_groups WHERE user_key = $1) ORDER BY m.group_key`
	selectUserIDsOfGroup = `SELECT u.id FROM memberships m JOIN users u ON u.key = m.user_key WHERE m.group_key = $1 ORDER BY m.user_key`

	selectMembership = `SELECT m.id, m.created_at, m.created_by FROM groups g, users u, memberships m
		WHERE g.store = $1 AND g.id = $2 AND u.store = $1 AND u.id = $3 AND m.group_key = g.key AND m.user_key = u.key`
	// The store of a membership is its group's.
	selectMembershipByID = `SELECT m.group_key, m.user_key, g.id, u.id, m.created_at, m.created_by FROM memberships m
		JOIN groups g ON g.key = m.group_key JOIN users u ON u.key = m.user_key WHERE m.id = $1 AND g.store = $2`

	insertMembership = `INSERT INTO memberships (group_key, user_key, id, created_at, created_by) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (group_key, user_key) DO NOTHING`
	deleteMembership = `DELETE FROM memberships WHERE group_key = $1 AND user_key = $2`
)

// ListMembers lists the memberships of one group.
func (d *Driver) ListMembers(ctx context.Context, group identity.ID, page directory.PageRequest) (directory.Page[identity.Membership], error) {
	l := listing{op: "list members", scope: group}
	return list(ctx, d, l, page, func(q sqldb.Query, after int64, limit int) ([]row[identity.Membership], error) {
		key, err := d.groupKey(q, l.op, group)
		if err != nil {
			return nil, err
		}
		return memberships(q, selectMembers, key, after, limit, func(other identity.ID) (identity.ID, identity.ID) { return group, other })
	})
}

// ListMemberships lists the groups of one user.
func (d *Driver) ListMemberships(ctx context.Context, user identity.ID, page directory.PageRequest) (directory.Page[identity.Membership], error) {
	l := listing{op: "list memberships", scope: user}
	return list(ctx, d, l, page, func(q sqldb.Query, after int64, limit int) ([]row[identity.Membership], error) {
		key, err := d.userKey(q, l.op, user)
		if err != nil {
			return nil, err
		}
		return memberships(q, selectMemberships, key, after, limit, func(other identity.ID) (identity.ID, identity.ID) { return other, user })
	})
}

// memberships reads a part of a listing; pair says which of the two ids is the
// group's.
func memberships(q sqldb.Query, query string, of, after int64, limit int, pair func(other identity.ID) (group, user identity.ID)) ([]row[identity.Membership], error) {
	return sqldb.Collect(q, func(scan func(...any) error) (r row[identity.Membership], err error) {
		var at int64
		var id, other, by string
		err = scan(&r.key, &id, &other, &at, &by)
		group, user := pair(identity.ID(other))
		r.item = membership(identity.ID(id), group, user, at, by)
		return r, err
	}, query, of, after, limit)
}

// membership puts one together. It is never changed, only made and removed, so
// it has no revision.
func membership(id, group, user identity.ID, at int64, by string) identity.Membership {
	made := timeOf(at)
	return identity.Membership{ID: id, GroupID: group, UserID: user, Meta: identity.Meta{
		CreatedAt: made, UpdatedAt: made, CreatedBy: by, UpdatedBy: by,
	}}
}

// FindMembership returns the membership of user in group, or fault.NotFound.
func (d *Driver) FindMembership(ctx context.Context, group, user identity.ID) (identity.Membership, error) {
	const op = "find membership"
	var m identity.Membership
	err := d.read(ctx, op, "", func(q sqldb.Query) error {
		var found bool
		var err error
		if m, found, err = d.findMembership(q, group, user); found || err != nil {
			return err
		}
		if _, err := d.pair(q, op, group, user); err != nil {
			return err
		}
		return fault.Text(fault.NotFound, op, named(identity.KindUser, user), "the user is no member of the group")
	})
	return m, err
}

// findMembership finds one by the ids in one statement. It does not say whether
// it is the group, the user or the membership that is not there.
func (d *Driver) findMembership(q sqldb.Query, group, user identity.ID) (m identity.Membership, found bool, err error) {
	if !identity.IsID(string(group)) || !identity.IsID(string(user)) {
		return m, false, nil
	}
	var id, by string
	var at int64
	err = q.Row(selectMembership, d.key, string(group), string(user)).Scan(&id, &at, &by)
	if errors.Is(err, sql.ErrNoRows) {
		return m, false, nil
	}
	return membership(identity.ID(id), group, user, at, by), err == nil, err
}

// pair is a group's and a user's key.
type pair struct{ group, user int64 }

func (d *Driver) pair(q sqldb.Query, op string, group, user identity.ID) (p pair, err error) {
	if p.group, err = d.groupKey(q, op, group); err == nil {
		p.user, err = d.userKey(q, op, user)
	}
	return p, err
}

// AddMember puts user into group; fault.Conflict if it is there already.
func (d *Driver) AddMember(ctx context.Context, group, user identity.ID) (identity.Membership, error) {
	const op = "add member"
	var m identity.Membership
	err := d.write(ctx, op, named(identity.KindGroup, group), func(w *write) error {
		keys, err := d.pair(w, op, group, user)
		if err != nil {
			return err
		}
		var fresh bool
		m, fresh, err = w.join(keys, group, user)
		if err == nil && !fresh {
			err = fault.Text(fault.Conflict, op, named(identity.KindGroup, group), "the user is a member already")
		}
		return err
	})
	if err != nil {
		return identity.Membership{}, err
	}
	return m, nil
}

// RemoveMember deletes the membership with that id.
func (d *Driver) RemoveMember(ctx context.Context, id identity.ID) error {
	const op = "remove member"
	if !identity.IsID(string(id)) {
		return missing(op, identity.KindMembership, id)
	}
	return d.write(ctx, op, named(identity.KindMembership, id), func(w *write) error {
		keys, m, err := d.membershipByID(w, op, id)
		if err != nil {
			return err
		}
		return w.leave(keys, m)
	})
}

// Membership returns the membership with that id, or fault.NotFound.
func (d *Driver) Membership(ctx context.Context, id identity.ID) (m identity.Membership, err error) {
	const op = "describe membership"
	if !identity.IsID(string(id)) {
		return m, missing(op, identity.KindMembership, id)
	}
	err = d.read(ctx, op, named(identity.KindMembership, id), func(q sqldb.Query) error {
		_, m, err = d.membershipByID(q, op, id)
		return err
	})
	return m, err
}

func (d *Driver) membershipByID(q sqldb.Query, op string, id identity.ID) (keys pair, m identity.Membership, err error) {
	var group, user identity.ID
	var at int64
	var by string
	err = q.Row(selectMembershipByID, string(id), d.key).Scan(&keys.group, &keys.user, &group, &user, &at, &by)
	if errors.Is(err, sql.ErrNoRows) {
		return keys, m, missing(op, identity.KindMembership, id)
	}
	return keys, membership(id, group, user, at, by), err
}

// join makes user a member unless it is one; fresh says whether it did.
func (w *write) join(p pair, group, user identity.ID) (m identity.Membership, fresh bool, err error) {
	id, err := w.newID()
	if err != nil {
		return m, false, err
	}
	m = membership(id, group, user, w.at, w.actor.String())
	done, err := w.Exec(insertMembership, p.group, p.user, string(id), w.at, m.CreatedBy)
	if err != nil {
		return m, false, err
	}
	if n, err := done.RowsAffected(); err != nil || n == 0 {
		return m, false, err
	}
	w.touched++
	return m, true, w.log("CreateGroupMembership", identity.KindMembership, id, nil, membershipDocument(&m))
}

func (w *write) leave(p pair, m identity.Membership) error {
	if _, err := w.Exec(deleteMembership, p.group, p.user); err != nil {
		return err
	}
	w.touched++
	return w.log("DeleteGroupMembership", identity.KindMembership, m.ID, membershipDocument(&m), nil)
}
