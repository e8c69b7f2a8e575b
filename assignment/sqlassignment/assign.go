package sqlassignment

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"rollcall/assignment"
	"rollcall/fault"
	"rollcall/identity"
)

const (
	insertAssignment = `INSERT INTO assignments (permission_set, account, instance, principal_kind, principal, since, until)
		VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (permission_set, account, principal, principal_kind) DO NOTHING`
	findAssignment = `SELECT key FROM assignments WHERE permission_set = $1 AND account = $2 AND principal = $3 AND principal_kind = $4`
	endAssignment  = `UPDATE assignments SET until = $2 WHERE key = $1`
	// Those that are gone count no more and are cleared away by whoever writes
	// next.
	dropGoneAssignments = `DELETE FROM assignments WHERE instance = $1 AND until <= $2`

	provision = `INSERT INTO provisions (permission_set, account, version, since) VALUES ($1, $2, $3, $4)
		ON CONFLICT (permission_set, account) DO UPDATE SET version = excluded.version, since = excluded.since
		WHERE provisions.version < excluded.version`
	provisionAll = `INSERT INTO provisions (permission_set, account, version, since)
		SELECT DISTINCT permission_set, account, CAST($2 AS BIGINT), CAST($3 AS BIGINT) FROM assignments WHERE permission_set = $1
		ON CONFLICT (permission_set, account) DO UPDATE SET version = excluded.version, since = excluded.since
		WHERE provisions.version < excluded.version`
)

func (w *write) dropGone() error {
	_, err := w.Exec(dropGoneAssignments, w.driver.key, w.at)
	return err
}

// target is where an assignment is: the rows of its permission set and its
// account, when nothing stands against working on it.
func (w *write) target(work assignment.Work, a identity.Assignment) (p permission, account row[identity.Account], err error) {
	if p, err = w.driver.permission(w, w.op, a.PermissionSet); err != nil {
		return p, account, err
	}
	if a.Account != "" {
		if account, err = w.driver.account(w, w.op, a.Account); err != nil {
			return p, account, err
		}
		if account.item.Status != identity.AccountActive {
			return p, account, fault.Text(fault.Conflict, w.op, "account "+a.Account, "it is "+string(account.item.Status))
		}
	}
	if err := w.idle(work, a); err != nil {
		return p, account, err
	}
	return p, account, w.dropGone()
}

// fate says why a request is to come to nothing, or "".
func (d *Driver) fate(work assignment.Work, a identity.Assignment) string {
	if d.options.Fails == nil {
		return ""
	}
	return d.options.Fails(work, a)
}

// CreateAssignment begins to give a.
func (d *Driver) CreateAssignment(ctx context.Context, a identity.Assignment) (assignment.Request, error) {
	const op = "create assignment"
	var r assignment.Request
	if err := d.checkAssignment(op, &a); err != nil {
		return r, err
	}
	exists, err := d.exists(ctx, a.Principal)
	if err != nil {
		return r, err
	}
	err = d.write(ctx, op, func(w *write) error {
		p, account, err := w.target(assignment.Creation, a)
		if err != nil {
			return err
		}
		reason := d.fate(assignment.Creation, a)
		if reason == "" && !exists {
			reason = fmt.Sprintf("Received a 404 status error: the %s %s was not found in directory %s",
				strings.ToUpper(string(a.Principal.Kind)), a.Principal.ID, d.store)
		}
		if r, err = w.begin(assignment.Creation, a, reason); err != nil || reason != "" {
			return err
		}
		return w.assign(r, p, account.key)
	})
	if err != nil {
		return assignment.Request{}, err
	}
	return r, nil
}

// checkAssignment checks the form of a, and completes its principal.
func (d *Driver) checkAssignment(op string, a *identity.Assignment) error {
	if err := d.whole(op); err != nil {
		return err
	}
	if err := a.Validate(); err != nil {
		return err
	}
	if err := d.ours(op, a.Principal); err != nil {
		return err
	}
	a.Principal.Store = d.store
	return nil
}

// assign stores what a creation makes, unless it is there, and brings the
// latest version of the permission set along.
func (w *write) assign(r assignment.Request, p permission, account int64) error {
	a := r.Assignment
	done, err := w.Exec(insertAssignment, p.key, account, w.driver.key, string(a.Principal.Kind), string(a.Principal.ID), w.settles(), int64(forever))
	if err != nil {
		return err
	}
	if _, err := w.Exec(provision, p.key, account, p.version, w.settles()); err != nil {
		return err
	}
	if made, err := done.RowsAffected(); err != nil || made == 0 {
		return err
	}
	return w.log("CreateAccountAssignment", identity.KindAssignment, identity.ID(r.ID), nil, a)
}

// DeleteAssignment begins to take a away.
func (d *Driver) DeleteAssignment(ctx context.Context, a identity.Assignment) (assignment.Request, error) {
	const op = "delete assignment"
	var r assignment.Request
	if err := d.checkAssignment(op, &a); err != nil {
		return r, err
	}
	err := d.write(ctx, op, func(w *write) error {
		p, account, err := w.target(assignment.Deletion, a)
		if err != nil {
			return err
		}
		var key int64
		err = w.Row(findAssignment, p.key, account.key, string(a.Principal.ID), string(a.Principal.Kind)).Scan(&key)
		if errors.Is(err, sql.ErrNoRows) {
			return fault.Text(fault.NotFound, op, "assignment "+string(a.Principal.ID), "the principal does not have the permission set there")
		}
		if err != nil {
			return err
		}
		reason := d.fate(assignment.Deletion, a)
		if r, err = w.begin(assignment.Deletion, a, reason); err != nil || reason != "" {
			return err
		}
		if _, err := w.Exec(endAssignment, key, w.settles()); err != nil {
			return err
		}
		return w.log("DeleteAccountAssignment", identity.KindAssignment, identity.ID(r.ID), a, nil)
	})
	if err != nil {
		return assignment.Request{}, err
	}
	return r, nil
}

// ProvisionPermissionSet begins to bring the latest version of a permission
// set to an account, or to all where somebody has it.
func (d *Driver) ProvisionPermissionSet(ctx context.Context, arn, account string) (assignment.Request, error) {
	const op = "provision permission set"
	var r assignment.Request
	a := identity.Assignment{PermissionSet: arn, Account: account}
	err := d.write(ctx, op, func(w *write) error {
		p, where, err := w.target(assignment.Provisioning, a)
		if err != nil {
			return err
		}
		reason := d.fate(assignment.Provisioning, a)
		if r, err = w.begin(assignment.Provisioning, a, reason); err != nil || reason != "" {
			return err
		}
		if account == "" {
			_, err = w.Exec(provisionAll, p.key, p.version, w.settles())
		} else {
			_, err = w.Exec(provision, p.key, where.key, p.version, w.settles())
		}
		if err != nil {
			return err
		}
		return w.log("ProvisionPermissionSet", identity.KindPermissionSet, identity.LastPart(arn), nil,
			map[string]any{"arn": arn, "account": account, "version": p.version})
	})
	if err != nil {
		return assignment.Request{}, err
	}
	return r, nil
}
