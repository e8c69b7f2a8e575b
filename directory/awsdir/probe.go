package awsdir

import (
	"context"
	"iter"

	"github.com/aws/aws-sdk-go-v2/service/identitystore"
	"github.com/aws/aws-sdk-go-v2/service/identitystore/document"
	"github.com/aws/aws-sdk-go-v2/service/identitystore/types"

	"rollcall/awscall"
	"rollcall/directory"
	"rollcall/fault"
	"rollcall/identity"
)

// Operation is an operation of the Identity Store API that the driver calls for
// users, groups and memberships. Credentials may be kept from each one apart.
type Operation struct {
	Name  string // as AWS names it: "CreateUser"; the IAM action is identitystore:NAME
	Write bool

	try func(context.Context, *api) error
}

// nobody is an id that no object has, and reserved names are refused for users
// and groups (aws-contract 3.4).
const (
	nobody        = "00000000-0000-0000-0000-000000000000"
	reservedUser  = "Administrator"
	reservedGroup = "AWSAdministrators"
	probing       = "probe"
)

// Operations lists them, reads first. That which changes the network
// configuration is not among them.
func Operations() []Operation {
	id, name := nobody, "x"
	member := &types.MemberIdMemberUserId{Value: id}
	edit := []types.AttributeOperation{{AttributePath: awscall.Text("displayName"), AttributeValue: document.NewLazyDocument(name)}}
	unique := func(path, value string) types.AlternateIdentifier {
		return &types.AlternateIdentifierMemberUniqueAttribute{Value: types.UniqueAttribute{AttributePath: &path, AttributeValue: document.NewLazyDocument(value)}}
	}
	one := int32(1)
	return []Operation{
		reading("DescribeGroup", (*identitystore.Client).DescribeGroup, func(s *string) identitystore.DescribeGroupInput {
			return identitystore.DescribeGroupInput{IdentityStoreId: s, GroupId: &id}
		}),
		reading("DescribeGroupMembership", (*identitystore.Client).DescribeGroupMembership, func(s *string) identitystore.DescribeGroupMembershipInput {
			return identitystore.DescribeGroupMembershipInput{IdentityStoreId: s, MembershipId: &id}
		}),
		reading("DescribeIdentityStore", (*identitystore.Client).DescribeIdentityStore, func(s *string) identitystore.DescribeIdentityStoreInput {
			return identitystore.DescribeIdentityStoreInput{IdentityStoreId: s}
		}),
		reading("DescribeUser", (*identitystore.Client).DescribeUser, func(s *string) identitystore.DescribeUserInput {
			return identitystore.DescribeUserInput{IdentityStoreId: s, UserId: &id}
		}),
		reading("GetGroupId", (*identitystore.Client).GetGroupId, func(s *string) identitystore.GetGroupIdInput {
			return identitystore.GetGroupIdInput{IdentityStoreId: s, AlternateIdentifier: unique("displayName", reservedGroup)}
		}),
		reading("GetGroupMembershipId", (*identitystore.Client).GetGroupMembershipId, func(s *string) identitystore.GetGroupMembershipIdInput {
			return identitystore.GetGroupMembershipIdInput{IdentityStoreId: s, GroupId: &id, MemberId: member}
		}),
		reading("GetUserId", (*identitystore.Client).GetUserId, func(s *string) identitystore.GetUserIdInput {
			return identitystore.GetUserIdInput{IdentityStoreId: s, AlternateIdentifier: unique("userName", reservedUser)}
		}),
		reading("ListGroupMemberships", (*identitystore.Client).ListGroupMemberships, func(s *string) identitystore.ListGroupMembershipsInput {
			return identitystore.ListGroupMembershipsInput{IdentityStoreId: s, GroupId: &id, MaxResults: &one}
		}),
		reading("ListGroupMembershipsForMember", (*identitystore.Client).ListGroupMembershipsForMember, func(s *string) identitystore.ListGroupMembershipsForMemberInput {
			return identitystore.ListGroupMembershipsForMemberInput{IdentityStoreId: s, MemberId: member, MaxResults: &one}
		}),
		reading("ListGroups", (*identitystore.Client).ListGroups, func(s *string) identitystore.ListGroupsInput {
			return identitystore.ListGroupsInput{IdentityStoreId: s, MaxResults: &one}
		}),
		reading("ListUsers", (*identitystore.Client).ListUsers, func(s *string) identitystore.ListUsersInput {
			return identitystore.ListUsersInput{IdentityStoreId: s, MaxResults: &one}
		}),
		writing("CreateGroup", (*identitystore.Client).CreateGroup, func(s *string) identitystore.CreateGroupInput {
			return identitystore.CreateGroupInput{IdentityStoreId: s, DisplayName: awscall.Text(reservedGroup)}
		}),
		writing("CreateGroupMembership", (*identitystore.Client).CreateGroupMembership, func(s *string) identitystore.CreateGroupMembershipInput {
			return identitystore.CreateGroupMembershipInput{IdentityStoreId: s, GroupId: &id, MemberId: member}
		}),
		writing("CreateUser", (*identitystore.Client).CreateUser, func(s *string) identitystore.CreateUserInput {
			return identitystore.CreateUserInput{IdentityStoreId: s, UserName: awscall.Text(reservedUser)}
		}),
		writing("DeleteGroup", (*identitystore.Client).DeleteGroup, func(s *string) identitystore.DeleteGroupInput {
			return identitystore.DeleteGroupInput{IdentityStoreId: s, GroupId: &id}
		}),
		writing("DeleteGroupMembership", (*identitystore.Client).DeleteGroupMembership, func(s *string) identitystore.DeleteGroupMembershipInput {
			return identitystore.DeleteGroupMembershipInput{IdentityStoreId: s, MembershipId: &id}
		}),
		writing("DeleteUser", (*identitystore.Client).DeleteUser, func(s *string) identitystore.DeleteUserInput {
			return identitystore.DeleteUserInput{IdentityStoreId: s, UserId: &id}
		}),
		writing("UpdateGroup", (*identitystore.Client).UpdateGroup, func(s *string) identitystore.UpdateGroupInput {
			return identitystore.UpdateGroupInput{IdentityStoreId: s, GroupId: &id, Operations: edit}
		}),
		writing("UpdateUser", (*identitystore.Client).UpdateUser, func(s *string) identitystore.UpdateUserInput {
			return identitystore.UpdateUserInput{IdentityStoreId: s, UserId: &id, Operations: edit}
		}),
	}
}

func reading[In, Out any](name string, m method[In, Out], in func(store *string) In) Operation {
	return trying(read(name, probing, "identitystore:"+name), m, in)
}

func writing[In, Out any](name string, m method[In, Out], in func(store *string) In) Operation {
	return trying(write(name, probing, "identitystore:"+name), m, in)
}

func trying[In, Out any](c awscall.Call, m method[In, Out], in func(store *string) In) Operation {
	return Operation{Name: c.Operation, Write: c.Write, try: func(ctx context.Context, d *api) error {
		_, err := ask(ctx, d, c, m, in(d.id()))
		return err
	}}
}

// Probe tries operations one after the other, by calls that change nothing: a
// change of what is not there, or a creation by a name that is reserved. The
// error says what keeps the credentials from an operation, and is nil for an
// answer that only somebody gets who may call it: that there is no such object,
// or that the name cannot be.
//
// It fails with fault.Invalid, once, for options without the API. An operation
// is fault.Denied where the credentials may not call it, fault.Unsupported
// where the service does not know it, and otherwise what [directory.Driver]
// methods fail with.
func Probe(ctx context.Context, o Options, operations []Operation) iter.Seq2[Operation, error] {
	return func(yield func(Operation, error) bool) {
		if _, err := identity.ParseStoreID(string(o.Store.ID)); err != nil {
			yield(Operation{}, err)
			return
		}
		if o.AWS == nil {
			yield(Operation{}, fault.Text(fault.Invalid, probing, "store "+string(o.Store.ID), "the Identity Store API is not configured"))
			return
		}
		d := &api{store: directory.Store{ID: o.Store.ID}, client: newAPI(o), line: o.Line}
		for _, op := range operations {
			err := op.try(ctx, d)
			if fault.Is(err, fault.NotFound) || fault.Is(err, fault.Invalid) || fault.Is(err, fault.Conflict) {
				err = nil
			}
			if !yield(op, err) {
				return
			}
		}
	}
}
