package apply

import (
	"context"
	"time"

	"rollcall/directory"
	"rollcall/fault"
	"rollcall/identity"
	"rollcall/journal"
	"rollcall/plan"
)

// clockSkew is how far the directory's clock may be behind ours: AWS refuses
// signatures that are further off.
const clockSkew = 5 * time.Minute

// holder is the object that has a unique value which a creation needs.
type holder struct {
	object
	by     string          // the attribute that it was found by
	differ []identity.Edit // what of it is not as planned
}

// settleCreation looks for the object that a lost creation may have made: by
// its anchor, then by its name.
func (j *job) settleCreation(ctx context.Context) (report, bool) {
	h, err := j.holder(ctx, false)
	if err != nil {
		return j.unknown(err), true
	}
	if h == nil {
		return report{}, false
	}
	return j.claim(ctx, h)
}

// refusedCreation is told that a unique value is taken. It returns false if
// nobody has one: then somebody else was writing just then, or had it.
func (j *job) refusedCreation(ctx context.Context, refusal error) (report, bool) {
	h, err := j.holder(ctx, true)
	switch {
	case err != nil && j.lost:
		return j.unknown(err), true
	case err != nil:
		return j.failed(ctx, refusal), true
	case h == nil:
		return report{}, false
	case !j.lost:
		return j.failed(ctx, j.takenBy(h, "it was there before anything was sent")), true
	}
	return j.claim(ctx, h)
}

// claim takes an object for the one that this change made, whose answer was
// lost, if there is no doubt. What it lacks, because only the first of two calls
// was made, is set now.
func (j *job) claim(ctx context.Context, h *holder) (report, bool) {
	why, err := j.doubt(ctx, h)
	switch {
	case err != nil:
		return j.unknown(err), true
	case why != "":
		return j.failed(ctx, j.takenBy(h, why)), true
	case len(h.differ) > 0:
		return j.complete(ctx, h)
	}
	return j.finish(ctx, h.done)
}

// doubt says why an object may be somebody else's, or nothing.
func (j *job) doubt(ctx context.Context, h *holder) (string, error) {
	_, err := j.x.Links.ByObject(ctx, j.plan.Directory, j.change.Kind.Object(), h.id)
	switch {
	case err == nil:
		return "it is linked to another record", nil
	case !fault.Is(err, fault.NotFound):
		return "", err
	case h.created.IsZero() || h.created.Before(j.sent.Add(-clockSkew).Truncate(time.Second)):
		return "it was there before this was sent", nil
	case h.by != directory.KeyExternalID && len(h.differ) > 0:
		return "other values than those that were sent", nil
	}
	return "", nil
}

// takenBy is the refusal that a person must look at.
func (j *job) takenBy(h *holder, why string) error {
	return fault.Text(fault.Conflict, "create "+string(j.change.Kind.Object()), j.on(), string(h.id)+" has its "+h.by+
		", and may be somebody else's: "+why+". Adopt it, or change one of the two")
}

// complete sets what a half-made object lacks. If that is refused the object is
// ours all the same: the next plan goes on from there.
func (j *job) complete(ctx context.Context, h *holder) (report, bool) {
	err := j.update(ctx, h)
	if err == nil {
		return j.finish(ctx, h.done)
	}
	if fault.KindOf(err).Temporary() || fault.Is(err, fault.Stale) {
		return report{}, false // it is tried again, and found again
	}
	r, doneErr := h.done()
	if doneErr != nil {
		return j.failed(ctx, doneErr), true
	}
	if fault.Is(err, fault.Unauthenticated) {
		return j.unasked(err), true
	}
	return inPart(r, fault.KindOf(err), err.Error()), true
}

// inPart is the report of an object that was made, but not all of it.
func inPart(r report, kind fault.Kind, why string) report {
	r.outcome.Result, r.outcome.Fault, r.outcome.Text = journal.Partial, kind.String(), "it was made, but not all of it: "+why
	return r
}

// update sets what differs, and leaves the holder as it is then.
func (j *job) update(ctx context.Context, h *holder) error {
	if j.change.Kind == plan.GroupCreate {
		g, err := j.writer.UpdateGroup(ctx, h.id, h.revision, h.differ)
		if err == nil {
			h.object = j.groupObject(g)
		}
		return err
	}
	u, err := j.writer.UpdateUser(ctx, h.id, h.revision, h.differ)
	if err == nil {
		h.object = j.userObject(u)
	}
	return err
}

// holder finds who has a value that the creation needs, or nil: by external id,
// then by name; by e-mail only if everybody is of interest who may be in the way.
func (j *job) holder(ctx context.Context, anyValue bool) (*holder, error) {
	if j.change.Kind == plan.GroupCreate {
		return j.groupHolder(ctx)
	}
	var planned identity.User
	if err := planned.Apply(j.change.Edits); err != nil {
		return nil, err
	}
	keys := append(j.anchorKeys(planned.ExternalIDs), directory.Key{Attribute: directory.KeyUserName, Value: planned.UserName})
	if anyValue && planned.Email() != "" {
		keys = append(keys, directory.Key{Attribute: directory.KeyEmail, Value: planned.Email()})
	}
	found, by, err := firstOf(ctx, keys, j.x.Directory.FindUser)
	if err != nil || by == "" {
		return nil, err
	}
	differ, err := identity.UserEdits(&found, &planned, j.settable())
	return &holder{j.userObject(found), by, differ}, err
}

func (j *job) groupHolder(ctx context.Context) (*holder, error) {
	var planned identity.Group
	if err := planned.Apply(j.change.Edits); err != nil {
		return nil, err
	}
	keys := append(j.anchorKeys(planned.ExternalIDs), directory.Key{Attribute: directory.KeyDisplayName, Value: planned.DisplayName})
	found, by, err := firstOf(ctx, keys, j.x.Directory.FindGroup)
	if err != nil || by == "" {
		return nil, err
	}
	differ, err := identity.GroupEdits(&found, &planned, j.settable())
	return &holder{j.groupObject(found), by, differ}, err
}

func (j *job) anchorKeys(ids []identity.ExternalID) []directory.Key {
	var keys []directory.Key
	if !j.x.Directory.Abilities().ExternalIDs {
		return nil
	}
	for _, id := range ids {
		keys = append(keys, directory.Key{Attribute: directory.KeyExternalID, Value: id.ID, Issuer: id.Issuer})
	}
	return keys
}

// settable are the planned attributes that the directory can hold at all: a
// creation passes the others over.
func (j *job) settable() []string {
	able, limits := j.x.Directory.Abilities(), j.x.Directory.Limits()
	paths := []string{}
	for _, e := range j.change.Edits {
		cannot := e.Path == identity.PathExternalIDs && !able.ExternalIDs || e.Path == identity.PathActive && !able.Status ||
			!limits.Sets(j.change.Kind.Object(), e.Path)
		if !cannot {
			paths = append(paths, e.Path)
		}
	}
	return paths
}

// firstOf asks for one key after the other until somebody is found.
func firstOf[T any](ctx context.Context, keys []directory.Key, find func(context.Context, directory.Key) (T, error)) (T, string, error) {
	var zero T
	for _, key := range keys {
		found, err := find(ctx, key)
		if err == nil {
			return found, key.Attribute, nil
		}
		if !fault.Is(err, fault.NotFound) {
			return zero, "", err
		}
	}
	return zero, "", nil
}
