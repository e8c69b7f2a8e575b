package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"rollcall/apply"
	"rollcall/fault"
	"rollcall/identity"
	"rollcall/plan"
	"rollcall/source"
)

// What happened to others, played again here. Each test says what became of it
// there and what becomes of it here.

// refused plans and tries to carry out, and wants brakes to stop it before any
// write. It returns the rules.
func (s *site) refused() []string {
	s.t.Helper()
	p, err := s.plan()
	if err != nil {
		s.t.Fatal(err)
	}
	before := s.driver.writes
	if _, err := s.executor().Run(s.t.Context(), p, apply.Options{Fresh: true}); !errors.As(err, new(*apply.BrakedError)) {
		s.t.Errorf("carried out: %v", err)
	}
	if s.driver.writes != before {
		s.t.Errorf("%d writes", s.driver.writes-before)
	}
	var rules []string
	for _, b := range p.Brakes {
		rules = append(rules, b.Rule)
	}
	return rules
}

// reading is a source that says what a test wants it to.
type reading struct {
	people []source.Person
	groups []source.Group
	fails  error // after everything was handed over
}

func (r reading) Read(_ context.Context, to source.Receiver) (source.Report, error) {
	for _, p := range r.people {
		if err := to.Person(p); err != nil {
			return source.Report{}, err
		}
	}
	for _, g := range r.groups {
		if err := to.Group(g); err != nil {
			return source.Report{}, err
		}
	}
	return source.Report{People: len(r.people), Groups: len(r.groups)}, r.fails
}

// staff reads n people, all of them in the group aws-dev.
func staff(n int) reading {
	var r reading
	dev := source.Group{Anchor: sidDev, Name: "CN=aws-dev," + adBase, Attributes: source.Attributes{"cn": {"aws-dev"}}}
	for i := range n {
		name, anchor := fmt.Sprintf("p%d", i), identity.Anchor(fmt.Sprintf("S-1-5-21-1-1-1-%d", 5000+i))
		r.people = append(r.people, source.Person{Anchor: anchor, Name: "CN=" + name + "," + adBase, Attributes: source.Attributes{
			"cn": {name}, "sn": {"Example"}, "givenname": {name}, "userprincipalname": {name + "@corp.test"}, "useraccountcontrol": {"512"},
		}})
		dev.Members = append(dev.Members, source.Member{Anchor: anchor})
	}
	r.groups = []source.Group{dev}
	return r
}

// ssosync#194. There: a cron run saw no users and no groups in an organisation
// of one user and five groups, and removed everything; the next run made it all
// again, with new ids and without the permission-set assignments, and the
// engineers were locked out. Here: a source that is empty stops the plan,
// however small the company, and the next run finds everything as it was.
func TestSsosync194AnEmptyReadDeletesNothing(t *testing.T) {
	s := newSite(t)
	s.table = "mirror"
	groups := []string{adPerson("alice", sidAlice, enabled)}
	for i := range 5 {
		groups = append(groups, adGroup(fmt.Sprintf("aws-%d", i), fmt.Sprintf("S-1-5-21-1-1-1-%d", 3000+i), "Alice"))
	}
	s.export(groups...)
	s.sync()
	alice, group := s.user("alice").ID, s.group("aws-3").ID

	s.reader = reading{}
	if rules := s.refused(); !slices.Contains(rules, plan.RuleEmptySource) || !slices.Contains(rules, plan.RuleGroupsDeleted) {
		t.Errorf("brakes %v", rules)
	}
	s.reader = nil
	if _, writes := s.sync(); writes != 0 || s.user("alice").ID != alice || s.group("aws-3").ID != group {
		t.Errorf("%d writes; the user is %s, was %s", writes, s.user("alice").ID, alice)
	}
	s.wantMembers("aws-3", "alice")
}

// ssosync#278. There: Google answered 503 for two users, once; both were taken
// for gone and deleted with their aliases. Here: a read that fails anywhere is
// no read. There is no plan, nothing to override, and a person whom the source
// lists without being able to say more stays as they are.
func TestSsosync278AnErrorForTwoUsersIsNotTheirAbsence(t *testing.T) {
	s := newSite(t)
	s.table = "mirror"
	s.reader = staff(8)
	s.sync()
	before := s.driver.writes

	short := staff(6)
	short.fails = fault.Text(fault.Unavailable, "read user", "", "503 Service Unavailable")
	s.reader = short
	if p, err := s.plan(); !fault.Is(err, fault.Unavailable) || p != nil {
		t.Errorf("plan %v, error %v", p, err)
	}
	blank := staff(8)
	for i := range 2 {
		blank.people[i].Attributes = source.Attributes{"cn": {"?"}}
	}
	s.reader = blank
	s.sync()
	if s.driver.writes != before || !s.user("p0").Active || !s.user("p1").Active {
		t.Errorf("%d writes; p0 active %v", s.driver.writes-before, s.user("p0").Active)
	}
	s.wantMembers("aws-dev", "p0", "p1", "p2", "p3", "p4", "p5", "p6", "p7")
}

// ssosync#88. There: a routine run deleted the groups that AWS Control Tower
// keeps in the store, since the source did not have them; every account had to
// be enrolled again. Here: what is not linked is nobody's to delete, under any
// table; and a source that claims such a name is stopped by it.
func TestSsosync88ControlTowersGroupsAreLeftAlone(t *testing.T) {
	s := newSite(t)
	s.table = "mirror"
	for _, name := range []string{"AWSControlTowerAdmins", "AWSServiceCatalogAdmins", "AWSAuditAccountAdmins", "AWSLogArchiveViewers", "somebody-elses"} {
		if _, err := s.driver.Driver.CreateGroup(t.Context(), identity.Group{DisplayName: name}); err != nil {
			t.Fatal(err)
		}
	}
	s.reader = staff(3)
	s.sync()
	if _, writes := s.sync(); writes != 0 {
		t.Errorf("%d writes by a second run", writes)
	}
	for _, name := range []string{"AWSControlTowerAdmins", "AWSLogArchiveViewers", "somebody-elses"} {
		s.group(name)
	}
	greedy := staff(3)
	greedy.groups = append(greedy.groups, source.Group{Anchor: sidAdmin, Name: "CN=x," + adBase, Attributes: source.Attributes{"cn": {"AWSControlTowerReaders"}}})
	s.reader, s.scope = greedy, ""
	if rules := s.refused(); !slices.Contains(rules, plan.RuleProtected) {
		t.Errorf("brakes %v", rules)
	}
}

// ssosync#292. There: groups were looked up by e-mail in one place and by name
// in another, so that one whose two differed was deleted and made again on every
// run, with a new id each time. Here: a group is its anchor. Whatever its name
// and address become, it keeps its id, and a second run has nothing to do.
func TestSsosync292AGroupIsNotMadeAgainWhenItsNameOrAddressChanges(t *testing.T) {
	s := newSite(t)
	s.table = "mirror"
	s.reader = staff(3)
	s.sync()
	id := s.group("aws-dev").ID
	for _, name := range []string{"aws-Developers", "aws-dev@corp.test", "aws-dev"} {
		renamed := staff(3)
		renamed.groups[0].Attributes = source.Attributes{"cn": {name}, "mail": {"other@corp.test"}}
		s.reader = renamed
		if _, writes := s.sync(); writes != 1 {
			t.Errorf("renamed to %s: %d writes, want one update", name, writes)
		}
		if now := s.group(name).ID; now != id {
			t.Errorf("renamed to %s the group is %s, was %s", name, now, id)
		}
		if _, writes := s.sync(); writes != 0 {
			t.Errorf("%s: %d writes by a second run", name, writes)
		}
	}
}

// idp-scim-sync#70. There: Google failed for one group; the group was taken for
// gone, deleted, and made again later with a new id, so that its assignments
// pointed at nobody. Here: a read that fails for a group is no read; a read that
// has a hole in a group's members takes nobody out of it; one that comes back
// empty is stopped; and one in which the group is missing leaves it with its
// members, and reports it.
func TestIdpScimSync70AGroupThatCannotBeReadIsLeftAlone(t *testing.T) {
	s := newSite(t)
	s.reader = staff(4)
	s.sync()
	id, before := s.group("aws-dev").ID, s.driver.writes

	failing := staff(4)
	failing.fails = fault.Text(fault.Unavailable, "list members", "", "500 backend error")
	s.reader = failing
	if _, err := s.plan(); !fault.Is(err, fault.Unavailable) {
		t.Errorf("a failed read: %v", err)
	}

	hole := staff(4)
	hole.groups[0].Members, hole.groups[0].AddOnly, hole.groups[0].Why = hole.groups[0].Members[:1], true, "a member could not be read"
	s.reader = hole
	s.sync()

	empty := staff(4)
	empty.groups[0].Members = nil
	s.reader = empty
	if rules := s.refused(); !slices.Equal(rules, []string{plan.RuleEmptied, plan.RuleGroupLeavers}) {
		t.Errorf("brakes %v", rules)
	}

	missing := staff(4)
	missing.groups[0] = source.Group{Anchor: sidAdmin, Name: "CN=aws-admins," + adBase, Attributes: source.Attributes{"cn": {"aws-admins"}}}
	s.reader = missing
	s.sync()
	if s.driver.writes != before+1 || s.group("aws-dev").ID != id { // the other group is new
		t.Errorf("%d writes; the group is %s, was %s", s.driver.writes-before, s.group("aws-dev").ID, id)
	}
	s.wantMembers("aws-dev", "p0", "p1", "p2", "p3")
}

// A company where 4 % leave in one day, from every team, and some change teams,
// is an ordinary company.
func TestATrueDayOfLeaversPasses(t *testing.T) {
	s := newSite(t)
	s.reader = staff(250)
	s.sync()
	tomorrow := staff(250)
	tomorrow.people = tomorrow.people[10:]
	tomorrow.groups[0].Members = tomorrow.groups[0].Members[15:] // five more leave the group
	s.reader = tomorrow
	r, _ := s.sync()
	if len(r.Failures) > 0 || s.user("p9").Active || !s.user("p10").Active || len(s.members("aws-dev")) != 235 {
		t.Errorf("failures %v; %d members", r.Failures, len(s.members("aws-dev")))
	}
}
