package assignment

import (
	"context"
	"iter"

	"rollcall/directory"
	"rollcall/fault"
	"rollcall/identity"
)

// Own returns what a principal has itself, in every account; what a user has by
// a group is the group's. The principal need not exist. It is complete or an
// error. Where nobody may ask for one principal, the assignments of all are
// gone through, which costs a call for each permission set and account. An
// instance of one account has none.
func (i *Instance) Own(ctx context.Context, p identity.Principal) ([]identity.Assignment, error) {
	own, err := its(i.AssignmentsFor(ctx, p, ""), p)
	switch {
	case fault.Is(err, fault.Unsupported):
		return nil, nil
	case fault.Is(err, fault.Denied):
		return its(i.Everything(ctx), p)
	}
	return own, err
}

// Has reports whether a principal has a permission set in an account itself. An
// assignment that is being made is not there yet, one that is being taken away
// still is.
func (i *Instance) Has(ctx context.Context, a identity.Assignment) (bool, error) {
	there, err := its(i.AssignmentsFor(ctx, a.Principal, a.Account), a.Principal)
	if fault.Is(err, fault.Denied) {
		there, err = its(i.Assignments(ctx, a.Account, a.PermissionSet), a.Principal)
	}
	for _, t := range there {
		if t.PermissionSet == a.PermissionSet && t.Account == a.Account {
			return true, err
		}
	}
	return false, err
}

// its are the assignments of all that are p's own.
func its(all iter.Seq2[identity.Assignment, error], p identity.Principal) ([]identity.Assignment, error) {
	var own []identity.Assignment
	for a, err := range all {
		if err != nil {
			return nil, err
		}
		if a.Principal.Kind == p.Kind && a.Principal.ID == p.ID {
			own = append(own, a)
		}
	}
	return own, nil
}

// OwnApplications returns the applications that a principal may use itself, as
// [Instance.Own] does. An instance that knows no applications has none.
func (i *Instance) OwnApplications(ctx context.Context, p identity.Principal) ([]identity.ApplicationAssignment, error) {
	var own []identity.ApplicationAssignment
	if !i.Abilities().Applications {
		return nil, nil
	}
	for a, err := range i.ApplicationAssignmentsFor(ctx, p) {
		if err != nil {
			return nil, err
		}
		if a.Principal.Kind == p.Kind && a.Principal.ID == p.ID {
			own = append(own, a)
		}
	}
	return own, nil
}

// MayUse reports whether a principal may use an application itself.
func (i *Instance) MayUse(ctx context.Context, a identity.ApplicationAssignment) (bool, error) {
	all := directory.Pages(ctx, "list application assignments for a principal",
		func(ctx context.Context, page PageRequest) (Page[identity.ApplicationAssignment], error) {
			return i.ListApplicationAssignmentsFor(ctx, a.Principal, a.Application, page)
		})
	for found, err := range all {
		if err != nil {
			return false, err
		}
		if found.Application == a.Application && found.Principal.Kind == a.Principal.Kind && found.Principal.ID == a.Principal.ID {
			return true, nil
		}
	}
	return false, nil
}
