package access

import (
	"context"
	"database/sql"
	"embed"
	"encoding/json"
	"errors"
	"time"

	"rollcall/fault"
	"rollcall/identity"
	"rollcall/plan"
	"rollcall/sqldb"
)

//go:embed sqlite postgres
var tables embed.FS

// Migrations are the tables of a Cache and of a Tally.
var Migrations = sqldb.Migrations{Owner: "access", FS: tables}

// Cache keeps what was read, part by part: who there is, which accounts and
// permission sets, and the assignments of each permission set. A read that was
// interrupted finds its parts there and goes on. It is safe for concurrent
// use, by several processes too.
type Cache struct{ db *sqldb.DB }

// NewCache returns what is kept in db, which was opened with [Migrations].
func NewCache(db *sqldb.DB) *Cache { return &Cache{db: db} }

// load reads a part into v, and says when it was taken; false if there is none
// since a moment.
func (c *Cache) load(ctx context.Context, directory string, store identity.StoreID, part string, since time.Time, v any) (time.Time, bool, error) {
	var taken int64
	var body []byte
	err := c.db.Read(ctx, func(q sqldb.Query) error {
		return q.Row("SELECT taken, body FROM access_parts WHERE directory = $1 AND store = $2 AND part = $3 AND taken >= $4",
			directory, string(store), part, since.UnixMilli()).Scan(&taken, &body)
	})
	if errors.Is(err, sql.ErrNoRows) {
		return time.Time{}, false, nil
	}
	if err != nil {
		return time.Time{}, false, sqldb.Fault("read access kept", part, err)
	}
	if err := json.Unmarshal(body, v); err != nil {
		return time.Time{}, false, nil //nolint:nilerr // another release's form: it is read anew
	}
	return time.UnixMilli(taken).UTC(), true, nil
}

func (c *Cache) keep(ctx context.Context, directory string, store identity.StoreID, part string, taken time.Time, v any) error {
	body, err := json.Marshal(v)
	if err != nil {
		return fault.New(fault.Internal, "keep access", part, err)
	}
	err = c.db.Write(ctx, func(tx *sqldb.Tx) error {
		_, err := tx.Exec(`INSERT INTO access_parts (directory, store, part, taken, body) VALUES ($1, $2, $3, $4, $5)
			ON CONFLICT (directory, store, part) DO UPDATE SET taken = excluded.taken, body = excluded.body`,
			directory, string(store), part, taken.UnixMilli(), body)
		return err
	})
	return sqldb.Fault("keep access", part, err)
}

// Forget drops everything that is kept of a directory.
func (c *Cache) Forget(ctx context.Context, directory string) error {
	err := c.db.Write(ctx, func(tx *sqldb.Tx) error {
		_, err := tx.Exec("DELETE FROM access_parts WHERE directory = $1", directory)
		return err
	})
	return sqldb.Fault("forget access", directory, err)
}

// ForgetTouched drops the parts that a plan changes: who is there and in which
// group, and what is given with the permission sets that it gives or takes.
func (c *Cache) ForgetTouched(ctx context.Context, p *plan.Plan) error {
	parts := map[string]bool{peoplePart: true}
	for _, one := range p.Changes {
		if one.Assignment != nil && one.Assignment.PermissionSet != "" {
			parts[one.Assignment.PermissionSet] = true
		}
	}
	err := c.db.Write(ctx, func(tx *sqldb.Tx) error {
		for part := range parts {
			if _, err := tx.Exec("DELETE FROM access_parts WHERE directory = $1 AND part = $2", p.Directory, part); err != nil {
				return err
			}
		}
		return nil
	})
	return sqldb.Fault("forget access", p.Directory, err)
}
