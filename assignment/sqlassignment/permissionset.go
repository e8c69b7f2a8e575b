package sqlassignment

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"time"

	"rollcall/assignment"
	"rollcall/directory"
	"rollcall/fault"
	"rollcall/identity"
	"rollcall/sqldb"
)

const (
	listPermissionSets = `SELECT key, arn FROM permission_sets WHERE instance = $1 AND key > $2 ORDER BY key ` + limit3
	selectPermission   = `SELECT key, arn, name, description, session_duration, relay_state, policies, version, created_at
		FROM permission_sets WHERE instance = $1 AND arn = $2`
	insertPermission = `INSERT INTO permission_sets (instance, arn, name, name_fold, description, session_duration, relay_state, policies, version, created_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 1, $9)`
	updatePermission = `UPDATE permission_sets SET description = $2, session_duration = $3, relay_state = $4, policies = $5, version = version + 1
		WHERE key = $1`
	deletePermission = `DELETE FROM permission_sets WHERE key = $1`
	hasAssignments   = `SELECT EXISTS (SELECT 1 FROM assignments WHERE permission_set = $1)`
)

// permission is a permission set with all that is stored with it.
type permission struct {
	key      int64
	version  int64
	set      identity.PermissionSet
	policies identity.Policies
}

// permissionEvent is a permission set as the log has it.
type permissionEvent struct {
	ARN             string            `json:"arn"`
	Name            string            `json:"name"`
	Description     string            `json:"description,omitempty"`
	SessionDuration string            `json:"sessionDuration"`
	RelayState      string            `json:"relayState,omitempty"`
	Inline          string            `json:"inline,omitempty"`
	Managed         []identity.Policy `json:"managed,omitempty"`
	Customer        []identity.Policy `json:"customer,omitempty"`
	Boundary        *identity.Policy  `json:"boundary,omitempty"`
	Tags            []identity.Tag    `json:"tags,omitempty"`
	CreatedAt       time.Time         `json:"createdAt"`
}

func (p *permission) document(tags []identity.Tag) permissionEvent {
	s := &p.set
	return permissionEvent{
		s.ARN, s.Name, s.Description, s.SessionDuration, s.RelayState,
		p.policies.Inline, p.policies.Managed, p.policies.Customer, p.policies.Boundary, tags, s.CreatedAt,
	}
}

// permission reads a permission set of this instance.
func (d *Driver) permission(q sqldb.Query, op, arn string) (p permission, err error) {
	if err := d.whole(op); err != nil {
		return p, err
	}
	if !identity.IsPermissionSetARN(arn) {
		return p, fault.Text(fault.Invalid, op, "permission set", "want the ARN of a permission set")
	}
	var policies string
	var created int64
	s := &p.set
	err = q.Row(selectPermission, d.key, arn).Scan(&p.key, &s.ARN, &s.Name, &s.Description, &s.SessionDuration, &s.RelayState,
		&policies, &p.version, &created)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return p, missing(op, "permission set", string(identity.LastPart(arn)))
	case err != nil:
		return p, err
	}
	s.CreatedAt = timeOf(created)
	if err := json.Unmarshal([]byte(policies), &p.policies); err != nil {
		return p, fault.New(fault.Internal, op, "permission set "+string(identity.LastPart(arn)), err)
	}
	return p, nil
}

// ListPermissionSets lists the ARN of every permission set.
func (d *Driver) ListPermissionSets(ctx context.Context, page assignment.PageRequest) (assignment.Page[string], error) {
	l := listing{op: "list permission sets"}
	if err := d.whole(l.op); err != nil {
		return assignment.Page[string]{}, err
	}
	return list(ctx, d, l, page, func(q sqldb.Query, after int64, limit int) ([]row[string], error) {
		return sqldb.Collect(q, scanName, listPermissionSets, d.key, after, limit)
	})
}

// scanName reads a row of a listing of names: ARNs, account ids.
func scanName(scan func(...any) error) (r row[string], err error) {
	err = scan(&r.key, &r.item)
	return r, err
}

// PermissionSet returns the permission set with that ARN.
func (d *Driver) PermissionSet(ctx context.Context, arn string) (identity.PermissionSet, error) {
	p, err := d.describePermission(ctx, "describe permission set", arn)
	return p.set, err
}

// Policies returns what a permission set allows.
func (d *Driver) Policies(ctx context.Context, arn string) (identity.Policies, error) {
	p, err := d.describePermission(ctx, "read policies", arn)
	return p.policies, err
}

func (d *Driver) describePermission(ctx context.Context, op, arn string) (p permission, err error) {
	err = d.read(ctx, op, func(q sqldb.Query) error {
		p, err = d.permission(q, op, arn)
		return err
	})
	return p, err
}

// CreatePermissionSet stores s under a new ARN, with its tags.
func (d *Driver) CreatePermissionSet(ctx context.Context, s identity.PermissionSet, tags []identity.Tag) (identity.PermissionSet, error) {
	const op = "create permission set"
	if err := d.whole(op); err != nil {
		return identity.PermissionSet{}, err
	}
	if err := s.Validate(); err != nil {
		return identity.PermissionSet{}, err
	}
	if err := identity.CheckTags(tags); err != nil {
		return identity.PermissionSet{}, err
	}
	if s.SessionDuration == "" {
		s.SessionDuration = identity.DefaultSession
	}
	err := d.write(ctx, op, func(w *write) error {
		id, err := newPart("ps-")
		if err != nil {
			return err
		}
		s.ARN, s.CreatedAt = identity.PermissionSetARN(d.arn, id), timeOf(w.at)
		if _, err := w.Exec(insertPermission, d.key, s.ARN, s.Name, identity.Fold(s.Name), s.Description, s.SessionDuration, s.RelayState,
			`{}`, w.at); err != nil {
			return err
		}
		if err := w.setTags(s.ARN, tags); err != nil {
			return err
		}
		p := permission{set: s}
		return w.log("CreatePermissionSet", identity.KindPermissionSet, identity.ID(id), nil, p.document(tags))
	})
	if err != nil {
		return identity.PermissionSet{}, err
	}
	return s, nil
}

// UpdatePermissionSet changes what change names.
func (d *Driver) UpdatePermissionSet(ctx context.Context, arn string, change assignment.PermissionSetChange) error {
	return d.editPermission(ctx, "update permission set", "UpdatePermissionSet", arn, func(p *permission) error {
		for _, c := range []struct{ at, to *string }{
			{&p.set.Description, change.Description},
			{&p.set.SessionDuration, change.SessionDuration},
			{&p.set.RelayState, change.RelayState},
		} {
			if c.to != nil {
				*c.at = *c.to
			}
		}
		if p.set.SessionDuration == "" {
			p.set.SessionDuration = identity.DefaultSession
		}
		return p.set.Validate()
	})
}

// editPermission changes one permission set and its version; an edit that
// changes nothing writes nothing.
func (d *Driver) editPermission(ctx context.Context, op, operation, arn string, edit func(*permission) error) error {
	return d.write(ctx, op, func(w *write) error {
		had, err := d.permission(w, op, arn)
		if err != nil {
			return err
		}
		p, err := d.permission(w, op, arn) // a copy of its own, lists included
		if err != nil {
			return err
		}
		if err := edit(&p); err != nil {
			return err
		}
		before, err := directory.Image(had.document(nil))
		if err != nil {
			return err
		}
		after, err := directory.Image(p.document(nil))
		if err != nil || string(before) == string(after) {
			return err
		}
		policies, err := directory.Image(p.policies)
		if err != nil {
			return err
		}
		if _, err := w.Exec(updatePermission, p.key, p.set.Description, p.set.SessionDuration, p.set.RelayState, string(policies)); err != nil {
			return err
		}
		return w.log(operation, identity.KindPermissionSet, identity.LastPart(arn), before, after)
	})
}

// DeletePermissionSet removes a permission set that nobody has.
func (d *Driver) DeletePermissionSet(ctx context.Context, arn string) error {
	const op = "delete permission set"
	return d.write(ctx, op, func(w *write) error {
		p, err := d.permission(w, op, arn)
		if err != nil {
			return err
		}
		if err := w.dropGone(); err != nil {
			return err
		}
		var used bool
		if err := w.Row(hasAssignments, p.key).Scan(&used); err != nil {
			return err
		}
		if used {
			return fault.Text(fault.Conflict, op, "permission set "+string(identity.LastPart(arn)), "it is still assigned; delete its assignments first")
		}
		tags, err := d.tags(w, arn)
		if err != nil {
			return err
		}
		if _, err := w.Exec(deletePermission, p.key); err != nil {
			return err
		}
		if _, err := w.Exec(deleteTags, d.key, arn); err != nil {
			return err
		}
		return w.log("DeletePermissionSet", identity.KindPermissionSet, identity.LastPart(arn), p.document(tags), nil)
	})
}
