package ldapsource

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rollcall/identity"
	"rollcall/source"
	"rollcall/source/ldapentry"
	"rollcall/source/ldapsource/ldaptest"
	"rollcall/source/ldifsource"
	"rollcall/source/sourcetest"
)

func TestDriver(t *testing.T) {
	sourcetest.Run(t, sourcetest.Harness{
		Open: func(t *testing.T, c sourcetest.Company) source.Driver { return filled(t, c) },
		Unreadable: func(t *testing.T) source.Driver {
			return driver(t, Options{Servers: []string{"ldap://127.0.0.1:1"}, Plain: true, Rules: ldapentry.Rules{Base: "dc=example,dc=com"}})
		},
		UserName: "uid", Name: "cn", Mail: "mail",
		Skip: map[string]string{
			"DuplicatePersonIsIncomplete": "OpenLDAP gives out entryUUID itself, and one is not there twice",
			"DuplicateGroupIsIncomplete":  "OpenLDAP gives out entryUUID itself, and one is not there twice",
		},
	})
}

// filled is a driver of a new server that holds a company. Its entries have
// the ids they are to have, as a replica's would.
func filled(t *testing.T, c sourcetest.Company) *Driver {
	t.Helper()
	s := ldaptest.StartSlapd(t, ldaptest.SlapdOptions{})
	s.Relax(t, company(s.Suffix, c))
	return driver(t, plain(s))
}

// plain asks a server without encryption, as somebody who may read all.
func plain(s *ldaptest.Slapd) Options {
	return Options{
		Servers: []string{s.URL}, Plain: true, Rules: ldapentry.Rules{Base: s.Suffix},
		Bind: Bind{User: s.Admin, Password: password(s.Password)},
	}
}

func password(text string) func(context.Context) (string, error) {
	return func(context.Context) (string, error) { return text, nil }
}

func driver(t testing.TB, o Options) *Driver {
	t.Helper()
	d, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func snapshot(t testing.TB, d source.Driver) *source.Snapshot {
	t.Helper()
	snap, err := source.New("test", d).Read(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return snap
}

// company is a company in LDIF, below a suffix that is there.
func company(suffix string, c sourcetest.Company) string {
	var b strings.Builder
	dns := map[identity.Anchor]string{}
	fmt.Fprintf(&b, "dn: ou=people,%[1]s\nobjectClass: organizationalUnit\nou: people\n\ndn: ou=groups,%[1]s\nobjectClass: organizationalUnit\nou: groups\n\n", suffix)
	for _, p := range c.People {
		dn := "uid=" + p.UserName + ",ou=people," + suffix
		dns[p.Anchor] = dn
		fmt.Fprintf(&b, "dn: %s\nobjectClass: inetOrgPerson\nentryUUID: %s\nuid: %s\ncn:: %s\nsn: x\nmail: %s\nuserPassword: %s\n\n",
			dn, p.Anchor, p.UserName, base64.StdEncoding.EncodeToString([]byte(p.Name)), p.Mail, p.Password)
	}
	for _, g := range c.Groups {
		dns[g.Anchor] = "cn=" + g.Name + ",ou=groups," + suffix
	}
	for _, g := range c.Groups {
		fmt.Fprintf(&b, "dn: cn=%s,ou=groups,%s\nobjectClass: groupOfNames\nentryUUID: %s\ncn: %[1]s\n", g.Name, suffix, g.Anchor)
		if len(g.Members)+g.Outside+g.Missing == 0 {
			b.WriteString("member:\n") // the class demands one
		}
		for i := range g.Outside {
			fmt.Fprintf(&b, "member: uid=outside%d,dc=elsewhere,dc=com\n", i)
		}
		for i := range g.Missing {
			fmt.Fprintf(&b, "member: uid=missing%d,ou=people,%s\n", i, suffix)
		}
		for _, m := range g.Members {
			fmt.Fprintf(&b, "member: %s\n", dns[m])
		}
		b.WriteString("\n")
	}
	return b.String()
}

// trusting is TLS that trusts whom a file names.
func trusting(t testing.TB, file string) *tls.Config {
	t.Helper()
	pem, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(pem)
	return &tls.Config{RootCAs: pool}
}

// The same directory says the same, read from the server and from an export.
func TestAServerAndItsExportAgree(t *testing.T) {
	s := ldaptest.StartSlapd(t, ldaptest.SlapdOptions{})
	s.Add(t, awkward(s.Suffix))
	fromServer := snapshot(t, driver(t, plain(s)))
	file := t.TempDir() + "/export.ldif"
	if err := os.WriteFile(file, []byte(s.Slapcat(t)), 0o600); err != nil {
		t.Fatal(err)
	}
	export, err := ldifsource.New(ldifsource.Options{Paths: []string{file}, Rules: ldapentry.Rules{Base: s.Suffix}})
	if err != nil {
		t.Fatal(err)
	}
	fromFile := snapshot(t, export)
	if len(fromFile.People) != 5 || len(fromFile.Groups) != 5 {
		t.Fatalf("%d people, %d groups", len(fromFile.People), len(fromFile.Groups))
	}
	if diff := cmp.Diff(fromFile.People, fromServer.People); diff != "" {
		t.Errorf("people, - export + server:\n%s", diff)
	}
	if diff := cmp.Diff(fromFile.Groups, fromServer.Groups); diff != "" {
		t.Errorf("groups, - export + server:\n%s", diff)
	}
}

// awkward are entries with names that have to be escaped, groups in a cycle,
// members elsewhere and nowhere, and all three ways of naming members.
func awkward(suffix string) string {
	return strings.ReplaceAll(`dn: ou=people,SUFFIX
objectClass: organizationalUnit
ou: people

dn: cn=O'Neil\, Ann \22Andy\22,ou=people,SUFFIX
objectClass: inetOrgPerson
cn: O'Neil, Ann "Andy"
uid: ann
sn: O'Neil
mail: ann@example.com

dn: cn=a/b\+c \\ d,ou=people,SUFFIX
objectClass: inetOrgPerson
cn: a/b+c \ d
uid: slash
sn: Slash

dn: uid=lučić,ou=people,SUFFIX
objectClass: inetOrgPerson
cn: Đorđe Lučić
cn;lang-de: Georg
uid: lučić
sn: Lučić
userPassword: secret

dn: uid=bob+sn=Multi,ou=people,SUFFIX
objectClass: inetOrgPerson
objectClass: posixAccount
cn: Bob
uid: bob
sn: Multi
uidNumber: 1
gidNumber: 1
homeDirectory: /

dn: uid=eve,SUFFIX
objectClass: inetOrgPerson
cn: Eve
uid: eve
sn: Last
jpegPhoto:: /9j/AAA=

dn: ou=groups,SUFFIX
objectClass: organizationalUnit
ou: groups

dn: cn=outer,ou=groups,SUFFIX
objectClass: groupOfNames
cn: outer
member: cn=inner,ou=groups,SUFFIX
member: cn=O'Neil\, Ann \22Andy\22,ou=people,SUFFIX

dn: cn=inner,ou=groups,SUFFIX
objectClass: groupOfNames
cn: inner
member: cn=outer,ou=groups,SUFFIX
member: cn=a/b\+c \\ d,ou=people,SUFFIX
member: uid=lučić,ou=people,SUFFIX
member: uid=far,dc=elsewhere

dn: cn=unique,ou=groups,SUFFIX
objectClass: groupOfUniqueNames
cn: unique
uniqueMember: uid=bob+sn=Multi,ou=people,SUFFIX

dn: cn=posix,ou=groups,SUFFIX
objectClass: posixGroup
cn: posix
gidNumber: 1
memberUid: bob
memberUid: eve

dn: cn=broken,ou=groups,SUFFIX
objectClass: groupOfNames
cn: broken
member: uid=gone,ou=people,SUFFIX
member: uid=eve,SUFFIX
`, "SUFFIX", suffix)
}
