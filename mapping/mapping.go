// Package mapping turns a source's people and groups into what a directory
// should hold: one CEL expression an attribute, and two that say who is in
// scope at all.
//
// It picks nothing silently: an attribute with two values where one is wanted
// is an error. An expression has no loops but over its own input, is refused
// when it could cost too much, and is stopped when it does.
package mapping

import (
	"rollcall/fault"
	"rollcall/identity"
	"rollcall/source"
)

// Rules are the expressions as configured.
type Rules struct {
	// User and Group hold an expression a path. A path is one of
	// identity.UserPaths or GroupPaths, or a short name for one: "email",
	// "phone", "department". An empty expression takes a preset's away.
	User  map[string]string
	Group map[string]string
	// ScopePeople and ScopeGroups are true for those who are in scope.
	// Empty means everybody.
	ScopePeople string
	ScopeGroups string
}

// Mapping is a compiled set of rules. It never changes, and may be used from
// several goroutines at once.
type Mapping struct {
	people attributes[identity.User]
	groups attributes[identity.Group]
}

// attributes is what is done to one kind of entry.
type attributes[T any] struct {
	variable string // what expressions call the entry: "person" or "group"
	scope    *rule[T]
	rules    []rule[T] // in identity's order
}

// User is a person as the directory should hold them.
type User struct {
	In   bool          // in scope; if not, User is empty
	User identity.User // without ID and ExternalIDs; Active unless a rule says otherwise
}

// Group is a group as the directory should hold it.
type Group struct {
	In    bool           // in scope; if not, Group is empty
	Group identity.Group // without ID and ExternalIDs
}

// UserPaths lists the attributes of a user that the rules set, in identity's
// order. The others belong to somebody else. ExternalIDs are never among them.
func (m *Mapping) UserPaths() []string { return m.people.paths() }

// GroupPaths is [Mapping.UserPaths] for groups.
func (m *Mapping) GroupPaths() []string { return m.groups.paths() }

func (a *attributes[T]) paths() []string {
	all := make([]string, len(a.rules))
	for i := range a.rules {
		all[i] = a.rules[i].path
	}
	return all
}

// Person maps one person. It fails with fault.Invalid around [Failures], which
// name every rule that failed and no value. Nothing may be concluded about
// somebody whose mapping failed, least of all that they are out of scope.
func (m *Mapping) Person(p source.Person) (User, error) {
	return m.person(m.people.entry(), p)
}

// Group maps one group, as [Mapping.Person] does a person.
func (m *Mapping) Group(g source.Group) (Group, error) {
	return m.group(m.groups.entry(), g)
}

func (m *Mapping) person(e *entry, p source.Person) (User, error) {
	e.turnTo(p.Anchor, p.Name, p.Attributes)
	u := User{User: identity.User{Active: true}}
	var failed Failures
	if u.In, failed = m.people.apply(e, &u.User); failed != nil {
		return User{}, fault.New(fault.Invalid, "map person", "", failed)
	}
	if !u.In {
		return User{}, nil
	}
	return u, nil
}

func (m *Mapping) group(e *entry, g source.Group) (Group, error) {
	e.turnTo(g.Anchor, g.Name, g.Attributes)
	var out Group
	var failed Failures
	if out.In, failed = m.groups.apply(e, &out.Group); failed != nil {
		return Group{}, fault.New(fault.Invalid, "map group", "", failed)
	}
	return out, nil
}

func (a *attributes[T]) entry() *entry { return newEntry(a.variable) }

func (a *attributes[T]) apply(e *entry, to *T) (in bool, failed Failures) {
	if a.scope != nil {
		if in, err := a.scope.holds(e); err != nil {
			return false, Failures{a.scope.failure(err)}
		} else if !in {
			return false, nil
		}
	}
	for i := range a.rules {
		if err := a.rules[i].apply(e, to); err != nil {
			failed = append(failed, a.rules[i].failure(err))
		}
	}
	return true, failed
}
