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
// account and permission set.
func Diff(from, to *Graph) []Difference { return differ(from.Reaches(), to.Reaches()) }

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
