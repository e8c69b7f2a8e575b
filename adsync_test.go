package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"rollcall/apply"
	"rollcall/baseline"
	"rollcall/directory"
	"rollcall/directory/sqldir"
	"rollcall/fault"
	"rollcall/identity"
	"rollcall/journal"
	"rollcall/keyring"
	"rollcall/link"
	"rollcall/mapping"
	"rollcall/plan"
	"rollcall/reconcile"
	"rollcall/source"
	"rollcall/source/ldapentry"
	"rollcall/source/ldifsource"
	"rollcall/sqldb"
)

// site is one AD export and one embedded Identity Center, with everything
// between them real.
type site struct {
	t       *testing.T
	file    string
	driver  *counted
	links   *link.Store
	journal *journal.Journal
	table   string
	scope   string

	baselines *baseline.Store
	reader    source.Driver // in place of the file, where a test needs another
	preset    string        // ad, if not said
	names     reconcile.Names
}

// counted is the embedded directory, counting what is written to it, and
// failing where a test says so.
type counted struct {
	*sqldir.Driver
	writes int
	refuse string // the userName whose creation fails
}

func (c *counted) CreateUser(ctx context.Context, u identity.User) (identity.User, error) {
	c.writes++
	if u.UserName == c.refuse {
		return identity.User{}, fault.New(fault.Internal, "create user", "", errors.New("status 500"))
	}
	return c.Driver.CreateUser(ctx, u)
}

func (c *counted) UpdateUser(ctx context.Context, id identity.ID, rev string, e []identity.Edit) (identity.User, error) {
	c.writes++
	return c.Driver.UpdateUser(ctx, id, rev, e)
}

func (c *counted) SetActive(ctx context.Context, id identity.ID, rev string, on bool) (identity.User, error) {
	c.writes++
	return c.Driver.SetActive(ctx, id, rev, on)
}

func (c *counted) CreateGroup(ctx context.Context, g identity.Group) (identity.Group, error) {
	c.writes++
	return c.Driver.CreateGroup(ctx, g)
}

func (c *counted) UpdateGroup(ctx context.Context, id identity.ID, rev string, e []identity.Edit) (identity.Group, error) {
	c.writes++
	return c.Driver.UpdateGroup(ctx, id, rev, e)
}

func (c *counted) ChangeMembers(ctx context.Context, g identity.ID, add, remove []identity.ID) error {
	c.writes++
	return c.Driver.ChangeMembers(ctx, g, add, remove)
}

func newSite(t *testing.T) *site {
	t.Helper()
	dir := t.TempDir()
	center, err := sqldir.Open(t.Context(), "sqlite:"+filepath.Join(dir, "directory.db"))
	if err != nil {
		t.Fatal(err)
	}
	driver, err := center.Store(t.Context(), "d-1234567890", sqldir.Options{})
	if err != nil {
		t.Fatal(err)
	}
	keys, err := keyring.Open(filepath.Join(dir, "key"))
	if err != nil {
		t.Fatal(err)
	}
	state, err := sqldb.Open(t.Context(), "sqlite:"+filepath.Join(dir, "state.db"), link.Migrations, journal.Migrations, baseline.Migrations)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := errors.Join(center.Close(), state.Close()); err != nil {
			t.Error(err)
		}
	})
	return &site{
		t: t, file: filepath.Join(dir, "ad.ldif"), driver: &counted{Driver: driver}, table: reconcile.Default,
		links: link.New(state), journal: journal.Open(state, keys), baselines: baseline.New(state), scope: `group.cn.startsWith("aws-") && group.cn != "aws-users"`,
	}
}

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

func (s *site) plan() (*plan.Plan, error) {
	s.t.Helper()
	ctx := s.t.Context()
	m, err := mapping.Compile(mapping.Rules{ScopeGroups: s.scope}, mapping.Options{Preset: cmp.Or(s.preset, "ad")})
	if err != nil {
		s.t.Fatal(err)
	}
	var driver source.Driver
	driver, err = ldifsource.New(ldifsource.Options{Paths: []string{s.file}, Rules: ldapentry.Rules{
		Base: adBase, PersonAnchor: "objectSid", GroupAnchor: "objectSid",
	}})
	if err != nil {
		s.t.Fatal(err)
	}
	if s.reader != nil {
		driver = s.reader
	}
	made := time.Now()
	snap, err := source.New("corp", driver).Read(ctx)
	if err != nil {
		return nil, err
	}
	wanted, err := reconcile.Want(ctx, snap, m, true)
	if err != nil {
		s.t.Fatal(err)
	}
	if _, err := wanted.Narrow(s.names); err != nil {
		return nil, err
	}
	current, err := reconcile.Read(ctx, directory.New("local", s.driver), true)
	if err != nil {
		return nil, err
	}
	links, err := s.links.Links(ctx, "local")
	if err != nil {
		s.t.Fatal(err)
	}
	table, _ := reconcile.TableNamed(s.table)
	in := reconcile.Input{
		Settings: reconcile.Settings{
			Sync: "corp", Directory: "local", Table: table, Issuer: "rollcall:corp", ManageGroups: true,
			Correlate: []string{directory.KeyUserName}, UserPaths: m.UserPaths(), GroupPaths: m.GroupPaths(), Limits: plan.DefaultLimits(),
		},
		Wanted: wanted, Current: current, Known: reconcile.Known{Links: links}, Made: made,
		Counts: wanted.Count(snap, m.UserPaths()),
	}
	s.recall(&in)
	return reconcile.Plan(in)
}

// recall adds what is remembered of earlier runs.
func (s *site) recall(in *reconcile.Input) {
	s.t.Helper()
	var problems [3]error
	in.Known.Baseline, problems[0] = s.baselines.Of(s.t.Context(), "corp")
	in.Known.Earlier, problems[1] = s.journal.Made(s.t.Context(), "local", "corp", in.Made.Add(-plan.Window))
	in.Read, problems[2] = s.baselines.Keep(s.t.Context(), "corp", in.Made, in.Counts)
	if err := errors.Join(problems[:]...); err != nil {
		s.t.Fatal(err)
	}
}

// sync plans and applies, and returns how often the directory was written to.
func (s *site) sync() (*apply.Result, int) {
	s.t.Helper()
	p, err := s.plan()
	if err != nil {
		s.t.Fatal(err)
	}
	before := s.driver.writes
	if p.Empty() && !p.Braked() {
		return &apply.Result{}, 0
	}
	r, err := s.executor().Run(s.t.Context(), p, apply.Options{Actor: plan.Actor{Name: "test", Door: "cli"}, Fresh: true})
	if err == nil && r.Status() == journal.Complete {
		err = s.baselines.Accept(s.t.Context(), "corp", p.Basis.Read)
	}
	if err != nil {
		s.t.Fatal(err)
	}
	return r, s.driver.writes - before
}

func (s *site) executor() *apply.Executor {
	return &apply.Executor{Directory: directory.New("local", s.driver), Journal: s.journal, Links: s.links, Clock: wallClock{}}
}

type wallClock struct{}

func (wallClock) Now() time.Time { return time.Now() }

func (wallClock) Sleep(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}

func (s *site) user(name string) identity.User {
	s.t.Helper()
	u, err := s.driver.FindUser(s.t.Context(), directory.Key{Attribute: directory.KeyUserName, Value: name + "@corp.test"})
	if err != nil {
		s.t.Fatal(err)
	}
	return u
}

func (s *site) group(name string) identity.Group {
	s.t.Helper()
	g, err := s.driver.FindGroup(s.t.Context(), directory.Key{Attribute: directory.KeyDisplayName, Value: name})
	if err != nil {
		s.t.Fatal(err)
	}
	return g
}

// members are the userNames in a group.
func (s *site) members(group string) []string {
	s.t.Helper()
	var names []string
	for m, err := range directory.New("local", s.driver).Members(s.t.Context(), s.group(group).ID) {
		if err != nil {
			s.t.Fatal(err)
		}
		u, err := s.driver.User(s.t.Context(), m.UserID)
		if err != nil {
			s.t.Fatal(err)
		}
		names = append(names, strings.TrimSuffix(u.UserName, "@corp.test"))
	}
	slices.Sort(names)
	return names
}

func (s *site) wantMembers(group string, want ...string) {
	s.t.Helper()
	if got := s.members(group); !slices.Equal(got, want) {
		s.t.Errorf("members of %s: %v, want %v", group, got, want)
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
