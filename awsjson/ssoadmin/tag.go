package ssoadmin

import (
	"fmt"

	"rollcall/awsjson"
	"rollcall/identity"
)

// Tag is a label.
type Tag struct {
	Key   *string
	Value *string
}

// The operations on tags.
type (
	// TagResourceInput is what TagResource takes; it answers nothing.
	TagResourceInput struct {
		Tagged
		Tags []Tag `json:",omitempty"`
	}
	// UntagResourceInput is what UntagResource takes; it answers nothing.
	UntagResourceInput struct {
		Tagged
		TagKeys []string `json:",omitempty"`
	}
	// ListTagsInput is what ListTagsForResource takes. It cannot say how many
	// it wants.
	ListTagsInput struct {
		Tagged
		NextToken *string `json:",omitempty"`
	}
	// ListTagsOutput is what ListTagsForResource answers.
	ListTagsOutput struct {
		Tags      []Tag
		NextToken string `json:",omitempty"`
	}
	// Tagged is what has tags: an instance, a permission set, an application.
	Tagged struct {
		InstanceArn *string `json:",omitempty"` // that of the resource, if nothing is said
		ResourceArn *string `json:",omitempty"`
	}
)

// Instance is the ARN of the instance that a checked input is about.
func (t *Tagged) Instance() string {
	if t.InstanceArn != nil {
		return *t.InstanceArn
	}
	return InstanceOf(text(t.ResourceArn))
}

func (t *Tagged) constrain(c *awsjson.Checker) {
	c.Text("instanceArn", t.InstanceArn, instanceRule)
	c.Needed("resourceArn", t.ResourceArn, resourceRule)
}

func (in *TagResourceInput) Constrain(c *awsjson.Checker) {
	in.Tagged.constrain(c)
	if c.Required("tags", in.Tags != nil) {
		tags(c, in.Tags)
	}
}

func (in *UntagResourceInput) Constrain(c *awsjson.Checker) {
	in.Tagged.constrain(c)
	const at = "tagKeys"
	if !c.Required(at, in.TagKeys != nil) {
		return
	}
	c.Length(at, len(in.TagKeys), identity.MaxTags)
	for i := range in.TagKeys[:min(len(in.TagKeys), identity.MaxTags)] {
		c.Text(awsjson.Member(at, i), &in.TagKeys[i], tagKeyRule)
	}
}

func (in *ListTagsInput) Constrain(c *awsjson.Checker) {
	in.Tagged.constrain(c)
	c.Text("nextToken", in.NextToken, tokenRule)
}

// Page is the page that is asked for.
func (in *ListTagsInput) Page() Page { return Page{NextToken: in.NextToken} }

// tags checks tags that are to be set together, which may be none.
func tags(c *awsjson.Checker, all []Tag) {
	const at = "tags"
	if len(all) > identity.MaxTags {
		c.Refuse(at, fmt.Sprintf("Member must have length less than or equal to %d", identity.MaxTags))
		return
	}
	for i, t := range all {
		c.Needed(awsjson.Member(at, i)+".key", t.Key, tagKeyRule)
		c.Needed(awsjson.Member(at, i)+".value", t.Value, tagValueRule)
	}
}

// Tags reads checked tags.
func Tags(all []Tag) []identity.Tag {
	var out []identity.Tag
	for _, t := range all {
		out = append(out, identity.Tag{Key: text(t.Key), Value: text(t.Value)})
	}
	return out
}

// TagOf writes a tag.
func TagOf(t identity.Tag) Tag { return Tag{&t.Key, &t.Value} }
