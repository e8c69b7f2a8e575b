package main

import (
	"cmp"
	"context"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"rollcall/apply"
	"rollcall/approval"
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
	"rollcall/realtime"
	"rollcall/reconcile"
	"rollcall/source"
	"rollcall/source/ldapentry"
	"rollcall/source/ldifsource"
	"rollcall/sqldb"
	"rollcall/work"
)

// site is one AD export and one embedded Identity Center, with everything
// between them real.
type site struct {
	t       *testing.T
	state   *sqldb.DB
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
	state, err := sqldb.Open(t.Context(), "sqlite:"+filepath.Join(dir, "state.db"),
		link.Migrations, journal.Migrations, baseline.Migrations, work.Migrations, approval.Migrations)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := errors.Join(center.Close(), state.Close()); err != nil {
			t.Error(err)
		}
	})
	return &site{
		t: t, state: state, file: filepath.Join(dir, "ad.ldif"), driver: &counted{Driver: driver}, table: reconcile.Default,
		links: link.New(state), journal: journal.Open(state, keys), baselines: baseline.New(state), scope: `group.cn.startsWith("aws-") && group.cn != "aws-users"`,
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
	return &apply.Executor{Directory: directory.New("local", s.driver), Journal: s.journal, Links: s.links, Clock: realtime.Clock{}}
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
