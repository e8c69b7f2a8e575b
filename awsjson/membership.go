package awsjson

import "rollcall/identity"

// MemberID names a member. It is a union, of one member so far: groups cannot
// be in groups.
type MemberID struct {
	UserID *string `json:"UserId,omitempty"`
}

// Membership is a membership as it is described and listed.
type Membership struct {
	MembershipRef
	GroupID  string   `json:"GroupId"`
	MemberID MemberID `json:"MemberId"`
	Written
}

// MembershipRef names a membership.
type MembershipRef struct {
	IdentityStoreID string `json:"IdentityStoreId"`
	MembershipID    string `json:"MembershipId"`
	MembershipArn   string
}

// The operations on memberships.
type (
	// CreateGroupMembershipInput is what CreateGroupMembership takes.
	CreateGroupMembershipInput struct {
		InStore
		GroupID  *string   `json:"GroupId,omitempty"`
		MemberID *MemberID `json:"MemberId,omitempty"`
	}
	// CreateGroupMembershipOutput is what CreateGroupMembership answers.
	CreateGroupMembershipOutput struct{ MembershipRef }
	// DescribeGroupMembershipInput is what DescribeGroupMembership takes; it answers a [Membership].
	DescribeGroupMembershipInput struct {
		InStore
		MembershipID *string `json:"MembershipId,omitempty"`
	}
	// DeleteGroupMembershipInput is what DeleteGroupMembership takes; it answers nothing.
	DeleteGroupMembershipInput struct {
		InStore
		MembershipID *string `json:"MembershipId,omitempty"`
	}
	// GetGroupMembershipIDInput is what GetGroupMembershipId takes.
	GetGroupMembershipIDInput CreateGroupMembershipInput
	// GetGroupMembershipIDOutput is what GetGroupMembershipId answers.
	GetGroupMembershipIDOutput struct{ MembershipRef }
	// ListGroupMembershipsInput is what ListGroupMemberships takes.
	ListGroupMembershipsInput struct {
		InStore
		Page
		GroupID *string `json:"GroupId,omitempty"`
	}
	// ListGroupMembershipsForMemberInput is what ListGroupMembershipsForMember takes.
	ListGroupMembershipsForMemberInput struct {
		InStore
		Page
		MemberID *MemberID `json:"MemberId,omitempty"`
	}
	// ListGroupMembershipsOutput is what both listings of memberships answer.
	ListGroupMembershipsOutput struct {
		GroupMemberships []Membership
		NextToken        string `json:",omitempty"`
	}
	// IsMemberInGroupsInput is what IsMemberInGroups takes.
	IsMemberInGroupsInput struct {
		InStore
		MemberID *MemberID `json:"MemberId,omitempty"`
		GroupIDs []string  `json:"GroupIds,omitempty"`
	}
	// IsMemberInGroupsOutput is what IsMemberInGroups answers, in the order asked.
	IsMemberInGroupsOutput struct{ Results []MembershipExistence }
	// MembershipExistence says whether a member is in one group.
	MembershipExistence struct {
		GroupID          string   `json:"GroupId"`
		MemberID         MemberID `json:"MemberId"`
		MembershipExists bool
	}
)

func (c *Checker) member(m *MemberID) {
	const at = "memberId"
	switch {
	case !c.Required(at, m != nil):
	case m.UserID == nil:
		c.Refuse(at, "Member must have exactly one of its members set: [UserId]")
	default:
		c.id(at+".userId", m.UserID, identity.KindUser)
	}
}

func (in *CreateGroupMembershipInput) Constrain(c *Checker) {
	in.InStore.Constrain(c)
	c.id("groupId", in.GroupID, identity.KindGroup)
	c.member(in.MemberID)
}

func (in *GetGroupMembershipIDInput) Constrain(c *Checker) {
	(*CreateGroupMembershipInput)(in).Constrain(c)
}

func (in *DescribeGroupMembershipInput) Constrain(c *Checker) {
	in.InStore.Constrain(c)
	c.id("membershipId", in.MembershipID, identity.KindMembership)
}

func (in *DeleteGroupMembershipInput) Constrain(c *Checker) {
	in.InStore.Constrain(c)
	c.id("membershipId", in.MembershipID, identity.KindMembership)
}

func (in *ListGroupMembershipsInput) Constrain(c *Checker) {
	in.InStore.Constrain(c)
	c.page(&in.Page)
	c.id("groupId", in.GroupID, identity.KindGroup)
}

func (in *ListGroupMembershipsForMemberInput) Constrain(c *Checker) {
	in.InStore.Constrain(c)
	c.page(&in.Page)
	c.member(in.MemberID)
}

func (in *IsMemberInGroupsInput) Constrain(c *Checker) {
	in.InStore.Constrain(c)
	c.member(in.MemberID)
	if c.Required("groupIds", in.GroupIDs != nil) {
		list(c, "groupIds", in.GroupIDs, identity.MaxMembers, func(at string, id *string) { c.id(at, id, identity.KindGroup) })
	}
}

// MembershipOf writes m as a membership of store.
func MembershipOf(store identity.StoreID, m *identity.Membership) Membership {
	return Membership{
		MembershipRef: MembershipRefOf(store, m.ID), GroupID: string(m.GroupID), MemberID: MemberOf(m.UserID), Written: writtenOf(&m.Meta),
	}
}

// Identity reads the membership back; it is the inverse of [MembershipOf].
func (m *Membership) Identity() identity.Membership {
	return identity.Membership{
		ID: identity.ID(m.MembershipID), GroupID: identity.ID(m.GroupID), UserID: identity.ID(get(m.MemberID.UserID)), Meta: m.Written.meta(""),
	}
}

// MembershipRefOf names a membership of store.
func MembershipRefOf(store identity.StoreID, id identity.ID) MembershipRef {
	return MembershipRef{string(store), string(id), identity.ARN(identity.KindMembership, id)}
}

// MemberOf names a user as a member.
func MemberOf(user identity.ID) MemberID {
	text := string(user)
	return MemberID{UserID: &text}
}
