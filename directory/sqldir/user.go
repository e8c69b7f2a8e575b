package sqldir

import (
	"context"
	"fmt"
	"slices"

	"rollcall/directory"
	"rollcall/fault"
	"rollcall/identity"
	"rollcall/sqldb"
)

// ListUsers lists the users in the order they were made.
func (d *Driver) ListUsers(ctx context.Context, page directory.PageRequest) (directory.Page[identity.User], error) {
	return list(ctx, d, listing{op: "list users"}, page, func(q sqldb.Query, after int64, limit int) ([]row[identity.User], error) {
		return sqldb.Collect(q, scanUser, selectUsers, d.key, after, limit)
	})
}

// User returns the user with that id, or fault.NotFound.
func (d *Driver) User(ctx context.Context, id identity.ID) (identity.User, error) {
	const op = "describe user"
	if !identity.IsID(string(id)) {
		return identity.User{}, missing(op, identity.KindUser, id)
	}
	var r row[identity.User]
	err := d.read(ctx, op, named(identity.KindUser, id), func(q sqldb.Query) (err error) {
		r, err = d.user(q, op, id)
		return err
	})
	return r.item, err
}

func (d *Driver) user(q sqldb.Query, op string, id identity.ID) (row[identity.User], error) {
	return byID(d, q, scanUser, selectUserByID, op, identity.KindUser, id)
}

// FindUser looks a user up by userName, e-mail or external id; fault.Conflict
// for an external id that two issuers gave to different users.
func (d *Driver) FindUser(ctx context.Context, key directory.Key) (identity.User, error) {
	return find(ctx, d, lookup{"find user", identity.KindUser, key}, &userQueries, scanUser)
}

// CreateUser stores u under a new id; fault.Conflict if its userName, e-mail
// or an external id is taken.
func (d *Driver) CreateUser(ctx context.Context, u identity.User) (identity.User, error) {
	const op = "create user"
	u.ID, u.Meta = "", identity.Meta{}
	normal(&u)
	if err := checkUser(op, &u); err != nil {
		return identity.User{}, err
	}
	rest, err := restColumn(&u)
	if err != nil {
		return identity.User{}, err
	}
	err = d.write(ctx, op, "", func(w *write) error {
		if u.ID, err = w.newID(); err != nil {
			return err
		}
		u.Meta = w.created()
		var key int64
		if err := w.Row(insertUser, d.key, string(u.ID), u.Active, u.UserName, foldKey(u.UserName), emailColumn(&u),
			u.DisplayName, u.Name.GivenName, u.Name.FamilyName, rest, w.at, u.CreatedBy).Scan(&key); err != nil {
			return err
		}
		if err := userExternals.replace(w, key, nil, u.ExternalIDs); err != nil {
			return err
		}
		return w.log("CreateUser", identity.KindUser, u.ID, nil, userDocument(&u, nil))
	})
	if err != nil {
		return identity.User{}, err
	}
	return u, nil
}

func checkUser(op string, u *identity.User) error {
	if err := u.Validate(); err != nil {
		return err
	}
	return checkDistinct(op, named(identity.KindUser, u.ID), u.ExternalIDs)
}

// UpdateUser sets the attributes that edits name.
func (d *Driver) UpdateUser(ctx context.Context, id identity.ID, revision string, edits []identity.Edit) (identity.User, error) {
	const op = "update user"
	if err := checkEdits(op, named(identity.KindUser, id), edits, identity.PathActive, identity.PathExternalIDs); err != nil {
		return identity.User{}, err
	}
	return d.editUser(ctx, op, id, revision, func(u *identity.User) error { return u.Apply(edits) })
}

// SetActive enables or disables a user.
func (d *Driver) SetActive(ctx context.Context, id identity.ID, revision string, active bool) (identity.User, error) {
	return d.editUser(ctx, "set status", id, revision, func(u *identity.User) error {
		u.Active = active
		return nil
	})
}

// editUser changes one user: every write of a user that exists comes here.
func (d *Driver) editUser(ctx context.Context, op string, id identity.ID, revision string, edit func(*identity.User) error) (identity.User, error) {
	if !identity.IsID(string(id)) {
		return identity.User{}, missing(op, identity.KindUser, id)
	}
	var out identity.User
	err := d.write(ctx, op, named(identity.KindUser, id), func(w *write) error {
		had, err := d.user(w, op, id)
		if err != nil {
			return err
		}
		if err := w.revise(revision, had.revision); err != nil {
			return err
		}
		out = had.item
		if err := edit(&out); err != nil {
			return err
		}
		w.updated(&out.Meta, had.revision+1)
		return w.saveUser(&had, &out)
	})
	if err != nil {
		return identity.User{}, err
	}
	return out, nil
}

func (w *write) saveUser(had *row[identity.User], u *identity.User) error {
	normal(u)
	if err := checkUser(w.op, u); err != nil {
		return err
	}
	rest, err := restColumn(u)
	if err != nil {
		return err
	}
	done, err := w.Exec(updateUser, had.key, had.revision, u.Active, u.UserName, foldKey(u.UserName), emailColumn(u),
		u.DisplayName, u.Name.GivenName, u.Name.FamilyName, rest, w.at, u.UpdatedBy)
	if err != nil {
		return err
	}
	if err := w.one(done); err != nil {
		return err
	}
	if err := userExternals.replace(w, had.key, had.item.ExternalIDs, u.ExternalIDs); err != nil {
		return err
	}
	return w.log("UpdateUser", identity.KindUser, u.ID, userDocument(&had.item, nil), userDocument(u, nil))
}

// DeleteUser removes the user; its memberships go with it.
func (d *Driver) DeleteUser(ctx context.Context, id identity.ID, revision string) error {
	const op = "delete user"
	if !identity.IsID(string(id)) {
		return missing(op, identity.KindUser, id)
	}
	return d.write(ctx, op, named(identity.KindUser, id), func(w *write) error {
		had, err := d.user(w, op, id)
		if err != nil {
			return err
		}
		if err := w.revise(revision, had.revision); err != nil {
			return err
		}
		groups, err := ids(w, selectGroupIDsOfUser, had.key)
		if err != nil {
			return err
		}
		done, err := w.Exec(deleteUser, had.key, had.revision)
		if err != nil {
			return err
		}
		if err := w.one(done); err != nil {
			return err
		}
		w.touched += len(groups)
		return w.log("DeleteUser", identity.KindUser, id, userDocument(&had.item, groups), nil)
	})
}

// checkEdits refuses what UpdateUser and UpdateGroup cannot do, before
// anything is read: too many edits or none, and the paths with calls of their
// own.
func checkEdits(op, on string, edits []identity.Edit, apart ...string) error {
	if n := len(edits); n < 1 || n > identity.MaxOperations {
		return fault.Text(fault.Invalid, op, on, fmt.Sprintf("%d edits in one call; want 1 to %d", n, identity.MaxOperations))
	}
	for _, e := range edits {
		if slices.Contains(apart, e.Path) {
			return fault.Text(fault.Unsupported, op, on+" field "+e.Path, "it has a call of its own")
		}
	}
	return nil
}
