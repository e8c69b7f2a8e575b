package reconcile

import (
	"slices"

	"rollcall/identity"
	"rollcall/plan"
)

// noteWhatEnds writes into every deletion what goes with the object: all of
// its attributes, and the memberships that no other change of the plan ends.
// An undo makes it again from that.
func (p *planner) noteWhatEnds(changes []plan.Change, users, groups map[identity.ID]int, leaving, groupsOf map[identity.ID][]identity.ID) error {
	names := p.namesOfEnded(changes, leaving, groupsOf)
	for i := range changes {
		c := &changes[i]
		id, _ := c.Subject.ID()
		var err error
		switch c.Kind {
		case plan.UserDelete:
			c.Edits, err = identity.UserEdits(&p.in.Current.Users[users[id]], &identity.User{}, nil)
			c.Ends = ties(groupsOf[id], names)
		case plan.GroupDelete:
			c.Edits, err = identity.GroupEdits(&p.in.Current.Groups[groups[id]], &identity.Group{}, nil)
			c.Ends = ties(without(p.in.Current.Members[id], leaving[id]), names)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func ties(ids []identity.ID, names map[identity.ID]string) []plan.Tie {
	all := make([]plan.Tie, len(ids))
	for i, id := range slices.Sorted(slices.Values(ids)) {
		all[i] = plan.Tie{Object: id, Name: names[id]}
	}
	return all
}

// namesOfEnded finds the names of all at the other end of what ends.
func (p *planner) namesOfEnded(changes []plan.Change, leaving, groupsOf map[identity.ID][]identity.ID) map[identity.ID]string {
	names := map[identity.ID]string{}
	for _, c := range changes {
		id, _ := c.Subject.ID()
		others := groupsOf[id]
		if c.Kind == plan.GroupDelete {
			others = without(p.in.Current.Members[id], leaving[id])
		}
		for _, other := range others {
			names[other] = ""
		}
	}
	if len(names) == 0 {
		return names
	}
	for i := range p.in.Current.Users {
		if u := &p.in.Current.Users[i]; has(names, u.ID) {
			names[u.ID] = u.UserName
		}
	}
	for i := range p.in.Current.Groups {
		if g := &p.in.Current.Groups[i]; has(names, g.ID) {
			names[g.ID] = g.DisplayName
		}
	}
	return names
}

func has(names map[identity.ID]string, id identity.ID) bool {
	_, found := names[id]
	return found
}
