package scimdoor

import (
	"context"

	"rollcall/fault"
	"rollcall/identity"
	"rollcall/scim"
)

func (d *Door) user(r request) (answer, error) {
	u, err := d.directory.User(r.Context(), identity.ID(r.id))
	if err != nil {
		return answer{}, err
	}
	return ok(d.WriteUser(&u)), nil
}

func (d *Door) createUser(r request) (answer, error) {
	body, err := r.body()
	if err != nil {
		return answer{}, err
	}
	u, err := d.ReadUser(body)
	if err != nil {
		return answer{}, err
	}
	ctx := finish(r.Context())
	u.ID = "" // the directory's to give
	made, err := d.writer.CreateUser(ctx, u)
	if fault.Is(err, fault.Conflict) {
		return answer{}, d.userClash(ctx, nil, &u, err)
	}
	if err != nil {
		return answer{}, err
	}
	return created(d.WriteUser(&made)), nil
}

func (d *Door) putUser(r request) (answer, error) {
	body, err := r.body()
	if err != nil {
		return answer{}, err
	}
	fresh, err := d.ReadUser(body)
	if err != nil {
		return answer{}, err
	}
	if (fresh.ID != "" || d.RequirePutID) && fresh.ID != identity.ID(r.id) {
		return answer{}, fault.Text(fault.Invalid, "put user", "field id", "the body's id is not that of the path")
	}
	return d.updateUser(r, func(stored identity.User) (identity.User, error) {
		return d.ReplaceUser(stored, fresh), nil
	})
}

func (d *Door) patchUser(r request) (answer, error) {
	p, err := r.patch()
	if err != nil {
		return answer{}, err
	}
	return d.updateUser(r, func(stored identity.User) (identity.User, error) { return d.PatchUser(stored, p) })
}

func (r request) patch() (scim.Patch, error) {
	body, err := r.body()
	if err != nil {
		return scim.Patch{}, err
	}
	return scim.ParsePatch(body)
}

// updateUser changes a user as it is now: while another write comes between,
// it is read and changed again.
func (d *Door) updateUser(r request, change func(identity.User) (identity.User, error)) (answer, error) {
	ctx := finish(r.Context())
	for attempt := 1; ; attempt++ {
		stored, err := d.directory.User(ctx, identity.ID(r.id))
		if err != nil {
			return answer{}, err
		}
		fresh, err := change(stored)
		if err != nil {
			return answer{}, err
		}
		out, err := d.storeUser(ctx, &stored, &fresh)
		if err == nil {
			return ok(d.WriteUser(&out)), nil
		}
		if !fault.Is(err, fault.Stale) || attempt == updateAttempts {
			return answer{}, err
		}
	}
}

// updateAttempts is how often a change is worked out anew before the client is
// told to try again. Each failure means that another write got through.
const updateAttempts = 10

// storeUser writes what changed. Unique values are asked for before: status,
// attributes and external id are writes of their own, and a PATCH happens as a
// whole or not at all.
func (d *Door) storeUser(ctx context.Context, stored, fresh *identity.User) (identity.User, error) {
	edits, err := identity.UserEdits(stored, fresh, nil)
	if err != nil || len(edits) == 0 {
		return *stored, err
	}
	if err := d.userClash(ctx, stored, fresh, nil); err != nil {
		return identity.User{}, err
	}
	return d.writer.UpdateUser(ctx, stored.ID, stored.Revision, edits)
}

func (d *Door) deleteUser(r request) (answer, error) {
	if err := d.writer.DeleteUser(finish(r.Context()), identity.ID(r.id), ""); err != nil {
		return answer{}, err
	}
	return noContent(), nil
}

// finish lets writes that have begun come to their end when the client has
// gone: half of a change helps nobody.
func finish(ctx context.Context) context.Context { return context.WithoutCancel(ctx) }
