package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
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
	"rollcall/plan"
	"rollcall/reconcile"
	"rollcall/source/ldapentry"
	"rollcall/source/ldapsource"
	"rollcall/source/ldapsource/ldaptest"
)

// AWS's sample iam-identity-center-scim-sync, on a real Active Directory: what
// it is for, and what it gets wrong, defect by defect.

const sampleBase = "OU=AWS,DC=corp,DC=test"

func samplePerson(name, more string) string {
	given := strings.ToUpper(name[:1]) + name[1:]
	return fmt.Sprintf("dn: CN=%[1]s,%[2]s\nobjectClass: user\nsAMAccountName: %[3]s\nuserPrincipalName: %[3]s@corp.test\ngivenName: %[1]s\nsn: Example\ndisplayName: %[1]s Example\n%[4]s\n",
		given, sampleBase, name, more)
}

func sampleGroup(name string, members ...string) string {
	text := fmt.Sprintf("dn: CN=%[1]s,%[2]s\nobjectClass: group\nsAMAccountName: %[1]s\n", name, sampleBase)
	for _, m := range members {
		text += "member: CN=" + m + "," + sampleBase + "\n"
	}
	return text + "\n"
}

// sample is the domain that the sample's acceptance table begins with, and one
// person more.
var sample = "dn: " + sampleBase + "\nobjectClass: organizationalUnit\n\n" +
	samplePerson("alice", "userAccountControl: 544\ntitle: Engineer\ndepartment: Platform\ncompany: Corp\n") +
	samplePerson("bob", "userAccountControl: 546\n") +
	samplePerson("carol", "userAccountControl: 544\nmail: c.example@mail.test\n") +
	sampleGroup("aws-admins") + sampleGroup("aws-dev", "Alice") + sampleGroup("aws-users", "Alice", "Bob", "Carol")

// sampleSite is an embedded Identity Center in line with that domain, by the
// sample's own rules.
type sampleSite struct {
	*site
	ad *ldaptest.Samba
}

func newSample(t *testing.T, ad *ldaptest.Samba) *sampleSite {
	t.Helper()
	s := &sampleSite{site: newSite(t), ad: ad}
	pem, err := os.ReadFile(s.ad.CA)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(pem)
	s.reader, err = ldapsource.New(ldapsource.Options{
		Servers: []string{s.ad.LDAPS}, TLS: &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12},
		Bind:  ldapsource.Bind{User: s.ad.Admin, Password: func(context.Context) (string, error) { return s.ad.Password, nil }},
		Rules: ldapentry.Rules{Base: sampleBase, PersonAnchor: "objectSid", GroupAnchor: "objectSid"},
	})
	if err != nil {
		t.Fatal(err)
	}
	s.preset, s.scope = "seed-002", ""
	s.names = reconcile.Names{MembersOf: []string{"aws-users"}, IncludeGroups: []string{"aws-*"}, ExcludeGroups: []string{"aws-users"}}
	s.sync()
	return s
}

// The acceptance table and the defects, one after the other on one domain
// controller, of which each finds the sample as it was.
func TestSeed002(t *testing.T) {
	ad := ldaptest.StartSamba(t, sample)
	for name, test := range map[string]func(*testing.T, *sampleSite){
		"people and groups of the domain are created":               seedPeopleAndGroupsOfTheDomainAreCreated,
		"a person is matched by their SID":                          seedAPersonIsMatchedByTheirSID,
		"D1: a failure for one person changes nobody else":          seedD1AFailureForOnePersonChangesNobodyElse,
		"D3: nested groups are read and a cycle ends":               seedD3NestedGroupsAreReadAndACycleEnds,
		"D4: somebody in no group is in none":                       seedD4SomebodyInNoGroupIsInNone,
		"D5: groups of others are left alone":                       seedD5GroupsOfOthersAreLeftAlone,
		"D6: only what differs is written":                          seedD6OnlyWhatDiffersIsWritten,
		"D7: every page of groups is seen":                          seedD7EveryPageOfGroupsIsSeen,
		"D8: who leaves the scope is disabled":                      seedD8WhoLeavesTheScopeIsDisabled,
		"D9: a renamed group is the same group":                     seedD9ARenamedGroupIsTheSameGroup,
		"D10: who cannot be created is named":                       seedD10WhoCannotBeCreatedIsNamed,
		"D11: the mail address is the one in the domain":            seedD11TheMailAddressIsTheOneInTheDomain,
		"D12: an empty domain writes nothing":                       seedD12AnEmptyDomainWritesNothing,
		"D14: names with quotes and brackets are taken as they are": seedD14NamesWithQuotesAndBracketsAreTakenAsTheyAre,
	} {
		t.Run(name, func(t *testing.T) {
			ad.Reset(t, sampleBase, sample)
			test(t, newSample(t, ad))
		})
	}
}

// change changes the domain, and brings the Identity Center in line.
func (s *sampleSite) change(ldif string) (*apply.Result, int) {
	s.t.Helper()
	s.ad.Modify(s.t, ldif)
	return s.sync()
}

func modify(name, change string) string {
	return "dn: CN=" + name + "," + sampleBase + "\nchangetype: modify\n" + change + "\n\n"
}

func member(verb, name string) string {
	return verb + ": member\nmember: CN=" + name + "," + sampleBase
}

func seedPeopleAndGroupsOfTheDomainAreCreated(t *testing.T, s *sampleSite) {
	alice := s.user("alice")
	if len(alice.ExternalIDs) != 1 || !strings.HasPrefix(alice.ExternalIDs[0].ID, "S-1-5-21-") {
		t.Errorf("external ids %v, want her SID", alice.ExternalIDs)
	}
	alice.ID, alice.ExternalIDs, alice.Revision = "", nil, ""
	want := identity.User{
		UserName: "alice@corp.test", DisplayName: "Alice Example", Title: "Engineer", Active: true,
		Name:       identity.Name{GivenName: "Alice", FamilyName: "Example", Formatted: "Alice Example"},
		Emails:     []identity.Email{{Value: "alice@corp.test", Type: "work", Primary: true}},
		Enterprise: identity.Enterprise{Department: "Platform", Organization: "Corp"},
	}
	edits, err := identity.UserEdits(&alice, &want, nil)
	if err != nil || len(edits) > 0 {
		t.Errorf("alice differs: %+v, %v", edits, err)
	}
	if s.user("bob").Active {
		t.Error("bob is disabled in the domain, and active here")
	}
	s.wantMembers("aws-admins")
	s.wantMembers("aws-dev", "alice")
	if _, err := s.driver.FindGroup(t.Context(), directory.Key{Attribute: directory.KeyDisplayName, Value: "aws-users"}); !fault.Is(err, fault.NotFound) {
		t.Errorf("the group of the scope was created: %v", err)
	}
	if _, writes := s.sync(); writes != 0 {
		t.Errorf("the second run wrote %d times", writes)
	}
}

func seedAPersonIsMatchedByTheirSID(t *testing.T, s *sampleSite) {
	before := s.user("alice").ID
	if _, writes := s.change(modify("Alice", "replace: userPrincipalName\nuserPrincipalName: alicia@corp.test")); writes != 1 {
		t.Errorf("%d writes, want one", writes)
	}
	if after := s.user("alicia").ID; after != before {
		t.Errorf("alicia is %s, and alice was %s", after, before)
	}
}

// D1. There, a failed lookup left the answer for the person before in place,
// and that person's record was overwritten.
func seedD1AFailureForOnePersonChangesNobodyElse(t *testing.T, s *sampleSite) {
	s.driver.refuse = "eve@corp.test"
	r, _ := s.change(strings.ReplaceAll(samplePerson("dan", "userAccountControl: 544\n"), "\nobjectClass", "\nchangetype: add\nobjectClass") +
		strings.ReplaceAll(samplePerson("eve", "userAccountControl: 544\n"), "\nobjectClass", "\nchangetype: add\nobjectClass") +
		modify("aws-users", member("add", "Dan")) + modify("aws-users", member("add", "Eve")) + modify("aws-dev", member("add", "Dan")) + modify("aws-dev", member("add", "Eve")))
	if len(r.Failures) == 0 || r.Failures[0].Change.Name != "eve@corp.test" || r.Status() != journal.Partly {
		t.Errorf("failures %+v, %s", r.Failures, r.Status())
	}
	for name, display := range map[string]string{"alice": "Alice Example", "dan": "Dan Example", "carol": "Carol Example"} {
		if u := s.user(name); u.DisplayName != display || u.Email() == "eve@corp.test" {
			t.Errorf("%s is %+v", name, u)
		}
	}
	s.wantMembers("aws-dev", "alice", "dan")
}

// D2. There, when a person's groups could not be looked up, they got those of
// the person before.
func TestD2AFailedLookupOfGroupsGrantsNothing(t *testing.T) {
	s := newSample(t, ldaptest.StartSamba(t, sample)) // which is stopped
	before := s.driver.writes
	s.ad.Stop()
	if _, err := s.plan(); !fault.Is(err, fault.Unavailable) && !fault.Is(err, fault.Incomplete) {
		t.Errorf("a domain that does not answer: %v", err)
	}
	if s.driver.writes != before {
		t.Errorf("%d writes", s.driver.writes-before)
	}
	s.wantMembers("aws-dev", "alice")
}

// D3. There, a group as a member was read as a person, failed, and the person
// before was processed again.
func seedD3NestedGroupsAreReadAndACycleEnds(t *testing.T, s *sampleSite) {
	_, _ = s.change(strings.ReplaceAll(samplePerson("dan", "userAccountControl: 544\n"), "\nobjectClass", "\nchangetype: add\nobjectClass") +
		strings.ReplaceAll(sampleGroup("aws-team", "Dan", "Carol", "aws-users"), "\nobjectClass", "\nchangetype: add\nobjectClass") +
		modify("aws-users", member("add", "aws-team")))
	s.wantMembers("aws-team", "alice", "bob", "carol", "dan")
	if !s.user("dan").Active {
		t.Error("dan is in the scope by a nested group, and not active")
	}
	if _, writes := s.sync(); writes != 0 {
		t.Errorf("%d writes in the second run", writes)
	}
}

// D4. There, somebody in no group kept the memberships of the person before.
func seedD4SomebodyInNoGroupIsInNone(t *testing.T, s *sampleSite) {
	if _, err := s.driver.AddMember(t.Context(), s.group("aws-dev").ID, s.user("carol").ID); err != nil {
		t.Fatal(err)
	}
	s.sync()
	s.wantMembers("aws-dev", "alice")
	s.wantMembers("aws-admins")
}

// D5. There, people were taken out of every group that Active Directory does
// not list, whoever had made it.
func seedD5GroupsOfOthersAreLeftAlone(t *testing.T, s *sampleSite) {
	local, err := s.driver.Driver.CreateGroup(t.Context(), identity.Group{DisplayName: "local-x"})
	if err != nil {
		t.Fatal(err)
	}
	for _, g := range []identity.ID{local.ID, s.group("aws-admins").ID} {
		if _, err := s.driver.AddMember(t.Context(), g, s.user("alice").ID); err != nil {
			t.Fatal(err)
		}
	}
	if _, writes := s.sync(); writes != 1 {
		t.Errorf("%d writes, want one", writes)
	}
	s.wantMembers("aws-admins")
	s.wantMembers("local-x", "alice")
}

// D6. There, every run made a call for each person in each group.
func seedD6OnlyWhatDiffersIsWritten(t *testing.T, s *sampleSite) {
	if _, writes := s.sync(); writes != 0 {
		t.Errorf("%d writes for nothing", writes)
	}
	if _, writes := s.change(modify("aws-admins", member("add", "Carol"))); writes != 1 {
		t.Errorf("%d writes for one membership", writes)
	}
}

// D7. There, groups after the first page were never looked at.
func seedD7EveryPageOfGroupsIsSeen(t *testing.T, s *sampleSite) {
	var ldif strings.Builder
	for i := range 130 {
		ldif.WriteString(strings.ReplaceAll(sampleGroup(fmt.Sprintf("aws-%03d", i), "Carol"), "\nobjectClass", "\nchangetype: add\nobjectClass"))
	}
	s.change(ldif.String())
	for _, i := range []int{0, 99, 100, 129} {
		s.wantMembers(fmt.Sprintf("aws-%03d", i), "carol")
	}
	if _, writes := s.sync(); writes != 0 {
		t.Errorf("%d writes in the second run", writes)
	}
}

// D8. There, nobody who left was ever disabled.
func seedD8WhoLeavesTheScopeIsDisabled(t *testing.T, s *sampleSite) {
	s.change(modify("aws-users", member("delete", "Alice")))
	if s.user("alice").Active {
		t.Error("alice has left and is active")
	}
	s.change(modify("aws-users", member("add", "Alice")))
	if !s.user("alice").Active {
		t.Error("alice is back and not active")
	}
	s.wantMembers("aws-dev", "alice")
}

// D9. There, a renamed group became a second one without the assignments of
// the first.
func seedD9ARenamedGroupIsTheSameGroup(t *testing.T, s *sampleSite) {
	before := s.group("aws-dev").ID
	s.change("dn: CN=aws-dev," + sampleBase + "\nchangetype: modrdn\nnewrdn: CN=aws-developers\ndeleteoldrdn: 1\n")
	if after := s.group("aws-developers").ID; after != before {
		t.Errorf("it is %s now, and was %s", after, before)
	}
	s.wantMembers("aws-developers", "alice")
}

// D10. There, somebody without a family name was left out without a word.
func seedD10WhoCannotBeCreatedIsNamed(t *testing.T, s *sampleSite) {
	s.ad.Modify(t, "dn: CN=Nosn,"+sampleBase+"\nchangetype: add\nobjectClass: user\nsAMAccountName: nosn\nuserPrincipalName: nosn@corp.test\ngivenName: No\nuserAccountControl: 544\n\n"+
		modify("aws-users", member("add", "Nosn")))
	p, err := s.plan()
	if err != nil {
		t.Fatal(err)
	}
	named := slices.ContainsFunc(p.Attention, func(a plan.Attention) bool {
		return a.Situation == "invalid" && strings.Contains(a.Name, "CN=Nosn") && strings.Contains(a.Text, "familyName")
	})
	if !named {
		t.Errorf("nobody is told: %+v", p.Attention)
	}
}

// D11. There, the userPrincipalName was everybody's e-mail address.
func seedD11TheMailAddressIsTheOneInTheDomain(t *testing.T, s *sampleSite) {
	for name, want := range map[string]string{"carol": "c.example@mail.test", "alice": "alice@corp.test"} {
		if u := s.user(name); u.Email() != want {
			t.Errorf("%s: %s, want %s", name, u.Email(), want)
		}
	}
}

// D12. There, nothing stood between an empty answer and everybody's removal.
func seedD12AnEmptyDomainWritesNothing(t *testing.T, s *sampleSite) {
	before := s.driver.writes
	s.ad.Modify(t, modify("aws-users", "delete: member"))
	p, err := s.plan()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.executor().Run(t.Context(), p, apply.Options{}); !errors.As(err, new(*apply.BrakedError)) {
		t.Errorf("an empty scope: %v", err)
	}
	s.ad.Modify(t, "dn: CN=aws-users,"+sampleBase+"\nchangetype: delete\n")
	if _, err := s.plan(); !fault.Is(err, fault.Incomplete) || !strings.Contains(err.Error(), "aws-users") {
		t.Errorf("a scope without its group: %v", err)
	}
	if s.driver.writes != before {
		t.Errorf("%d writes", s.driver.writes-before)
	}
}

// D14. There, a group's name went into a filter as it stood.
func seedD14NamesWithQuotesAndBracketsAreTakenAsTheyAre(t *testing.T, s *sampleSite) {
	names := []string{`aws-"x"&y`, `aws-(z)*`, `aws-\w`}
	var ldif strings.Builder
	for i, name := range names {
		cn := strings.NewReplacer(`\`, `\5C`, `"`, `\22`).Replace(name)
		fmt.Fprintf(&ldif, "dn: CN=%s,%s\nchangetype: add\nobjectClass: group\nsAMAccountName: aws-q%d\nmember: CN=Carol,%[2]s\n\n", cn, sampleBase, i)
	}
	s.change(ldif.String())
	for _, name := range names {
		s.wantMembers(name, "carol")
	}
	if _, writes := s.sync(); writes != 0 {
		t.Errorf("%d writes in the second run", writes)
	}
}
