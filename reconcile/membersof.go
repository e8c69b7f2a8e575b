package reconcile

import (
	"fmt"

	"rollcall/fault"
	"rollcall/identity"
	"rollcall/plan"
)

// onlyMembersOf puts people out of scope who are in none of the groups that
// the globs name, by the name the mapping gives them or that the source has.
// Who cannot be mapped stays: nothing may be concluded about them.
func (w *Wanted) onlyMembersOf(globs []string) error {
	if len(globs) == 0 {
		return nil
	}
	in := map[identity.Anchor]bool{}
	for _, glob := range globs {
		found := false
		for i := range w.Groups {
			g := &w.Groups[i]
			if !plan.MatchesAny([]string{glob}, g.Group.DisplayName) && !plan.MatchesAny([]string{glob}, g.Name) {
				continue
			}
			found = true
			if g.AddOnly && w.Keep == "" {
				w.Keep = fmt.Sprintf("who is in scope depends on group %s, which was not read whole: %s", g.label(), g.Why)
			}
			for k := range g.Members {
				in[g.Members[k].Anchor] = true
			}
		}
		if !found {
			return fault.Text(fault.Incomplete, "find people in scope", "source "+w.Source, fmt.Sprintf(
				"members_of has %q, and no group that was read is called that: was it renamed or moved, or does the mapping's scope of groups leave it out?", glob))
		}
	}
	for i := range w.Users {
		if u := &w.Users[i]; u.In && u.User.UserName != "" && !in[u.Anchor] {
			w.Users[i] = User{Anchor: u.Anchor, Name: u.Name}
		}
	}
	return nil
}
