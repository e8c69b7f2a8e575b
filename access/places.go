package access

import (
	"context"

	"rollcall/assignment"
	"rollcall/fault"
	"rollcall/identity"
)

// world is what access can be given to.
type world struct {
	Units    []identity.Unit
	Accounts []identity.Account
	Sets     []Set
}

func (r *Reader) places(ctx context.Context, f *Facts) error {
	w, err := part(ctx, r, f, placesPart, func() (world, error) { return r.everyPlace(ctx) })
	f.Units, f.Accounts, f.Sets = w.Units, w.Accounts, w.Sets
	return err
}

func (r *Reader) everyPlace(ctx context.Context) (world, error) {
	var w world
	if r.Access.Abilities().Organization {
		if err := r.organization(ctx, &w); err != nil {
			return w, err
		}
	}
	for arn, err := range r.Access.PermissionSets(ctx) {
		if err != nil {
			return w, err
		}
		s, err := r.Access.PermissionSet(ctx, arn)
		if fault.Is(err, fault.NotFound) {
			continue // deleted since it was listed
		}
		if err != nil {
			return w, err
		}
		w.Sets = append(w.Sets, Set{ARN: s.ARN, Name: s.Name, Session: s.Session()})
	}
	return w, nil
}

// organization reads the accounts and units. Who may not read them knows
// accounts by their ids alone.
func (r *Reader) organization(ctx context.Context, w *world) error {
	accounts, err := gather(r.Access.Accounts(ctx))
	if fault.Is(err, fault.Denied) || fault.Is(err, fault.Unsupported) || fault.Is(err, fault.NotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	w.Accounts = accounts
	return r.units(ctx, w, "")
}

// units reads the units below a parent; the roots, if there is none.
func (r *Reader) units(ctx context.Context, w *world, parent string) error {
	next := assignment.PageRequest{}
	for {
		page, err := r.Access.ListUnits(ctx, parent, next)
		if err != nil {
			return err
		}
		w.Units = append(w.Units, page.Items...)
		for _, u := range page.Items {
			if err := r.units(ctx, w, u.ID); err != nil {
				return err
			}
		}
		if page.Next == "" {
			return nil
		}
		next.Token = page.Next
	}
}
