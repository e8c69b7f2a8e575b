package main

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"rollcall/source/ldapsource/ldaptest"
)

// adTeam is a unit of three people, whom somebody may not be let see.
const adTeam = "OU=Team,OU=AWS,DC=corp,DC=test"

// newOrdinary is a domain that is read by somebody of whom it was said nothing
// but their name: an account without any right of its own.
func newOrdinary(t *testing.T) *domain {
	t.Helper()
	d := newDomain(t, ldaptest.SmallDomain)
	team := "dn: " + adTeam + "\nchangetype: add\nobjectClass: organizationalUnit\n\n"
	for _, name := range []string{"t1", "t2", "t3"} {
		team += strings.Replace(adJoiner(name), "OU=AWS", adTeam[:len("OU=Team,OU=AWS")], 1)
	}
	d.ad.Modify(t, adStaff(20)+team+"dn: CN=Reader,CN=Users,DC=corp,DC=test\nchangetype: add\nobjectClass: user\nsAMAccountName: reader\nuserPrincipalName: reader@corp.test\nuserAccountControl: 544\n\n")
	d.ad.SetPassword(t, "reader", "Ordinary-1")
	d.reader, d.password = "reader@corp.test", "Ordinary-1"
	return d
}

// An account that may not see what was deleted reads and follows all the same,
// hears of deletions a little later, and is told so, with what to type.
func TestAnAccountWithoutRightsReadsActiveDirectory(t *testing.T) {
	t.Parallel()
	d := newOrdinary(t)
	d.configure(d.ad.LDAPS, "    watch: {full: 6h}\n")
	grant := regexp.MustCompile(`the account may not see CN=Deleted Objects,DC=corp,DC=test.*dsacls "CN=Deleted Objects,DC=corp,DC=test" /G "reader@corp.test:LCRP"`)
	if r := d.run("doctor"); r.status != 3 || !regexp.MustCompile(`warning +deleted objects +corp`).MatchString(r.out) || !grant.MatchString(r.out) {
		t.Errorf("the doctor ends with %d and says\n%s", r.status, r.out)
	}
	d.open()
	t.Cleanup(func() {
		if t.Failed() {
			t.Log(d.server.complaints())
		}
	})
	until(t, "everybody is there", func() bool { return d.members("dev") == 3 })
	d.ad.Modify(t, adLeaver("p2"))
	until(t, "somebody is deleted", func() bool { return d.off("p2") && d.members("dev") == 2 })

	// It loses the right to look into a unit.
	before := d.writes()
	d.ad.Right(t, adTeam, "reader", "(D;;LC;;;%s)")
	until(t, "that is noticed", func() bool {
		return slices.ContainsFunc(d.history(), func(a attempt) bool { return a.Status == "braked" && a.Changes == 3 })
	})
	if after := d.writes(); after != before || d.off("t1") {
		t.Errorf("%d writes", after-before)
	}
	if status := d.server.stop(); status != 0 {
		t.Errorf("exit status %d", status)
	}
	if !grant.MatchString(strings.ReplaceAll(d.server.complaints(), `\"`, `"`)) {
		t.Error("the watch does not say how the right is given")
	}
	d.wantBlind(before)

	d.ad.Right(t, "CN=Deleted Objects,DC=corp,DC=test", "reader", "(A;;LCRP;;;%s)")
	if r := d.run("doctor"); !regexp.MustCompile(`ok +deleted objects`).MatchString(r.out) {
		t.Errorf("after the right was given, the doctor says\n%s", r.out)
	}
}

// wantBlind shows what is said of a unit that the account sees nothing of: by
// what was there, by a canary, and where it is itself hidden, by name.
func (d *domain) wantBlind(before int) {
	d.t.Helper()
	for _, c := range []struct{ more, says string }{
		{"", "emptied"},
		{"    canaries: ['CN=t1," + adTeam + "']\n", "check canaries: CN=t1," + adTeam},
		{"    ous: ['" + adTeam + "']\n", "empty-source"},
	} {
		d.configure(d.ad.LDAPS, "")
		d.alter("anchor:", c.more+"    anchor:")
		r := d.run("sync", "run", "corp")
		if r.status != 5 || !strings.Contains(r.errors, c.says) {
			d.t.Errorf("status %d, want 5 and %s:\n%s", r.status, c.says, r.errors)
		}
	}
	d.ad.Right(d.t, adTeam, "reader", "(D;;GA;;;%s)")
	d.ad.Right(d.t, "OU=AWS,DC=corp,DC=test", "reader", "(D;;LC;;;%s)")
	if r := d.run("sync", "run", "corp"); r.status != 5 || !strings.Contains(r.errors, adTeam) || !strings.Contains(r.errors, "the account may not see it") {
		d.t.Errorf("status %d:\n%s", r.status, r.errors)
	}
	if after := d.writes(); after != before {
		d.t.Errorf("%d writes", after-before)
	}
}
