package apply_test

import (
	"context"
	"testing"
	"time"

	"rollcall/assignment"
	"rollcall/command"
	"rollcall/identity"
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
