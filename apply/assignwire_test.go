package apply_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"rollcall/assignment"
	"rollcall/assignment/awsassignment"
	"rollcall/emulate"
	"rollcall/identity"
	"rollcall/identitycentertest"
	"rollcall/journal"
	"rollcall/plan"
)

// Applications are assignments too, and take effect at once.
func TestApplicationsAreGivenTakenAndGivenBack(t *testing.T) {
	w, ann, ops := accessWorld(t, nil)
	app, err := w.access.driver.CreateApplication(t.Context(), identity.Application{
		Name: "Wiki", Provider: "arn:aws:sso::aws:applicationProvider/custom", Enabled: true, AssignmentRequired: true,
	}, nil, "")
	if err != nil {
		t.Fatal(err)
	}
	use := func(kind identity.Kind) plan.Assignment {
		return plan.Assignment{Principal: kind, Application: app.ARN, AppName: app.Name}
	}
	users := func() int {
		page, err := w.access.driver.ListApplicationAssignments(t.Context(), app.ARN, assignment.PageRequest{})
		if err != nil {
			t.Fatal(err)
		}
		return len(page.Items)
	}
	give := w.must(t, w.command(t, assigning(plan.AssignmentCreate, ann, use("user")), assigning(plan.AssignmentCreate, ops, use("group"))))
	if users() != 2 {
		t.Fatalf("%d may use it", users())
	}
	take := w.must(t, w.command(t, assigning(plan.AssignmentDelete, ann, use("user"))))
	again, err := w.apply(t.Context(), t, w.command(t, assigning(plan.AssignmentCreate, ops, use("group")), assigning(plan.AssignmentDelete, ann, use("user"))))
	if err != nil || again.Counts[journal.Already] != 2 || users() != 1 {
		t.Fatalf("%+v, %v", again, err)
	}
	w.mustUndo(t, take)
	w.mustUndo(t, give)
	if users() != 0 {
		t.Errorf("%d may use it after the undo", users())
	}
	w.must(t, w.command(t, assigning(plan.AssignmentCreate, ops, use("group"))))
	c := staff()
	c.Groups = nil
	p := w.plan(t, c)
	if want := "delete group ops with its 2 memberships: ann, bob, and its assignment: application Wiki"; p.Changes[0].Sentence() != want {
		t.Errorf("%s, want %s", p.Changes[0].Sentence(), want)
	}
	w.sync(t, c)
	w.sync(t, staff())
	if current := w.principals(t); users() != 2 || current[2].ID == ops.ID { // one is the dead group's
		t.Errorf("%d may use it", users())
	}
}

// onWire is a world on AWS's own wire: ann has Admin in an account, and a group
// of hers has Reader.
type onWire struct {
	*world
	srv              *identitycentertest.Server
	access           *assignment.Instance
	ann, ops         identity.Principal
	dev              string
	admin, readerSet string
}

// mortalAccess is AWS's access side as a client sees it who is killed at a write.
type mortalAccess struct {
	*awsassignment.Driver
	killer *killer
}

func (m *mortalAccess) CreateAssignment(ctx context.Context, a identity.Assignment) (assignment.Request, error) {
	return strike(m.killer, func() (assignment.Request, error) { return m.Driver.CreateAssignment(ctx, a) })
}

func (m *mortalAccess) DeleteAssignment(ctx context.Context, a identity.Assignment) (assignment.Request, error) {
	return strike(m.killer, func() (assignment.Request, error) { return m.Driver.DeleteAssignment(ctx, a) })
}

func onTheWire(t *testing.T, k *killer) *onWire {
	t.Helper()
	srv := identitycentertest.New(t)
	w := &onWire{world: newWorld(t, t.TempDir(), overTheWire(t, srv, new(wire), ways["both"])), srv: srv}
	t.Cleanup(w.end)
	driver, err := awsassignment.New(awsassignment.Options{Instance: srv.InstanceARN, Store: store, AWS: &srv.Config})
	if err != nil {
		t.Fatal(err)
	}
	w.access = assignment.New("local", &mortalAccess{driver, k})
	w.opener = func(context.Context) (*assignment.Instance, error) { return w.access, nil }
	w.x.Access = w.opener
	w.ann = identity.Principal{Store: store, Kind: identity.KindUser, ID: identity.ID(srv.User("ann"))}
	w.ops = identity.Principal{Store: store, Kind: identity.KindGroup, ID: identity.ID(srv.Group("ops", string(w.ann.ID)))}
	w.dev, w.admin, w.readerSet = srv.Account("dev"), srv.PermissionSet("Admin"), srv.PermissionSet("Reader")
	srv.Assign(string(w.ann.ID), w.admin, w.dev)
	srv.Assign(string(w.ops.ID), w.readerSet, w.dev)
	return w
}

// swap gives ann what the group has, and the group what she has.
func (w *onWire) swap(t *testing.T) *plan.Plan {
	t.Helper()
	in := func(kind identity.Kind, set string) plan.Assignment {
		return plan.Assignment{Principal: kind, PermissionSet: set, Account: w.dev}
	}
	return w.command(t,
		assigning(plan.AssignmentDelete, w.ann, in("user", w.admin)), assigning(plan.AssignmentDelete, w.ops, in("group", w.readerSet)),
		assigning(plan.AssignmentCreate, w.ann, in("user", w.readerSet)), assigning(plan.AssignmentCreate, w.ops, in("group", w.admin)))
}

func (w *onWire) held(t *testing.T) (lines []string) {
	t.Helper()
	for a, err := range w.access.Everything(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		lines = append(lines, string(a.Principal.Kind)+" "+a.PermissionSet)
	}
	slices.Sort(lines)
	return lines
}

// swapped holds that all is given and taken, once.
func (w *onWire) swapped(t *testing.T) {
	t.Helper()
	if diff := cmp.Diff([]string{"group " + w.admin, "user " + w.readerSet}, w.held(t)); diff != "" {
		t.Error(diff)
	}
}

func undying() *killer {
	k := &killer{dead: make(chan struct{})}
	k.left.Store(never)
	return k
}

// Over AWS's own wire, with every other write answered wrongly or not at all,
// all is given and taken once, and taken back.
func TestAssignmentsSurviveFaultsOverTheWire(t *testing.T) {
	for _, kind := range []emulate.Kind{emulate.Lost, emulate.Conflict, emulate.Throttle} {
		t.Run(string(kind), func(t *testing.T) {
			w := onTheWire(t, undying())
			before := w.held(t)
			fault := emulate.Fault{Operation: "*AccountAssignment", Kind: kind, Every: 2}
			if kind == emulate.Throttle {
				fault.RetryAfter = emulate.Duration(1)
			}
			w.srv.Faults(fault)
			run := w.must(t, w.swap(t))
			w.swapped(t)
			w.mustUndo(t, run)
			w.srv.Faults()
			if diff := cmp.Diff(before, w.held(t)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// And so when it is killed at any of its writes and run again.
func TestKilledAtEveryAssignmentOverTheWireTheEndIsTheSame(t *testing.T) {
	for at := range 4 {
		for _, after := range []bool{false, true} {
			t.Run(fmt.Sprintf("write %d, after it happened: %v", at+1, after), func(t *testing.T) {
				k := undying()
				w := onTheWire(t, k)
				before := w.held(t)
				k.after, k.kill = after, w.close
				k.left.Store(int64(at + 1))
				_, died := w.apply(t.Context(), t, w.swap(t))
				if died == nil {
					t.Fatal("nobody was killed")
				}
				k.left.Store(never)
				w.pass(time.Minute)
				w.open(t)
				resumeAll(t, w.world, died)
				w.swapped(t)
				w.mustUndo(t, w.last(t))
				if diff := cmp.Diff(before, w.held(t)); diff != "" {
					t.Error(diff)
				}
			})
		}
	}
}
