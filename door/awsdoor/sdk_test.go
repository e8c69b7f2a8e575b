package awsdoor_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/identitystore"
	"github.com/aws/aws-sdk-go-v2/service/identitystore/document"
	"github.com/aws/aws-sdk-go-v2/service/identitystore/types"
)

const enterprise = "aws:identitystore:enterprise"

func ada(userName string) *identitystore.CreateUserInput {
	return &identitystore.CreateUserInput{
		IdentityStoreId: aws.String(storeID), UserName: aws.String(userName), DisplayName: aws.String("Ada Lovelace"),
		Name: &types.Name{GivenName: aws.String("Ada"), FamilyName: aws.String("Lovelace")},
	}
}

// whole is a user with every member that CreateUser takes.
func whole(userName string) *identitystore.CreateUserInput {
	in := ada(userName)
	in.Name.MiddleName, in.Name.Formatted = aws.String("King"), aws.String("Dr. Ada King Lovelace II")
	in.Name.HonorificPrefix, in.Name.HonorificSuffix = aws.String("Dr."), aws.String("II")
	in.NickName, in.ProfileUrl, in.UserType, in.Title = aws.String("ada"), aws.String("https://example.com/~ada?a=1&b=2"), aws.String("Employee"), aws.String("Countess <&>")
	in.PreferredLanguage, in.Locale, in.Timezone = aws.String("en-GB"), aws.String("en_GB"), aws.String("Europe/London")
	in.Website, in.Birthdate = aws.String("https://example.com"), aws.String("1815-12-10")
	in.Emails = []types.Email{{Value: aws.String(userName + "@example.com"), Type: aws.String("work"), Primary: true}}
	in.PhoneNumbers = []types.PhoneNumber{{Value: aws.String("+44 20 1234"), Type: aws.String("work")}}
	in.Roles = []types.Role{{Value: aws.String("analyst"), Type: aws.String("work"), Primary: true}}
	in.Photos = []types.Photo{{Value: aws.String("https://example.com/1.png"), Type: aws.String("photo"), Display: aws.String("portrait"), Primary: true}, {Value: aws.String("https://example.com/2.png")}}
	in.Addresses = []types.Address{{
		StreetAddress: aws.String("12 St James's Square\nLondon"), Locality: aws.String("London"), Region: aws.String("LND"),
		PostalCode: aws.String("SW1Y"), Country: aws.String("GB"), Formatted: aws.String("12 St James's Square"), Type: aws.String("home"), Primary: true,
	}}
	in.Extensions = map[string]document.Interface{enterprise: document.NewLazyDocument(extension())}
	return in
}

func extension() map[string]any {
	return map[string]any{
		"employeeNumber": "42", "costCenter": "4130", "organization": "Example", "division": "Engines", "department": "Notes",
		"manager": map[string]any{"value": "u-1"},
	}
}

func TestAUserComesBackAsItWasCreated(t *testing.T) {
	s := start(t, nil)
	in := whole("ada")
	made := must[*identitystore.CreateUserOutput](t, "create user")(s.client.CreateUser(t.Context(), in))
	if *made.IdentityStoreId != storeID || *made.UserArn != "arn:aws:identitystore:::user/"+*made.UserId || *made.Revision == "" {
		t.Errorf("created %s, %s, revision %q", *made.IdentityStoreId, *made.UserArn, *made.Revision)
	}
	for _, ref := range []*string{made.UserId, made.UserArn} {
		got := must[*identitystore.DescribeUserOutput](t, "describe user")(s.client.DescribeUser(t.Context(), &identitystore.DescribeUserInput{
			IdentityStoreId: aws.String("arn:aws:identitystore::" + account + ":identitystore/" + storeID), UserId: ref, Extensions: []string{enterprise},
		}))
		same(t, "names", []*string{in.UserName, in.DisplayName, in.Name.GivenName, in.Name.MiddleName, in.Name.FamilyName, in.Name.Formatted, in.Name.HonorificPrefix, in.Name.HonorificSuffix},
			[]*string{got.UserName, got.DisplayName, got.Name.GivenName, got.Name.MiddleName, got.Name.FamilyName, got.Name.Formatted, got.Name.HonorificPrefix, got.Name.HonorificSuffix})
		same(t, "texts", []*string{in.NickName, in.ProfileUrl, in.UserType, in.Title, in.PreferredLanguage, in.Locale, in.Timezone, in.Website, in.Birthdate},
			[]*string{got.NickName, got.ProfileUrl, got.UserType, got.Title, got.PreferredLanguage, got.Locale, got.Timezone, got.Website, got.Birthdate})
		same(t, "lists", []any{in.Emails, in.PhoneNumbers, in.Roles, in.Photos, in.Addresses}, []any{got.Emails, got.PhoneNumbers, got.Roles, got.Photos, got.Addresses})
		var back map[string]any
		if err := got.Extensions[enterprise].UnmarshalSmithyDocument(&back); err != nil {
			t.Fatal(err)
		}
		same(t, "extension", extension(), back)
		if got.UserStatus != types.UserStatusEnabled || got.CreatedAt.IsZero() || !got.CreatedAt.Equal(*got.UpdatedAt) || *got.CreatedBy != "aws/Tester/tester" || *got.Revision != *made.Revision {
			t.Errorf("status %s, created %v by %s, revision %s", got.UserStatus, got.CreatedAt, *got.CreatedBy, *got.Revision)
		}
	}
	bare := must[*identitystore.DescribeUserOutput](t, "describe user")(s.client.DescribeUser(t.Context(), &identitystore.DescribeUserInput{IdentityStoreId: aws.String(storeID), UserId: made.UserId}))
	if bare.Extensions != nil {
		t.Error("the extension is there without being asked for")
	}
}

func TestAttributesAreSetReplacedAndUnset(t *testing.T) {
	s := start(t, nil)
	made := must[*identitystore.CreateUserOutput](t, "create user")(s.client.CreateUser(t.Context(), whole("ada")))
	doc := func(v any) document.Interface { return document.NewLazyDocument(v) }
	set := func(path string, v any) types.AttributeOperation {
		return types.AttributeOperation{AttributePath: aws.String(path), AttributeValue: doc(v)}
	}
	changed := must[*identitystore.UpdateUserOutput](t, "update user")(s.client.UpdateUser(t.Context(), &identitystore.UpdateUserInput{
		IdentityStoreId: aws.String(storeID), UserId: made.UserArn, Revision: made.Revision,
		Operations: []types.AttributeOperation{
			set("displayName", "Ada K"), set("UserName", "ada2"), set("name.familyName", "King"), set("title", nil),
			{AttributePath: aws.String("nickName")},
			set("emails", []map[string]any{{"value": "a@b.c", "type": "work", "primary": true}}), set("photos", nil),
			set("aws:identitystore:enterprise.department", "Poetry"), set("aws:identitystore:enterprise.manager", map[string]any{"value": "u-2"}),
			set("aws:identitystore:enterprise.division", nil),
		},
	}))
	if *changed.Revision == *made.Revision || *changed.UserId != *made.UserId || *changed.UserArn != *made.UserArn {
		t.Errorf("changed %s to revision %s", *changed.UserId, *changed.Revision)
	}
	got := must[*identitystore.DescribeUserOutput](t, "describe user")(s.client.DescribeUser(t.Context(), &identitystore.DescribeUserInput{
		IdentityStoreId: aws.String(storeID), UserId: made.UserId, Extensions: []string{enterprise},
	}))
	if *got.DisplayName != "Ada K" || *got.UserName != "ada2" || *got.Name.FamilyName != "King" || got.Title != nil || got.NickName != nil || got.Photos != nil || *got.Emails[0].Value != "a@b.c" || *got.Locale != "en_GB" {
		t.Errorf("now it is %+v", got)
	}
	var back map[string]any
	if err := got.Extensions[enterprise].UnmarshalSmithyDocument(&back); err != nil {
		t.Fatal(err)
	}
	same(t, "extension", map[string]any{
		"employeeNumber": "42", "costCenter": "4130", "organization": "Example", "department": "Poetry", "manager": map[string]any{"value": "u-2"},
	}, back)

	stale := refused(t, "update as first read", second(s.client.UpdateUser(t.Context(), &identitystore.UpdateUserInput{
		IdentityStoreId: aws.String(storeID), UserId: made.UserId, Revision: made.Revision, Operations: []types.AttributeOperation{set("title", "x")},
	})), "ConflictException")
	if conflict := stale.(*types.ConflictException); conflict.Reason != types.ConflictExceptionReasonConcurrentModification {
		t.Errorf("the reason is %s", conflict.Reason)
	}
	refused(t, "delete as first read", second(s.client.DeleteUser(t.Context(), &identitystore.DeleteUserInput{IdentityStoreId: aws.String(storeID), UserId: made.UserId, Revision: made.Revision})), "ConflictException")
	must[*identitystore.DeleteUserOutput](t, "delete user")(s.client.DeleteUser(t.Context(), &identitystore.DeleteUserInput{IdentityStoreId: aws.String(storeID), UserId: made.UserId, Revision: changed.Revision}))
}

func TestAGroupIsMadeFoundChangedAndDeleted(t *testing.T) {
	s := start(t, nil)
	ctx := t.Context()
	made := must[*identitystore.CreateGroupOutput](t, "create group")(s.client.CreateGroup(ctx, &identitystore.CreateGroupInput{
		IdentityStoreId: aws.String(storeID), DisplayName: aws.String("Staff"), Description: aws.String("everybody"),
	}))
	found := must[*identitystore.GetGroupIdOutput](t, "get group id")(s.client.GetGroupId(ctx, &identitystore.GetGroupIdInput{
		IdentityStoreId: aws.String(storeID), AlternateIdentifier: unique("displayName", "staff"),
	}))
	if *found.GroupId != *made.GroupId || *found.GroupArn != *made.GroupArn {
		t.Errorf("found %s, want %s", *found.GroupId, *made.GroupId)
	}
	changed := must[*identitystore.UpdateGroupOutput](t, "update group")(s.client.UpdateGroup(ctx, &identitystore.UpdateGroupInput{
		IdentityStoreId: aws.String(storeID), GroupId: made.GroupArn, Revision: made.Revision,
		Operations: []types.AttributeOperation{
			{AttributePath: aws.String("displayName"), AttributeValue: document.NewLazyDocument("All staff")}, {AttributePath: aws.String("description")},
		},
	}))
	got := must[*identitystore.DescribeGroupOutput](t, "describe group")(s.client.DescribeGroup(ctx, &identitystore.DescribeGroupInput{IdentityStoreId: aws.String(storeID), GroupId: made.GroupArn}))
	if *got.DisplayName != "All staff" || got.Description != nil || *got.Revision != *changed.Revision || *got.GroupArn != *made.GroupArn {
		t.Errorf("now it is %+v", got)
	}
	listed := must[*identitystore.ListGroupsOutput](t, "list groups")(s.client.ListGroups(ctx, &identitystore.ListGroupsInput{
		IdentityStoreId: aws.String(storeID), Filters: []types.Filter{{AttributePath: aws.String("DisplayName"), AttributeValue: aws.String("All staff")}},
	}))
	if len(listed.Groups) != 1 || *listed.Groups[0].GroupId != *made.GroupId {
		t.Errorf("the filter finds %d groups", len(listed.Groups))
	}
	must[*identitystore.DeleteGroupOutput](t, "delete group")(s.client.DeleteGroup(ctx, &identitystore.DeleteGroupInput{IdentityStoreId: aws.String(storeID), GroupId: made.GroupId, Revision: changed.Revision}))
	refused(t, "describe it again", second(s.client.DescribeGroup(ctx, &identitystore.DescribeGroupInput{IdentityStoreId: aws.String(storeID), GroupId: made.GroupId})), "ResourceNotFoundException")
}

func TestMembershipsAreMadeFoundListedAndDeleted(t *testing.T) {
	s := start(t, nil)
	ctx := t.Context()
	user := must[*identitystore.CreateUserOutput](t, "create user")(s.client.CreateUser(ctx, ada("ada")))
	member := &types.MemberIdMemberUserId{Value: *user.UserId}
	var groups, ids []string
	for i := range 5 {
		g := must[*identitystore.CreateGroupOutput](t, "create group")(s.client.CreateGroup(ctx, &identitystore.CreateGroupInput{IdentityStoreId: aws.String(storeID), DisplayName: aws.String(fmt.Sprint("group ", i))}))
		groups = append(groups, *g.GroupId)
		if i == 4 {
			continue
		}
		m := must[*identitystore.CreateGroupMembershipOutput](t, "create membership")(s.client.CreateGroupMembership(ctx, &identitystore.CreateGroupMembershipInput{
			IdentityStoreId: aws.String(storeID), GroupId: g.GroupArn, MemberId: member,
		}))
		ids = append(ids, *m.MembershipId)
	}
	got := must[*identitystore.DescribeGroupMembershipOutput](t, "describe membership")(s.client.DescribeGroupMembership(ctx, &identitystore.DescribeGroupMembershipInput{
		IdentityStoreId: aws.String(storeID), MembershipId: aws.String("arn:aws:identitystore:::membership/" + ids[0]),
	}))
	if *got.GroupId != groups[0] || got.MemberId.(*types.MemberIdMemberUserId).Value != *user.UserId || *got.MembershipId != ids[0] || got.CreatedAt.IsZero() {
		t.Errorf("described %+v", got)
	}
	id := must[*identitystore.GetGroupMembershipIdOutput](t, "get membership id")(s.client.GetGroupMembershipId(ctx, &identitystore.GetGroupMembershipIdInput{
		IdentityStoreId: aws.String(storeID), GroupId: aws.String(groups[1]), MemberId: member,
	}))
	if *id.MembershipId != ids[1] || *id.MembershipArn != "arn:aws:identitystore:::membership/"+ids[1] {
		t.Errorf("got id %s, want %s", *id.MembershipId, ids[1])
	}
	is := must[*identitystore.IsMemberInGroupsOutput](t, "is member")(s.client.IsMemberInGroups(ctx, &identitystore.IsMemberInGroupsInput{
		IdentityStoreId: aws.String(storeID), MemberId: member, GroupIds: []string{groups[4], groups[0], groups[4], groups[2]},
	}))
	var exist []bool
	for i, r := range is.Results {
		exist = append(exist, r.MembershipExists)
		if want := []string{groups[4], groups[0], groups[4], groups[2]}[i]; *r.GroupId != want {
			t.Errorf("result %d is about %s, want %s", i, *r.GroupId, want)
		}
	}
	same(t, "who is a member", []bool{false, true, false, true}, exist)

	var ofMember []string
	pages := identitystore.NewListGroupMembershipsForMemberPaginator(s.client, &identitystore.ListGroupMembershipsForMemberInput{IdentityStoreId: aws.String(storeID), MemberId: member, MaxResults: aws.Int32(3)})
	for pages.HasMorePages() {
		page := must[*identitystore.ListGroupMembershipsForMemberOutput](t, "list memberships")(pages.NextPage(ctx))
		for _, m := range page.GroupMemberships {
			ofMember = append(ofMember, *m.MembershipId)
		}
	}
	slices.Sort(ofMember)
	same(t, "memberships of the member", slices.Sorted(slices.Values(ids)), ofMember)
	ofGroup := must[*identitystore.ListGroupMembershipsOutput](t, "list members")(s.client.ListGroupMemberships(ctx, &identitystore.ListGroupMembershipsInput{IdentityStoreId: aws.String(storeID), GroupId: aws.String(groups[2])}))
	if len(ofGroup.GroupMemberships) != 1 || *ofGroup.GroupMemberships[0].MembershipArn != "arn:aws:identitystore:::membership/"+ids[2] {
		t.Errorf("members %+v", ofGroup.GroupMemberships)
	}
	must[*identitystore.DeleteGroupMembershipOutput](t, "delete membership")(s.client.DeleteGroupMembership(ctx, &identitystore.DeleteGroupMembershipInput{IdentityStoreId: aws.String(storeID), MembershipId: aws.String(ids[0])}))
	refused(t, "describe it again", second(s.client.DescribeGroupMembership(ctx, &identitystore.DescribeGroupMembershipInput{IdentityStoreId: aws.String(storeID), MembershipId: aws.String(ids[0])})), "ResourceNotFoundException")
}
