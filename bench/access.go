package main

import (
	"context"
	"fmt"
	"iter"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"rollcall/access"
	"rollcall/identity"
	"rollcall/plan"
)

// accessGoal is what one question about who reaches what may take.
const accessGoal = 100 * time.Millisecond

// whoReaches answers questions about an organization of 10,000 users, 500
// groups, 500 accounts and 100,000 assignments.
func whoReaches(_ context.Context, _ string) (string, error) {
	random := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // a sample, the same every time
	f := organization(random)
	begun := time.Now()
	g := access.New(f)
	built := time.Since(begun)
	user := func(i int) identity.ID { return f.Users[i*31%len(f.Users)].ID }
	account := func(i int) string { return f.Accounts[i*17%len(f.Accounts)].ID }
	questions := []struct {
		name string
		ask  func(i int) int
	}{
		{"why", func(i int) int { return len(g.Paths(user(i), account(i))) }},
		{"why-not", func(i int) int { gap, _ := g.WhyNot(user(i), account(i)); return len(gap.Near) }},
		{"list --user", func(i int) int { return lines(g.Matrix(access.Filter{Users: []identity.ID{user(i)}})) }},
		{"list --account", func(i int) int { return lines(g.Matrix(access.Filter{Accounts: []string{account(i)}})) }},
		{"list --permission-set", func(i int) int { return lines(g.Matrix(access.Filter{Sets: []string{f.Sets[i%len(f.Sets)].ARN}})) }},
		{"orphans", func(int) int { return len(g.Orphans()) }},
		{"effects of a leaver", func(i int) int { return len(g.Effects(leaver(user(i)))) }},
	}
	parts := make([]string, len(questions))
	for k, q := range questions {
		var worst time.Duration
		found := 0
		for i := range 20 {
			begun := time.Now()
			found += q.ask(i)
			worst = max(worst, time.Since(begun))
		}
		parts[k] = fmt.Sprintf("%s %s (%d lines)", q.name, worst.Round(10*time.Microsecond), found/20)
	}
	return fmt.Sprintf("%d users, %d groups, %d accounts, %d assignments (in memory in %s); the slowest of 20, goal %s: %s",
		len(f.Users), len(f.Groups), len(f.Accounts), len(f.Assignments), built.Round(time.Millisecond), accessGoal, strings.Join(parts, "; ")), nil
}

// lines goes through an answer to its end.
func lines(answer iter.Seq[access.Path]) (n int) {
	for range answer {
		n++
	}
	return n
}

func leaver(id identity.ID) *plan.Plan {
	return &plan.Plan{Changes: []plan.Change{{Number: 1, Kind: plan.UserDisable, Subject: plan.Existing(id)}}}
}

// organization is a large one; one assignment in a hundred is an orphan's.
func organization(random *rand.Rand) *access.Facts {
	f := &access.Facts{Store: "d-1234567890"}
	for i := range 10_000 {
		f.Users = append(f.Users, access.User{ID: identity.ID(fmt.Sprintf("u-%d", i)), Name: fmt.Sprintf("user%05d", i)})
	}
	for i := range 500 {
		group := access.Group{ID: identity.ID(fmt.Sprintf("g-%d", i)), Name: fmt.Sprintf("group%03d", i)}
		for range 60 {
			if u := f.Users[random.IntN(len(f.Users))].ID; !slices.Contains(group.Members, u) {
				group.Members = append(group.Members, u)
			}
		}
		f.Groups = append(f.Groups, group)
	}
	for i := range 500 {
		f.Accounts = append(f.Accounts, identity.Account{ID: fmt.Sprintf("%012d", i), Name: fmt.Sprintf("account%03d", i), Status: identity.AccountActive})
	}
	for i := range 50 {
		f.Sets = append(f.Sets, access.Set{ARN: fmt.Sprintf("arn:aws:sso:::permissionSet/ssoins-1/ps-%d", i), Name: fmt.Sprintf("Set%02d", i)})
	}
	seen := map[identity.Assignment]bool{}
	for len(f.Assignments) < 100_000 {
		a := identity.Assignment{
			Principal:     identity.Principal{Store: f.Store, Kind: identity.KindGroup, ID: f.Groups[random.IntN(500)].ID},
			PermissionSet: f.Sets[random.IntN(50)].ARN, Account: f.Accounts[random.IntN(500)].ID,
		}
		switch random.IntN(100) {
		case 0:
			a.Principal.ID = "gone"
		case 1, 2, 3, 4, 5, 6, 7, 8, 9:
			a.Principal.Kind, a.Principal.ID = identity.KindUser, f.Users[random.IntN(10_000)].ID
		}
		if !seen[a] {
			seen[a] = true
			f.Assignments = append(f.Assignments, a)
		}
	}
	return f
}
