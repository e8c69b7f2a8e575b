package undo

import "rollcall/plan"

// basis is what an undo's brakes are counted against: all that is there, since
// a run may be one of several syncs, of a flow or of a command.
func (p *planner) basis() plan.Basis {
	c := p.in.Current
	b := plan.Basis{TargetUsers: len(c.Users), TargetGroups: len(c.Groups), ManagedUsers: len(c.Users), ManagedGroups: len(c.Groups)}
	for i := range c.Users {
		if c.Abilities.Status && !c.Users[i].Active {
			b.OutUsers++
		}
	}
	return b
}

// leaving counts by group who is taken out of it, and is not deleted. As few as
// may be disabled at once are a slip that is put right, and no mass of people.
func (p *planner) leaving(changes []plan.Change) []plan.Leavers {
	deleted := map[plan.Subject]bool{}
	for _, c := range changes {
		if c.Kind == plan.UserDelete {
			deleted[c.Subject] = true
		}
	}
	var all []plan.Leavers
	for _, c := range changes {
		id, there := c.Subject.ID()
		if !there || c.Kind != plan.GroupMembers {
			continue
		}
		left := 0
		for _, m := range c.Remove {
			if !deleted[m.User] {
				left++
			}
		}
		if left <= p.in.Limits.UsersOff.Floor {
			continue
		}
		all = append(all, plan.Leavers{Group: c.Name, Left: left, Of: len(p.in.Current.Members[id])})
	}
	return all
}
