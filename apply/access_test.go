package apply_test

import (
	"cmp"
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"rollcall/assignment"
	"rollcall/assignment/sqlassignment"
	"rollcall/directory"
	"rollcall/fault"
	"rollcall/identity"
	"rollcall/plan"
	"rollcall/reconcile"
	"rollcall/sqldb"
)

// access is the access side of a world: ten accounts and three permission sets,
// and a driver that tests put between.
type access struct {
	driver   *sqlassignment.Driver
	between  *between
	sets     []identity.PermissionSet
	accounts []identity.Account
}

// between stands before the driver. What it is told to do it does to the writes
// that follow.
type between struct {
	*sqlassignment.Driver
	mu     sync.Mutex
	strike func(write func() (assignment.Request, error)) (assignment.Request, error)
	calls  []string
	reads  map[string]int // how often each was asked for
}

func (b *between) write(what string, fn func() (assignment.Request, error)) (assignment.Request, error) {
	b.mu.Lock()
	strike := b.strike
	b.calls = append(b.calls, what)
	b.mu.Unlock()
	if strike != nil {
		inner := fn
		fn = func() (assignment.Request, error) { return strike(inner) }
	}
	return fn()
}

// refuse has one write refused, the nth that comes.
func (b *between) refuse(nth int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	calls := 0
	b.strike = func(write func() (assignment.Request, error)) (assignment.Request, error) {
		b.mu.Lock()
		calls++
		mine := calls == nth
		b.mu.Unlock()
		if mine {
			return none, fault.Text(fault.Denied, "write assignment", "", "not allowed")
		}
		return write()
	}
}

func (b *between) CreateAssignment(ctx context.Context, a identity.Assignment) (assignment.Request, error) {
	return b.write("create", func() (assignment.Request, error) { return b.Driver.CreateAssignment(ctx, a) })
}

func (b *between) DeleteAssignment(ctx context.Context, a identity.Assignment) (assignment.Request, error) {
	return b.write("delete", func() (assignment.Request, error) { return b.Driver.DeleteAssignment(ctx, a) })
}

// withAccess gives a world an access side. Requests take as long as asked, by
// the world's clock.
func (w *world) withAccess(t tester, delay time.Duration, fails func(assignment.Work, identity.Assignment) string) *access {
	t.Helper()
	ctx := context.Background()
	db, err := sqldb.Open(ctx, "sqlite:"+filepath.Join(w.dir, "access.db"), sqlassignment.Migrations())
	if err != nil {
		t.Fatal(err)
	}
	w.ends = append(w.ends, func() { _ = db.Close() })
	d, err := sqlassignment.Open(ctx, db, directory.Store{ID: store, Instance: "arn:aws:sso:::instance/ssoins-1234567890abcdef"}, sqlassignment.Options{
		Directory: w.driver, Now: w.clock.Now, Delay: delay, Fails: fails,
	})
	if err != nil {
		t.Fatal(err)
	}
	a := &access{driver: d, between: &between{Driver: d}}
	for i, name := range []string{"dev", "test", "prod", "web", "shop", "data", "mail", "logs", "build", "play"} {
		account := identity.Account{ID: fmt.Sprintf("2222000000%02d", i+1), Name: name, Email: name + "@example.com"}
		a.accounts = append(a.accounts, account)
	}
	if err := d.Seed(ctx, nil, a.accounts); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"Reader", "Builder", "Admin"} {
		s, err := d.CreatePermissionSet(ctx, identity.PermissionSet{Name: name}, nil)
		if err != nil {
			t.Fatal(err)
		}
		a.sets = append(a.sets, s)
	}
	w.access = a
	w.opener = a.open
	w.x.Access = w.opener
	return a
}

func (a *access) open(context.Context) (*assignment.Instance, error) {
	return assignment.New("local", a.between), nil
}

// instance reads the access side as it is.
func (w *world) instance() *assignment.Instance { return assignment.New("local", w.access.driver) }

// assigned is the plan's form of one of the thirty assignments there can be.
func (a *access) assigned(kind identity.Kind, n int) plan.Assignment {
	s, account := a.sets[n%3], a.accounts[n/3%len(a.accounts)]
	return plan.Assignment{Principal: kind, PermissionSet: s.ARN, SetName: s.Name, Account: account.ID, AccountName: account.Name}
}

// give puts an assignment there, as another client would.
func (w *world) give(t tester, p identity.Principal, n int) {
	t.Helper()
	want := w.access.assigned(p.Kind, n)
	_, err := w.access.driver.CreateAssignment(context.Background(), identity.Assignment{Principal: p, PermissionSet: want.PermissionSet, Account: want.Account})
	if err != nil && !fault.Is(err, fault.Conflict) {
		t.Fatal(err)
	}
	w.pass(time.Minute)
}

// pass lets time go by.
func (w *world) pass(d time.Duration) { _ = w.clock.Sleep(context.Background(), d) }

// reach is the effective access matrix, by names: who reaches which account by
// which permission set, directly or by which group. Rows of dead principals give
// nobody anything.
func (w *world) reach(t tester) []string {
	t.Helper()
	ctx := context.Background()
	current, err := reconcile.Read(ctx, w.x.Directory, true)
	if err != nil {
		t.Fatal(err)
	}
	users, groups := map[identity.ID]string{}, map[identity.ID]string{}
	for _, u := range current.Users {
		users[u.ID] = u.UserName
	}
	for _, g := range current.Groups {
		groups[g.ID] = g.DisplayName
	}
	lines := []string{}
	for a, err := range w.instance().Everything(ctx) {
		if err != nil {
			t.Fatal(err)
		}
		what := string(identity.LastPart(a.PermissionSet)) + " in " + a.Account
		if name, alive := users[a.Principal.ID]; alive {
			lines = append(lines, "user "+name+" has "+what)
		}
		if name, alive := groups[a.Principal.ID]; alive {
			lines = append(lines, "group "+name+" has "+what)
			for _, m := range current.Members[a.Principal.ID] {
				lines = append(lines, "user "+users[m]+" by group "+name+" has "+what)
			}
		}
	}
	slices.Sort(lines)
	return lines
}

// principals are the users and groups there are, by name.
func (w *world) principals(t tester) []identity.Principal {
	t.Helper()
	c := w.look(t)
	slices.SortFunc(c.Users, func(a, b identity.User) int { return cmp.Compare(a.UserName, b.UserName) })
	slices.SortFunc(c.Groups, func(a, b identity.Group) int { return cmp.Compare(a.DisplayName, b.DisplayName) })
	var all []identity.Principal
	for _, u := range c.Users {
		all = append(all, identity.Principal{Store: store, Kind: identity.KindUser, ID: u.ID})
	}
	for _, g := range c.Groups {
		all = append(all, identity.Principal{Store: store, Kind: identity.KindGroup, ID: g.ID})
	}
	return all
}

// command is the plan of one command.
func (w *world) command(t tester, changes ...plan.Change) *plan.Plan {
	t.Helper()
	w.clock.Sleep(context.Background(), time.Second) //nolint:errcheck // ctx does not end
	for i := range changes {
		changes[i].Number = i + 1
		changes[i].Reason = "by command"
		if changes[i].Name == "" {
			changes[i].Name = "somebody"
		}
	}
	p := &plan.Plan{Header: plan.Header{Format: plan.Format, Origin: plan.FromCommand, Directory: "local", Store: store, Made: w.clock.Now()}, Changes: changes}
	if err := p.Check(); err != nil {
		t.Fatal(err)
	}
	return p
}

func assigning(kind plan.Kind, p identity.Principal, a plan.Assignment) plan.Change {
	return plan.Change{Kind: kind, Subject: plan.Existing(p.ID), Assignment: &a}
}
