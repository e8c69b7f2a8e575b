// Package sqlassignment is the access side of the embedded Identity Center:
// permission sets, assignments, applications and the organization's accounts
// of any number of instances, in the database of their identity stores.
//
// Work in progress takes no process: a request is stored with the time at
// which it settles, and what it makes or takes away counts from that time on.
// So nothing is lost when a process dies, and time is the clock given.
package sqlassignment

import (
	"context"
	"crypto/rand"
	"database/sql"
	"embed"
	"errors"
	"io/fs"
	"strings"
	"time"

	"rollcall/assignment"
	"rollcall/caller"
	"rollcall/directory"
	"rollcall/fault"
	"rollcall/identity"
	"rollcall/sqldb"
)

//go:embed migrations
var migrations embed.FS

// Migrations returns the tables of the access side, for whoever opens the
// database.
func Migrations() sqldb.Migrations {
	sub, err := fs.Sub(migrations, "migrations")
	if err != nil {
		panic("sqlassignment: " + err.Error()) // only a malformed constant does that
	}
	return sqldb.Migrations{Owner: "assignment", FS: sub}
}

var (
	_ assignment.Driver              = (*Driver)(nil)
	_ assignment.PermissionSetEditor = (*Driver)(nil)
	_ assignment.PolicyEditor        = (*Driver)(nil)
	_ assignment.Tagger              = (*Driver)(nil)
	_ assignment.InstanceEditor      = (*Driver)(nil)
	_ assignment.ApplicationAssigner = (*Driver)(nil)
	_ assignment.ApplicationEditor   = (*Driver)(nil)
	_ assignment.OrganizationReader  = (*Driver)(nil)
)

// Recorder stores events in the store's own log, in the transaction of the
// write that they tell of; ctx carries who makes it, and in which request. The
// embedded directory has one.
type Recorder func(ctx context.Context, tx *sqldb.Tx, at time.Time, events ...directory.Event) error

// Options say how an instance is driven, and how a new one is made.
type Options struct {
	// Directory tells which users and groups there are, and who is in which.
	// It is required.
	Directory directory.Reader
	// Record keeps the log of writes; nil keeps none.
	Record Recorder
	// Now is the clock; nil is time.Now.
	Now func() time.Time
	// Delay is how long a request is in progress.
	Delay time.Duration
	// Fails says why a request is to come to nothing, if it is; nil lets all
	// succeed. It is asked inside the write: it must be quick.
	Fails func(work assignment.Work, a identity.Assignment) (reason string)

	// What follows counts only when the instance is made.

	Owner  string // the management account, which the organization begins with; empty is [caller.DefaultAccount]
	Email  string // its e-mail; empty is aws@example.com
	ID     string // the organization's; empty is made of the store's
	Root   string // the id of its root; empty is made of the store's
	Name   string // the instance's
	Region string // the primary one; empty is us-east-1
	// OfAccount makes an instance of one account: what needs permission sets
	// is fault.Unsupported there.
	OfAccount bool
}

func (o *Options) fill() error {
	if o.Now == nil {
		o.Now = time.Now
	}
	for _, d := range []struct {
		at    *string
		value string
	}{{&o.Owner, caller.DefaultAccount}, {&o.Email, "aws@example.com"}, {&o.Region, "us-east-1"}} {
		if *d.at == "" {
			*d.at = d.value
		}
	}
	switch {
	case o.Directory == nil:
		return fault.Text(fault.Internal, openOp, "", "no directory was given")
	case o.Delay < 0:
		return fault.Text(fault.Invalid, openOp, "delay", "it is negative")
	case !identity.IsRegion(o.Region):
		return fault.Text(fault.Invalid, openOp, "region", "want the name of a region, like eu-west-1")
	}
	return identity.CheckInstanceName(o.Name)
}

// Driver is one instance. It is safe for concurrent use. What it holds of the
// instance never changes once it is made.
type Driver struct {
	db           *sqldb.DB
	key          int64
	store        identity.StoreID
	arn          string
	organization identity.Organization
	ofAccount    bool
	secret       []byte // signs page tokens
	options      Options
}

const (
	openOp      = "open instance"
	rootName    = "Root"
	secretBytes = 32

	selectInstance = `SELECT key, arn, owner, organization, organization_email, of_account, page_secret FROM instances WHERE store = $1`
	insertInstance = `INSERT INTO instances (store, arn, owner, name, organization, organization_email, of_account, page_secret, created_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING`
	describeInstance = `SELECT name, created_at FROM instances WHERE key = $1`
	renameInstance   = `UPDATE instances SET name = $2 WHERE key = $1`
)

// Open opens the instance of an identity store in a database that has the
// tables of [Migrations], and makes it if there is none: with an organization
// of one root and one account, its owner's. It fails with fault.Invalid for
// options that cannot be.
func Open(ctx context.Context, db *sqldb.DB, store directory.Store, o Options) (*Driver, error) {
	if err := o.fill(); err != nil {
		return nil, err
	}
	if !identity.IsInstanceARN(store.Instance) {
		return nil, fault.Text(fault.Invalid, openOp, string(store.ID), "the store has no instance ARN")
	}
	if o.ID == "" {
		o.ID = "o-" + digitsOf(store.ID)
	}
	if o.Root == "" {
		o.Root = "r-" + digitsOf(store.ID)[:4]
	}
	d := &Driver{
		db: db, store: store.ID, options: o,
		organization: identity.Organization{ID: o.ID, Management: o.Owner, Email: o.Email},
	}
	if err := d.organization.Validate(); err != nil {
		return nil, err
	}
	if err := (&identity.Unit{ID: o.Root, Name: rootName}).Validate(); err != nil {
		return nil, err
	}
	err := db.Read(ctx, d.load)
	if errors.Is(err, sql.ErrNoRows) {
		err = db.Write(ctx, func(tx *sqldb.Tx) error { return d.make(tx, store) })
	}
	if err != nil {
		return nil, sqldb.Fault(openOp, string(store.ID), err)
	}
	return d, nil
}

func (d *Driver) load(q sqldb.Query) error {
	return q.Row(selectInstance, string(d.store)).Scan(&d.key, &d.arn, &d.organization.Management,
		&d.organization.ID, &d.organization.Email, &d.ofAccount, &d.secret)
}

// make stores the instance unless another process was first.
func (d *Driver) make(tx *sqldb.Tx, store directory.Store) error {
	secret := make([]byte, secretBytes)
	if _, err := rand.Read(secret); err != nil {
		return fault.New(fault.Internal, openOp, "", err)
	}
	o, at := d.options, d.now()
	done, err := tx.Exec(insertInstance, string(store.ID), store.Instance, o.Owner, o.Name, d.organization.ID, o.Email, o.OfAccount, secret, at)
	if err != nil {
		return err
	}
	made, err := done.RowsAffected()
	if err != nil {
		return err
	}
	if err := d.load(tx); err != nil || made == 0 {
		return err
	}
	if _, err := tx.Exec(insertRegion, d.key, o.Region, true, at, at, forever); err != nil {
		return err
	}
	root := identity.Unit{ID: o.Root, Name: rootName}
	if err := d.saveUnit(tx, &root); err != nil {
		return err
	}
	return d.saveAccount(tx, &identity.Account{
		ID: o.Owner, Name: "Management", Email: o.Email, Status: identity.AccountActive,
		Parent: root.ID, Invited: true, JoinedAt: timeOf(at),
	})
}

// digitsOf makes the ten letters that name an organization out of those of its
// store, so that the same store always has the same one.
func digitsOf(store identity.StoreID) string {
	return strings.ReplaceAll(strings.TrimPrefix(string(store), "d-"), "-", "")[:10]
}

// whole refuses what an instance of one account cannot do.
func (d *Driver) whole(op string) error {
	if d.ofAccount {
		return fault.Text(fault.Unsupported, op, "", "this operation is not supported for account instances")
	}
	return nil
}

// Describe says which instance this is.
func (d *Driver) Describe(ctx context.Context) (identity.Instance, error) {
	i := identity.Instance{ARN: d.arn, Store: d.store, Owner: d.organization.Management, OfAccount: d.ofAccount}
	err := d.read(ctx, "describe instance", func(q sqldb.Query) error {
		var created int64
		if err := q.Row(describeInstance, d.key).Scan(&i.Name, &created); err != nil {
			return err
		}
		i.CreatedAt = timeOf(created)
		var err error
		i.Regions, err = d.regions(q, d.now())
		return err
	})
	return i, err
}

// RenameInstance gives the instance another name.
func (d *Driver) RenameInstance(ctx context.Context, name string) error {
	const op = "rename instance"
	if err := identity.CheckInstanceName(name); err != nil {
		return err
	}
	return d.write(ctx, op, func(w *write) error {
		var had string
		var created int64
		if err := w.Row(describeInstance, d.key).Scan(&had, &created); err != nil || had == name {
			return err
		}
		if _, err := w.Exec(renameInstance, d.key, name); err != nil {
			return err
		}
		return w.log("UpdateInstance", identity.KindInstance, identity.LastPart(d.arn),
			map[string]string{"name": had}, map[string]string{"name": name})
	})
}
