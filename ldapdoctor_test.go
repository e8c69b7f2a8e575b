package main

import (
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"rollcall/source/ldapsource/ldaptest"
)

// The doctor says of a directory server what a sync would stumble over, ends as
// the worst of it would, and goes on after it.
func TestTheDoctorLooksAtADirectoryServer(t *testing.T) {
	f := newLDAPOffice(t, ldaptest.SlapdOptions{})
	unmarked := f.s.Copy(t, ldaptest.SlapdOptions{NoSync: true, Unmarked: true})
	f.put("wrong", "hunter2")
	canary := func(name string) string { return plainly + "\n    canaries: ['" + name + "']" }
	for name, c := range map[string]struct {
		server, more string
		status       int
		says         []string // levels, checks and findings
	}{
		"all is well": {f.s.URL, canary("uid=p1,ou=people,dc=example,dc=com"), 0, []string{
			`ok +bind +corp +ldap://\S+ answers, a server of dialect openldap, and takes cn=admin`, `ok +base`, `ok +canary`, `ok +replica`, `ok +source +corp +it reads completely: 100 people, 2 groups`,
		}},
		"a canary that is gone": {f.s.URL, canary("uid=gone,ou=people,dc=example,dc=com"), 5, []string{`error +canary +corp .*uid=gone`, `error +source`}},
		"a wrong password": {f.s.URL, plainly + "\n    bind: {user: 'cn=admin,dc=example,dc=com', password: 'file:" + filepath.Join(f.folder, "wrong") + "'}", 7, []string{
			`error +bind +corp .*does not take this user`,
		}},
		"a subtree that is not there": {f.s.URL, plainly + "\n    ous: ['ou=persons,dc=example,dc=com']", 5, []string{`ok +base +corp +dc=example,dc=com`, `error +base +corp .*ou=persons`}},
		"nobody listens":              {"ldap://127.0.0.1:1", plainly, 5, []string{`error +bind +corp .*connection refused`}},
		"no encryption":               {f.s.URL, "    tls: {ca: " + ldaptest.StartSlapd(t, ldaptest.SlapdOptions{}).CA + "}", 5, []string{`error +bind +corp .*issued by nobody who is trusted`}},
		"a copy that says nothing":    {unmarked.URL, plainly, 3, []string{`warning +replica +corp .*takes nobody for gone`, `ok +source`}},
	} {
		t.Run(name, func(t *testing.T) {
			f.config(c.server, c.more)
			r := f.run("doctor")
			if r.status != c.status {
				t.Errorf("exit status %d, want %d", r.status, c.status)
			}
			for _, want := range c.says {
				if !regexp.MustCompile(want).MatchString(r.out) {
					t.Errorf("it does not say %s", want)
				}
			}
			if strings.Contains(r.out+r.errors, "hunter2") {
				t.Error("the password is shown")
			}
			if t.Failed() {
				t.Log(r.out)
			}
		})
	}
}
