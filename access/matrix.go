package access

import (
	"iter"

	"rollcall/identity"
)

// Filter limits the matrix; what is empty limits nothing.
type Filter struct {
	Users    []identity.ID
	Accounts []string // twelve digits each
	Sets     []string // ARNs
}

// Matrix yields every way by which anybody reaches anything, by user or, where
// the filter names accounts and no users, by account. A user who has a
// permission set in an account by three ways is in it three times.
func (g *Graph) Matrix(f Filter) iter.Seq[Path] {
	sets := g.setsIn(f.Sets)
	if len(f.Users) == 0 && len(f.Accounts) > 0 {
		return g.byAccount(f.Accounts, sets)
	}
	return g.byUser(f.Users, f.Accounts, sets)
}

// setsIn is the places of permission sets; nil is all of them.
func (g *Graph) setsIn(arns []string) map[int32]bool {
	if len(arns) == 0 {
		return nil
	}
	in := map[int32]bool{}
	for _, arn := range arns {
		if at, known := g.setAt[arn]; known {
			in[int32(at)] = true
		}
	}
	return in
}

func (g *Graph) byAccount(accounts []string, sets map[int32]bool) iter.Seq[Path] {
	return func(yield func(Path) bool) {
		for _, id := range accounts {
			account, known := g.accountAt[id]
			if !known || account >= len(g.in) {
				continue
			}
			for _, one := range g.in[account] {
				if sets != nil && !sets[one.set] {
					continue
				}
				for _, user := range g.holders(one.to) {
					if !yield(g.path(user, one.to, grant{int32(account), one.set})) {
						return
					}
				}
			}
		}
	}
}

func (g *Graph) byUser(users []identity.ID, accounts []string, sets map[int32]bool) iter.Seq[Path] {
	in := map[int32]bool{}
	for _, id := range accounts {
		if at, known := g.accountAt[id]; known {
			in[int32(at)] = true
		}
	}
	wanted := func(what grant) bool {
		return (len(accounts) == 0 || in[what.account]) && (sets == nil || sets[what.set])
	}
	own := g.own
	if len(users) == 0 { // a group's grants are then looked at once, and not for each of its members
		own = narrowed(own, wanted)
	}
	return func(yield func(Path) bool) {
		more := true
		for _, user := range g.usersAt(users) {
			g.eachWayOf(own, user, func(by holder, what grant) {
				if more && wanted(what) {
					more = yield(g.path(user, by, what))
				}
			})
			if !more {
				return
			}
		}
	}
}

// narrowed is what holders were given of what is wanted.
func narrowed(own map[holder][]grant, wanted func(grant) bool) map[holder][]grant {
	some := make(map[holder][]grant, len(own))
	for by, all := range own {
		for _, what := range all {
			if wanted(what) {
				some[by] = append(some[by], what)
			}
		}
	}
	return some
}

// usersAt is the places of users; none named is all of them.
func (g *Graph) usersAt(ids []identity.ID) []int32 {
	if len(ids) == 0 {
		all := make([]int32, len(g.facts.Users))
		for i := range all {
			all[i] = int32(i)
		}
		return all
	}
	var at []int32
	for _, id := range ids {
		if i, known := g.userAt[id]; known {
			at = append(at, int32(i))
		}
	}
	return at
}

// holders are the users who have what a principal was given.
func (g *Graph) holders(p holder) []int32 {
	if p.kind == identity.KindGroup {
		return g.members[p.at]
	}
	return []int32{p.at}
}
