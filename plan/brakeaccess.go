package plan

import (
	"fmt"
	"slices"
)

// assignmentsEnded stops a sync that would take too many assignments along with
// what it deletes.
func (l Limits) assignmentsEnded(p *Plan, e Evidence) []Brake {
	var names []string
	own, all := 0, 0
	for _, c := range p.Changes {
		if n := c.ends(); n > 0 {
			own, names = own+n, append(names, c.Name)
		}
	}
	for _, c := range slices.Concat(e.Earlier, p.Changes) {
		all += c.ends()
	}
	if own == 0 || all <= l.AssignmentsEnded {
		return nil
	}
	return []Brake{{
		Rule: RuleAssignmentsEnded, Count: all, Limit: l.AssignmentsEnded, Names: names[:min(len(names), shownNames)],
		Text: fmt.Sprintf("%d assignments would end with what is deleted or by being taken%s; at most %d may; whoever has access by them loses it at once",
			all, earlierText(all-own), l.AssignmentsEnded),
	}}
}

// ends is how many assignments a change ends.
func (c Change) ends() int {
	if c.Kind == AssignmentDelete {
		return 1
	}
	return len(c.Assigned)
}

func earlierText(earlier int) string {
	if earlier == 0 {
		return ""
	}
	return fmt.Sprintf(", %d of them in the last 24 hours before this plan", earlier)
}

// assignmentsGiven stops a sync that would give too many assignments back.
func (l Limits) assignmentsGiven(p *Plan, _ Evidence) []Brake {
	given := map[Subject]string{}
	n := 0
	for _, c := range p.Changes {
		if c.Kind == AssignmentCreate {
			given[c.Subject] = c.Name
			n++
		}
	}
	if n <= l.AssignmentsGiven {
		return nil
	}
	return []Brake{{
		Rule: RuleAssignmentsGiven, Count: n, Limit: l.AssignmentsGiven, Names: someNames(given),
		Text: fmt.Sprintf("%d assignments would be given back to people and groups who are in the source again; at most %d may be at once", n, l.AssignmentsGiven),
	}}
}

// protectsAccess reports whether an assignment is of a protected permission set
// or in a protected account.
func (l Limits) protectsAccess(a Assignment) bool {
	return MatchesAny(l.ProtectedSets, a.SetName) && a.SetName != "" ||
		MatchesAny(l.ProtectedAccounts, a.AccountName) && a.AccountName != "" || MatchesAny(l.ProtectedAccounts, a.Account) && a.Account != ""
}

// ProtectsSet reports whether a permission set is protected, so that nobody's
// request changes it.
func (l Limits) ProtectsSet(name string) bool { return name != "" && MatchesAny(l.ProtectedSets, name) }

// protectedAccess stops a plan that gives, takes or ends what is protected.
func (l Limits) protectedAccess(p *Plan) []Brake {
	hit := map[Subject]string{}
	for _, c := range p.Changes {
		all := c.Assigned
		if c.Assignment != nil {
			all = []Assignment{*c.Assignment}
		}
		for _, a := range all {
			if l.protectsAccess(a) {
				hit[Subject(a.key())] = a.Text()
			}
		}
	}
	if len(hit) == 0 {
		return nil
	}
	return []Brake{{
		Rule: RuleProtected, Count: len(hit), Names: someNames(hit),
		Text: "access by a protected permission set, or to a protected account, would be given, taken or ended; that is left alone",
	}}
}
