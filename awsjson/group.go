package awsjson

import "rollcall/identity"

// Group is a group as DescribeGroup and ListGroups answer.
type Group struct {
	GroupRevision
	DisplayName *string      `json:"DisplayName,omitempty"`
	Description *string      `json:"Description,omitempty"`
	ExternalIDs []ExternalID `json:"ExternalIds,omitempty"`
	Written
}

// GroupRef names a group.
type GroupRef struct {
	IdentityStoreID string `json:"IdentityStoreId"`
	GroupID         string `json:"GroupId"`
	GroupArn        string
}

// GroupRevision names a group as it was after one write.
type GroupRevision struct {
	GroupRef
	Revision string `json:",omitempty"`
}

// The operations on groups.
type (
	// CreateGroupInput is what CreateGroup takes.
	CreateGroupInput struct {
		InStore
		DisplayName *string `json:"DisplayName,omitempty"`
		Description *string `json:"Description,omitempty"`
	}
	// CreateGroupOutput is what CreateGroup answers.
	CreateGroupOutput struct{ GroupRevision }
	// DescribeGroupInput is what DescribeGroup takes; it answers a [Group].
	DescribeGroupInput struct {
		InStore
		GroupID *string `json:"GroupId,omitempty"`
	}
	// ListGroupsInput is what ListGroups takes.
	ListGroupsInput struct {
		InStore
		Page
		Filters []Filter `json:"Filters,omitempty"`
	}
	// ListGroupsOutput is what ListGroups answers.
	ListGroupsOutput struct {
		Groups    []Group
		NextToken string `json:",omitempty"`
	}
	// UpdateGroupInput is what UpdateGroup takes.
	UpdateGroupInput struct {
		InStore
		GroupID    *string     `json:"GroupId,omitempty"`
		Operations []Operation `json:"Operations,omitempty"`
		Revision   *string     `json:"Revision,omitempty"`
	}
	// UpdateGroupOutput is what UpdateGroup answers.
	UpdateGroupOutput struct{ GroupRevision }
	// DeleteGroupInput is what DeleteGroup takes; it answers nothing.
	DeleteGroupInput struct {
		InStore
		GroupID  *string `json:"GroupId,omitempty"`
		Revision *string `json:"Revision,omitempty"`
	}
	// GetGroupIDInput is what GetGroupId takes.
	GetGroupIDInput struct {
		InStore
		AlternateIdentifier *AlternateIdentifier `json:"AlternateIdentifier,omitempty"`
	}
	// GetGroupIDOutput is what GetGroupId answers.
	GetGroupIDOutput struct{ GroupRef }
)

func (c *Checker) group(displayName, description *string) {
	c.Text("displayName", displayName, groupNameRule)
	c.sensitive("description", description)
}

func (in *CreateGroupInput) Constrain(c *Checker) {
	in.InStore.Constrain(c)
	c.group(in.DisplayName, in.Description)
}

func (in *DescribeGroupInput) Constrain(c *Checker) {
	in.InStore.Constrain(c)
	c.id("groupId", in.GroupID, identity.KindGroup)
}

func (in *ListGroupsInput) Constrain(c *Checker) {
	in.InStore.Constrain(c)
	c.page(&in.Page)
	c.filters(in.Filters)
}

func (in *UpdateGroupInput) Constrain(c *Checker) {
	in.InStore.Constrain(c)
	c.id("groupId", in.GroupID, identity.KindGroup)
	c.operations(in.Operations)
	c.Text("revision", in.Revision, revisionRule)
}

func (in *DeleteGroupInput) Constrain(c *Checker) {
	in.InStore.Constrain(c)
	c.id("groupId", in.GroupID, identity.KindGroup)
	c.Text("revision", in.Revision, revisionRule)
}

func (in *GetGroupIDInput) Constrain(c *Checker) {
	in.InStore.Constrain(c)
	c.alternate(in.AlternateIdentifier)
}

// Group reads the attributes into a group.
func (in *CreateGroupInput) Group() identity.Group {
	return identity.Group{DisplayName: get(in.DisplayName), Description: get(in.Description)}
}

// GroupOf writes g as a group of store.
func GroupOf(store identity.StoreID, g *identity.Group) Group {
	return Group{
		GroupRevision: GroupRevisionOf(store, g), DisplayName: set(g.DisplayName), Description: set(g.Description),
		ExternalIDs: externalIDsOf(g.ExternalIDs), Written: writtenOf(&g.Meta),
	}
}

// Identity reads the group back; it is the inverse of [GroupOf].
func (g *Group) Identity() identity.Group {
	return identity.Group{
		ID: identity.ID(g.GroupID), DisplayName: get(g.DisplayName), Description: get(g.Description),
		ExternalIDs: externalIDs(g.ExternalIDs), Meta: g.Written.meta(g.Revision),
	}
}

// GroupRefOf names a group of store.
func GroupRefOf(store identity.StoreID, id identity.ID) GroupRef {
	return GroupRef{string(store), string(id), identity.ARN(identity.KindGroup, id)}
}

// GroupRevisionOf names g and its revision.
func GroupRevisionOf(store identity.StoreID, g *identity.Group) GroupRevision {
	return GroupRevision{GroupRefOf(store, g.ID), g.Revision}
}
