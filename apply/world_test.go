package apply_test

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"rollcall/apply"
	"rollcall/approval"
	"rollcall/assignment"
	"rollcall/directory"
	"rollcall/directory/memdir"
	"rollcall/identity"
	"rollcall/journal"
	"rollcall/keyring"
	"rollcall/link"
	"rollcall/plan"
	"rollcall/reconcile"
	"rollcall/sqldb"
)

const store = identity.StoreID("d-1234567890")

// tester is what *testing.T and *rapid.T have in common.
type tester interface {
	Helper()
	Fatal(args ...any)
	Fatalf(format string, args ...any)
	Errorf(format string, args ...any)
}

// clock stands still unless somebody sleeps.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) Sleep(ctx context.Context, d time.Duration) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
	return ctx.Err()
}

// After is what leases are renewed by; in these tests nobody outlives one.
func (c *clock) After(time.Duration) <-chan time.Time { return nil }

// world is a directory and the state beside it. The directory lives as long as
// the world; the state is opened anew by every life of the process.
type world struct {
	dir    string
	driver directory.Driver
	clock  *clock
	table  reconcile.Table
	db     *sqldb.DB
	x      *apply.Executor
	read   *reconcile.Current // what the last plan was made from
	access *access            // nil: it has none
	opener assignment.Opener  // of the access side, for every life
	ends   []func()           // once the world ends
	ways   []plan.Way         // of whoever was put out last

	leavers reconcile.Leavers // what the sync takes from whoever it disables
}

func newWorld(t tester, dir string, driver directory.Driver) *world {
	t.Helper()
	table, _ := reconcile.TableNamed("mirror")
	w := &world{dir: dir, driver: driver, clock: &clock{now: time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)}, table: table}
	w.open(t)
	return w
}

// open begins a life: a new process finds the state as the last one left it.
func (w *world) open(t tester) {
	t.Helper()
	db, err := sqldb.Open(context.Background(), "sqlite:"+filepath.Join(w.dir, "state.db"), link.Migrations, journal.Migrations, approval.Migrations)
	if err != nil {
		t.Fatal(err)
	}
	keys, err := keyring.Open(filepath.Join(w.dir, "key"))
	if err != nil {
		t.Fatal(err)
	}
	w.db = db
	w.x = &apply.Executor{
		Directory: directory.New("local", w.driver), Journal: journal.Open(db, keys, journal.WithClock(w.clock)),
		Links: link.New(db), Clock: w.clock, InFlight: 4,
	}
	w.x.Access = w.opener
}

// close ends a life.
func (w *world) close() { _ = w.db.Close() }

// end ends the world.
func (w *world) end() {
	w.close()
	for _, fn := range w.ends {
		fn()
	}
}

const retention = 90 * 24 * time.Hour

func (w *world) settings() reconcile.Settings {
	return reconcile.Settings{
		Sync: "corp", Directory: "local", Table: w.table, Issuer: "rollcall:corp", ManageGroups: true,
		Correlate:  []string{directory.KeyUserName, directory.KeyEmail, directory.KeyDisplayName},
		UserPaths:  []string{"userName", "displayName", "name.givenName", "name.familyName", "title", "emails", "aws:identitystore:enterprise.department", "active"},
		GroupPaths: []string{"displayName", "description"},
		Limits:     plan.Limits{UsersOff: plan.Threshold{Percent: 100, Floor: 1000}, UsersRenamed: plan.Threshold{Floor: 1000}}, Retention: retention, Leavers: w.leavers,
	}
}

func (w *world) plan(t tester, wanted *reconcile.Wanted) *plan.Plan {
	t.Helper()
	p, err := w.tryPlan(wanted)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func (w *world) tryPlan(wanted *reconcile.Wanted) (*plan.Plan, error) {
	ctx := context.Background()
	w.clock.Sleep(ctx, time.Second) //nolint:errcheck // ctx does not end
	made := w.clock.Now()
	links, err := w.x.Links.Links(ctx, "local")
	if err != nil {
		return nil, err
	}
	holds, err := w.x.Links.Holds(ctx)
	if err != nil {
		return nil, err
	}
	current, err := reconcile.Read(ctx, w.x.Directory, true)
	if err != nil {
		return nil, err
	}
	taken, err := w.x.Journal.Taken(ctx, "local", made.Add(-retention))
	if err != nil {
		return nil, err
	}
	p, err := reconcile.PlanNoting(ctx, w.x.Access, reconcile.Input{
		Settings: w.settings(), Wanted: wanted, Current: current, Made: made,
		Known: reconcile.Known{Links: links, Holds: holds, Taken: taken}, By: plan.Actor{Name: "test", Door: "cli"},
	})
	if err != nil {
		return nil, err
	}
	w.read = current
	p.Brakes = nil // an empty company is a company too
	return p, nil
}

func (w *world) apply(ctx context.Context, t tester, p *plan.Plan) (*apply.Result, error) {
	t.Helper()
	return w.x.Run(ctx, p, apply.Options{Actor: plan.Actor{Name: "test", Door: "cli"}, Fresh: true, Read: w.read})
}

// sync plans and applies, and wants everything to work.
func (w *world) sync(t tester, wanted *reconcile.Wanted) *plan.Plan {
	t.Helper()
	p := w.plan(t, wanted)
	r, err := w.apply(context.Background(), t, p)
	if err != nil {
		t.Fatalf("apply: %v", err)
	}
	for _, f := range r.Failures {
		t.Errorf("%s: %s: %s", f.Change.Sentence(), f.Result, f.Text)
	}
	return p
}

// lines says what the directory holds that is linked, as wantedLines does, and
// everything else byte by byte.
func (w *world) lines(t tester) (linked, foreign []string) {
	t.Helper()
	ctx := context.Background()
	current, err := reconcile.Read(ctx, w.x.Directory, true)
	if err != nil {
		t.Fatal(err)
	}
	all, err := w.x.Links.Links(ctx, "local")
	if err != nil {
		t.Fatal(err)
	}
	anchors, names := map[identity.ID]string{}, map[identity.ID]string{}
	for _, l := range all {
		anchors[l.Object] = string(l.Record.Anchor)
	}
	for _, u := range current.Users {
		names[u.ID] = u.UserName
		if anchors[u.ID] != "" {
			linked = append(linked, userLine(anchors[u.ID], u))
		} else {
			foreign = append(foreign, fmt.Sprintf("%+v", u))
		}
	}
	for _, g := range current.Groups {
		if anchors[g.ID] == "" {
			foreign = append(foreign, fmt.Sprintf("%+v %v", g, current.Members[g.ID]))
			continue
		}
		var who []string
		for _, id := range current.Members[g.ID] {
			who = append(who, names[id])
		}
		linked = append(linked, groupLine(anchors[g.ID], g, who))
	}
	slices.Sort(linked)
	slices.Sort(foreign)
	return linked, foreign
}

// addForeign puts objects there that no source knows.
func addForeign(t tester, d directory.Driver) {
	t.Helper()
	ctx := directory.WithActor(context.Background(), directory.Actor{Name: "somebody", Door: "aws"})
	u, err := d.CreateUser(ctx, identity.User{UserName: "break-glass", DisplayName: "Break Glass", Name: identity.Name{GivenName: "B", FamilyName: "G"}, Active: true})
	if err != nil {
		t.Fatal(err)
	}
	g, err := d.CreateGroup(ctx, identity.Group{DisplayName: "AWSControlTowerAdmins"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.AddMember(ctx, g.ID, u.ID); err != nil {
		t.Fatal(err)
	}
}

func newDirectory() *memdir.Driver { return memdir.New(store) }
