package config

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func TestAnLDAPSourceIsRead(t *testing.T) {
	c := good(t, `sources:
  corp:
    kind: ldap
    servers: [ldaps://dc1.corp.test, srv://corp.test]
    base: DC=corp,DC=test
    bind: {user: reader@corp.test, password: "env:LDAP_PASSWORD", kerberos: {realm: CORP.TEST, config: /etc/krb5.conf}}
    tls: {ca: ca.pem, server_name: dc1}
    dialect: ad
    ous: ["OU=People,DC=corp,DC=test"]
    filter: (!(cn=$admin))
    canaries: CN=Canary,DC=corp,DC=test
    anchor: objectSid
    page_size: 10000
    answer_timeout: 5s
`)
	s := c.Sources["corp"]
	want := Source{
		Kind: KindLDAP, Servers: Strings{"ldaps://dc1.corp.test", "srv://corp.test"}, Base: "DC=corp,DC=test",
		Bind: Bind{User: "reader@corp.test", Password: Secret{reference: "env:LDAP_PASSWORD"}, Kerberos: Kerberos{Realm: "CORP.TEST", Config: "/etc/krb5.conf"}},
		TLS:  LDAPTLS{CA: "ca.pem", ServerName: "dc1"}, Dialect: "ad", OUs: Strings{"OU=People,DC=corp,DC=test"}, Filter: "(!(cn=$admin))",
		Canaries: Strings{"CN=Canary,DC=corp,DC=test"}, Anchor: Anchors{"objectSid", "objectSid"}, PageSize: 10_000, AnswerTimeout: Duration(5 * time.Second),
	}
	if diff := cmp.Diff(want, s, cmpopts.EquateComparable(Secret{})); diff != "" {
		t.Error(diff)
	}
	if s.TLS.Plain() || !(LDAPTLS{Mode: "none"}).Plain() {
		t.Error("only mode none is plain")
	}
}

func TestWhatIsWrongWithAnLDAPSourceIsSaid(t *testing.T) {
	const ok = "servers: ldaps://dc1, base: 'dc=x'"
	for name, test := range map[string]struct{ keys, want string }{
		"no server":              {"base: 'dc=x'", "sources.corp: servers is missing"},
		"not a server":           {"servers: [ldaps://dc1, dc2], base: 'dc=x'", "sources.corp.servers.1: want ldaps://HOST"},
		"no base":                {"servers: ldaps://dc1", "sources.corp: base is missing"},
		"a base that is no name": {"servers: ldaps://dc1, base: x", "sources.corp.base: not a distinguished name"},
		"an OU elsewhere":        {ok + ", ous: ['ou=a,dc=y']", "does not lie under the base"},
		"an OU that is no name":  {ok + ", ous: [a]", "sources.corp.ous.0: not a distinguished name"},
		"a canary of no name":    {ok + ", canaries: a", "sources.corp.canaries: not a distinguished name"},
		"not a filter":           {ok + ", filter: '(cn=a'", "sources.corp.filter: not a filter"},
		"a user alone":           {ok + ", bind: {user: a}", "sources.corp.bind: password is missing"},
		"a password alone":       {ok + ", bind: {password: 'env:A'}", "sources.corp.bind: user is missing"},
		"a password in the file": {ok + ", bind: {user: a, password: secret}", "a secret is named, not written here"},
		"two ways to a ticket":   {ok + ", bind: {user: a, kerberos: {keytab: a, cache: b}}", "keytab and cache say the same"},
		"no dialect":             {ok + ", dialect: novell", "novell"},
		"pages too small":        {ok + ", page_size: 0", "sources.corp.page_size: want 1 to 10000"},
		"pages too large":        {ok + ", page_size: 10001", "sources.corp.page_size: want 1 to 10000"},
		"a key of files":         {ok + ", path: x", "path"},
	} {
		t.Run(name, func(t *testing.T) {
			got := problemsOf("sources:\n  corp:\n    {kind: ldap, " + test.keys + "}\n")
			if !strings.Contains(strings.Join(got, "\n"), test.want) {
				t.Errorf("got  %q\nwant %q", got, test.want)
			}
		})
	}
}
