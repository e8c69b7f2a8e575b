package sqldir

import (
	"context"
	"database/sql"
	"encoding/json"

	"rollcall/directory"
	"rollcall/fault"
	"rollcall/identity"
	"rollcall/sqldb"
)

const (
	selectGroup = `SELECT key, id, revision, display_name, description, external_ids, created_at, updated_at, created_by, updated_by
		FROM groups WHERE store = $1 AND `
	selectGroupByID = selectGroup + `id = $2`
	selectGroups    = selectGroup + `key > $2 ORDER BY key ` + limit3
	selectGroupKey  = `SELECT key FROM groups WHERE store = $1 AND id = $2`
)

var groupQueries = queries{
	name:     map[string]string{directory.KeyDisplayName: selectGroup + `display_name_fold = $2`},
	external: selectGroup + `key IN (SELECT DISTINCT owner FROM group_external_ids WHERE store = $1 AND id = $2 LIMIT 2)`,
	issued:   selectGroup + `key = (SELECT owner FROM group_external_ids WHERE store = $1 AND id = $2 AND issuer = $3)`,
}

func scanGroup(scan func(...any) error) (r row[identity.Group], err error) {
	var created, updated int64
	var external sql.RawBytes
	g := &r.item
	if err := scan(&r.key, (*string)(&g.ID), &r.revision, &g.DisplayName, &g.Description, &external,
		&created, &updated, &g.CreatedBy, &g.UpdatedBy); err != nil {
		return r, err
	}
	g.Revision, g.CreatedAt, g.UpdatedAt = revisionText(r.revision), timeOf(created), timeOf(updated)
	if len(external) == 0 {
		return r, nil
	}
	if err := json.Unmarshal(external, &g.ExternalIDs); err != nil {
		return r, fault.New(fault.Internal, "decode group", named(identity.KindGroup, g.ID), err)
	}
	return r, nil
}

// externalColumn is the column "external_ids" of g.
func externalColumn(g *identity.Group) (string, error) {
	if len(g.ExternalIDs) == 0 {
		return "", nil
	}
	text, err := json.Marshal(g.ExternalIDs)
	if err != nil {
		return "", fault.New(fault.Internal, "encode group", named(identity.KindGroup, g.ID), err)
	}
	return string(text), nil
}

// ListGroups lists the groups in the order they were made.
func (d *Driver) ListGroups(ctx context.Context, page directory.PageRequest) (directory.Page[identity.Group], error) {
	return list(ctx, d, listing{op: "list groups"}, page, func(q sqldb.Query, after int64, limit int) ([]row[identity.Group], error) {
		return sqldb.Collect(q, scanGroup, selectGroups, d.key, after, limit)
	})
}

// Group returns the group with that id, or fault.NotFound.
func (d *Driver) Group(ctx context.Context, id identity.ID) (identity.Group, error) {
	const op = "describe group"
	if !identity.IsID(string(id)) {
		return identity.Group{}, missing(op, identity.KindGroup, id)
	}
	var r row[identity.Group]
	err := d.read(ctx, op, named(identity.KindGroup, id), func(q sqldb.Query) (err error) {
		r, err = d.group(q, op, id)
		return err
	})
	return r.item, err
}

func (d *Driver) group(q sqldb.Query, op string, id identity.ID) (row[identity.Group], error) {
	return byID(d, q, scanGroup, selectGroupByID, op, identity.KindGroup, id)
}

// FindGroup looks a group up by displayName or external id; fault.Conflict for
// an external id that two issuers gave to different groups.
func (d *Driver) FindGroup(ctx context.Context, key directory.Key) (identity.Group, error) {
	return find(ctx, d, lookup{"find group", identity.KindGroup, key}, &groupQueries, scanGroup)
}
