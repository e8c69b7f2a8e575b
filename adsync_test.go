package main

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"rollcall/apply"
	"rollcall/directory"
	"rollcall/fault"
	"rollcall/identity"
	"rollcall/journal"
)

const adBase = "OU=AWS,DC=corp,DC=test"

// adPerson is an AD user as ldifde exports one.
func adPerson(name, sid string, control int) string {
	given := strings.ToUpper(name[:1]) + name[1:]
	return fmt.Sprintf(`dn: CN=%[1]s,%[2]s
objectClass: top
objectClass: person
objectClass: organizationalPerson
objectClass: user
cn: %[1]s
sn: Example
givenName: %[1]s
displayName: %[1]s Example
userPrincipalName: %[3]s@corp.test
sAMAccountName: %[3]s
objectSid: %[4]s
userAccountControl: %[5]d

`, given, adBase, name, sid, control)
}

func adGroup(name, sid string, members ...string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "dn: CN=%[1]s,%[2]s\nobjectClass: top\nobjectClass: group\ncn: %[1]s\nobjectSid: %[3]s\n", name, adBase, sid)
	for _, m := range members {
		fmt.Fprintf(&b, "member: CN=%s,%s\n", m, adBase)
	}
	return b.String() + "\n"
}

const (
	enabled  = 512
	disabled = 514
)

func (s *site) export(entries ...string) {
	s.t.Helper()
	text := "version: 1\n\ndn: " + adBase + "\nobjectClass: organizationalUnit\nou: AWS\n\n" + strings.Join(entries, "")
	if err := os.WriteFile(s.file, []byte(text), 0o600); err != nil {
		s.t.Fatal(err)
	}
}

const (
	sidAlice = "S-1-5-21-1-1-1-1001"
	sidBob   = "S-1-5-21-1-1-1-1002"
	sidCarol = "S-1-5-21-1-1-1-1003"
	sidAdmin = "S-1-5-21-1-1-1-2001"
	sidDev   = "S-1-5-21-1-1-1-2002"
	sidScope = "S-1-5-21-1-1-1-2003"
)

// corp is the export that the sessions start from.
func (s *site) corp() {
	s.t.Helper()
	s.export(adPerson("alice", sidAlice, enabled), adPerson("bob", sidBob, disabled),
		adGroup("aws-admins", sidAdmin), adGroup("aws-dev", sidDev, "Alice"), adGroup("aws-users", sidScope, "Alice", "Bob"))
	s.sync()
}

func TestADUsersAndGroupsAreCreatedWithTheirSIDAsAnchor(t *testing.T) {
	s := newSite(t)
	s.corp()
	alice := s.user("alice")
	if !alice.Active || alice.Email() != "alice@corp.test" || len(alice.Emails) != 1 ||
		!slices.Equal(alice.ExternalIDs, []identity.ExternalID{{Issuer: "rollcall:corp", ID: sidAlice}}) {
		t.Errorf("alice is %+v", alice)
	}
	if s.user("bob").Active {
		t.Error("bob is disabled in AD, and active here")
	}
	s.wantMembers("aws-admins")
	s.wantMembers("aws-dev", "alice")
	if _, err := s.driver.FindGroup(t.Context(), directory.Key{Attribute: directory.KeyDisplayName, Value: "aws-users"}); !fault.Is(err, fault.NotFound) {
		t.Errorf("the scope's group was created: %v", err)
	}
}

func TestASecondRunWritesNothing(t *testing.T) {
	s := newSite(t)
	s.corp()
	if _, writes := s.sync(); writes != 0 {
		t.Errorf("%d writes", writes)
	}
}

func TestAnAccountIsMatchedByAnchorNotByName(t *testing.T) {
	s := newSite(t)
	s.corp()
	before := s.user("alice")
	s.export(strings.ReplaceAll(adPerson("alice", sidAlice, enabled), "alice@corp.test", "alicia@corp.test"), adPerson("bob", sidBob, disabled),
		adGroup("aws-admins", sidAdmin), adGroup("aws-dev", sidDev, "Alice"), adGroup("aws-users", sidScope, "Alice", "Bob"))
	if _, writes := s.sync(); writes != 1 {
		t.Errorf("%d writes, want one update", writes)
	}
	if after := s.user("alicia"); after.ID != before.ID {
		t.Errorf("the account is %s now, was %s", after.ID, before.ID)
	}
}

func TestOnlyManagedMembershipsChange(t *testing.T) {
	s := newSite(t)
	s.corp()
	local, err := s.driver.Driver.CreateGroup(t.Context(), identity.Group{DisplayName: "local-x"})
	if err != nil {
		t.Fatal(err)
	}
	alice := s.user("alice").ID
	for _, group := range []identity.ID{local.ID, s.group("aws-admins").ID} {
		if _, err := s.driver.AddMember(t.Context(), group, alice); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.driver.Driver.ChangeMembers(t.Context(), s.group("aws-dev").ID, nil, []identity.ID{alice}); err != nil {
		t.Fatal(err)
	}
	if _, writes := s.sync(); writes != 2 {
		t.Errorf("%d writes, want one for each managed group", writes)
	}
	s.wantMembers("aws-admins")
	s.wantMembers("aws-dev", "alice")
	s.wantMembers("local-x", "alice")
}

func TestOneFailedUserLeavesTheOthersWithTheirOwnData(t *testing.T) {
	s := newSite(t)
	s.driver.refuse = "bob@corp.test"
	s.export(adPerson("alice", sidAlice, enabled), adPerson("bob", sidBob, enabled), adPerson("carol", sidCarol, enabled),
		adGroup("aws-dev", sidDev, "Alice", "Bob", "Carol"))
	r, _ := s.sync()
	if len(r.Failures) == 0 || r.Failures[0].Change.Name != "bob@corp.test" || r.Status() != journal.Partly {
		t.Errorf("failures %+v, status %s", r.Failures, r.Status())
	}
	for _, name := range []string{"alice", "carol"} {
		if u := s.user(name); !strings.EqualFold(u.Name.GivenName, name) || !strings.EqualFold(u.DisplayName, name+" Example") {
			t.Errorf("%s has somebody else's data: %+v", name, u)
		}
	}
	s.wantMembers("aws-dev", "alice", "carol")
	s.driver.refuse = ""
	s.sync()
	s.wantMembers("aws-dev", "alice", "bob", "carol")
}

func TestALeaverIsDisabledAndLosesManagedGroups(t *testing.T) {
	s := newSite(t)
	s.corp()
	s.export(adPerson("bob", sidBob, disabled), adGroup("aws-admins", sidAdmin), adGroup("aws-dev", sidDev), adGroup("aws-users", sidScope, "Bob"))
	s.sync()
	if s.user("alice").Active {
		t.Error("alice has left and is still active")
	}
	s.wantMembers("aws-dev")
}

func TestARenamedGroupKeepsItsID(t *testing.T) {
	s := newSite(t)
	s.corp()
	before := s.group("aws-dev")
	s.export(adPerson("alice", sidAlice, enabled), adPerson("bob", sidBob, disabled),
		adGroup("aws-admins", sidAdmin), adGroup("aws-developers", sidDev, "Alice"), adGroup("aws-users", sidScope, "Alice", "Bob"))
	s.sync()
	if after := s.group("aws-developers"); after.ID != before.ID {
		t.Errorf("the group is %s now, was %s: its assignments are lost", after.ID, before.ID)
	}
	s.wantMembers("aws-developers", "alice")
}

func TestNestedGroupsAreFlattenedAndACycleEnds(t *testing.T) {
	s := newSite(t)
	s.export(adPerson("alice", sidAlice, enabled), adPerson("bob", sidBob, enabled), adPerson("carol", sidCarol, enabled),
		adGroup("aws-admins", sidAdmin, "Alice", "aws-dev"), adGroup("aws-dev", sidDev, "Bob", "aws-users"), adGroup("aws-users", sidScope, "Carol", "Bob", "aws-admins"))
	s.sync()
	s.wantMembers("aws-admins", "alice", "bob", "carol")
	s.wantMembers("aws-dev", "alice", "bob", "carol")
}

func TestEveryPageOfGroupsIsSeen(t *testing.T) {
	s := newSite(t)
	entries := []string{adPerson("alice", sidAlice, enabled)}
	for i := range 130 {
		entries = append(entries, adGroup(fmt.Sprintf("aws-%03d", i), fmt.Sprintf("S-1-5-21-1-1-1-%d", 3000+i), "Alice"))
	}
	s.export(entries...)
	s.sync()
	count := 0
	for _, err := range directory.New("local", s.driver).Memberships(t.Context(), s.user("alice").ID) {
		if err != nil {
			t.Fatal(err)
		}
		count++
	}
	if _, writes := s.sync(); count != 130 || writes != 0 {
		t.Errorf("alice is in %d groups of 130, and the second run wrote %d times", count, writes)
	}
}

func TestAnEmptyOrCutSourceWritesNothing(t *testing.T) {
	s := newSite(t)
	s.corp()
	before := s.driver.writes
	s.export() // the base entry alone: everybody is gone
	p, err := s.plan()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.executor().Run(t.Context(), p, apply.Options{}); !errors.As(err, new(*apply.BrakedError)) {
		t.Errorf("an empty source: %v, want a brake", err)
	}
	whole, err := os.ReadFile(s.file)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(s.file, append(whole, []byte(adPerson("alice", sidAlice, enabled)[:90])...), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := s.plan(); !fault.Is(err, fault.Incomplete) {
		t.Errorf("a cut source: %v, want incomplete", err)
	}
	if s.driver.writes != before {
		t.Errorf("%d writes", s.driver.writes-before)
	}
}
