package cli

import (
	"context"
	"sync"
	"time"

	"rollcall/config"
	"rollcall/mapping"
	"rollcall/source"
	"rollcall/work"
)

// followed are the sources that this process follows, as they are now.
type followed struct {
	mu        sync.Mutex
	snapshots map[string]*source.Snapshot // by sync
	kept      map[string]*kept            // by sync: the directory as the last live run left it
}

// of is what the source of a sync holds, nil if it is not followed here.
func (f *followed) of(sync string) *source.Snapshot {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.snapshots[sync]
}

// any reports whether anything is followed here.
func (f *followed) any() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.snapshots) > 0
}

// put keeps what the source of a sync holds; nil: nobody follows it any more.
func (f *followed) put(sync string, s *source.Snapshot) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.snapshots == nil {
		f.snapshots = map[string]*source.Snapshot{}
	}
	if s != nil {
		f.snapshots[sync] = s
		return
	}
	delete(f.snapshots, sync)
	delete(f.kept, sync) // everything is read again
}

// follow reads the source of a sync whole and follows it until ctx ends.
func (w *hands) follow(ctx context.Context, sync string) (work.Feed, error) {
	feed := &feed{hands: w, sync: sync}
	collectGarbageAt(leanGC)
	err := w.in(ctx, work.WatchActor, w.log, sync, func(_ context.Context, h *house) error {
		s, err := h.sync(sync)
		if err != nil {
			return err
		}
		src, err := h.source(s.Source)
		if err != nil {
			return err
		}
		// The context of the task ends with it; what is followed goes on.
		if feed.Live, err = src.Follow(ctx); err != nil {
			return sourceError{err}
		}
		snap := feed.Snapshot()
		say(h.app.err, "Following source %s: %s, read in %s.", s.Source, contents(snap), round(snap.Report.Elapsed))
		for _, caveat := range feed.Caveats() {
			w.log.Warn("the source does not show everything at once", "sync", sync, "source", s.Source, "why", caveat)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	w.followed.put(sync, feed.Snapshot())
	return feed, nil
}

// feed is the source of one sync.
type feed struct {
	*source.Live
	hands *hands
	sync  string
}

// Next waits for a change, and has it planned from then on.
func (f *feed) Next(ctx context.Context) (string, error) {
	what, err := f.Live.Next(ctx)
	if err == nil {
		f.hands.followed.put(f.sync, f.Snapshot())
	}
	return what, err
}

// Due is when somebody's account expires next.
func (f *feed) Due(after time.Time) time.Time {
	var due time.Time
	for i := range f.Snapshot().People {
		at, ends, err := mapping.Expires(f.Snapshot().People[i].Attributes.First("accountexpires"))
		if err == nil && ends && at.After(after) && (due.IsZero() || at.Before(due)) {
			due = at
		}
	}
	return due
}

// Close lets go of the source.
func (f *feed) Close() {
	f.hands.followed.put(f.sync, nil)
	f.Live.Close()
}

// watched are the syncs of the configuration that are to be watched.
func watched(c *config.Config) map[string]config.Sync {
	all := map[string]config.Sync{}
	for name, s := range c.Syncs {
		if !s.Watch.IsZero() {
			all[name] = s
		}
	}
	return all
}
