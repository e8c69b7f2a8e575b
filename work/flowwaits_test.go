package work_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"rollcall/apply"
	"rollcall/approval"
	"rollcall/caller"
	"rollcall/identity"
	"rollcall/journal"
	"rollcall/lifecycle"
	"rollcall/plan"
	"rollcall/work"
)

// committee is people whose agreement a site's flows need, two of them.
type committee struct {
	*approval.Store
	s       *site
	gives   string // what the flow's plan gives now; empty: there is nothing to do
	planned int
}

func (s *site) committee() *committee {
	c := &committee{approval.New(s.db, journal.Open(s.db, s.keys, journal.WithClock(s.clock)), s.clock.Now), s, "Reader", 0}
	s.flow = c.flow
	return c
}

// flow plans what the flow gives now, and asks for approval.
func (c *committee) flow(ctx context.Context, f work.Flow, _ *journal.RunInfo, _ func() error) (*apply.Result, error) {
	c.planned++
	if c.gives == "" {
		return nil, nil
	}
	p := &plan.Plan{
		Header: plan.Header{Format: plan.Format, Origin: plan.FromCommand, Directory: f.Directory, Store: "d-1234567890", Made: c.s.clock.Now(), By: f.By},
		Changes: []plan.Change{{
			Number: 1, Kind: plan.AssignmentCreate, Subject: "u1", Name: f.Name, Reason: "asked for",
			Assignment: &plan.Assignment{Principal: identity.KindUser, PermissionSet: "arn:aws:sso:::permissionSet/ssoins-1234567890abcdef/ps-1234567890abcdef", SetName: c.gives, Account: "222200000001"},
		}},
	}
	file, id, err := plan.Encode(p)
	if err != nil {
		return nil, err
	}
	if _, err := journal.Open(c.s.db, c.s.keys, journal.WithClock(c.s.clock)).SavePlan(ctx, file, p); err != nil {
		return nil, err
	}
	r, err := c.Ask(ctx, p, id, f.By, approval.Needs{Approvers: 2, Why: []string{"all"}}, "")
	if err == nil && r.Status != approval.Approved {
		err = &apply.UnapprovedError{Request: r}
	}
	return nil, err
}

// decides has an operator approve or reject what a flow waits for.
func (c *committee) decides(number int64, who string, approve bool) {
	c.s.t.Helper()
	f := c.flowNow(number)
	_, err := c.Decide(c.s.t.Context(), approval.Choice{
		Plan: f.Waits, Approve: approve, Comment: "freeze", By: caller.Operator{Name: who, Role: caller.Approver}, Door: "cli",
	})
	if err != nil {
		c.s.t.Fatal(err)
	}
}

func (c *committee) flowNow(number int64) work.Flow {
	c.s.t.Helper()
	f, err := work.NewBook(c.s.db).Flow(c.s.t.Context(), number)
	if err != nil {
		c.s.t.Fatal(err)
	}
	return f
}

func (c *committee) wantRequest(id plan.ID, status approval.Status, note string) {
	c.s.t.Helper()
	r, err := c.Request(c.s.t.Context(), string(id))
	if err != nil || r.Status != status || r.Note != note {
		c.s.t.Errorf("request %s, %q (%v); want %s, %q", r.Status, r.Note, err, status, note)
	}
}

// waiting is a flow that waits for its committee.
func waiting(t *testing.T, s *site) (*committee, work.Flow) {
	t.Helper()
	c := s.committee()
	f := s.ask(lifecycle.FlowJoiner, "new", 0)
	s.round(s.replica("first"))
	f = c.flowNow(f.Number)
	if f.State != work.FlowWaiting || f.Waits == "" || !strings.HasPrefix(f.Text, "waits for approval") {
		t.Fatalf("it is %s, %q, for %q", f.State, f.Text, f.Waits)
	}
	return c, f
}

func TestAFlowThatWaitsForPeopleGoesOnOnceTheyHaveAgreed(t *testing.T) {
	each(t, func(t *testing.T, url string) {
		s := newSite(t, url)
		var told []work.NoticeKind
		s.receivers = []work.Receiver{{Name: "ops", Send: func(_ context.Context, n work.Notice) error { told = append(told, n.Kind); return nil }}}
		c, f := waiting(t, s)
		other := s.replica("other")
		c.decides(f.Number, "bob", true)
		if s.round(other); c.planned != 1 {
			t.Errorf("with one of two it was planned %d times", c.planned)
		}
		if !slices.Equal(told, []work.NoticeKind{work.ApprovalNeeded}) {
			t.Errorf("told of %v", told)
		}
		if by, err := other.Waiters(t.Context()); err != nil || by[f.Waits].Number != f.Number {
			t.Errorf("what waits for whom: %v, %v", by, err)
		}
		c.decides(f.Number, "eve", true)
		s.round(other) // another replica, and no time has passed
		s.wantFlow(f.Number, work.FlowDone)
	})
}

func TestAFlowThatPeopleRejectFailsAndIsAskedForAgainOnlyByHand(t *testing.T) {
	s := newSite(t, "sqlite:"+t.TempDir()+"/state.db")
	c, f := waiting(t, s)
	r := s.replica("other")
	c.decides(f.Number, "bob", false)
	s.round(r)
	if state, text := s.is(f.Number); state != work.FlowFailed || !strings.Contains(text, "rejected") || strings.Contains(text, "waiting") || c.planned != 1 {
		t.Errorf("it is %s, %q, planned %d times", state, text, c.planned)
	}
	s.clock.add(time.Minute)
	again, err := r.RunFlow(t.Context(), f.Number)
	if err != nil || again.State != work.FlowWaiting || again.Waits == f.Waits || again.Waits == "" {
		t.Errorf("by hand: %+v, %v", again, err)
	}
}

func TestWhatAFlowWaitedForIsSupersededOnlyByOtherChanges(t *testing.T) {
	s := newSite(t, "sqlite:"+t.TempDir()+"/state.db")
	c, f := waiting(t, s)
	r := s.replica("other")
	s.clock.add(24*time.Hour - time.Second)
	if tasks := s.round(r); len(tasks) != 0 {
		t.Errorf("before it is planned anew: %v", tasks)
	}
	s.clock.add(time.Second)
	s.round(r)
	if now := c.flowNow(f.Number); now.Waits != f.Waits || c.planned != 2 {
		t.Errorf("the same changes wait as another plan, %s and not %s", now.Waits, f.Waits)
	}
	c.wantRequest(f.Waits, approval.Waiting, "")
	c.gives = "Admin"
	s.clock.add(24 * time.Hour)
	s.round(r)
	now := c.flowNow(f.Number)
	c.wantRequest(f.Waits, approval.Superseded, "plan "+string(now.Waits))
	c.gives = ""
	s.clock.add(24 * time.Hour)
	s.round(r)
	s.wantFlow(f.Number, work.FlowDone)
	c.wantRequest(now.Waits, approval.Withdrawn, "nothing of it is left to be approved")
}

func TestAFlowThatIsAskedForAnewNoLongerWaitsForPeople(t *testing.T) {
	s := newSite(t, "sqlite:"+t.TempDir()+"/state.db")
	c, f := waiting(t, s)
	again := s.ask(lifecycle.FlowJoiner, "new", time.Hour)
	if again.Number != f.Number || again.Waits != f.Waits {
		t.Errorf("it is told of %+v", again)
	}
	if _, err := c.Decide(t.Context(), approval.Choice{Plan: f.Waits, Comment: "no", By: caller.Operator{Name: "bob", Role: caller.Approver}, Door: "cli"}); err != nil {
		t.Fatal(err)
	}
	if tasks := s.round(s.replica("other")); len(tasks) != 0 {
		t.Errorf("what was decided of the old one begins the new one: %v", tasks)
	}
}
