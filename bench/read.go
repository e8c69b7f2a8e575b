package main

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"rollcall/directory"
	"rollcall/mapping"
	"rollcall/reconcile"
	"rollcall/source"
	"rollcall/source/ldapentry"
	"rollcall/source/ldifsource"
)

// readLDIF reads and maps the company that compare compares, from one file.
// The bound is reading the file's lines and doing nothing with them.
func readLDIF(ctx context.Context, dir string) (string, error) {
	c := company{people: size(100_000), groups: size(10_000), memberships: size(1_000_000)}
	file := filepath.Join(dir, "company.ldif")
	if err := c.writeLDIF(file); err != nil {
		return "", err
	}
	driver, err := ldifsource.New(ldifsource.Options{Paths: []string{file}, Rules: ldapentry.Rules{Base: "dc=example,dc=com"}})
	if err != nil {
		return "", err
	}
	began := time.Now()
	snap, err := source.New("corp", driver).Read(ctx)
	if err != nil {
		return "", err
	}
	read := time.Since(began)
	m, err := mapping.Compile(mapping.Rules{}, mapping.Options{Preset: "inetorgperson"})
	if err != nil {
		return "", err
	}
	began = time.Now()
	if _, err := reconcile.Want(ctx, snap, m, true); err != nil {
		return "", err
	}
	mapped := time.Since(began)
	bound, err := readLines(file)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%d people, %d groups, %d memberships, %d MiB: read %.2f s (%.0f MiB/s), mapped %.2f s (%.2g people/s); bound (its lines read) %.2f s, ratio %.1f",
		c.people, c.groups, c.memberships, snap.Report.Bytes>>20, read.Seconds(), float64(snap.Report.Bytes>>20)/read.Seconds(),
		mapped.Seconds(), float64(c.people)/mapped.Seconds(), bound.Seconds(), read.Seconds()/bound.Seconds()), nil
}

func readLines(file string) (time.Duration, error) {
	began := time.Now()
	f, err := os.Open(file)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	n := 0
	for lines.Scan() {
		n += len(lines.Text())
	}
	return time.Since(began), lines.Err()
}

func (c company) dn(i int) string {
	return fmt.Sprintf("uid=user.%d@example.com,ou=people,dc=example,dc=com", i)
}

func (c company) writeLDIF(file string) error {
	f, err := os.Create(file)
	if err != nil {
		return err
	}
	defer f.Close()
	w := bufio.NewWriterSize(f, 1<<20)
	fmt.Fprint(w, "dn: dc=example,dc=com\nobjectClass: domain\ndc: example\n\n"+
		"dn: ou=people,dc=example,dc=com\nobjectClass: organizationalUnit\nou: people\n\ndn: ou=groups,dc=example,dc=com\nobjectClass: organizationalUnit\nou: groups\n\n")
	for i := range c.people {
		u := c.user(i)
		fmt.Fprintf(w, "dn: %s\nobjectClass: inetOrgPerson\nentryUUID: %s\nuid: %s\ncn: %s\nsn: %s\ngivenName: %s\ndisplayName: %s\nmail: %s\ntitle: %s\nou: %s\nemployeeNumber: %s\n\n",
			c.dn(i), c.anchor(i), u.UserName, u.DisplayName, u.Name.FamilyName, u.Name.GivenName, u.DisplayName, u.Email(), u.Title,
			u.Enterprise.Department, u.Enterprise.EmployeeNumber)
	}
	for i := range c.groups {
		fmt.Fprintf(w, "dn: cn=%[1]s,ou=groups,dc=example,dc=com\nobjectClass: groupOfNames\nentryUUID: %[2]s\ncn: %[1]s\ndescription: A group\n",
			c.group(i).DisplayName, c.groupAnchor(i))
		for k := range c.perGroup() {
			fmt.Fprintf(w, "member: %s\n", c.dn(c.member(i, k)))
		}
		fmt.Fprint(w, "\n")
	}
	return w.Flush()
}

// readDirectory reads the same company back from an embedded directory, as a
// sync does before it compares. The bound is the same rows by plain SQL.
func readDirectory(ctx context.Context, dir string) (string, error) {
	c := company{people: size(100_000), groups: size(10_000), memberships: size(1_000_000)}
	if err := fillElsewhere(ctx, filepath.Join(dir, "directory.db"), c); err != nil {
		return "", err
	}
	b, err := openBench(ctx, filepath.Join(dir, "directory.db"))
	if err != nil {
		return "", err
	}
	defer b.center.Close()
	d := directory.New("local", b.driver)
	began := time.Now()
	current, err := reconcile.Read(ctx, d, true)
	if err != nil {
		return "", err
	}
	read := time.Since(began)
	memberships := 0
	for _, members := range current.Members {
		memberships += len(members)
	}
	bound, err := scanRows(ctx, filepath.Join(dir, "directory.db"))
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%d users, %d groups, %d memberships from SQLite: %.2f s, %.2g objects/s; bound (the rows by plain SQL) %.2f s, ratio %.1f",
		len(current.Users), len(current.Groups), memberships, read.Seconds(),
		float64(len(current.Users)+len(current.Groups)+memberships)/read.Seconds(), bound.Seconds(), read.Seconds()/bound.Seconds()), nil
}
