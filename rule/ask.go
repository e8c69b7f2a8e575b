package rule

import (
	"fmt"
	"slices"
	"strings"

	"rollcall/access"
	"rollcall/identity"
	"rollcall/plan"
)

// sight is facts made ready to be asked.
type sight struct {
	facts   *access.Facts
	caller  string
	graph   *access.Graph
	paths   []access.Path // of everybody who is enabled
	users   map[identity.ID]access.User
	enabled map[identity.ID]bool
}

func look(f *access.Facts, caller string) *sight {
	s := &sight{facts: f, caller: caller, graph: access.New(f), users: map[identity.ID]access.User{}, enabled: map[identity.ID]bool{}}
	for _, u := range f.Users {
		s.users[u.ID] = u
		s.enabled[u.ID] = !u.Disabled
	}
	for p := range s.graph.Matrix(access.Filter{}) {
		if !p.User.Disabled {
			s.paths = append(s.paths, p)
		}
	}
	return s
}

// matches reports whether a name is one of some globs; none is any.
func matches(globs []string, name string) bool {
	return len(globs) == 0 || name != "" && plan.MatchesAny(globs, name)
}

func (s *sight) isReach(r Reach, p access.Path) bool {
	return matches(r.PermissionSets, p.Set.Name) && (matches(r.Accounts, p.Account) || matches(r.Accounts, s.graph.NameOfAccount(p.Account)))
}

func (s *sight) say(p access.Path) string { return p.Text() + " in " + s.graph.AccountName(p.Account) }

// breaches are the ways in which a rule is broken, by name.
func (s *sight) breaches(r Rule) []Breach {
	var all []Breach
	switch {
	case r.Nobody != nil:
		all = s.nobody(r.Nobody)
	case r.AtMost != nil:
		all = s.atMost(r.AtMost)
	case len(r.Exclude) > 0:
		all = s.excluded(r.Exclude)
	case r.Owned != nil:
		all = s.unowned(r.Owned)
	case r.Remain != nil:
		all = s.remain(r.Remain)
	}
	slices.SortFunc(all, func(a, b Breach) int { return strings.Compare(a.Path+a.key, b.Path+b.key) })
	return all
}

func (s *sight) nobody(n *Nobody) []Breach {
	of := map[identity.ID]bool{}
	for _, u := range s.facts.Users {
		of[u.ID] = len(n.People) > 0 && matches(n.People, u.Name)
	}
	for _, g := range s.facts.Groups {
		if len(n.MembersOf) == 0 || !matches(n.MembersOf, g.Name) {
			continue
		}
		for _, id := range g.Members {
			of[id] = true
		}
	}
	var all []Breach
	seen := map[string]bool{}
	for _, p := range s.paths {
		key := string(p.User.ID) + " " + p.Account + " " + p.Set.ARN
		if of[p.User.ID] && s.isReach(n.Reach, p) && !seen[key] {
			seen[key] = true
			all = append(all, Breach{key, 1, s.say(p)})
		}
	}
	return all
}

// holders are the people who reach something, each with one way.
func (s *sight) holders(r Reach) map[identity.ID]access.Path {
	all := map[identity.ID]access.Path{}
	for _, p := range s.paths {
		if _, known := all[p.User.ID]; !known && s.isReach(r, p) {
			all[p.User.ID] = p
		}
	}
	return all
}

func (s *sight) atMost(c *Count) []Breach {
	holders := s.holders(c.Reach)
	if len(holders) <= c.People {
		return nil
	}
	var ways []string
	for _, p := range holders {
		ways = append(ways, s.say(p))
	}
	slices.Sort(ways)
	return []Breach{{"", len(holders) - c.People, fmt.Sprintf("%d hold it: %s", len(holders), strings.Join(ways, "; "))}}
}

func (s *sight) excluded(globs []string) []Breach {
	in := map[identity.ID][]access.Group{}
	for _, g := range s.facts.Groups {
		if !matches(globs, g.Name) {
			continue
		}
		for _, id := range g.Members {
			if _, there := s.users[id]; there {
				in[id] = append(in[id], g)
			}
		}
	}
	var all []Breach
	for id, groups := range in {
		for i, a := range groups {
			for _, b := range groups[i+1:] {
				if apart(globs, a.Name, b.Name) {
					all = append(all, Breach{string(id) + " " + string(a.ID) + " " + string(b.ID), 1, s.users[id].Name + " → " + a.Name + ", " + s.users[id].Name + " → " + b.Name})
				}
			}
		}
	}
	return all
}

// apart reports whether two groups are excluded by two different globs.
func apart(globs []string, a, b string) bool {
	for i, x := range globs {
		for j, y := range globs {
			if i != j && plan.MatchesAny([]string{x}, a) && plan.MatchesAny([]string{y}, b) {
				return true
			}
		}
	}
	return false
}

// groupWord stands for a group's own name in the name of its owners.
const groupWord = "{group}"

func (s *sight) unowned(o *Owned) []Breach {
	manned, owners := map[string]bool{}, map[string]bool{}
	for _, g := range s.facts.Groups {
		owners[identity.Fold(strings.ReplaceAll(o.By, groupWord, g.Name))] = true
		if slices.ContainsFunc(g.Members, func(id identity.ID) bool { return s.enabled[id] }) {
			manned[identity.Fold(g.Name)] = true
		}
	}
	var all []Breach
	for _, g := range s.facts.Groups {
		by := strings.ReplaceAll(o.By, groupWord, g.Name)
		if owners[identity.Fold(g.Name)] || !matches(o.Groups, g.Name) || manned[identity.Fold(by)] {
			continue
		}
		all = append(all, Breach{string(g.ID), 1, g.Name + ": nobody is in " + by})
	}
	return all
}

func (s *sight) remain(c *Count) []Breach {
	holders := s.holders(c.Reach)
	var all []Breach
	if n := len(holders); n < c.People {
		all = append(all, Breach{"", c.People - n, fmt.Sprintf("%d would be left of at least %d", n, c.People)})
	}
	if s.caller == "" {
		return all
	}
	for id := range holders {
		if identity.SameName(s.users[id].Name, s.caller) {
			return all
		}
	}
	return append(all, Breach{"caller", 1, s.caller + ", who asks for it, would not be among them"})
}

// Says is a rule in words.
func (r Rule) Says() string {
	switch {
	case r.Nobody != nil:
		return "nobody who is " + who(r.Nobody) + " reaches " + r.Nobody.Reach.words()
	case r.AtMost != nil:
		return fmt.Sprintf("at most %s %s", people(r.AtMost.People, "hold"), r.AtMost.Reach.words())
	case len(r.Exclude) > 0:
		return "nobody is in two of the groups " + strings.Join(r.Exclude, ", ")
	case r.Owned != nil:
		return "every group has an owner, who is in " + r.Owned.By
	case r.Remain != nil:
		return fmt.Sprintf("at least %s %s, and so does who asks", people(r.Remain.People, "keep"), r.Remain.Reach.words())
	}
	return "nothing"
}

func who(n *Nobody) string {
	var parts []string
	if len(n.People) > 0 {
		parts = append(parts, "called "+strings.Join(n.People, ", "))
	}
	if len(n.MembersOf) > 0 {
		parts = append(parts, "in "+strings.Join(n.MembersOf, ", "))
	}
	return strings.Join(parts, " or ")
}

func (r Reach) words() string {
	sets, accounts := "any permission set", "any account"
	if len(r.PermissionSets) > 0 {
		sets = strings.Join(r.PermissionSets, ", ")
	}
	if len(r.Accounts) > 0 {
		accounts = strings.Join(r.Accounts, ", ")
	}
	return sets + " in " + accounts
}

// people is a number of people who do something.
func people(n int, do string) string {
	if n == 1 {
		return "1 person " + do + "s"
	}
	return fmt.Sprintf("%d people %s", n, do)
}
