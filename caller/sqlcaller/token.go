package sqlcaller

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"rollcall/caller"
	"rollcall/fault"
	"rollcall/identity"
	"rollcall/sqldb"
)

const (
	tokenColumns = `t.id, t.store, n.tenant, t.digest, t.created_at, t.created_by, t.expires_at, t.used_at`
	fromTokens   = ` FROM scim_tokens t JOIN scim_tenants n ON n.store = t.store`

	selectTenant = `SELECT tenant FROM scim_tenants WHERE store = $1`
	insertTenant = `INSERT INTO scim_tenants (store, tenant) VALUES ($1, $2) ON CONFLICT (store) DO NOTHING`
	countTokens  = `SELECT COUNT(*) FROM scim_tokens WHERE store = $1`
	insertToken  = `INSERT INTO scim_tokens (id, store, digest, created_at, created_by, expires_at, used_at) VALUES ($1, $2, $3, $4, $5, $6, 0)`
	selectToken  = `SELECT ` + tokenColumns + fromTokens + ` WHERE t.id = $1`
	selectTokens = `SELECT ` + tokenColumns + fromTokens + ` WHERE t.store = $1 ORDER BY t.created_at, t.id`
	deleteToken  = `DELETE FROM scim_tokens WHERE id = $1 AND store = $2`
	useToken     = `UPDATE scim_tokens SET used_at = $2 WHERE id = $1 AND used_at < $2`
)

// Tenant returns the tenant id of a store; fresh becomes it if there is none.
func (c *Center) Tenant(ctx context.Context, store identity.StoreID, fresh string) (tenant string, err error) {
	const op = "read tenant"
	find := func(q sqldb.Query) error {
		err := q.Row(selectTenant, string(store)).Scan(&tenant)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		return err
	}
	if err := c.db.Read(ctx, find); err != nil || tenant != "" || fresh == "" {
		return tenant, sqldb.Fault(op, string(store), err)
	}
	err = c.db.Write(ctx, func(tx *sqldb.Tx) error {
		done, err := tx.Exec(insertTenant, string(store), fresh)
		if err != nil {
			return err
		}
		if n, err := done.RowsAffected(); err != nil || n == 0 { // somebody was first
			return errors.Join(err, find(tx))
		}
		tenant = fresh
		return c.log(ctx, tx, event{store, caller.CreateTenant, caller.KindTenant, fresh, nil, caller.TokenEvent{Tenant: fresh}})
	})
	return tenant, sqldb.Fault(op, string(store), err)
}

// InsertToken stores a new token unless the store has limit already.
func (c *Center) InsertToken(ctx context.Context, t caller.Token, d caller.Digest, limit int) error {
	const op = "make token"
	err := c.db.Write(ctx, func(tx *sqldb.Tx) error {
		var n int
		if err := tx.Row(countTokens, string(t.Store)).Scan(&n); err != nil {
			return err
		}
		if n >= limit {
			return fault.Text(fault.Quota, op, "store "+string(t.Store), fmt.Sprintf(
				"it has %d tokens already, expired ones included; revoke one first", n))
		}
		if _, err := tx.Exec(insertToken, t.ID, string(t.Store), d[:], millis(t.CreatedAt), t.CreatedBy, millis(t.ExpiresAt)); err != nil {
			return err
		}
		return c.log(ctx, tx, event{t.Store, caller.CreateToken, caller.KindToken, t.ID, nil, caller.TokenEventOf(t)})
	})
	return sqldb.Fault(op, "store "+string(t.Store), err)
}

// Token returns a token and the digest of its text.
func (c *Center) Token(ctx context.Context, id string) (t caller.Token, d caller.Digest, err error) {
	err = one(ctx, c.db, "read token", id, func(q sqldb.Query) error {
		t, d, err = scanToken(q.Row(selectToken, id).Scan)
		return err
	})
	return t, d, err
}

func scanToken(row func(...any) error) (t caller.Token, d caller.Digest, err error) {
	var digest []byte
	var created, expires, used int64
	err = row(&t.ID, &t.Store, &t.Tenant, &digest, &created, &t.CreatedBy, &expires, &used)
	t.CreatedAt, t.ExpiresAt, t.LastUsedAt = timeOf(created), timeOf(expires), timeOf(used)
	return t, digestOf(digest), err
}

// Tokens lists those of one store, oldest first.
func (c *Center) Tokens(ctx context.Context, store identity.StoreID) ([]caller.Token, error) {
	return list(ctx, c.db, "list tokens", func(row func(...any) error) (caller.Token, error) {
		t, _, err := scanToken(row)
		return t, err
	}, selectTokens, string(store))
}

// DeleteToken removes a token of a store.
func (c *Center) DeleteToken(ctx context.Context, store identity.StoreID, id string) error {
	const op = "revoke token"
	err := c.db.Write(ctx, func(tx *sqldb.Tx) error {
		had, _, err := scanToken(tx.Row(selectToken, id).Scan)
		if errors.Is(err, sql.ErrNoRows) {
			return missing(op, id)
		}
		if err != nil {
			return err
		}
		if err := changeIn(tx, op, id, deleteToken, id, string(store)); err != nil {
			return err
		}
		return c.log(ctx, tx, event{store, caller.DeleteToken, caller.KindToken, id, caller.TokenEventOf(had), nil})
	})
	return sqldb.Fault(op, id, err)
}

// UseToken stores when a token was last used.
func (c *Center) UseToken(ctx context.Context, id string, at time.Time) error {
	return note(ctx, c.db, "note use of token", id, useToken, id, millis(at))
}
