package assignment

import (
	"context"
	"iter"

	"rollcall/directory"
	"rollcall/identity"
)

// reading makes one read of an optional ability, again while its failure is
// temporary; fault.Unsupported where the driver does not have it.
func reading[A, T any](ctx context.Context, i *Instance, op string, read func(A) (T, error)) (T, error) {
	ability, err := able[A](i.driver, op, i.name)
	if err != nil {
		var none T
		return none, err
	}
	return directory.Retry(ctx, func() (T, error) { return read(ability) })
}

// The reads below are those of the abilities whose names they have, and fail
// with fault.Unsupported where the instance lacks them.

// Policies returns what a permission set allows; see [PolicyEditor].
func (i *Instance) Policies(ctx context.Context, permissionSet string) (identity.Policies, error) {
	return reading(ctx, i, "read policies", func(a PolicyEditor) (identity.Policies, error) { return a.Policies(ctx, permissionSet) })
}

// inlineReader is a driver that reads an inline policy alone, in fewer calls
// than all policies.
type inlineReader interface {
	InlinePolicy(ctx context.Context, permissionSet string) (string, error)
}

// InlinePolicy returns the inline policy of a permission set alone; it is empty
// if there is none. It fails as [Instance.Policies] does.
func (i *Instance) InlinePolicy(ctx context.Context, permissionSet string) (string, error) {
	if _, quick := i.driver.(inlineReader); quick {
		return reading(ctx, i, "read inline policy", func(r inlineReader) (string, error) { return r.InlinePolicy(ctx, permissionSet) })
	}
	all, err := i.Policies(ctx, permissionSet)
	return all.Inline, err
}

// Tags returns the tags of a permission set, an application or the instance
// itself, by key; see [Tagger].
func (i *Instance) Tags(ctx context.Context, arn string) ([]identity.Tag, error) {
	return reading(ctx, i, "list tags", func(a Tagger) ([]identity.Tag, error) { return a.Tags(ctx, arn) })
}

// Application returns the application with that ARN; see [ApplicationReader].
func (i *Instance) Application(ctx context.Context, arn string) (identity.Application, error) {
	return reading(ctx, i, "describe application", func(a ApplicationReader) (identity.Application, error) { return a.Application(ctx, arn) })
}

// ListApplications returns one page of the applications.
func (i *Instance) ListApplications(ctx context.Context, page PageRequest) (Page[identity.Application], error) {
	return reading(ctx, i, "list applications", func(a ApplicationReader) (Page[identity.Application], error) {
		return a.ListApplications(ctx, page)
	})
}

// ListApplicationAssignments returns one page of who may use an application.
func (i *Instance) ListApplicationAssignments(ctx context.Context, application string, page PageRequest) (Page[identity.ApplicationAssignment], error) {
	return reading(ctx, i, "list application assignments", func(a ApplicationReader) (Page[identity.ApplicationAssignment], error) {
		return a.ListApplicationAssignments(ctx, application, page)
	})
}

// ListApplicationAssignmentsFor returns one page of what a principal may use.
func (i *Instance) ListApplicationAssignmentsFor(ctx context.Context, p identity.Principal, application string, page PageRequest) (Page[identity.ApplicationAssignment], error) {
	return reading(ctx, i, "list application assignments for a principal", func(a ApplicationReader) (Page[identity.ApplicationAssignment], error) {
		return a.ListApplicationAssignmentsFor(ctx, p, application, page)
	})
}

// Applications yields every application.
func (i *Instance) Applications(ctx context.Context) iter.Seq2[identity.Application, error] {
	return directory.Pages(ctx, "list applications", i.ListApplications)
}

// ApplicationAssignmentsFor yields what a principal may use, by itself and by
// its groups.
func (i *Instance) ApplicationAssignmentsFor(ctx context.Context, p identity.Principal) iter.Seq2[identity.ApplicationAssignment, error] {
	return directory.Pages(ctx, "list application assignments for a principal",
		func(ctx context.Context, page PageRequest) (Page[identity.ApplicationAssignment], error) {
			return i.ListApplicationAssignmentsFor(ctx, p, "", page)
		})
}

// Organization says which organization this is; see [OrganizationReader].
func (i *Instance) Organization(ctx context.Context) (identity.Organization, error) {
	return reading(ctx, i, "describe organization", func(a OrganizationReader) (identity.Organization, error) { return a.Organization(ctx) })
}

// Account returns the account with that id, or fault.NotFound.
func (i *Instance) Account(ctx context.Context, id string) (identity.Account, error) {
	return reading(ctx, i, "describe account", func(a OrganizationReader) (identity.Account, error) { return a.Account(ctx, id) })
}

// ListAccounts returns one page of the accounts in a root or unit, or of all.
func (i *Instance) ListAccounts(ctx context.Context, parent string, page PageRequest) (Page[identity.Account], error) {
	return reading(ctx, i, "list accounts", func(a OrganizationReader) (Page[identity.Account], error) {
		return a.ListAccounts(ctx, parent, page)
	})
}

// Accounts yields every account of the organization.
func (i *Instance) Accounts(ctx context.Context) iter.Seq2[identity.Account, error] {
	return i.AccountsIn(ctx, "")
}

// AccountsIn yields the accounts directly in a root or unit, or all of them.
func (i *Instance) AccountsIn(ctx context.Context, parent string) iter.Seq2[identity.Account, error] {
	return directory.Pages(ctx, "list accounts", func(ctx context.Context, page PageRequest) (Page[identity.Account], error) {
		return i.ListAccounts(ctx, parent, page)
	})
}

// Units yields the units directly in a root or unit, or the roots.
func (i *Instance) Units(ctx context.Context, parent string) iter.Seq2[identity.Unit, error] {
	return directory.Pages(ctx, "list organizational units", func(ctx context.Context, page PageRequest) (Page[identity.Unit], error) {
		return i.ListUnits(ctx, parent, page)
	})
}

// ApplicationAssignments yields who may use an application.
func (i *Instance) ApplicationAssignments(ctx context.Context, application string) iter.Seq2[identity.ApplicationAssignment, error] {
	return directory.Pages(ctx, "list application assignments", func(ctx context.Context, page PageRequest) (Page[identity.ApplicationAssignment], error) {
		return i.ListApplicationAssignments(ctx, application, page)
	})
}

// Unit returns the root or unit with that id, or fault.NotFound.
func (i *Instance) Unit(ctx context.Context, id string) (identity.Unit, error) {
	return reading(ctx, i, "describe organizational unit", func(a OrganizationReader) (identity.Unit, error) { return a.Unit(ctx, id) })
}

// ListUnits returns one page of the units in a root or unit, or of the roots.
func (i *Instance) ListUnits(ctx context.Context, parent string, page PageRequest) (Page[identity.Unit], error) {
	return reading(ctx, i, "list organizational units", func(a OrganizationReader) (Page[identity.Unit], error) {
		return a.ListUnits(ctx, parent, page)
	})
}
