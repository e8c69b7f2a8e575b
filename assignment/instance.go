package assignment

import (
	"context"
	"iter"

	"rollcall/directory"
	"rollcall/fault"
	"rollcall/identity"
)

// Instance reads the access side of one Identity Center of any kind. Reads
// that fail for the moment are retried; a listing ends complete or yields an
// error last. Its methods are safe for concurrent use.
type Instance struct {
	name   string
	driver Driver
}

// Doors hand an instance's pages on one by one.
var _ Reader = (*Instance)(nil)

// New wraps a driver. Name is what the configuration calls the directory it
// belongs to: "aws".
func New(name string, d Driver) *Instance { return &Instance{name: name, driver: d} }

// Name returns what the configuration calls the directory it belongs to.
func (i *Instance) Name() string { return i.name }

// PermissionSets yields the ARN of every permission set, in no order that
// means anything.
func (i *Instance) PermissionSets(ctx context.Context) iter.Seq2[string, error] {
	return directory.Pages(ctx, "list permission sets", i.driver.ListPermissionSets)
}

// Assignments yields who has a permission set in an account.
func (i *Instance) Assignments(ctx context.Context, account, permissionSet string) iter.Seq2[identity.Assignment, error] {
	return directory.Pages(ctx, "list assignments", func(ctx context.Context, p PageRequest) (Page[identity.Assignment], error) {
		return i.driver.ListAssignments(ctx, account, permissionSet, p)
	})
}

// AssignmentsFor yields what a principal has; see [Reader].
func (i *Instance) AssignmentsFor(ctx context.Context, p identity.Principal, account string) iter.Seq2[identity.Assignment, error] {
	return directory.Pages(ctx, "list assignments for a principal", func(ctx context.Context, page PageRequest) (Page[identity.Assignment], error) {
		return i.driver.ListAssignmentsFor(ctx, p, account, page)
	})
}

// PermissionSetsIn yields the permission sets that have arrived in an account.
func (i *Instance) PermissionSetsIn(ctx context.Context, account string, only Provisioned) iter.Seq2[string, error] {
	return directory.Pages(ctx, "list permission sets of an account", func(ctx context.Context, p PageRequest) (Page[string], error) {
		return i.driver.ListPermissionSetsIn(ctx, account, only, p)
	})
}

// AccountsWith yields the accounts where a permission set has arrived.
func (i *Instance) AccountsWith(ctx context.Context, permissionSet string, only Provisioned) iter.Seq2[string, error] {
	return directory.Pages(ctx, "list accounts of a permission set", func(ctx context.Context, p PageRequest) (Page[string], error) {
		return i.driver.ListAccountsWith(ctx, permissionSet, only, p)
	})
}

// Everything yields every assignment of the instance. No service lists them
// all: it goes through the accounts of each permission set, and costs a call
// for each pair. What is made or taken away meanwhile may be in it or not.
func (i *Instance) Everything(ctx context.Context) iter.Seq2[identity.Assignment, error] {
	return func(yield func(identity.Assignment, error) bool) {
		each(i.PermissionSets(ctx), yield, func(permissionSet string) bool {
			return each(i.AccountsWith(ctx, permissionSet, Anyhow), yield, func(account string) bool {
				return each(i.Assignments(ctx, account, permissionSet), yield, func(a identity.Assignment) bool {
					return yield(a, nil)
				})
			})
		})
	}
}

// each calls do for every item, and yields the error that a listing ends with.
// It reports whether to go on.
func each[T any](items iter.Seq2[T, error], yield func(identity.Assignment, error) bool, do func(T) bool) bool {
	for item, err := range items {
		if err != nil {
			yield(identity.Assignment{}, err)
			return false
		}
		if !do(item) {
			return false
		}
	}
	return true
}

// Opener opens the access side of a directory for whoever turns out to need it.
type Opener func(context.Context) (*Instance, error)

// Open returns the access side, or nil where none can be reached: a nil Opener,
// and a directory that is reached by SCIM alone, which has no word for access.
func (o Opener) Open(ctx context.Context) (*Instance, error) {
	if o == nil {
		return nil, nil
	}
	i, err := o(ctx)
	if fault.Is(err, fault.Unsupported) {
		return nil, nil
	}
	return i, err
}
