package access

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"
)

func TestEveryAnswerIsWhatTryingEverythingGives(t *testing.T) {
	t.Run("why", rapid.MakeCheck(func(t *rapid.T) {
		f := drawFacts(t)
		g := New(f)
		for _, u := range f.Users {
			for _, a := range f.Accounts {
				got := map[string][]string{}
				for _, p := range g.Paths(u.ID, a.ID) {
					via := ""
					if p.Group != nil {
						via = p.Group.Name
					}
					got[p.Set.ARN] = append(got[p.Set.ARN], via)
				}
				for _, s := range f.Sets {
					slices.Sort(got[s.ARN])
					if diff := cmp.Diff(ways(f, u, a.ID, s.ARN), got[s.ARN], cmpopts.EquateEmpty()); diff != "" {
						t.Fatalf("%s in %s as %s (-tried +got):\n%s", u.Name, a.Name, s.Name, diff)
					}
				}
			}
		}
	}))
	t.Run("the matrix, by user and by account", rapid.MakeCheck(func(t *rapid.T) {
		f := drawFacts(t)
		g := New(f)
		if diff := cmp.Diff(tried(f, userName), g.Reaches(), cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("who reaches what (-tried +got):\n%s", diff)
		}
		var accounts []string
		for _, a := range f.Accounts {
			accounts = append(accounts, a.ID)
		}
		byUser, byAccount := slices.Collect(g.Matrix(Filter{})), slices.Collect(g.Matrix(Filter{Accounts: accounts}))
		count := 0
		for _, u := range f.Users {
			for _, a := range f.Accounts {
				for _, s := range f.Sets {
					count += len(ways(f, u, a.ID, s.ARN))
				}
			}
		}
		if len(byUser) != count || len(byAccount) != count {
			t.Fatalf("%d ways by user and %d by account, there are %d", len(byUser), len(byAccount), count)
		}
		if diff := cmp.Diff(byUser, byAccount, cmpopts.SortSlices(func(a, b Path) bool { return pathKey(a) < pathKey(b) })); diff != "" {
			t.Fatalf("by user and by account differ:\n%s", diff)
		}
	}))
	t.Run("why not", rapid.MakeCheck(func(t *rapid.T) {
		f := drawFacts(t)
		g := New(f)
		for _, u := range f.Users {
			for _, a := range f.Accounts {
				checkGap(t, f, g, u, a.ID)
			}
		}
	}))
	t.Run("the effects of a plan", rapid.MakeCheck(func(t *rapid.T) {
		f := drawFacts(t)
		p, to := drawPlan(t, f)
		byID := func(u User) string { return string(u.ID) }
		from, after := tried(f, byID), tried(to, byID)
		var want []Effect
		for _, d := range differ(from, after) {
			e := Effect{Difference: d}
			other := after
			if d.Gained {
				other = from
			}
			e.Only = !slices.ContainsFunc(other, func(r Reach) bool { return r.User == d.User && r.Account == d.Account })
			e.Nobody = !d.Gained && !slices.ContainsFunc(after, func(r Reach) bool { return r.Account == d.Account && r.Set == d.Set })
			side := f
			if d.Gained {
				side = to
			}
			e.User = side.Users[slices.IndexFunc(side.Users, func(u User) bool { return string(u.ID) == d.User })].Name
			want = append(want, e)
		}
		sorted := cmpopts.SortSlices(func(a, b Effect) bool { return compareReach(a.Reach, b.Reach) < 0 })
		if diff := cmp.Diff(want, New(f).Effects(p), sorted, cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("effects (-tried +got):\n%s", diff)
		}
	}))
}

func pathKey(p Path) string { return p.User.Name + p.Account + p.Set.ARN + groupName(p.Group) }

// checkGap holds that closing any link that is said to be missing lets the
// user in, and that none is said to be where the user gets in.
func checkGap(t *rapid.T, f *Facts, g *Graph, u User, account string) {
	t.Helper()
	gap, missing := g.WhyNot(u.ID, account)
	in := len(g.Paths(u.ID, account)) > 0
	if in == (len(gap.Near) > 0) && in || missing != (!in || u.Disabled) {
		t.Fatalf("%s gets into %s: %t; gap %+v, %t", u.Name, account, in, gap, missing)
	}
	for _, m := range gap.Near {
		to := *f
		to.Groups, to.Assignments = slices.Clone(f.Groups), slices.Clone(f.Assignments)
		closeGap(&to, m, u, account)
		if len(New(&to).Paths(u.ID, account)) == 0 {
			t.Fatalf("%s does not get into %s with %+v", u.Name, account, m)
		}
	}
}
