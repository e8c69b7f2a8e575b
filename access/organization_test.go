package access

import (
	"fmt"
	"slices"
	"strings"

	"pgregory.net/rapid"

	"rollcall/identity"
	"rollcall/plan"
)

const testStore = identity.StoreID("d-1234567890")

// drawFacts draws an organisation small enough for every question to be
// answered by trying everything.
func drawFacts(t *rapid.T) *Facts {
	f := &Facts{Directory: "aws", Store: testStore}
	for i := range rapid.IntRange(0, 7).Draw(t, "users") {
		f.Users = append(f.Users, User{ID: identity.ID(fmt.Sprintf("u%d", i)), Name: fmt.Sprintf("user%d", i), Disabled: rapid.IntRange(0, 4).Draw(t, "disabled") == 0})
	}
	for i := range rapid.IntRange(0, 5).Draw(t, "groups") {
		g := Group{ID: identity.ID(fmt.Sprintf("g%d", i)), Name: fmt.Sprintf("group%d", i)}
		for _, u := range f.Users {
			if rapid.Bool().Draw(t, "member") {
				g.Members = append(g.Members, u.ID)
			}
		}
		f.Groups = append(f.Groups, g)
	}
	for i := range rapid.IntRange(1, 4).Draw(t, "accounts") {
		f.Accounts = append(f.Accounts, identity.Account{ID: fmt.Sprintf("%012d", i), Name: fmt.Sprintf("account%d", i), Status: identity.AccountActive})
	}
	for i := range rapid.IntRange(1, 3).Draw(t, "sets") {
		f.Sets = append(f.Sets, Set{ARN: fmt.Sprintf("arn:set/ps-%d", i), Name: fmt.Sprintf("Set%d", i)})
	}
	for range rapid.IntRange(0, 14).Draw(t, "assignments") {
		if a := drawAssignment(t, f); !slices.Contains(f.Assignments, a) {
			f.Assignments = append(f.Assignments, a)
		}
	}
	return f
}

// drawAssignment is of a user or a group, who may be gone.
func drawAssignment(t *rapid.T, f *Facts) identity.Assignment {
	kind, id := identity.KindUser, identity.ID(fmt.Sprintf("u%d", rapid.IntRange(0, len(f.Users)).Draw(t, "user")))
	if rapid.Bool().Draw(t, "to a group") {
		kind, id = identity.KindGroup, identity.ID(fmt.Sprintf("g%d", rapid.IntRange(0, len(f.Groups)).Draw(t, "group")))
	}
	return identity.Assignment{
		Principal:     identity.Principal{Store: testStore, Kind: kind, ID: id},
		PermissionSet: rapid.SampledFrom(f.Sets).Draw(t, "set").ARN, Account: rapid.SampledFrom(f.Accounts).Draw(t, "account").ID,
	}
}

// ways is every way by which a user has a permission set in an account, found
// by looking at every assignment: the names of the groups, "" for the user's
// own.
func ways(f *Facts, u User, account, set string) []string {
	var found []string
	for _, a := range f.Assignments {
		if a.Account != account || a.PermissionSet != set {
			continue
		}
		if a.Principal.Kind == identity.KindUser && a.Principal.ID == u.ID {
			found = append(found, "")
		}
		for _, g := range f.Groups {
			if a.Principal.Kind == identity.KindGroup && a.Principal.ID == g.ID && slices.Contains(g.Members, u.ID) {
				found = append(found, g.Name)
			}
		}
	}
	slices.Sort(found)
	return found
}

// tried is every Reach, found by trying every user, account and permission set.
func tried(f *Facts, called func(User) string) []Reach {
	var all []Reach
	for _, u := range f.Users {
		for _, a := range f.Accounts {
			for _, s := range f.Sets {
				if !u.Disabled && len(ways(f, u, a.ID, s.ARN)) > 0 {
					all = append(all, Reach{called(u), a.ID, s.Name})
				}
			}
		}
	}
	slices.SortFunc(all, compareReach)
	return all
}

func userName(u User) string { return u.Name }

// drawPlan draws a plan over the facts, and carries it out on a copy of them
// in the plainest way.
func drawPlan(t *rapid.T, f *Facts) (*plan.Plan, *Facts) {
	p := &plan.Plan{Header: plan.Header{Store: testStore}}
	to := &Facts{Directory: f.Directory, Store: f.Store, Accounts: f.Accounts, Sets: f.Sets}
	to.Users, to.Assignments = slices.Clone(f.Users), slices.Clone(f.Assignments)
	for _, g := range f.Groups {
		g.Members = slices.Clone(g.Members)
		to.Groups = append(to.Groups, g)
	}
	for range rapid.IntRange(0, 6).Draw(t, "changes") {
		c := drawChange(t, to, len(p.Changes)+1)
		p.Changes = append(p.Changes, c)
	}
	return p, to
}

func drawChange(t *rapid.T, to *Facts, n int) plan.Change {
	c := plan.Change{Number: n}
	switch what := rapid.IntRange(0, 6).Draw(t, "what"); {
	case what == 0 && len(to.Groups) > 0:
		at := rapid.IntRange(0, len(to.Groups)-1).Draw(t, "group")
		c.Kind, c.Subject, c.Name = plan.GroupDelete, plan.Existing(to.Groups[at].ID), to.Groups[at].Name
		to.Groups = slices.Delete(to.Groups, at, at+1)
	case what == 1 && len(to.Groups) > 0 && len(to.Users) > 0:
		g, u := &to.Groups[rapid.IntRange(0, len(to.Groups)-1).Draw(t, "group")], rapid.SampledFrom(to.Users).Draw(t, "user")
		c.Kind, c.Subject, c.Name = plan.GroupMembers, plan.Existing(g.ID), g.Name
		if at := slices.Index(g.Members, u.ID); at >= 0 {
			c.Remove, g.Members = []plan.Member{{User: plan.Subject(u.ID), Name: u.Name}}, slices.Delete(g.Members, at, at+1)
		} else {
			c.Add, g.Members = []plan.Member{{User: plan.Subject(u.ID), Name: u.Name}}, append(g.Members, u.ID)
		}
	case what == 2 && len(to.Users) > 0:
		at := rapid.IntRange(0, len(to.Users)-1).Draw(t, "user")
		c.Kind, c.Subject, c.Name = plan.UserDelete, plan.Existing(to.Users[at].ID), to.Users[at].Name
		to.Users = slices.Delete(to.Users, at, at+1)
	case what == 3 && len(to.Users) > 0:
		u := &to.Users[rapid.IntRange(0, len(to.Users)-1).Draw(t, "user")]
		c.Kind, c.Subject, c.Name = plan.UserDisable, plan.Existing(u.ID), u.Name
		if u.Disabled {
			c.Kind = plan.UserEnable
		}
		u.Disabled = !u.Disabled
	case what == 4 && len(to.Users) > 0:
		u := &to.Users[rapid.IntRange(0, len(to.Users)-1).Draw(t, "user")]
		c.Kind, c.Subject, c.Name = plan.UserUpdate, plan.Existing(u.ID), u.Name
		u.Name = fmt.Sprintf("renamed%d", n)
		c.Edits = []identity.Edit{{Path: "userName", New: identity.Value(`"` + u.Name + `"`)}}
	case what == 5:
		id := identity.ID(plan.New(n))
		c.Kind, c.Subject, c.Name = plan.UserCreate, plan.New(n), fmt.Sprintf("new%d", n)
		to.Users = append(to.Users, User{ID: id, Name: c.Name})
	default:
		drawAssigned(t, to, &c)
	}
	return c
}

func drawAssigned(t *rapid.T, to *Facts, c *plan.Change) {
	a := drawAssignment(t, to)
	one := plan.InAccount(a)
	c.Kind, c.Subject, c.Name, c.Assignment = plan.AssignmentCreate, plan.Existing(a.Principal.ID), strings.ToUpper(string(a.Principal.ID)), &one
	if at := slices.Index(to.Assignments, a); at >= 0 {
		c.Kind, to.Assignments = plan.AssignmentDelete, slices.Delete(to.Assignments, at, at+1)
		return
	}
	to.Assignments = append(to.Assignments, a)
}

// closeGap adds a missing link.
func closeGap(to *Facts, m Missing, u User, account string) {
	if m.Link == LinkMembership {
		for i := range to.Groups {
			if to.Groups[i].ID == m.Group.ID {
				to.Groups[i].Members = append(slices.Clone(to.Groups[i].Members), u.ID)
			}
		}
		return
	}
	p := identity.Principal{Store: testStore, Kind: identity.KindUser, ID: u.ID}
	if m.Group != nil {
		p.Kind, p.ID = identity.KindGroup, m.Group.ID
	}
	to.Assignments = append(to.Assignments, identity.Assignment{Principal: p, PermissionSet: m.Set.ARN, Account: account})
}
