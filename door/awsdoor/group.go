package awsdoor

import (
	"context"

	"rollcall/awsjson"
	"rollcall/directory"
	"rollcall/identity"
)

// groupNames is what AWS calls a group's unique value when it is taken.
var groupNames = map[string]string{"displayName": "GroupDisplayName"}

func createGroup(ctx context.Context, s *store, in *awsjson.CreateGroupInput) (any, error) {
	if in.DisplayName == nil {
		return nil, required("displayName is a required attribute")
	}
	g, err := s.writer().CreateGroup(ctx, in.Group())
	if err != nil {
		return nil, taken(err, groupNames)
	}
	return awsjson.CreateGroupOutput{GroupRevision: awsjson.GroupRevisionOf(s.id, &g)}, nil
}

func describeGroup(ctx context.Context, s *store, in *awsjson.DescribeGroupInput) (any, error) {
	id, err := idOf(identity.KindGroup, in.GroupID)
	if err != nil {
		return nil, err
	}
	g, err := s.Group(ctx, id)
	if err != nil {
		return nil, about(err, awsjson.ResourceGroup, id)
	}
	return awsjson.GroupOf(s.id, &g), nil
}

func listGroups(ctx context.Context, s *store, in *awsjson.ListGroupsInput) (any, error) {
	var found directory.Page[identity.Group]
	value, filtered, err := filter(in.Filters, &in.Page, "DisplayName")
	switch {
	case err != nil:
		return nil, err
	case filtered:
		found.Items, err = atMostOne(s.FindGroup(ctx, directory.Key{Attribute: directory.KeyDisplayName, Value: value}))
	default:
		found, err = s.ListGroups(ctx, page(&in.Page))
	}
	if err != nil {
		return nil, badToken(err)
	}
	out := awsjson.ListGroupsOutput{Groups: make([]awsjson.Group, len(found.Items)), NextToken: found.Next}
	for i := range found.Items {
		out.Groups[i] = awsjson.GroupOf(s.id, &found.Items[i])
	}
	return out, nil
}

func updateGroup(ctx context.Context, s *store, in *awsjson.UpdateGroupInput) (any, error) {
	id, err := idOf(identity.KindGroup, in.GroupID)
	if err != nil {
		return nil, err
	}
	edits, err := awsjson.GroupEdits(in.Operations)
	if err != nil {
		return nil, err
	}
	for _, e := range edits {
		if e.Path == "displayName" && e.New == nil {
			return nil, lacking([]string{"displayname"})
		}
	}
	g, err := s.writer().UpdateGroup(ctx, id, text(in.Revision), edits)
	if err != nil {
		return nil, about(taken(err, groupNames), awsjson.ResourceGroup, id)
	}
	return awsjson.UpdateGroupOutput{GroupRevision: awsjson.GroupRevisionOf(s.id, &g)}, nil
}

func deleteGroup(ctx context.Context, s *store, in *awsjson.DeleteGroupInput) (any, error) {
	id, err := idOf(identity.KindGroup, in.GroupID)
	if err != nil {
		return nil, err
	}
	return s.gone(about(s.writer().DeleteGroup(ctx, id, text(in.Revision)), awsjson.ResourceGroup, id))
}

func getGroupID(ctx context.Context, s *store, in *awsjson.GetGroupIDInput) (any, error) {
	key, err := keyOf(in.AlternateIdentifier, directory.KeyDisplayName)
	if err != nil {
		return nil, err
	}
	g, err := s.FindGroup(ctx, key)
	if err != nil {
		return nil, about(err, awsjson.ResourceGroup, "")
	}
	return awsjson.GetGroupIDOutput{GroupRef: awsjson.GroupRefOf(s.id, g.ID)}, nil
}
