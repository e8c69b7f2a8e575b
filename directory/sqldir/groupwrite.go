package sqldir

import (
	"context"

	"rollcall/fault"
	"rollcall/identity"
)

const (
	insertGroup = `INSERT INTO groups (store, id, revision, display_name, display_name_fold, description, external_ids,
		created_at, updated_at, created_by, updated_by) VALUES ($1, $2, 1, $3, $4, $5, $6, $7, $7, $8, $8) RETURNING key`
	updateGroup = `UPDATE groups SET revision = revision + 1, display_name = $3, display_name_fold = $4, description = $5, external_ids = $6,
		updated_at = $7, updated_by = $8 WHERE key = $1 AND revision = $2`
	deleteGroup = `DELETE FROM groups WHERE key = $1 AND revision = $2`
)

// CreateGroup stores g under a new id; fault.Conflict if its displayName or an
// external id is taken.
func (d *Driver) CreateGroup(ctx context.Context, g identity.Group) (identity.Group, error) {
	const op = "create group"
	g.ID, g.Meta, g.ExternalIDs = "", identity.Meta{}, orNil(g.ExternalIDs)
	if err := checkGroup(op, &g); err != nil {
		return identity.Group{}, err
	}
	external, err := externalColumn(&g)
	if err != nil {
		return identity.Group{}, err
	}
	err = d.write(ctx, op, "", func(w *write) (err error) {
		if g.ID, err = w.newID(); err != nil {
			return err
		}
		g.Meta = w.created()
		var key int64
		if err := w.Row(insertGroup, d.key, string(g.ID), g.DisplayName, foldKey(g.DisplayName), g.Description, external,
			w.at, g.CreatedBy).Scan(&key); err != nil {
			return err
		}
		if err := groupExternals.replace(w, key, nil, g.ExternalIDs); err != nil {
			return err
		}
		return w.log("CreateGroup", identity.KindGroup, g.ID, nil, groupDocument(&g, nil))
	})
	if err != nil {
		return identity.Group{}, err
	}
	return g, nil
}

func checkGroup(op string, g *identity.Group) error {
	if err := g.Validate(); err != nil {
		return err
	}
	return checkDistinct(op, named(identity.KindGroup, g.ID), g.ExternalIDs)
}

// UpdateGroup sets the attributes that edits name.
func (d *Driver) UpdateGroup(ctx context.Context, id identity.ID, revision string, edits []identity.Edit) (identity.Group, error) {
	const op = "update group"
	if err := checkEdits(op, named(identity.KindGroup, id), edits, identity.PathExternalIDs); err != nil {
		return identity.Group{}, err
	}
	return d.editGroup(ctx, op, id, revision, func(g *identity.Group) error { return g.Apply(edits) })
}

// SetExternalIDs replaces the external ids of a user or a group.
func (d *Driver) SetExternalIDs(ctx context.Context, kind identity.Kind, id identity.ID, revision string, ids []identity.ExternalID) error {
	const op = "set external ids"
	var err error
	switch kind {
	case identity.KindUser:
		_, err = d.editUser(ctx, op, id, revision, func(u *identity.User) error { u.ExternalIDs = ids; return nil })
	case identity.KindGroup:
		_, err = d.editGroup(ctx, op, id, revision, func(g *identity.Group) error { g.ExternalIDs = ids; return nil })
	default:
		err = fault.Text(fault.Invalid, op, "kind "+string(kind), "only users and groups have external ids")
	}
	return err
}

// editGroup changes one group: every write of a group that exists comes here.
func (d *Driver) editGroup(ctx context.Context, op string, id identity.ID, revision string, edit func(*identity.Group) error) (identity.Group, error) {
	if !identity.IsID(string(id)) {
		return identity.Group{}, missing(op, identity.KindGroup, id)
	}
	var out identity.Group
	err := d.write(ctx, op, named(identity.KindGroup, id), func(w *write) error {
		had, err := d.group(w, op, id)
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
		return w.saveGroup(&had, &out)
	})
	if err != nil {
		return identity.Group{}, err
	}
	return out, nil
}

func (w *write) saveGroup(had *row[identity.Group], g *identity.Group) error {
	g.ExternalIDs = orNil(g.ExternalIDs)
	if err := checkGroup(w.op, g); err != nil {
		return err
	}
	external, err := externalColumn(g)
	if err != nil {
		return err
	}
	done, err := w.Exec(updateGroup, had.key, had.revision, g.DisplayName, foldKey(g.DisplayName), g.Description, external, w.at, g.UpdatedBy)
	if err != nil {
		return err
	}
	if err := w.one(done); err != nil {
		return err
	}
	if err := groupExternals.replace(w, had.key, had.item.ExternalIDs, g.ExternalIDs); err != nil {
		return err
	}
	return w.log("UpdateGroup", identity.KindGroup, g.ID, groupDocument(&had.item, nil), groupDocument(g, nil))
}

// DeleteGroup removes the group; its memberships go with it.
func (d *Driver) DeleteGroup(ctx context.Context, id identity.ID, revision string) error {
	const op = "delete group"
	if !identity.IsID(string(id)) {
		return missing(op, identity.KindGroup, id)
	}
	return d.write(ctx, op, named(identity.KindGroup, id), func(w *write) error {
		had, err := d.group(w, op, id)
		if err != nil {
			return err
		}
		if err := w.revise(revision, had.revision); err != nil {
			return err
		}
		members, err := ids(w, selectUserIDsOfGroup, had.key)
		if err != nil {
			return err
		}
		done, err := w.Exec(deleteGroup, had.key, had.revision)
		if err != nil {
			return err
		}
		if err := w.one(done); err != nil {
			return err
		}
		w.touched += len(members)
		return w.log("DeleteGroup", identity.KindGroup, id, groupDocument(&had.item, members), nil)
	})
}
