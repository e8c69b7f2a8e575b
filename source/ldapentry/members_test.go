package ldapentry

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// Every way of naming a member finds the person it means.
func TestMembersAreFound(t *testing.T) {
	people := []string{
		"uid=ann,ou=People,dc=x|objectClass=user|uid=Ann",
		`cn=Wong\, Amy+sn=Kroker,dc=x|objectClass=user|uid=amy`,
		"uid=bob,dc=x|objectClass=user|uid=bob|uid=robert",
		"uid=bob,ou=other,dc=x|objectClass=user|uid=other|uid=twin",
		"uid=twin,dc=x|objectClass=user|uid=TWIN|employeeNumber=1",
		"cn=device,dc=x|objectClass=device",
	}
	for name, c := range map[string]struct{ members, want, why string }{
		"as written":            {"|member=uid=ann,ou=People,dc=x", "1", ""},
		"in another way":        {"|member=UID=Ann, OU = people ,DC=X", "1", ""},
		"escaped, in any order": {`|member=SN=kroker+CN=Wong\2c Amy,dc=x`, "2", ""},
		"unique":                {"|uniqueMember=uid=ann,ou=people,dc=x", "1", ""},
		"unique, with its id":   {"|uniqueMember=uid=ann,ou=people,dc=x#'0101'B", "1", ""},
		"by uid":                {"|memberUid=ann|memberUid=AMY", "1 2", ""},
		"by another uid":        {"|memberUid=robert", "3", ""},
		"by both":               {"|member=uid=ann,ou=people,dc=x|memberUid=ann|member=uid=ann,ou=people,dc=x", "1", ""},
		"placeholders":          {"|member=|uniqueMember= |memberUid=", "", ""},
		"itself":                {"|member=cn=g,dc=x|memberUid=ann", "1", ""},
		"a device":              {"|member=cn=device,dc=x|memberUid=ann", "1", ""},
		"outside":               {"|member=uid=admin,ou=system|memberUid=ann", "1", ""},
		"not found":             {"|member=uid=None,dc=x|memberUid=ann", "1", "member uid=none,dc=x lies under the base and was not found"},
		"several not found":     {"|member=uid=a,dc=x|member=uid=b,dc=x|memberUid=c", "", "member uid=a,dc=x lies under the base and was not found, and 2 more"},
		"uid not found":         {"|memberUid=None", "", "memberUid none was not found"},
		"uid of two":            {"|memberUid=twin", "", "memberUid twin is 2 people"},
		"no name":               {"|member=ann|memberUid=ann", "1", "a value of member is no name"},
	} {
		t.Run(name, func(t *testing.T) {
			group := "cn=g,dc=x|objectClass=groupOfNames|objectClass=posixGroup|cn=g" + c.members
			for order, entries := range map[string][]string{
				"first": append([]string{group}, people...),
				"last":  append(slices.Clone(people), group),
			} {
				snap, err := read(t, byRoom, number(entries)...)
				if err != nil {
					t.Fatal(err)
				}
				g := snap.Groups[0]
				var got []string
				for _, m := range g.Members {
					got = append(got, string(m.Anchor))
				}
				if strings.Join(got, " ") != c.want {
					t.Errorf("group %s: members %v, want %s", order, got, c.want)
				}
				if g.AddOnly != (c.why != "") || !strings.Contains(g.Why, c.why) {
					t.Errorf("group %s: add-only %v: %q, want %q", order, g.AddOnly, g.Why, c.why)
				}
			}
		})
	}
}

// number gives every person a roomNumber that counts people from 1.
func number(entries []string) []string {
	out, n := make([]string, len(entries)), 0
	for i, e := range entries {
		if out[i] = e; strings.Contains(e, "objectClass=user") {
			n++
			out[i] += fmt.Sprintf("|roomNumber=%d", n)
		}
	}
	return out
}

var byRoom = Rules{Base: "dc=x", PersonAnchor: "roomNumber", GroupAnchor: "cn"}

func TestWhatIsLeftOutIsCounted(t *testing.T) {
	snap, err := read(t, byName,
		"uid=ann,dc=x|objectClass=user|uid=ann",
		"uid=eve,dc=y|objectClass=user|uid=eve",
		"ou=a,dc=x|objectClass=organizationalUnit",
		"cn=g,dc=x|objectClass=group|cn=g|member=uid=eve,dc=y|member=uid=adam,dc=z|member=ou=a,dc=x|member=uid=gone,dc=x",
		"cn=h,dc=x|objectClass=group|cn=h|member=cn=g,dc=x|member=uid=eve,dc=y",
	)
	if err != nil {
		t.Fatal(err)
	}
	if r := snap.Report; r.People != 1 || r.Groups != 2 || r.Skipped != 1 || r.Outside != 3 {
		t.Errorf("it counts %+v", r)
	}
	want := []string{
		"1 entry outside the base dc=x left out",
		"3 members outside the base dc=x left out",
		"1 member left out as neither person nor group",
		"2 groups add-only, since not every member could be read; the first is cn=g,dc=x: member uid=gone,dc=x lies under the base and was not found",
	}
	if !slices.Equal(snap.Report.Warnings, want) {
		t.Errorf("it warns %q", snap.Report.Warnings)
	}
	for _, g := range snap.Groups {
		if outside := map[string]int{"cn=g,dc=x": 2, "cn=h,dc=x": 1}[g.Name]; g.Outside != outside {
			t.Errorf("%s: %d outside, want %d", g.Name, g.Outside, outside)
		}
	}
}

// Without a base, the top entry is it, wherever it stands.
func TestTheTopEntryIsTheBase(t *testing.T) {
	entries := []string{
		"uid=ann,ou=people,dc=x|objectClass=user|uid=ann",
		"cn=g,dc=x|objectClass=group|cn=g|member=uid=admin,ou=system",
		"dc=x|objectClass=domain",
		"|objectClass=top", // the root DSE
	}
	for range entries {
		entries = append(entries[1:], entries[0])
		snap, err := read(t, Rules{PersonAnchor: "uid", GroupAnchor: "cn"}, entries...)
		if err != nil || snap.Report.Outside != 1 || snap.Report.Skipped != 2 {
			t.Errorf("%q: %+v, %v", entries, snap, err)
		}
	}
}
