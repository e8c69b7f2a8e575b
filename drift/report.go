package drift

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"rollcall/work"
)

// report logs and tells what was found, and asks the syncs to run that own it.
// What is told of a sync once is not told again until it has been in line.
func (l *Listener) report(ctx context.Context, all []heard) error {
	found := map[string][]Finding{} // by sync
	why := map[string]string{}
	for i := range all {
		h := &all[i]
		for _, f := range h.findings {
			found[f.Sync] = append(found[f.Sync], f)
			l.Log.Warn("somebody else has changed what a source owns", "sync", f.Sync, "object", string(f.Kind)+" "+string(f.Object),
				"fields", strings.Join(f.Fields, " "), "by", f.By, "event", f.Event, "event_id", h.event.ID, "event_time", h.event.At)
		}
		if h.outcome == Unclear {
			l.Log.Info("an event does not say what has changed; the sync looks at everything", "syncs", strings.Join(h.ask, " "), "by", h.event.By,
				"event", h.event.Name, "event_id", h.event.ID, "event_time", h.event.At)
		}
		for _, sync := range h.ask {
			why[sync] = "changed by others (" + h.event.Name + ")"
		}
	}
	if len(why) == 0 {
		return nil
	}
	notices, err := l.notices(ctx, found)
	if err != nil {
		return err
	}
	if err := l.Tell(ctx, notices); err != nil {
		return err
	}
	return l.ask(ctx, why)
}

// ask asks syncs to run, but none that a person has paused.
func (l *Listener) ask(ctx context.Context, why map[string]string) error {
	entries, err := l.Book.Entries(ctx)
	if err != nil {
		return err
	}
	for _, sync := range slices.Sorted(maps.Keys(why)) {
		if e := entries[sync]; !e.Paused.IsZero() {
			l.Log.Warn("the sync is paused, so that nothing is put right", "sync", sync, "paused_by", e.PausedBy)
			continue
		}
		if err := l.Book.Ask(ctx, sync, l.Clock.Now(), why[sync], Actor); err != nil {
			return err
		}
	}
	return nil
}

// mostShown is how many objects a notice names before it counts the rest.
const mostShown = 10

func (l *Listener) notices(ctx context.Context, found map[string][]Finding) ([]work.Notice, error) {
	if len(found) == 0 {
		return nil, nil
	}
	accepted, err := l.Accepted(ctx)
	if err != nil {
		return nil, err
	}
	var all []work.Notice
	for _, sync := range slices.Sorted(maps.Keys(found)) {
		since := int64(0)
		if at := accepted[sync]; !at.IsZero() {
			since = at.UnixMilli()
		}
		all = append(all, work.Notice{
			Cause: fmt.Sprintf("%s/%s/%d", work.DriftFound, sync, since), Kind: work.DriftFound, At: l.Clock.Now(), Sync: sync, Directory: l.Directory.Name(),
			Title: fmt.Sprintf("Somebody else has changed what sync %s owns in directory %s", sync, l.Directory.Name()),
			Text:  text(found[sync]) + "\nThe sync runs next, unless it is paused. What differs, and how: rollcall drift " + sync,
		})
	}
	return all, nil
}

// text says what was found without anybody's data.
func text(found []Finding) string {
	var lines []string
	for _, f := range found[:min(len(found), mostShown)] {
		lines = append(lines, fmt.Sprintf("%s %s: %s (%s by %s)", f.Kind, f.Object, strings.Join(f.Fields, ", "), f.Event, f.By))
	}
	if more := len(found) - mostShown; more > 0 {
		lines = append(lines, fmt.Sprintf("and %d more", more))
	}
	return strings.Join(lines, "\n")
}
