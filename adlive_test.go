package main

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"rollcall/source/ldapsource/ldaptest"
)

// adTicks is a moment as accountExpires has it.
func adTicks(t time.Time) int64 { return (t.Unix() + 11_644_473_600) * 10_000_000 }

// Whatever changes in Active Directory is in Identity Center without a
// schedule, and a read of everything finds nothing to do.
func TestWhatChangesInActiveDirectoryIsLive(t *testing.T) {
	person := func(name string) string {
		return fmt.Sprintf("objectClass: user\nsAMAccountName: %s\nuserPrincipalName: %[1]s@corp.test\nsn: Example\ngivenName: %[1]s\nuserAccountControl: 544\n\n", name)
	}
	name := func(n string) string { return "dn: CN=" + n + ",OU=AWS,DC=corp,DC=test\nchangetype: " }
	d := newDomain(t, ldaptest.SmallDomain)
	crowd := "dn: OU=Gone,DC=corp,DC=test\nchangetype: add\nobjectClass: organizationalUnit\n\n" + name("Ann") + "modify\nadd: sn\nsn: Lee\n-\nadd: givenName\ngivenName: Ann\n\n"
	for i := range 20 { // so that one leaver is a few per cent
		crowd += name(fmt.Sprintf("p%d", i)) + "add\n" + person(fmt.Sprintf("p%d", i))
	}
	d.ad.Modify(t, crowd+name("dev")+"modify\nadd: member\nmember: CN=p1,OU=AWS,DC=corp,DC=test\nmember: CN=p2,OU=AWS,DC=corp,DC=test\n")
	config := filepath.Join(d.folder, "rollcall.yaml")
	text, err := os.ReadFile(config)
	if err == nil {
		err = os.WriteFile(config, append(text, "    watch: {full: 6h}\n"...), 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	d.open()
	t.Cleanup(func() {
		if t.Failed() {
			t.Log(d.server.complaints())
		}
	})
	until(t, "everybody is there", func() bool { return d.members("dev") == 3 })
	move := "modrdn\nnewrdn: CN=p1\ndeleteoldrdn: 1\nnewsuperior: "
	off := func(n string) bool { return d.isOff(n + "@corp.test") }
	on := func(n string) bool { return d.office.user(n + "@corp.test").Active }
	for _, step := range []struct {
		name, change string
		is           func() bool
	}{
		{"a joiner", name("eve") + "add\n" + person("eve"), func() bool { return on("eve") }},
		{"an attribute", name("eve") + "modify\nreplace: title\ntitle: Lead\n", func() bool { return d.office.user("eve@corp.test").Title == "Lead" }},
		{"a membership", name("dev") + "modify\nadd: member\nmember: CN=eve,OU=AWS,DC=corp,DC=test\n", func() bool { return d.members("dev") == 4 }},
		{"a person is renamed", name("eve") + "modrdn\nnewrdn: CN=eve lee\ndeleteoldrdn: 1\n\n" + name("eve lee") + "modify\nreplace: title\ntitle: Boss\n", func() bool {
			return d.office.user("eve@corp.test").Title == "Boss" && d.members("dev") == 4
		}},
		{"somebody is disabled", name("p3") + "modify\nreplace: userAccountControl\nuserAccountControl: 546\n", func() bool { return off("p3") }},
		{"somebody expires", name("p4") + fmt.Sprintf("modify\nreplace: accountExpires\naccountExpires: %d\n", adTicks(time.Now().Add(3*time.Second))), func() bool { return off("p4") }},
		{"somebody moves out", name("p1") + move + "OU=Gone,DC=corp,DC=test\n", func() bool { return off("p1") && d.members("dev") == 3 }},
		{"and is back", "dn: CN=p1,OU=Gone,DC=corp,DC=test\nchangetype: " + move + "OU=AWS,DC=corp,DC=test\n", func() bool { return on("p1") && d.members("dev") == 4 }},
		{"somebody is deleted", name("p2") + "delete\n", func() bool { return off("p2") && d.members("dev") == 3 }},
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
