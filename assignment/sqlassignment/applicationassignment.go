package sqlassignment

import (
	"context"

	"rollcall/assignment"
	"rollcall/fault"
	"rollcall/identity"
	"rollcall/sqldb"
)

const (
	selectApplicationAssignments = `SELECT key, principal_kind, principal FROM application_assignments
		WHERE application = $1 AND key > $2 ORDER BY key ` + limit3
	selectApplicationAssignmentsFor = `SELECT s.key, s.principal_kind, s.principal, a.arn
		FROM application_assignments s JOIN applications a ON a.key = s.application
		WHERE s.instance = $1 AND s.principal = $4 AND s.principal_kind = $5 AND s.key > $2
		AND ($6 = '' OR a.arn = $6) ORDER BY s.key ` + limit3
	insertApplicationAssignment = `INSERT INTO application_assignments (application, instance, principal_kind, principal) VALUES ($1, $2, $3, $4)`
	deleteApplicationAssignment = `DELETE FROM application_assignments WHERE application = $1 AND principal = $2 AND principal_kind = $3`
)

// applicationAssignmentEvent is who may use an application, as the log has it.
type applicationAssignmentEvent struct {
	Application string             `json:"application"`
	Principal   identity.Principal `json:"principal"`
}

// ListApplicationAssignments lists who may use an application.
func (d *Driver) ListApplicationAssignments(ctx context.Context, arn string, page assignment.PageRequest) (assignment.Page[identity.ApplicationAssignment], error) {
	l := listing{"list application assignments", []string{arn}}
	return list(ctx, d, l, page, func(q sqldb.Query, after int64, limit int) ([]row[identity.ApplicationAssignment], error) {
		a, err := d.application(q, l.op, arn)
		if err != nil {
			return nil, err
		}
		scan := func(scan func(...any) error) (row[identity.ApplicationAssignment], error) {
			r := row[identity.ApplicationAssignment]{item: identity.ApplicationAssignment{
				Application: arn, Principal: identity.Principal{Store: d.store},
			}}
			err := scan(&r.key, (*string)(&r.item.Principal.Kind), (*string)(&r.item.Principal.ID))
			return r, err
		}
		return sqldb.Collect(q, scan, selectApplicationAssignments, a.key, after, limit)
	})
}

// ListApplicationAssignmentsFor lists what a principal may use, by itself and
// by its groups.
func (d *Driver) ListApplicationAssignmentsFor(ctx context.Context, p identity.Principal, arn string, page assignment.PageRequest) (assignment.Page[identity.ApplicationAssignment], error) {
	l := listing{"list application assignments for a principal", []string{string(p.Kind), string(p.ID), arn}}
	principals, err := d.with(ctx, l.op, p)
	if err != nil {
		return assignment.Page[identity.ApplicationAssignment]{}, err
	}
	return list(ctx, d, l, page, func(q sqldb.Query, after int64, limit int) ([]row[identity.ApplicationAssignment], error) {
		if arn != "" {
			if _, err := d.application(q, l.op, arn); err != nil {
				return nil, err
			}
		}
		var all []row[identity.ApplicationAssignment]
		for _, one := range principals {
			found, err := sqldb.Collect(q, d.scanApplicationAssignment, selectApplicationAssignmentsFor, d.key, after, limit, string(one.ID), string(one.Kind), arn)
			if err != nil {
				return nil, err
			}
			all = append(all, found...)
		}
		return merge(all, limit), nil
	})
}

func (d *Driver) scanApplicationAssignment(scan func(...any) error) (r row[identity.ApplicationAssignment], err error) {
	a := &r.item
	a.Principal.Store = d.store
	err = scan(&r.key, (*string)(&a.Principal.Kind), (*string)(&a.Principal.ID), &a.Application)
	return r, err
}

// CreateApplicationAssignment lets a principal use an application.
func (d *Driver) CreateApplicationAssignment(ctx context.Context, a identity.ApplicationAssignment) error {
	const op = "create application assignment"
	if err := d.ours(op, a.Principal); err != nil {
		return err
	}
	exists, err := d.exists(ctx, a.Principal)
	if err != nil {
		return err
	}
	return d.write(ctx, op, func(w *write) error {
		app, err := d.application(w, op, a.Application)
		if err != nil {
			return err
		}
		if !exists {
			return missing(op, string(a.Principal.Kind), string(a.Principal.ID))
		}
		if _, err := w.Exec(insertApplicationAssignment, app.key, d.key, string(a.Principal.Kind), string(a.Principal.ID)); err != nil {
			return err
		}
		return w.log("CreateApplicationAssignment", identity.KindApplicationAssignment, identity.LastPart(a.Application), nil, d.event(a))
	})
}

// DeleteApplicationAssignment takes that away. The principal need not exist.
func (d *Driver) DeleteApplicationAssignment(ctx context.Context, a identity.ApplicationAssignment) error {
	const op = "delete application assignment"
	if err := d.ours(op, a.Principal); err != nil {
		return err
	}
	return d.write(ctx, op, func(w *write) error {
		app, err := d.application(w, op, a.Application)
		if err != nil {
			return err
		}
		done, err := w.Exec(deleteApplicationAssignment, app.key, string(a.Principal.ID), string(a.Principal.Kind))
		if err != nil {
			return err
		}
		if gone, err := done.RowsAffected(); err != nil {
			return err
		} else if gone == 0 {
			return fault.Text(fault.NotFound, op, "application assignment "+string(a.Principal.ID), "the principal is not assigned to the application")
		}
		return w.log("DeleteApplicationAssignment", identity.KindApplicationAssignment, identity.LastPart(a.Application), d.event(a), nil)
	})
}

func (d *Driver) event(a identity.ApplicationAssignment) applicationAssignmentEvent {
	a.Principal.Store = d.store
	return applicationAssignmentEvent(a)
}
