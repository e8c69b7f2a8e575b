package plan_test

import (
	"fmt"
	"testing"

	"rollcall/identity"
	"rollcall/plan"
)

// had are n assignments.
func had(n int) []plan.Assignment {
	all := make([]plan.Assignment, n)
	for i := range all {
		all[i] = plan.Assignment{
			Principal: identity.KindGroup, PermissionSet: "arn:aws:sso:::permissionSet/ssoins-1/ps-1", SetName: "Admin",
			Account: fmt.Sprintf("2222%08d", i), AccountName: fmt.Sprintf("account%d", i),
		}
	}
	return all
}

func deletion(n, assigned int) plan.Change {
	return plan.Change{Number: n, Kind: plan.GroupDelete, Subject: plan.Subject(fmt.Sprintf("g%d", n)), Name: fmt.Sprintf("g%d", n), Assigned: had(assigned)}
}

func TestBrakesOnAccess(t *testing.T) {
	limits := plan.Limits{
		GroupsDeleted: plan.Threshold{Floor: 1000}, AssignmentsEnded: 10, AssignmentsGiven: 10,
		ProtectedSets: []string{"*secur*"}, ProtectedAccounts: []string{"payroll", "999999999999"},
	}
	give := func(n int) []plan.Change {
		var all []plan.Change
		for i, a := range had(n) {
			all = append(all, plan.Change{Number: i + 1, Kind: plan.AssignmentCreate, Subject: "g1", Name: "g1", Assignment: &a})
		}
		return all
	}
	with := func(change func(*plan.Assignment)) []plan.Change {
		all := give(1)
		change(all[0].Assignment)
		return all
	}
	ending := func(change func(*plan.Assignment)) []plan.Change {
		c := deletion(1, 1)
		change(&c.Assigned[0])
		return []plan.Change{c}
	}
	for name, c := range map[string]struct {
		origin  plan.Origin
		changes []plan.Change
		earlier []plan.Change
		want    string
	}{
		"as many end as may":          {plan.FromSync, []plan.Change{deletion(1, 5), deletion(2, 5)}, nil, ""},
		"one more":                    {plan.FromSync, []plan.Change{deletion(1, 5), deletion(2, 6)}, nil, plan.RuleAssignmentsEnded},
		"one more within a day":       {plan.FromSync, []plan.Change{deletion(1, 5)}, []plan.Change{deletion(3, 6)}, plan.RuleAssignmentsEnded},
		"none, after too many":        {plan.FromSync, []plan.Change{deletion(1, 0)}, []plan.Change{deletion(3, 60)}, ""},
		"by command":                  {plan.FromCommand, []plan.Change{deletion(1, 11)}, nil, ""},
		"as many given as may":        {plan.FromSync, give(10), nil, ""},
		"one more given":              {plan.FromSync, give(11), nil, plan.RuleAssignmentsGiven},
		"a protected set, by command": {plan.FromCommand, with(func(a *plan.Assignment) { a.SetName = "InfoSecurity" }), nil, plan.RuleProtected},
		"a protected account":         {plan.FromSync, with(func(a *plan.Assignment) { a.AccountName = "PayRoll" }), nil, plan.RuleProtected},
		"a protected account's id":    {plan.FromSync, with(func(a *plan.Assignment) { a.Account, a.AccountName = "999999999999", "" }), nil, plan.RuleProtected},
		"a protected account's end":   {plan.FromCommand, ending(func(a *plan.Assignment) { a.AccountName = "payroll" }), nil, plan.RuleProtected},
		"no names":                    {plan.FromCommand, with(func(a *plan.Assignment) { a.SetName, a.AccountName = "", "" }), nil, ""},
	} {
		t.Run(name, func(t *testing.T) {
			p := &plan.Plan{Header: plan.Header{Origin: c.origin, Basis: plan.Basis{SourcePeople: 1}}, Changes: c.changes}
			got := ""
			for _, b := range limits.Apply(p, plan.Evidence{Earlier: c.earlier}) {
				got += b.Rule
			}
			if got != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}

func TestAnAssignmentChangeSaysWhichAssignment(t *testing.T) {
	a := had(1)[0]
	app := plan.Assignment{Principal: identity.KindUser, Application: "arn:aws:sso::222200000001:application/ssoins-1/apl-1"}
	both := a
	both.Application = app.Application
	half := a
	half.PermissionSet = ""
	for name, c := range map[string]struct {
		a    *plan.Assignment
		fine bool
	}{
		"in an account": {&a, true}, "to an application": {&app, true}, "none": {nil, false}, "both": {&both, false}, "half": {&half, false},
		"to nobody": {&plan.Assignment{Application: "x"}, false},
	} {
		t.Run(name, func(t *testing.T) {
			p := &plan.Plan{Changes: []plan.Change{{Number: 1, Kind: plan.AssignmentDelete, Subject: "u1", Assignment: c.a}}}
			if err := p.Check(); (err == nil) != c.fine {
				t.Error(err)
			}
		})
	}
	made := &plan.Plan{Changes: []plan.Change{
		{Number: 1, Kind: plan.UserCreate, Subject: "new:1"},
		{Number: 2, Kind: plan.AssignmentCreate, Subject: "new:1", Assignment: &a}, // a group's, and 1 makes a user
	}}
	if made.Check() == nil {
		t.Error("a group's assignment is given to a user")
	}
}

// A deletion's seal is about what the plan leaves; names and order do not count.
func TestWhatAPlanTakesItselfDoesNotGoWithTheDeletion(t *testing.T) {
	own := had(3)
	taken := own[1]
	taken.AccountName = "another name"
	p := &plan.Plan{Changes: []plan.Change{
		{Number: 1, Kind: plan.AssignmentDelete, Subject: "g1", Name: "g1", Assignment: &taken},
		{Number: 2, Kind: plan.GroupDelete, Subject: "g1", Name: "g1", Needs: []int{1}},
	}}
	p.NoteAssigned(map[identity.ID][]plan.Assignment{"g1": {own[2], own[0], own[1]}})
	got := p.Changes[1]
	if len(got.Assigned) != 2 || got.Expect.Assigned != plan.AssignmentsDigest([]plan.Assignment{own[0], own[2]}) {
		t.Errorf("%+v", got)
	}
	if want := "delete group g1 with its 2 assignments: Admin in account0 (222200000000), Admin in account2 (222200000002)"; got.Sentence() != want {
		t.Errorf("%s, want %s", got.Sentence(), want)
	}
}
