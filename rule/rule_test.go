package rule_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"rollcall/access"
	"rollcall/identity"
	"rollcall/plan"
	"rollcall/rule"
)

const store = identity.StoreID("d-1234567890")

// organisation draws one that is small enough for trying everything.
func organisation(t *rapid.T) *access.Facts {
	f := &access.Facts{Directory: "local", Store: store}
	for i := range rapid.IntRange(0, 5).Draw(t, "users") {
		name := rapid.SampledFrom([]string{"ext-", "own-"}).Draw(t, "name")
		f.Users = append(f.Users, access.User{ID: identity.ID(fmt.Sprintf("u%d", i)), Name: fmt.Sprintf("%s%d", name, i), Disabled: rapid.IntRange(0, 3).Draw(t, "disabled") == 0})
	}
	for _, name := range []string{"make", "approve", "make-owners", "devs"} {
		g := access.Group{ID: identity.ID("g-" + name), Name: name}
		for _, u := range f.Users {
			if rapid.Bool().Draw(t, name+" has "+u.Name) {
				g.Members = append(g.Members, u.ID)
			}
		}
		f.Groups = append(f.Groups, g)
	}
	for i, name := range []string{"prod", "lab"} {
		f.Accounts = append(f.Accounts, identity.Account{ID: fmt.Sprintf("22220000000%d", i), Name: name})
	}
	for _, name := range []string{"Admin", "Reader"} {
		f.Sets = append(f.Sets, access.Set{ARN: "arn:set/" + name, Name: name})
	}
	for range rapid.IntRange(0, 6).Draw(t, "assignments") {
		p := identity.Principal{Store: store, Kind: identity.KindGroup, ID: rapid.SampledFrom(f.Groups).Draw(t, "group").ID}
		if len(f.Users) > 0 && rapid.Bool().Draw(t, "to a user") {
			p.Kind, p.ID = identity.KindUser, rapid.SampledFrom(f.Users).Draw(t, "user").ID
		}
		a := identity.Assignment{Principal: p, PermissionSet: rapid.SampledFrom(f.Sets).Draw(t, "set").ARN, Account: rapid.SampledFrom(f.Accounts).Draw(t, "account").ID}
		if !slices.Contains(f.Assignments, a) {
			f.Assignments = append(f.Assignments, a)
		}
	}
	return f
}

func in(f *access.Facts, u access.User, group string) bool {
	return slices.ContainsFunc(f.Groups, func(g access.Group) bool { return g.Name == group && slices.Contains(g.Members, u.ID) })
}

// reaches tries every assignment.
func reaches(f *access.Facts, u access.User, set, account string) bool {
	return !u.Disabled && slices.ContainsFunc(f.Assignments, func(a identity.Assignment) bool {
		if a.PermissionSet != set || a.Account != account {
			return false
		}
		for _, g := range f.Groups {
			if a.Principal.Kind == identity.KindGroup && a.Principal.ID == g.ID && slices.Contains(g.Members, u.ID) {
				return true
			}
		}
		return a.Principal.Kind == identity.KindUser && a.Principal.ID == u.ID
	})
}

var prodAdmin = rule.Reach{PermissionSets: []string{"Admin"}, Accounts: []string{"prod"}}

// admins counts who holds Admin in prod.
func admins(f *access.Facts) (n int) {
	for _, u := range f.Users {
		if reaches(f, u, "arn:set/Admin", "222200000000") {
			n++
		}
	}
	return n
}

// tried are rules, and how often each is broken, found by trying everything.
func tried() map[string]struct {
	rule  rule.Rule
	count func(f *access.Facts) int
} {
	some := func(broken bool) int {
		if broken {
			return 1
		}
		return 0
	}
	return map[string]struct {
		rule  rule.Rule
		count func(f *access.Facts) int
	}{
		"nobody": {rule.Rule{Nobody: &rule.Nobody{People: []string{"ext-*"}, MembersOf: []string{"devs"}, Reach: rule.Reach{Accounts: []string{"222200000000"}}}}, func(f *access.Facts) (n int) {
			for _, u := range f.Users {
				for _, s := range f.Sets {
					n += some((strings.HasPrefix(u.Name, "ext-") || in(f, u, "devs")) && reaches(f, u, s.ARN, "222200000000"))
				}
			}
			return n
		}},
		"at most": {rule.Rule{AtMost: &rule.Count{People: 1, Reach: prodAdmin}}, func(f *access.Facts) int { return some(admins(f) > 1) }},
		"exclude": {rule.Rule{Exclude: []string{"make", "approve"}}, func(f *access.Facts) (n int) {
			for _, u := range f.Users {
				n += some(in(f, u, "make") && in(f, u, "approve"))
			}
			return n
		}},
		"owned": {rule.Rule{Owned: &rule.Owned{By: "{group}-owners"}}, func(f *access.Facts) (n int) {
			manned := slices.ContainsFunc(f.Users, func(u access.User) bool { return !u.Disabled && in(f, u, "make-owners") })
			for _, g := range f.Groups {
				n += some(g.Name != "make-owners" && (g.Name != "make" || !manned))
			}
			return n
		}},
		"remain": {rule.Rule{Remain: &rule.Count{People: 2, Reach: prodAdmin}}, func(f *access.Facts) int { return some(admins(f) < 2) }},
	}
}

func TestRulesFindWhatTryingEverythingFinds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := organisation(t)
		for name, c := range tried() {
			got := 0
			for _, b := range rule.Check([]rule.Rule{c.rule}, f) {
				got = len(b.Breaches)
			}
			if want := c.count(f); got != want {
				t.Fatalf("%s is broken %d times, want %d", name, got, want)
			}
		}
	})
}

// A plan answers for what it makes worse and for nothing else; the part of it
// that takes away is stopped by the lock-out guard alone.
func TestAPlanAnswersOnlyForWhatItMakesWorse(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := organisation(t)
		p := change(t, f)
		now, later := p.Split()
		for name, c := range tried() {
			if name == "nobody" || name == "exclude" {
				continue // those count ways, and one may come as another goes
			}
			c.rule.Name = name
			brakes := rule.Judge([]rule.Rule{c.rule}, f, p, "")
			between := access.After(f, now)
			was, half, then := c.count(f), c.count(between), c.count(access.After(f, p))
			locks := name == "remain" && admins(between) < admins(f) // until others are let in, which may wait or fail
			for _, b := range brakes {
				if !b.Later && (b.Rule != plan.RuleLockOut || half <= was && name != "remain") {
					t.Fatalf("%s stops what takes away", name)
				}
				if b.Later && later.Empty() {
					t.Fatalf("%s stops what there is not", name)
				}
				if then == 0 && !locks {
					t.Fatalf("%s stops a plan that leaves nothing broken", name)
				}
			}
			if len(brakes) == 0 && then > max(was, half) {
				t.Fatalf("%s lets through what makes it worse: %d, %d, %d", name, was, half, then)
			}
		}
	})
}

func change(t *rapid.T, f *access.Facts) *plan.Plan {
	p := &plan.Plan{Header: plan.Header{Store: store, Directory: "local"}}
	for range rapid.IntRange(1, 4).Draw(t, "changes") {
		c := plan.Change{Number: len(p.Changes) + 1}
		g := rapid.SampledFrom(f.Groups).Draw(t, "group")
		switch what := rapid.IntRange(0, 3).Draw(t, "what"); {
		case what == 0 && len(f.Users) > 0:
			u := rapid.SampledFrom(f.Users).Draw(t, "user")
			c.Kind, c.Subject = plan.UserDisable, plan.Existing(u.ID)
			if u.Disabled {
				c.Kind = plan.UserEnable
			}
		case what == 1 && len(f.Users) > 0:
			u := rapid.SampledFrom(f.Users).Draw(t, "user")
			m := []plan.Member{{User: plan.Existing(u.ID), Name: u.Name}}
			c.Kind, c.Subject, c.Name, c.Add = plan.GroupMembers, plan.Existing(g.ID), g.Name, m
			if slices.Contains(g.Members, u.ID) {
				c.Add, c.Remove = nil, m
			}
		default:
			a := plan.Assignment{Principal: identity.KindGroup, PermissionSet: rapid.SampledFrom(f.Sets).Draw(t, "set").ARN, Account: rapid.SampledFrom(f.Accounts).Draw(t, "account").ID}
			c.Kind, c.Subject, c.Assignment = plan.AssignmentCreate, plan.Existing(g.ID), &a
			if slices.Contains(f.Assignments, identity.Assignment{Principal: a.Of(store, g.ID), PermissionSet: a.PermissionSet, Account: a.Account}) {
				c.Kind = plan.AssignmentDelete
			}
		}
		p.Changes = append(p.Changes, c)
	}
	return p
}

// two is an organisation of ann, who has Admin in prod by devs, and bob.
func two() *access.Facts {
	return &access.Facts{
		Directory: "local", Store: store,
		Users:    []access.User{{ID: "u1", Name: "ann"}, {ID: "u2", Name: "bob"}},
		Groups:   []access.Group{{ID: "g1", Name: "devs", Members: []identity.ID{"u1"}}},
		Accounts: []identity.Account{{ID: "222200000000", Name: "prod"}}, Sets: []access.Set{{ARN: "arn:set/Admin", Name: "Admin"}},
		Assignments: []identity.Assignment{{Principal: identity.Principal{Store: store, Kind: identity.KindGroup, ID: "g1"}, PermissionSet: "arn:set/Admin", Account: "222200000000"}},
	}
}

func TestABrokenRuleNamesTheWay(t *testing.T) {
	r := rule.Rule{Name: "r", Nobody: &rule.Nobody{People: []string{"b*"}, Reach: prodAdmin}}
	p := &plan.Plan{Header: plan.Header{Store: store}, Changes: []plan.Change{{Number: 1, Kind: plan.GroupMembers, Subject: "g1", Name: "devs", Add: []plan.Member{{User: "u2", Name: "bob"}}}}}
	got := rule.Judge([]rule.Rule{r}, two(), p, "")
	if len(got) != 1 || !got[0].Later || got[0].Rule != "rule:r" || !slices.Equal(got[0].Names, []string{"bob → devs → assignment → Admin in prod (222200000000)"}) {
		t.Errorf("%+v", got)
	}
	r.Severity = rule.Warning
	if got := rule.Judge([]rule.Rule{r}, two(), p, ""); len(got) > 0 {
		t.Errorf("a warning stops: %+v", got)
	}
	r.Severity, r.Directories = rule.Error, []string{"aws"}
	if got := rule.Judge([]rule.Rule{r}, two(), p, ""); len(got) > 0 {
		t.Errorf("it is of another directory: %+v", got)
	}
}

func TestTheLockOutGuardStopsWhatTakesAwayAndKeepsWhoAsks(t *testing.T) {
	r := []rule.Rule{{Name: "admins", Remain: &rule.Count{People: 1, Reach: prodAdmin}}}
	off := func(id identity.ID) *plan.Plan {
		return &plan.Plan{Header: plan.Header{Store: store}, Changes: []plan.Change{{Number: 1, Kind: plan.UserDisable, Subject: plan.Existing(id)}}}
	}
	got := rule.Judge(r, two(), off("u1"), "")
	if len(got) != 1 || got[0].Later || got[0].Rule != plan.RuleLockOut {
		t.Errorf("the last one: %+v", got)
	}
	if got := rule.Judge(r, two(), off("u2"), ""); len(got) > 0 {
		t.Errorf("somebody else: %+v", got)
	}
	both := two()
	both.Groups[0].Members = append(both.Groups[0].Members, "u2")
	if got := rule.Judge(r, both, off("u1"), "bob"); len(got) > 0 {
		t.Errorf("one of two: %+v", got)
	}
	if got := rule.Judge(r, both, off("u1"), "ANN"); len(got) != 1 || got[0].Rule != plan.RuleLockOut || !strings.Contains(got[0].Names[0], "ANN, who asks for it") {
		t.Errorf("who asks: %+v", got)
	}
}
