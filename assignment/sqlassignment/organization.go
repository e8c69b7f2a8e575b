package sqlassignment

import (
	"context"
	"database/sql"
	"errors"
	"slices"

	"rollcall/assignment"
	"rollcall/fault"
	"rollcall/identity"
	"rollcall/sqldb"
)

const (
	selectAccount = `SELECT key, id, name, email, status, parent, invited, joined_at FROM accounts WHERE instance = $1 AND `

	selectAccountByID = selectAccount + `id = $2`
	selectAccounts    = selectAccount + `key > $2 ORDER BY key ` + limit3
	selectAccountsIn  = selectAccount + `key > $2 AND parent = $4 ORDER BY key ` + limit3

	selectUnit = `SELECT key, id, name, parent FROM units WHERE instance = $1 AND `

	selectUnitByID = selectUnit + `id = $2`
	selectUnitsIn  = selectUnit + `key > $2 AND parent = $4 ORDER BY key ` + limit3

	upsertUnit = `INSERT INTO units (instance, id, name, parent) VALUES ($1, $2, $3, $4)
		ON CONFLICT (instance, id) DO UPDATE SET name = excluded.name, parent = excluded.parent`
	upsertAccount = `INSERT INTO accounts (instance, id, name, email, status, parent, invited, joined_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
		ON CONFLICT (instance, id) DO UPDATE SET name = excluded.name, email = excluded.email, status = excluded.status, parent = excluded.parent`
)

func scanAccount(scan func(...any) error) (r row[identity.Account], err error) {
	var joined int64
	a := &r.item
	err = scan(&r.key, &a.ID, &a.Name, &a.Email, (*string)(&a.Status), &a.Parent, &a.Invited, &joined)
	a.JoinedAt = timeOf(joined)
	return r, err
}

func scanUnit(scan func(...any) error) (r row[identity.Unit], err error) {
	err = scan(&r.key, &r.item.ID, &r.item.Name, &r.item.Parent)
	return r, err
}

// Organization says which organization this is. Its e-mail address is that of
// the management account, as it is now.
func (d *Driver) Organization(ctx context.Context) (identity.Organization, error) {
	o := d.organization
	payer, err := d.Account(ctx, o.Management)
	o.Email = payer.Email
	return o, err
}

// ListAccounts lists the accounts in a root or unit, or all.
func (d *Driver) ListAccounts(ctx context.Context, parent string, page assignment.PageRequest) (assignment.Page[identity.Account], error) {
	const op = "list accounts"
	l := listing{op, []string{parent}}
	return list(ctx, d, l, page, func(q sqldb.Query, after int64, limit int) ([]row[identity.Account], error) {
		if parent == "" {
			return sqldb.Collect(q, scanAccount, selectAccounts, d.key, after, limit)
		}
		if _, err := d.unit(q, op, parent); err != nil {
			return nil, err
		}
		return sqldb.Collect(q, scanAccount, selectAccountsIn, d.key, after, limit, parent)
	})
}

// Account returns the account with that id.
func (d *Driver) Account(ctx context.Context, id string) (a identity.Account, err error) {
	const op = "describe account"
	err = d.read(ctx, op, func(q sqldb.Query) error {
		found, err := d.account(q, op, id)
		a = found.item
		return err
	})
	return a, err
}

func (d *Driver) account(q sqldb.Query, op, id string) (r row[identity.Account], err error) {
	if !identity.IsAccountID(id) {
		return r, fault.Text(fault.Invalid, op, "account", "want twelve digits")
	}
	r, err = scanAccount(q.Row(selectAccountByID, d.key, id).Scan)
	if errors.Is(err, sql.ErrNoRows) {
		return r, missing(op, "account", id)
	}
	return r, err
}

// ListUnits lists the units in a root or unit, or the roots.
func (d *Driver) ListUnits(ctx context.Context, parent string, page assignment.PageRequest) (assignment.Page[identity.Unit], error) {
	const op = "list organizational units"
	l := listing{op, []string{parent}}
	return list(ctx, d, l, page, func(q sqldb.Query, after int64, limit int) ([]row[identity.Unit], error) {
		if parent != "" {
			if _, err := d.unit(q, op, parent); err != nil {
				return nil, err
			}
		}
		return sqldb.Collect(q, scanUnit, selectUnitsIn, d.key, after, limit, parent)
	})
}

// Unit returns the root or unit with that id.
func (d *Driver) Unit(ctx context.Context, id string) (u identity.Unit, err error) {
	const op = "describe organizational unit"
	err = d.read(ctx, op, func(q sqldb.Query) error {
		u, err = d.unit(q, op, id)
		return err
	})
	return u, err
}

func (d *Driver) unit(q sqldb.Query, op, id string) (identity.Unit, error) {
	if !identity.IsUnitID(id) {
		return identity.Unit{}, fault.Text(fault.Invalid, op, "parent", "want the id of a root (r-…) or of an organizational unit (ou-…)")
	}
	r, err := scanUnit(q.Row(selectUnitByID, d.key, id).Scan)
	if errors.Is(err, sql.ErrNoRows) {
		return r.item, missing(op, "root or unit", id)
	}
	return r.item, err
}

// Seed brings accounts and units in, and changes those that are there already
// to what is given; what is not named stays. An empty parent means the root, no
// status an active account. It happens as a whole or not at all, and fails with
// fault.Invalid for what cannot be, a parent that does not exist included.
func (d *Driver) Seed(ctx context.Context, units []identity.Unit, accounts []identity.Account) error {
	const op = "seed organization"
	return d.write(ctx, op, func(w *write) error {
		roots, err := sqldb.Collect(w, scanUnit, selectUnitsIn, d.key, 0, 1, "")
		if err != nil {
			return err
		}
		units, accounts := slices.Clone(units), slices.Clone(accounts)
		for i := range units {
			if err := w.seedUnit(&units[i], &roots[0].item); err != nil {
				return err
			}
		}
		for i := range accounts {
			if err := w.seedAccount(&accounts[i], &roots[0].item); err != nil {
				return err
			}
		}
		return nil
	})
}

// seedUnit stores a unit under one that is there: so no unit is its own
// ancestor, as long as units keep their parents.
func (w *write) seedUnit(u, root *identity.Unit) error {
	if u.ID == root.ID {
		return fault.Text(fault.Invalid, w.op, "unit "+u.ID, "it is the root, which is there already")
	}
	if u.Parent == "" {
		u.Parent = root.ID
	}
	if err := u.Validate(); err != nil {
		return err
	}
	if err := w.hasParent("unit "+u.ID, u.Parent); err != nil {
		return err
	}
	had, err := w.driver.unit(w, w.op, u.ID)
	if err == nil && had.Parent != u.Parent {
		return fault.Text(fault.Invalid, w.op, "unit "+u.ID, "it is in "+had.Parent+" already; units cannot be moved")
	}
	if err != nil && !fault.Is(err, fault.NotFound) {
		return err
	}
	return w.driver.saveUnit(w.Tx, u)
}

func (w *write) seedAccount(a *identity.Account, root *identity.Unit) error {
	if a.Parent == "" {
		a.Parent = root.ID
	}
	if a.Status == "" {
		a.Status = identity.AccountActive
	}
	if a.JoinedAt.IsZero() {
		a.JoinedAt = timeOf(w.at)
	}
	if err := a.Validate(); err != nil {
		return err
	}
	if err := w.hasParent("account "+a.ID, a.Parent); err != nil {
		return err
	}
	return w.driver.saveAccount(w.Tx, a)
}

func (w *write) hasParent(on, parent string) error {
	_, err := w.driver.unit(w, w.op, parent)
	if fault.Is(err, fault.NotFound) {
		return fault.Text(fault.Invalid, w.op, on, "its parent "+parent+" does not exist; name it before")
	}
	return err
}

func (d *Driver) saveUnit(tx *sqldb.Tx, u *identity.Unit) error {
	_, err := tx.Exec(upsertUnit, d.key, u.ID, u.Name, u.Parent)
	return err
}

func (d *Driver) saveAccount(tx *sqldb.Tx, a *identity.Account) error {
	_, err := tx.Exec(upsertAccount, d.key, a.ID, a.Name, a.Email, string(a.Status), a.Parent, a.Invited, a.JoinedAt.UnixMicro())
	return err
}
