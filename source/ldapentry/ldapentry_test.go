package ldapentry

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"rollcall/fault"
	"rollcall/identity"
	"rollcall/source"
)

// read hands entries, each "dn|attribute=value|…", to a collector. In the name
// of an attribute ~ stands for an equals sign.
func read(t *testing.T, rules Rules, entries ...string) (*source.Snapshot, error) {
	t.Helper()
	people, groups := []source.Person{}, []source.Group{}
	c, err := NewCollector(rules, source.Receiver{
		Person: func(p source.Person) error { people = append(people, p); return nil },
		Group:  func(g source.Group) error { groups = append(groups, g); return nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	for i, s := range entries {
		if err := c.Add(entry(t, i+1, s)); err != nil {
			return nil, err
		}
	}
	report, err := c.Finish(t.Context())
	return &source.Snapshot{People: people, Groups: groups, Report: report}, err
}

func entry(t *testing.T, line int, s string) *Entry {
	t.Helper()
	parts := strings.Split(s, "|")
	e := &Entry{DN: parts[0], Place: Place{"f", line}}
	for _, p := range parts[1:] {
		name, value, _ := strings.Cut(p, "=")
		a, err := ParseAttribute(strings.ReplaceAll(name, "~", "="))
		if err != nil {
			t.Fatal(err)
		}
		e.Values = append(e.Values, Value{a, value})
	}
	return e
}

// byName are rules for entries without ids, under dc=x.
var byName = Rules{Base: "dc=x", PersonAnchor: "uid", GroupAnchor: "cn"}

func TestEntriesAreSortedByClass(t *testing.T) {
	for name, c := range map[string]struct {
		classes string
		login   string
		rules   Rules
		want    string
	}{
		"inetOrgPerson":                {"top person organizationalPerson inetOrgPerson", "uid", Rules{}, "person"},
		"person who can log in":        {"top person", "uid", Rules{}, "person"},
		"person with an AD name":       {"top organizationalPerson", "sAMAccountName", Rules{}, "person"},
		"person who cannot":            {"top person organizationalPerson", "cn", Rules{}, ""},
		"AD user":                      {"top person organizationalPerson user", "sAMAccountName", Rules{}, "person"},
		"AD computer":                  {"top person organizationalPerson user computer", "sAMAccountName", Rules{}, ""},
		"AD contact":                   {"top person organizationalPerson contact", "sAMAccountName", Rules{}, ""},
		"AD managed service account":   {"top person organizationalPerson user computer msDS-GroupManagedServiceAccount", "sAMAccountName", Rules{}, ""},
		"posixAccount":                 {"account posixAccount", "uid", Rules{}, "person"},
		"account":                      {"account simpleSecurityObject", "uid", Rules{}, ""},
		"unit":                         {"organizationalUnit", "ou", Rules{}, ""},
		"AD group":                     {"top group", "sAMAccountName", Rules{}, "group"},
		"Group":                        {"Group", "cn", Rules{}, "group"},
		"groupOfNames":                 {"groupOfNames", "cn", Rules{}, "group"},
		"groupOfUniqueNames":           {"GROUPOFUNIQUENAMES", "cn", Rules{}, "group"},
		"posixGroup":                   {"posixGroup", "cn", Rules{}, "group"},
		"own class of people":          {"account", "uid", Rules{PersonClasses: []string{" Account"}}, "person"},
		"usual one beside own":         {"inetOrgPerson", "uid", Rules{PersonClasses: []string{"account"}}, ""},
		"computers as people, if told": {"user computer", "uid", Rules{PersonClasses: []string{"computer"}}, "person"},
		"no computers, if not":         {"user computer", "uid", Rules{PersonClasses: []string{"user"}}, ""},
		"own class of groups":          {"organizationalRole", "cn", Rules{GroupClasses: []string{"organizationalRole"}}, "group"},
		"usual group beside own":       {"groupOfNames", "cn", Rules{GroupClasses: []string{"organizationalRole"}}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			e := "cn=a,dc=x|" + c.login + "=a|employeeNumber=1|objectClass=" + strings.ReplaceAll(c.classes, " ", "|objectClass=")
			c.rules.Base, c.rules.PersonAnchor, c.rules.GroupAnchor = "dc=x", "employeeNumber", "employeeNumber"
			snap, err := read(t, c.rules, e)
			if err != nil {
				t.Fatal(err)
			}
			got := strings.Repeat("person", snap.Report.People) + strings.Repeat("group", snap.Report.Groups)
			if got != c.want || snap.Report.Skipped != 1-snap.Report.People-snap.Report.Groups {
				t.Errorf("it is a %q, report %+v", got, snap.Report)
			}
		})
	}
}

func TestAnchors(t *testing.T) {
	const class = "|objectClass=user"
	for name, c := range map[string]struct {
		rules   Rules
		entries []string
		want    string // anchors, or what the error says
		refused bool
	}{
		"entryUUID":                {Rules{}, []string{"cn=a,dc=x|entryUUID=6F9619FF-8B86-D011-B42D-00C04FC964FF" + class}, "6f9619ff-8b86-d011-b42d-00c04fc964ff", false},
		"objectGUID":               {Rules{}, []string{"cn=a,dc=x|objectGUID=\xff\x19\x96\x6f\x86\x8b\x11\xd0\xb4\x2d\x00\xc0\x4f\xc9\x64\xff" + class}, "6f9619ff-8b86-d011-b42d-00c04fc964ff", false},
		"entryUUID comes first":    {Rules{}, []string{"cn=a,dc=x|objectGUID=6f9619ff-8b86-d011-b42d-00c04fc964ff|entryUUID=00000000-0000-0000-0000-000000000001" + class}, "00000000-0000-0000-0000-000000000001", false},
		"objectSid":                {Rules{PersonAnchor: "objectSid"}, []string{"cn=a,dc=x|objectSid=\x01\x01\x00\x00\x00\x00\x00\x05\x12\x00\x00\x00" + class}, "S-1-5-18", false},
		"given in another form":    {Rules{PersonAnchor: "hrID", PersonAnchorForm: identity.AnchorUUID}, []string{"cn=a,dc=x|HRID=6F9619FF-8B86-D011-B42D-00C04FC964FF" + class}, "6f9619ff-8b86-d011-b42d-00c04fc964ff", false},
		"text keeps its case":      {Rules{PersonAnchor: "uid"}, []string{"cn=a,dc=x|uid= Ann " + class, "cn=b,dc=x|uid=ann" + class}, "Ann ann", false},
		"none of the usual":        {Rules{}, []string{"cn=a,dc=x|cn=a" + class}, "f:1: incomplete: cn=a,dc=x: it has neither entryUUID nor objectGUID", true},
		"the usual, but not later": {Rules{}, []string{"cn=a,dc=x|entryUUID=00000000-0000-0000-0000-000000000001" + class, "cn=b,dc=x|objectGUID=6f9619ff-8b86-d011-b42d-00c04fc964ff" + class}, "f:2: incomplete: cn=b,dc=x: it has no entryuuid", true},
		"missing":                  {Rules{PersonAnchor: "uid"}, []string{"cn=a,dc=x|uid=" + class}, "it has no uid, which is the anchor of people", true},
		"two values":               {Rules{PersonAnchor: "uid"}, []string{"cn=a,dc=x|uid=a|uid=b" + class}, "it has 2 values of uid", true},
		"in another language":      {Rules{PersonAnchor: "uid"}, []string{"cn=a,dc=x|uid;lang-de=a" + class}, "it has no uid", true},
		"bad":                      {Rules{}, []string{"cn=a,dc=x|entryUUID=1" + class}, "its anchor entryuuid", true},
		"same GUID twice":          {Rules{}, []string{"cn=a,dc=x|objectGUID=6f9619ff-8b86-d011-b42d-00c04fc964ff" + class, "cn=b,dc=x|objectGUID=\xff\x19\x96\x6f\x86\x8b\x11\xd0\xb4\x2d\x00\xc0\x4f\xc9\x64\xff" + class}, "f:2: incomplete: cn=b,dc=x: its anchor objectguid is that of the entry at f:1, too", true},
	} {
		t.Run(name, func(t *testing.T) {
			c.rules.Base = "dc=x"
			snap, err := read(t, c.rules, c.entries...)
			if c.refused {
				if !fault.Is(err, fault.Incomplete) || !strings.Contains(err.Error(), c.want) {
					t.Errorf("got %v, want %q", err, c.want)
				}
				return
			}
			var got []string
			for i := range len(c.entries) {
				if err != nil {
					t.Fatal(err)
				}
				got = append(got, string(snap.People[i].Anchor))
			}
			if strings.Join(got, " ") != c.want {
				t.Errorf("got %q", got)
			}
		})
	}
}

// A person and a group may have one anchor: they are never compared.
func TestAnchorsOfPeopleAndGroupsAreApart(t *testing.T) {
	_, err := read(t, byName, "uid=a,dc=x|objectClass=user|uid=a", "cn=a,dc=x|objectClass=group|cn=a")
	if err != nil {
		t.Error(err)
	}
}

func TestWhatAMappingSees(t *testing.T) {
	snap, err := read(t, byName, "uid=ann,dc=x|objectClass=user|uid=ann|CN=Ann|cn;lang-de=Anna|mail=a@x|sn=|objectSid=\x01\x01\x00\x00\x00\x00\x00\x05\x12\x00\x00\x00"+
		"|logonHours=\xff\x00|mail=b@x|x;binary=text|userPassword=secret|unicodePwd=s|pwdHistory=s|krbPrincipalKey=s|ms-Mcs-AdmPwd=s|sambaNTPassword=s|jpegPhoto=j|userCertificate;binary=c",
		"cn=g,dc=x|objectClass=group|cn=g|description=d|member=uid=ann,dc=x|memberUid=ann|uniqueMember=uid=ann,dc=x")
	if err != nil {
		t.Fatal(err)
	}
	want := "map[cn:[Ann] cn;lang-de:[Anna] mail:[a@x b@x] objectclass:[user] objectsid:[S-1-5-18] uid:[ann] x:[text]]"
	if got := fmt.Sprint(snap.People[0].Attributes); got != want {
		t.Errorf("of a person:\n got %s\nwant %s", got, want)
	}
	if got := fmt.Sprint(snap.Groups[0].Attributes); got != "map[cn:[g] description:[d] objectclass:[group]]" {
		t.Errorf("of a group: %s", got)
	}
	if want := []string{"1 value left out as no text: logonhours"}; !slices.Equal(snap.Report.Warnings, want) {
		t.Errorf("warnings %q", snap.Report.Warnings)
	}
}

func TestEntriesThatDoNotAddUp(t *testing.T) {
	for name, c := range map[string]struct{ entry, says string }{
		"in part":          {"uid=a,dc=x|objectClass=user|uid=a|memberOf;range~0-1499=cn=g,dc=x", "memberof;range=0-1499 holds a part of its values"},
		"members in part":  {"cn=g,dc=x|objectClass=group|cn=g|MEMBER;Range~0-*=uid=a,dc=x", "holds a part of its values"},
		"damaged text":     {"uid=a,dc=x|objectClass=user|uid=a|sn=\xff", "sn is not UTF-8 text"},
		"damaged member":   {"cn=g,dc=x|objectClass=group|cn=g|member=cn=\xff", "member is not UTF-8 text"},
		"zero byte":        {"uid=a,dc=x|objectClass=user|uid=a|cn=a\x00", "cn is not UTF-8 text"},
		"bad GUID":         {"uid=a,dc=x|objectClass=user|uid=a|objectGUID=123", "objectguid: read anchor"},
		"person and group": {"uid=a,dc=x|objectClass=user|objectClass=group|uid=a", "a person and a group"},
		"bad dn":           {"ann|objectClass=user|uid=a", "the entry's name: read DN: invalid: no equals sign at byte 4"},
		"no class":         {"uid=a,dc=x|uid=a", "it has no objectClass"},
		"same dn":          {"UID=First, DC=X|objectClass=user|uid=other", "it is there twice, first at f:1"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := read(t, byName, "uid=first,dc=x|objectClass=user|uid=first", c.entry)
			if !fault.Is(err, fault.Incomplete) || !strings.Contains(err.Error(), c.says) || !strings.Contains(err.Error(), "f:2") {
				t.Errorf("got %v", err)
			}
		})
	}
}
