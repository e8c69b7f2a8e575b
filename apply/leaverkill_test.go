package apply_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"rollcall/assignment"
	"rollcall/command"
	"rollcall/fault"
	"rollcall/identity"
	"rollcall/journal"
	"rollcall/plan"
	"rollcall/reconcile"
)

// theirs is what somebody else has put into every permission set.
const theirs = `{"Version":"2012-10-17","Statement":[{"Sid":"theirs","Effect":"Allow","Action":"s3:*","Resource":"*"}]}`

func (b *between) SetInlinePolicy(ctx context.Context, set, document string) error {
	_, err := b.write("policy", func() (assignment.Request, error) { return none, b.Driver.SetInlinePolicy(ctx, set, document) })
	return err
}

func (b *between) ProvisionPermissionSet(ctx context.Context, set, account string) (assignment.Request, error) {
	return b.write("provision", func() (assignment.Request, error) { return b.Driver.ProvisionPermissionSet(ctx, set, account) })
}

func (b *between) DeleteApplicationAssignment(ctx context.Context, a identity.ApplicationAssignment) error {
	_, err := b.write("application", func() (assignment.Request, error) { return none, b.Driver.DeleteApplicationAssignment(ctx, a) })
	return err
}

// witness stands before a directory and its access side. It keeps the order of
// what was written, and sees to it that nobody is deleted who has anything.
type witness struct {
	*mortal
	t     tester
	w     *world
	mu    sync.Mutex
	wrote []string
	fails func(what string) error // of a write; nil: none
}

func (v *witness) saw(what string) error {
	v.mu.Lock()
	v.wrote = append(v.wrote, what)
	fails := v.fails
	v.mu.Unlock()
	if fails == nil {
		return nil
	}
	return fails(what)
}

func (v *witness) SetActive(ctx context.Context, id identity.ID, rev string, on bool) (identity.User, error) {
	if err := v.saw("disable"); err != nil {
		return identity.User{}, err
	}
	return v.mortal.SetActive(ctx, id, rev, on)
}

func (v *witness) ChangeMembers(ctx context.Context, group identity.ID, add, remove []identity.ID) error {
	if err := v.saw("members"); err != nil {
		return err
	}
	return v.mortal.ChangeMembers(ctx, group, add, remove)
}

func (v *witness) DeleteUser(ctx context.Context, id identity.ID, rev string) error {
	own, err := v.w.instance().Own(ctx, identity.Principal{Store: store, Kind: identity.KindUser, ID: id})
	if err != nil || len(own) > 0 {
		v.t.Errorf("deleted with %d live assignments, %v", len(own), err)
	}
	if err := v.saw("delete user"); err != nil {
		return err
	}
	return v.mortal.DeleteUser(ctx, id, rev)
}

// leaverWorld has ann, who has two accounts and an application of her own, and
// one by group ops, whose others stay.
func leaverWorld(t testing.TB) (w *world, v *witness, ann identity.Principal) {
	t.Helper()
	v = &witness{mortal: deathless(), t: t}
	w = newWorld(t, t.TempDir(), v)
	v.w = w
	t.Cleanup(w.end)
	w.sync(t, staff())
	w.withAccess(t, 2*time.Second, nil)
	all := w.principals(t)
	ann = all[0]
	for set := range 2 {
		w.give(t, ann, set)
	}
	w.give(t, all[2], 2)
	for _, s := range w.access.sets {
		if err := w.access.driver.SetInlinePolicy(t.Context(), s.ARN, theirs); err != nil {
			t.Fatal(err)
		}
	}
	app, err := w.access.driver.CreateApplication(t.Context(), identity.Application{
		Name: "wiki", Provider: "arn:aws:sso::aws:applicationProvider/custom",
	}, nil, "")
	if err != nil {
		t.Fatal(err)
	}
	if err := w.access.driver.CreateApplicationAssignment(t.Context(), identity.ApplicationAssignment{Application: app.ARN, Principal: ann}); err != nil {
		t.Fatal(err)
	}
	w.access.between.strike = func(write func() (assignment.Request, error)) (assignment.Request, error) {
		w.access.between.mu.Lock()
		what := w.access.between.calls[len(w.access.between.calls)-1]
		w.access.between.mu.Unlock()
		if err := v.saw(what); err != nil {
			return none, err
		}
		return strike(v.killer, write)
	}
	return w, v, ann
}

// leave is the plan that puts ann out as things are now.
func (w *world) leave(t tester, ann identity.Principal, mode plan.Mode) *plan.Plan {
	t.Helper()
	w.pass(time.Minute)
	desk := &command.Desk{Executor: w.x, Limits: func(context.Context, plan.Actor) (plan.Limits, error) { return plan.Limits{}, nil }}
	d, err := desk.Begin(context.Background(), plan.Actor{Name: "test", Door: "cli"})
	if err != nil {
		t.Fatal(err)
	}
	d.Deny = &command.Denying{Earlier: func(context.Context, identity.ID) ([]plan.Way, error) { return w.ways, nil }}
	u, err := w.x.Directory.User(context.Background(), ann.ID)
	if fault.Is(err, fault.NotFound) {
		return d.Plan
	}
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Leave(context.Background(), []identity.User{u}, mode, "left"); err != nil {
		t.Fatal(err)
	}
	w.ways = d.Plan.Leavers[0].Ways
	if err := d.Finish(context.Background(), "put out ann"); err != nil {
		t.Fatal(err)
	}
	return d.Plan
}

// wantGone says that ann is out, and that nothing else is touched.
func (w *world) wantGone(t tester, ann identity.Principal) {
	t.Helper()
	ctx := context.Background()
	want := []string{"group ops has Admin in dev", "user bob by group ops has Admin in dev"}
	if diff := cmp.Diff(want, w.spoken(w.reach(t))); diff != "" {
		t.Errorf("who reaches what:\n%s", diff)
	}
	if _, err := w.x.Directory.User(ctx, ann.ID); !fault.Is(err, fault.NotFound) {
		t.Errorf("ann: %v", err)
	}
	if _, held, err := w.x.Links.Held(ctx, "corp", "ann"); !held || err != nil {
		t.Errorf("ann is not held, %v", err)
	}
	own, err := reconcile.Assigned(ctx, w.instance(), ann)
	if err != nil || len(own) > 0 {
		t.Errorf("under her id: %v, %v", own, err)
	}
	denied, err := identity.DenyUser(theirs, ann.ID)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range w.access.sets {
		now, err := w.instance().InlinePolicy(ctx, s.ARN)
		if err != nil || now != denied {
			t.Errorf("the policy of %s: %s, %v", s.Name, now, err)
		}
		for a, err := range w.instance().AccountsWith(ctx, s.ARN, assignment.Outdone) {
			t.Errorf("the policy of %s is not in %v, %v", s.Name, a, err)
		}
	}
}

// leaverWrites are what a leaver's plan writes: disable, three policies written
// and brought to the accounts, two assignments, an application, a membership,
// and the user.
const leaverWrites = 12

// Killed at any write of a leaver's plan, before it happened or after, and run
// again: the same end, and never a user deleted who has anything.
func TestKilledAtEveryChangeALeaverEndsTheSame(t *testing.T) {
	for _, after := range []bool{false, true} {
		for at := range leaverWrites {
			t.Run(fmt.Sprintf("write %d, after it happened: %v", at+1, after), func(t *testing.T) {
				w, v, ann := leaverWorld(t)
				w.dies(t, v.mortal, w.leave(t, ann, plan.Delete), at+1, after)
				w.pass(time.Minute)
				w.wantGone(t, ann)
				if again := w.leave(t, ann, plan.Delete); !again.Empty() {
					t.Errorf("left to do: %s", again.Changes[0].Sentence())
				}
			})
		}
	}
}

// With each call failing for good in turn, all others are made but the
// deletion, and the same again comes to the same end.
func TestWithEachCallFailingInTurnALeaverEndsTheSame(t *testing.T) {
	for at := range leaverWrites {
		t.Run(fmt.Sprintf("call %d", at+1), func(t *testing.T) {
			w, v, ann := leaverWorld(t)
			calls, failed := 0, ""
			v.fails = func(what string) error {
				v.mu.Lock()
				defer v.mu.Unlock()
				if calls++; calls != at+1 {
					return nil
				}
				failed = what
				return fault.Text(fault.Denied, "write", "", "not allowed")
			}
			p := w.leave(t, ann, plan.Delete)
			r, err := w.apply(t.Context(), t, p)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := w.x.Directory.User(t.Context(), ann.ID); err != nil {
				t.Errorf("deleted although %q failed: %v", failed, err)
			}
			notMade := r.Counts[journal.Failed] + r.Counts[journal.Skipped] + r.Counts[journal.Stale]
			if want := 2; failed != "delete user" && notMade != want || failed == "delete user" && notMade != 1 {
				t.Errorf("%q failed: %+v", failed, r.Counts)
			}
			w.must(t, w.leave(t, ann, plan.Delete))
			w.pass(time.Minute)
			w.wantGone(t, ann)
		})
	}
}

// Disable is the first write and the deletion the last; a policy is on its way
// before anything of its permission set is taken.
func TestALeaversWritesComeInOrder(t *testing.T) {
	w, v, ann := leaverWorld(t)
	v.wrote = nil
	w.must(t, w.leave(t, ann, plan.Delete))
	if n := len(v.wrote); n < leaverWrites || v.wrote[0] != "disable" || v.wrote[n-1] != "delete user" {
		t.Errorf("%q", v.wrote)
	}
	firstTaken := slices.Index(v.wrote, "delete")
	if firstPolicy := slices.Index(v.wrote, "policy"); firstPolicy < 0 || firstPolicy > firstTaken {
		t.Errorf("taken before it was denied: %q", v.wrote)
	}
	w.pass(time.Minute)
	w.wantGone(t, ann)
}

// A plan that was made before she left, and would enable her, put her into a
// group and give her an account, gives her nothing.
func TestAPlanInFlightLetsNobodyBackIn(t *testing.T) {
	w, _, ann := leaverWorld(t)
	more := w.access.assigned("user", 5)
	before := w.plan(t, withGroup(staff(), "new", "ann", "bob"))
	before.Changes = append(before.Changes, assigning(plan.AssignmentCreate, ann, more))
	before.Changes[len(before.Changes)-1].Number = len(before.Changes)
	before.Changes[len(before.Changes)-1].Reason = "by command"
	w.must(t, w.leave(t, ann, plan.Revoke))
	r, err := w.apply(t.Context(), t, before)
	if err != nil || r.Counts[journal.Held] == 0 {
		t.Errorf("%+v, %v", r, err)
	}
	for _, line := range w.spoken(w.reach(t)) {
		if strings.Contains(line, "user ann") {
			t.Errorf("%s", line)
		}
	}
	groups := 0
	for _, err := range w.x.Directory.Memberships(t.Context(), ann.ID) {
		if groups++; err != nil {
			t.Error(err)
		}
	}
	if u, err := w.x.Directory.User(t.Context(), ann.ID); err != nil || u.Active || groups > 0 {
		t.Errorf("%+v in %d groups, %v", u, groups, err)
	}
}

// Two people who leave at once have a statement each, and either can be let in
// again without the other.
func TestTwoLeaversHaveAStatementEach(t *testing.T) {
	w, _, ann := leaverWorld(t)
	bob := w.principals(t)[1]
	w.must(t, w.leave(t, ann, plan.Revoke))
	w.must(t, w.leave(t, bob, plan.Revoke))
	admin := w.access.sets[2].ARN
	policy := func() string {
		t.Helper()
		now, err := w.instance().InlinePolicy(t.Context(), admin)
		if err != nil {
			t.Fatal(err)
		}
		return now
	}
	if now := policy(); !identity.DeniesUser(now, ann.ID) || !identity.DeniesUser(now, bob.ID) {
		t.Errorf("%s", now)
	}
	allow := func(p identity.Principal, name identity.Anchor, until *time.Time) plan.Change {
		return plan.Change{
			Kind: plan.SessionAllow, Subject: plan.Existing(p.ID), Name: string(name), Denial: &plan.Denial{PermissionSet: admin, Until: until},
			Record: &identity.Record{Source: "corp", Kind: identity.KindUser, Anchor: name},
		}
	}
	end := w.clock.Now().Add(time.Hour)
	if r, err := w.apply(t.Context(), t, w.command(t, allow(ann, "ann", &end))); err != nil || r.Counts[journal.Held] != 1 {
		t.Errorf("let in while she is held: %+v, %v", r, err)
	}
	w.pass(2 * time.Hour)
	w.must(t, w.command(t, allow(ann, "ann", &end)))
	if now := policy(); identity.HasDenial(now, ann.ID) || !identity.DeniesUser(now, bob.ID) || !strings.Contains(now, `"theirs"`) {
		t.Errorf("after the last session of ann has ended: %s", now)
	}
	if _, err := w.x.Links.Release(t.Context(), "corp", "bob"); err != nil {
		t.Fatal(err)
	}
	w.must(t, w.command(t, allow(bob, "bob", nil)))
	if now := policy(); now != theirs {
		t.Errorf("after bob is released: %s", now)
	}
}

// What was denied can be undone; not of somebody who is held.
func TestADenialIsUndone(t *testing.T) {
	w, _, ann := leaverWorld(t)
	run := w.must(t, w.leave(t, ann, plan.Revoke))
	admin := w.access.sets[2].ARN
	p := w.undo(t, run)
	if slices.ContainsFunc(p.Changes, func(c plan.Change) bool { return c.Kind == plan.SessionAllow }) {
		t.Error("undone while she is held")
	}
	if _, err := w.x.Links.Release(t.Context(), "corp", "ann"); err != nil {
		t.Fatal(err)
	}
	w.mustUndo(t, run)
	if now, err := w.instance().InlinePolicy(t.Context(), admin); err != nil || now != theirs {
		t.Errorf("%s, %v", now, err)
	}
}
