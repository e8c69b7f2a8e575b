package plan_test

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"rollcall/identity"
	"rollcall/plan"
)

func mixed() *plan.Plan {
	ann := plan.Existing("u-ann")
	gone := plan.Assignment{Principal: identity.KindUser, PermissionSet: "arn:ps", Account: "222200000001"}
	return &plan.Plan{Header: plan.Header{Directory: "local", Store: "d-1234567890", Basis: plan.Basis{Read: "digest"}}, Changes: []plan.Change{
		{Number: 1, Kind: plan.UserCreate, Subject: plan.New(1), Name: "bob"},
		{Number: 2, Kind: plan.UserDisable, Subject: ann, Name: "ann"},
		{Number: 3, Kind: plan.AssignmentDelete, Subject: ann, Name: "ann", Assignment: &gone, Needs: []int{2}},
		{
			Number: 4, Kind: plan.GroupMembers, Subject: "g1", Name: "devs", Needs: []int{1, 2},
			Add: []plan.Member{{User: plan.New(1), Name: "bob"}}, Remove: []plan.Member{{User: ann, Name: "ann"}},
		},
		{Number: 5, Kind: plan.UserDelete, Subject: ann, Name: "ann", Needs: []int{2, 3, 4}},
	}}
}

func TestWhatTakesAwayIsSplitFromWhatMayWait(t *testing.T) {
	now, later := mixed().Split()
	said := func(p *plan.Plan) (all []string) {
		for _, c := range p.Changes {
			all = append(all, fmt.Sprintf("%d %s %v", c.Number, c.Sentence(), c.Needs))
		}
		if err := p.Check(); err != nil {
			t.Error(err)
		}
		return all
	}
	if got, want := said(now), []string{"1 disable user ann []", "2 take from user ann arn:ps in 222200000001 [1]", "3 group devs: remove ann [1]"}; !slices.Equal(got, want) {
		t.Errorf("now: %q, want %q", got, want)
	}
	if got, want := said(later), []string{"1 create user bob []", "2 group devs: add bob [1]", "3 delete user ann [2]"}; !slices.Equal(got, want) {
		t.Errorf("later: %q, want %q", got, want)
	}
	if later.Changes[1].Add[0].User != plan.New(1) {
		t.Errorf("the new member is %s", later.Changes[1].Add[0].User)
	}
	if now.Basis.Read != "" || later.Basis.Read != "digest" {
		t.Error("the read would be accepted although not all of it is done")
	}
}

// Whatever a plan is, its halves are whole plans, hold all of it, and only the
// first takes away.
func TestBothHalvesOfAPlanAreTheWhole(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := drawMixed(t)
		now, later := p.Split()
		for _, h := range []*plan.Plan{now, later} {
			if err := h.Check(); err != nil {
				t.Fatal(err)
			}
		}
		for _, c := range now.Changes {
			if !c.Frees() {
				t.Fatalf("goes ahead: %s", c.Sentence())
			}
		}
		for _, c := range later.Changes {
			if c.Frees() {
				t.Fatalf("waits: %s", c.Sentence())
			}
		}
		joins, leaves := p.MembersChanged()
		_, nowLeave := now.MembersChanged()
		laterJoin, laterLeave := later.MembersChanged()
		if leaves != nowLeave || joins != laterJoin || laterLeave != 0 {
			t.Fatalf("%d leave and %d join, and in halves %d and %d", leaves, joins, nowLeave, laterJoin)
		}
		again, rest := later.Split()
		if !again.Empty() || rest.Substance() != later.Substance() {
			t.Fatal("what waits can be split again")
		}
	})
}

func drawMixed(t *rapid.T) *plan.Plan {
	p := &plan.Plan{Header: plan.Header{Directory: "local", Store: "d-1234567890"}}
	for n := 1; n <= rapid.IntRange(0, 8).Draw(t, "changes"); n++ {
		kind := rapid.SampledFrom([]plan.Kind{plan.UserHold, plan.UserDisable, plan.UserCreate, plan.UserEnable, plan.GroupMembers, plan.UserDelete}).Draw(t, "kind")
		c := plan.Change{Number: n, Kind: kind, Subject: plan.Existing(identity.ID(fmt.Sprintf("o%d", n))), Name: fmt.Sprintf("name%d", n)}
		if kind.Creates() {
			c.Subject = plan.New(n)
		}
		if kind == plan.GroupMembers {
			for _, other := range p.Changes {
				if other.Kind.Creates() {
					c.Add, c.Needs = append(c.Add, plan.Member{User: other.Subject}), append(c.Needs, other.Number)
				}
			}
			if rapid.Bool().Draw(t, "leaves") || len(c.Add) == 0 {
				c.Remove = []plan.Member{{User: "somebody"}}
			}
		}
		if n > 1 && rapid.Bool().Draw(t, "needs") {
			if need := rapid.IntRange(1, n-1).Draw(t, "need"); !slices.Contains(c.Needs, need) {
				c.Needs = append(c.Needs, need)
			}
		}
		p.Changes = append(p.Changes, c)
	}
	return p
}

func TestTheSubstanceOfAPlanIsWhatItWouldDo(t *testing.T) {
	was := mixed().Substance()
	for name, c := range map[string]struct {
		change func(p *plan.Plan)
		same   bool
	}{
		"another day and person": {func(p *plan.Plan) { p.By.Name, p.Title = "eve", "again"; p.Changes[1].Reason = "gone for 31 days" }, true},
		"another revision":       {func(p *plan.Plan) { p.Changes[1].Expect.Revision = "7" }, true},
		"another order": {func(p *plan.Plan) {
			c := p.Changes
			c[0], c[1] = c[1], c[0]
			c[0].Number, c[1].Number, c[1].Subject = 1, 2, plan.New(2)
			c[3].Add[0].User = plan.New(2)
		}, true},
		"another seal":    {func(p *plan.Plan) { p.Changes[1].Expect.Digest = "x" }, false},
		"another person":  {func(p *plan.Plan) { p.Changes[0].Name = "eve" }, false},
		"another store":   {func(p *plan.Plan) { p.Store = "d-0000000000" }, false},
		"one change less": {func(p *plan.Plan) { p.Changes = p.Changes[:4] }, false},
	} {
		t.Run(name, func(t *testing.T) {
			p := mixed()
			c.change(p)
			if got := p.Substance() == was; got != c.same {
				t.Errorf("same: %t", got)
			}
		})
	}
}
