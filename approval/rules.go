package approval

import (
	"fmt"
	"slices"

	"rollcall/access"
	"rollcall/identity"
	"rollcall/plan"
)

// Rule says which plans need how many approvals. Every condition that it has
// must hold for a change to count; the plan needs approval if more changes count
// than the rule lets through.
type Rule struct {
	Name      string
	Approvers int
	Kinds     []string // globs over origins ("sync"), events ("leaver") and kinds of change ("group.delete"); none: any

	// What is touched: globs without case over names of groups and permission
	// sets, names and ids of accounts. One of them is enough; none: anything.
	// Whoever gains such access touches it, by whatever way.
	Groups, PermissionSets, Accounts []string

	Directories []string // as the configuration calls them; none: any
	MoreThan    int      // so many changes need none; a membership is one
}

// Needs is what a plan needs; the zero value is nothing.
type Needs struct {
	Approvers int      `json:"approvers"`
	Why       []string `json:"why"` // a sentence a rule
}

// Rules are all there are.
type Rules []Rule

// Access reports whether what somebody gains matters to a rule: then effects
// must be known.
func (all Rules) Access() bool {
	return slices.ContainsFunc(all, func(r Rule) bool { return len(r.PermissionSets)+len(r.Accounts) > 0 })
}

// Of says what a plan needs. Effects are what it means for who reaches what;
// sayAccount gives an account its name. What takes away never needs approval,
// and does not count.
func (all Rules) Of(p *plan.Plan, effects []access.Effect, nameOf func(account string) string) Needs {
	var n Needs
	_, later := p.Split()
	for _, r := range all {
		if len(r.Directories) > 0 && !slices.Contains(r.Directories, p.Directory) {
			continue
		}
		if steps := r.steps(later, effects, nameOf); steps > r.MoreThan {
			n.Approvers = max(n.Approvers, r.Approvers)
			n.Why = append(n.Why, r.because(steps))
		}
	}
	return n
}

// steps is how many changes of a plan count.
func (r Rule) steps(p *plan.Plan, effects []access.Effect, nameOf func(string) string) int {
	n := 0
	wholePlan := len(r.Kinds) == 0 || plan.MatchesAny(r.Kinds, string(p.Origin)) || p.Event != "" && plan.MatchesAny(r.Kinds, string(p.Event))
	for _, c := range p.Changes {
		if (wholePlan || plan.MatchesAny(r.Kinds, string(c.Kind))) && r.touches(c) {
			n += max(1, len(c.Add)+len(c.Remove))
		}
	}
	if n > 0 || !wholePlan && !r.countsMemberships(p) {
		return n
	}
	for _, e := range effects { // by a group, without its name
		if e.Gained && (named(r.PermissionSets, e.Set) || r.isAccount(e.Account, nameOf(e.Account))) {
			n++
		}
	}
	return n
}

// countsMemberships reports whether a plan has a change of a kind that the rule
// is about, so that what is gained by it counts.
func (r Rule) countsMemberships(p *plan.Plan) bool {
	return slices.ContainsFunc(p.Changes, func(c plan.Change) bool { return plan.MatchesAny(r.Kinds, string(c.Kind)) })
}

func (r Rule) touches(c plan.Change) bool {
	if len(r.Groups)+len(r.PermissionSets)+len(r.Accounts) == 0 {
		return true
	}
	if slices.ContainsFunc(c.GroupNames(), func(name string) bool { return named(r.Groups, name) }) {
		return true
	}
	own := c.Assigned
	if c.Assignment != nil {
		own = []plan.Assignment{*c.Assignment}
	}
	return slices.ContainsFunc(own, func(a plan.Assignment) bool {
		return named(r.PermissionSets, a.SetName) || named(r.PermissionSets, string(identity.LastPart(a.PermissionSet))) ||
			r.isAccount(a.Account, a.AccountName)
	})
}

func (r Rule) isAccount(id, name string) bool {
	return named(r.Accounts, id) || named(r.Accounts, name)
}

func named(globs []string, name string) bool { return name != "" && plan.MatchesAny(globs, name) }

func (r Rule) because(steps int) string {
	what := fmt.Sprintf("%d of its changes count", steps)
	if steps == 1 {
		what = "one of its changes counts"
	}
	return fmt.Sprintf("%s: %s", r.Name, what)
}
