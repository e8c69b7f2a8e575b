package ldapsource

import (
	"testing"

	"rollcall/source"
	"rollcall/source/ldapsource/ldaptest"
)

// Where nothing but a person's attributes has changed, who is in which group is
// not put together again; where a group may name them otherwise, it is. A
// snapshot that was handed out stays as it was.
func TestWhoseAttributesAloneChangeIsTakenInAlone(t *testing.T) {
	s := ldaptest.StartSlapd(t, ldaptest.SlapdOptions{})
	s.Add(t, smallOffice())
	d := driver(t, plain(s))
	d.pace = quick
	live := follow(t, d)
	for _, step := range []struct {
		change string
		alone  bool
	}{
		{"replace: title\ntitle: Lead\n", true},
		{"replace: title\ntitle: Boss\n", true},
		{"add: uid\nuid: anne\n", false},
		{"delete: title\n", true},
	} {
		before := live.Snapshot()
		title := titleOf(before)
		s.Modify(t, "dn: uid=ann,ou=people,dc=example,dc=com\nchangetype: modify\n"+step.change)
		catchUp(t, live, d)
		after := live.Snapshot()
		if after == before || titleOf(before) != title {
			t.Errorf("%s: the snapshot that was handed out is another", step.change)
		}
		if alone := &before.Groups[0].Members[0] == &after.Groups[0].Members[0]; alone != step.alone {
			t.Errorf("%s: taken in alone: %v, want %v", step.change, alone, step.alone)
		}
	}
}

func titleOf(s *source.Snapshot) string {
	for _, p := range s.People {
		if p.Attributes.First("sn") == "ann" {
			return p.Attributes.First("title")
		}
	}
	return ""
}
