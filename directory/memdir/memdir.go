// Package memdir is a directory in memory: the reference that the others are
// held to, and what tests use instead of mocks. It has every ability, keeps
// nothing when the process ends, and does not try to be small: it holds each
// object, its unique names and a log of every write.
package memdir

import (
	"context"
	"crypto/rand"
	"strconv"
	"sync"
	"time"

	"rollcall/directory"
	"rollcall/fault"
	"rollcall/identity"
)

var (
	_ directory.Driver            = (*Driver)(nil)
	_ directory.StatusSetter      = (*Driver)(nil)
	_ directory.ExternalIDSetter  = (*Driver)(nil)
	_ directory.MemberChanger     = (*Driver)(nil)
	_ directory.Reviser           = (*Driver)(nil)
	_ directory.Feeder            = (*Driver)(nil)
	_ directory.NetworkController = (*Driver)(nil)
)

// Driver is one identity store in memory. It is safe for concurrent use.
type Driver struct {
	store directory.Store
	bare  bool
	key   []byte // signs page tokens

	mu          sync.RWMutex
	clock       int64 // grows with every write: positions and revisions
	users       *table[identity.User]
	groups      *table[identity.Group]
	memberships memberships
	events      []directory.Event
	network     *directory.Network
}

// Option changes how [New] makes a directory.
type Option func(*Driver)

// BareIDs makes ids plain UUIDs, without the store's ten hex digits.
func BareIDs() Option { return func(d *Driver) { d.bare = true } }

// New returns an empty directory that says it is store.
func New(store identity.StoreID, options ...Option) *Driver {
	d := &Driver{
		store:       directory.Store{ID: store},
		key:         []byte(rand.Text()),
		users:       newTable(userFields),
		groups:      newTable(groupFields),
		memberships: newMemberships(),
	}
	for _, set := range options {
		set(d)
	}
	return d
}

// Store says which store it is; the instance is not known.
func (d *Driver) Store(ctx context.Context) (directory.Store, error) {
	if err := alive(ctx, "describe store"); err != nil {
		return directory.Store{}, err
	}
	return d.store, nil
}

// ChecksRevisions says that objects carry revisions: see [directory.Reviser].
func (d *Driver) ChecksRevisions() {}

// Events returns the writes after the one numbered after: see
// [directory.Feeder].
func (d *Driver) Events(ctx context.Context, after int64, limit int) ([]directory.Event, error) {
	if err := alive(ctx, "read events"); err != nil {
		return nil, err
	}
	if after < 0 || limit < 1 {
		return nil, fault.Text(fault.Invalid, "read events", "", "want a number of 0 or more and a limit of 1 or more")
	}
	d.mu.RLock()
	defer d.mu.RUnlock()
	from := min(after, int64(len(d.events))) // event n is at n-1
	to := min(from+int64(limit), int64(len(d.events)))
	return append([]directory.Event(nil), d.events[from:to]...), nil
}

// record appends one write to the log. before or after is nil for a creation
// or a deletion. The caller holds the lock.
func (d *Driver) record(ctx context.Context, operation string, kind identity.Kind, id identity.ID, before, after any) error {
	e := directory.Event{
		Number: d.nextEvent(), Write: d.nextEvent(), At: now(), Actor: directory.ActorOf(ctx), Call: directory.CallOf(ctx),
		Operation: operation, Kind: kind, ID: id,
	}
	var err error
	if e.Before, err = directory.Image(before); err == nil {
		e.After, err = directory.Image(after)
	}
	if err != nil {
		return fault.New(fault.Internal, "record event", operation, err)
	}
	d.events = append(d.events, e)
	return nil
}

// nextEvent is the number that the next event gets; the caller holds the lock.
func (d *Driver) nextEvent() int64 { return int64(len(d.events)) + 1 }

// asOne makes the events from the one numbered first on those of one write; the
// caller holds the lock.
func (d *Driver) asOne(first int64) {
	for i := first - 1; i < int64(len(d.events)); i++ {
		d.events[i].Write = first
	}
}

// created stamps a new object; the caller holds the lock.
func (d *Driver) created(ctx context.Context) identity.Meta {
	at, by := now(), directory.ActorOf(ctx).String()
	return identity.Meta{Revision: d.nextRevision(), CreatedAt: at, CreatedBy: by, UpdatedAt: at, UpdatedBy: by}
}

// updated stamps an object that is written again; the caller holds the lock.
func (d *Driver) updated(ctx context.Context, m *identity.Meta) {
	m.Revision, m.UpdatedAt, m.UpdatedBy = d.nextRevision(), now(), directory.ActorOf(ctx).String()
}

func (d *Driver) nextRevision() string {
	d.clock++
	return strconv.FormatInt(d.clock, 36)
}

func now() time.Time { return time.Now().UTC() }

// alive refuses work for a caller who has gone.
func alive(ctx context.Context, op string) error {
	err := ctx.Err()
	if err == nil {
		return nil
	}
	return fault.New(fault.KindOf(err), op, "", err)
}

func missing(op string, kind identity.Kind, id identity.ID) error {
	return fault.Text(fault.NotFound, op, string(kind)+" "+string(id), "there is none with this id")
}
