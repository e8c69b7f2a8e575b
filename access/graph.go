package access

import (
	"cmp"
	"slices"
	"strings"

	"rollcall/identity"
)

// Graph answers questions about Facts. It is made once, and is safe for
// concurrent use.
type Graph struct {
	facts *Facts

	userAt    map[identity.ID]int
	groupAt   map[identity.ID]int
	accountAt map[string]int
	setAt     map[string]int

	groupsOf [][]int32          // by user: the groups they are in
	members  [][]int32          // by group
	refs     []GroupRef         // by group: how a path names it
	own      map[holder][]grant // what a principal was given itself
	in       [][]given          // by account: what was given there
	dead     []identity.Assignment
}

// holder is a principal by its place in the facts.
type holder struct {
	kind identity.Kind
	at   int32
}

// grant is a permission set in an account.
type grant struct{ account, set int32 }

// given is a grant seen from its account.
type given struct {
	to  holder
	set int32
}

// New makes the graph of facts, which must not change from then on. An account
// or permission set that is only named by an assignment is known by its id.
func New(f *Facts) *Graph {
	g := &Graph{
		facts:  &Facts{Taken: f.Taken, Directory: f.Directory, Store: f.Store, Scope: f.Scope, Users: f.Users, Groups: f.Groups, Units: f.Units, Assignments: f.Assignments},
		userAt: places(f.Users, func(u User) identity.ID { return u.ID }), groupAt: places(f.Groups, func(x Group) identity.ID { return x.ID }),
		own: map[holder][]grant{},
	}
	g.facts.Accounts, g.facts.Sets = slices.Clone(f.Accounts), slices.Clone(f.Sets)
	g.accountAt = places(f.Accounts, func(a identity.Account) string { return a.ID })
	g.setAt = places(f.Sets, func(s Set) string { return s.ARN })
	g.addMembers()
	for _, a := range f.Assignments {
		g.addAssignment(a)
	}
	return g
}

func places[T any, K comparable](all []T, key func(T) K) map[K]int {
	at := make(map[K]int, len(all))
	for i, one := range all {
		at[key(one)] = i
	}
	return at
}

func (g *Graph) addMembers() {
	g.groupsOf, g.members = make([][]int32, len(g.facts.Users)), make([][]int32, len(g.facts.Groups))
	g.refs = make([]GroupRef, len(g.facts.Groups))
	for i, group := range g.facts.Groups {
		g.refs[i] = GroupRef{group.ID, group.Name}
		for _, id := range group.Members {
			if u, known := g.userAt[id]; known {
				g.members[i] = append(g.members[i], int32(u))
				g.groupsOf[u] = append(g.groupsOf[u], int32(i))
			}
		}
	}
}

func (g *Graph) addAssignment(a identity.Assignment) {
	to, known := g.holderOf(a.Principal)
	if !known {
		g.dead = append(g.dead, a)
		return
	}
	account, known := g.accountAt[a.Account]
	if !known {
		account = len(g.facts.Accounts)
		g.accountAt[a.Account] = account
		g.facts.Accounts = append(g.facts.Accounts, identity.Account{ID: a.Account})
	}
	set, known := g.setAt[a.PermissionSet]
	if !known {
		set = len(g.facts.Sets)
		g.setAt[a.PermissionSet] = set
		g.facts.Sets = append(g.facts.Sets, Set{ARN: a.PermissionSet, Name: string(identity.LastPart(a.PermissionSet))})
	}
	for len(g.in) <= account {
		g.in = append(g.in, nil)
	}
	g.own[to] = append(g.own[to], grant{int32(account), int32(set)})
	g.in[account] = append(g.in[account], given{to, int32(set)})
}

func (g *Graph) holderOf(p identity.Principal) (holder, bool) {
	at, known := g.userAt[p.ID]
	if p.Kind == identity.KindGroup {
		at, known = g.groupAt[p.ID]
	}
	return holder{p.Kind, int32(at)}, known
}

// Facts returns what the graph was made from, with the accounts and permission
// sets that only assignments name.
func (g *Graph) Facts() *Facts { return g.facts }

// Orphans returns the assignments whose user or group is not there: AWS leaves
// them behind when it is deleted.
func (g *Graph) Orphans() []identity.Assignment { return slices.Clone(g.dead) }

// User returns a user of the facts.
func (g *Graph) User(id identity.ID) (User, bool) {
	at, known := g.userAt[id]
	if !known {
		return User{}, false
	}
	return g.facts.Users[at], true
}

// AccountName is what people call an account: "prod (222200000001)".
func (g *Graph) AccountName(id string) string {
	at, known := g.accountAt[id]
	if !known || g.facts.Accounts[at].Name == "" {
		return id
	}
	return g.facts.Accounts[at].Name + " (" + id + ")"
}

// NameOfAccount is an account's own name; "" where it is not known.
func (g *Graph) NameOfAccount(id string) string {
	if at, known := g.accountAt[id]; known {
		return g.facts.Accounts[at].Name
	}
	return ""
}

// SetName is what people call a permission set.
func (g *Graph) SetName(arn string) string {
	if at, known := g.setAt[arn]; known {
		return g.facts.Sets[at].Name
	}
	return string(identity.LastPart(arn))
}

// Accounts returns the accounts that a reference means: an id, a name, or the
// id, name or path ("Workloads/Prod") of a unit, for all that are in it.
func (g *Graph) Accounts(ref string) []identity.Account {
	var found []identity.Account
	inUnit := g.unitsNamed(ref)
	for _, a := range g.facts.Accounts {
		if a.ID == ref || strings.EqualFold(a.Name, ref) || inUnit[a.Parent] {
			found = append(found, a)
		}
	}
	slices.SortFunc(found, func(a, b identity.Account) int { return cmp.Compare(a.ID, b.ID) })
	return found
}

// SetsNamed returns the permission sets that a reference means: a name or an
// ARN.
func (g *Graph) SetsNamed(ref string) []Set {
	var found []Set
	for _, s := range g.facts.Sets {
		if s.ARN == ref || strings.EqualFold(s.Name, ref) {
			found = append(found, s)
		}
	}
	return found
}

// unitsNamed returns the units that ref names, and all within them.
func (g *Graph) unitsNamed(ref string) map[string]bool {
	of := map[string]identity.Unit{}
	for _, u := range g.facts.Units {
		of[u.ID] = u
	}
	in := map[string]bool{}
	for _, u := range g.facts.Units {
		for at, steps := u, 0; steps <= len(of); steps++ {
			if at.ID == ref || strings.EqualFold(at.Name, ref) || strings.EqualFold(unitPath(of, at), ref) {
				in[u.ID] = true
				break
			}
			up, known := of[at.Parent]
			if !known {
				break
			}
			at = up
		}
	}
	return in
}

// unitPath is the names from below the root down to a unit: "Workloads/Prod".
func unitPath(of map[string]identity.Unit, u identity.Unit) string {
	path := u.Name
	for steps := 0; steps <= len(of); steps++ {
		up, known := of[u.Parent]
		if !known || up.Root() {
			return path
		}
		path, u = up.Name+"/"+path, up
	}
	return path
}
