package directory_test

import (
	"context"
	"sync"

	"rollcall/directory"
	"rollcall/directory/memdir"
	"rollcall/identity"
)

// flaky is a directory in memory whose calls fail when fail says so. It counts
// the calls of each method.
type flaky struct {
	*memdir.Driver
	fail func(method string, call int) error

	mu    sync.Mutex
	calls map[string]int
}

func newFlaky(fail func(method string, call int) error) *flaky {
	return &flaky{Driver: memdir.New("d-1234567890"), fail: fail, calls: map[string]int{}}
}

func (f *flaky) called(method string) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.calls[method]
}

// through makes a call of the real driver unless it is to fail.
func through[T any](f *flaky, method string, call func() (T, error)) (T, error) {
	f.mu.Lock()
	f.calls[method]++
	n := f.calls[method]
	f.mu.Unlock()
	if f.fail != nil {
		if err := f.fail(method, n); err != nil {
			var zero T
			return zero, err
		}
	}
	return call()
}

func only(f *flaky, method string, call func() error) error {
	_, err := through(f, method, func() (struct{}, error) { return struct{}{}, call() })
	return err
}

func (f *flaky) Store(ctx context.Context) (directory.Store, error) {
	return through(f, "Store", func() (directory.Store, error) { return f.Driver.Store(ctx) })
}

func (f *flaky) ListUsers(ctx context.Context, p directory.PageRequest) (directory.Page[identity.User], error) {
	return through(f, "ListUsers", func() (directory.Page[identity.User], error) { return f.Driver.ListUsers(ctx, p) })
}

func (f *flaky) ListGroups(ctx context.Context, p directory.PageRequest) (directory.Page[identity.Group], error) {
	return through(f, "ListGroups", func() (directory.Page[identity.Group], error) { return f.Driver.ListGroups(ctx, p) })
}

func (f *flaky) ListMembers(ctx context.Context, g identity.ID, p directory.PageRequest) (directory.Page[identity.Membership], error) {
	return through(f, "ListMembers", func() (directory.Page[identity.Membership], error) { return f.Driver.ListMembers(ctx, g, p) })
}

func (f *flaky) ListMemberships(ctx context.Context, u identity.ID, p directory.PageRequest) (directory.Page[identity.Membership], error) {
	return through(f, "ListMemberships", func() (directory.Page[identity.Membership], error) { return f.Driver.ListMemberships(ctx, u, p) })
}

func (f *flaky) User(ctx context.Context, id identity.ID) (identity.User, error) {
	return through(f, "User", func() (identity.User, error) { return f.Driver.User(ctx, id) })
}

func (f *flaky) Group(ctx context.Context, id identity.ID) (identity.Group, error) {
	return through(f, "Group", func() (identity.Group, error) { return f.Driver.Group(ctx, id) })
}

func (f *flaky) FindUser(ctx context.Context, k directory.Key) (identity.User, error) {
	return through(f, "FindUser", func() (identity.User, error) { return f.Driver.FindUser(ctx, k) })
}

func (f *flaky) FindGroup(ctx context.Context, k directory.Key) (identity.Group, error) {
	return through(f, "FindGroup", func() (identity.Group, error) { return f.Driver.FindGroup(ctx, k) })
}

func (f *flaky) FindMembership(ctx context.Context, g, u identity.ID) (identity.Membership, error) {
	return through(f, "FindMembership", func() (identity.Membership, error) { return f.Driver.FindMembership(ctx, g, u) })
}

func (f *flaky) Events(ctx context.Context, after int64, limit int) ([]directory.Event, error) {
	return through(f, "Events", func() ([]directory.Event, error) { return f.Driver.Events(ctx, after, limit) })
}

func (f *flaky) CreateUser(ctx context.Context, u identity.User) (identity.User, error) {
	return through(f, "CreateUser", func() (identity.User, error) { return f.Driver.CreateUser(ctx, u) })
}

func (f *flaky) UpdateUser(ctx context.Context, id identity.ID, revision string, edits []identity.Edit) (identity.User, error) {
	return through(f, "UpdateUser", func() (identity.User, error) { return f.Driver.UpdateUser(ctx, id, revision, edits) })
}

func (f *flaky) DeleteUser(ctx context.Context, id identity.ID, revision string) error {
	return only(f, "DeleteUser", func() error { return f.Driver.DeleteUser(ctx, id, revision) })
}

func (f *flaky) CreateGroup(ctx context.Context, g identity.Group) (identity.Group, error) {
	return through(f, "CreateGroup", func() (identity.Group, error) { return f.Driver.CreateGroup(ctx, g) })
}

func (f *flaky) UpdateGroup(ctx context.Context, id identity.ID, revision string, edits []identity.Edit) (identity.Group, error) {
	return through(f, "UpdateGroup", func() (identity.Group, error) { return f.Driver.UpdateGroup(ctx, id, revision, edits) })
}

func (f *flaky) DeleteGroup(ctx context.Context, id identity.ID, revision string) error {
	return only(f, "DeleteGroup", func() error { return f.Driver.DeleteGroup(ctx, id, revision) })
}

func (f *flaky) AddMember(ctx context.Context, g, u identity.ID) (identity.Membership, error) {
	return through(f, "AddMember", func() (identity.Membership, error) { return f.Driver.AddMember(ctx, g, u) })
}

func (f *flaky) RemoveMember(ctx context.Context, m identity.ID) error {
	return only(f, "RemoveMember", func() error { return f.Driver.RemoveMember(ctx, m) })
}

func (f *flaky) SetActive(ctx context.Context, u identity.ID, revision string, active bool) (identity.User, error) {
	return through(f, "SetActive", func() (identity.User, error) { return f.Driver.SetActive(ctx, u, revision, active) })
}

func (f *flaky) SetExternalIDs(ctx context.Context, k identity.Kind, id identity.ID, revision string, ids []identity.ExternalID) error {
	return only(f, "SetExternalIDs", func() error { return f.Driver.SetExternalIDs(ctx, k, id, revision, ids) })
}

func (f *flaky) ChangeMembers(ctx context.Context, g identity.ID, add, remove []identity.ID) error {
	return only(f, "ChangeMembers", func() error { return f.Driver.ChangeMembers(ctx, g, add, remove) })
}

// bare hides every ability of a driver.
type bare struct{ directory.Driver }
