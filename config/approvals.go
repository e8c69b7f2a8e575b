package config

import (
	"maps"
	"slices"

	"rollcall/approval"
	"rollcall/plan"
)

// Approvals say which plans wait until people have agreed.
type Approvals struct {
	CarryOut string                  `yaml:"carry_out" enum:"by_hand,service" doc:"Who carries an approved plan out: whoever says rollcall apply, or rollcall serve as soon as it is approved. Left out: by_hand."`
	When     map[string]ApprovalRule `yaml:"when" doc:"The rules, by name. A plan needs as many approvals as the rule that wants the most."`
}

// ByService reports whether the service carries out what was approved.
func (a Approvals) ByService() bool { return a.CarryOut == "service" }

// ApprovalRule says which plans need how many approvals.
type ApprovalRule struct {
	Approvers      int     `yaml:"approvers" doc:"How many operators must approve, who are approvers or admins and have not asked for it themselves. Left out: 1."`
	Kinds          Strings `yaml:"kinds" doc:"Only what makes the plan (sync, command, undo), what happens to people by it (joiner, mover, leaver), or kinds of change such as group.delete or user.*. Left out: any."`
	Groups         Strings `yaml:"groups" doc:"Only changes of groups of these names; * and ? stand for anything. With permission_sets and accounts, one of the three is enough."`
	PermissionSets Strings `yaml:"permission_sets" doc:"Only where a permission set of these names is given, also by joining a group that has it."`
	Accounts       Strings `yaml:"accounts" doc:"Only where access to accounts of these names or ids is given, also by joining a group that has it."`
	Directories    Strings `yaml:"directories" doc:"Only in these directories. Left out: in any."`
	MoreThan       int     `yaml:"more_than" doc:"So many changes need no approval; a membership is one, and what takes access away none."`
}

func (r *ApprovalRule) prefill() { r.Approvers = 1 }

// Build returns the rules as approvals take them, by name.
func (a Approvals) Build() approval.Rules {
	var all approval.Rules
	for _, name := range slices.Sorted(maps.Keys(a.When)) {
		r := a.When[name]
		all = append(all, approval.Rule{
			Name: name, Approvers: r.Approvers, Kinds: r.Kinds, Groups: r.Groups, PermissionSets: r.PermissionSets, Accounts: r.Accounts,
			Directories: r.Directories, MoreThan: r.MoreThan,
		})
	}
	return all
}

// maxApprovers is the most that a rule may want; a slip of the pen would keep
// every plan waiting for ever.
const maxApprovers = 20

func (d *decoder) checkApprovals(c *Config) {
	known := plan.Words()
	for _, n := range slices.Sorted(maps.Keys(c.Approvals.When)) {
		r, at := c.Approvals.When[n], path{"approvals", "when", n}
		d.checkName(at)
		if r.Approvers < 1 || r.Approvers > maxApprovers {
			d.complainAt(at.with("approvers"), "want 1 to 20")
		}
		d.atLeast(at.with("more_than"), r.MoreThan, 0)
		for key, globs := range map[string]Strings{"kinds": r.Kinds, "groups": r.Groups, "permission_sets": r.PermissionSets, "accounts": r.Accounts} {
			d.checkGlobs(at.with(key), globs)
		}
		for i, kind := range r.Kinds {
			if !slices.ContainsFunc(known, func(word string) bool { return plan.MatchesAny([]string{kind}, word) }) {
				d.complainAt(at.with("kinds", itoa(i)), notOneOf(kind, "kind", known))
			}
		}
		for i, dir := range r.Directories {
			d.checkReference(at.with("directories", itoa(i)), "directory", dir, slices.Sorted(maps.Keys(c.Directories)))
		}
	}
}
