package assignment

import (
	"context"

	"rollcall/directory"
	"rollcall/identity"
)

// Describe says which instance this is.
func (i *Instance) Describe(ctx context.Context) (identity.Instance, error) {
	return directory.Retry(ctx, func() (identity.Instance, error) { return i.driver.Describe(ctx) })
}

// ListPermissionSets returns one page of the permission sets; see [Reader] for
// its promises and those of the others here.
func (i *Instance) ListPermissionSets(ctx context.Context, page PageRequest) (Page[string], error) {
	return directory.Retry(ctx, func() (Page[string], error) { return i.driver.ListPermissionSets(ctx, page) })
}

// PermissionSet returns the permission set with that ARN, or fault.NotFound.
func (i *Instance) PermissionSet(ctx context.Context, arn string) (identity.PermissionSet, error) {
	return directory.Retry(ctx, func() (identity.PermissionSet, error) { return i.driver.PermissionSet(ctx, arn) })
}

// ListAssignments returns one page of who has a permission set in an account.
func (i *Instance) ListAssignments(ctx context.Context, account, permissionSet string, page PageRequest) (Page[identity.Assignment], error) {
	return directory.Retry(ctx, func() (Page[identity.Assignment], error) {
		return i.driver.ListAssignments(ctx, account, permissionSet, page)
	})
}

// ListAssignmentsFor returns one page of what a principal has.
func (i *Instance) ListAssignmentsFor(ctx context.Context, p identity.Principal, account string, page PageRequest) (Page[identity.Assignment], error) {
	return directory.Retry(ctx, func() (Page[identity.Assignment], error) {
		return i.driver.ListAssignmentsFor(ctx, p, account, page)
	})
}

// ListPermissionSetsIn returns one page of the permission sets in an account.
func (i *Instance) ListPermissionSetsIn(ctx context.Context, account string, only Provisioned, page PageRequest) (Page[string], error) {
	return directory.Retry(ctx, func() (Page[string], error) {
		return i.driver.ListPermissionSetsIn(ctx, account, only, page)
	})
}

// ListAccountsWith returns one page of the accounts of a permission set.
func (i *Instance) ListAccountsWith(ctx context.Context, permissionSet string, only Provisioned, page PageRequest) (Page[string], error) {
	return directory.Retry(ctx, func() (Page[string], error) {
		return i.driver.ListAccountsWith(ctx, permissionSet, only, page)
	})
}

// Request returns the request of that sort and id, or fault.NotFound.
func (i *Instance) Request(ctx context.Context, work Work, id string) (Request, error) {
	return directory.Retry(ctx, func() (Request, error) { return i.driver.Request(ctx, work, id) })
}

// ListRequests returns one page of the requests of one sort.
func (i *Instance) ListRequests(ctx context.Context, work Work, only State, page PageRequest) (Page[Request], error) {
	return directory.Retry(ctx, func() (Page[Request], error) { return i.driver.ListRequests(ctx, work, only, page) })
}
