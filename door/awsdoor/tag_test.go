package awsdoor_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssoadmin"
	"github.com/aws/aws-sdk-go-v2/service/ssoadmin/types"
)

func (c *center) tags(arn string) map[string]string {
	c.t.Helper()
	got := must[*ssoadmin.ListTagsForResourceOutput](c.t, "list tags")(c.ListTagsForResource(c.t.Context(), &ssoadmin.ListTagsForResourceInput{InstanceArn: &c.instance, ResourceArn: &arn}))
	all := map[string]string{}
	for _, t := range got.Tags {
		all[*t.Key] = *t.Value
	}
	if got.NextToken != nil {
		c.t.Errorf("%d tags go on at %s", len(all), *got.NextToken)
	}
	return all
}

func TestInstancesPermissionSetsAndApplicationsHaveTags(t *testing.T) {
	c, ctx := startCenter(t, nil, 0), t.Context()
	for what, arn := range map[string]string{"instance": c.instance, "permission set": c.permissionSet("Reader"), "application": c.newApplication("Wiki")} {
		same(t, what+" at first", map[string]string{}, c.tags(arn))
		must[*ssoadmin.TagResourceOutput](t, "tag")(c.TagResource(ctx, &ssoadmin.TagResourceInput{
			InstanceArn: &c.instance, ResourceArn: &arn, Tags: []types.Tag{{Key: aws.String("team"), Value: aws.String("one")}, {Key: aws.String("empty"), Value: aws.String("")}},
		}))
		// The instance may be left out: the resource says it.
		must[*ssoadmin.TagResourceOutput](t, "tag over")(c.TagResource(ctx, &ssoadmin.TagResourceInput{ResourceArn: &arn, Tags: []types.Tag{{Key: aws.String("team"), Value: aws.String("two")}}}))
		must[*ssoadmin.TagResourceOutput](t, "tag with nothing")(c.TagResource(ctx, &ssoadmin.TagResourceInput{ResourceArn: &arn, Tags: []types.Tag{}}))
		same(t, what, map[string]string{"team": "two", "empty": ""}, c.tags(arn))
		for range 2 {
			must[*ssoadmin.UntagResourceOutput](t, "untag")(c.UntagResource(ctx, &ssoadmin.UntagResourceInput{ResourceArn: &arn, TagKeys: []string{"team", "never"}}))
		}
		same(t, what+" in the end", map[string]string{"empty": ""}, c.tags(arn))
	}
}

func TestAResourceHasAtMostSeventyFiveTags(t *testing.T) {
	c, ctx := startCenter(t, nil, 0), t.Context()
	set := c.permissionSet("Reader")
	tags := make([]types.Tag, 75)
	for i := range tags {
		tags[i] = types.Tag{Key: aws.String(fmt.Sprint(i)), Value: aws.String("")}
	}
	must[*ssoadmin.TagResourceOutput](t, "tag")(c.TagResource(ctx, &ssoadmin.TagResourceInput{ResourceArn: &set, Tags: tags}))
	if n := len(c.tags(set)); n != 75 {
		t.Errorf("%d tags", n)
	}
	err := second(c.TagResource(ctx, &ssoadmin.TagResourceInput{ResourceArn: &set, Tags: []types.Tag{{Key: aws.String("one more"), Value: aws.String("")}}}))
	refused(t, "one more", err, "ServiceQuotaExceededException")
	err = second(c.TagResource(ctx, &ssoadmin.TagResourceInput{ResourceArn: &set, Tags: []types.Tag{tags[0], tags[0]}}))
	refused(t, "one twice", err, "ValidationException")
	err = second(c.ListTagsForResource(ctx, &ssoadmin.ListTagsForResourceInput{ResourceArn: &set, NextToken: aws.String("AAAA")}))
	if e := refused(t, "a token of nobody's", err, "ValidationException"); !strings.Contains(e.ErrorMessage(), "nextToken") {
		t.Errorf("the message is %q", e.ErrorMessage())
	}
}

func TestATrustedTokenIssuerHasNoTagsHere(t *testing.T) {
	c := startCenter(t, nil, 0)
	arn := strings.Replace(c.instance, ":::instance/", "::"+account+":trustedTokenIssuer/", 1) + "/tti-" + nobody
	for operation, rest := range map[string]string{"ListTagsForResource": ``, "TagResource": `,"Tags":[]`, "UntagResource": `,"TagKeys":["k"]`} {
		got := c.sso(operation, `{"ResourceArn":"`+arn+`"`+rest+`}`)
		if got.raw != `{"__type":"ResourceNotFoundException","Message":"Could not find TrustedTokenIssuer with id tti-`+nobody+`"}` {
			t.Errorf("%s: %s", operation, got.raw)
		}
	}
}
