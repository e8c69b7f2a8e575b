package apply_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"rollcall/apply"
	"rollcall/assignment"
	"rollcall/command"
	"rollcall/identity"
	"rollcall/journal"
	"rollcall/plan"
)

// asked counts what is read of the access side.
func (b *between) asked(what string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.reads == nil {
		b.reads = map[string]int{}
	}
	b.reads[what]++
}

func (b *between) ListAssignmentsFor(ctx context.Context, p identity.Principal, account string, page assignment.PageRequest) (assignment.Page[identity.Assignment], error) {
	b.asked("what " + string(p.ID) + " has")
	return b.Driver.ListAssignmentsFor(ctx, p, account, page)
}

func (b *between) PermissionSet(ctx context.Context, arn string) (identity.PermissionSet, error) {
	b.asked("permission set " + arn)
	return b.Driver.PermissionSet(ctx, arn)
}

func (b *between) Account(ctx context.Context, id string) (identity.Account, error) {
	b.asked("account " + id)
	return b.Driver.Account(ctx, id)
}

func (b *between) InlinePolicy(ctx context.Context, set string) (string, error) {
	b.asked("policy " + set)
	all, err := b.Policies(ctx, set)
	return all.Inline, err
}

// leaveTogether is the plan that puts several people out.
func (w *world) leaveTogether(t tester, mode plan.Mode, people ...identity.Principal) *plan.Plan {
	t.Helper()
	w.pass(time.Minute)
	desk := &command.Desk{Executor: w.x, Limits: func(context.Context, plan.Actor) (plan.Limits, error) { return plan.Limits{}, nil }}
	d, err := desk.Begin(context.Background(), plan.Actor{Name: "test", Door: "cli"})
	if err != nil {
		t.Fatal(err)
	}
	d.Deny = &command.Denying{}
	var users []identity.User
	for _, p := range people {
		u, err := w.x.Directory.User(context.Background(), p.ID)
		if err != nil {
			t.Fatal(err)
		}
		users = append(users, u)
	}
	if err := d.Leave(context.Background(), users, mode, "left"); err != nil {
		t.Fatal(err)
	}
	if err := d.Finish(context.Background(), "put out a team"); err != nil {
		t.Fatal(err)
	}
	return d.Plan
}

// What people who leave together have in common is read once for all of them.
func TestWhatLeaversHaveInCommonIsReadOnce(t *testing.T) {
	w, _, ann := leaverWorld(t)
	bob := w.principals(t)[1]
	for set := range 3 {
		w.give(t, bob, set)
	}
	w.access.between.reads = nil
	p := w.leaveTogether(t, plan.Revoke, ann, bob)
	if len(p.Leavers) != 2 || p.Leavers[0].Object != ann.ID || len(p.Leavers[1].Ways) != 4 {
		t.Errorf("%+v", p.Leavers)
	}
	if len(w.access.between.reads) < 8 {
		t.Errorf("only %v", w.access.between.reads)
	}
	for what, n := range w.access.between.reads {
		if n > 1 {
			t.Errorf("%s is asked %d times", what, n)
		}
	}
}

// shutTogether has ann and bob, who are disabled already, so that nothing of
// what is taken from them waits.
func shutTogether(t *testing.T) (w *world, v *witness, both []identity.Principal) {
	t.Helper()
	w, v, ann := leaverWorld(t)
	both = []identity.Principal{ann, w.principals(t)[1]}
	for set := range 3 {
		w.give(t, both[1], set)
	}
	w.must(t, w.leaveTogether(t, plan.Disable, both...))
	for _, s := range w.access.sets { // of disabled people sessions are denied too
		if err := w.access.driver.SetInlinePolicy(t.Context(), s.ARN, theirs); err != nil {
			t.Fatal(err)
		}
	}
	v.wrote = nil
	w.access.between.calls = nil
	return w, v, both
}

// wantDenied says that all of them are denied in every permission set and
// everywhere, and that nothing else of the policies is touched.
func (w *world) wantDenied(t tester, people []identity.Principal) {
	t.Helper()
	for _, s := range w.access.sets {
		now, err := w.instance().InlinePolicy(context.Background(), s.ARN)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range people {
			if !identity.DeniesUser(now, p.ID) {
				t.Errorf("%s does not deny %s: %s", s.Name, p.ID, now)
			}
			now, err = identity.AllowUser(now, p.ID)
			if err != nil {
				t.Fatal(err)
			}
		}
		if now != theirs {
			t.Errorf("%s is otherwise %s", s.Name, now)
		}
		for a, err := range w.instance().AccountsWith(context.Background(), s.ARN, assignment.Outdone) {
			t.Errorf("the policy of %s is not in %v, %v", s.Name, a, err)
		}
	}
}

func TestDenialsOfOnePermissionSetAreWrittenTogether(t *testing.T) {
	w, v, both := shutTogether(t)
	p := w.leaveTogether(t, plan.Revoke, both...)
	run := w.must(t, p)
	w.wantDenied(t, both)
	writes := map[string]int{}
	for _, what := range v.wrote {
		writes[what]++
	}
	if writes["policy"] != 3 || writes["provision"] != 3 {
		t.Errorf("%d policies written and %d brought to the accounts for two people in three permission sets", writes["policy"], writes["provision"])
	}
	outcomes := 0
	for e, err := range w.x.Journal.Entries(t.Context(), "local", journal.Filter{Run: run, Types: []journal.Type{journal.TypeOutcome}}) {
		if err != nil {
			t.Fatal(err)
		}
		if e.Result != journal.Done || len(e.Changes) != 1 {
			t.Errorf("changes %v: %s", e.Changes, e.Result)
		}
		outcomes++
	}
	if outcomes != len(p.Changes) {
		t.Errorf("%d outcomes of %d changes", outcomes, len(p.Changes))
	}
}

// Whoever finds no room in a policy keeps nobody else from being denied there.
func TestOneWhoHasNoRoomInAPolicyKeepsNobodyOut(t *testing.T) {
	w, _, both := shutTogether(t)
	p := w.leaveTogether(t, plan.Revoke, both...)
	admin := w.access.sets[2].ARN
	one, err := identity.DenyUser(theirs, both[0].ID)
	if err != nil {
		t.Fatal(err)
	}
	filling := strings.Repeat("x", 10_240-len(strings.ReplaceAll(one, " ", ""))-8)
	full := strings.Replace(theirs, `"s3:*"`, `"s3:*`+filling+`"`, 1)
	if err := w.access.driver.SetInlinePolicy(t.Context(), admin, full); err != nil {
		t.Fatal(err)
	}
	r, err := w.apply(t.Context(), t, p)
	if err != nil || r.Counts[journal.Failed] != 1 || r.Failures[0].Change.Denial.PermissionSet != admin {
		t.Errorf("%+v, %v", r, err)
	}
	now, err := w.instance().InlinePolicy(t.Context(), admin)
	if err != nil || identity.DeniesUser(now, both[0].ID) == identity.DeniesUser(now, both[1].ID) {
		t.Errorf("%d characters, ann denied %v, bob %v, %v", len(now), identity.DeniesUser(now, both[0].ID), identity.DeniesUser(now, both[1].ID), err)
	}
}

// Killed at a write for both, before it happened or after, and resumed: both
// are denied, and each change has its own outcome.
func TestKilledWhileTheyAreDeniedTogetherAllAreDenied(t *testing.T) {
	for _, after := range []bool{false, true} {
		for at := range 6 {
			t.Run(fmt.Sprintf("write %d, after it happened: %v", at+1, after), func(t *testing.T) {
				w, v, both := shutTogether(t)
				p := w.leaveTogether(t, plan.Revoke, both...)
				w.dies(t, v.mortal, p, at+1, after)
				w.pass(time.Minute)
				w.wantDenied(t, both)
				if again := w.leaveTogether(t, plan.Revoke, both...); !again.Empty() {
					t.Errorf("left to do: %s", again.Changes[0].Sentence())
				}
			})
		}
	}
}

// Runs that share the policies write what they want of one together, and wait
// for each other instead of being refused by AWS.
func TestRunsOfOneProcessDenyBesideEachOther(t *testing.T) {
	w, v, both := shutTogether(t)
	w.x.Policies = apply.NewPolicies()
	var runs errgroup.Group
	for _, p := range both {
		made := w.leaveTogether(t, plan.Revoke, p)
		runs.Go(func() error {
			r, err := w.x.Run(context.Background(), made, apply.Options{Fresh: true})
			if err == nil && len(r.Failures) > 0 {
				err = errors.New(r.Failures[0].Text)
			}
			return err
		})
	}
	if err := runs.Wait(); err != nil {
		t.Fatal(err)
	}
	w.wantDenied(t, both)
	if n := len(v.wrote); n == 0 {
		t.Error("nothing was written")
	}
}

// What is denied by one look at somebody, by their own and by their groups, is
// made sure of by the plan of all they have, which writes nothing again.
func TestWhatIsDeniedFirstIsNotWrittenAgain(t *testing.T) {
	w, v, ann := leaverWorld(t)
	begin := func() *command.Draft {
		w.pass(time.Minute)
		desk := &command.Desk{Executor: w.x, Limits: func(context.Context, plan.Actor) (plan.Limits, error) { return plan.Limits{}, nil }}
		d, err := desk.Begin(t.Context(), plan.Actor{Name: "test", Door: "cli"})
		if err != nil {
			t.Fatal(err)
		}
		d.Deny = &command.Denying{}
		return d
	}
	u, err := w.x.Directory.User(t.Context(), ann.ID)
	if err != nil {
		t.Fatal(err)
	}
	first := begin()
	if err := first.DenyFirst(t.Context(), []identity.User{u}, "left"); err != nil {
		t.Fatal(err)
	}
	if len(first.Plan.Changes) != 3 || len(first.Plan.Leavers) != 1 || !first.Plan.Leavers[0].First {
		t.Fatalf("%+v", first.Plan)
	}
	w.must(t, first.Plan)
	w.wantDenied(t, []identity.Principal{ann})
	v.wrote = nil
	rest := begin()
	rest.Deny.Begun = func(user identity.ID, set string) bool { return user == ann.ID }
	if err := rest.Leave(t.Context(), []identity.User{u}, plan.Revoke, "left"); err != nil {
		t.Fatal(err)
	}
	denials := 0
	for _, c := range rest.Plan.Changes {
		if c.Kind == plan.SessionDeny {
			denials++
		}
	}
	w.must(t, rest.Plan)
	w.wantDenied(t, []identity.Principal{ann})
	if denials != 3 || slices.Contains(v.wrote, "policy") || slices.Contains(v.wrote, "provision") {
		t.Errorf("%d denials planned, and written: %q", denials, v.wrote)
	}
}
