package cli

import (
	"context"
	"slices"

	"rollcall/fault"
	"rollcall/identity"
	"rollcall/plan"
)

// joining is the groups that the users of one command are put into, a change
// for each.
type joining struct {
	draft   *draft
	changes []plan.Change
	groups  []identity.Group
	members []map[identity.ID]bool // of each group, once read; nil asks for one membership at a time
}

// joining begins to put users into groups; a group named twice counts once.
func (d *draft) joining(ctx context.Context, groups []identity.Group, reason string) (*joining, error) {
	j := &joining{draft: d}
	for _, g := range groups {
		if slices.ContainsFunc(j.groups, func(have identity.Group) bool { return have.ID == g.ID }) {
			continue
		}
		c, err := d.Group(ctx, g, plan.GroupMembers, reason)
		if err != nil {
			return nil, err
		}
		j.changes, j.groups = append(j.changes, c), append(j.groups, g)
	}
	return j, nil
}

// named finds the groups of --group.
func (d *draft) named(ctx context.Context, names []string) ([]identity.Group, error) {
	var groups []identity.Group
	for _, name := range names {
		g, err := d.directory.ResolveGroup(ctx, name)
		if err != nil {
			return nil, err
		}
		groups = append(groups, g)
	}
	return groups, nil
}

// readMembers reads all members at once, for a command about many users.
func (j *joining) readMembers(ctx context.Context) error {
	for _, g := range j.groups {
		in := map[identity.ID]bool{}
		for m, err := range j.draft.directory.Members(ctx, g.ID) {
			if err != nil {
				return err
			}
			in[m.UserID] = true
		}
		j.members = append(j.members, in)
	}
	return nil
}

// newcomer puts the user into the groups whom change number creates.
func (j *joining) newcomer(number int, userName string) {
	for i := range j.changes {
		c := &j.changes[i]
		c.Add = append(c.Add, plan.Member{User: plan.New(number), Name: userName})
		c.Needs = append(c.Needs, number)
	}
}

// there puts a user who exists into those of the groups they are not in.
func (j *joining) there(ctx context.Context, u identity.User) error {
	for i := range j.changes {
		in, err := j.in(ctx, i, u.ID)
		if err != nil {
			return err
		}
		if in {
			continue
		}
		m, err := j.draft.Member(ctx, u)
		if err != nil {
			return invalid(err)
		}
		j.changes[i].Add = append(j.changes[i].Add, m)
	}
	return nil
}

func (j *joining) in(ctx context.Context, group int, user identity.ID) (bool, error) {
	if j.members != nil {
		return j.members[group][user], nil
	}
	_, err := j.draft.directory.FindMembership(ctx, j.groups[group].ID, user)
	if fault.Is(err, fault.NotFound) {
		return false, nil
	}
	return err == nil, err
}

// plan adds what there is to do to the plan.
func (j *joining) plan() {
	for _, c := range j.changes {
		if len(c.Add) > 0 {
			j.draft.Add(c)
			j.draft.house.warnOfSync(c)
		}
	}
}
