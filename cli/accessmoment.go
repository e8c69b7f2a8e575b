package cli

import (
	"context"
	"encoding/json"
	"os"
	"strings"
	"time"

	"rollcall/access"
	"rollcall/config"
	"rollcall/fault"
	"rollcall/journal"
)

// moments reads the sides of a difference. What two of them have in common is
// read once.
type moments struct {
	house   *house
	reading reading
	look    *look
	now     *access.Graph // of the directory that the command means
}

// side is one side of a difference: a directory by its name, a moment, or a file.
func (m *moments) side(ctx context.Context, ref string) (*access.Graph, error) {
	h := m.house
	if _, known := h.config.Directories[ref]; known {
		l, err := h.look(ctx, ref, m.reading)
		if err != nil {
			return nil, err
		}
		return l.read(ctx, access.Scope{})
	}
	at, is, err := h.momentNamed(ctx, ref)
	switch {
	case err != nil:
		return nil, err
	case is:
		return m.asOf(ctx, at)
	}
	text, err := os.ReadFile(ref)
	if err != nil {
		return nil, usage("%q is no time, no run, no directory (%s), and no file that can be read: %w", ref, names(h.config.Directories), err)
	}
	var f access.Facts
	if err := json.Unmarshal(text, &f); err != nil || f.Store == "" {
		return nil, usage("%s was not written by rollcall access save", ref)
	}
	return access.New(&f), nil
}

// momentNamed reads a time or a run; the zero time is now. It reports false for
// what is neither.
func (h *house) momentNamed(ctx context.Context, ref string) (at time.Time, is bool, err error) {
	now := h.app.clock().Now()
	if ref == "now" {
		return time.Time{}, true, nil
	}
	if span, relative := strings.CutPrefix(ref, "now"); relative {
		at, is = ago(span, now)
	}
	if !is {
		at, err = moment("", ref)
		is = err == nil && ref != ""
	}
	if is {
		if at.After(now) {
			return at, true, usage("%s is to come; nobody knows how it will be", ref)
		}
		return at, true, nil
	}
	return h.runMoment(ctx, ref)
}

// runMoment is when a run had ended, or began.
func (h *house) runMoment(ctx context.Context, ref string) (at time.Time, is bool, err error) {
	id, before := strings.CutPrefix(ref, "before:")
	if !before && !strings.HasPrefix(id, "r-") {
		return at, false, nil
	}
	r, err := h.journal.Run(ctx, id)
	switch own := h.directoryName(""); {
	case err != nil:
		return at, true, hinted(err, "rollcall run list shows the runs")
	case r.Target != own:
		return at, true, usage("run %s was one of directory %s; name that one: --directory %s", r.ID, r.Target, r.Target)
	case before:
		return r.Started, true, nil
	case r.Ended.IsZero():
		return at, true, fault.Text(fault.Conflict, "look back", "run "+r.ID, "it has not ended; rollcall run resume goes on with it")
	}
	return r.Ended.Add(time.Millisecond - time.Microsecond), true, nil // to the end of the millisecond that is kept
}

// asOf is how the directory was; the zero time is now.
func (m *moments) asOf(ctx context.Context, at time.Time) (*access.Graph, error) {
	if m.look == nil {
		l, err := m.house.look(ctx, "", m.reading)
		if err != nil {
			return nil, err
		}
		if err := l.noOlderThanJournal(ctx); err != nil {
			return nil, err
		}
		begun := m.house.app.clock().Now()
		g, err := l.read(ctx, access.Scope{})
		if err != nil {
			return nil, err
		}
		m.look, m.now = l, g
		if l.embedded() { // others may have written while it was read
			if m.now, err = m.before(ctx, begun); err != nil {
				return nil, err
			}
		}
	}
	if at.IsZero() {
		return m.now, nil
	}
	return m.before(ctx, at)
}

// embedded reports whether the directory keeps a log of all that is done to it.
func (l *look) embedded() bool {
	return l.house.config.Directories[l.directory.Name()].Kind == config.KindEmbedded
}

// noOlderThanJournal has everything read anew that was kept before the last change
// that the journal knows: what is taken back must be there.
func (l *look) noOlderThanJournal(ctx context.Context) error {
	if l.reader.Cache == nil {
		return nil
	}
	last := journal.Filter{Types: []journal.Type{journal.TypeOutcome, journal.TypeObservation}, Newest: true}
	for e, err := range l.house.journal.Entries(ctx, l.directory.Name(), last) {
		if err == nil {
			l.reader.MaxAge = min(l.reader.MaxAge, l.house.app.clock().Now().Sub(e.At)-time.Millisecond)
		}
		return err
	}
	return nil
}

// before takes what was read back to a moment.
func (m *moments) before(ctx context.Context, at time.Time) (*access.Graph, error) {
	facts := m.now.Facts()
	if m.look.embedded() {
		past, err := m.look.reader.Since(ctx, at)
		if err != nil {
			return nil, err
		}
		return access.New(facts.Before(past)), nil
	}
	past, err := access.SinceByJournal(ctx, m.house.journal, facts, at)
	if err != nil {
		return nil, err
	}
	say(m.house.app.err, "As of %s by the journal: what others gave or took in Identity Center since is not taken back.", clock(at))
	if some := past.UnknownIn(facts); len(some) > 0 {
		say(m.house.app.err, "How they were then is not known, and taken to be as now: %s", strings.Join(some, ", "))
	}
	return access.New(facts.Before(past)), nil
}
