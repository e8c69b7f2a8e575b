package directory

import (
	"context"
	"crypto/sha256"
	"errors"
	"iter"
	"math/rand/v2"
	"time"

	"rollcall/fault"
	"rollcall/identity"
	"rollcall/realtime"
)

// Directory reads a directory of any kind. Reads that fail for the moment are
// retried; a listing ends complete or yields an error last. Its methods are
// safe for concurrent use.
type Directory struct {
	name   string
	driver Driver
}

// New wraps a driver. Name is what the configuration calls it: "aws".
func New(name string, d Driver) *Directory { return &Directory{name: name, driver: d} }

// Name returns what the configuration calls the directory.
func (d *Directory) Name() string { return d.name }

// Store says which identity store this is.
func (d *Directory) Store(ctx context.Context) (Store, error) {
	return retry(ctx, func() (Store, error) { return d.driver.Store(ctx) })
}

// Users yields every user, in no order that means anything.
func (d *Directory) Users(ctx context.Context) iter.Seq2[identity.User, error] {
	return pages(ctx, "list users", d.driver.ListUsers)
}

// Groups yields every group, in no order that means anything.
func (d *Directory) Groups(ctx context.Context) iter.Seq2[identity.Group, error] {
	return pages(ctx, "list groups", d.driver.ListGroups)
}

// Members yields every membership of one group.
func (d *Directory) Members(ctx context.Context, group identity.ID) iter.Seq2[identity.Membership, error] {
	return pages(ctx, "list members", func(ctx context.Context, p PageRequest) (Page[identity.Membership], error) {
		return d.driver.ListMembers(ctx, group, p)
	})
}

// Memberships yields every membership of one user.
func (d *Directory) Memberships(ctx context.Context, user identity.ID) iter.Seq2[identity.Membership, error] {
	return pages(ctx, "list memberships", func(ctx context.Context, p PageRequest) (Page[identity.Membership], error) {
		return d.driver.ListMemberships(ctx, user, p)
	})
}

// User returns the user with that id, or fault.NotFound.
func (d *Directory) User(ctx context.Context, id identity.ID) (identity.User, error) {
	return retry(ctx, func() (identity.User, error) { return d.driver.User(ctx, id) })
}

// Group returns the group with that id, or fault.NotFound.
func (d *Directory) Group(ctx context.Context, id identity.ID) (identity.Group, error) {
	return retry(ctx, func() (identity.Group, error) { return d.driver.Group(ctx, id) })
}

// FindUser returns the user with that unique attribute, or fault.NotFound.
func (d *Directory) FindUser(ctx context.Context, key Key) (identity.User, error) {
	return retry(ctx, func() (identity.User, error) { return d.driver.FindUser(ctx, key) })
}

// FindGroup returns the group with that unique attribute, or fault.NotFound.
func (d *Directory) FindGroup(ctx context.Context, key Key) (identity.Group, error) {
	return retry(ctx, func() (identity.Group, error) { return d.driver.FindGroup(ctx, key) })
}

// Membership returns the membership with that id, or fault.NotFound.
func (d *Directory) Membership(ctx context.Context, id identity.ID) (identity.Membership, error) {
	return retry(ctx, func() (identity.Membership, error) { return d.driver.Membership(ctx, id) })
}

// FindMembership returns the membership of user in group, or fault.NotFound.
func (d *Directory) FindMembership(ctx context.Context, group, user identity.ID) (identity.Membership, error) {
	return retry(ctx, func() (identity.Membership, error) { return d.driver.FindMembership(ctx, group, user) })
}

// Events returns at most limit writes of the directory's own log after the one
// numbered after, oldest first; fault.Unsupported if it keeps none.
func (d *Directory) Events(ctx context.Context, after int64, limit int) ([]Event, error) {
	f, ok := d.driver.(Feeder)
	if !ok {
		return nil, fault.Text(fault.Unsupported, "read events", "directory "+d.name, "this kind of directory keeps no log of its writes")
	}
	return retry(ctx, func() ([]Event, error) { return f.Events(ctx, after, limit) })
}

// pages walks a listing to its end. A page token that was there before would
// never end, and is fault.Incomplete.
func pages[T any](ctx context.Context, op string, list func(context.Context, PageRequest) (Page[T], error)) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var zero T
		seen := map[[sha256.Size]byte]bool{} // tokens may be long: 65,535 characters
		token := ""
		for {
			page, err := retry(ctx, func() (Page[T], error) { return list(ctx, PageRequest{Token: token}) })
			next := sha256.Sum256([]byte(page.Next))
			if err == nil && seen[next] {
				err = fault.Text(fault.Incomplete, op, "", "the directory answered with the same page token twice")
			}
			seen[next] = true
			if err != nil {
				yield(zero, err)
				return
			}
			for _, item := range page.Items {
				if !yield(item, nil) {
					return
				}
			}
			if page.Next == "" {
				return
			}
			token = page.Next
		}
	}
}

const (
	readAttempts   = 6
	firstReadPause = 200 * time.Millisecond
	longestPause   = 30 * time.Second
)

// retry makes a read again while its failure is temporary. It waits as long as
// the other side asked, and then for a random part of a pause that doubles each
// time, so that many who failed together do not come back together. Asked to
// wait longer than longestPause it gives up at once: to ask sooner would be
// rude, to wait would look like hanging. A driver that holds calls to a budget
// does so at each attempt, while it waits here or after. Only reads come here:
// writes are settled, not repeated.
func retry[T any](ctx context.Context, read func() (T, error)) (T, error) {
	pause := firstReadPause
	for attempt := 1; ; attempt++ {
		got, err := read()
		if err == nil || attempt == readAttempts || !fault.KindOf(err).Temporary() {
			return got, err
		}
		asked := fault.RetryAfter(err)
		if asked > longestPause {
			return got, err
		}
		if stop := realtime.Sleep(ctx, asked+rand.N(pause)); stop != nil {
			return got, errors.Join(err, stop)
		}
		pause *= 2
	}
}
