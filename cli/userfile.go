package cli

import (
	"context"

	"rollcall/directory"
	"rollcall/fault"
	"rollcall/identity"
)

// runUsersCreate creates the users of a file by one plan.
func runUsersCreate(ctx context.Context, h *house, o userCreate) error {
	if err := checkIfExists(o.ifExists); err != nil {
		return err
	}
	all, err := o.attributes.edits()
	if err != nil {
		return err
	}
	f, err := h.app.readRows(o.from, "userName")
	if err != nil {
		return err
	}
	d, err := h.draft(ctx)
	if err != nil {
		return err
	}
	find, err := d.finder(ctx, len(f.rows))
	if err != nil {
		return err
	}
	join, err := d.joiningAll(ctx, o)
	if err != nil {
		return err
	}
	seen := map[string]int{}
	for _, r := range f.rows {
		name := identity.Fold(r.cells["userName"])
		if first := seen[name]; first > 0 {
			f.complain(r, usage("userName %s is in line %d already", r.cells["userName"], first))
			continue
		}
		seen[name] = r.line
		edits, err := o.attributes.ofRow(f.columns, r, all)
		if err == nil {
			err = d.userOfRow(ctx, r.cells["userName"], edits, o, find, join)
		}
		if err != nil && (fault.Is(err, fault.Unavailable) || ctx.Err() != nil) {
			return err
		}
		if err != nil {
			f.complain(r, err)
		}
	}
	if err := f.complete(); err != nil {
		return err
	}
	join.plan()
	return d.carryOut(ctx, "create "+count(len(f.rows), "user")+" of a file", o.change)
}

// joiningAll is joining for the users of a file.
func (d *draft) joiningAll(ctx context.Context, o userCreate) (*joining, error) {
	groups, err := d.named(ctx, o.groups)
	if err != nil {
		return nil, err
	}
	j, err := d.joining(ctx, groups, o.reason)
	if err != nil || o.ifExists == "error" {
		return j, err
	}
	return j, j.readMembers(ctx)
}

// userOfRow plans what one row asks for.
func (d *draft) userOfRow(ctx context.Context, userName string, edits []identity.Edit, o userCreate, find findUser, join *joining) error {
	there, err := find(ctx, userName)
	switch {
	case err == nil && o.ifExists == "error":
		return taken(there)
	case err == nil:
		if o.ifExists == "update" {
			if err := d.changeUser(ctx, there, edits, o.reason, o.outside); err != nil {
				return err
			}
		}
		return join.there(ctx, there)
	case !fault.Is(err, fault.NotFound):
		return err
	}
	c, err := d.newUser(ctx, userName, edits, o)
	if err == nil {
		join.newcomer(d.Add(c), c.Name)
	}
	return err
}

// ofRow are the edits of a row's cells, by the attributes that its columns
// name, and those that hold for all rows. An empty cell sets nothing.
func (a *attributes) ofRow(columns []string, r fileRow, all []identity.Edit) ([]identity.Edit, error) {
	var edits []identity.Edit
	for _, column := range columns {
		if column == "userName" || r.cells[column] == "" {
			continue
		}
		some, err := a.spread(column, r.cells[column])
		if err != nil {
			return nil, err
		}
		edits = append(edits, some...)
	}
	edits = append(edits, all...)
	return edits, a.once(edits)
}

type findUser func(ctx context.Context, userName string) (identity.User, error)

// finder finds users by userName: a few one by one, many in a listing, where a
// hundred cost one call.
func (d *draft) finder(ctx context.Context, n int) (findUser, error) {
	if n <= worthListing {
		return func(ctx context.Context, name string) (identity.User, error) {
			return d.directory.FindUser(ctx, directory.Key{Attribute: directory.KeyUserName, Value: name})
		}, nil
	}
	known := map[string]identity.User{}
	for u, err := range d.directory.Users(ctx) {
		if err != nil {
			return nil, err
		}
		known[identity.Fold(u.UserName)] = u
	}
	return func(_ context.Context, name string) (identity.User, error) {
		u, there := known[identity.Fold(name)]
		if !there {
			return u, fault.Text(fault.NotFound, "find user", name, "there is none of that userName")
		}
		return u, nil
	}, nil
}
