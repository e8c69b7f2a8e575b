package apply

import (
	"context"

	"rollcall/fault"
	"rollcall/identity"
	"rollcall/journal"
	"rollcall/plan"
	"rollcall/reconcile"
)

// call asks the directory for the change, once.
func (j *job) call(ctx context.Context) (report, error) {
	switch c := j.change; c.Kind {
	case plan.UserCreate:
		var u identity.User
		if err := u.Apply(c.Edits); err != nil {
			return report{}, err
		}
		made, err := j.writer.CreateUser(ctx, u)
		if err != nil {
			return report{}, err
		}
		r, err := j.userDone(made)
		return j.nameless(r, u.ExternalIDs, made.ExternalIDs), err
	case plan.UserUpdate, plan.UserEnable, plan.UserDisable:
		u, err := j.writer.UpdateUser(ctx, j.subject, j.revision, j.edits)
		if err != nil {
			return report{}, err
		}
		return j.userDone(u)
	case plan.GroupCreate:
		var g identity.Group
		if err := g.Apply(c.Edits); err != nil {
			return report{}, err
		}
		made, err := j.found(ctx, g)
		if err != nil {
			return report{}, err
		}
		r, err := j.groupDone(made)
		r.placed = j.adds
		return j.nameless(r, g.ExternalIDs, made.ExternalIDs), err
	case plan.GroupUpdate:
		g, err := j.writer.UpdateGroup(ctx, j.subject, j.revision, j.edits)
		if err != nil {
			return report{}, err
		}
		return j.groupDone(g)
	case plan.GroupMembers:
		return j.changeMembers(ctx)
	case plan.UserDelete, plan.GroupDelete:
		return j.delete(ctx)
	case plan.UserHold, plan.UserRelease:
		if j.change.Record == nil { // also once the person is erased from the plan
			return report{}, fault.Text(fault.Invalid, "apply plan", j.on(), "it is about nobody: a person is held by source and anchor")
		}
		if j.change.Kind == plan.UserRelease && j.plan.Origin != plan.FromCommand {
			return report{}, fault.Text(fault.Denied, "apply plan", j.on(), "only somebody who says so by a command lets a held person back in")
		}
		return j.done(j.subject, ""), nil // the hold is written, or ended, with the outcome
	case plan.UserAdopt, plan.GroupAdopt, plan.UserUnadopt, plan.GroupUnadopt:
		return j.look(ctx)
	}
	return report{}, fault.Text(fault.Unsupported, "apply plan", j.on(), "this release does not know how to make it")
}

// nameless reports a creation that was made without its external ids by a
// directory that can set them, only not now: the next plan does.
func (j *job) nameless(r report, planned, made []identity.ExternalID) report {
	if len(planned) == 0 || len(made) > 0 || !j.x.Directory.Abilities().ExternalIDs {
		return r
	}
	return inPart(r, fault.Denied, "its external id waits until the directory takes it")
}

func (j *job) userDone(u identity.User) (report, error) {
	e, err := j.userEffect(&u)
	return j.done(u.ID, u.Revision, e), err
}

func (j *job) groupDone(g identity.Group) (report, error) {
	e, err := j.groupEffect(&g)
	return j.done(g.ID, g.Revision, e), err
}

// delete removes an object after one more look at who would go with it: what
// gained members since it was planned is not deleted.
func (j *job) delete(ctx context.Context) (report, error) {
	if expected := j.change.Expect.Members; expected != "" {
		now, err := j.attached(ctx)
		if fault.Is(err, fault.NotFound) {
			return j.goneAlready(), nil
		}
		if err != nil {
			return report{}, err
		}
		if plan.MembersDigest(now) != expected {
			return j.stale(ctx, "its memberships are not those it was planned with"), nil
		}
	}
	if j.access != nil && j.change.Expect.Assigned != plan.Unrecorded {
		now, err := reconcile.Assigned(ctx, j.access, identity.Principal{Store: j.plan.Store, Kind: j.change.Kind.Object(), ID: j.subject})
		if err != nil {
			return report{}, err
		}
		if why := j.otherAssignments(now); why != "" {
			return j.stale(ctx, why), nil
		}
	}
	del := j.writer.DeleteUser
	if j.change.Kind == plan.GroupDelete {
		del = j.writer.DeleteGroup
	}
	err := del(ctx, j.subject, j.revision)
	if fault.Is(err, fault.NotFound) {
		return j.goneAlready(), nil
	}
	if err != nil {
		return report{}, err
	}
	return j.deleted(), nil
}

// otherAssignments says why what would go with the object is not what the plan
// says, or nothing.
func (j *job) otherAssignments(now []plan.Assignment) string {
	switch expected := j.change.Expect.Assigned; {
	case expected == "" && len(now) > 0:
		return "it has assignments, and the plan does not say which; make a new plan"
	case expected != "" && plan.AssignmentsDigest(now) != expected:
		return "its assignments are not those it was planned with"
	}
	return ""
}

// goneAlready is a deletion that somebody else has made: it is not ours to
// undo.
func (j *job) goneAlready() report {
	r := j.deleted()
	r.outcome.Result = journal.Already
	return r
}

func (j *job) deleted() report {
	return j.done(j.subject, "", journal.Effect{
		Kind: j.change.Kind.Object(), Object: j.subject, Name: j.change.Name, Record: j.change.Record, Deleted: true,
	})
}

// attached lists a group's members, or a user's groups.
func (j *job) attached(ctx context.Context) ([]identity.ID, error) {
	if j.change.Kind == plan.GroupDelete {
		return reconcile.ReadMembers(ctx, j.x.Directory, j.subject)
	}
	var groups []identity.ID
	for m, err := range j.x.Directory.Memberships(ctx, j.subject) {
		if err != nil {
			return nil, err
		}
		groups = append(groups, m.GroupID)
	}
	return groups, nil
}

// look writes nothing to the target, but sees that the object is there: all
// that adopting and letting go need.
func (j *job) look(ctx context.Context) (report, error) {
	if j.change.Kind.Object() == identity.KindGroup {
		g, err := j.x.Directory.Group(ctx, j.subject)
		if err != nil {
			return report{}, err
		}
		return j.groupDone(g)
	}
	u, err := j.x.Directory.User(ctx, j.subject)
	if err != nil {
		return report{}, err
	}
	return j.userDone(u)
}
