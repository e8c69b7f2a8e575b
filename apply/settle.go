package apply

import (
	"bytes"
	"context"
	"slices"

	"rollcall/directory"
	"rollcall/fault"
	"rollcall/identity"
	"rollcall/journal"
	"rollcall/plan"
)

// settle finds out by reading whether a change that may have happened did. It
// returns false if it did not, and is still to be made.
func (j *job) settle(ctx context.Context) (report, bool) {
	switch j.change.Kind {
	case plan.UserCreate:
		return j.settleUserCreation(ctx)
	case plan.GroupCreate:
		return j.settleGroupCreation(ctx)
	case plan.UserUpdate, plan.UserEnable, plan.UserDisable:
		return j.settleUserUpdate(ctx)
	case plan.GroupUpdate:
		return j.settleGroupUpdate(ctx)
	case plan.UserDelete:
		_, err := j.x.Directory.User(ctx, j.subject)
		return j.settleDeletion(ctx, err)
	case plan.GroupDelete:
		_, err := j.x.Directory.Group(ctx, j.subject)
		return j.settleDeletion(ctx, err)
	}
	return report{}, false // memberships and adoptions can simply be repeated
}

func (j *job) settleDeletion(ctx context.Context, err error) (report, bool) {
	switch {
	case fault.Is(err, fault.NotFound):
		return j.finish(ctx, func() (report, error) { return j.deleted(), nil })
	case err != nil:
		return j.failed(ctx, err), true
	}
	return report{}, false
}

// settleUserCreation takes a same-named user for the one this intent made only
// if every planned attribute is equal.
func (j *job) settleUserCreation(ctx context.Context) (report, bool) {
	var planned identity.User
	if err := planned.Apply(j.change.Edits); err != nil {
		return j.failed(ctx, err), true
	}
	found, err := j.x.Directory.FindUser(ctx, directory.Key{Attribute: directory.KeyUserName, Value: planned.UserName})
	switch {
	case fault.Is(err, fault.NotFound):
		return report{}, false
	case err != nil:
		return j.failed(ctx, err), true
	}
	differ, err := identity.UserEdits(&found, &planned, editedPaths(j.change.Edits))
	if err != nil {
		return j.failed(ctx, err), true
	}
	if len(differ) > 0 {
		return j.failed(ctx, j.takenBy(found.ID)), true
	}
	return j.finish(ctx, func() (report, error) { return j.userDone(found) })
}

func (j *job) settleGroupCreation(ctx context.Context) (report, bool) {
	var planned identity.Group
	if err := planned.Apply(j.change.Edits); err != nil {
		return j.failed(ctx, err), true
	}
	found, err := j.x.Directory.FindGroup(ctx, directory.Key{Attribute: directory.KeyDisplayName, Value: planned.DisplayName})
	switch {
	case fault.Is(err, fault.NotFound):
		return report{}, false
	case err != nil:
		return j.failed(ctx, err), true
	}
	differ, err := identity.GroupEdits(&found, &planned, editedPaths(j.change.Edits))
	if err != nil {
		return j.failed(ctx, err), true
	}
	if len(differ) > 0 {
		return j.failed(ctx, j.takenBy(found.ID)), true
	}
	return j.finish(ctx, func() (report, error) { return j.groupDone(found) })
}

func (j *job) takenBy(id identity.ID) error {
	return fault.Text(fault.Conflict, "settle", j.on(), "the answer was lost, and "+string(id)+" has the name but other values")
}

// settleUserUpdate: all new values are there, so it happened; each is the old
// one or the new one, so it did not happen, or not to the end: an update may
// take several calls; anything else is somebody else's work.
func (j *job) settleUserUpdate(ctx context.Context) (report, bool) {
	u, err := j.x.Directory.User(ctx, j.subject)
	if err != nil {
		return j.failed(ctx, err), true
	}
	return j.settleUpdate(ctx, u.Revision, func(path string) (identity.Value, error) { return identity.UserValue(&u, path) },
		func() (report, error) { return j.userDone(u) })
}

func (j *job) settleGroupUpdate(ctx context.Context) (report, bool) {
	g, err := j.x.Directory.Group(ctx, j.subject)
	if err != nil {
		return j.failed(ctx, err), true
	}
	return j.settleUpdate(ctx, g.Revision, func(path string) (identity.Value, error) { return identity.GroupValue(&g, path) },
		func() (report, error) { return j.groupDone(g) })
}

func (j *job) settleUpdate(ctx context.Context, revision string, value func(string) (identity.Value, error), done func() (report, error)) (report, bool) {
	isOurs, isNew := true, true
	for _, e := range j.change.Edits {
		now, err := value(e.Path)
		if err != nil {
			return j.failed(ctx, err), true
		}
		isOurs = isOurs && (bytes.Equal(now, e.Old) || bytes.Equal(now, e.New))
		isNew = isNew && bytes.Equal(now, e.New)
	}
	switch {
	case isNew:
		return j.finish(ctx, done)
	case isOurs:
		if j.revision != "" {
			j.revision = revision // an earlier change of this run may have moved it on
		}
		return report{}, false
	}
	return j.stale(ctx, "after the interruption it has neither the old values nor the new"), true
}

func (j *job) finish(ctx context.Context, done func() (report, error)) (report, bool) {
	r, err := done()
	if err != nil {
		return j.failed(ctx, err), true
	}
	r.outcome.Result = journal.Settled
	return r, true
}

func editedPaths(edits []identity.Edit) []string {
	paths := make([]string, len(edits))
	for i, e := range edits {
		paths[i] = e.Path
	}
	return paths
}

// valuesNow reads the attributes that the change is about.
func (j *job) valuesNow(ctx context.Context) ([]identity.Edit, error) {
	if j.change.Kind.Object() == identity.KindGroup {
		g, err := j.x.Directory.Group(ctx, j.subject)
		if err != nil {
			return nil, err
		}
		return valuesOf(j.change.Edits, func(path string) (identity.Value, error) { return identity.GroupValue(&g, path) })
	}
	u, err := j.x.Directory.User(ctx, j.subject)
	if err != nil {
		return nil, err
	}
	return valuesOf(j.change.Edits, func(path string) (identity.Value, error) { return identity.UserValue(&u, path) })
}

func valuesOf(edits []identity.Edit, value func(string) (identity.Value, error)) ([]identity.Edit, error) {
	now := make([]identity.Edit, len(edits))
	for i, e := range edits {
		v, err := value(e.Path)
		if err != nil {
			return nil, err
		}
		now[i] = identity.Edit{Path: e.Path, New: v}
	}
	return now, nil
}

// differences pairs what was planned on with what is there.
func differences(planned, now []identity.Edit) []identity.Edit {
	both := make([]identity.Edit, 0, len(planned))
	for _, e := range planned {
		if at := slices.IndexFunc(now, func(n identity.Edit) bool { return n.Path == e.Path }); at >= 0 {
			both = append(both, identity.Edit{Path: e.Path, Old: e.Old, New: now[at].New})
		}
	}
	return both
}

// checkSeals compares every object the plan expects with one fresh listing, so
// that an older plan costs no read a change. Changes whose object has moved on
// are refused when their turn comes.
func (w *work) checkSeals(ctx context.Context) error {
	// An object that this run has written to, or may have, is not as planned
	// any more, and rightly so.
	touched := map[plan.Subject]bool{}
	for _, c := range w.plan.Changes {
		if _, settled := w.outcomes[c.Number]; settled || w.begun[c.Number] {
			touched[c.Subject] = true
		}
	}
	expected := map[identity.ID][]plan.Change{}
	for _, c := range w.unsettled() {
		if id, exists := c.Subject.ID(); exists && c.Expect.Digest != "" && !touched[c.Subject] {
			expected[id] = append(expected[id], c)
		}
	}
	if len(expected) == 0 {
		return nil
	}
	for u, err := range w.x.Directory.Users(ctx) {
		if err != nil {
			return err
		}
		if err := w.checkSeal(ctx, expected, u.ID, u.Revision, func() (string, error) { return identity.UserDigest(&u, w.plan.Sealed.User) }); err != nil {
			return err
		}
	}
	for g, err := range w.x.Directory.Groups(ctx) {
		if err != nil {
			return err
		}
		if err := w.checkSeal(ctx, expected, g.ID, g.Revision, func() (string, error) { return identity.GroupDigest(&g, w.plan.Sealed.Group) }); err != nil {
			return err
		}
	}
	for _, changes := range expected { // the listing is complete: what it lacks is gone
		for _, c := range changes {
			if !c.Kind.Deletes() {
				w.refuse(ctx, c, "it is gone")
			}
		}
	}
	return nil
}

func (w *work) checkSeal(ctx context.Context, expected map[identity.ID][]plan.Change, id identity.ID, revision string, digest func() (string, error)) error {
	changes, sealed := expected[id]
	if !sealed {
		return nil
	}
	delete(expected, id)
	now, err := digest()
	if err != nil {
		return err
	}
	for _, c := range changes {
		if c.Expect.Digest != now {
			w.refuse(ctx, c, "it changed since the plan was made")
		} else if c.Expect.Revision != "" {
			w.revision[id] = revision // what the seal covers is unchanged; what it does not cover may have moved on
		}
	}
	return nil
}

func (w *work) refuse(ctx context.Context, c plan.Change, why string) {
	j := &job{x: w.x, change: c, plan: w.plan, run: w.run}
	j.subject, _ = c.Subject.ID()
	w.refused[c.Number] = j.stale(ctx, why)
}
