package cli

import (
	"context"
	"errors"
	"fmt"
	"time"

	"rollcall/apply"
	"rollcall/directory"
	"rollcall/fault"
	"rollcall/journal"
	"rollcall/plan"
	"rollcall/reconcile"
	"rollcall/source"
)

// planned is a plan with the complete reads it was made from.
type planned struct {
	*plan.Plan
	input reconcile.Input
	left  bool             // the directory is as the last run left it, not as it was read
	part  bool             // only what has changed was looked at
	whole *reconcile.Whole // plans what changes next; nil where nobody will, or where it cannot
}

// bothSides are the sides of a sync, with all that planning looks at.
type bothSides struct {
	reconcile.Input
	snap *source.Snapshot
	by   reconcile.By
}

// planSync reads both sides of a sync whole and plans what differs. Where
// nothing does, what was read is accepted as it is.
func (h *house) planSync(ctx context.Context, name string) (*planned, error) {
	collectGarbageAt(leanGC)
	in, err := h.readSync(ctx, name)
	if err != nil {
		return nil, err
	}
	p := &planned{input: in.Input}
	access := h.accessOf(in.Settings.Directory)
	if h.live == nil {
		p.Plan, err = reconcile.PlanNoting(ctx, access, in.Input)
	} else {
		p.Plan, p.whole, err = reconcile.PlanWhole(ctx, access, in.Input, in.snap, in.by)
	}
	if err != nil {
		return nil, err
	}
	return p, h.settlePlan(ctx, p.Plan)
}

// settlePlan holds a plan against the rules. Where nothing is to be done, what
// was read is accepted as it is.
func (h *house) settlePlan(ctx context.Context, p *plan.Plan) error {
	if err := h.judged(ctx, p); err != nil {
		return err
	}
	if !p.Empty() || p.Braked() {
		return nil
	}
	return errors.Join(h.baselines.Accept(ctx, p.Sync, p.Basis.Read), h.approvals().Overtake(ctx, p.Directory, p.Sync, "", p.By))
}

// readSync reads both sides of a sync whole, and gathers all that planning
// looks at. A plan's time is that before the first read: whatever is written
// later is seen as written since.
func (h *house) readSync(ctx context.Context, name string) (*bothSides, error) {
	s, err := h.sync(name)
	if err != nil {
		return nil, err
	}
	m, err := s.Compile(h.app.clock().Now)
	if err != nil {
		return nil, err
	}
	d, err := h.directory(ctx, s.Directory)
	if err != nil {
		return nil, err
	}
	if h.live == nil { // or else it is said when it begins to be followed
		if err := h.meaning(ctx, d); err != nil {
			return nil, err
		}
	}
	made := h.app.clock().Now()
	snap, err := h.snapshot(ctx, name, s.Source)
	if err != nil {
		return nil, err
	}
	for _, w := range snap.Report.Warnings {
		say(h.app.err, "  note: %s", w)
	}
	wanted, err := reconcile.Want(ctx, snap, m, s.ManageGroups())
	if err != nil {
		return nil, err
	}
	by := reconcile.By{Mapping: m, Names: s.Names()}
	notes, err := wanted.Narrow(by.Names)
	if err != nil {
		return nil, err
	}
	for _, n := range notes {
		say(h.app.err, "  note: %s", n)
	}
	// Links are read first: what another run creates and links after that is
	// seen as new, never as linked and gone.
	known, err := h.known(ctx, d.Name())
	if err != nil {
		return nil, err
	}
	current, err := h.readDirectory(ctx, d, s.ManageGroups())
	if err != nil {
		return nil, err
	}
	in := reconcile.Input{
		Settings: reconcile.Settings{
			Sync: name, Directory: d.Name(), Table: s.Actions.Build(), Correlate: s.CorrelateKeys(), Issuer: s.Issuer,
			UserPaths: m.UserPaths(), GroupPaths: m.GroupPaths(), ManageGroups: s.ManageGroups(), Limits: s.Brakes.Limits(),
			Grace: time.Duration(s.Grace), Retention: time.Duration(s.Retention), Leavers: s.Leavers.Build(),
		},
		Wanted: wanted, Current: current, Known: known, Made: made, By: h.app.actor(),
	}
	in.Settings.Limits.Caller = h.app.actor().Name
	if err := h.recall(ctx, &in, snap); err != nil {
		return nil, err
	}
	return &bothSides{in, snap, by}, nil
}

// readDirectory reads a directory whole, unless it is known how it was left.
func (h *house) readDirectory(ctx context.Context, d *directory.Directory, withGroups bool) (*reconcile.Current, error) {
	if h.left != nil {
		say(h.app.err, "Directory %s as the last run left it: %s, %s.", d.Name(), count(len(h.left.Users), "user"), count(len(h.left.Groups), "group"))
		return h.left, nil
	}
	began := time.Now()
	current, err := reconcile.Read(ctx, d, withGroups)
	if err == nil {
		say(h.app.err, "Read directory %s: %s, %s, in %s.", d.Name(), count(len(current.Users), "user"), count(len(current.Groups), "group"), round(time.Since(began)))
	}
	return current, err
}

// contents says how much a snapshot holds: "250 people, 40 groups".
func contents(s *source.Snapshot) string {
	return amount(len(s.People), "person", "people") + ", " + count(len(s.Groups), "group")
}

// snapshot is what a source holds: as it is followed, for a sync that is run
// because of that, and otherwise as it is read now. A copy that lags behind
// what was accepted is not believed, and the source read.
func (h *house) snapshot(ctx context.Context, sync, name string) (*source.Snapshot, error) {
	if h.live != nil {
		before, err := h.baselines.Of(ctx, sync)
		if err != nil {
			return nil, err
		}
		older := ""
		if before != nil {
			older, _ = h.live.Report.Replica.Since(before.Replica)
		}
		if older == "" {
			return h.live, nil
		}
	}
	snap, err := h.readSource(ctx, name)
	if err != nil {
		return nil, err
	}
	say(h.app.err, "Read source %s: %s, in %s.", name, contents(snap), round(snap.Report.Elapsed))
	return snap, nil
}

// carryOutNew carries out a plan that was made just now.
func (h *house) carryOutNew(ctx context.Context, p *planned) error {
	return h.carryOut(ctx, p.Plan, apply.Options{Fresh: true, Read: p.input.Current})
}

func (h *house) known(ctx context.Context, directory string) (reconcile.Known, error) {
	links, err := h.links.Links(ctx, directory)
	if err != nil {
		return reconcile.Known{}, err
	}
	holds, err := h.links.Holds(ctx)
	return reconcile.Known{Links: links, Holds: holds}, err
}

// keepPlan stores a plan, so that it can be looked at and carried out later.
func (h *house) keepPlan(ctx context.Context, p *plan.Plan) (plan.ID, error) {
	file, _, err := plan.Encode(p)
	if err != nil {
		return "", err
	}
	return h.journal.SavePlan(ctx, file, p)
}

// carryOut carries a plan out and says what came of it.
func (h *house) carryOut(ctx context.Context, p *plan.Plan, o apply.Options) error {
	d, err := h.directory(ctx, p.Directory)
	if err != nil {
		return err
	}
	o.Actor = h.app.actor()
	r, err := h.executor(d).Run(ctx, p, o)
	if err != nil {
		return h.report(r, err)
	}
	return errors.Join(h.report(r, nil), h.accept(ctx, p, r, o.Override != ""))
}

// report says what a run came to, and turns what failed into the exit status.
func (h *house) report(r *apply.Result, err error) error {
	if err != nil {
		h.app.clearBar()
		if isHalf(err) && r != nil {
			h.reportRun(r)
			return err
		}
		if r != nil && r.Run != "" {
			say(h.app.err, "Stopped after %s. Go on with: rollcall run resume %s", count(total(r.Counts), "change"), r.Run)
		}
		return err
	}
	h.reportRun(r)
	return statusOf(r.Counts)
}

// reportRun says what a run that has ended came to.
func (h *house) reportRun(r *apply.Result) {
	for _, f := range r.Failures {
		say(h.app.err, "  %s: %s: %s", f.Result, f.Change.Sentence(), f.Text)
		for _, e := range f.Planned {
			say(h.app.err, "      %s: planned on %s, now %s", e.Path, plan.Text(e.Old), plan.Text(e.New))
		}
	}
	say(h.app.err, "Done in %s: %s made%s. Run %s, journal entry %d.",
		round(r.Elapsed), count(made(r.Counts), "change"), failedText(r.Counts), r.Run, r.Head.Seq)
}

func made(counts map[journal.Result]int) int {
	n := 0
	for result, count := range counts {
		if result.Made() {
			n += count
		}
	}
	return n
}

func total(counts map[journal.Result]int) int {
	n := 0
	for _, count := range counts {
		n += count
	}
	return n
}

func failedText(counts map[journal.Result]int) string {
	text := ""
	for _, result := range []journal.Result{journal.Partial, journal.Failed, journal.Stale, journal.Held, journal.Skipped} {
		if counts[result] > 0 {
			text += fmt.Sprintf(", %d %s", counts[result], result)
		}
	}
	return text
}

func statusOf(counts map[journal.Result]int) error {
	switch {
	case counts[journal.Stale] > 0:
		return quietError{exitStale}
	case made(counts) < total(counts), counts[journal.Partial] > 0:
		return quietError{exitPartial}
	}
	return nil
}

// invalidRecords returns exit status 3 for a sync that had to leave somebody
// out, when everything else went well.
func invalidRecords(p *plan.Plan, err error) error {
	if err != nil {
		return err
	}
	for _, a := range p.Attention {
		if a.Situation == "invalid" || a.Situation == "taken" {
			return quietError{exitPartial}
		}
	}
	return nil
}

// round makes a duration readable.
func round(d time.Duration) time.Duration {
	switch {
	case d > time.Second:
		return d.Round(10 * time.Millisecond)
	case d > time.Millisecond:
		return d.Round(100 * time.Microsecond)
	}
	return d.Round(time.Microsecond)
}

// readPlan finds a plan by its id, or in a file.
func (h *house) readPlan(ctx context.Context, ref string, file []byte) (*plan.Plan, error) {
	if file == nil {
		stored, err := h.journal.Plan(ctx, ref)
		if err != nil {
			return nil, err
		}
		if stored.Erased {
			return nil, fault.Text(fault.Stale, "read plan", stored.ID.Short(), "a person's data was erased from it; it can be read, and not carried out")
		}
		file = stored.File
	}
	return plan.Decode(file)
}
