package main

import (
	"errors"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/identitystore"
	"github.com/aws/aws-sdk-go-v2/service/identitystore/document"
	"github.com/aws/aws-sdk-go-v2/service/identitystore/types"
)

// gone makes success of an object that is not there.
func gone(err error) error {
	if notThere := (*types.ResourceNotFoundException)(nil); errors.As(err, &notThere) {
		return nil
	}
	return err
}

// own is the part of an Identity Store resource's id that names the object.
func own(id string) *string {
	_, name, _ := strings.Cut(id, "/")
	return &name
}

func set(path string, value any) types.AttributeOperation {
	return types.AttributeOperation{AttributePath: &path, AttributeValue: document.NewLazyDocument(value)}
}

// tfUser is aws_identitystore_user.
type tfUser struct{}

func (tfUser) create(p *provider) (string, error) {
	made, err := p.ids.CreateUser(p.t.Context(), &identitystore.CreateUserInput{
		IdentityStoreId: &p.store, UserName: aws.String("ann"), DisplayName: aws.String("Ann Lee"), Title: aws.String("Engineer"), NickName: aws.String("an"),
		Name:         &types.Name{GivenName: aws.String("Ann"), FamilyName: aws.String("Lee")},
		Emails:       []types.Email{{Value: aws.String("ann@example.com"), Type: aws.String("work"), Primary: true}},
		PhoneNumbers: []types.PhoneNumber{{Value: aws.String("+44 20 1234")}},
		Addresses:    []types.Address{{Locality: aws.String("London"), Country: aws.String("GB")}},
	})
	if err != nil {
		return "", err
	}
	return p.store + "/" + *made.UserId, nil
}

func (tfUser) read(p *provider, id string) (state, error) {
	u, err := p.ids.DescribeUser(p.t.Context(), &identitystore.DescribeUserInput{IdentityStoreId: &p.store, UserId: own(id)})
	if err != nil {
		return nil, gone(err)
	}
	s := state{
		"user_id": *u.UserId, "identity_store_id": *u.IdentityStoreId, "user_name": *u.UserName, "display_name": *u.DisplayName,
		"title": aws.ToString(u.Title), "nickname": aws.ToString(u.NickName), "given_name": *u.Name.GivenName, "family_name": *u.Name.FamilyName,
		"middle_name": aws.ToString(u.Name.MiddleName), "external_ids": strconv.Itoa(len(u.ExternalIds)),
	}
	for _, e := range u.Emails {
		s["email"] = strings.Join([]string{aws.ToString(e.Value), aws.ToString(e.Type), strconv.FormatBool(e.Primary)}, " ")
	}
	for _, n := range u.PhoneNumbers {
		s["phone_number"] = strings.Join([]string{aws.ToString(n.Value), aws.ToString(n.Type), strconv.FormatBool(n.Primary)}, " ")
	}
	for _, a := range u.Addresses {
		s["address"] = strings.Join([]string{aws.ToString(a.Locality), aws.ToString(a.Country), strconv.FormatBool(a.Primary)}, " ")
	}
	return s, nil
}

// update unsets by null, and gives lists as documents without what is not set.
func (tfUser) update(p *provider, id string) error {
	_, err := p.ids.UpdateUser(p.t.Context(), &identitystore.UpdateUserInput{
		IdentityStoreId: &p.store, UserId: own(id), Operations: []types.AttributeOperation{
			set("displayName", "Ann Ray"), set("name.familyName", "Ray"), set("name.middleName", "May"), set("nickName", nil), set("title", "Lead"),
			set("addresses", []any{map[string]any{"locality": "Leeds", "primary": false}}),
			set("emails", []any{map[string]any{"primary": true, "type": "work", "value": "ann.ray@example.com"}}),
			set("phoneNumbers", nil),
		},
	})
	return err
}

func (tfUser) delete(p *provider, id string) error {
	_, err := p.ids.DeleteUser(p.t.Context(), &identitystore.DeleteUserInput{IdentityStoreId: &p.store, UserId: own(id)})
	return gone(err)
}

// tfGroup is aws_identitystore_group.
type tfGroup struct{}

func (tfGroup) create(p *provider) (string, error) {
	made, err := p.ids.CreateGroup(p.t.Context(), &identitystore.CreateGroupInput{
		IdentityStoreId: &p.store, DisplayName: aws.String("Staff"), Description: aws.String("everybody"),
	})
	if err != nil {
		return "", err
	}
	return *made.IdentityStoreId + "/" + *made.GroupId, nil
}

func (tfGroup) read(p *provider, id string) (state, error) {
	g, err := p.ids.DescribeGroup(p.t.Context(), &identitystore.DescribeGroupInput{IdentityStoreId: &p.store, GroupId: own(id)})
	if err != nil {
		return nil, gone(err)
	}
	return state{
		"group_id": *g.GroupId, "identity_store_id": *g.IdentityStoreId, "display_name": *g.DisplayName, "description": aws.ToString(g.Description),
		"external_ids": strconv.Itoa(len(g.ExternalIds)),
	}, nil
}

func (tfGroup) update(p *provider, id string) error {
	_, err := p.ids.UpdateGroup(p.t.Context(), &identitystore.UpdateGroupInput{
		IdentityStoreId: &p.store, GroupId: own(id), Operations: []types.AttributeOperation{set("displayName", "All staff")},
	})
	return err
}

func (tfGroup) delete(p *provider, id string) error {
	_, err := p.ids.DeleteGroup(p.t.Context(), &identitystore.DeleteGroupInput{IdentityStoreId: &p.store, GroupId: own(id)})
	return gone(err)
}

// tfMembership is aws_identitystore_group_membership.
type tfMembership struct {
	replaced
	group, user *block
}

func (m tfMembership) create(p *provider) (string, error) {
	made, err := p.ids.CreateGroupMembership(p.t.Context(), &identitystore.CreateGroupMembershipInput{
		IdentityStoreId: &p.store, GroupId: own(m.group.id), MemberId: &types.MemberIdMemberUserId{Value: *own(m.user.id)},
	})
	if err != nil {
		return "", err
	}
	return p.store + "/" + *made.MembershipId, nil
}

func (tfMembership) read(p *provider, id string) (state, error) {
	m, err := p.ids.DescribeGroupMembership(p.t.Context(), &identitystore.DescribeGroupMembershipInput{IdentityStoreId: &p.store, MembershipId: own(id)})
	if err != nil {
		return nil, gone(err)
	}
	return state{
		"group_id": *m.GroupId, "identity_store_id": *m.IdentityStoreId, "membership_id": *m.MembershipId,
		"member_id": m.MemberId.(*types.MemberIdMemberUserId).Value,
	}, nil
}

func (tfMembership) delete(p *provider, id string) error {
	_, err := p.ids.DeleteGroupMembership(p.t.Context(), &identitystore.DeleteGroupMembershipInput{IdentityStoreId: &p.store, MembershipId: own(id)})
	return gone(err)
}

// found reads the data sources of a user and a group by what is unique of them.
func (p *provider) found(user, group *block) {
	p.t.Helper()
	by := func(path, value string) types.AlternateIdentifier {
		return &types.AlternateIdentifierMemberUniqueAttribute{
			Value: types.UniqueAttribute{AttributePath: &path, AttributeValue: document.NewLazyDocument(value)},
		}
	}
	u, err := p.ids.GetUserId(p.t.Context(), &identitystore.GetUserIdInput{IdentityStoreId: &p.store, AlternateIdentifier: by("UserName", user.state["user_name"])})
	if err != nil || *u.UserId != user.name() {
		p.t.Errorf("the user is found as %v: %v", u, err)
	}
	g, err := p.ids.GetGroupId(p.t.Context(), &identitystore.GetGroupIdInput{IdentityStoreId: &p.store, AlternateIdentifier: by("DisplayName", group.state["display_name"])})
	if err != nil || *g.GroupId != group.name() {
		p.t.Errorf("the group is found as %v: %v", g, err)
	}
}
