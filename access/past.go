package access

import (
	"slices"

	"rollcall/identity"
)

// Past is what was otherwise at an earlier moment: of everything that has changed
// since, how it was then. What it does not name was as it is now.
type Past struct {
	Users       map[identity.ID]*User        // nil: was not there
	Groups      map[identity.ID]*Group       // without members; nil: was not there
	Members     map[Membership]bool          // whether the user was in the group
	Assignments map[identity.Assignment]bool // whether it was given
	Sets        map[string]Set               // permission sets that are gone, by ARN
	// Unknown are the users and groups that changed since, and of which nobody
	// knows how they were before: they are taken to have been as they are.
	Unknown map[identity.ID]bool
}

// Membership is that a user is in a group.
type Membership struct{ Group, User identity.ID }

func newPast() *Past {
	return &Past{
		Users: map[identity.ID]*User{}, Groups: map[identity.ID]*Group{}, Members: map[Membership]bool{},
		Assignments: map[identity.Assignment]bool{}, Sets: map[string]Set{}, Unknown: map[identity.ID]bool{},
	}
}

// firstSaid keeps what is said first of something: changes are heard oldest first,
// and what was before the oldest was then.
func firstSaid[K comparable, V any](m map[K]V, key K, v V) {
	if _, said := m[key]; !said {
		m[key] = v
	}
}

// Before returns the facts as they were in that past. It costs what the facts
// cost; they stay as they are.
func (f *Facts) Before(p *Past) *Facts {
	then := &Facts{Directory: f.Directory, Store: f.Store, Taken: f.Taken, Scope: f.Scope, Units: f.Units, Accounts: f.Accounts}
	then.Users = rewound(f.Users, p.Users, func(u User) identity.ID { return u.ID })
	then.Groups = rewound(f.Groups, p.Groups, func(g Group) identity.ID { return g.ID })
	members := map[identity.ID]map[identity.ID]bool{}
	for m, in := range p.Members {
		if members[m.Group] == nil {
			members[m.Group] = map[identity.ID]bool{}
		}
		members[m.Group][m.User] = in
	}
	now := map[identity.ID][]identity.ID{}
	for _, g := range f.Groups {
		now[g.ID] = g.Members
	}
	for i := range then.Groups {
		g := &then.Groups[i]
		g.Members, g.Nested = rewoundIDs(now[g.ID], members[g.ID]), nil
	}
	then.Assignments = rewound(f.Assignments, pointers(p.Assignments), func(a identity.Assignment) identity.Assignment { return a })
	then.Sets = slices.Clone(f.Sets)
	for arn, s := range p.Sets {
		if !slices.ContainsFunc(f.Sets, func(one Set) bool { return one.ARN == arn }) {
			then.Sets = append(then.Sets, s)
		}
	}
	return then
}

// rewound is a list with what was otherwise put in its place, left out, or added.
func rewound[T any, K comparable](now []T, was map[K]*T, key func(T) K) []T {
	then, seen := make([]T, 0, len(now)), make(map[K]bool, len(was))
	for _, one := range now {
		k := key(one)
		other, changed := was[k]
		seen[k] = true
		switch {
		case !changed:
			then = append(then, one)
		case other != nil:
			then = append(then, *other)
		}
	}
	for k, other := range was {
		if !seen[k] && other != nil {
			then = append(then, *other)
		}
	}
	return then
}

func rewoundIDs(now []identity.ID, was map[identity.ID]bool) []identity.ID {
	return rewound(now, pointers(was), func(id identity.ID) identity.ID { return id })
}

// pointers makes a set of what was there or not into what [rewound] takes.
func pointers[K comparable](set map[K]bool) map[K]*K {
	all := make(map[K]*K, len(set))
	for k, in := range set {
		if all[k] = nil; in {
			all[k] = &k
		}
	}
	return all
}
