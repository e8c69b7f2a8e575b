package cli

import (
	"context"
	"errors"
	"slices"
	"strings"

	"rollcall/apply"
	"rollcall/baseline"
	"rollcall/directory"
	"rollcall/fault"
	"rollcall/identity"
	"rollcall/journal"
	"rollcall/plan"
	"rollcall/reconcile"
	"rollcall/source"
)

// recall adds to a planning what Rollcall remembers: links and holds, since
// when whoever is gone is gone, what earlier runs did of late, and the last
// read that was accepted. It is called with complete reads only.
func (h *house) recall(ctx context.Context, in *reconcile.Input, snap *source.Snapshot) error {
	before, err := h.baselines.Of(ctx, in.Settings.Sync)
	if err != nil {
		return err
	}
	if err := h.asFresh(in, before, snap); err != nil {
		return err
	}
	in.Known.Baseline = before
	in.Counts = in.Wanted.Count(snap, in.Settings.UserPaths)
	return h.recallPast(ctx, in, reconcile.Gone(in.Known.Links, in.Settings.Directory, in.Wanted, in.Current))
}

// recallPast is what recall does once it is known what the read came to, and
// who is gone.
func (h *house) recallPast(ctx context.Context, in *reconcile.Input, gone map[baseline.Key]bool) (err error) {
	s, known := in.Settings, in.Known
	if in.Wanted.Keep == "" {
		if known.Absent, err = h.baselines.Note(ctx, s.Sync, in.Made, gone); err != nil {
			return err
		}
	}
	if known.Earlier, err = h.journal.Made(ctx, s.Directory, s.Sync, in.Made.Add(-plan.Window)); err != nil {
		return err
	}
	if known.Taken, err = h.journal.Taken(ctx, s.Directory, in.Made.Add(-s.Retention)); err != nil {
		return err
	}
	in.Known = known
	in.Read, err = h.baselines.Keep(ctx, s.Sync, in.Made, in.Counts)
	return err
}

// asFresh holds a read against the last one that was accepted: a copy of the
// source that lacks what another had is not believed, and one of which that
// cannot be told says of nobody that they are gone, or back.
func (h *house) asFresh(in *reconcile.Input, before *baseline.Baseline, snap *source.Snapshot) error {
	if before != nil {
		older, unknown := snap.Report.Replica.Since(before.Replica)
		if older != "" {
			return sourceError{fault.Text(fault.Incomplete, "check replica", "source "+snap.Source, older+"; wait until it has caught up, or name another server; if what it lacks is lost for good: rollcall sync rebind "+in.Settings.Sync)}
		}
		in.Wanted.Unsure = unknown
		if unknown != "" && in.Wanted.Keep == "" {
			in.Wanted.Keep = unknown
		}
	}
	if in.Wanted.Keep != "" {
		say(h.app.err, "  note: nobody is taken for gone in this run: %s", in.Wanted.Keep)
	}
	return nil
}

// accept makes the read that a plan was made from the sync's baseline: the
// plan was carried out completely, or brakes were overridden for it, so that a
// person has answered for what was read.
func (h *house) accept(ctx context.Context, p *plan.Plan, r *apply.Result, overridden bool) error {
	if r.Status() == journal.Complete {
		if err := h.baselines.Disabled(ctx, p.Sync, h.app.clock().Now(), disabled(p)); err != nil {
			return err
		}
	} else if !overridden {
		return nil
	}
	return h.baselines.Accept(ctx, p.Sync, p.Basis.Read)
}

// disabled are the people whom a plan disables: the grace period of those who
// are gone begins with that.
func disabled(p *plan.Plan) (people []identity.Anchor) {
	for _, c := range p.Changes {
		if c.Kind == plan.UserDisable && c.Record != nil && c.Record.Source == p.Source {
			people = append(people, c.Record.Anchor)
		}
	}
	return people
}

// limits are the brakes of single commands in a directory: what any of its
// syncs protects is protected.
func (h *house) limits(ctx context.Context, d *directory.Directory, by plan.Actor) (plan.Limits, error) {
	limits := plan.DefaultLimits()
	limits.Caller = by.Name
	for _, s := range h.config.Syncs {
		if s.Directory == d.Name() {
			limits.Protected = append(limits.Protected, s.Brakes.Protected...)
			limits.BreakGlass = append(limits.BreakGlass, s.Brakes.BreakGlass...)
			limits.ProtectedSets = append(limits.ProtectedSets, s.Brakes.ProtectedPermissionSets...)
			limits.ProtectedAccounts = append(limits.ProtectedAccounts, s.Brakes.ProtectedAccounts...)
		}
	}
	for _, mark := range limits.BreakGlass {
		if !strings.Contains(mark, "@") {
			continue
		}
		u, err := d.FindUser(ctx, directory.Key{Attribute: directory.KeyEmail, Value: mark})
		switch {
		case err == nil:
			limits.Guard(&u)
		case !fault.Is(err, fault.NotFound):
			return limits, err
		}
	}
	return limits, nil
}

// thresholds are limits with what the configuration of a sync says of how much
// may be taken away, given and renamed at once.
func (h *house) thresholds(limits plan.Limits, sync string) plan.Limits {
	if s, configured := h.config.Syncs[sync]; configured {
		of := s.Brakes.Limits()
		limits.UsersOff, limits.UsersRenamed, limits.GroupsDeleted, limits.GroupLeavers = of.UsersOff, of.UsersRenamed, of.GroupsDeleted, of.GroupLeavers
		limits.AssignmentsEnded, limits.AssignmentsGiven = of.AssignmentsEnded, of.AssignmentsGiven
	}
	return limits
}

// recount holds a plan that was made earlier against the brakes once more,
// together with what its sync has done since: plans that were each made below a
// limit may pass it together when they are carried out.
func (h *house) recount(ctx context.Context, d *directory.Directory, p *plan.Plan, id plan.ID) error {
	if p.Braked() {
		return nil // that stops it anyway
	}
	limits, err := h.limits(ctx, d, h.app.actor())
	if err != nil {
		return err
	}
	limits = h.thresholds(limits, p.Sync)
	earlier, err := h.journal.Made(ctx, p.Directory, p.Sync, h.app.clock().Now().Add(-plan.Window))
	if err != nil {
		return err
	}
	if brakes := limits.Apply(p, plan.Evidence{Earlier: earlier}); len(brakes) > 0 {
		return &apply.BrakedError{Plan: id, Brakes: brakes}
	}
	broken, err := h.judge(ctx, p)
	if slices.ContainsFunc(broken, func(b plan.Brake) bool { return !b.Later }) {
		return errors.Join(err, &apply.BrakedError{Plan: id, Brakes: broken})
	}
	p.Brakes = broken // so that what takes access away goes ahead, and the rest is kept as a plan that is stopped
	return err
}
