package sqlcaller

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"rollcall/caller"
	"rollcall/fault"
	"rollcall/sqldb"
)

var (
	_ caller.KeyDriver   = (*Center)(nil)
	_ caller.TokenDriver = (*Center)(nil)
)

// Center keeps access keys and SCIM tokens. It is safe for concurrent use.
type Center struct {
	db     *sqldb.DB
	record Recorder
}

// New returns what is kept in db, which was opened with [Migrations].
func New(db *sqldb.DB, options ...Option) *Center {
	c := &Center{db: db}
	for _, set := range options {
		set(c)
	}
	return c
}

const (
	keyColumns = `id, name, account, role, read_only, active, created_at, created_by, used_at, sealed`

	insertKey  = `INSERT INTO access_keys (` + keyColumns + `) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`
	selectKey  = `SELECT ` + keyColumns + ` FROM access_keys WHERE id = $1`
	selectKeys = `SELECT ` + keyColumns + ` FROM access_keys ORDER BY created_at, id`
	activate   = `UPDATE access_keys SET active = $2 WHERE id = $1`
	deleteKey  = `DELETE FROM access_keys WHERE id = $1`
	useKey     = `UPDATE access_keys SET used_at = $2 WHERE id = $1 AND used_at < $2`
)

// InsertKey stores a new key.
func (c *Center) InsertKey(ctx context.Context, k caller.Key, sealed []byte) error {
	const op = "store access key"
	err := c.db.Write(ctx, func(tx *sqldb.Tx) error {
		_, err := tx.Exec(insertKey, k.ID, k.Name, k.Account, k.Role, k.ReadOnly, k.Active,
			millis(k.CreatedAt), k.CreatedBy, millis(k.LastUsedAt), sealed)
		if _, ok := sqldb.IsUnique(err); ok {
			return fault.Text(fault.Conflict, op, k.ID, "there is one with this id")
		}
		if err != nil {
			return err
		}
		return c.logKey(ctx, tx, caller.CreateAccessKey, nil, &k)
	})
	return sqldb.Fault(op, k.ID, err)
}

// Key returns a key and its sealed secret.
func (c *Center) Key(ctx context.Context, id string) (k caller.Key, sealed []byte, err error) {
	err = one(ctx, c.db, "read access key", id, func(q sqldb.Query) error {
		k, sealed, err = scanKey(q.Row(selectKey, id).Scan)
		return err
	})
	return k, sealed, err
}

func scanKey(row func(...any) error) (k caller.Key, sealed []byte, err error) {
	var created, used int64
	err = row(&k.ID, &k.Name, &k.Account, &k.Role, &k.ReadOnly, &k.Active, &created, &k.CreatedBy, &used, &sealed)
	k.CreatedAt, k.LastUsedAt = timeOf(created), timeOf(used)
	return k, sealed, err
}

// Keys lists all, oldest first.
func (c *Center) Keys(ctx context.Context) ([]caller.Key, error) {
	return list(ctx, c.db, "list access keys", func(row func(...any) error) (caller.Key, error) {
		k, _, err := scanKey(row)
		return k, err
	}, selectKeys)
}

// SetKeyActive enables or disables a key.
func (c *Center) SetKeyActive(ctx context.Context, id string, active bool) error {
	return c.changeKey(ctx, "change access key", id, func(tx *sqldb.Tx, had caller.Key) error {
		if had.Active == active {
			return nil
		}
		if _, err := tx.Exec(activate, id, active); err != nil {
			return err
		}
		has := had
		has.Active = active
		return c.logKey(ctx, tx, caller.UpdateAccessKey, &had, &has)
	})
}

// changeKey runs a write of a key that there is; fault.NotFound without one.
func (c *Center) changeKey(ctx context.Context, op, id string, write func(tx *sqldb.Tx, had caller.Key) error) error {
	err := c.db.Write(ctx, func(tx *sqldb.Tx) error {
		had, _, err := scanKey(tx.Row(selectKey, id).Scan)
		if errors.Is(err, sql.ErrNoRows) {
			return missing(op, id)
		}
		if err != nil {
			return err
		}
		return write(tx, had)
	})
	return sqldb.Fault(op, id, err)
}

// DeleteKey removes a key.
func (c *Center) DeleteKey(ctx context.Context, id string) error {
	const op = "delete access key"
	return c.changeKey(ctx, op, id, func(tx *sqldb.Tx, had caller.Key) error {
		if err := changeIn(tx, op, id, deleteKey, id); err != nil {
			return err
		}
		return c.logKey(ctx, tx, caller.DeleteAccessKey, &had, nil)
	})
}

// UseKey stores when a key was last used.
func (c *Center) UseKey(ctx context.Context, id string, at time.Time) error {
	return note(ctx, c.db, "note use of access key", id, useKey, id, millis(at))
}
