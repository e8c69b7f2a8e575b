package sqlassignment

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"time"

	"rollcall/assignment"
	"rollcall/directory"
	"rollcall/fault"
	"rollcall/identity"
	"rollcall/sqldb"
)

const (
	selectApplication = `SELECT key, arn, provider, name, description, account, enabled, assignment_required, portal, created_at
		FROM applications WHERE instance = $1 AND `

	selectApplicationByToken = selectApplication + `client_token = $2 AND asked = $3`
	isTokenUsed              = `SELECT EXISTS (SELECT 1 FROM applications WHERE instance = $1 AND client_token = $2)`

	selectApplicationByARN = selectApplication + `arn = $2`
	selectApplications     = selectApplication + `key > $2 ORDER BY key ` + limit3
	insertApplication      = `INSERT INTO applications (instance, arn, provider, name, description, account, enabled, assignment_required, portal, created_at, client_token, asked)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`
	updateApplication = `UPDATE applications SET name = $2, description = $3, enabled = $4, assignment_required = $5, portal = $6 WHERE key = $1`
	deleteApplication = `DELETE FROM applications WHERE key = $1`
)

// applicationEvent is an application as the log has it.
type applicationEvent struct {
	ARN                string    `json:"arn"`
	Provider           string    `json:"provider"`
	Name               string    `json:"name"`
	Description        string    `json:"description,omitempty"`
	Account            string    `json:"account"`
	Enabled            bool      `json:"enabled"`
	AssignmentRequired bool      `json:"assignmentRequired"`
	Portal             string    `json:"portal,omitempty"`
	CreatedAt          time.Time `json:"createdAt"`
}

func scanApplication(scan func(...any) error) (r row[identity.Application], err error) {
	var created int64
	a := &r.item
	err = scan(&r.key, &a.ARN, &a.Provider, &a.Name, &a.Description, &a.Account, &a.Enabled, &a.AssignmentRequired, &a.Portal, &created)
	a.CreatedAt = timeOf(created)
	return r, err
}

// ListApplications lists every application.
func (d *Driver) ListApplications(ctx context.Context, page assignment.PageRequest) (assignment.Page[identity.Application], error) {
	return list(ctx, d, listing{op: "list applications"}, page, func(q sqldb.Query, after int64, limit int) ([]row[identity.Application], error) {
		return sqldb.Collect(q, scanApplication, selectApplications, d.key, after, limit)
	})
}

// Application returns the application with that ARN.
func (d *Driver) Application(ctx context.Context, arn string) (a identity.Application, err error) {
	const op = "describe application"
	err = d.read(ctx, op, func(q sqldb.Query) error {
		found, err := d.application(q, op, arn)
		a = found.item
		return err
	})
	return a, err
}

func (d *Driver) application(q sqldb.Query, op, arn string) (r row[identity.Application], err error) {
	if !identity.IsApplicationARN(arn) {
		return r, fault.Text(fault.Invalid, op, "application", "want the ARN of an application")
	}
	r, err = scanApplication(q.Row(selectApplicationByARN, d.key, arn).Scan)
	if errors.Is(err, sql.ErrNoRows) {
		return r, missing(op, "application", string(identity.LastPart(arn)))
	}
	return r, err
}

// CreateApplication stores a under a new ARN, with its tags, unless the request
// that the token names has done so. It belongs to the management account.
func (d *Driver) CreateApplication(ctx context.Context, a identity.Application, tags []identity.Tag, token string) (identity.Application, error) {
	const op = "create application"
	a.ARN, a.CreatedAt, a.Account = "", time.Time{}, d.organization.Management
	if err := a.Validate(); err != nil {
		return identity.Application{}, err
	}
	if err := identity.CheckTags(tags); err != nil {
		return identity.Application{}, err
	}
	asked, err := digest(a, tags)
	if err != nil {
		return identity.Application{}, err
	}
	err = d.write(ctx, op, func(w *write) error {
		if made, err := w.asked(token, asked); err != nil || made.ARN != "" {
			a = made
			return err
		}
		id, err := newPart("apl-")
		if err != nil {
			return err
		}
		a.ARN, a.CreatedAt = identity.ApplicationARN(d.arn, a.Account, id), timeOf(w.at)
		if _, err := w.Exec(insertApplication, d.key, a.ARN, a.Provider, a.Name, a.Description, a.Account, a.Enabled, a.AssignmentRequired,
			a.Portal, w.at, token, asked); err != nil {
			return err
		}
		if err := w.setTags(a.ARN, tags); err != nil {
			return err
		}
		return w.log("CreateApplication", identity.KindApplication, identity.ID(id), nil, applicationEvent(a))
	})
	if err != nil {
		return identity.Application{}, err
	}
	return a, nil
}

// digest tells requests for applications apart that have the same token.
func digest(a identity.Application, tags []identity.Tag) (string, error) {
	text, err := directory.Image([]any{applicationEvent(a), tagged(tags)})
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:]), err
}

// asked returns the application that the same request has made, if any: as it
// is now. Another request with the token is fault.Conflict.
func (w *write) asked(token, asked string) (identity.Application, error) {
	if token == "" {
		return identity.Application{}, nil
	}
	made, err := scanApplication(w.Row(selectApplicationByToken, w.driver.key, token, asked).Scan)
	if !errors.Is(err, sql.ErrNoRows) {
		return made.item, err
	}
	var used bool
	if err := w.Row(isTokenUsed, w.driver.key, token).Scan(&used); err != nil || !used {
		return identity.Application{}, err
	}
	return identity.Application{}, fault.Text(fault.Conflict, w.op, "field clientToken", "another request has it; want a new token for every request")
}

// UpdateApplication changes what change names.
func (d *Driver) UpdateApplication(ctx context.Context, arn string, change assignment.ApplicationChange) error {
	const op = "update application"
	return d.write(ctx, op, func(w *write) error {
		had, err := d.application(w, op, arn)
		if err != nil {
			return err
		}
		a := had.item
		set(&a.Name, change.Name)
		set(&a.Description, change.Description)
		set(&a.Enabled, change.Enabled)
		set(&a.AssignmentRequired, change.AssignmentRequired)
		set(&a.Portal, change.Portal)
		if err := a.Validate(); err != nil || a == had.item {
			return err
		}
		if _, err := w.Exec(updateApplication, had.key, a.Name, a.Description, a.Enabled, a.AssignmentRequired, a.Portal); err != nil {
			return err
		}
		operation := "UpdateApplication"
		if a.AssignmentRequired != had.item.AssignmentRequired {
			operation = "PutApplicationAssignmentConfiguration"
		}
		return w.log(operation, identity.KindApplication, identity.LastPart(arn), applicationEvent(had.item), applicationEvent(a))
	})
}

func set[T any](at, to *T) {
	if to != nil {
		*at = *to
	}
}

// DeleteApplication removes an application and who may use it.
func (d *Driver) DeleteApplication(ctx context.Context, arn string) error {
	const op = "delete application"
	return d.write(ctx, op, func(w *write) error {
		had, err := d.application(w, op, arn)
		if err != nil {
			return err
		}
		if _, err := w.Exec(deleteApplication, had.key); err != nil {
			return err
		}
		if _, err := w.Exec(deleteTags, d.key, arn); err != nil {
			return err
		}
		return w.log("DeleteApplication", identity.KindApplication, identity.LastPart(arn), applicationEvent(had.item), nil)
	})
}
