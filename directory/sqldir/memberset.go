package sqldir

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"rollcall/fault"
	"rollcall/identity"
	"rollcall/sqldb"
)

func one(first int) string { return parameters(first, 1) }

var (
	selectUserKeys = newBulk(1, 1, `SELECT id, key FROM users WHERE store = $1 AND id IN (`, `)`, one)

	insertMemberships = newBulk(0, 5, `INSERT INTO memberships (group_key, user_key, id, created_at, created_by) VALUES `,
		` ON CONFLICT (group_key, user_key) DO NOTHING RETURNING user_key`,
		func(first int) string { return "(" + parameters(first, 5) + ")" })

	deleteMemberships = newBulk(1, 1, `DELETE FROM memberships WHERE group_key = $1 AND user_key IN (`,
		`) RETURNING user_key, id, created_at, created_by`, one)
)

// ChangeMembers adds users to a group and removes others, as a whole.
func (d *Driver) ChangeMembers(ctx context.Context, group identity.ID, add, remove []identity.ID) error {
	const op = "change members"
	on := named(identity.KindGroup, group)
	if n := len(add) + len(remove); n > identity.MaxMembers {
		return fault.Text(fault.Invalid, op, on, fmt.Sprintf("%d members in one call, at most %d; send them in several", n, identity.MaxMembers))
	}
	return d.write(ctx, op, on, func(w *write) error {
		key, err := d.groupKey(w, op, group)
		if err != nil {
			return err
		}
		if err := w.joinAll(key, group, add); err != nil {
			return err
		}
		return w.leaveAll(key, group, remove)
	})
}

// userKeys finds the keys of users of this store; who is not there is left out.
func (w *write) userKeys(users []identity.ID) (map[identity.ID]int64, error) {
	var some []identity.ID
	for _, id := range users {
		if identity.IsID(string(id)) {
			some = append(some, id)
		}
	}
	keys := make(map[identity.ID]int64, len(some))
	err := inBulk(&selectUserKeys, []any{w.driver.key}, some, func(args []any, id identity.ID) []any { return append(args, string(id)) },
		func(query string, args []any) error {
			return each(w, query, args, func(scan func(...any) error) error {
				var id identity.ID
				var key int64
				err := scan((*string)(&id), &key)
				keys[id] = key
				return err
			})
		})
	return keys, err
}

// each runs a statement and reads every row that it answers with.
func each(q sqldb.Query, query string, args []any, row func(scan func(...any) error) error) error {
	found, err := q.Rows(query, args...)
	if err != nil {
		return err
	}
	return sqldb.Each(found, row)
}

// joiner is a user on the way into a group.
type joiner struct {
	user identity.ID
	key  int64
	id   identity.ID // of the membership, unless there is one
}

// joinAll makes users members; those who are stay as they are.
func (w *write) joinAll(groupKey int64, group identity.ID, users []identity.ID) error {
	keys, err := w.userKeys(users)
	if err != nil {
		return err
	}
	joiners := make([]joiner, len(users))
	for i, user := range users {
		key, ok := keys[user]
		if !ok {
			return missing(w.op, identity.KindUser, user)
		}
		id, err := w.newID()
		if err != nil {
			return err
		}
		joiners[i] = joiner{user, key, id}
	}
	by := w.actor.String()
	fresh := make(map[int64]bool, len(joiners))
	err = inBulk(&insertMemberships, nil, joiners,
		func(args []any, j joiner) []any { return append(args, groupKey, j.key, string(j.id), w.at, by) },
		func(query string, args []any) error {
			return each(w, query, args, func(scan func(...any) error) error {
				var key int64
				err := scan(&key)
				fresh[key] = true
				return err
			})
		})
	if err != nil {
		return err
	}
	w.touched += len(fresh)
	for _, j := range joiners {
		if !fresh[j.key] {
			continue
		}
		delete(fresh, j.key) // whoever is named twice has joined once, by the first name
		m := membership(j.id, group, j.user, w.at, by)
		if err := w.log("CreateGroupMembership", identity.KindMembership, m.ID, nil, membershipDocument(&m)); err != nil {
			return err
		}
	}
	return nil
}

// leaveAll ends the memberships of users; who has none stays so.
func (w *write) leaveAll(groupKey int64, group identity.ID, users []identity.ID) error {
	keys, err := w.userKeys(users)
	if err != nil {
		return err
	}
	gone := make(map[int64]identity.Membership, len(users))
	err = inBulk(&deleteMemberships, []any{groupKey}, slices.Collect(maps.Values(keys)), func(args []any, key int64) []any { return append(args, key) },
		func(query string, args []any) error {
			return each(w, query, args, func(scan func(...any) error) error {
				var key, at int64
				var id identity.ID
				var by string
				err := scan(&key, (*string)(&id), &at, &by)
				gone[key] = membership(id, group, "", at, by)
				return err
			})
		})
	if err != nil {
		return err
	}
	w.touched += len(gone)
	for _, user := range users {
		m, ok := gone[keys[user]]
		if !ok {
			continue
		}
		delete(gone, keys[user])
		m.UserID = user
		if err := w.log("DeleteGroupMembership", identity.KindMembership, m.ID, membershipDocument(&m), nil); err != nil {
			return err
		}
	}
	return nil
}
