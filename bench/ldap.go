package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"strings"
	"time"

	"rollcall/source"
	"rollcall/source/ldapentry"
	"rollcall/source/ldapsource"
	"rollcall/source/ldapsource/ldaptest"
)

// ldapRequest is what a process of its own reads of a directory server.
type ldapRequest struct {
	URL, User, Password string
	Whole               bool // the snapshot that a sync works on; otherwise everything is counted and dropped
}

// ldapAnswer is what it read, and what that took.
type ldapAnswer struct {
	People, Groups, Members, Peak int // Peak in MiB
	Seconds                       float64
}

const (
	ldapVariable = "ROLLCALL_BENCH_LDAP"
	ldapBase     = "dc=example,dc=com"
	ldapGoal     = 200 // MiB
)

// ldapAttributes are those that the mapping of the measured company needs.
var ldapAttributes = []string{"uid", "cn", "sn", "givenName", "displayName", "mail", "title", "ou", "employeeNumber", "description"}

// readLDAP reads a company from OpenLDAP, once as a stream that nobody keeps
// and once as a sync does, each in a process of its own. The bound is
// ldapsearch reading the same attributes of the same entries in the same pages.
func readLDAP(ctx context.Context, dir string) (string, error) {
	c := company{people: size(50_000), groups: size(1000), memberships: size(500_000)}
	server, loaded, err := serveLDAP(filepath.Join(dir, "company.ldif"), c)
	if err != nil {
		return "", err
	}
	defer server.Stop()
	bound, err := once(ctx, dir, nil, "ldapsearch", append([]string{
		"-x", "-LLL", "-o", "ldif-wrap=no", "-E", "pr=500/noprompt", "-H", server.URL, "-D", server.Admin, "-w", server.Password, "-b", ldapBase,
		"(objectClass=*)", "objectClass", "entryUUID", "hasSubordinates", "member", "uniqueMember", "memberUid",
	}, ldapAttributes...)...)
	if err != nil {
		return "", err
	}
	var read [2]ldapAnswer
	for i, whole := range []bool{false, true} {
		read[i], err = readLDAPElsewhere(ctx, ldapRequest{URL: server.URL, User: server.Admin, Password: server.Password, Whole: whole})
		if err != nil {
			return "", err
		}
		if r := read[i]; r.People != c.people || r.Members != c.groups*c.perGroup() {
			return "", fmt.Errorf("%d people and %d members were read, want %d and %d", r.People, r.Members, c.people, c.groups*c.perGroup())
		}
	}
	stream, whole := read[0], read[1]
	return fmt.Sprintf("%d people, %d groups, %d members (slapadd %.1f s): streamed %.2f s, ratio %.2f, peak %d MiB (goal %d); snapshot %.2f s, ratio %.2f, peak %d MiB; bound (ldapsearch) %.2f s",
		stream.People, stream.Groups, stream.Members, loaded.Seconds(), stream.Seconds, stream.Seconds/bound.wall.Seconds(), stream.Peak, ldapGoal,
		whole.Seconds, whole.Seconds/bound.wall.Seconds(), whole.Peak, bound.wall.Seconds()), nil
}

// serveLDAP starts a server that has the company.
func serveLDAP(file string, c company) (*ldaptest.Slapd, time.Duration, error) {
	if err := c.writeLDIF(file); err != nil {
		return nil, 0, err
	}
	export, err := os.Open(file)
	if err != nil {
		return nil, 0, err
	}
	defer export.Close()
	began := time.Now()
	server, err := ldaptest.ServeSlapd(ldaptest.SlapdOptions{}, export)
	return server, time.Since(began), err
}

// readLDAPElsewhere reads in another process, so that the memory it takes is
// its own.
func readLDAPElsewhere(ctx context.Context, what ldapRequest) (ldapAnswer, error) {
	told, err := json.Marshal(what)
	if err != nil {
		return ldapAnswer{}, err
	}
	self, err := os.Executable()
	if err != nil {
		return ldapAnswer{}, err
	}
	cmd := exec.CommandContext(ctx, self)
	cmd.Env = append(os.Environ(), ldapVariable+"="+string(told))
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return ldapAnswer{}, err
	}
	var a ldapAnswer
	return a, json.Unmarshal(out, &a)
}

// readLDAPHere is the other process.
func readLDAPHere(ctx context.Context, told string) error {
	var what ldapRequest
	if err := json.Unmarshal([]byte(told), &what); err != nil {
		return err
	}
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(40) // as the command line does while it plans
	}
	driver, err := ldapsource.New(ldapsource.Options{
		Servers: []string{what.URL}, Plain: strings.HasPrefix(what.URL, "ldap://"), Attributes: ldapAttributes, Rules: ldapentry.Rules{Base: ldapBase},
		Bind: ldapsource.Bind{User: what.User, Password: func(context.Context) (string, error) { return what.Password, nil }},
	})
	if err != nil {
		return err
	}
	began := time.Now()
	a, err := what.read(ctx, driver)
	if err != nil {
		return err
	}
	a.Seconds = time.Since(began).Seconds()
	if a.Peak, err = memoryOf(os.Getpid(), "VmHWM:"); err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(a)
}

func (what ldapRequest) read(ctx context.Context, driver source.Driver) (a ldapAnswer, err error) {
	person := func(source.Person) error { a.People++; return nil }
	group := func(g source.Group) error { a.Groups++; a.Members += len(g.Members); return nil }
	if !what.Whole {
		_, err = driver.Read(ctx, source.Receiver{Person: person, Group: group})
		return a, err
	}
	snap, err := source.New("corp", driver).Read(ctx)
	if err != nil {
		return a, err
	}
	a.People = len(snap.People)
	for _, g := range snap.Groups {
		_ = group(g) // it only counts
	}
	return a, nil
}
