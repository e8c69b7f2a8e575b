package ldapsource

import (
	"strings"
	"testing"

	"rollcall/source/ldapsource/ldaptest"
)

// found is what a look found, by check: "ok", "warning" or an error's text.
func found(t *testing.T, o Options) map[string]string {
	t.Helper()
	all := map[string]string{}
	for _, f := range driver(t, o).Examine(t.Context()) {
		switch {
		case f.Err != nil:
			all[f.Check] = f.Err.Error()
		case f.Warning:
			all[f.Check] = "warning"
		default:
			all[f.Check] = "ok"
		}
	}
	return all
}

func TestWhatAReadNeedsIsLookedAt(t *testing.T) {
	s := ldaptest.StartSlapd(t, ldaptest.SlapdOptions{})
	s.Add(t, awkward(s.Suffix))
	o := plain(s)
	o.Canaries = []string{"uid=eve," + s.Suffix}
	if got := found(t, o); got["bind"] != "ok" || got["base"] != "ok" || got["canary"] != "ok" || got["replica"] != "ok" || len(got) != 4 {
		t.Errorf("%v", got)
	}
	o.Rules.Within, o.Canaries = []string{"ou=gone," + s.Suffix}, []string{"uid=gone," + s.Suffix}
	if got := found(t, o); !strings.Contains(got["base"], "ou=gone") || !strings.Contains(got["canary"], "uid=gone") {
		t.Errorf("%v", got)
	}
	o.Bind.Password = password("hunter2")
	if got := found(t, o); !strings.Contains(got["bind"], "does not take this user") || len(got) != 1 {
		t.Errorf("%v", got)
	}
	o = plain(s)
	o.Dialect = ActiveDirectory // which has a container of what was deleted
	if got := found(t, o); got["deleted objects"] != "warning" {
		t.Errorf("%v", got)
	}
	silent := ldaptest.StartSlapd(t, ldaptest.SlapdOptions{NoSync: true})
	if got := found(t, plain(silent)); got["replica"] != "warning" {
		t.Errorf("%v", got)
	}
}

// Every way of binding to Active Directory and each of its anchors works.
func TestActiveDirectoryIsReachedInEveryWay(t *testing.T) {
	s := ldaptest.StartSamba(t, ldaptest.SmallDomain)
	s.SetPassword(t, "ann", "Ordinary-1")
	o := Options{Servers: []string{s.LDAPS}, TLS: trusting(t, s.CA), Bind: Bind{User: s.Admin, Password: password(s.Password)}}
	o.Rules.Base = "OU=AWS," + s.Base
	ordinary, startTLS, kerberos, bySID := o, o, o, o
	ordinary.Bind = Bind{User: "ann@corp.test", Password: password("Ordinary-1")}
	startTLS.Servers = []string{s.URL}
	kerberos.Bind = Bind{User: "ann", Password: password("Ordinary-1"), Kerberos: &Kerberos{Config: s.KRB5, Realm: "CORP.TEST", Service: "host/dc1.corp.test"}}
	keytab := kerberos
	keytab.Bind = Bind{User: "ann", Kerberos: &Kerberos{Config: s.KRB5, Realm: "CORP.TEST", Service: "host/dc1.corp.test", Keytab: s.Keytab(t, "ann")}}
	bySID.Rules.PersonAnchor, bySID.Rules.GroupAnchor = "objectSid", "objectSid"
	for name, c := range map[string]struct {
		o      Options
		anchor string
	}{
		"as an administrator": {o, ""}, "as anybody": {ordinary, ""}, "by StartTLS": {startTLS, ""}, "by Kerberos": {kerberos, ""}, "by a keytab": {keytab, ""}, "by SID": {bySID, "S-1-5-21-"},
	} {
		t.Run(name, func(t *testing.T) {
			snap := snapshot(t, driver(t, c.o))
			if len(snap.People) != 1 || len(snap.Groups) != 1 || len(snap.Groups[0].Members) != 1 || !strings.HasPrefix(string(snap.People[0].Anchor), c.anchor) {
				t.Errorf("%+v", snap)
			}
			if len(snap.Report.Replica.Marks) != 1 {
				t.Errorf("it says %+v of how far it has come", snap.Report.Replica)
			}
		})
	}
	if got := found(t, o); got["deleted objects"] != "ok" {
		t.Errorf("an administrator: %v", got)
	}
	if got := found(t, ordinary); got["deleted objects"] != "warning" {
		t.Errorf("anybody: %v", got)
	}
	wrong := ordinary
	wrong.Bind.Password = password("hunter2")
	if got := found(t, wrong); !strings.Contains(got["bind"], "the password is wrong") {
		t.Errorf("%v", got)
	}
	plainly := o
	plainly.Servers, plainly.Plain = []string{s.URL}, true
	if got := found(t, plainly); !strings.Contains(got["bind"], "wants encryption") {
		t.Errorf("%v", got)
	}
	t.Run("followed by an administrator", func(t *testing.T) { wantFollowed(t, s, o) })
	t.Run("followed by anybody", func(t *testing.T) { wantFollowed(t, s, ordinary) })
	s.Right(t, "CN=Deleted Objects,"+s.Base, "ann", "(A;;LCRP;;;%s)")
	if got := found(t, ordinary); got["deleted objects"] != "ok" {
		t.Errorf("somebody who was given the right: %v", got)
	}
	t.Run("followed by somebody who sees what was deleted", func(t *testing.T) { wantFollowed(t, s, ordinary) })
	t.Run("followed on one domain controller", func(t *testing.T) { wantBound(t, o) })
	t.Run("put back to how it was", func(t *testing.T) { wantNoticed(t, s, o) })
}
