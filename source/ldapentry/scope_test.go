package ldapentry

import (
	"slices"
	"testing"

	"rollcall/dn"
	"rollcall/identity"
	"rollcall/source"
)

var nowhere source.Receiver

func collecting(t *testing.T, r Rules) (c *Collector, people *[]source.Person, groups *[]source.Group) {
	t.Helper()
	people, groups = new([]source.Person), new([]source.Group)
	c, err := NewCollector(r, source.Receiver{
		Person: func(p source.Person) error { *people = append(*people, p); return nil },
		Group:  func(g source.Group) error { *groups = append(*groups, g); return nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	return c, people, groups
}

const domain = "S-1-5-21-1-2-3-"

// In AD, somebody's primary group has them without listing them.
func TestAPrimaryGroupHasItsPeople(t *testing.T) {
	for name, c := range map[string]struct {
		person, group string
		member        bool
	}{
		"of their domain":        {domain + "1001|primaryGroupID=513", domain + "513", true},
		"another group":          {domain + "1001|primaryGroupID=513", domain + "512", false},
		"of another domain":      {domain + "1001|primaryGroupID=513", "S-1-5-21-9-9-9-513", false},
		"no primary group":       {domain + "1001", domain + "513", false},
		"listed there, too":      {domain + "1001|primaryGroupID=513", domain + "513|member=cn=ann,dc=x", true},
		"a group without a SID":  {domain + "1001|primaryGroupID=513", "", false},
		"the SID does not match": {domain + "1001|primaryGroupID=1513", domain + "513", false},
	} {
		t.Run(name, func(t *testing.T) {
			snap, err := read(t, Rules{Base: "dc=x", PersonAnchor: "cn", GroupAnchor: "cn"},
				"cn=ann,dc=x|objectClass=user|cn=ann|objectSid="+c.person,
				"cn=users,dc=x|objectClass=group|cn=users|objectSid="+c.group)
			if err != nil {
				t.Fatal(err)
			}
			var want []identity.Anchor
			if c.member {
				want = []identity.Anchor{"ann"}
			}
			var got []identity.Anchor
			for _, m := range snap.Groups[0].Members {
				got = append(got, m.Anchor)
			}
			if !slices.Equal(got, want) {
				t.Errorf("members %v, want %v", got, want)
			}
		})
	}
}

func TestEntriesOutsideTheSubtreesAreOutside(t *testing.T) {
	rules := byName
	rules.Within = []string{"ou=a,dc=x", "OU=B, dc=x"}
	snap, err := read(t, rules,
		"ou=a,dc=x|objectClass=organizationalUnit",
		"uid=ann,ou=a,dc=x|objectClass=user|uid=ann",
		"uid=bob,ou=b,dc=x|objectClass=user|uid=bob",
		"uid=eve,ou=c,dc=x|objectClass=user|uid=eve",
		"cn=g,ou=a,dc=x|objectClass=group|cn=g|member=uid=ann,ou=a,dc=x|member=uid=bob,ou=b,dc=x|member=uid=eve,ou=c,dc=x")
	if err != nil {
		t.Fatal(err)
	}
	if g := snap.Groups[0]; len(g.Members) != 2 || g.Outside != 1 || g.AddOnly || snap.Report.People != 2 {
		t.Errorf("%+v, %+v", g, snap.Report)
	}
	for _, within := range []string{"ou=a,dc=y", "no name"} {
		rules.Within = []string{within}
		if _, err := NewCollector(rules, nowhere); err == nil {
			t.Errorf("%s is taken for a subtree of %s", within, rules.Base)
		}
	}
}

// What a filter leaves out is known to be there, so that a group with it as a
// member was read whole.
func TestAMemberThatWasLeftOutIsNotMissing(t *testing.T) {
	for name, first := range map[string]bool{"before the group": true, "after the group": false} {
		t.Run(name, func(t *testing.T) {
			c, people, groups := collecting(t, byName)
			leave := func() {
				for _, text := range []string{"uid=eve,dc=x", "uid=ann,dc=x", "uid=far,dc=y"} {
					n, err := dn.Parse(text)
					if err != nil {
						t.Fatal(err)
					}
					c.Leave(n)
				}
			}
			add := func(e string) {
				if err := c.Add(entry(t, 1, e)); err != nil {
					t.Fatal(err)
				}
			}
			add("uid=ann,dc=x|objectClass=user|uid=ann")
			if first {
				leave()
			}
			add("cn=g,dc=x|objectClass=group|cn=g|member=uid=ann,dc=x|member=uid=eve,dc=x")
			if !first {
				leave()
			}
			report, err := c.Finish(t.Context())
			if err != nil || len(*people) != 1 || report.Skipped != 1 {
				t.Fatalf("%d people, %+v, %v", len(*people), report, err)
			}
			if g := (*groups)[0]; len(g.Members) != 1 || g.AddOnly {
				t.Errorf("%+v", g)
			}
		})
	}
}
