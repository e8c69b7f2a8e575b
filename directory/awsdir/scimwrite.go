package awsdir

import (
	"context"
	"slices"

	"rollcall/fault"
	"rollcall/identity"
	"rollcall/scim"
)

// The attributes that SCIM has no word for (aws-contract 7.12).
var (
	userLacking  = []string{"photos", "website", "birthdate"}
	groupLacking = []string{"description"}
)

// sayable is what SCIM can say of u, with its e-mail marked primary as AWS
// demands (aws-contract 7.3).
func sayable(u identity.User) identity.User {
	u = without(u, userLacking)
	u.Emails = slices.Clone(u.Emails)
	for i := range u.Emails {
		u.Emails[i].Primary = true
	}
	return u
}

// CreateUser makes a user of what SCIM can say of it.
func (d *endpoint) CreateUser(ctx context.Context, u identity.User) (identity.User, error) {
	return d.createUser(ctx, u, without(u, userLacking))
}

// createUser tells AWS of a user, if the whole of it is valid: what is set
// afterwards shall not fail then.
func (d *endpoint) createUser(ctx context.Context, whole, told identity.User) (identity.User, error) {
	whole.ID = ""
	if err := whole.Validate(); err != nil {
		return identity.User{}, err
	}
	if _, err := d.names().single("create user", told.ExternalIDs); err != nil {
		return identity.User{}, err
	}
	told.ID = ""
	w := d.dialect.WriteUser(&told)
	w.Meta = nil
	r, err := d.client.CreateUser(ctx, w)
	if err != nil {
		return identity.User{}, err
	}
	told.ID, told.Meta = identity.ID(r.ID), d.dialect.User(&r).Meta
	return told, nil
}

// CreateGroup makes a group without its description.
func (d *endpoint) CreateGroup(ctx context.Context, g identity.Group) (identity.Group, error) {
	return d.CreateGroupWith(ctx, g, nil)
}

// CreateGroupWith makes a group with its first members, and without its
// description.
func (d *endpoint) CreateGroupWith(ctx context.Context, g identity.Group, members []identity.ID) (identity.Group, error) {
	const op = "create group"
	g.ID = ""
	if err := g.Validate(); err != nil {
		return identity.Group{}, err
	}
	if _, err := d.names().single(op, g.ExternalIDs); err != nil {
		return identity.Group{}, err
	}
	members = distinct(members)
	if len(members) > scim.MaxMembers {
		return identity.Group{}, fault.New(fault.Invalid, op, "", errTooManyMembers)
	}
	g.Description = ""
	w := d.dialect.WriteGroup(&g)
	w.Meta, w.Members = nil, nil
	for _, user := range members {
		if err := known(op, identity.KindUser, user); err != nil {
			return identity.Group{}, err
		}
		w.Members = append(w.Members, scim.Member{Value: string(user)})
	}
	r, err := d.client.CreateGroup(ctx, w)
	if err != nil {
		return identity.Group{}, err
	}
	g.ID, g.Meta = identity.ID(r.ID), d.dialect.Group(&r).Meta
	return g, nil
}

func (d *endpoint) names() issuers { return issuers{here: d.dialect.Issuer} }

// UpdateUser sets attributes by PATCH, which leaves all others alone, and reads
// the user again.
func (d *endpoint) UpdateUser(ctx context.Context, id identity.ID, revision string, edits []identity.Edit) (identity.User, error) {
	const op = "update user"
	patch, err := patchOf(identity.KindUser, edits, userLacking)
	if err == nil {
		err = d.condition(ctx, op, identity.KindUser, id, revision)
	}
	if err != nil {
		return identity.User{}, err
	}
	if err := d.client.PatchUser(ctx, string(id), patch); err != nil {
		return identity.User{}, err
	}
	u, err := d.User(ctx, id)
	return readBack(op, identity.KindUser, id, u, err)
}

// UpdateGroup is [endpoint.UpdateUser] for groups.
func (d *endpoint) UpdateGroup(ctx context.Context, id identity.ID, revision string, edits []identity.Edit) (identity.Group, error) {
	const op = "update group"
	patch, err := patchOf(identity.KindGroup, edits, groupLacking)
	if err == nil {
		err = d.condition(ctx, op, identity.KindGroup, id, revision)
	}
	if err != nil {
		return identity.Group{}, err
	}
	if err := d.client.PatchGroup(ctx, string(id), patch); err != nil {
		return identity.Group{}, err
	}
	g, err := d.Group(ctx, id)
	return readBack(op, identity.KindGroup, id, g, err)
}

// condition holds a write to a revision. SCIM has none, so that whatever is
// given was never this object's; an object that is not there comes first.
func (d *endpoint) condition(ctx context.Context, op string, kind identity.Kind, id identity.ID, revision string) error {
	if err := known(op, kind, id); err != nil || revision == "" {
		return err
	}
	var err error
	if kind == identity.KindGroup {
		_, err = d.Group(ctx, id)
	} else {
		_, err = d.User(ctx, id)
	}
	if err != nil {
		return err
	}
	return fault.Text(fault.Stale, op, string(kind)+" "+string(id), "a revision was given, and SCIM has none")
}

// DeleteUser deletes a user.
func (d *endpoint) DeleteUser(ctx context.Context, id identity.ID, revision string) error {
	if err := d.condition(ctx, "delete user", identity.KindUser, id, revision); err != nil {
		return err
	}
	return d.client.DeleteUser(ctx, string(id))
}

// DeleteGroup deletes a group.
func (d *endpoint) DeleteGroup(ctx context.Context, id identity.ID, revision string) error {
	if err := d.condition(ctx, "delete group", identity.KindGroup, id, revision); err != nil {
		return err
	}
	return d.client.DeleteGroup(ctx, string(id))
}

// SetActive enables or disables a user.
func (d *endpoint) SetActive(ctx context.Context, id identity.ID, revision string, active bool) (identity.User, error) {
	const op = "set status"
	if err := d.condition(ctx, op, identity.KindUser, id, revision); err != nil {
		return identity.User{}, err
	}
	if err := d.setActive(ctx, id, active); err != nil {
		return identity.User{}, err
	}
	u, err := d.User(ctx, id)
	return readBack(op, identity.KindUser, id, u, err)
}

// setActive writes the status as AWS's own sample does, as a string
// (aws-contract 7.7).
func (d *endpoint) setActive(ctx context.Context, id identity.ID, active bool) error {
	if err := known("set status", identity.KindUser, id); err != nil {
		return err
	}
	status := `"false"`
	if active {
		status = `"true"`
	}
	return d.client.PatchUser(ctx, string(id), scim.NewPatch(scim.Operation{Op: scim.OpReplace, Path: "active", Value: []byte(status)}))
}

// SetExternalIDs sets the one external id that SCIM keeps of an object, or
// takes it away.
func (d *endpoint) SetExternalIDs(ctx context.Context, kind identity.Kind, id identity.ID, revision string, ids []identity.ExternalID) error {
	const op = "set externalIds"
	set, err := d.externalIDs(op, kind, id, ids)
	if err == nil {
		err = d.condition(ctx, op, kind, id, revision)
	}
	if err != nil {
		return err
	}
	return set(ctx)
}

// externalIDs is the call that sets them, once it is known that it can.
func (d *endpoint) externalIDs(op string, kind identity.Kind, id identity.ID, ids []identity.ExternalID) (set func(context.Context) error, err error) {
	patch := d.client.PatchUser
	switch kind {
	case identity.KindUser:
	case identity.KindGroup:
		patch = d.client.PatchGroup
	default:
		return nil, fault.Text(fault.Invalid, op, "kind "+string(kind), "only users and groups have external ids")
	}
	external, err := d.names().single(op, ids)
	if err == nil {
		err = known(op, kind, id)
	}
	operation := scim.Operation{Op: scim.OpRemove, Path: "externalId"}
	if external != "" {
		operation.Op, operation.Value = scim.OpReplace, quote(external)
	}
	return func(ctx context.Context) error { return patch(ctx, string(id), scim.NewPatch(operation)) }, err
}
