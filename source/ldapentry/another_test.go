package ldapentry

import (
	"testing"

	"rollcall/source"
)

// What alone may differ between two readings of one person, so that nothing
// else about a source has to be put together anew.
func TestOnePersonDiffersInAttributesAlone(t *testing.T) {
	ann := Digest{DN: "uid=ann,dc=x", name: "uid=ann,dc=x", what: person, anchor: "a1", Attributes: source.Attributes{
		"uid": {"ann"}, "title": {"Lead"}, "primarygroupid": {"513"}, "objectsid": {"S-1-5-1"},
	}}
	attribute := func(name string, values ...string) func(*Digest) {
		return func(d *Digest) {
			d.Attributes = source.Attributes{"uid": {"ann"}, "primarygroupid": {"513"}, "objectsid": {"S-1-5-1"}}
			d.Attributes[name] = values
		}
	}
	for name, c := range map[string]struct {
		alter func(*Digest)
		same  bool
	}{
		"nothing":              {func(*Digest) {}, true},
		"a title":              {attribute("title", "Boss"), true},
		"no title":             {attribute("title"), true},
		"another uid":          {attribute("uid", "anne"), false},
		"a second uid":         {attribute("uid", "ann", "anne"), false},
		"a primary group":      {attribute("primarygroupid", "514"), false},
		"a SID":                {attribute("objectsid", "S-1-5-2"), false},
		"the name's spelling":  {func(d *Digest) { d.DN = "UID=ann,dc=x" }, false},
		"the anchor":           {func(d *Digest) { d.anchor = "a2" }, false},
		"no person any more":   {func(d *Digest) { d.what = other }, false},
		"outside":              {func(d *Digest) { d.outside = true }, false},
		"a value that is none": {func(d *Digest) { d.binary = []string{"title"} }, false},
	} {
		t.Run(name, func(t *testing.T) {
			now := ann
			c.alter(&now)
			if got := now.SamePerson(&ann); got != c.same {
				t.Errorf("%v", got)
			}
			if got := ann.SamePerson(&now); got != c.same {
				t.Errorf("the other way round: %v", got)
			}
		})
	}
}
