// Package rule holds what an organisation wants to be so about who reaches what:
// nobody of these reaches those, at most so many hold that, these groups exclude
// each other, every group has an owner, somebody remains who can let others in.
//
// A rule is asked about facts, and its answer names the way that breaks it. Of a
// plan it is asked before and after: a plan answers only for what it makes worse.
package rule

import (
	"rollcall/access"
	"rollcall/plan"
)

// Severity says what becomes of a plan that breaks a rule.
type Severity string

// The severities.
const (
	Error   Severity = "error"   // it is stopped
	Warning Severity = "warning" // only rollcall check says so
)

// Rule is one rule: one of the last five is set.
type Rule struct {
	Name        string
	Severity    Severity
	Directories []string // as the configuration calls them; none: any

	Nobody  *Nobody
	AtMost  *Count
	Exclude []string // globs over groups' names: nobody is in two groups of two different ones
	Owned   *Owned
	Remain  *Count
}

// Reach is access by names, as globs without case; none of a kind is any. An
// account is named by its name or its id.
type Reach struct{ PermissionSets, Accounts []string }

// Nobody says that some people do not reach something: those called so, and those
// in groups called so.
type Nobody struct {
	People, MembersOf []string // globs; one of them is enough
	Reach             Reach
}

// Count says how many people may reach something, or must.
type Count struct {
	People int
	Reach  Reach
}

// Owned says that groups have an owner: somebody enabled in the group that is
// called By, where {group} is the group's own name.
type Owned struct {
	Groups []string // globs
	By     string   // "{group}-owners"
}

// Breach is one way in which a rule is broken.
type Breach struct {
	key  string // what it is about: the same before and after a plan
	by   int    // how badly: more is worse
	Path string // for people: who, by which way, what
}

// Broken are the ways in which a rule is broken.
type Broken struct {
	Rule     Rule
	Breaches []Breach
}

// Check asks rules about facts, and returns those that are broken. Who acts is the
// userName of whom the lock-out guard keeps in, too, if they are in; it compares
// two moments, and says nothing about one.
func Check(rules []Rule, f *access.Facts) []Broken {
	var all []Broken
	w := look(f, "")
	for _, r := range rules {
		if breaches := w.breaches(r); r.in(f.Directory) && len(breaches) > 0 {
			all = append(all, Broken{r, breaches})
		}
	}
	return all
}

func (r Rule) in(directory string) bool {
	if len(r.Directories) == 0 {
		return true
	}
	for _, d := range r.Directories {
		if d == directory {
			return true
		}
	}
	return false
}

// Judge returns the brakes that a plan trips by making the facts break a rule, or
// break it worse. What takes access away is stopped by the lock-out guard alone;
// the other brakes are for what may wait, and there are none where nothing may.
// The guard looks at the moment between, too: what lets in comes after what takes
// away, and may wait or fail.
// Caller is the userName of who acts.
func Judge(rules []Rule, f *access.Facts, p *plan.Plan, caller string) []plan.Brake {
	now, later := p.Split()
	before, taken, after := look(f, caller), look(access.After(f, now), caller), look(access.After(f, p), caller)
	var brakes []plan.Brake
	for _, r := range rules {
		if !r.in(f.Directory) || r.Severity == Warning {
			continue
		}
		was, half, then := before.breaches(r), taken.breaches(r), after.breaches(r)
		if locks := worse(was, half); r.Remain != nil && len(locks) > 0 {
			brakes = append(brakes, r.brake(locks, false))
			continue
		}
		if made := worse(half, worse(was, then)); len(made) > 0 && !later.Empty() {
			brakes = append(brakes, r.brake(made, true))
		}
	}
	return brakes
}

// worse are those of then that were not, or not so badly.
func worse(was, then []Breach) []Breach {
	by := map[string]int{}
	for _, b := range was {
		by[b.key] = b.by
	}
	var all []Breach
	for _, b := range then {
		if b.by > by[b.key] {
			all = append(all, b)
		}
	}
	return all
}

const shownPaths = 20

func (r Rule) brake(breaches []Breach, later bool) plan.Brake {
	b := plan.Brake{Rule: "rule:" + r.Name, Text: r.Says(), Count: len(breaches), Later: later}
	if r.Remain != nil {
		b.Rule, b.Text = plan.RuleLockOut, r.Name+": "+b.Text
	}
	for i, one := range breaches {
		if i == shownPaths {
			break
		}
		b.Names = append(b.Names, one.Path)
	}
	return b
}
