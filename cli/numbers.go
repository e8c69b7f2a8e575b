package cli

import (
	"context"
	"io"
	"strings"
	"time"

	"rollcall/access"
	"rollcall/awscall"
	"rollcall/journal"
	"rollcall/plan"
	"rollcall/telemetry"
	"rollcall/work"
)

// writeNumbers writes what Prometheus reads of a server that works. What it
// looks up are a few rows of each sync, however long the history is.
func (h *house) writeNumbers(ctx context.Context, w io.Writer) error {
	return h.app.metrics.Write(ctx, w, h.readings)
}

func (h *house) readings(ctx context.Context) ([]telemetry.Reading, error) {
	var all []telemetry.Reading
	add := func(g telemetry.Gauge, value float64, labels ...string) {
		all = append(all, telemetry.Reading{Gauge: g, Labels: labels, Value: value})
	}
	good, err := h.baselines.Accepted(ctx)
	if err != nil {
		return nil, err
	}
	entries, err := work.NewBook(h.state).Entries(ctx)
	if err != nil {
		return nil, err
	}
	seen := map[string]bool{}
	for name, s := range h.config.Syncs {
		if at, ever := good[name]; ever {
			add(telemetry.LastSuccess, seconds(at), name)
		}
		e, known := entries[name]
		if !known {
			continue
		}
		add(telemetry.Pending, float64(e.Numbers.Pending), name)
		for kind, states := range e.Numbers.Objects {
			for state, n := range states {
				add(telemetry.Objects, float64(n), name, kind, state)
			}
		}
		if !seen["source "+s.Source] { // two syncs may read one source
			for kind, n := range e.Numbers.Source {
				add(telemetry.Source, float64(n), s.Source, kind)
			}
		}
		seen["source "+s.Source] = true
	}
	if err := h.accessNumbers(ctx, add); err != nil {
		return nil, err
	}
	tokens, err := h.tokensInUse(ctx)
	for _, t := range tokens {
		if !seen["directory "+t.Directory] {
			add(telemetry.TokenExpiry, seconds(t.Expires), t.Directory)
		}
		seen["directory "+t.Directory] = true
	}
	return all, err
}

// accessNumbers adds what somebody has found out about assignments.
func (h *house) accessNumbers(ctx context.Context, add func(telemetry.Gauge, float64, ...string)) error {
	counted, err := access.NewTally(h.state).All(ctx)
	for name, c := range counted {
		if _, known := h.config.Directories[name]; !known {
			continue
		}
		if !c.Looked.IsZero() {
			add(telemetry.Orphans, float64(c.Orphans), name)
			add(telemetry.OrphansLooked, seconds(c.Looked), name)
		}
		if !c.SessionsUntil.IsZero() {
			add(telemetry.Residual, max(0, c.SessionsUntil.Sub(h.app.clock().Now()).Seconds()), name)
		}
	}
	return err
}

func seconds(t time.Time) float64 { return float64(t.UnixMilli()) / 1000 }

// watcher counts what the service does.
type watcher struct{ *telemetry.Metrics }

// Planned counts the brakes that a plan tripped.
func (w watcher) Planned(p *plan.Plan) {
	for _, b := range p.Brakes {
		w.Braked(b.Rule)
	}
}

// Attempted counts an attempt.
func (w watcher) Attempted(a work.Attempt) {
	if a.Sync != "" {
		w.Attempt(a.Sync, string(a.Status), a.Ended.Sub(a.Began))
	}
}

// Found counts what a watch should have told of.
func (w watcher) Found(sync string, changes int) { w.Missed(sync, changes) }

// countChange counts a change that is settled, and how long a leaver has waited
// for it.
func (h *house) countChange(p *plan.Plan, c plan.Change, result journal.Result) {
	object, action, _ := strings.Cut(string(c.Kind), ".")
	h.app.metrics.Change(object, action, string(result))
	if c.Kind == plan.UserDisable && p.Origin == plan.FromSync && result == journal.Done {
		h.app.metrics.Leaver(h.app.clock().Now().Sub(p.Made))
	}
}

// watched counts and traces the calls that a pace lets go.
func (a *app) watched(pace awscall.Pace) awscall.Pace {
	if a.metrics == nil {
		return pace
	}
	return func(ctx context.Context, c awscall.Call) (func(error), error) {
		done, err := pace(ctx, c)
		if err != nil {
			return nil, err
		}
		_, end := telemetry.CallSpan(ctx, string(c.Family)+"."+c.Operation,
			"rpc.system", "aws-api", "rpc.service", string(c.Family), "rpc.method", c.Operation)
		began := time.Now()
		return func(err error) {
			a.metrics.Call(string(c.Family), c.Operation, err, time.Since(began))
			end(err)
			if done != nil {
				done(err)
			}
		}, nil
	}
}
