package awsdir

import (
	"context"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/identitystore"
	"github.com/aws/aws-sdk-go-v2/service/identitystore/document"
	"github.com/aws/aws-sdk-go-v2/service/identitystore/types"

	"rollcall/directory"
	"rollcall/fault"
	"rollcall/identity"
)

// FindUser finds the user's id and reads it. Where the operation is not there,
// or the issuer that it wants is not known, every user is read (aws-contract
// 3.10).
func (d *api) FindUser(ctx context.Context, key directory.Key) (identity.User, error) {
	const op = "find user"
	if err := checkKey(op, key, directory.KeyUserName, directory.KeyEmail); err != nil {
		return identity.User{}, err
	}
	by, ok := d.alternate(key)
	if !ok {
		return search(ctx, op, d.ListUsers, userHas(key), userID)
	}
	out, err := ask(ctx, d, read("GetUserId", op, ""), (*identitystore.Client).GetUserId, identitystore.GetUserIdInput{
		IdentityStoreId: d.id(), AlternateIdentifier: by,
	})
	if fault.Is(err, fault.Unsupported) {
		return search(ctx, op, d.ListUsers, userHas(key), userID)
	}
	if err != nil {
		return identity.User{}, err
	}
	return d.User(ctx, identity.ID(aws.ToString(out.UserId)))
}

// FindGroup is [api.FindUser] for groups.
func (d *api) FindGroup(ctx context.Context, key directory.Key) (identity.Group, error) {
	const op = "find group"
	if err := checkKey(op, key, directory.KeyDisplayName); err != nil {
		return identity.Group{}, err
	}
	by, ok := d.alternate(key)
	if !ok {
		return search(ctx, op, d.ListGroups, groupHas(key), groupID)
	}
	out, err := ask(ctx, d, read("GetGroupId", op, ""), (*identitystore.Client).GetGroupId, identitystore.GetGroupIdInput{
		IdentityStoreId: d.id(), AlternateIdentifier: by,
	})
	if fault.Is(err, fault.Unsupported) {
		return search(ctx, op, d.ListGroups, groupHas(key), groupID)
	}
	if err != nil {
		return identity.Group{}, err
	}
	return d.Group(ctx, identity.ID(aws.ToString(out.GroupId)))
}

// checkKey refuses a key that no unique attribute has.
func checkKey(op string, key directory.Key, unique ...string) error {
	if key.Attribute != directory.KeyExternalID && !slices.Contains(unique, key.Attribute) {
		return fault.Text(fault.Invalid, op, "field "+key.Attribute, "it is no unique attribute")
	}
	if key.Value == "" {
		return fault.Text(fault.Invalid, op, "field "+key.Attribute, "the value to look for is empty")
	}
	return nil
}

// alternate is a key as AWS takes it; ok is false for an external id whose
// issuer is not known as AWS calls it, which it wants.
func (d *api) alternate(key directory.Key) (by types.AlternateIdentifier, ok bool) {
	if key.Attribute == directory.KeyExternalID {
		issuer := d.names.write(key.Issuer)
		return &types.AlternateIdentifierMemberExternalId{
			Value: types.ExternalId{Issuer: &issuer, Id: &key.Value},
		}, issuer != ""
	}
	return &types.AlternateIdentifierMemberUniqueAttribute{
		Value: types.UniqueAttribute{AttributePath: &key.Attribute, AttributeValue: document.NewLazyDocument(key.Value)},
	}, true
}

// search reads a whole listing for the one object that has what is looked for.
// Two are fault.Conflict.
func search[T any](ctx context.Context, op string, list func(context.Context, directory.PageRequest) (directory.Page[T], error), has func(*T) bool, id func(*T) identity.ID) (T, error) {
	var found, zero T
	for item, err := range directory.Pages(ctx, op, list) {
		switch {
		case err != nil:
			return zero, err
		case !has(&item):
		case id(&found) == "":
			found = item
		case id(&found) != id(&item):
			return zero, fault.Text(fault.Conflict, op, "", string(id(&found))+" and "+string(id(&item))+" both have that value; name the issuer")
		}
	}
	if id(&found) == "" {
		return zero, fault.Text(fault.NotFound, op, "", "nobody has that value")
	}
	return found, nil
}

func userID(u *identity.User) identity.ID   { return u.ID }
func groupID(g *identity.Group) identity.ID { return g.ID }

func userHas(key directory.Key) func(*identity.User) bool {
	return func(u *identity.User) bool {
		switch key.Attribute {
		case directory.KeyUserName:
			return identity.SameName(u.UserName, key.Value)
		case directory.KeyEmail:
			return u.Email() != "" && identity.SameName(u.Email(), key.Value)
		}
		return hasExternalID(u.ExternalIDs, key)
	}
}

func groupHas(key directory.Key) func(*identity.Group) bool {
	return func(g *identity.Group) bool {
		if key.Attribute == directory.KeyDisplayName {
			return identity.SameName(g.DisplayName, key.Value)
		}
		return hasExternalID(g.ExternalIDs, key)
	}
}

func hasExternalID(ids []identity.ExternalID, key directory.Key) bool {
	return slices.ContainsFunc(ids, func(id identity.ExternalID) bool {
		return id.ID == key.Value && (key.Issuer == "" || key.Issuer == id.Issuer)
	})
}
