package access

import (
	"cmp"
	"slices"

	"rollcall/identity"
)

// Reach is that a user can sign in to an account with a permission set, by
// whatever way. Names tell the same things apart on both sides of a
// difference: ids change when something is made again.
type Reach struct {
	User    string `json:"user"`    // userName
	Account string `json:"account"` // twelve digits
	Set     string `json:"permissionSet"`
}

func compareReach(a, b Reach) int {
	return cmp.Or(cmp.Compare(a.User, b.User), cmp.Compare(a.Account, b.Account), cmp.Compare(a.Set, b.Set))
}

// Difference is a Reach that only one of two sides has.
type Difference struct {
	Reach
	Gained bool `json:"gained"` // it is on the second side; else it was on the first
	// Ways are all by which the side that has it has it, as [Path.Text] says them;
	// left out where nobody asked.
	Ways []string `json:"ways,omitempty"`
}

// Reaches returns who can sign in where, each once and in order. Those who are
// disabled cannot.
func (g *Graph) Reaches() []Reach {
	return g.reaches(g.usersAt(nil), func(u User) string { return identity.Fold(u.Name) })
}

// reaches are those of some users, who are called what key says.
func (g *Graph) reaches(users []int32, key func(User) string) []Reach {
	var all []Reach
	for _, user := range users {
		u := g.facts.Users[user]
		if u.Disabled {
			continue
		}
		called := key(u)
		g.eachWay(user, func(_ holder, what grant) {
			all = append(all, Reach{called, g.facts.Accounts[what.account].ID, g.facts.Sets[what.set].Name})
		})
	}
	slices.SortFunc(all, compareReach)
	return slices.Compact(all)
}

// Diff returns what differs between two moments or two directories, by user,
// account and permission set, with the ways that were gained or lost. A way less
// where another is left is no difference.
func Diff(from, to *Graph) []Difference {
	all := differ(from.Reaches(), to.Reaches())
	lost, gained := from.byFoldedName(), to.byFoldedName()
	for i := range all {
		g, at := from, lost
		if all[i].Gained {
			g, at = to, gained
		}
		all[i].Ways = g.waysOf(at[all[i].User], all[i].Reach)
	}
	return all
}

func (g *Graph) byFoldedName() map[string]int32 {
	at := make(map[string]int32, len(g.facts.Users))
	for i, u := range g.facts.Users {
		at[identity.Fold(u.Name)] = int32(i)
	}
	return at
}

// waysOf are the ways by which a user reaches what a reach says, in words.
func (g *Graph) waysOf(user int32, r Reach) []string {
	var ways []string
	g.eachWay(user, func(by holder, what grant) {
		if p := g.path(user, by, what); p.Account == r.Account && p.Set.Name == r.Set {
			ways = append(ways, p.Text())
		}
	})
	slices.Sort(ways)
	return slices.Compact(ways)
}

func differ(a, b []Reach) []Difference {
	var all []Difference
	for len(a) > 0 || len(b) > 0 {
		switch {
		case len(b) == 0 || len(a) > 0 && compareReach(a[0], b[0]) < 0:
			all, a = append(all, Difference{Reach: a[0]}), a[1:]
		case len(a) == 0 || compareReach(a[0], b[0]) > 0:
			all, b = append(all, Difference{Reach: b[0], Gained: true}), b[1:]
		default:
			a, b = a[1:], b[1:]
		}
	}
	return all
}
