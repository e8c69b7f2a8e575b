// Package sqldir is the embedded Identity Center: any number of identity
// stores in one SQLite or PostgreSQL database, each a directory with every
// ability. Query texts are the same on both.
//
// A write is durable when it returns, and leaves an event in the store's own
// log in the same transaction, numbered in commit order. Nothing that is
// answered is kept in memory between calls, so any number of processes may use
// one database.
package sqldir

import (
	"context"
	"crypto/rand"
	"database/sql"
	"embed"
	"encoding/hex"
	"errors"
	"io/fs"
	"time"

	"rollcall/directory"
	"rollcall/fault"
	"rollcall/identity"
	"rollcall/sqldb"
)

//go:embed migrations
var migrations embed.FS

const (
	instancePrefix = "arn:aws:sso:::instance/ssoins-" // 16 hex digits follow (aws-contract 4.2)
	instanceBytes  = 8
	secretBytes    = 32
)

// Migrations returns the embedded Identity Center's tables, for whoever opens
// the database itself.
func Migrations() sqldb.Migrations {
	sub, err := fs.Sub(migrations, "migrations")
	if err != nil {
		panic("sqldir: " + err.Error()) // only a malformed constant does that
	}
	return sqldb.Migrations{Owner: "directory", FS: sub}
}

// Center is one database of identity stores. It is safe for concurrent use.
type Center struct {
	db       *sqldb.DB
	settling settling
}

// Open opens the database named by url and brings its tables up to date. The
// url and the faults are those of [sqldb.Open].
func Open(ctx context.Context, url string) (*Center, error) {
	db, err := sqldb.Open(ctx, url, Migrations())
	if err != nil {
		return nil, err
	}
	return New(db), nil
}

// New returns the center kept in db, which was opened with [Migrations] and
// perhaps those of others. Close closes db.
func New(db *sqldb.DB) *Center {
	return &Center{db: db, settling: settling{most: mostRecent, least: leastSettled}}
}

// Close closes the database; the center's drivers are of no use afterwards.
func (c *Center) Close() error { return c.db.Close() }

// Scrub is [sqldb.DB.Scrub] of the center's database.
func (c *Center) Scrub(ctx context.Context) error { return c.db.Scrub(ctx) }

// Options say how a store is made and driven. The zero value is the usual.
type Options struct {
	BareIDs bool             // ids are plain UUIDs; counts only when the store is made
	Now     func() time.Time // the clock of created and updated times; nil is time.Now
}

const selectStore = `SELECT key, id, instance, bare_ids, page_secret FROM stores WHERE id = $1`

// Store opens the identity store id, and makes it if there is none: a new one
// gets an instance ARN of its own and keeps it. It fails with fault.Invalid
// for a malformed id.
func (c *Center) Store(ctx context.Context, id identity.StoreID, o Options) (*Driver, error) {
	if _, err := identity.ParseStoreID(string(id)); err != nil {
		return nil, err
	}
	now := o.Now
	if now == nil {
		now = time.Now
	}
	d := c.driver(now)
	find := func(q sqldb.Query) error {
		return q.Row(selectStore, string(id)).Scan(&d.key, &d.store.ID, &d.store.Instance, &d.bare, &d.secret)
	}
	err := c.db.Read(ctx, find)
	if errors.Is(err, sql.ErrNoRows) {
		err = c.db.Write(ctx, func(tx *sqldb.Tx) error {
			if err := insertStore(tx, id, o.BareIDs); err != nil {
				return err
			}
			return find(tx)
		})
	}
	if err != nil {
		return nil, sqldb.Fault("open store", string(id), err)
	}
	return d, nil
}

// driver is one that does not know yet which store it is.
func (c *Center) driver(now func() time.Time) *Driver {
	return &Driver{db: c.db, now: now, settling: &c.settling}
}

// insertStore makes a store unless another process was first.
func insertStore(tx *sqldb.Tx, id identity.StoreID, bare bool) error {
	random := make([]byte, instanceBytes+secretBytes)
	if _, err := rand.Read(random); err != nil {
		return fault.New(fault.Internal, "make store", string(id), err)
	}
	_, err := tx.Exec(`INSERT INTO stores (id, instance, bare_ids, page_secret) VALUES ($1, $2, $3, $4) ON CONFLICT (id) DO NOTHING`,
		string(id), instancePrefix+hex.EncodeToString(random[:instanceBytes]), bare, random[instanceBytes:])
	return err
}

// Stores lists the identity stores of this center, oldest first.
func (c *Center) Stores(ctx context.Context) ([]directory.Store, error) {
	var all []directory.Store
	err := c.db.Read(ctx, func(q sqldb.Query) (err error) {
		all, err = sqldb.Collect(q, func(scan func(...any) error) (s directory.Store, err error) {
			err = scan(&s.ID, &s.Instance)
			return s, err
		}, `SELECT id, instance FROM stores ORDER BY key`)
		return err
	})
	if err != nil {
		return nil, sqldb.Fault("list stores", "", err)
	}
	return all, nil
}
