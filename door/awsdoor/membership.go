package awsdoor

import (
	"context"

	"rollcall/awsjson"
	"rollcall/directory"
	"rollcall/fault"
	"rollcall/identity"
)

func createMembership(ctx context.Context, s *store, in *awsjson.CreateGroupMembershipInput) (any, error) {
	group, user, err := pair(in.GroupID, in.MemberID)
	if err != nil {
		return nil, err
	}
	m, err := s.writer().AddMember(ctx, group, user)
	switch {
	case fault.Is(err, fault.NotFound):
		return nil, s.lacks(ctx, group, user)
	case fault.Is(err, fault.Conflict):
		return nil, &awsjson.Exception{
			Type: awsjson.TypeConflict, Message: "The member is in the group already", Reason: awsjson.ReasonUniqueness,
		}
	case err != nil:
		return nil, err
	}
	return awsjson.CreateGroupMembershipOutput{MembershipRef: awsjson.MembershipRefOf(s.id, m.ID)}, nil
}

func pair(groupRef *string, member *awsjson.MemberID) (group, user identity.ID, err error) {
	if group, err = idOf(identity.KindGroup, groupRef); err == nil {
		user, err = idOf(identity.KindUser, member.UserID)
	}
	return group, user, err
}

// lacks says which of the two is not there, in the service's words
// (aws-contract 3.6).
func (s *store) lacks(ctx context.Context, group, user identity.ID) error {
	if _, err := s.Group(ctx, group); err != nil {
		return missing(err, awsjson.ResourceGroup, group, "Group does not exist")
	}
	return &awsjson.Exception{
		Type: awsjson.TypeNotFound, Message: "Member does not exist", ResourceType: awsjson.ResourceUser, ResourceID: string(user),
	}
}

func describeMembership(ctx context.Context, s *store, in *awsjson.DescribeGroupMembershipInput) (any, error) {
	id, err := idOf(identity.KindMembership, in.MembershipID)
	if err != nil {
		return nil, err
	}
	m, err := s.Membership(ctx, id)
	if err != nil {
		return nil, about(err, awsjson.ResourceMembership, id)
	}
	return awsjson.MembershipOf(s.id, &m), nil
}

func deleteMembership(ctx context.Context, s *store, in *awsjson.DeleteGroupMembershipInput) (any, error) {
	id, err := idOf(identity.KindMembership, in.MembershipID)
	if err != nil {
		return nil, err
	}
	return s.gone(about(s.writer().RemoveMember(ctx, id), awsjson.ResourceMembership, id))
}

func getMembershipID(ctx context.Context, s *store, in *awsjson.GetGroupMembershipIDInput) (any, error) {
	group, user, err := pair(in.GroupID, in.MemberID)
	if err != nil {
		return nil, err
	}
	m, err := s.FindMembership(ctx, group, user)
	if err != nil {
		return nil, about(err, awsjson.ResourceMembership, "")
	}
	return awsjson.GetGroupMembershipIDOutput{MembershipRef: awsjson.MembershipRefOf(s.id, m.ID)}, nil
}

func listMembers(ctx context.Context, s *store, in *awsjson.ListGroupMembershipsInput) (any, error) {
	group, err := idOf(identity.KindGroup, in.GroupID)
	if err != nil {
		return nil, err
	}
	found, err := s.ListMembers(ctx, group, page(&in.Page))
	return s.memberships(found, about(badToken(err), awsjson.ResourceGroup, group))
}

func listMemberships(ctx context.Context, s *store, in *awsjson.ListGroupMembershipsForMemberInput) (any, error) {
	user, err := idOf(identity.KindUser, in.MemberID.UserID)
	if err != nil {
		return nil, err
	}
	found, err := s.ListMemberships(ctx, user, page(&in.Page))
	return s.memberships(found, about(badToken(err), awsjson.ResourceUser, user))
}

func (s *store) memberships(found directory.Page[identity.Membership], err error) (any, error) {
	if err != nil {
		return nil, err
	}
	out := awsjson.ListGroupMembershipsOutput{GroupMemberships: make([]awsjson.Membership, len(found.Items)), NextToken: found.Next}
	for i := range found.Items {
		out.GroupMemberships[i] = awsjson.MembershipOf(s.id, &found.Items[i])
	}
	return out, nil
}

// isMemberInGroups answers for each group in the order asked. A group that does
// not exist has no members; a user who does not exist is an error.
func isMemberInGroups(ctx context.Context, s *store, in *awsjson.IsMemberInGroupsInput) (any, error) {
	out := awsjson.IsMemberInGroupsOutput{Results: make([]awsjson.MembershipExistence, len(in.GroupIDs))}
	exists := false
	for i := range in.GroupIDs {
		group, user, err := pair(&in.GroupIDs[i], in.MemberID)
		if err != nil {
			return nil, err
		}
		_, err = s.FindMembership(ctx, group, user)
		if err != nil && !fault.Is(err, fault.NotFound) {
			return nil, err
		}
		exists = exists || err == nil
		out.Results[i] = awsjson.MembershipExistence{GroupID: string(group), MemberID: awsjson.MemberOf(user), MembershipExists: err == nil}
	}
	if exists {
		return out, nil
	}
	user, err := idOf(identity.KindUser, in.MemberID.UserID)
	if err == nil {
		_, err = s.User(ctx, user)
	}
	return out, about(err, awsjson.ResourceUser, user)
}
