package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"rollcall/identitycentertest"
	"rollcall/source/ldapsource/ldaptest"
)

// ldapOffice is an OpenLDAP server, and the office that keeps an Identity Center in
// line with it.
type ldapOffice struct {
	*office
	s *ldaptest.Slapd
}

const floorPeople = 100

// config is the configuration for a server; more is keys of the source, of which
// a bind goes in place of the usual one.
func (f *ldapOffice) config(server, more string) {
	f.t.Helper()
	if !strings.Contains(more, "bind:") {
		more += fmt.Sprintf("\n    bind: {user: \"%s\", password: \"file:%s\"}", f.s.Admin, filepath.Join(f.folder, "password"))
	}
	text := fmt.Sprintf(`sources:
  corp:
    kind: ldap
    servers: %s
    base: dc=example,dc=com
    page_size: 20
%s
syncs:
  corp:
    source: corp
    mapping: {preset: inetorgperson}
`, server, more)
	f.put("rollcall.yaml", text)
}

func (f *ldapOffice) put(name, text string) {
	f.t.Helper()
	if err := os.WriteFile(filepath.Join(f.folder, name), []byte(text), 0o600); err != nil {
		f.t.Fatal(err)
	}
}

const plainly = "    tls: {mode: none}"

// company is the company in LDIF: people with mail, one group of all, and one
// of the first ten.
func floorCompany() string {
	var b, all, ten strings.Builder
	b.WriteString("dn: ou=people,dc=example,dc=com\nobjectClass: organizationalUnit\nou: people\n\ndn: ou=contractors,dc=example,dc=com\nobjectClass: organizationalUnit\nou: contractors\n\n")
	for i := range floorPeople {
		unit := "people"
		if i >= 90 {
			unit = "contractors"
		}
		dn := fmt.Sprintf("uid=p%d,ou=%s,dc=example,dc=com", i, unit)
		fmt.Fprintf(&b, "dn: %s\nobjectClass: inetOrgPerson\nuid: p%d\ncn: P %[2]d\nsn: Example\ngivenName: P\nmail: p%[2]d@example.com\ntitle: Engineer\n\n", dn, i)
		fmt.Fprintf(&all, "member: %s\n", dn)
		if i < 10 {
			fmt.Fprintf(&ten, "member: %s\n", dn)
		}
	}
	fmt.Fprintf(&b, "dn: cn=all,dc=example,dc=com\nobjectClass: groupOfNames\ncn: all\n%s\ndn: cn=ten,dc=example,dc=com\nobjectClass: groupOfNames\ncn: ten\n%s\n", all.String(), ten.String())
	return b.String()
}

func newLDAPOffice(t *testing.T, o ldaptest.SlapdOptions) *ldapOffice {
	t.Helper()
	f := &ldapOffice{office: newOffice(t), s: ldaptest.StartSlapd(t, o)}
	f.s.Add(t, floorCompany())
	f.put("password", f.s.Password)
	f.config(f.s.URL, plainly)
	return f
}

// events are how many events the Identity Center has: each write leaves one.
func (f *ldapOffice) events() int {
	f.t.Helper()
	return strings.Count(f.must("directory", "events").out, "\n")
}

// Whatever is wrong with the directory, the run ends with 5 or 7, nothing is
// written, and the cause is named.
func TestPlantedFailuresOfLDAPChangeNothing(t *testing.T) {
	f := newLDAPOffice(t, ldaptest.SlapdOptions{})
	f.s.Add(t, "dn: cn=reader,dc=example,dc=com\nobjectClass: organizationalRole\nobjectClass: simpleSecurityObject\ncn: reader\nuserPassword: secret\n")
	f.must("sync", "run", "corp")
	before := f.events()
	const binds = "access to attrs=userPassword by anonymous auth\n"
	blind := f.s.Copy(t, ldaptest.SlapdOptions{Access: binds + "access to dn.base=dc=example,dc=com by users read\naccess to dn.base=\"\" by * read\naccess to * by * none"})
	partly := f.s.Copy(t, ldaptest.SlapdOptions{Access: binds + "access to dn.children=ou=contractors,dc=example,dc=com by * none\naccess to * by users read"})
	reader := plainly + "\n    bind: {user: 'cn=reader,dc=example,dc=com', password: 'file:" + filepath.Join(f.folder, "password") + "'}"
	expired := ldaptest.StartSlapd(t, ldaptest.SlapdOptions{Expires: time.Now().Add(-time.Hour)})
	proxy := func(what ldaptest.Fault) string { return ldaptest.NewProxy(t, f.s.URL, what).URL }
	f.put("wrong", "hunter2")
	wrong := "    bind: {user: \"cn=admin,dc=example,dc=com\", password: \"file:" + filepath.Join(f.folder, "wrong") + "\"}"
	for name, c := range map[string]struct {
		server, more string
		change, undo string // LDIF
		status       int
		why          string
	}{
		"a part that the account may not read": {proxy(ldaptest.Fault{Hide: ",ou=people,"}), plainly, "", "", 5, "check rights: ou=people"},
		"an account that sees the base alone":  {blind.URL, reader, "", "", 5, "check rights: dc=example,dc=com"},
		"an account that does not see an OU":   {partly.URL, reader, "", "", 5, "check rights: ou=contractors"},
		"a canary that is gone":                {f.s.URL, plainly + "\n    canaries: ['uid=canary,dc=example,dc=com']", "", "", 5, "check canaries: uid=canary"},
		"a page that is not closed":            {proxy(ldaptest.Fault{Unclosed: true}), plainly, "", "", 5, "broke off after"},
		"a group that lost everybody but one":  {f.s.URL, plainly, teamOf("p1"), teamOf("p0", "p1", "p2", "p3", "p4", "p5", "p6", "p7", "p8", "p9"), 5, "group-leavers: "},
		"the wrong subtree":                    {f.s.URL, plainly + "\n    ous: ['ou=contractors,dc=example,dc=com']", "", "", 5, "brake"},
		"a base that is not there":             {f.s.URL, plainly + "\n    ous: ['ou=persons,dc=example,dc=com']", "", "", 5, "ou=persons"},
		"cut in the middle of a page":          {proxy(ldaptest.Fault{CutAfter: 50}), plainly, "", "", 5, "broke off after"},
		"a size limit":                         {proxy(ldaptest.Fault{SizeLimit: true}), plainly, "", "", 5, "size limit"},
		"a range that is lost":                 {proxy(ldaptest.Fault{MaxValues: 15, LoseRange: true}), plainly, "", "", 5, "the values from 15 on"},
		"a wrong password":                     {f.s.URL, plainly + "\n" + wrong, "", "", 7, "does not take this user"},
		"an expired certificate":               {expired.LDAPS, "    tls: {ca: " + expired.CA + "}", "", "", 5, "expired"},
		"an attribute that was renamed": {
			f.s.URL, plainly, everybodys("replace: title\ntitle:: \n"), everybodys("replace: title\ntitle: Engineer\n"), 5, "title",
		},
		"nobody listens": {"ldaps://127.0.0.1:1", "", "", "", 5, "connection refused"},
	} {
		t.Run(name, func(t *testing.T) {
			if c.change != "" {
				f.s.Modify(t, strings.ReplaceAll(c.change, "title:: \n", ""))
				defer f.s.Modify(t, c.undo)
			}
			f.config(c.server, c.more)
			r := f.run("sync", "run", "corp")
			if r.status != c.status || !strings.Contains(r.errors, c.why) || strings.Contains(r.errors, "hunter2") {
				t.Errorf("status %d, want %d with %q:\n%s", r.status, c.status, c.why, r.errors)
			}
			if after := f.events(); after != before {
				t.Errorf("%d writes", after-before)
			}
		})
	}
	f.config(proxy(ldaptest.Fault{MaxValues: 15}), plainly) // forced ranges are no failure
	if r := f.must("sync", "run", "corp"); !strings.Contains(r.errors, "No changes") {
		t.Errorf("read in ranges it differs:\n%s", r.errors)
	}
}

// teamOf changes who is in the group ten.
func teamOf(names ...string) string {
	text := "dn: cn=ten,dc=example,dc=com\nchangetype: modify\nreplace: member\n"
	for _, n := range names {
		text += "member: uid=" + n + ",ou=people,dc=example,dc=com\n"
	}
	return text
}

// everybodys changes everybody.
func everybodys(change string) string {
	var b strings.Builder
	for i := range floorPeople {
		unit := "people"
		if i >= 90 {
			unit = "contractors"
		}
		fmt.Fprintf(&b, "dn: uid=p%d,ou=%s,dc=example,dc=com\nchangetype: modify\n%s\n", i, unit, change)
	}
	return b.String()
}

// A copy of the directory that lacks what the last read had is not believed,
// and one of which that cannot be told puts nobody out.
func TestAReplicaThatIsBehindIsNotBelieved(t *testing.T) {
	f := newLDAPOffice(t, ldaptest.SlapdOptions{})
	copied := f.s.Copy(t, ldaptest.SlapdOptions{})
	f.s.Modify(t, "dn: uid=p5,ou=people,dc=example,dc=com\nchangetype: modify\nreplace: title\ntitle: Lead\n")
	f.must("sync", "run", "corp")
	before := f.events()
	f.config(copied.URL, plainly)
	if r := f.run("sync", "run", "corp"); r.status != 5 || !strings.Contains(r.errors, "is behind") || f.events() != before {
		t.Errorf("status %d:\n%s", r.status, r.errors)
	}
	f.config(f.s.URL, plainly)
	silent := f.s.Copy(t, ldaptest.SlapdOptions{NoSync: true, Unmarked: true})
	f.s.Modify(t, "dn: uid=p9,ou=people,dc=example,dc=com\nchangetype: delete\n") // which the copy does not hear of
	f.must("sync", "run", "corp")
	before = f.events()
	silent.Modify(t, "dn: uid=p7,ou=people,dc=example,dc=com\nchangetype: delete\n")
	f.config(silent.URL, plainly)
	r := f.must("sync", "run", "corp")
	if !strings.Contains(r.errors, "nobody is taken for gone") || !strings.Contains(r.errors, "user p9 (unsure): enabled in the copy") || f.events() != before {
		t.Errorf("it does not say how far it has come:\n%s", r.errors)
	}
}

// Four of a hundred leave on one day, one joins and one moves.
func TestADayInOpenLDAP(t *testing.T) {
	f := newLDAPOffice(t, ldaptest.SlapdOptions{})
	f.must("sync", "run", "corp")
	if r := f.must("sync", "run", "corp"); !strings.Contains(r.errors, "No changes") {
		t.Errorf("the second run is not empty:\n%s", r.errors)
	}
	var day strings.Builder
	for i := range 4 {
		fmt.Fprintf(&day, "dn: uid=p%d,ou=people,dc=example,dc=com\nchangetype: delete\n\n", 20+i)
	}
	day.WriteString("dn: uid=new,ou=people,dc=example,dc=com\nchangetype: add\nobjectClass: inetOrgPerson\nuid: new\ncn: New\nsn: New\ngivenName: N\nmail: new@example.com\n\n" +
		"dn: uid=p30,ou=people,dc=example,dc=com\nchangetype: modify\nreplace: title\ntitle: Lead\n\n" +
		"dn: uid=p31,ou=people,dc=example,dc=com\nchangetype: modrdn\nnewrdn: uid=p31\ndeleteoldrdn: 1\nnewsuperior: ou=contractors,dc=example,dc=com\n\n" +
		"dn: cn=ten,dc=example,dc=com\nchangetype: modrdn\nnewrdn: cn=eleven\ndeleteoldrdn: 1\n\n" +
		"dn: cn=eleven,dc=example,dc=com\nchangetype: modify\nadd: member\nmember: uid=new,ou=people,dc=example,dc=com\n")
	f.s.Modify(t, day.String())
	f.must("sync", "run", "corp")
	if r := f.run("sync", "run", "corp", "--dry-run", "--exit-code"); r.status != 0 {
		t.Errorf("something is left to do:\n%s", r.out)
	}
	var users []struct{ UserName, Status, Title string }
	f.ask(&users, "user", "list")
	var members []struct{ UserName string }
	f.ask(&members, "group", "members", "eleven")
	if len(users) != floorPeople+1 || len(members) != 11 {
		t.Errorf("%d users, %d members", len(users), len(members))
	}
	off := f.must("user", "list", "--status", "disabled", "--output", "json", "--query", "length(@)").out
	if strings.TrimSpace(off) != "4" {
		t.Errorf("%s are disabled, want 4", off)
	}
}

// D13. There, nothing could be tried without being done, nothing kept two runs
// apart, and the exit status was always 0.
func TestD13ARunCanBeTriedAndSaysHowItEnded(t *testing.T) {
	f := newLDAPOffice(t, ldaptest.SlapdOptions{})
	if r := f.run("sync", "run", "corp", "--dry-run", "--exit-code"); r.status != 2 || f.events() != 0 {
		t.Errorf("tried: status %d, %d writes", r.status, f.events())
	}
	done := make(chan result, 2)
	for range 2 {
		go func() { done <- f.run("sync", "run", "corp") }()
	}
	first, second := <-done, <-done
	if first.status != 0 && second.status != 0 {
		t.Errorf("of two at once neither is done: %d, %d\n%s\n%s", first.status, second.status, first.errors, second.errors)
	}
	f.s.Stop()
	if r := f.run("sync", "run", "corp"); r.status != 5 {
		t.Errorf("without the directory: status %d", r.status)
	}
}

// D15. There, each call of a run with an expired token was refused, and the
// exit status was 0.
func TestD15AnExpiredTokenEndsTheRun(t *testing.T) {
	f := newLDAPOffice(t, ldaptest.SlapdOptions{})
	center := identitycentertest.New(t)
	text, err := os.ReadFile(filepath.Join(f.folder, "rollcall.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	f.put("token", "expired")
	f.put("rollcall.yaml", fmt.Sprintf("directories:\n  aws:\n    kind: aws\n    api: none\n    store: %s\n    region: us-east-1\n    scim: {url: '%s', token: 'file:%s'}\n%s",
		center.IdentityStoreID, center.SCIMURL, filepath.Join(f.folder, "token"), text))
	if r := f.run("sync", "run", "corp"); r.status != 7 || !strings.Contains(r.errors, "token") {
		t.Errorf("status %d:\n%s", r.status, r.errors)
	}
}
