package awsdir

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/identitystore"
	"github.com/aws/aws-sdk-go-v2/service/identitystore/document"
	"github.com/aws/aws-sdk-go-v2/service/identitystore/types"

	"rollcall/awscall"
	"rollcall/fault"
	"rollcall/identity"
)

// CreateUser makes a user, who is active and has no external ids: AWS's API
// sets neither (aws-contract 3.1).
func (d *api) CreateUser(ctx context.Context, u identity.User) (identity.User, error) {
	u.ID, u.Meta, u.Active = "", identity.Meta{}, true
	if err := u.Validate(); err != nil {
		return identity.User{}, err
	}
	u.ExternalIDs = nil
	in, err := newUser(&u)
	if err != nil {
		return identity.User{}, err
	}
	in.IdentityStoreId = d.id()
	out, err := ask(ctx, d, write("CreateUser", "create user", ""), (*identitystore.Client).CreateUser, in)
	if err != nil {
		return identity.User{}, err
	}
	u.ID, u.Revision = identity.ID(aws.ToString(out.UserId)), aws.ToString(out.Revision)
	return u, named("create user", u.ID)
}

// CreateGroup makes a group without external ids.
func (d *api) CreateGroup(ctx context.Context, g identity.Group) (identity.Group, error) {
	g.ID, g.Meta = "", identity.Meta{}
	if err := g.Validate(); err != nil {
		return identity.Group{}, err
	}
	g.ExternalIDs = nil
	out, err := ask(ctx, d, write("CreateGroup", "create group", ""), (*identitystore.Client).CreateGroup, identitystore.CreateGroupInput{
		IdentityStoreId: d.id(), DisplayName: awscall.Text(g.DisplayName), Description: awscall.Text(g.Description),
	})
	if err != nil {
		return identity.Group{}, err
	}
	g.ID, g.Revision = identity.ID(aws.ToString(out.GroupId)), aws.ToString(out.Revision)
	return g, named("create group", g.ID)
}

// UpdateUser sets attributes, and reads the user again: AWS answers with the
// revision alone.
func (d *api) UpdateUser(ctx context.Context, id identity.ID, revision string, edits []identity.Edit) (identity.User, error) {
	now, err := d.updateUser(ctx, id, revision, edits)
	if err != nil {
		return identity.User{}, err
	}
	u, err := d.User(ctx, id)
	u.Revision = ours(now, u.Revision)
	return readBack("update user", identity.KindUser, id, u, err)
}

// updateUser returns the revision that it made.
func (d *api) updateUser(ctx context.Context, id identity.ID, revision string, edits []identity.Edit) (string, error) {
	const op = "update user"
	operations, err := d.operations(op, identity.KindUser, id, edits)
	if err != nil {
		return "", err
	}
	out, err := ask(ctx, d, write("UpdateUser", op, "user "+string(id)), (*identitystore.Client).UpdateUser, identitystore.UpdateUserInput{
		IdentityStoreId: d.id(), UserId: awscall.Text(string(id)), Revision: awscall.Text(revision), Operations: operations,
	})
	if err != nil {
		return "", err
	}
	return aws.ToString(out.Revision), nil
}

// UpdateGroup is [api.UpdateUser] for groups.
func (d *api) UpdateGroup(ctx context.Context, id identity.ID, revision string, edits []identity.Edit) (identity.Group, error) {
	now, err := d.updateGroup(ctx, id, revision, edits)
	if err != nil {
		return identity.Group{}, err
	}
	g, err := d.Group(ctx, id)
	g.Revision = ours(now, g.Revision)
	return readBack("update group", identity.KindGroup, id, g, err)
}

func (d *api) updateGroup(ctx context.Context, id identity.ID, revision string, edits []identity.Edit) (string, error) {
	const op = "update group"
	operations, err := d.operations(op, identity.KindGroup, id, edits)
	if err != nil {
		return "", err
	}
	out, err := ask(ctx, d, write("UpdateGroup", op, "group "+string(id)), (*identitystore.Client).UpdateGroup, identitystore.UpdateGroupInput{
		IdentityStoreId: d.id(), GroupId: awscall.Text(string(id)), Revision: awscall.Text(revision), Operations: operations,
	})
	if err != nil {
		return "", err
	}
	return aws.ToString(out.Revision), nil
}

// ours is the revision of our own write, if AWS told it: whoever wrote since
// shall be noticed by the next conditional one.
func ours(written, read string) string {
	if written != "" {
		return written
	}
	return read
}

// operations writes edits as AWS takes them: null unsets (aws-contract 3.5).
func (d *api) operations(op string, kind identity.Kind, id identity.ID, edits []identity.Edit) ([]types.AttributeOperation, error) {
	if err := checkEdits(kind, edits, nil); err != nil {
		return nil, err
	}
	edits, err := canonical(kind, edits)
	if err == nil {
		err = known(op, kind, id)
	}
	if err != nil {
		return nil, err
	}
	operations := make([]types.AttributeOperation, len(edits))
	for i, e := range edits {
		var decoded any
		if e.New != nil {
			if err := json.Unmarshal(e.New, &decoded); err != nil {
				return nil, fault.New(fault.Internal, op, "field "+e.Path, err)
			}
		}
		operations[i] = types.AttributeOperation{AttributePath: &edits[i].Path, AttributeValue: document.NewLazyDocument(decoded)}
	}
	return operations, nil
}

// DeleteUser deletes a user.
func (d *api) DeleteUser(ctx context.Context, id identity.ID, revision string) error {
	const op = "delete user"
	if err := known(op, identity.KindUser, id); err != nil {
		return err
	}
	_, err := ask(ctx, d, write("DeleteUser", op, "user "+string(id)), (*identitystore.Client).DeleteUser, identitystore.DeleteUserInput{
		IdentityStoreId: d.id(), UserId: awscall.Text(string(id)), Revision: awscall.Text(revision),
	})
	return deleting(err)
}

// DeleteGroup deletes a group.
func (d *api) DeleteGroup(ctx context.Context, id identity.ID, revision string) error {
	const op = "delete group"
	if err := known(op, identity.KindGroup, id); err != nil {
		return err
	}
	_, err := ask(ctx, d, write("DeleteGroup", op, "group "+string(id)), (*identitystore.Client).DeleteGroup, identitystore.DeleteGroupInput{
		IdentityStoreId: d.id(), GroupId: awscall.Text(string(id)), Revision: awscall.Text(revision),
	})
	return deleting(err)
}

// AddMember puts a user into a group.
func (d *api) AddMember(ctx context.Context, group, user identity.ID) (identity.Membership, error) {
	const op = "add member"
	if err := pair(op, group, user); err != nil {
		return identity.Membership{}, err
	}
	out, err := ask(ctx, d, write("CreateGroupMembership", op, "group "+string(group)+", user "+string(user)), (*identitystore.Client).CreateGroupMembership,
		identitystore.CreateGroupMembershipInput{IdentityStoreId: d.id(), GroupId: awscall.Text(string(group)), MemberId: member(user)})
	if err != nil {
		return identity.Membership{}, err
	}
	m := identity.Membership{ID: identity.ID(aws.ToString(out.MembershipId)), GroupID: group, UserID: user}
	return m, named(op, m.ID)
}

// named holds that what was made has an id: without one only a read can tell
// what was made.
func named(op string, id identity.ID) error {
	if id == "" {
		return fault.Unsettled(op, "", errors.New("the answer has no id"))
	}
	return nil
}

// RemoveMember deletes a membership.
func (d *api) RemoveMember(ctx context.Context, id identity.ID) error {
	const op = "remove member"
	if err := known(op, identity.KindMembership, id); err != nil {
		return err
	}
	_, err := ask(ctx, d, write("DeleteGroupMembership", op, "membership "+string(id)), (*identitystore.Client).DeleteGroupMembership,
		identitystore.DeleteGroupMembershipInput{IdentityStoreId: d.id(), MembershipId: awscall.Text(string(id))})
	return err
}
