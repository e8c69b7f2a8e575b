package main

import (
	"fmt"
	"testing"
	"time"

	"rollcall/source/ldapsource/ldaptest"
)

// adTicks is a moment as accountExpires has it.
func adTicks(t time.Time) int64 { return (t.Unix() + 11_644_473_600) * 10_000_000 }

// Whatever changes in Active Directory is in Identity Center without a
// schedule, and a read of everything finds nothing to do.
func TestWhatChangesInActiveDirectoryIsLive(t *testing.T) {
	d := newDomain(t, ldaptest.SmallDomain)
	d.ad.Modify(t, adStaff(20))
	d.configure(d.ad.LDAPS, "    watch: {full: 6h}\n")
	d.open()
	t.Cleanup(func() {
		if t.Failed() {
			t.Log(d.server.complaints())
		}
	})
	until(t, "everybody is there", func() bool { return d.members("dev") == 3 })
	move := "modrdn\nnewrdn: CN=p1\ndeleteoldrdn: 1\nnewsuperior: "
	for _, step := range []struct {
		name, change string
		is           func() bool
	}{
		{"a joiner", adJoiner("eve"), func() bool { return d.person("eve").Active }},
		{"an attribute", adTitle("eve", "Lead"), func() bool { return d.person("eve").Title == "Lead" }},
		{"a membership", adEntry("dev") + "modify\nadd: member\nmember: CN=eve,OU=AWS,DC=corp,DC=test\n", func() bool { return d.members("dev") == 4 }},
		{"a person is renamed", adEntry("eve") + "modrdn\nnewrdn: CN=eve lee\ndeleteoldrdn: 1\n\n" + adTitle("eve lee", "Boss"), func() bool {
			return d.person("eve").Title == "Boss" && d.members("dev") == 4
		}},
		{"somebody is disabled", adEntry("p3") + "modify\nreplace: userAccountControl\nuserAccountControl: 546\n", func() bool { return d.off("p3") }},
		{"somebody expires", adEntry("p4") + fmt.Sprintf("modify\nreplace: accountExpires\naccountExpires: %d\n", adTicks(time.Now().Add(3*time.Second))), func() bool { return d.off("p4") }},
		{"somebody moves out", adEntry("p1") + move + "OU=Gone,DC=corp,DC=test\n", func() bool { return d.off("p1") && d.members("dev") == 3 }},
		{"and is back", "dn: CN=p1,OU=Gone,DC=corp,DC=test\nchangetype: " + move + "OU=AWS,DC=corp,DC=test\n", func() bool { return d.person("p1").Active && d.members("dev") == 4 }},
		{"somebody is deleted", adLeaver("p2"), func() bool { return d.off("p2") && d.members("dev") == 3 }},
	} {
		d.ad.Modify(t, step.change)
		until(t, step.name, step.is)
	}
	d.nothingLeft()
	if n := len(d.history()); n < 10 {
		t.Errorf("%d attempts, want one for every step and one for the date that passed", n)
	}
	if status := d.server.stop(); status != 0 {
		t.Errorf("exit status %d: %s", status, d.server.complaints())
	}
}
