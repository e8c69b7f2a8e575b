package access

import (
	"context"
	"iter"
	"time"

	"rollcall/assignment"
	"rollcall/directory"
	"rollcall/fault"
	"rollcall/identity"
)

// Reader reads facts from a directory and the access side of its Identity
// Center. Every read is complete or an error.
type Reader struct {
	Directory *directory.Directory
	Access    *assignment.Instance
	// Cache keeps what was read; nil keeps nothing. What is kept and not older
	// than MaxAge is not read again.
	Cache  *Cache
	MaxAge time.Duration
	// Kept reads from the cache alone: what is not there is fault.NotFound.
	Kept bool
	Now  func() time.Time // nil is time.Now
	// Progress is told how many permission sets are done of those that are
	// read one by one; it may be nil.
	Progress func(done, total int)
}

// Read reads the facts of a scope. Everything costs a call for each group, and
// one for each permission set and account where it is provisioned; one user
// costs two calls for each of their groups.
func (r *Reader) Read(ctx context.Context, s Scope) (*Facts, error) {
	store, err := r.Directory.Store(ctx)
	if err != nil {
		return nil, err
	}
	f := &Facts{Taken: r.now().UTC(), Directory: r.Directory.Name(), Store: store.ID, Scope: s}
	if err := r.people(ctx, f); err != nil {
		return nil, err
	}
	if err := r.places(ctx, f); err != nil {
		return nil, err
	}
	return f, r.assignments(ctx, f)
}

func (r *Reader) now() time.Time {
	if r.Now != nil {
		return r.Now()
	}
	return time.Now()
}

// part is a part of the facts: from the cache where it is young enough, else
// from read, and kept.
func part[T any](ctx context.Context, r *Reader, f *Facts, name string, read func() (T, error)) (T, error) {
	var v T
	if r.Cache == nil {
		return read()
	}
	taken, found, err := r.Cache.load(ctx, f.Directory, f.Store, name, r.now().Add(-r.MaxAge), &v)
	if err != nil || found {
		if found && taken.Before(f.Taken) {
			f.Taken = taken
		}
		return v, err
	}
	if r.Kept {
		return v, fault.Text(fault.NotFound, "read access kept", name, "it was not read lately")
	}
	begun := r.now()
	if v, err = read(); err != nil {
		return v, err
	}
	return v, r.Cache.keep(ctx, f.Directory, f.Store, name, begun, v)
}

// The parts of the facts beside the permission sets'.
const (
	peoplePart = "people"
	placesPart = "places"
)

// crowd is who is there.
type crowd struct {
	Users  []User
	Groups []Group
}

func (r *Reader) people(ctx context.Context, f *Facts) error {
	if f.Scope.User != "" {
		return r.onePerson(ctx, f)
	}
	c, err := part(ctx, r, f, peoplePart, func() (crowd, error) { return r.everybody(ctx) })
	f.Users, f.Groups = c.Users, c.Groups
	return err
}

func (r *Reader) everybody(ctx context.Context) (crowd, error) {
	var c crowd
	for u, err := range r.Directory.Users(ctx) {
		if err != nil {
			return c, err
		}
		c.Users = append(c.Users, userOf(u))
	}
	for g, err := range r.Directory.Groups(ctx) {
		if err != nil {
			return c, err
		}
		c.Groups = append(c.Groups, Group{ID: g.ID, Name: g.DisplayName})
	}
	for i := range c.Groups {
		members, err := gather(r.Directory.MemberIDs(ctx, c.Groups[i].ID))
		if fault.Is(err, fault.NotFound) {
			continue // deleted since it was listed
		}
		if err != nil {
			return c, err
		}
		c.Groups[i].Members = members
	}
	return c, nil
}

func userOf(u identity.User) User {
	return User{ID: u.ID, Name: u.UserName, Display: u.DisplayName, Disabled: !u.Active}
}

func (r *Reader) onePerson(ctx context.Context, f *Facts) error {
	u, err := r.Directory.User(ctx, f.Scope.User)
	if err != nil {
		return err
	}
	f.Users = []User{userOf(u)}
	for id, err := range r.Directory.GroupIDs(ctx, u.ID) {
		if err != nil {
			return err
		}
		g, err := r.Directory.Group(ctx, id)
		if err != nil {
			return err
		}
		f.Groups = append(f.Groups, Group{ID: g.ID, Name: g.DisplayName, Members: []identity.ID{u.ID}})
	}
	return nil
}

func (r *Reader) assignments(ctx context.Context, f *Facts) error {
	switch s := f.Scope; {
	case s.User != "":
		return r.assignmentsOf(ctx, f)
	case s.Account != "":
		return r.assignmentsIn(ctx, f)
	}
	for i, set := range f.Sets {
		if f.Scope.Set != "" && f.Scope.Set != set.ARN {
			continue
		}
		with, err := part(ctx, r, f, set.ARN, func() ([]identity.Assignment, error) { return r.with(ctx, set.ARN) })
		if err != nil {
			return err
		}
		f.Assignments = append(f.Assignments, with...)
		if r.Progress != nil {
			r.Progress(i+1, len(f.Sets))
		}
	}
	return nil
}

// assignmentsOf reads what one user and each of their groups were given.
func (r *Reader) assignmentsOf(ctx context.Context, f *Facts) error {
	principals := []identity.Principal{{Store: f.Store, Kind: identity.KindUser, ID: f.Scope.User}}
	for _, g := range f.Groups {
		principals = append(principals, identity.Principal{Store: f.Store, Kind: identity.KindGroup, ID: g.ID})
	}
	for _, p := range principals {
		own, err := r.Access.Own(ctx, p)
		if err != nil {
			return err
		}
		f.Assignments = append(f.Assignments, own...)
	}
	return nil
}

func (r *Reader) assignmentsIn(ctx context.Context, f *Facts) error {
	for set, err := range r.Access.PermissionSetsIn(ctx, f.Scope.Account, assignment.Anyhow) {
		if err != nil {
			return err
		}
		all, err := gather(r.Access.Assignments(ctx, f.Scope.Account, set))
		if err != nil {
			return err
		}
		f.Assignments = append(f.Assignments, all...)
	}
	return nil
}

// with is everything that was given with one permission set.
func (r *Reader) with(ctx context.Context, set string) ([]identity.Assignment, error) {
	var all []identity.Assignment
	for account, err := range r.Access.AccountsWith(ctx, set, assignment.Anyhow) {
		if err != nil {
			return nil, err
		}
		there, err := gather(r.Access.Assignments(ctx, account, set))
		if err != nil {
			return nil, err
		}
		all = append(all, there...)
	}
	return all, nil
}

// gather is a whole listing, or its error.
func gather[T any](listing iter.Seq2[T, error]) ([]T, error) {
	var all []T
	for one, err := range listing {
		if err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	return all, nil
}

// Places reads the accounts and permission sets alone.
func (r *Reader) Places(ctx context.Context) (*Facts, error) {
	store, err := r.Directory.Store(ctx)
	if err != nil {
		return nil, err
	}
	f := &Facts{Taken: r.now().UTC(), Directory: r.Directory.Name(), Store: store.ID}
	return f, r.places(ctx, f)
}
