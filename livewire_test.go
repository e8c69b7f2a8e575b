package main

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"rollcall/emulate"
	"rollcall/identitycentertest"
	"rollcall/source/ldapsource/ldaptest"
)

const wirePeople = 25

// wirePerson is an entry as it is added.
func wirePerson(n int, title string) string {
	return fmt.Sprintf("dn: uid=w%d,dc=example,dc=com\nchangetype: add\nobjectClass: inetOrgPerson\nuid: w%[1]d\ncn: W %[1]d\nsn: %[1]d\ngivenName: W\nmail: w%[1]d@example.com\ntitle: %s\n\n", n, title)
}

const wireConfig = `default_directory: aws
directories:
  aws:
    kind: aws
    region: %s
    endpoint_url: %s
    store: %s
    instance: %s
    access_key: {id: "env:WIRE_ID", secret: "env:WIRE_SECRET"}
    scim: {url: %s, token: "env:WIRE_TOKEN"}
    rate: {share: 100}
`

// newWireOffice is an office whose directory is at the other end of AWS's wires,
// where AWS's rates hold, and whose sync is watched.
func newWireOffice(t *testing.T) (*ldapOffice, *identitycentertest.Server) {
	f := &ldapOffice{office: newOffice(t), s: ldaptest.StartSlapd(t, ldaptest.SlapdOptions{})}
	var crowd, members strings.Builder
	for n := range wirePeople {
		crowd.WriteString(wirePerson(n, "Engineer"))
		fmt.Fprintf(&members, "member: uid=w%d,dc=example,dc=com\n", n)
	}
	f.s.Modify(t, crowd.String()+"dn: cn=all,dc=example,dc=com\nchangetype: add\nobjectClass: groupOfNames\ncn: all\n"+members.String())
	srv := identitycentertest.New(t, identitycentertest.AWSQuotas())
	key, err := srv.Config.Credentials.Retrieve(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	f.env = []string{"WIRE_ID=" + key.AccessKeyID, "WIRE_SECRET=" + key.SecretAccessKey, "WIRE_TOKEN=" + srv.SCIMToken}
	f.put("password", f.s.Password)
	f.config(f.s.URL, plainly)
	text, err := os.ReadFile(f.folder + "/rollcall.yaml")
	if err != nil {
		t.Fatal(err)
	}
	f.put("rollcall.yaml", fmt.Sprintf(wireConfig, identitycentertest.Region, srv.URL, srv.IdentityStoreID, srv.InstanceARN, srv.SCIMURL)+string(text))
	return f, srv
}

// attempted waits until so many attempts have ended, the last of them well, and
// says why that was and how long the test has waited.
func (o *office) attempted(n int) (last attempt, took time.Duration) {
	o.t.Helper()
	began := time.Now()
	until(o.t, fmt.Sprintf("attempt %d", n), func() bool {
		all := o.history()
		if len(all) >= n && (all[0].Status == "complete" || all[0].Status == "unchanged") {
			last = all[0]
			return true
		}
		return false
	})
	return last, time.Since(began)
}

// Changes are carried through AWS's own calls as they happen, at AWS's rates, and
// though calls fail in every way; a read of everything then finds nothing to do.
func TestChangesAreLiveOverAWSsWire(t *testing.T) {
	f, srv := newWireOffice(t)
	watch, _, complaints := f.command("sync", "watch", "corp")
	if err := watch.Start(); err != nil {
		t.Fatal(err)
	}
	ended := false
	t.Cleanup(func() {
		if !ended {
			_ = watch.Process.Kill()
			_ = watch.Wait()
		}
		if t.Failed() {
			t.Log(complaints)
		}
	})
	_, took := f.attempted(1)
	t.Logf("first load: %s", took)
	title := func(n int, title string) string {
		return fmt.Sprintf("dn: uid=w%d,dc=example,dc=com\nchangetype: modify\nreplace: title\ntitle: %s\n\n", n, title)
	}
	for n, change := range []string{
		title(3, "Lead"), wirePerson(wirePeople, "Engineer"),
		fmt.Sprintf("dn: cn=all,dc=example,dc=com\nchangetype: modify\nadd: member\nmember: uid=w%d,dc=example,dc=com\n", wirePeople),
		"dn: uid=w5,dc=example,dc=com\nchangetype: delete\n",
	} {
		f.s.Modify(t, change)
		last, took := f.attempted(n + 2)
		t.Logf("%s: %s", last.Why, took)
	}

	// Many at once, while the calls fail.
	srv.Faults(
		emulate.Fault{Operation: "*", Kind: emulate.Throttle, Probability: 0.05},
		emulate.Fault{Operation: "*", Kind: emulate.Lost, Probability: 0.03},
		emulate.Fault{Operation: "*", Kind: emulate.Torn, Probability: 0.03},
		emulate.Fault{Operation: "*", Kind: emulate.Drop, Probability: 0.03},
		emulate.Fault{Operation: "*", Kind: emulate.Slow, Delay: emulate.Duration(100 * time.Millisecond), Probability: 0.1},
	)
	before := len(f.history())
	var burst strings.Builder
	for n := range wirePeople {
		if n != 5 {
			burst.WriteString(title(n, "Staff"))
		}
	}
	f.s.Modify(t, burst.String())
	_, took = f.attempted(before + 1)
	srv.Faults()
	t.Logf("%d changes at once, with faults: %s", wirePeople-1, took)
	f.nothingLeft()
	if err := watch.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if ended = true; watch.Wait() != nil {
		t.Errorf("being interrupted is how it ends:\n%s", complaints)
	}
}
