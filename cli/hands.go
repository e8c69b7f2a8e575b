package cli

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"maps"
	"runtime/debug"
	"slices"
	"sync"

	"rollcall/apply"
	"rollcall/config"
	"rollcall/journal"
	"rollcall/plan"
	"rollcall/reconcile"
	"rollcall/telemetry"
	"rollcall/work"
)

// hands do the work of the service as the commands do, each time in a house of
// its own: with the configuration that the service began with, and with what a
// command would say to people in the log.
type hands struct {
	app    *app
	config *config.Config
	log    *slog.Logger
	// screen is where a command of a person says what happens; nil is the log.
	screen io.Writer
	// house is told of each house that is opened; it may be nil.
	house func(*house)
	// followed are the sources that are followed here.
	followed followed
}

// in opens a house for one attempt.
func (w *hands) in(ctx context.Context, by plan.Actor, log *slog.Logger, sync string, fn func(ctx context.Context, h *house) error) (err error) {
	ctx, end := w.app.tracing.Root(ctx, "sync", "rollcall.sync", sync)
	defer func() { end(err) }()
	log = log.With("sync", sync, "trace_id", telemetry.TraceID(ctx))
	own := *w.app
	own.as, own.out = &by, io.Discard
	lines := &logLines{log: log}
	own.err = lines
	defer lines.flush()
	if w.screen != nil {
		own.err = w.screen
	}
	h, err := own.openWith(ctx, w.config)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.close()) }()
	if w.house != nil {
		w.house(h)
	}
	return fn(ctx, h)
}

// Sync plans a sync and carries the plan out.
func (w *hands) Sync(ctx context.Context, name string, by plan.Actor, planned func(*plan.Plan) error) (r *apply.Result, err error) {
	err = w.in(ctx, by, w.log, name, func(ctx context.Context, h *house) error {
		s, err := h.sync(name)
		if err != nil {
			return err
		}
		if err := h.finishInterrupted(ctx, s.Directory); err != nil {
			return err
		}
		p, left, err := w.plan(ctx, h, name, s.Directory, by)
		if p == nil || !p.part {
			defer w.tidy()
		}
		if err != nil {
			return err
		}
		if err := planned(p.Plan); err != nil {
			return err
		}
		w.warnOf(p.Plan)
		if p.Empty() && !p.Braked() {
			return h.leave(ctx, &w.followed, left, p, nil)
		}
		d, err := h.directory(ctx, p.Directory)
		if err != nil {
			return err
		}
		o := apply.Options{Actor: by, Fresh: true}
		if !p.left { // which says nothing about what others have done
			o.Read = p.input.Current
		}
		if r, err = h.executor(d).Run(ctx, p.Plan, o); err != nil {
			return err
		}
		if err := h.leave(ctx, &w.followed, left, p, r); err != nil {
			return err
		}
		return h.accept(ctx, p.Plan, r, false)
	})
	return r, err
}

// warnOf says in the log how many objects a plan leaves as they are until a
// person has looked at them. Who they are is not for a log.
func (w *hands) warnOf(p *plan.Plan) {
	counts := map[string]int{}
	for _, a := range p.Attention {
		if a.Situation == string(reconcile.Ambiguous) || a.Situation == "invalid" || a.Situation == "taken" {
			counts[a.Situation]++
		}
	}
	for _, situation := range slices.Sorted(maps.Keys(counts)) {
		w.log.Warn("left as it is until somebody looks at it", "sync", p.Sync, "situation", situation, "objects", counts[situation],
			"see", "rollcall sync run "+p.Sync+" --dry-run")
	}
}

// tidy lets go of what a plan took. What is followed stays, and a roomy heap
// would be three times that.
func (w *hands) tidy() {
	if w.followed.any() {
		debug.FreeOSMemory()
	} else {
		collectGarbageAt(roomyGC)
	}
}

// plan plans a sync: from what is followed if that is why it is run.
func (w *hands) plan(ctx context.Context, h *house, name, target string, by plan.Actor) (*planned, *kept, error) {
	if by == work.WatchActor && w.followed.of(name) != nil {
		return h.planLive(ctx, &w.followed, name, target)
	}
	p, err := h.planSync(ctx, name)
	return p, nil, err
}

// Resume goes on with a run that nobody is at.
func (w *hands) Resume(ctx context.Context, run journal.RunInfo) (r *apply.Result, err error) {
	err = w.in(ctx, run.Actor, w.log.With("run_id", run.ID), run.Sync, func(ctx context.Context, h *house) error {
		p, err := h.storedPlan(ctx, run.Plan)
		if err != nil {
			return err
		}
		d, err := h.directory(ctx, run.Target)
		if err != nil {
			return err
		}
		if r, err = h.executor(d).Resume(ctx, run.ID); err != nil {
			return err
		}
		return errors.Join(h.accept(ctx, p, r, run.Override != ""), notOut(h.proveResumed(ctx, p, run.ID, "")))
	})
	return r, err
}

// logLines makes a log of what is said, a line each.
type logLines struct {
	log  *slog.Logger
	mu   sync.Mutex
	rest []byte
}

// Write logs the lines that are whole.
func (l *logLines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.rest = append(l.rest, p...)
	for {
		line, rest, whole := bytes.Cut(l.rest, []byte("\n"))
		if !whole {
			return len(p), nil
		}
		l.say(line)
		l.rest = rest
	}
}

// flush logs what has no end.
func (l *logLines) flush() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.say(l.rest)
	l.rest = nil
}

func (l *logLines) say(line []byte) {
	if text := string(bytes.TrimSpace(line)); text != "" {
		l.log.Info(text)
	}
}
