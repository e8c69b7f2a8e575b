package awsassignment

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssoadmin"
	"github.com/aws/aws-sdk-go-v2/service/ssoadmin/types"

	"rollcall/assignment"
	"rollcall/awscall"
	"rollcall/fault"
	"rollcall/identity"
)

// Tags reads the tags of a permission set, an application or the instance.
func (d *Driver) Tags(ctx context.Context, arn string) ([]identity.Tag, error) {
	const op = "list tags"
	if err := d.resource(op, arn); err != nil {
		return nil, err
	}
	all, err := every(ctx, op, func(ctx context.Context, p assignment.PageRequest) (assignment.Page[identity.Tag], error) {
		out, err := ask(ctx, d, read("ListTagsForResource", op, onResource(arn)), (*ssoadmin.Client).ListTagsForResource,
			ssoadmin.ListTagsForResourceInput{InstanceArn: &d.arn, ResourceArn: &arn, NextToken: awscall.Text(p.Token)})
		if err != nil {
			return assignment.Page[identity.Tag]{}, err
		}
		return paged(out.Tags, out.NextToken, func(w *types.Tag) (identity.Tag, error) {
			return identity.Tag{Key: aws.ToString(w.Key), Value: aws.ToString(w.Value)}, nil
		})
	})
	slices.SortFunc(all, func(a, b identity.Tag) int { return cmp.Compare(a.Key, b.Key) })
	return all, err
}

// TagResource sets tags.
func (d *Driver) TagResource(ctx context.Context, arn string, tags []identity.Tag) error {
	const op = "tag resource"
	if err := d.resource(op, arn); err != nil {
		return err
	}
	if err := identity.CheckTags(tags); err != nil {
		return err
	}
	_, err := ask(ctx, d, write("TagResource", op, onResource(arn)), (*ssoadmin.Client).TagResource,
		ssoadmin.TagResourceInput{InstanceArn: &d.arn, ResourceArn: &arn, Tags: append([]types.Tag{}, tagList(tags)...)})
	return err
}

// UntagResource takes tags away, at most [identity.MaxTags] at once. Nothing is
// tagged with what cannot be a key, so AWS is not told of it; without any key
// that can be one it is not asked at all.
func (d *Driver) UntagResource(ctx context.Context, arn string, keys []string) error {
	const op = "untag resource"
	if err := d.resource(op, arn); err != nil {
		return err
	}
	possible := slices.DeleteFunc(slices.Clone(keys), func(key string) bool {
		return identity.CheckTags([]identity.Tag{{Key: key}}) != nil
	})
	switch {
	case len(possible) == 0:
		return nil
	case len(possible) > identity.MaxTags:
		return fault.Text(fault.Invalid, op, "field keys", fmt.Sprintf("%d keys, at most %d", len(possible), identity.MaxTags))
	}
	_, err := ask(ctx, d, write("UntagResource", op, onResource(arn)), (*ssoadmin.Client).UntagResource,
		ssoadmin.UntagResourceInput{InstanceArn: &d.arn, ResourceArn: &arn, TagKeys: possible})
	return err
}

func tagList(tags []identity.Tag) []types.Tag {
	var all []types.Tag
	for _, t := range tags {
		all = append(all, types.Tag{Key: &t.Key, Value: &t.Value})
	}
	return all
}

func onResource(arn string) string { return "resource " + string(identity.LastPart(arn)) }
