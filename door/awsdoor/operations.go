package awsdoor

import (
	"context"
	"errors"

	"rollcall/awsjson"
	"rollcall/directory"
	"rollcall/fault"
	"rollcall/identity"
)

// identityStore is every operation of the service (aws-contract 3.1 and 3.3).
var identityStore = map[string]operation{
	"CreateUser":   onStore(createUser),
	"DescribeUser": onStore(describeUser),
	"ListUsers":    onStore(listUsers),
	"UpdateUser":   onStore(updateUser),
	"DeleteUser":   onStore(deleteUser),
	"GetUserId":    onStore(getUserID),

	"CreateGroup":   onStore(createGroup),
	"DescribeGroup": onStore(describeGroup),
	"ListGroups":    onStore(listGroups),
	"UpdateGroup":   onStore(updateGroup),
	"DeleteGroup":   onStore(deleteGroup),
	"GetGroupId":    onStore(getGroupID),

	"CreateGroupMembership":         onStore(createMembership),
	"DescribeGroupMembership":       onStore(describeMembership),
	"DeleteGroupMembership":         onStore(deleteMembership),
	"GetGroupMembershipId":          onStore(getMembershipID),
	"ListGroupMemberships":          onStore(listMembers),
	"ListGroupMembershipsForMember": onStore(listMemberships),
	"IsMemberInGroups":              onStore(isMemberInGroups),

	"ListIdentityStores":    listIdentityStores,
	"DescribeIdentityStore": onStore(describeStore),
	"UpdateIdentityStore":   onStore(updateStore),
}

// store is the identity store that a request is about.
type store struct {
	*directory.Directory
	id     identity.StoreID
	server *Server
	call   call
}

func (s *store) writer() *directory.Writer { return directory.WriterFor(s.Directory) }

// input is what an operation on a store takes.
type input[In any] interface {
	*In
	awsjson.Input
	Store() *string
}

// onStore makes an operation of a function that answers it in one store.
func onStore[In any, P input[In]](fn func(ctx context.Context, s *store, in P) (any, error)) operation {
	return func(ctx context.Context, s *Server, c call, body []byte) (any, error) {
		in := P(new(In))
		if err := awsjson.DecodeInput(body, in); err != nil {
			return nil, err
		}
		at, err := s.store(ctx, c, *in.Store())
		if err != nil {
			return nil, err
		}
		return fn(ctx, at, in)
	}
}

// store opens the store that a request names, if the caller may reach it from
// where they are.
func (s *Server) store(ctx context.Context, c call, ref string) (*store, error) {
	account, id, err := awsjson.ParseStore(ref)
	if err != nil {
		return nil, err
	}
	if account != "" {
		if owner, err := s.owner(ctx, id); err == nil && account != owner { // a store that is not there is missing below
			return nil, denied(c, "on another account's identity store")
		}
	}
	found, err := s.Stores.Open(ctx, id)
	if err != nil {
		return nil, missing(err, awsjson.ResourceStore, identity.ID(id), "IdentityStore not present for IdentityStoreId: "+string(id))
	}
	n, err := found.Network(ctx)
	if err != nil && !fault.Is(err, fault.Unsupported) {
		return nil, err
	}
	if !n.AllowsAPI(c.origin) {
		return nil, denied(c, "from this address, because of the identity store's network configuration")
	}
	return &store{found, id, s, c}, nil
}

// gone turns the deletion of what is not there into success where the server
// is told to.
func (s *store) gone(err error) (any, error) {
	e, ok := errors.AsType[*awsjson.Exception](err)
	if ok && e.Type == awsjson.TypeNotFound && s.server.IdempotentDeletes {
		return nil, nil
	}
	return nil, err
}

// page is the page a listing is asked for: 100 items unless it says less.
func page(p *awsjson.Page) directory.PageRequest {
	request := directory.PageRequest{Limit: identity.MaxMembers}
	if p.MaxResults != nil {
		request.Limit = *p.MaxResults
	}
	if p.NextToken != nil {
		request.Token = *p.NextToken
	}
	return request
}

// idOf is the id that a checked reference names.
func idOf(kind identity.Kind, ref *string) (identity.ID, error) { return identity.ParseID(kind, *ref) }

func text(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}
