package main

import (
	"fmt"
	"strings"
	"testing"

	"rollcall/fault"
)

// ssosync#166, in a comment: a group renamed at the source became a second
// group, and whoever had access by the first lost it. Here the anchor is the
// same, so it is the same group with another name.
func TestSsosync166ARenamedGroupIsTheSameGroup(t *testing.T) {
	s := newSite(t)
	s.corp()
	before := s.group("aws-dev").ID
	s.export(adPerson("alice", sidAlice, enabled), adPerson("bob", sidBob, disabled),
		adGroup("aws-admins", sidAdmin), adGroup("aws-engineering", sidDev, "Alice"), adGroup("aws-users", sidScope, "Alice", "Bob"))
	if _, writes := s.sync(); writes != 1 || s.group("aws-engineering").ID != before {
		t.Errorf("%d writes, the group is %s and was %s", writes, s.group("aws-engineering").ID, before)
	}
}

// ssosync#59: somebody deleted and made again at the source was deleted in AWS
// on every run. Here the account of the former record is disabled once, the
// new record is shown to a person because its name is still held, and the next
// run has nothing to do.
func TestSsosync59SomebodyMadeAgainAtTheSourceIsNotDeletedOnEveryRun(t *testing.T) {
	s := newSite(t)
	s.corp()
	s.export(adPerson("alice", sidCarol, enabled), adPerson("bob", sidBob, disabled),
		adGroup("aws-admins", sidAdmin), adGroup("aws-dev", sidDev, "Alice"), adGroup("aws-users", sidScope, "Alice", "Bob"))
	before := s.user("alice").ID
	s.sync()
	if u := s.user("alice"); u.ID != before || u.Active {
		t.Errorf("alice is %s and active %t, want %s, disabled", u.ID, u.Active, before)
	}
	p, err := s.plan()
	if err != nil {
		t.Fatal(err)
	}
	if !p.Empty() || len(p.Attention) == 0 {
		t.Errorf("the next run has %d changes and %d lines for a person, want none and some", len(p.Changes), len(p.Attention))
	}
}

// idp-scim-sync#45 and ssosync#81: of 69 users a page showed 50, and the others
// were created again. Here all are seen, and nothing is written.
func TestIdpScimSync45UsersBeyondThePageAreSeen(t *testing.T) {
	s := newSite(t)
	entries := make([]string, 0, 69)
	for i := range cap(entries) {
		entries = append(entries, adPerson(fmt.Sprintf("user%02d", i), fmt.Sprintf("S-1-5-21-1-1-1-%d", 5000+i), enabled))
	}
	s.export(append(entries, adGroup("aws-dev", sidDev, "User00"))...)
	s.sync()
	if r, writes := s.sync(); writes != 0 || len(r.Failures) != 0 {
		t.Errorf("%d writes, failures %v", writes, r.Failures)
	}
}

// pg-ldap-sync#32: a group that grew past 1,500 members came in ranges, was
// read as empty, and everybody was revoked. Here a range is a part of an
// answer, so there is no plan.
func TestPgLdapSync32ARangeOfMembersIsNotAnEmptyGroup(t *testing.T) {
	s := newSite(t)
	s.corp()
	before := s.driver.writes
	ranged := strings.ReplaceAll(adGroup("aws-dev", sidDev, "Alice"), "member: ", "member;range=0-1499: ")
	s.export(adPerson("alice", sidAlice, enabled), adPerson("bob", sidBob, disabled), ranged, adGroup("aws-admins", sidAdmin))
	if _, err := s.plan(); !fault.Is(err, fault.Incomplete) {
		t.Errorf("a range: %v, want incomplete", err)
	}
	s.wantMembers("aws-dev", "alice")
	if s.driver.writes != before {
		t.Errorf("%d writes", s.driver.writes-before)
	}
}
