package assignmenttest

import (
	"fmt"
	"strings"
	"testing"

	"rollcall/assignment"
	"rollcall/fault"
	"rollcall/identity"
)

var tagTests = []test{
	{"TagsAreListedByKey", tagsListed},
	{"TagsAreReplacedByKey", tagsReplaced},
	{"ThingsAreMadeWithTheirTags", madeWithTags},
	{"SeventyFiveTagsAreKeptAndNoMore", seventyFiveTags},
	{"InvalidTagsAreRefused", invalidTagsRefused},
	{"TagsGoWithWhatTheyAreOn", tagsGo},
	{"OnlyWhatIsThereIsTagged", onlyWhatIsThere},
}

func (b *bench) tagged(g assignment.Tagger, arn string, want ...identity.Tag) {
	b.t.Helper()
	got, err := g.Tags(b.ctx(), arn)
	b.works("list tags", err)
	b.same("the tags", want, got)
}

func tagsListed(_ *testing.T, b *bench) {
	g, ok := able[assignment.Tagger](b)
	if !ok {
		return
	}
	instance, err := b.Driver.Describe(b.ctx())
	b.works("describe instance", err)
	for _, arn := range []string{b.permissionSet(), instance.ARN} {
		b.tagged(g, arn)
		b.works("tag", g.TagResource(b.ctx(), arn, []identity.Tag{{Key: "team", Value: "ops"}, {Key: "Kosten stelle", Value: ""}}))
		b.works("tag", g.TagResource(b.ctx(), arn, []identity.Tag{{Key: "env", Value: "Größe 1 @ a/b:c=d+e-f.g_h"}}))
		b.tagged(g, arn, identity.Tag{Key: "Kosten stelle"}, identity.Tag{Key: "env", Value: "Größe 1 @ a/b:c=d+e-f.g_h"}, identity.Tag{Key: "team", Value: "ops"})
	}
}

func tagsReplaced(_ *testing.T, b *bench) {
	g, ok := able[assignment.Tagger](b)
	if !ok {
		return
	}
	set := b.permissionSet()
	b.works("tag", g.TagResource(b.ctx(), set, []identity.Tag{{Key: "a", Value: "1"}, {Key: "b", Value: "1"}}))
	b.works("tag again", g.TagResource(b.ctx(), set, []identity.Tag{{Key: "a", Value: "2"}, {Key: "A", Value: "3"}}))
	b.tagged(g, set, identity.Tag{Key: "A", Value: "3"}, identity.Tag{Key: "a", Value: "2"}, identity.Tag{Key: "b", Value: "1"})
	b.works("untag", g.UntagResource(b.ctx(), set, []string{"a", "nothing", "", "\x00"}))
	b.tagged(g, set, identity.Tag{Key: "A", Value: "3"}, identity.Tag{Key: "b", Value: "1"})
}

func madeWithTags(_ *testing.T, b *bench) {
	g, ok := able[assignment.Tagger](b)
	tags := []identity.Tag{{Key: "a", Value: "1"}, {Key: "b", Value: "2"}}
	if e, can := b.Driver.(assignment.PermissionSetEditor); can && ok {
		s, err := e.CreatePermissionSet(b.ctx(), identity.PermissionSet{Name: "x"}, tags)
		b.works("create permission set", err)
		b.tagged(g, s.ARN, tags...)
	}
	if e, can := b.Driver.(assignment.ApplicationEditor); can && ok {
		a, err := e.CreateApplication(b.ctx(), application("x"), tags, "")
		b.works("create application", err)
		b.tagged(g, a.ARN, tags...)
	}
}

func someTags(n int) []identity.Tag {
	all := make([]identity.Tag, n)
	for i := range all {
		all[i].Key = fmt.Sprintf("key%02d", i)
	}
	return all
}

func seventyFiveTags(_ *testing.T, b *bench) {
	g, ok := able[assignment.Tagger](b)
	if !ok {
		return
	}
	set, all := b.permissionSet(), someTags(identity.MaxTags+1)
	b.works("tag", g.TagResource(b.ctx(), set, all[:identity.MaxTags]))
	b.fails("one more", g.TagResource(b.ctx(), set, all[identity.MaxTags:]), fault.Quota)
	b.works("the same again", g.TagResource(b.ctx(), set, all[:1]))
	b.tagged(g, set, all[:identity.MaxTags]...)
	b.fails("too many at once", g.TagResource(b.ctx(), b.permissionSet(), all), fault.Invalid)
}

func invalidTagsRefused(_ *testing.T, b *bench) {
	g, ok := able[assignment.Tagger](b)
	if !ok {
		return
	}
	set := b.permissionSet()
	for what, tag := range map[string]identity.Tag{
		"no key": {Value: "x"}, "129 characters": {Key: strings.Repeat("k", 129)}, "a bracket": {Key: "a(b)"},
		"a value of 257": {Key: "k", Value: strings.Repeat("v", 257)}, "a line end": {Key: "k", Value: "a\nb"},
	} {
		b.fails("tag with "+what, g.TagResource(b.ctx(), set, []identity.Tag{{Key: "good"}, tag}), fault.Invalid)
	}
	b.fails("one key twice", g.TagResource(b.ctx(), set, []identity.Tag{{Key: "k"}, {Key: "k", Value: "2"}}), fault.Invalid)
	b.tagged(g, set)
}

func tagsGo(_ *testing.T, b *bench) {
	g, ok := able[assignment.Tagger](b)
	e, can := b.Driver.(assignment.PermissionSetEditor)
	if !ok || !can {
		return
	}
	set := b.permissionSet()
	b.works("tag", g.TagResource(b.ctx(), set, someTags(1)))
	b.works("delete", e.DeletePermissionSet(b.ctx(), set))
	_, err := g.Tags(b.ctx(), set)
	b.fails("list them", err, fault.NotFound)
}

func onlyWhatIsThere(_ *testing.T, b *bench) {
	g, ok := able[assignment.Tagger](b)
	if !ok {
		return
	}
	other := b.permissionSet()
	for arn, kind := range map[string]fault.Kind{
		other[:len(other)-16] + "0000000000000000":       fault.NotFound,
		"arn:aws:sso:::instance/ssoins-0000000000000000": fault.NotFound,
		"": fault.Invalid, "arn:aws:iam::aws:policy/ReadOnlyAccess": fault.Invalid,
	} {
		_, err := g.Tags(b.ctx(), arn)
		b.fails("list those of "+arn, err, kind)
		b.fails("tag "+arn, g.TagResource(b.ctx(), arn, someTags(1)), kind)
		b.fails("untag "+arn, g.UntagResource(b.ctx(), arn, []string{"k"}), kind)
	}
}
