package access

import (
	"cmp"
	"slices"
	"strings"

	"rollcall/identity"
)

// Path is one way by which a user reaches an account with a permission set.
type Path struct {
	User    User   `json:"user"`
	Account string `json:"account"` // twelve digits
	Set     Set    `json:"permissionSet"`
	// Group is whose assignment it is; nil for the user's own. All paths share
	// it: it is not to be changed.
	Group *GroupRef `json:"group,omitempty"`
	// Nested are the groups of the source between Group and the user, the
	// outermost first.
	Nested []string `json:"nested,omitempty"`
}

// GroupRef names a group.
type GroupRef struct {
	ID   identity.ID `json:"id"`
	Name string      `json:"displayName"`
}

// Text says a path from the user to the permission set:
// "ann → devs-berlin → devs → assignment → Admin".
func (p Path) Text() string {
	steps := []string{p.User.Name}
	for _, n := range slices.Backward(p.Nested) {
		steps = append(steps, n)
	}
	if p.Group != nil {
		steps = append(steps, p.Group.Name)
	}
	return strings.Join(append(steps, "assignment", p.Set.Name), " → ")
}

// Paths returns every way by which a user reaches an account, the user's own
// first, then by group and permission set. What was given to somebody who is
// disabled is in it: see [User.Disabled].
func (g *Graph) Paths(user identity.ID, account string) []Path {
	at, known := g.userAt[user]
	if !known {
		return nil
	}
	var paths []Path
	g.eachWay(int32(at), func(by holder, what grant) {
		if g.facts.Accounts[what.account].ID == account {
			paths = append(paths, g.path(int32(at), by, what))
		}
	})
	slices.SortFunc(paths, comparePaths)
	return paths
}

func comparePaths(a, b Path) int {
	return cmp.Or(cmp.Compare(groupName(a.Group), groupName(b.Group)), cmp.Compare(a.Set.Name, b.Set.Name), cmp.Compare(a.Set.ARN, b.Set.ARN))
}

func groupName(g *GroupRef) string {
	if g == nil {
		return ""
	}
	return g.Name + " " + string(g.ID)
}

// eachWay yields everything that a user was given, by itself and by groups.
func (g *Graph) eachWay(user int32, yield func(by holder, what grant)) {
	g.eachWayOf(g.own, user, yield)
}

// eachWayOf is eachWay, of a part of what there is.
func (g *Graph) eachWayOf(granted map[holder][]grant, user int32, yield func(by holder, what grant)) {
	own := holder{identity.KindUser, user}
	for _, what := range granted[own] {
		yield(own, what)
	}
	for _, group := range g.groupsOf[user] {
		by := holder{identity.KindGroup, group}
		for _, what := range granted[by] {
			yield(by, what)
		}
	}
}

func (g *Graph) path(user int32, by holder, what grant) Path {
	p := Path{User: g.facts.Users[user], Account: g.facts.Accounts[what.account].ID, Set: g.facts.Sets[what.set]}
	if by.kind == identity.KindGroup {
		p.Group, p.Nested = &g.refs[by.at], g.facts.Groups[by.at].Nested[p.User.ID]
	}
	return p
}
