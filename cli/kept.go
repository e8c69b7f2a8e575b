package cli

import (
	"context"
	"time"

	"rollcall/apply"
	"rollcall/directory"
	"rollcall/fault"
	"rollcall/identity"
	"rollcall/journal"
	"rollcall/plan"
	"rollcall/reconcile"
)

// kept is a directory as the last live run of a sync left it, so that the next
// one need not read it whole: of AWS that would be hundreds of calls a change.
// Only a hint: whatever a plan touches is read again before it is carried out.
type kept struct {
	current *reconcile.Current
	whole   *reconcile.Whole // the same and the source, to plan from what changes; nil: everything is planned
	read    time.Time        // when it was read whole
	runs    map[string]bool  // that have kept it up to date
}

const (
	keptFor     = 10 * time.Minute
	keptTouches = 50 // a plan that touches more is made from a whole read
	keptRuns    = 50 // runs that are looked at for others
)

// take hands out what is kept of a directory, nil if it is too old, or if
// another run has been at the directory since.
func (f *followed) take(ctx context.Context, h *house, sync, target string) (*kept, error) {
	f.mu.Lock()
	k := f.kept[sync]
	delete(f.kept, sync) // it is one run's at a time
	f.mu.Unlock()
	if k == nil || h.app.clock().Now().Sub(k.read) > keptFor {
		return nil, nil
	}
	runs, err := h.journal.Runs(ctx, keptRuns)
	if err != nil {
		return nil, err
	}
	for i, r := range runs {
		since := r.Ended.IsZero() || !r.Ended.Before(k.read)
		if r.Target == target && !k.runs[r.ID] && since || i == keptRuns-1 && !r.Started.Before(k.read) {
			return nil, nil
		}
	}
	return k, nil
}

// keep keeps a directory as a run has left it.
func (f *followed) keep(sync string, k *kept) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.kept == nil {
		f.kept = map[string]*kept{}
	}
	f.kept[sync] = k
}

// touches are the users and groups that a plan changes; ok is false if it does
// more than make and change them, or too much.
func touches(p *plan.Plan, created map[plan.Subject]identity.ID) (users, groups []identity.ID, ok bool) {
	for _, c := range p.Changes {
		switch c.Kind {
		case plan.UserCreate, plan.UserUpdate, plan.UserDisable, plan.UserEnable, plan.GroupCreate, plan.GroupUpdate, plan.GroupMembers:
		default:
			return nil, nil, false
		}
		id, exists := c.Subject.ID()
		if !exists {
			id = created[c.Subject]
		}
		switch {
		case id == "":
		case c.Kind.Object() == identity.KindUser:
			users = append(users, id)
		default:
			groups = append(groups, id)
		}
	}
	return users, groups, len(p.Changes) <= keptTouches
}

// asKept reports whether everything that a plan touches is as what is kept says,
// and what it makes is not there.
func (k *kept) asKept(ctx context.Context, d *directory.Directory, p *plan.Plan) (bool, error) {
	users, groups, ok := touches(p, nil)
	if !ok {
		return false, nil
	}
	for _, c := range p.Changes {
		var err error
		switch c.Kind {
		case plan.UserCreate:
			_, err = d.FindUser(ctx, directory.Key{Attribute: directory.KeyUserName, Value: c.Name})
		case plan.GroupCreate:
			_, err = d.FindGroup(ctx, directory.Key{Attribute: directory.KeyDisplayName, Value: c.Name})
		default:
			continue
		}
		if !fault.Is(err, fault.NotFound) {
			return false, err
		}
	}
	changed, err := k.renew(ctx, d, p.Sealed, users, groups)
	return !changed, err
}

// renew reads users and groups again, and reports whether any was not as it is
// kept.
func (k *kept) renew(ctx context.Context, d *directory.Directory, sealed plan.Sealed, users, groups []identity.ID) (changed bool, err error) {
	if k.whole == nil {
		return k.current.Renew(ctx, d, sealed, users, groups)
	}
	changed, whole, err := k.whole.Renew(ctx, d, sealed, users, groups)
	if !whole {
		k.whole = nil
	}
	return changed, err
}

// planLive plans a sync whose source is followed, from the directory as it was
// left where that is still so.
func (h *house) planLive(ctx context.Context, f *followed, name, target string) (*planned, *kept, error) {
	h.live = f.of(name)
	k, err := f.take(ctx, h, name, target)
	if err != nil {
		return nil, nil, err
	}
	if k != nil {
		p, err := h.planKept(ctx, k, name)
		if err != nil {
			return nil, nil, err
		}
		d, err := h.directory(ctx, target)
		if err != nil {
			return nil, nil, err
		}
		if same, err := k.asKept(ctx, d, p.Plan); err != nil || same {
			p.left = true
			return p, k, err
		}
	}
	p, err := h.planSync(ctx, name)
	if err != nil {
		return nil, nil, err
	}
	return p, &kept{current: p.input.Current, whole: p.whole, read: p.Made, runs: map[string]bool{}}, nil
}

// planKept plans from the directory as it was left: what has changed, where that
// can be told, and otherwise everything.
func (h *house) planKept(ctx context.Context, k *kept, name string) (*planned, error) {
	p, err := h.planPart(ctx, k, name)
	if p != nil || err != nil {
		return p, err
	}
	h.left = k.current
	defer func() { h.left = nil }()
	if p, err = h.planSync(ctx, name); err == nil {
		k.whole = p.whole
	}
	return p, err
}

// planPart plans what has changed since the last run; nil where everything has
// to be planned.
func (h *house) planPart(ctx context.Context, k *kept, name string) (*planned, error) {
	if k.whole == nil {
		return nil, nil
	}
	before, err := h.baselines.Of(ctx, name)
	if err != nil || before == nil || !before.Made.Equal(k.whole.Made().Truncate(time.Millisecond)) {
		return nil, err // what is kept was not accepted, or something else was since
	}
	if older, unknown := h.live.Report.Replica.Since(before.Replica); older+unknown != "" {
		return nil, nil
	}
	part, err := k.whole.Part(ctx, h.live, h.app.clock().Now(), h.links)
	if fault.Is(err, fault.Incomplete) {
		return nil, nil // a part does not show it; everything may
	}
	if err != nil || part == nil {
		return nil, err
	}
	part.Input.By, part.Input.Known.Baseline = h.app.actor(), before
	say(h.app.err, "Directory %s as the last run left it: %s, %s; %s and %s to look at.", part.Input.Settings.Directory,
		count(len(k.current.Users), "user"), count(len(k.current.Groups), "group"),
		amount(len(part.Input.Wanted.Users), "person", "people"), count(len(part.Input.Wanted.Groups), "group"))
	if err := h.recallPast(ctx, &part.Input, part.Gone); err != nil {
		return nil, err
	}
	p := &planned{input: part.Input, part: true}
	sure := false
	if p.Plan, sure, err = k.whole.Plan(ctx, h.accessOf(p.input.Settings.Directory), part); err != nil {
		return nil, err
	}
	if !sure {
		k.whole = nil
	}
	return p, h.settlePlan(ctx, p.Plan)
}

// leave keeps a directory as a run has left it, if all went well; r is nil
// where nothing was to be done, and k where nothing is kept.
func (h *house) leave(ctx context.Context, f *followed, k *kept, p *planned, r *apply.Result) error {
	if k == nil {
		return nil
	}
	var created map[plan.Subject]identity.ID
	if r != nil {
		created = r.Created
	}
	users, groups, ok := touches(p.Plan, created)
	if !ok || r != nil && r.Status() != journal.Complete {
		return nil
	}
	if r != nil {
		d, err := h.directory(ctx, p.Directory)
		if err != nil {
			return err
		}
		if _, err := k.renew(ctx, d, p.Sealed, users, groups); err != nil {
			return err
		}
		k.runs[r.Run] = true
	}
	f.keep(p.Sync, k)
	return nil
}
