package cli

import (
	"context"
	"slices"
	"time"

	"rollcall/config"
	"rollcall/fault"
	"rollcall/identity"
	"rollcall/lifecycle"
	"rollcall/plan"
)

// leaving is what a command wants of whoever it puts out.
type leaving struct {
	mode  plan.Mode
	at    string // the last day of whoever has none of their own; empty: at once
	zone  *time.Location
	past  bool // a last day that is over is meant
	grace time.Duration
	deny  bool
	now   time.Time
}

// wants reads the flags, before anything is asked of anybody.
func (o leaverRun) wants(h *house) (leaving, error) {
	w := leaving{mode: plan.Mode(o.mode), at: o.at, past: o.now, deny: o.deny || h.config.Lifecycle.DenySessions, now: h.app.clock().Now()}
	if !slices.Contains(plan.Modes(), w.mode) {
		return w, usage("--mode is disable, revoke or delete, not %q", o.mode)
	}
	zone := o.zone
	if zone == "" {
		zone = h.config.Lifecycle.TimeZone
	}
	var err error
	if w.zone, err = lifecycle.Zone(zone); err != nil {
		return w, usage("--time-zone: %w", err)
	}
	grace := h.config.Lifecycle.Grace
	if o.grace != "" {
		if w.mode != plan.Delete {
			return w, usage("--grace belongs to --mode delete: nobody else is deleted")
		}
		if grace, err = config.LengthOf(o.grace); err != nil {
			return w, usage("--grace: %w", err)
		}
	}
	if w.mode == plan.Delete {
		w.grace = time.Duration(grace)
	}
	if o.from == "" {
		_, err = w.when(o.at)
	}
	return w, err
}

// when reads when somebody leaves; the zero time is at once.
func (w leaving) when(at string) (time.Time, error) {
	if at == "" {
		return time.Time{}, nil
	}
	due, err := lifecycle.LastDay(at, w.zone)
	switch {
	case err != nil:
		return due, usageError{err}
	case due.After(w.now):
		return due, nil
	case w.past:
		return time.Time{}, nil
	}
	return due, usage("the last day %s is over since %s; to put them out now, add --now", at, w.text(due))
}

// later is somebody who is put out at a time to come.
type later struct {
	user identity.User
	due  time.Time
}

// leavers finds the people a command means, by names or by the rows of a file,
// and when they leave. Whoever is known to be gone is only named; an unknown name
// is an error.
func (d *draft) leavers(ctx context.Context, names []string, file *rowFile, w leaving) (now []identity.User, after []later, gone []string, err error) {
	seen := map[identity.ID]bool{}
	find := func(name, at string) error {
		due, err := w.when(at)
		if err != nil {
			return err
		}
		u, err := d.directory.ResolveUser(ctx, name)
		switch {
		case fault.Is(err, fault.NotFound):
			gone = append(gone, name)
			return d.wasHere(ctx, name, err)
		case err != nil || seen[u.ID]:
			return err
		case due.IsZero():
			now = append(now, u)
		default:
			after = append(after, later{u, due})
		}
		seen[u.ID] = true
		return nil
	}
	if file != nil {
		err = leaverRows(ctx, file, w.at, find)
		return now, after, gone, err
	}
	for _, name := range names {
		if err := find(name, w.at); err != nil {
			return nil, nil, nil, err
		}
	}
	return now, after, gone, nil
}

// leaverFile reads who is put out, and when, from a file.
func (h *house) leaverFile(from string) (*rowFile, error) {
	f, err := h.app.readRows(from, "userName")
	if err != nil {
		return nil, err
	}
	for _, c := range f.columns {
		if c != "userName" && c != "at" {
			return nil, usage("%s:1: the columns of this file are userName and at, not %s", from, c)
		}
	}
	return f, nil
}

func leaverRows(ctx context.Context, f *rowFile, at string, find func(name, at string) error) error {
	dated := slices.Contains(f.columns, "at")
	for _, r := range f.rows {
		day := r.cells["at"]
		if day == "" {
			day = at
		}
		if dated && day == "" {
			f.complain(r, usage("at is empty; write a day, or add --at for all who have none"))
			continue
		}
		err := find(r.cells["userName"], day)
		if err != nil && (fault.KindOf(err).Temporary() || ctx.Err() != nil) {
			return err
		}
		if err != nil {
			f.complain(r, err)
		}
	}
	return f.complete()
}

// leaveLater sees to it that what is asked for can be planned, as it would be
// now, and may show that plan.
func (d *draft) leaveLater(ctx context.Context, all []later, w leaving, reason string, show bool) error {
	would, err := d.house.desk(d.directory).Begin(ctx, d.house.app.actor())
	if err != nil {
		return err
	}
	would.Deny = d.Deny
	preview := &draft{Draft: would, house: d.house, directory: d.directory, plan: would.Plan}
	users := make([]identity.User, len(all))
	for i, l := range all {
		users[i] = l.user
	}
	if err := preview.leaveWithGrace(ctx, users, w.mode, w.grace, reason); err != nil {
		return err
	}
	if !show || preview.plan.Empty() {
		return nil
	}
	if err := preview.Finish(ctx, "put out "+some(leaverNames(users))+" ("+string(w.mode)+") later"); err != nil {
		return err
	}
	return d.house.showNew(ctx, preview.plan, true, false)
}

// askLater writes down who leaves at a time to come.
func (d *draft) askLater(ctx context.Context, all []later, w leaving, o leaverRun) error {
	if len(all) == 0 {
		return nil
	}
	a := d.house.app
	if o.dryRun {
		return d.sayLater(nil, all, w, o)
	}
	if !o.yes {
		users := make([]identity.User, len(all))
		for i, l := range all {
			users[i] = l.user
		}
		if err := a.ask("Put out " + some(leaverNames(users)) + " (" + o.mode + ") later?"); err != nil {
			return err
		}
	}
	for _, l := range all {
		req, err := d.leaverRequest(ctx, l.user, w.mode, w.grace)
		if err != nil {
			return err
		}
		req.DenySessions = w.deny
		f, err := d.house.askFlow(ctx, lifecycle.FlowLeaver, req, l.due, o.reason)
		if err != nil {
			return err
		}
		say(a.err, "%s is put out (%s) at %s: flow %d.", l.user.UserName, w.mode, w.text(l.due), f.Number)
	}
	say(a.err, "rollcall serve carries out what is due; by hand: rollcall flow run.")
	return nil
}

// sayLater says for --dry-run what would be written down.
func (d *draft) sayLater(now []identity.User, all []later, w leaving, o leaverRun) error {
	if !o.dryRun {
		return nil
	}
	for _, l := range all {
		say(d.house.app.err, "Would put out %s (%s) at %s.", l.user.UserName, w.mode, w.text(l.due))
	}
	for _, u := range now {
		if w.grace > 0 {
			say(d.house.app.err, "Would delete %s at %s.", u.UserName, w.text(w.now.Add(w.grace)))
		}
	}
	return nil
}

// text is a moment where the person is.
func (w leaving) text(at time.Time) string { return at.In(w.zone).Format("2006-01-02 15:04 MST") }

// askDeletions writes down that people are deleted when their grace period is
// over. It comes before they are put out: whoever is disabled and forgotten
// would stay. One that waits already keeps its date unless a period is given.
func (d *draft) askDeletions(ctx context.Context, users []identity.User, w leaving, o leaverRun) error {
	if w.grace <= 0 {
		return nil
	}
	for _, u := range users {
		req, err := d.leaverRequest(ctx, u, plan.Delete, 0)
		if err != nil {
			return err
		}
		f, err := d.house.askDeletion(ctx, req, w.now.Add(w.grace), o.reason, o.grace != "")
		if err != nil {
			return err
		}
		say(d.house.app.err, "%s is deleted at %s: flow %d.", u.UserName, w.text(f.Due), f.Number)
	}
	return nil
}
