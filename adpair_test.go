package main

import (
	"slices"
	"strings"
	"testing"

	"rollcall/source/ldapsource/ldaptest"
)

// pair is one domain on two domain controllers, of which a second one is asked
// where the first one does not answer.
type pair struct {
	*domain
	two *ldaptest.Samba
}

func newPair(t *testing.T, more string) *pair {
	t.Helper()
	one, two := ldaptest.StartPair(t, ldaptest.SmallDomain)
	d := &pair{domain: &domain{ad: one, office: newOffice(t)}, two: two}
	d.configure("["+one.LDAPS+", "+two.LDAPS+"]", more)
	one.Modify(t, adStaff(20))
	two.Pull(t, one)
	return d
}

// A domain controller that has not heard of a change yet would bring leavers
// back and undo moves: it is not believed, whichever of the two it is, until it
// has caught up.
func TestADomainControllerThatIsBehindIsNotBelieved(t *testing.T) {
	t.Parallel()
	d := newPair(t, "")
	d.must("sync", "run", "corp")
	d.ad.Modify(t, adLeaver("p1")+adEntry("p2")+"modify\nreplace: userAccountControl\nuserAccountControl: 546\n\n"+adJoiner("eve")+adTitle("p3", "Lead"))
	d.must("sync", "run", "corp")
	d.ad.Kill(t)
	d.refused(d.two.LDAPS)
	if !d.off("p1") || !d.off("p2") || !d.person("eve").Active || d.person("p3").Title != "Lead" {
		t.Error("what the second domain controller has not heard of was undone")
	}

	d.ad.Start(t)
	d.two.Pull(t, d.ad)
	d.ad.Kill(t)
	d.believed("No changes")
	d.two.Modify(t, adLeaver("p4"))
	d.believed("Read source")
	if !d.off("p4") {
		t.Error("who was deleted at the second domain controller is active")
	}

	d.ad.Start(t)
	d.refused(d.ad.LDAPS)
	if !d.off("p4") {
		t.Error("what the first domain controller has not heard of was undone")
	}
	d.ad.Pull(t, d.two)
	d.believed("No changes")

	// The first one is told of a leaver and lost, with all that it had.
	d.ad.Modify(t, adLeaver("p5"))
	d.must("sync", "run", "corp")
	d.ad.Kill(t)
	d.refused(d.two.LDAPS)
	if r := d.run("sync", "rebind", "corp", "--dry-run"); r.status != 0 || !strings.Contains(r.errors, "last accepted what it read of "+d.ad.LDAPS) {
		t.Errorf("status %d:\n%s", r.status, r.errors)
	}
	d.refused(d.two.LDAPS)
	if r := d.run("sync", "rebind", "corp", "--reason", "its server is gone"); r.status != 6 {
		t.Errorf("nobody was asked, and the status is %d:\n%s", r.status, r.errors)
	}
	d.must("sync", "rebind", "corp", "--reason", "its server is gone", "--yes")
	if told := d.must("journal", "list", "--type", "rebind"); !strings.Contains(told.out, "sync corp: any copy, before what was read of "+d.ad.LDAPS) ||
		!strings.Contains(told.out, "its server is gone") {
		t.Errorf("the journal does not tell who lost what:\n%s", told.out)
	}
	d.believed("enable user p5@corp.test")
	d.believed("No changes")
}

// refused runs the sync at a domain controller that is behind.
func (d *pair) refused(server string) {
	d.t.Helper()
	before := d.writes()
	r := d.run("sync", "run", "corp")
	if r.status != 5 || !strings.Contains(r.errors, server) || !strings.Contains(r.errors, "is behind") {
		d.t.Errorf("status %d, want 5 and that %s is behind:\n%s", r.status, server, r.errors)
	}
	if after := d.writes(); after != before {
		d.t.Errorf("%d writes", after-before)
	}
}

// believed runs the sync at a domain controller that has everything.
func (d *pair) believed(want string) {
	d.t.Helper()
	if r := d.must("sync", "run", "corp"); !strings.Contains(r.errors, want) || strings.Contains(r.errors, "nobody is taken for gone") {
		d.t.Errorf("it says\n%s", r.errors)
	}
}

// What is followed on one domain controller is not gone on with on another: its
// USNs are its own. Everything is read there, so that nothing is lost that
// happened in between.
func TestAWatchGoesOnAtAnotherDomainController(t *testing.T) {
	t.Parallel()
	d := newPair(t, "    watch: {full: 6h}\n")
	d.open()
	t.Cleanup(func() {
		if t.Failed() {
			t.Log(d.server.complaints())
		}
	})
	until(t, "everybody is there", func() bool { return d.members("dev") == 3 })
	d.ad.Modify(t, adTitle("p3", "Lead"))
	until(t, "a change at the first", func() bool { return d.person("p3").Title == "Lead" })

	d.two.Pull(t, d.ad)
	d.ad.Kill(t)
	d.two.Modify(t, adJoiner("eve")+adLeaver("p2")+adTitle("p4", "Boss"))
	until(t, "what happened in between", func() bool { return d.off("p2") && d.person("eve").Active && d.person("p4").Title == "Boss" })
	d.two.Modify(t, adLeaver("p5")+adTitle("p3", "Head"))
	until(t, "a change at the second", func() bool { return d.off("p5") && d.person("p3").Title == "Head" })

	d.ad.Start(t)
	d.two.Kill(t)
	until(t, "the first is found to be behind", func() bool {
		return slices.ContainsFunc(d.history(), func(a attempt) bool { return strings.Contains(a.Text, "is behind") })
	})
	if !d.off("p2") || !d.off("p5") || d.person("p3").Title != "Head" {
		t.Error("what the first domain controller has not heard of was undone")
	}
	d.two.Start(t)
	d.ad.Pull(t, d.two)
	d.ad.Modify(t, adTitle("p6", "Lead"))
	until(t, "a change at the first, which is whole again", func() bool { return d.person("p6").Title == "Lead" })
	d.nothingLeft()
	if n := strings.Count(d.server.complaints(), "the cursor means nothing"); n < 2 {
		t.Errorf("the cursor was given up %d times, want it for each change of domain controllers", n)
	}
}
