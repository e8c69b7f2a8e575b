package awsdir

import (
	"context"
	"fmt"
	"slices"

	"rollcall/directory"
	"rollcall/fault"
	"rollcall/identity"
)

// This file says which call serves which change.
//
//	                          both                    API only     SCIM only
//	read, list, find          API                     API          SCIM, by cursor
//	who is in which group     API or SCIM, whichever  API          SCIM, by cursor
//	                          has less to do
//	find by external id       SCIM, then API; API     API          SCIM
//	                          alone if SCIM is shut
//	new user, new group       SCIM if it has what the API   SCIM
//	                          API cannot set, then
//	                          API for the rest; else API
//	new group with members    SCIM, then API for    –            SCIM
//	                          its description
//	attributes                API                     API          SCIM PATCH
//	status, external ids      SCIM PATCH              –            SCIM PATCH
//	one membership            API                     API          SCIM PATCH
//	up to 100 memberships     SCIM PATCH              –            SCIM PATCH
//	deletion                  API                     API          SCIM
//	network settings          API                     API          –
//
// What stands under both is done by the API where SCIM does not let us in, as
// far as the API can: see shut.go.

// apiOnly is a store without its SCIM endpoint.
type apiOnly struct{ *api }

// scimOnly is a store without its API.
type scimOnly struct{ *endpoint }

// both is the usual: what is not said below is done by the API.
type both struct {
	*api
	scim   *endpoint
	latch  *latch
	spread *spread
}

var (
	_ directory.Driver            = apiOnly{}
	_ directory.Reviser           = apiOnly{}
	_ directory.NetworkController = apiOnly{}

	_ directory.Driver           = scimOnly{}
	_ directory.StatusSetter     = scimOnly{}
	_ directory.ExternalIDSetter = scimOnly{}
	_ directory.MemberChanger    = scimOnly{}
	_ directory.Founder          = scimOnly{}

	_ directory.Driver            = both{}
	_ directory.Reviser           = both{}
	_ directory.NetworkController = both{}
	_ directory.StatusSetter      = both{}
	_ directory.ExternalIDSetter  = both{}
	_ directory.MemberChanger     = both{}
	_ directory.Founder           = both{}
	_ directory.IDLister          = both{}
)

// inFlight keeps 20 calls a second busy at answers that take a second, and lets
// none wait for its turn longer than two.
const inFlight = 32

// Limits are those of the API, which sets every attribute.
func (d apiOnly) Limits() directory.Limits {
	return directory.Limits{OtherActor: true, Terse: true, InFlight: inFlight}
}

// Limits are those of SCIM.
func (d scimOnly) Limits() directory.Limits {
	return directory.Limits{
		UserPaths: slices.Clone(userLacking), GroupPaths: slices.Clone(groupLacking), Issuer: d.dialect.Issuer,
		PrimaryEmail: true, PairIDs: true, OtherActor: true, Terse: true, InFlight: inFlight,
	}
}

// Limits are those of the API, and of SCIM's external ids.
func (d both) Limits() directory.Limits {
	return directory.Limits{Issuer: d.names.here, OtherActor: true, Terse: true, InFlight: inFlight}
}

// CreateUser makes a user that only SCIM can make by SCIM, and then sets what
// SCIM has no word for. If that fails the user is there without it, and the
// error is fault.Unsettled: a read tells. While SCIM is shut the user has no
// external id, which the answer shows; one who is to be disabled has to wait.
func (d both) CreateUser(ctx context.Context, u identity.User) (identity.User, error) {
	if u.Active && len(u.ExternalIDs) == 0 {
		return d.api.CreateUser(ctx, u)
	}
	told := sayable(u)
	made, shut, err := bySCIM(d, func() (identity.User, error) { return d.scim.createUser(ctx, u, told) })
	switch {
	case err != nil:
		return identity.User{}, err
	case shut != nil && !u.Active:
		return identity.User{}, waits("create user", identity.KindUser, "", shut)
	case shut != nil:
		return d.api.CreateUser(ctx, u)
	}
	rest, err := identity.UserEdits(&told, &u, nil)
	if err == nil && len(rest) > 0 {
		made.Revision, err = d.api.updateUser(ctx, made.ID, "", rest)
	}
	if err != nil {
		return identity.User{}, halfMade(identity.KindUser, made.ID, err)
	}
	u.ID, u.Meta = made.ID, made.Meta
	return u, nil
}

// CreateGroup is [both.CreateUser] for groups.
func (d both) CreateGroup(ctx context.Context, g identity.Group) (identity.Group, error) {
	if len(g.ExternalIDs) == 0 {
		return d.api.CreateGroup(ctx, g)
	}
	made, shut, err := d.found(ctx, g, nil)
	if shut != nil {
		return d.api.CreateGroup(ctx, g)
	}
	return made, err
}

// CreateGroupWith makes a group and its first members by SCIM, and sets its
// description by the API, as [both.CreateUser] does. While SCIM is shut nothing
// is made, and the error is fault.Denied: the group can begin empty.
func (d both) CreateGroupWith(ctx context.Context, g identity.Group, members []identity.ID) (identity.Group, error) {
	made, shut, err := d.found(ctx, g, members)
	if shut != nil {
		err = waits("create group", identity.KindGroup, "", shut)
	}
	return made, err
}

func (d both) found(ctx context.Context, g identity.Group, members []identity.ID) (made identity.Group, shut, err error) {
	made, shut, err = bySCIM(d, func() (identity.Group, error) { return d.scim.CreateGroupWith(ctx, g, members) })
	if err != nil || shut != nil {
		return identity.Group{}, shut, err
	}
	told := g
	told.Description = ""
	rest, err := identity.GroupEdits(&told, &g, nil)
	if err == nil && len(rest) > 0 {
		made.Revision, err = d.api.updateGroup(ctx, made.ID, "", rest)
	}
	if err != nil {
		return identity.Group{}, nil, halfMade(identity.KindGroup, made.ID, err)
	}
	g.ID, g.Meta = made.ID, made.Meta
	return g, nil, nil
}

// halfMade is a creation whose first call worked and whose second did not.
func halfMade(kind identity.Kind, id identity.ID, err error) error {
	f := fault.Unsettled("create "+string(kind), string(kind)+" "+string(id),
		fmt.Errorf("it was made by SCIM, but what SCIM cannot set is not all set: %w", err))
	f.RetryAfter = fault.RetryAfter(err)
	return f
}

// SetActive enables or disables a user by SCIM.
func (d both) SetActive(ctx context.Context, id identity.ID, revision string, active bool) (identity.User, error) {
	const op = "set status"
	err := d.onlySCIM(ctx, op, identity.KindUser, id, revision, func(ctx context.Context) error { return d.scim.setActive(ctx, id, active) })
	if err != nil {
		return identity.User{}, err
	}
	u, err := d.User(ctx, id)
	return readBack(op, identity.KindUser, id, u, err)
}

// SetExternalIDs sets the external id of a user or group by SCIM.
func (d both) SetExternalIDs(ctx context.Context, kind identity.Kind, id identity.ID, revision string, ids []identity.ExternalID) error {
	const op = "set externalIds"
	set, err := d.scim.externalIDs(op, kind, id, ids)
	if err != nil {
		return err
	}
	return d.onlySCIM(ctx, op, kind, id, revision, set)
}

// ChangeMembers changes up to 100 memberships of a group by one SCIM PATCH.
func (d both) ChangeMembers(ctx context.Context, group identity.ID, add, remove []identity.ID) error {
	_, shut, err := bySCIM(d, func() (none struct{}, err error) { return none, d.scim.ChangeMembers(ctx, group, add, remove) })
	if shut != nil {
		return d.changeOneByOne(ctx, group, add, remove)
	}
	return err
}

// unchanged holds a write that SCIM makes to a revision, which SCIM knows
// nothing of: it is compared just before. Who writes in between is not seen.
func (d both) unchanged(ctx context.Context, op string, kind identity.Kind, id identity.ID, revision string) error {
	if revision == "" {
		return nil
	}
	var now string
	if kind == identity.KindGroup {
		g, err := d.Group(ctx, id)
		if err != nil {
			return err
		}
		now = g.Revision
	} else {
		u, err := d.User(ctx, id)
		if err != nil {
			return err
		}
		now = u.Revision
	}
	if now != revision {
		return fault.Text(fault.Stale, op, string(kind)+" "+string(id), "it changed since it was read: the revision given is not the one stored")
	}
	return nil
}

// FindUser finds by external id what SCIM knows by it: the API wants the
// issuer, whose name is not published. An endpoint that is shut, as with a
// token that has expired, must not make anybody unfindable.
func (d both) FindUser(ctx context.Context, key directory.Key) (identity.User, error) {
	if key.Attribute != directory.KeyExternalID {
		return d.api.FindUser(ctx, key)
	}
	u, shut, err := bySCIM(d, func() (identity.User, error) { return d.scim.FindUser(ctx, key) })
	switch {
	case shut != nil:
		return d.api.FindUser(ctx, key)
	case err != nil:
		return identity.User{}, err
	}
	return d.User(ctx, u.ID)
}

// FindGroup is [both.FindUser] for groups.
func (d both) FindGroup(ctx context.Context, key directory.Key) (identity.Group, error) {
	if key.Attribute != directory.KeyExternalID {
		return d.api.FindGroup(ctx, key)
	}
	g, shut, err := bySCIM(d, func() (identity.Group, error) { return d.scim.FindGroup(ctx, key) })
	switch {
	case shut != nil:
		return d.api.FindGroup(ctx, key)
	case err != nil:
		return identity.Group{}, err
	}
	return d.Group(ctx, g.ID)
}
