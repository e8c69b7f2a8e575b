package awsdir

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/identitystore"
	"github.com/aws/aws-sdk-go-v2/service/identitystore/types"

	"rollcall/awscall"
	"rollcall/awsjson"
	"rollcall/directory"
	"rollcall/fault"
	"rollcall/identity"
)

func (d *api) id() *string { return awscall.Text(string(d.store.ID)) }

// most is how many items AWS puts on a page at most (aws-contract 3.2 and 7.5).
const most = 100

// paging is a page request as AWS takes it. The most is asked for unless it
// shall be less: how many come unasked is not documented.
func paging(op string, p directory.PageRequest) (limit *int32, token *string, err error) {
	if p.Limit < 0 {
		return nil, nil, fault.Text(fault.Invalid, op, "", "the limit of a page is negative")
	}
	n := int32(pageSize(p))
	return &n, awscall.Text(p.Token), nil
}

func pageSize(p directory.PageRequest) int {
	if p.Limit == 0 {
		return most
	}
	return min(p.Limit, most)
}

// ListUsers lists users with the enterprise extension, which AWS leaves out
// unless asked.
func (d *api) ListUsers(ctx context.Context, p directory.PageRequest) (directory.Page[identity.User], error) {
	const op = "list users"
	limit, token, err := paging(op, p)
	if err != nil {
		return directory.Page[identity.User]{}, err
	}
	out, err := ask(ctx, d, read("ListUsers", op, ""), (*identitystore.Client).ListUsers, identitystore.ListUsersInput{
		IdentityStoreId: d.id(), MaxResults: limit, NextToken: token, Extensions: []string{awsjson.EnterpriseExtension},
	})
	if err != nil {
		return directory.Page[identity.User]{}, err
	}
	page := directory.Page[identity.User]{Items: make([]identity.User, len(out.Users)), Next: aws.ToString(out.NextToken)}
	for i := range out.Users {
		if page.Items[i], err = d.user(&out.Users[i]); err != nil {
			return directory.Page[identity.User]{}, err
		}
	}
	return page, nil
}

// ListGroups lists groups.
func (d *api) ListGroups(ctx context.Context, p directory.PageRequest) (directory.Page[identity.Group], error) {
	const op = "list groups"
	limit, token, err := paging(op, p)
	if err != nil {
		return directory.Page[identity.Group]{}, err
	}
	out, err := ask(ctx, d, read("ListGroups", op, ""), (*identitystore.Client).ListGroups, identitystore.ListGroupsInput{
		IdentityStoreId: d.id(), MaxResults: limit, NextToken: token,
	})
	if err != nil {
		return directory.Page[identity.Group]{}, err
	}
	page := directory.Page[identity.Group]{Items: make([]identity.Group, len(out.Groups)), Next: aws.ToString(out.NextToken)}
	for i := range out.Groups {
		if page.Items[i], err = d.group(&out.Groups[i]); err != nil {
			return directory.Page[identity.Group]{}, err
		}
	}
	return page, nil
}

// ListMembers lists the memberships of a group.
func (d *api) ListMembers(ctx context.Context, group identity.ID, p directory.PageRequest) (directory.Page[identity.Membership], error) {
	const op = "list members"
	limit, token, err := paging(op, p)
	if err == nil {
		err = known(op, identity.KindGroup, group)
	}
	if err != nil {
		return directory.Page[identity.Membership]{}, err
	}
	out, err := ask(ctx, d, read("ListGroupMemberships", op, "group "+string(group)), (*identitystore.Client).ListGroupMemberships,
		identitystore.ListGroupMembershipsInput{IdentityStoreId: d.id(), GroupId: awscall.Text(string(group)), MaxResults: limit, NextToken: token})
	if err != nil {
		return directory.Page[identity.Membership]{}, err
	}
	return memberships(out.GroupMemberships, out.NextToken)
}

// ListMemberships lists the groups of a user.
func (d *api) ListMemberships(ctx context.Context, user identity.ID, p directory.PageRequest) (directory.Page[identity.Membership], error) {
	const op = "list memberships"
	limit, token, err := paging(op, p)
	if err == nil {
		err = known(op, identity.KindUser, user)
	}
	if err != nil {
		return directory.Page[identity.Membership]{}, err
	}
	out, err := ask(ctx, d, read("ListGroupMembershipsForMember", op, "user "+string(user)), (*identitystore.Client).ListGroupMembershipsForMember,
		identitystore.ListGroupMembershipsForMemberInput{IdentityStoreId: d.id(), MemberId: member(user), MaxResults: limit, NextToken: token})
	if err != nil {
		return directory.Page[identity.Membership]{}, err
	}
	return memberships(out.GroupMemberships, out.NextToken)
}

func memberships(all []types.GroupMembership, next *string) (directory.Page[identity.Membership], error) {
	page := directory.Page[identity.Membership]{Items: make([]identity.Membership, len(all)), Next: aws.ToString(next)}
	for i := range all {
		var err error
		if page.Items[i], err = membership(&all[i]); err != nil {
			return directory.Page[identity.Membership]{}, err
		}
	}
	return page, nil
}

// User describes a user.
func (d *api) User(ctx context.Context, id identity.ID) (identity.User, error) {
	const op = "read user"
	if err := known(op, identity.KindUser, id); err != nil {
		return identity.User{}, err
	}
	out, err := ask(ctx, d, read("DescribeUser", op, "user "+string(id)), (*identitystore.Client).DescribeUser, identitystore.DescribeUserInput{
		IdentityStoreId: d.id(), UserId: awscall.Text(string(id)), Extensions: []string{awsjson.EnterpriseExtension},
	})
	if err != nil {
		return identity.User{}, err
	}
	return d.user(described(out))
}

// Group describes a group.
func (d *api) Group(ctx context.Context, id identity.ID) (identity.Group, error) {
	const op = "read group"
	if err := known(op, identity.KindGroup, id); err != nil {
		return identity.Group{}, err
	}
	out, err := ask(ctx, d, read("DescribeGroup", op, "group "+string(id)), (*identitystore.Client).DescribeGroup, identitystore.DescribeGroupInput{
		IdentityStoreId: d.id(), GroupId: awscall.Text(string(id)),
	})
	if err != nil {
		return identity.Group{}, err
	}
	return d.group(&types.Group{
		GroupId: out.GroupId, DisplayName: out.DisplayName, Description: out.Description, ExternalIds: out.ExternalIds, Revision: out.Revision,
		CreatedAt: out.CreatedAt, CreatedBy: out.CreatedBy, UpdatedAt: out.UpdatedAt, UpdatedBy: out.UpdatedBy,
	})
}

// Membership describes a membership.
func (d *api) Membership(ctx context.Context, id identity.ID) (identity.Membership, error) {
	const op = "read membership"
	if err := known(op, identity.KindMembership, id); err != nil {
		return identity.Membership{}, err
	}
	out, err := ask(ctx, d, read("DescribeGroupMembership", op, "membership "+string(id)), (*identitystore.Client).DescribeGroupMembership,
		identitystore.DescribeGroupMembershipInput{IdentityStoreId: d.id(), MembershipId: awscall.Text(string(id))})
	if err != nil {
		return identity.Membership{}, err
	}
	return membership(&types.GroupMembership{
		MembershipId: out.MembershipId, GroupId: out.GroupId, MemberId: out.MemberId,
		CreatedAt: out.CreatedAt, CreatedBy: out.CreatedBy, UpdatedAt: out.UpdatedAt, UpdatedBy: out.UpdatedBy,
	})
}

// FindMembership finds the membership's id, and reads no more of it.
func (d *api) FindMembership(ctx context.Context, group, user identity.ID) (identity.Membership, error) {
	const op = "find membership"
	if err := pair(op, group, user); err != nil {
		return identity.Membership{}, err
	}
	out, err := ask(ctx, d, read("GetGroupMembershipId", op, "group "+string(group)+", user "+string(user)), (*identitystore.Client).GetGroupMembershipId,
		identitystore.GetGroupMembershipIdInput{IdentityStoreId: d.id(), GroupId: awscall.Text(string(group)), MemberId: member(user)})
	if err != nil {
		return identity.Membership{}, err
	}
	return identity.Membership{ID: identity.ID(aws.ToString(out.MembershipId)), GroupID: group, UserID: user}, nil
}

func pair(op string, group, user identity.ID) error {
	if err := known(op, identity.KindGroup, group); err != nil {
		return err
	}
	return known(op, identity.KindUser, user)
}

func member(user identity.ID) types.MemberId {
	return &types.MemberIdMemberUserId{Value: string(user)}
}
