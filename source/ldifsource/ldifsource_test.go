package ldifsource

import (
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"rollcall/identity"
	"rollcall/source"
	"rollcall/source/ldapentry"
	"rollcall/source/sourcetest"
)

func TestDriver(t *testing.T) {
	sourcetest.Run(t, sourcetest.Harness{
		Open: func(t *testing.T, c sourcetest.Company) source.Driver { return open(t, company(c)) },
		Cut: func(t *testing.T, c sourcetest.Company) source.Driver {
			return open(t, strings.TrimSuffix(company(c), "com\n\n"))
		},
		Unreadable: func(t *testing.T) source.Driver { return reading(t, filepath.Join(t.TempDir(), "none.ldif")) },
		UserName:   "uid", Name: "cn", Mail: "mail",
	})
}

// company is a company in LDIF.
func company(c sourcetest.Company) string {
	var b strings.Builder
	dns := map[identity.Anchor]string{}
	b.WriteString("version: 1\n\ndn: dc=example,dc=com\nobjectClass: domain\ndc: example\n\n")
	for _, p := range c.People {
		dn := "uid=" + p.UserName + ",ou=people,dc=example,dc=com"
		dns[p.Anchor] = dn
		fmt.Fprintf(&b, "dn: %s\nobjectClass: inetOrgPerson\nentryUUID: %s\nuid: %s\ncn:: %s\nmail: %s\nuserPassword: %s\n\n",
			dn, p.Anchor, p.UserName, base64.StdEncoding.EncodeToString([]byte(p.Name)), p.Mail, p.Password)
	}
	for _, g := range c.Groups {
		dns[g.Anchor] = "cn=" + g.Name + ",ou=groups,dc=example,dc=com"
	}
	for _, g := range c.Groups {
		fmt.Fprintf(&b, "dn: cn=%s,ou=groups,dc=example,dc=com\nobjectClass: groupOfNames\nentryUUID: %s\ncn: %[1]s\n", g.Name, g.Anchor)
		for i := range g.Outside {
			fmt.Fprintf(&b, "member: uid=outside%d,dc=elsewhere,dc=com\n", i)
		}
		for i := range g.Missing {
			fmt.Fprintf(&b, "member: uid=missing%d,ou=people,dc=example,dc=com\n", i)
		}
		for _, m := range g.Members {
			fmt.Fprintf(&b, "member: %s\n", dns[m])
		}
		b.WriteString("\n")
	}
	return b.String()
}

// open writes a file and returns a driver that reads it, with the usual rules.
func open(t testing.TB, ldif string) *Driver {
	t.Helper()
	path := filepath.Join(t.TempDir(), "company.ldif")
	if err := os.WriteFile(path, []byte(ldif), 0o600); err != nil {
		t.Fatal(err)
	}
	return reading(t, path)
}

func reading(t testing.TB, paths ...string) *Driver {
	t.Helper()
	return with(t, ldapentry.Rules{}, paths...)
}

func with(t testing.TB, rules ldapentry.Rules, paths ...string) *Driver {
	t.Helper()
	d, err := New(Options{Paths: paths, Rules: rules})
	if err != nil {
		t.Fatal(err)
	}
	return d
}
