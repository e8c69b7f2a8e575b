package access

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"rollcall/identity"
	"rollcall/plan"
)

// Effect is what a plan means for one person's access to one account with one
// permission set.
type Effect struct {
	Difference
	// Only says that it is the only way into the account: the last that is
	// lost, or the first that is gained.
	Only bool `json:"only,omitempty"`
	// Nobody says that after a loss nobody can use the permission set in the
	// account.
	Nobody bool `json:"nobody,omitempty"`
}

// Effects says what a plan would change about who reaches what. Scope of the
// facts must be everything. It costs what the people cost whom the plan
// touches, however many others there are.
func (g *Graph) Effects(p *plan.Plan) []Effect {
	touched := touchedBy(g.facts, p)
	if len(touched) == 0 {
		return nil
	}
	then := New(only(After(g.facts, p), touched))
	byID := func(u User) string { return string(u.ID) } // who is renamed keeps their access
	from, to := g.reaches(g.usersAmong(touched), byID), then.reaches(then.usersAt(nil), byID)
	held := map[Reach]bool{}
	for _, r := range to {
		held[Reach{Account: r.Account, Set: r.Set}] = true
	}
	var all []Effect
	for _, d := range differ(from, to) {
		e := Effect{Difference: d}
		other := to // what is left of the account after a loss; what was there before a gain
		if d.Gained {
			other = from
		}
		e.Only = !slices.ContainsFunc(reachOf(other, d.User), func(r Reach) bool { return r.Account == d.Account })
		e.Nobody = !d.Gained && !held[Reach{Account: d.Account, Set: d.Set}] && !g.anybodyBut(touched, d.Account, d.Set)
		side := g // who is lost may be gone after, who is gained may be new
		if d.Gained {
			side = then
		}
		e.User = side.nameOf(d.User)
		all = append(all, e)
	}
	slices.SortFunc(all, func(a, b Effect) int { return compareReach(a.Reach, b.Reach) })
	return all
}

// only is the part of facts that says what some users reach.
func only(f *Facts, users map[identity.ID]bool) *Facts {
	to := &Facts{Store: f.Store, Accounts: f.Accounts, Sets: f.Sets}
	holds := map[identity.Principal]bool{}
	for _, u := range f.Users {
		if users[u.ID] {
			to.Users = append(to.Users, u)
			holds[identity.Principal{Store: f.Store, Kind: identity.KindUser, ID: u.ID}] = true
		}
	}
	for _, group := range f.Groups {
		if slices.ContainsFunc(group.Members, func(u identity.ID) bool { return users[u] }) {
			to.Groups = append(to.Groups, group)
			holds[identity.Principal{Store: f.Store, Kind: identity.KindGroup, ID: group.ID}] = true
		}
	}
	for _, a := range f.Assignments {
		if holds[a.Principal] {
			to.Assignments = append(to.Assignments, a)
		}
	}
	return to
}

func (g *Graph) nameOf(id string) string { return g.facts.Users[g.userAt[identity.ID(id)]].Name }

// reachOf is the part of sorted reaches that is one user's.
func reachOf(sorted []Reach, user string) []Reach {
	first, _ := slices.BinarySearchFunc(sorted, user, func(r Reach, u string) int { return cmp.Compare(r.User, u) })
	last := first
	for last < len(sorted) && sorted[last].User == user {
		last++
	}
	return sorted[first:last]
}

// anybodyBut reports whether somebody whom a plan does not touch can use a
// permission set in an account.
func (g *Graph) anybodyBut(touched map[identity.ID]bool, account, set string) bool {
	at, known := g.accountAt[account]
	if !known || at >= len(g.in) {
		return false
	}
	able := func(at int32) bool {
		u := g.facts.Users[at]
		return !u.Disabled && !touched[u.ID]
	}
	return slices.ContainsFunc(g.in[at], func(one given) bool {
		return g.facts.Sets[one.set].Name == set && slices.ContainsFunc(g.holders(one.to), able)
	})
}

// touchedBy returns the users whose access a plan may change.
func touchedBy(f *Facts, p *plan.Plan) map[identity.ID]bool {
	touched := map[identity.ID]bool{}
	groups := map[identity.ID]bool{}
	for _, c := range p.Changes {
		id := identity.ID(c.Subject)
		if c.Kind.Object() == identity.KindUser || c.Kind.Assigns() && c.Assignment.Principal == identity.KindUser {
			touched[id] = true
			continue
		}
		for _, m := range slices.Concat(c.Add, c.Remove) {
			touched[identity.ID(m.User)] = true
		}
		if c.Kind.Assigns() || c.Kind.Deletes() {
			groups[id] = true
		}
	}
	for _, g := range f.Groups {
		if groups[g.ID] {
			for _, u := range g.Members {
				touched[u] = true
			}
		}
	}
	return touched
}

// usersAmong is the places of the users with those ids.
func (g *Graph) usersAmong(ids map[identity.ID]bool) []int32 {
	var at []int32
	for i, u := range g.facts.Users {
		if ids[u.ID] {
			at = append(at, int32(i))
		}
	}
	return at
}

const namedPeople = 3 // more are counted

// Sentences says effects for people, losses first; what happens to many alike
// is one sentence: "ann loses the only way into prod: Admin; nobody holds it
// there any more". G gives accounts their names.
func (g *Graph) Sentences(effects []Effect) []string {
	type alike struct {
		account, set         string
		gained, only, nobody bool
	}
	var order []alike
	people := map[alike][]string{}
	for _, e := range effects {
		key := alike{e.Account, e.Set, e.Gained, e.Only, e.Nobody}
		if people[key] == nil {
			order = append(order, key)
		}
		people[key] = append(people[key], e.User)
	}
	slices.SortStableFunc(order, func(a, b alike) int {
		return cmp.Or(first(!a.gained, !b.gained), first(a.nobody, b.nobody), first(a.only, b.only), cmp.Compare(a.account, b.account), cmp.Compare(a.set, b.set))
	})
	texts := make([]string, len(order))
	for i, o := range order {
		who, many := folk(people[o])
		texts[i] = who + " " + effectVerb(o.gained, o.only, many) + " " + g.AccountName(o.account) + ": " + o.set
		if !o.only {
			texts[i] = who + " " + effectVerb(o.gained, o.only, many) + " " + o.set + " in " + g.AccountName(o.account)
		}
		if o.nobody {
			texts[i] += "; nobody holds it there any more"
		}
	}
	return texts
}

// first orders what holds before what does not.
func first(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return -1
	}
	return 1
}

func folk(names []string) (who string, many bool) {
	if len(names) <= namedPeople {
		return strings.Join(names, ", "), len(names) > 1
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:namedPeople], ", "), len(names)-namedPeople), true
}

func effectVerb(gained, only, many bool) string {
	verb := "lose"
	if gained {
		verb = "gain"
	}
	if !many {
		verb += "s"
	}
	switch {
	case only && gained:
		return verb + " a way into"
	case only:
		return verb + " the only way into"
	}
	return verb
}
