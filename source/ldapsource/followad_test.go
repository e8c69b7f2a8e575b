package ldapsource

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"rollcall/fault"
	"rollcall/source/ldapsource/ldaptest"
)

// adDay is what happens at an Active Directory with Ann in the group dev.
var adDay = map[string]string{
	"1 a joiner":            "dn: CN=Bob,OU=AWS,DC=corp,DC=test\nchangetype: add\nobjectClass: user\nsAMAccountName: bob\nuserAccountControl: 544\n",
	"2 a new member":        "dn: CN=dev,OU=AWS,DC=corp,DC=test\nchangetype: modify\nadd: member\nmember: CN=Bob,OU=AWS,DC=corp,DC=test\n",
	"3 a title":             "dn: CN=Ann,OU=AWS,DC=corp,DC=test\nchangetype: modify\nreplace: title\ntitle: Lead\n",
	"4 a person is renamed": "dn: CN=Ann,OU=AWS,DC=corp,DC=test\nchangetype: modrdn\nnewrdn: CN=Ann Lee\ndeleteoldrdn: 1\n",
	"5 somebody is moved":   "dn: CN=Ann Lee,OU=AWS,DC=corp,DC=test\nchangetype: modrdn\nnewrdn: CN=Ann Lee\ndeleteoldrdn: 1\nnewsuperior: CN=Users,DC=corp,DC=test\n",
	"6 and is moved back":   "dn: CN=Ann Lee,CN=Users,DC=corp,DC=test\nchangetype: modrdn\nnewrdn: CN=Ann\ndeleteoldrdn: 1\nnewsuperior: OU=AWS,DC=corp,DC=test\n",
	"7 somebody is put out": "dn: CN=Bob,OU=AWS,DC=corp,DC=test\nchangetype: modify\nreplace: userAccountControl\nuserAccountControl: 546\n",
	"8 a person is deleted": "dn: CN=Bob,OU=AWS,DC=corp,DC=test\nchangetype: delete\n",
	"9 the title goes":      "dn: CN=Ann,OU=AWS,DC=corp,DC=test\nchangetype: modify\ndelete: title\n",
}

// wantFollowed follows an Active Directory through a day.
func wantFollowed(t *testing.T, s *ldaptest.Samba, o Options) {
	t.Helper()
	d := driver(t, o)
	d.pace = quick
	live := follow(t, d)
	for _, step := range slices.Sorted(maps.Keys(adDay)) {
		s.Modify(t, adDay[step])
		t.Log(step)
		catchUp(t, live, d)
	}
}

// wantBound shows that a cursor is of one domain controller only.
func wantBound(t *testing.T, o Options) {
	t.Helper()
	f, err := driver(t, o).Follow(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	own := f.(*followed)
	own.Close()
	own.server = "00000000-0000-0000-0000-000000000001"
	if _, err := f.Next(t.Context()); !fault.Is(err, fault.Stale) || !strings.Contains(err.Error(), "another server") {
		t.Errorf("%v", err)
	}
}

// wantNoticed shows that a domain controller which was put back to an earlier
// state is neither gone on with nor believed.
func wantNoticed(t *testing.T, s *ldaptest.Samba, o Options) {
	t.Helper()
	s.Kill(t)
	restore := s.Keep(t)
	s.Start(t)
	d := driver(t, o)
	d.pace = quick
	live := follow(t, d)
	s.Modify(t, adDay["1 a joiner"])
	catchUp(t, live, d)
	before := snapshot(t, d).Report.Replica
	s.Kill(t)
	restore()
	s.Start(t)
	_, err := live.Next(t.Context())
	for fault.Is(err, fault.Unavailable) {
		_, err = live.Next(t.Context())
	}
	if !fault.Is(err, fault.Stale) || !strings.Contains(err.Error(), "is behind") {
		t.Errorf("followed on: %v", err)
	}
	if older, _ := snapshot(t, d).Report.Replica.Since(before); !strings.Contains(older, "is behind") {
		t.Errorf("believed: %q", older)
	}
}
