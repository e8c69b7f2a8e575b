package assignment

import (
	"context"
	"iter"
	"slices"
	"strings"

	"rollcall/fault"
	"rollcall/identity"
	"rollcall/spelling"
)

// ResolvePermissionSet finds a permission set by its ARN, its id ("ps-…") or its
// name, without case. It fails with fault.NotFound. A name costs a call for each
// permission set until it is found: no service looks one up.
func (i *Instance) ResolvePermissionSet(ctx context.Context, ref string) (identity.PermissionSet, error) {
	if identity.IsPermissionSetARN(ref) {
		return i.PermissionSet(ctx, ref)
	}
	hint := "; there are no permission sets at all yet"
	var known []string
	for arn, err := range i.PermissionSets(ctx) {
		if err != nil {
			return identity.PermissionSet{}, err
		}
		hint = ""
		if string(identity.LastPart(arn)) != ref && strings.HasPrefix(ref, "ps-") {
			continue
		}
		set, err := i.PermissionSet(ctx, arn)
		if fault.Is(err, fault.NotFound) {
			continue // it went while we were reading
		}
		if err != nil || identity.SameName(set.Name, ref) || string(identity.LastPart(arn)) == ref {
			return set, err
		}
		known = append(known, set.Name)
	}
	return identity.PermissionSet{}, fault.Text(fault.NotFound, "find permission set", ref, "there is none of that name or ARN"+hint+spelling.Hint(ref, known))
}

// ResolveAccount finds an account by its id, its name or its e-mail address,
// without case. It fails with fault.NotFound, and with fault.Conflict where
// several have the name. An id that nobody may look up is taken as it is: then
// the account has nothing else.
func (i *Instance) ResolveAccount(ctx context.Context, ref string) (identity.Account, error) {
	if identity.IsAccountID(ref) {
		a, err := i.Account(ctx, ref)
		if fault.Is(err, fault.Denied) || fault.Is(err, fault.Unsupported) {
			return identity.Account{ID: ref}, nil
		}
		return a, err
	}
	return theOne(i.Accounts(ctx), "account", ref, func(a identity.Account) []string {
		return []string{a.Name, a.Email}
	}, func(a identity.Account) string { return a.ID })
}

// ResolveApplication finds an application by its ARN or its name, as
// [Instance.ResolveAccount] finds accounts.
func (i *Instance) ResolveApplication(ctx context.Context, ref string) (identity.Application, error) {
	if identity.IsApplicationARN(ref) {
		return i.Application(ctx, ref)
	}
	return theOne(i.Applications(ctx), "application", ref, func(a identity.Application) []string {
		return []string{a.Name}
	}, func(a identity.Application) string { return a.ARN })
}

// ResolveUnit finds a root or organizational unit by its id, its name or its
// names from the root down ("Workloads/Production"), as
// [Instance.ResolveAccount] finds accounts.
func (i *Instance) ResolveUnit(ctx context.Context, ref string) (identity.Unit, error) {
	if identity.IsUnitID(ref) {
		return i.Unit(ctx, ref)
	}
	named := func(u place) []string { return []string{u.unit.Name, u.path} }
	found, err := theOne(i.under(ctx, place{}), "organizational unit", ref, named, func(u place) string { return u.unit.ID })
	return found.unit, err
}

// place is a unit with its names from the root down, which is not named.
type place struct {
	unit identity.Unit
	path string
}

// under yields every unit below one, each before those below it.
func (i *Instance) under(ctx context.Context, above place) iter.Seq2[place, error] {
	return func(yield func(place, error) bool) { i.walk(ctx, above, yield) }
}

func (i *Instance) walk(ctx context.Context, above place, yield func(place, error) bool) bool {
	for u, err := range i.Units(ctx, above.unit.ID) {
		below := place{unit: u, path: u.Name}
		if above.path != "" {
			below.path = above.path + "/" + u.Name
		}
		if u.Root() {
			below.path = ""
		}
		if !yield(below, err) || err != nil || !i.walk(ctx, below, yield) {
			return false
		}
	}
	return true
}

// AccountsUnder returns the accounts in a root or unit and in all below it.
func (i *Instance) AccountsUnder(ctx context.Context, unit identity.Unit) ([]identity.Account, error) {
	var all []identity.Account
	in := func(parent string) error {
		for a, err := range i.AccountsIn(ctx, parent) {
			if err != nil {
				return err
			}
			all = append(all, a)
		}
		return nil
	}
	if err := in(unit.ID); err != nil {
		return nil, err
	}
	for below, err := range i.under(ctx, place{unit: unit}) {
		if err == nil {
			err = in(below.unit.ID)
		}
		if err != nil {
			return nil, err
		}
	}
	return all, nil
}

// theOne is the one item of a listing that is meant, by one of its names.
func theOne[T any](all iter.Seq2[T, error], what, ref string, names func(T) []string, id func(T) string) (T, error) {
	var found, none T
	var known []string
	n := 0
	for item, err := range all {
		if err != nil {
			return none, err
		}
		known = append(known, names(item)...)
		if !slices.ContainsFunc(names(item), func(name string) bool { return identity.SameName(name, ref) }) {
			continue
		}
		if n++; n > 1 {
			return none, fault.Text(fault.Conflict, "find "+what, ref, id(found)+" and "+id(item)+" are both called so; say which by its id")
		}
		found = item
	}
	if n == 0 {
		return none, fault.Text(fault.NotFound, "find "+what, ref, "there is none of that name or id"+spelling.Hint(ref, known))
	}
	return found, nil
}
