package awsdoor

import (
	"context"
	"strings"

	"rollcall/awsjson"
	"rollcall/awsjson/ssoadmin"
	"rollcall/identity"
)

func tagResource(ctx context.Context, c *center, in *ssoadmin.TagResourceInput) (any, error) {
	if err := kept(*in.ResourceArn); err != nil {
		return nil, err
	}
	return nil, c.writer().TagResource(ctx, *in.ResourceArn, ssoadmin.Tags(in.Tags))
}

func untagResource(ctx context.Context, c *center, in *ssoadmin.UntagResourceInput) (any, error) {
	if err := kept(*in.ResourceArn); err != nil {
		return nil, err
	}
	return nil, c.writer().UntagResource(ctx, *in.ResourceArn, in.TagKeys)
}

func listTags(ctx context.Context, c *center, in *ssoadmin.ListTagsInput) (any, error) {
	if err := kept(*in.ResourceArn); err != nil {
		return nil, err
	}
	tags, err := c.Tags(ctx, *in.ResourceArn)
	if err != nil {
		return nil, err
	}
	p := in.Page()
	found, err := cut(ctx, c.server, "ListTagsForResource "+*in.ResourceArn, tags, func(t identity.Tag) string { return t.Key }, ssoPage(&p, ssoadmin.MaxResults))
	return ssoadmin.ListTagsOutput{Tags: written(found.Items, ssoadmin.TagOf), NextToken: found.Next}, err
}

// kept refuses what the model lets be tagged and is not kept here: trusted
// token issuers, of which there are none.
func kept(arn string) error {
	if strings.Contains(arn, ":trustedTokenIssuer/") {
		return &awsjson.Exception{Type: awsjson.TypeNotFound, Message: couldNotFind("TrustedTokenIssuer", string(identity.LastPart(arn)))}
	}
	return nil
}
