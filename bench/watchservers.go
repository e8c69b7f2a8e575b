package main

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/go-ldap/ldap/v3"

	"rollcall/source/ldapsource/ldaptest"
)

const watchConfig = `sources:
  corp:
    kind: ldap
    servers: %s
    base: %s
    bind: {user: "%s", password: "file:%s"}
    tls: %s
syncs:
  corp:
    source: corp
    mapping: {preset: %s}
    watch: 6h
`

// secretFile keeps a password where a configuration can name it.
func secretFile(dir, name, password string) (string, error) {
	file := filepath.Join(dir, name+"-password")
	return file, os.WriteFile(file, []byte(password), 0o600)
}

// watchedSlapd is OpenLDAP with so many people, each in ten groups.
func watchedSlapd(people int) func(dir string) (*watchedServer, error) {
	c := company{people: people, groups: people / 50, memberships: people * 10}
	return func(dir string) (*watchedServer, error) { return watchedOpenLDAP(dir, c) }
}

func watchedOpenLDAP(dir string, c company) (*watchedServer, error) {
	server, _, err := serveLDAP(filepath.Join(dir, fmt.Sprintf("company-%d.ldif", c.people)), c)
	if err != nil {
		return nil, err
	}
	secret, err := secretFile(dir, "slapd", server.Password)
	return &watchedServer{
		name: fmt.Sprintf("OpenLDAP of %d", c.people), people: c.people, stop: server.Stop, dn: c.dn, user: func(i int) string { return c.user(i).UserName },
		config: fmt.Sprintf(watchConfig, server.URL, ldapBase, server.Admin, secret, "{mode: none}", "inetorgperson"),
		dial: func() (*ldap.Conn, error) {
			conn, err := ldap.DialURL(server.URL)
			if err != nil {
				return nil, err
			}
			return conn, conn.Bind(server.Admin, server.Password)
		},
	}, err
}

func watchedSamba(dir string) (*watchedServer, error) {
	people, groups, each := size(5000), size(200), 50
	dn := func(i int) string { return fmt.Sprintf("CN=Person %d,OU=AWS,DC=corp,DC=test", i) }
	var b strings.Builder
	b.WriteString("dn: OU=AWS,DC=corp,DC=test\nobjectClass: organizationalUnit\n\n")
	for i := range people {
		fmt.Fprintf(&b, "dn: %s\nobjectClass: user\nsAMAccountName: p%d\nuserPrincipalName: p%[2]d@corp.test\nsn: Example\ngivenName: P\nuserAccountControl: 544\n\n", dn(i), i)
	}
	for g := range groups {
		fmt.Fprintf(&b, "dn: CN=g%d,OU=AWS,DC=corp,DC=test\nobjectClass: group\nsAMAccountName: g%[1]d\n", g)
		for k := range min(each, people) {
			fmt.Fprintf(&b, "member: %s\n", dn((g*17+k)%people))
		}
		b.WriteString("\n")
	}
	server, err := ldaptest.ServeSamba(b.String())
	if err != nil {
		return nil, err
	}
	secret, err := secretFile(dir, "samba", server.Password)
	return &watchedServer{
		name: "AD", people: people, stop: server.Stop, dn: dn, user: func(i int) string { return fmt.Sprintf("p%d@corp.test", i) },
		config: fmt.Sprintf(watchConfig, server.LDAPS, "OU=AWS,DC=corp,DC=test", server.Admin, secret, "{ca: "+server.CA+"}", "ad"),
		dial: func() (*ldap.Conn, error) {
			pem, err := os.ReadFile(server.CA)
			if err != nil {
				return nil, err
			}
			pool := x509.NewCertPool()
			pool.AppendCertsFromPEM(pem)
			conn, err := ldap.DialURL(server.LDAPS, ldap.DialWithTLSConfig(&tls.Config{RootCAs: pool, ServerName: server.Address, MinVersion: tls.VersionTLS12}))
			if err != nil {
				return nil, err
			}
			return conn, conn.Bind(server.Admin, server.Password)
		},
	}, err
}
