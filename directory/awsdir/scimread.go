package awsdir

import (
	"context"
	"strings"

	"rollcall/directory"
	"rollcall/fault"
	"rollcall/identity"
	"rollcall/scim"
	"rollcall/scim/scimclient"
)

// endpoint is a store by its SCIM endpoint.
type endpoint struct {
	store   directory.Store
	client  *scimclient.Client
	dialect scim.Dialect
}

// Store is the one of the options: SCIM has no name for it.
func (d *endpoint) Store(ctx context.Context) (directory.Store, error) {
	return d.store, alive(ctx, "describe store")
}

func cursor(op string, p directory.PageRequest, q scim.Query) (scimclient.Page, error) {
	if p.Limit < 0 {
		return scimclient.Page{}, fault.Text(fault.Invalid, op, "", "the limit of a page is negative")
	}
	return scimclient.Page{Query: q, Cursor: p.Token, Count: pageSize(p)}, nil
}

// ListUsers lists users by cursor.
func (d *endpoint) ListUsers(ctx context.Context, p directory.PageRequest) (directory.Page[identity.User], error) {
	at, err := cursor("list users", p, scim.Query{})
	if err != nil {
		return directory.Page[identity.User]{}, err
	}
	list, err := d.client.ListUsers(ctx, at)
	return page(list, err, func(r *scim.User) identity.User { return d.dialect.User(r) })
}

// ListGroups lists groups by cursor.
func (d *endpoint) ListGroups(ctx context.Context, p directory.PageRequest) (directory.Page[identity.Group], error) {
	at, err := cursor("list groups", p, scim.Query{})
	if err != nil {
		return directory.Page[identity.Group]{}, err
	}
	list, err := d.client.ListGroups(ctx, at)
	return page(list, err, func(r *scim.Group) identity.Group { return d.dialect.Group(r) })
}

func page[R, T any](list scim.List[R], err error, item func(*R) T) (directory.Page[T], error) {
	if err != nil {
		return directory.Page[T]{}, err
	}
	out := directory.Page[T]{Items: make([]T, len(list.Resources)), Next: list.NextCursor}
	for i := range list.Resources {
		out.Items[i] = item(&list.Resources[i])
	}
	return out, nil
}

// ListMembers lists the users of a group. SCIM answers for a group that is not
// there as for one without members (aws-contract 7.5), so that a listing that
// ends with nobody is held to the group.
func (d *endpoint) ListMembers(ctx context.Context, group identity.ID, p directory.PageRequest) (directory.Page[identity.Membership], error) {
	const op = "list members"
	at, err := cursor(op, p, scim.Query{Attribute: scim.ByGroup, Value: string(group)})
	if err == nil {
		err = known(op, identity.KindGroup, group)
	}
	if err != nil {
		return directory.Page[identity.Membership]{}, err
	}
	list, err := d.client.ListUsers(ctx, at)
	if err == nil && len(list.Resources) == 0 && list.NextCursor == "" {
		_, err = d.client.Group(ctx, string(group))
	}
	return page(list, err, func(r *scim.User) identity.Membership { return paired(group, identity.ID(r.ID)) })
}

// ListMemberships lists the groups of a user.
func (d *endpoint) ListMemberships(ctx context.Context, user identity.ID, p directory.PageRequest) (directory.Page[identity.Membership], error) {
	const op = "list memberships"
	at, err := cursor(op, p, scim.Query{Attribute: scim.ByMember, Value: string(user)})
	if err == nil {
		err = known(op, identity.KindUser, user)
	}
	if err != nil {
		return directory.Page[identity.Membership]{}, err
	}
	list, err := d.client.ListGroups(ctx, at)
	return page(list, err, func(r *scim.Group) identity.Membership { return paired(identity.ID(r.ID), user) })
}

// paired is a membership under the id that we make for it: SCIM gives none.
func paired(group, user identity.ID) identity.Membership {
	return identity.Membership{ID: group + "/" + user, GroupID: group, UserID: user}
}

// User reads a user.
func (d *endpoint) User(ctx context.Context, id identity.ID) (identity.User, error) {
	if err := known("read user", identity.KindUser, id); err != nil {
		return identity.User{}, err
	}
	r, err := d.client.User(ctx, string(id))
	if err != nil {
		return identity.User{}, err
	}
	return d.dialect.User(&r), nil
}

// Group reads a group.
func (d *endpoint) Group(ctx context.Context, id identity.ID) (identity.Group, error) {
	if err := known("read group", identity.KindGroup, id); err != nil {
		return identity.Group{}, err
	}
	r, err := d.client.Group(ctx, string(id))
	if err != nil {
		return identity.Group{}, err
	}
	return d.dialect.Group(&r), nil
}

// FindUser finds a user by a filter. SCIM has none for e-mail addresses: every
// user is read for one.
func (d *endpoint) FindUser(ctx context.Context, key directory.Key) (identity.User, error) {
	const op = "find user"
	if err := checkKey(op, key, directory.KeyUserName, directory.KeyEmail); err != nil {
		return identity.User{}, err
	}
	if key.Attribute == directory.KeyEmail {
		return search(ctx, op, d.ListUsers, userHas(key), userID)
	}
	q, err := d.query(op, key)
	if err != nil {
		return identity.User{}, err
	}
	found, err := d.client.FindUsers(ctx, q)
	r, err := only(op, found, err)
	return d.dialect.User(&r), err
}

// FindGroup finds a group by a filter.
func (d *endpoint) FindGroup(ctx context.Context, key directory.Key) (identity.Group, error) {
	const op = "find group"
	if err := checkKey(op, key, directory.KeyDisplayName); err != nil {
		return identity.Group{}, err
	}
	q, err := d.query(op, key)
	if err != nil {
		return identity.Group{}, err
	}
	found, err := d.client.FindGroups(ctx, q)
	r, err := only(op, found, err)
	return d.dialect.Group(&r), err
}

// query is a key as a filter; SCIM knows one issuer, so that another's external
// id is nobody's. SCIM and the directory call their unique attributes the same.
func (d *endpoint) query(op string, key directory.Key) (scim.Query, error) {
	if key.Attribute == directory.KeyExternalID && key.Issuer != "" && key.Issuer != d.dialect.Issuer {
		return scim.Query{}, fault.Text(fault.NotFound, op, "", "SCIM keeps no external ids of that issuer")
	}
	return scim.Query{Attribute: key.Attribute, Value: key.Value}, nil
}

func only[T any](op string, found []T, err error) (T, error) {
	var zero T
	switch {
	case err != nil:
		return zero, err
	case len(found) == 0:
		return zero, fault.Text(fault.NotFound, op, "", "nobody has that value")
	case len(found) > 1:
		return zero, fault.Text(fault.Conflict, op, "", "several have that value")
	}
	return found[0], nil
}

// Membership finds the membership that an id of ours is made of.
func (d *endpoint) Membership(ctx context.Context, id identity.ID) (identity.Membership, error) {
	group, user, ok := strings.Cut(string(id), "/")
	if !ok {
		return identity.Membership{}, known("read membership", identity.KindMembership, "")
	}
	return d.FindMembership(ctx, identity.ID(group), identity.ID(user))
}

// FindMembership asks for the group if the user is in it.
func (d *endpoint) FindMembership(ctx context.Context, group, user identity.ID) (identity.Membership, error) {
	const op = "find membership"
	if err := pair(op, group, user); err != nil {
		return identity.Membership{}, err
	}
	found, err := d.client.FindGroups(ctx, scim.Query{
		Attribute: scim.ByID, Value: string(group), With: scim.WithMembers, WithValue: string(user),
	})
	if _, err := only(op, found, err); err != nil {
		return identity.Membership{}, err
	}
	return paired(group, user), nil
}
