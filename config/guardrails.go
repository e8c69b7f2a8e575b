package config

import (
	"maps"
	"slices"
	"strings"

	"rollcall/rule"
)

// Rule is what must be so about who reaches what. One of its last five keys says
// what.
type Rule struct {
	Severity    string  `yaml:"severity" enum:"error,warning" doc:"error stops a plan that breaks the rule, or breaks it worse; warning is told by rollcall check alone. Left out: error."`
	Directories Strings `yaml:"directories" doc:"Only in these directories. Left out: in all."`

	Nobody  RuleNobody `yaml:"nobody" doc:"Some people do not reach something."`
	AtMost  RuleCount  `yaml:"at_most" doc:"At most so many people reach something."`
	Exclude Strings    `yaml:"exclude" doc:"Groups that exclude each other: nobody is in groups of two of these names; * and ? stand for anything."`
	Owned   RuleOwned  `yaml:"owned" doc:"Every group has an owner."`
	Remain  RuleCount  `yaml:"remain" doc:"The lock-out guard: at least so many people keep something, and who asks keeps it, too. It alone stops what takes access away, and only an admin overrides it."`
}

// RuleNobody says who does not reach what.
type RuleNobody struct {
	People         Strings `yaml:"people" doc:"People of these userNames; * and ? stand for anything."`
	MembersOf      Strings `yaml:"members_of" doc:"People in groups of these names."`
	PermissionSets Strings `yaml:"permission_sets" doc:"By permission sets of these names. Left out: by any."`
	Accounts       Strings `yaml:"accounts" doc:"In accounts of these names or ids. Left out: in any."`
}

// RuleCount says how many people reach something.
type RuleCount struct {
	People         int     `yaml:"people" doc:"So many."`
	PermissionSets Strings `yaml:"permission_sets" doc:"By permission sets of these names; * and ? stand for anything. Left out: by any."`
	Accounts       Strings `yaml:"accounts" doc:"In accounts of these names or ids. Left out: in any."`
}

// RuleOwned says how the owner of a group is known.
type RuleOwned struct {
	Groups Strings `yaml:"groups" doc:"Groups of these names; * and ? stand for anything. Left out: all."`
	By     string  `yaml:"by" raw:"true" doc:"The group whose enabled members are the owners, where {group} is the name of the group they own, such as {group}-owners."`
}

func (c RuleCount) reach() rule.Reach {
	return rule.Reach{PermissionSets: c.PermissionSets, Accounts: c.Accounts}
}

func (c RuleCount) said() bool { return c.People > 0 || len(c.PermissionSets)+len(c.Accounts) > 0 }

// build returns the rule as plans are held to it, and how many things it says.
func (r Rule) build(name string) (made rule.Rule, says int) {
	made = rule.Rule{Name: name, Severity: rule.Error, Directories: r.Directories, Exclude: r.Exclude}
	if r.Severity != "" {
		made.Severity = rule.Severity(r.Severity)
	}
	if n := r.Nobody; n.said() {
		says++
		made.Nobody = &rule.Nobody{People: n.People, MembersOf: n.MembersOf, Reach: rule.Reach{PermissionSets: n.PermissionSets, Accounts: n.Accounts}}
	}
	if r.AtMost.said() {
		says++
		made.AtMost = &rule.Count{People: r.AtMost.People, Reach: r.AtMost.reach()}
	}
	if len(r.Exclude) > 0 {
		says++
	}
	if r.Owned.said() {
		says++
		made.Owned = &rule.Owned{Groups: r.Owned.Groups, By: r.Owned.By}
	}
	if r.Remain.said() {
		says++
		made.Remain = &rule.Count{People: r.Remain.People, Reach: r.Remain.reach()}
	}
	return made, says
}

// BuildRules returns the rules as plans are held to them, by name.
func (c *Config) BuildRules() []rule.Rule {
	var all []rule.Rule
	for _, name := range slices.Sorted(maps.Keys(c.Rules)) {
		made, _ := c.Rules[name].build(name)
		all = append(all, made)
	}
	return all
}

func (d *decoder) checkRules(c *Config) {
	checkNames(d, "rules", c.Rules)
	for _, n := range slices.Sorted(maps.Keys(c.Rules)) {
		r, at := c.Rules[n], path{"rules", n}
		_, says := r.build(n)
		switch {
		case says != 1:
			d.complainKey(at, "a rule says one thing: nobody, at_most, exclude, owned or remain")
		case len(r.Exclude) == 1:
			d.complainAt(at.with("exclude"), "name two groups or more that exclude each other")
		case r.Remain.said() && r.Remain.People < 1:
			d.complainAt(at.with("remain"), "people is missing: how many must remain")
		case r.Nobody.said() && len(r.Nobody.People)+len(r.Nobody.MembersOf) == 0:
			d.complainAt(at.with("nobody"), "it does not say who: people or members_of")
		case r.Owned.said() && !strings.Contains(r.Owned.By, "{group}"):
			d.complainAt(at.with("owned", "by"), "want the name of the owners' group with {group} in it, such as {group}-owners")
		}
		for key, globs := range map[string]Strings{
			"nobody.people": r.Nobody.People, "nobody.members_of": r.Nobody.MembersOf, "nobody.permission_sets": r.Nobody.PermissionSets, "nobody.accounts": r.Nobody.Accounts,
			"at_most.permission_sets": r.AtMost.PermissionSets, "at_most.accounts": r.AtMost.Accounts, "exclude": r.Exclude, "owned.groups": r.Owned.Groups,
			"remain.permission_sets": r.Remain.PermissionSets, "remain.accounts": r.Remain.Accounts,
		} {
			d.checkGlobs(at.with(strings.Split(key, ".")...), globs)
		}
		for i, dir := range r.Directories {
			d.checkReference(at.with("directories", itoa(i)), "directory", dir, slices.Sorted(maps.Keys(c.Directories)))
		}
	}
}

func (n RuleNobody) said() bool {
	return len(n.People)+len(n.MembersOf)+len(n.PermissionSets)+len(n.Accounts) > 0
}

func (o RuleOwned) said() bool { return o.By != "" || len(o.Groups) > 0 }
