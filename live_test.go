package main

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/identitystore"
	"github.com/aws/aws-sdk-go-v2/service/identitystore/document"
	"github.com/aws/aws-sdk-go-v2/service/identitystore/types"

	"rollcall/source/ldapsource/ldaptest"
)

// watched is the configuration of an office whose sync is watched. A filter
// leaves some people out.
func (f *ldapOffice) watched(server string) {
	f.t.Helper()
	f.config(server, plainly+"\n    filter: '(!(title=Out))'")
	text, err := os.ReadFile(f.folder + "/rollcall.yaml")
	if err != nil {
		f.t.Fatal(err)
	}
	f.put("rollcall.yaml", string(text)+"    watch: 6h\n")
}

// account is what a test looks at of somebody.
type account struct {
	UserName, Title string
	Active          bool
}

// user is somebody, zero if there is nobody.
func (o *office) user(name string) account {
	o.t.Helper()
	var all []account
	o.ask(&all, "user", "list")
	for _, one := range all {
		if one.UserName == name {
			return one
		}
	}
	return account{}
}

// isOff reports whether somebody has an account, and it is disabled.
func (o *office) isOff(name string) bool {
	o.t.Helper()
	u := o.user(name)
	return u.UserName != "" && !u.Active
}

// members is how many are in a group, -1 if there is none of that name.
func (o *office) members(group string) int {
	o.t.Helper()
	r := o.run("group", "members", group, "--output", "json")
	var all []any
	if r.status != 0 || json.Unmarshal([]byte(r.out), &all) != nil {
		return -1
	}
	return len(all)
}

// nothingLeft shows that a read of everything finds nothing to do.
func (o *office) nothingLeft() {
	o.t.Helper()
	if r := o.run("sync", "run", "corp", "--dry-run", "--exit-code"); r.status != 0 {
		o.t.Errorf("something is left to do:\n%s%s", r.out, r.errors)
	}
}

const floorPerson = "dn: uid=%s,ou=people,dc=example,dc=com\nchangetype: "

// Whatever changes in the directory is in Identity Center without a schedule,
// and a read of everything finds nothing to do.
func TestWhatChangesInOpenLDAPIsLive(t *testing.T) {
	f := newLDAPOffice(t, ldaptest.SlapdOptions{})
	proxy := ldaptest.NewProxy(t, f.s.URL, ldaptest.Fault{})
	f.watched(proxy.URL)
	server := f.serve()
	t.Cleanup(func() {
		if t.Failed() {
			t.Log(server.complaints())
		}
	})
	until(t, "everybody is there", func() bool { return f.members("all") == floorPeople })
	for _, step := range []struct {
		name, change string
		is           func() bool
	}{
		{"a joiner", fmt.Sprintf(floorPerson, "new") + "add\nobjectClass: inetOrgPerson\nuid: new\ncn: New\nsn: New\ngivenName: N\nmail: new@example.com\n", func() bool {
			return f.user("new").Active
		}},
		{"an attribute", fmt.Sprintf(floorPerson, "new") + "modify\nreplace: title\ntitle: Lead\n", func() bool { return f.user("new").Title == "Lead" }},
		{"a membership", "dn: cn=ten,dc=example,dc=com\nchangetype: modify\nadd: member\nmember: uid=new,ou=people,dc=example,dc=com\n", func() bool { return f.members("ten") == 11 }},
		{"somebody is deleted", fmt.Sprintf(floorPerson, "p5") + "delete\n", func() bool { return f.isOff("p5") && f.members("ten") == 10 }},
		{"somebody is out of the filter", fmt.Sprintf(floorPerson, "p6") + "modify\nreplace: title\ntitle: Out\n", func() bool { return f.isOff("p6") && f.members("ten") == 9 }},
		{"and is back", fmt.Sprintf(floorPerson, "p6") + "modify\nreplace: title\ntitle: In\n", func() bool { return f.user("p6").Active && f.members("ten") == 10 }},
		{"a group is renamed", "dn: cn=ten,dc=example,dc=com\nchangetype: modrdn\nnewrdn: cn=eleven\ndeleteoldrdn: 1\n", func() bool { return f.members("eleven") == 10 }},
	} {
		f.s.Modify(t, step.change)
		until(t, step.name, step.is)
	}
	f.nothingLeft()
	f.besideTheLive(server)

	// The connection is cut, and then the directory server starts anew.
	proxy.Cut()
	f.s.Modify(t, fmt.Sprintf(floorPerson, "new")+"modify\nreplace: title\ntitle: Boss\n")
	until(t, "what changed while nobody listened", func() bool { return f.user("new").Title == "Boss" })
	f.s.Restart(t)
	f.s.Modify(t, fmt.Sprintf(floorPerson, "p7")+"delete\n")
	until(t, "what changed after the restart", func() bool { return f.isOff("p7") })
	f.nothingLeft()
	f.stayOut("new")

	// The process that watches is killed, and another one watches.
	other := f.serve()
	if err := server.process.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	f.s.Modify(t, fmt.Sprintf(floorPerson, "p8")+"modify\nreplace: title\ntitle: Boss\n")
	until(t, "what another process does", func() bool { return f.user("p8").Title == "Boss" })
	f.nothingLeft()
	if status := other.stop(); status != 0 {
		t.Errorf("exit status %d: %s", status, other.complaints())
	}
}

// besideTheLive has others change in Identity Center what a live run is about to
// change: it is looked at again, and the run is as if everything had been read.
func (f *ldapOffice) besideTheLive(server *served) {
	f.t.Helper()
	title := func(name, title string) {
		f.s.Modify(f.t, fmt.Sprintf(floorPerson, name)+"modify\nreplace: title\ntitle: "+title+"\n")
		until(f.t, name+" is "+title, func() bool { return f.user(name).Title == title })
	}
	title("p11", "First")
	title("p11", "Second") // from the directory as it was left
	if !strings.Contains(server.complaints(), "Directory local as the last run left it") {
		f.t.Error("the directory is read whole for every change")
	}
	client, store := server.client(), aws.String(server.env["ROLLCALL_IDENTITY_STORE_ID"])
	_, err := client.UpdateUser(f.t.Context(), &identitystore.UpdateUserInput{IdentityStoreId: store, UserId: find(f.t, server, "p11").UserId, Operations: []types.AttributeOperation{
		{AttributePath: aws.String("title"), AttributeValue: document.NewLazyDocument("Elsewhere")},
		{AttributePath: aws.String("nickName"), AttributeValue: document.NewLazyDocument("Eleven")},
	}})
	if err != nil {
		f.t.Fatal(err)
	}
	title("p11", "Third")
	if _, err := client.DeleteUser(f.t.Context(), &identitystore.DeleteUserInput{IdentityStoreId: store, UserId: find(f.t, server, "p12").UserId}); err != nil {
		f.t.Fatal(err)
	}
	title("p12", "Again") // with an account anew
	f.nothingLeft()
}

// stayOut puts somebody out by hand, whom the source still lists: neither ten
// runs nor a live event write anything to them.
func (f *ldapOffice) stayOut(name string) {
	f.t.Helper()
	f.must("user", "disable", name, "--reason", "under investigation")
	before := f.events()
	for range 10 {
		f.must("sync", "run", "corp")
	}
	attempts := len(f.history())
	f.s.Modify(f.t, fmt.Sprintf(floorPerson, name)+"modify\nreplace: title\ntitle: Nobody\n")
	until(f.t, "the live event was looked at", func() bool {
		all := f.history()
		return len(all) > attempts && strings.HasPrefix(all[0].Why, "live: ") && all[0].Status == "unchanged"
	})
	if after := f.events(); after != before || !f.isOff(name) {
		f.t.Errorf("%d writes; the account is %+v", after-before, f.user(name))
	}
}

func (o *office) history() []attempt {
	o.t.Helper()
	var all []attempt
	o.ask(&all, "schedule", "history", "corp")
	return all
}
