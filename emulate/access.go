package emulate

import (
	"context"

	"rollcall/assignment"
	"rollcall/identity"
)

// Access is the access side of an Identity Center with every ability, as the
// embedded one has.
type Access interface {
	assignment.Driver
	assignment.PermissionSetEditor
	assignment.PolicyEditor
	assignment.Tagger
	assignment.InstanceEditor
	assignment.ApplicationAssigner
	assignment.ApplicationEditor
	assignment.OrganizationReader
}

// instance is one access side behind the gate. It hides no ability: all of them
// are embedded.
type instance struct {
	Access
	sets, applications *places
	gate               *Gate
}

// Access is one instance as the gate's callers find it: pages are cut short
// where the fault plan says so, and what would exceed a quota on permission
// sets or applications is fault.Quota. Each instance has quotas of its own.
func (g *Gate) Access(d Access) Access {
	return instance{
		d, g.places(PermissionSets, func(ctx context.Context) (int, error) { return countPages(ctx, d.ListPermissionSets) }),
		g.places(Applications, func(ctx context.Context) (int, error) { return countPages(ctx, d.ListApplications) }), g,
	}
}

// CreatePermissionSet is the instance's, unless it is full.
func (i instance) CreatePermissionSet(ctx context.Context, s identity.PermissionSet, tags []identity.Tag) (identity.PermissionSet, error) {
	return within(ctx, i.sets, "create permission set", func() (identity.PermissionSet, error) {
		return i.Access.CreatePermissionSet(ctx, s, tags)
	})
}

// CreateApplication is the instance's, unless it is full.
func (i instance) CreateApplication(ctx context.Context, a identity.Application, tags []identity.Tag, token string) (identity.Application, error) {
	return within(ctx, i.applications, "create application", func() (identity.Application, error) {
		return i.Access.CreateApplication(ctx, a, tags, token)
	})
}

// CreateAssignment is the instance's, unless the account has as many permission
// sets as it may and this is another one. Two at once may exceed that by one.
func (i instance) CreateAssignment(ctx context.Context, a identity.Assignment) (assignment.Request, error) {
	there := false
	in := func(ctx context.Context, p assignment.PageRequest) (assignment.Page[string], error) {
		page, err := i.Access.ListPermissionSetsIn(ctx, a.Account, assignment.Anyhow, p)
		for _, arn := range page.Items {
			there = there || arn == a.PermissionSet
		}
		return page, err
	}
	if p := i.gate.places(Provisioned, nil); p != nil {
		n, err := countPages(ctx, in)
		if err != nil {
			return assignment.Request{}, err
		}
		if n >= p.most && !there {
			return assignment.Request{}, p.full("create assignment")
		}
	}
	return i.Access.CreateAssignment(ctx, a)
}

// ListPermissionSets is the instance's, cut short; so are the others here.
func (i instance) ListPermissionSets(ctx context.Context, p assignment.PageRequest) (assignment.Page[string], error) {
	return i.Access.ListPermissionSets(ctx, cutPage(ctx, p))
}

// ListAssignments is the instance's, cut short.
func (i instance) ListAssignments(ctx context.Context, account, set string, p assignment.PageRequest) (assignment.Page[identity.Assignment], error) {
	return i.Access.ListAssignments(ctx, account, set, cutPage(ctx, p))
}

// ListAssignmentsFor is the instance's, cut short.
func (i instance) ListAssignmentsFor(ctx context.Context, of identity.Principal, account string, p assignment.PageRequest) (assignment.Page[identity.Assignment], error) {
	return i.Access.ListAssignmentsFor(ctx, of, account, cutPage(ctx, p))
}

// ListPermissionSetsIn is the instance's, cut short.
func (i instance) ListPermissionSetsIn(ctx context.Context, account string, only assignment.Provisioned, p assignment.PageRequest) (assignment.Page[string], error) {
	return i.Access.ListPermissionSetsIn(ctx, account, only, cutPage(ctx, p))
}

// ListAccountsWith is the instance's, cut short.
func (i instance) ListAccountsWith(ctx context.Context, set string, only assignment.Provisioned, p assignment.PageRequest) (assignment.Page[string], error) {
	return i.Access.ListAccountsWith(ctx, set, only, cutPage(ctx, p))
}

// ListRequests is the instance's, cut short.
func (i instance) ListRequests(ctx context.Context, work assignment.Work, only assignment.State, p assignment.PageRequest) (assignment.Page[assignment.Request], error) {
	return i.Access.ListRequests(ctx, work, only, cutPage(ctx, p))
}

// ListApplications is the instance's, cut short.
func (i instance) ListApplications(ctx context.Context, p assignment.PageRequest) (assignment.Page[identity.Application], error) {
	return i.Access.ListApplications(ctx, cutPage(ctx, p))
}

// ListApplicationAssignments is the instance's, cut short.
func (i instance) ListApplicationAssignments(ctx context.Context, application string, p assignment.PageRequest) (assignment.Page[identity.ApplicationAssignment], error) {
	return i.Access.ListApplicationAssignments(ctx, application, cutPage(ctx, p))
}

// ListApplicationAssignmentsFor is the instance's, cut short.
func (i instance) ListApplicationAssignmentsFor(ctx context.Context, of identity.Principal, application string, p assignment.PageRequest) (assignment.Page[identity.ApplicationAssignment], error) {
	return i.Access.ListApplicationAssignmentsFor(ctx, of, application, cutPage(ctx, p))
}

// ListAccounts is the instance's, cut short.
func (i instance) ListAccounts(ctx context.Context, parent string, p assignment.PageRequest) (assignment.Page[identity.Account], error) {
	return i.Access.ListAccounts(ctx, parent, cutPage(ctx, p))
}

// ListUnits is the instance's, cut short.
func (i instance) ListUnits(ctx context.Context, parent string, p assignment.PageRequest) (assignment.Page[identity.Unit], error) {
	return i.Access.ListUnits(ctx, parent, cutPage(ctx, p))
}
