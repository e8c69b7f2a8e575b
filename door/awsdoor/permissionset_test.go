package awsdoor_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssoadmin"
	"github.com/aws/aws-sdk-go-v2/service/ssoadmin/types"
)

func TestAPermissionSetIsMadeChangedAndDeleted(t *testing.T) {
	c, ctx := startCenter(t, nil, 0), t.Context()
	made := must[*ssoadmin.CreatePermissionSetOutput](t, "create")(c.CreatePermissionSet(ctx, &ssoadmin.CreatePermissionSetInput{
		InstanceArn: &c.instance, Name: aws.String("Reader"), Description: aws.String("reads"), RelayState: aws.String("https://example.com/"),
		Tags: []types.Tag{{Key: aws.String("team"), Value: aws.String("")}},
	}))
	got := *made.PermissionSet
	if !strings.HasPrefix(*got.PermissionSetArn, "arn:aws:sso:::permissionSet/"+strings.TrimPrefix(c.instance, "arn:aws:sso:::instance/")+"/ps-") || got.CreatedDate.IsZero() {
		t.Errorf("it is %+v", got)
	}
	want := types.PermissionSet{
		Name: aws.String("Reader"), PermissionSetArn: got.PermissionSetArn, Description: aws.String("reads"), CreatedDate: got.CreatedDate,
		SessionDuration: aws.String("PT1H"), RelayState: aws.String("https://example.com/"),
	}
	same(t, "what is made", want, got)
	describe := func() types.PermissionSet {
		t.Helper()
		return *must[*ssoadmin.DescribePermissionSetOutput](t, "describe")(c.DescribePermissionSet(ctx, &ssoadmin.DescribePermissionSetInput{
			InstanceArn: &c.instance, PermissionSetArn: got.PermissionSetArn,
		})).PermissionSet
	}
	same(t, "what is described", want, describe())
	update := func(in ssoadmin.UpdatePermissionSetInput) {
		t.Helper()
		in.InstanceArn, in.PermissionSetArn = &c.instance, got.PermissionSetArn
		must[*ssoadmin.UpdatePermissionSetOutput](t, "update")(c.UpdatePermissionSet(ctx, &in))
	}
	update(ssoadmin.UpdatePermissionSetInput{SessionDuration: aws.String("PT12H")})
	want.SessionDuration, want.RelayState = aws.String("PT12H"), nil // an update that does not repeat it takes it away
	same(t, "what has another duration", want, describe())
	update(ssoadmin.UpdatePermissionSetInput{Description: aws.String("reads all"), RelayState: aws.String("x")})
	want.Description, want.RelayState = aws.String("reads all"), aws.String("x")
	same(t, "what has another description", want, describe())
	update(ssoadmin.UpdatePermissionSetInput{RelayState: aws.String("x")})
	same(t, "what is updated with what it has", want, describe())

	in := &ssoadmin.DeletePermissionSetInput{InstanceArn: &c.instance, PermissionSetArn: got.PermissionSetArn}
	must[*ssoadmin.DeletePermissionSetOutput](t, "delete")(c.DeletePermissionSet(ctx, in))
	refused(t, "delete again", second(c.DeletePermissionSet(ctx, in)), "ResourceNotFoundException")
}

func TestPermissionSetsComeInPages(t *testing.T) {
	c := startCenter(t, nil, 0)
	var want []string
	for i := range 5 {
		want = append(want, c.permissionSet(fmt.Sprint("Set", i)))
	}
	got := threePages(t, "permission sets", func(limit *int32, token *string) ([]string, *string, error) {
		page, err := c.ListPermissionSets(t.Context(), &ssoadmin.ListPermissionSetsInput{InstanceArn: &c.instance, MaxResults: limit, NextToken: token})
		if err != nil {
			return nil, nil, err
		}
		return page.PermissionSets, page.NextToken, nil
	})
	slices.Sort(want)
	slices.Sort(got)
	same(t, "permission sets", want, got)
}

func TestAPermissionSetThatSomebodyHasStays(t *testing.T) {
	c := startCenter(t, nil, 0)
	set := c.permissionSet("Reader")
	c.assign(types.PrincipalTypeUser, c.user("ada"), set, developer)
	in := &ssoadmin.DeletePermissionSetInput{InstanceArn: &c.instance, PermissionSetArn: &set}
	e := refused(t, "delete what is assigned", second(c.DeletePermissionSet(t.Context(), in)), "ConflictException")
	if !strings.Contains(e.ErrorMessage(), "still assigned") {
		t.Errorf("the message is %q", e.ErrorMessage())
	}
	refused(t, "a name that is taken", second(c.CreatePermissionSet(t.Context(), &ssoadmin.CreatePermissionSetInput{InstanceArn: &c.instance, Name: aws.String("READER")})), "ConflictException")
}
