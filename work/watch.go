package work

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"rollcall/fault"
	"rollcall/plan"
)

// Watch says how a sync is watched: beside its schedule it is run whenever its
// source says that something has changed.
type Watch struct {
	// Full is how often everything is read again, though the source has told of
	// every change. That must find nothing to do.
	Full time.Duration
}

// Feed is a source that is followed. It is for one goroutine.
type Feed interface {
	// Next waits until something has changed, and says in a few words what, or,
	// with none, until the source answers again after it did not. It
	// fails with fault.Unavailable where it can be called again after a while,
	// and otherwise where the source has to be read whole.
	Next(ctx context.Context) (string, error)
	// Due is when a date passes next that changes something by itself: the
	// first after a moment, zero if there is none.
	Due(after time.Time) time.Time
	Close()
}

// WatchActor is who runs a sync because its source has changed. Whoever plans
// for it may take the feed for what the source holds.
var WatchActor = plan.Actor{Name: "watch", Door: "work"}

const (
	watchAgain = 2 * time.Second // how often a replica looks whether it is to watch
	laneAgain  = 500 * time.Millisecond
	quietAfter = 10 * time.Minute // after so long without a doubt, the next one is the first
)

// StartWatches begins to watch every sync that is to be watched, here or, as
// long as another replica does, not at all. [Service.Stop] ends it.
func (s *Service) StartWatches() {
	for _, one := range s.Syncs {
		if one.Watch != nil && s.Follow != nil {
			s.background(func(ctx context.Context) { s.watch(ctx, one) })
		}
	}
}

// watch watches a sync whenever nobody else does.
func (s *Service) watch(ctx context.Context, one Sync) {
	for ctx.Err() == nil {
		epoch, err := s.takeWatch(ctx, one.Name)
		if err != nil && ctx.Err() == nil {
			s.Log.Error("cannot tell who watches; trying again", "sync", one.Name, "err", err)
		}
		if epoch > 0 {
			s.watchHere(ctx, one, epoch)
			continue
		}
		s.sleep(ctx, watchAgain)
	}
}

func (s *Service) sleep(ctx context.Context, d time.Duration) {
	select {
	case <-s.Clock.After(d):
	case <-ctx.Done():
	}
}

// watchHere watches a sync until ctx ends or the watch is lost.
func (s *Service) watchHere(outer context.Context, one Sync, epoch int64) {
	ctx, lost := context.WithCancel(outer)
	kept := make(chan struct{})
	go func() { defer close(kept); s.keepWatch(ctx, one.Name, epoch, lost) }()
	defer func() { lost(); <-kept; s.leaveWatch(one.Name, epoch) }()
	w := &watch{Service: s, sync: one, log: s.Log.With("sync", one.Name)}
	w.log.Info("watch begins")
	defer w.log.Info("watch ends")
	why, doubts := "the watch begins", int64(0)
	for ctx.Err() == nil {
		began := s.Clock.Now()
		err := w.follow(ctx, why)
		if ctx.Err() != nil {
			return
		}
		if err == nil {
			why, doubts = fmt.Sprintf("everything is read again every %s", plainDuration(one.Watch.Full)), 0
			continue
		}
		if s.Clock.Now().Sub(began) > quietAfter {
			doubts = 0
		}
		why = "everything is read again"
		w.log.Warn("source is not followed any more; it is read whole", "err", err)
		if doubts++; doubts > 1 {
			s.sleep(ctx, againAfter(doubts-1))
		}
	}
}

// watch is one sync that is watched here.
type watch struct {
	*Service
	sync Sync
	log  *slog.Logger

	todo  string    // why the sync is to be run; empty: it is not
	at    time.Time // and not before
	bad   int64     // runs in a row that did not end well
	asOf  time.Time // when dates were looked at last
	cuts  int64     // failures in a row to reach the source
	whole bool      // the next run is the first since everything was read again as planned
}

// follow reads the source whole and follows it. It returns nil when it is time
// to read everything again, and otherwise why that has to be done.
func (w *watch) follow(ctx context.Context, why string) error {
	feed, err := w.Follow(ctx, w.sync.Name)
	if err != nil {
		// The sync is run as if nobody watched: whoever is told of failures
		// hears of this one, and a source that tells nothing is read all the same.
		_, _ = w.live(ctx, "it cannot be followed", Actor)
		return err
	}
	defer feed.Close()
	again := w.Clock.Now().Add(w.sync.Watch.Full)
	w.todo, w.at, w.bad = why, time.Time{}, 0
	for ctx.Err() == nil {
		w.attend(ctx)
		var due date
		if w.todo == "" { // or else dates are looked at anyway
			due = w.due(ctx, feed)
		}
		what, late, err := w.next(ctx, feed, w.until(again, due.at))
		if err == nil && !late && w.cuts > 0 {
			w.cuts = 0
			w.log.Info("source answers again")
		}
		now := w.Clock.Now()
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case fault.Is(err, fault.Unavailable):
			w.cuts++
			w.log.Warn("source does not answer; trying again", "err", err)
			w.Service.sleep(ctx, min(time.Second<<min(w.cuts-1, 10), time.Minute))
			continue
		case err != nil:
			return err
		case what != "":
			w.todo, w.at, w.bad = "live: "+what, time.Time{}, 0
		case !now.Before(again):
			w.whole = true
			return nil
		case due.passed(now):
			w.todo, w.at = due.why, time.Time{}
		}
	}
	return ctx.Err()
}

// date is one that changes something by itself; zero is none.
type date struct {
	at  time.Time
	why string
}

func (d date) passed(now time.Time) bool { return !d.at.IsZero() && !now.Before(d.at) }

// due is the next date after those that were looked at.
func (w *watch) due(ctx context.Context, feed Feed) date {
	next := date{feed.Due(w.asOf), "live: a date has passed"}
	if w.sync.Grace <= 0 {
		return next
	}
	end, err := w.Baselines.NextEnd(ctx, w.sync.Name, w.sync.Grace, w.asOf)
	if err != nil && ctx.Err() == nil {
		w.log.Error("cannot tell when grace periods end", "err", err)
	}
	if !end.IsZero() && (next.at.IsZero() || end.Before(next.at)) {
		next = date{end, "live: a grace period has ended"}
	}
	return next
}

// until is when the next thing is to be done by itself.
func (w *watch) until(again, due time.Time) time.Time {
	until := again
	if !due.IsZero() && due.Before(until) {
		until = due
	}
	if w.todo != "" && w.at.Before(until) {
		until = w.at
	}
	return until
}

// next waits for a change; it is late if there was none until then.
func (w *watch) next(ctx context.Context, feed Feed, until time.Time) (what string, late bool, err error) {
	waiting, end := context.WithCancel(ctx)
	defer end()
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		select {
		case <-w.Clock.After(until.Sub(w.Clock.Now())):
			end()
		case <-waiting.Done():
		}
	}()
	what, err = feed.Next(waiting)
	late = waiting.Err() != nil
	end()
	<-ended
	if err != nil && late && ctx.Err() == nil {
		return "", true, nil // which is no failure
	}
	return what, late && err != nil, err
}

// attend runs the sync if there is a reason to, and now is the time.
func (w *watch) attend(ctx context.Context) {
	now := w.Clock.Now()
	if w.todo == "" || now.Before(w.at) {
		return
	}
	entries, err := w.Entries(ctx)
	if err == nil && !entries[w.sync.Name].Paused.IsZero() {
		w.at = now.Add(watchAgain)
		return
	}
	a, err := w.live(ctx, w.todo, WatchActor)
	switch {
	case ctx.Err() != nil:
		return
	case err != nil, a != nil && !a.Status.Good() && a.Status != Braked:
		w.bad++
		w.at = w.Clock.Now().Add(againAfter(w.bad))
		if err != nil {
			w.log.Warn("sync not run; trying again", "err", err)
		}
		return
	}
	w.asOf, w.todo, w.bad = now, "", 0
	if w.whole && a != nil {
		w.report(a)
	}
	w.whole = false
}

// report says what a read of everything has found that should have been live.
func (w *watch) report(a *Attempt) {
	if a.Changes == 0 {
		w.log.Info("everything was read again, and nothing was to be done")
	} else {
		w.log.Warn("everything was read again, and something was to be done that the source had not told", "changes", a.Changes, "attempt", a.Number)
	}
	if w.Watcher != nil {
		w.Watcher.Found(w.sync.Name, a.Changes)
	}
}

// live runs the sync here and now, after whatever is at its target. The attempt
// is nil if another replica has done it.
func (w *watch) live(ctx context.Context, why string, by plan.Actor) (*Attempt, error) {
	s, one := w.Service, w.sync
	now := s.Clock.Now()
	if _, err := s.due(ctx, now); err != nil { // a sync that is new is written down
		return nil, err
	}
	if err := s.Ask(ctx, one.Name, now, why, by); err != nil {
		return nil, err
	}
	for ctx.Err() == nil {
		a, err := s.claim(ctx, one)
		if err != nil {
			return nil, err
		}
		if a != nil {
			s.attempt(ctx, a)
			return a, nil
		}
		waiting, err := s.asked(ctx, s.Clock.Now())
		if err != nil || !waiting[one.Name] {
			return nil, err
		}
		s.sleep(ctx, laneAgain)
	}
	return nil, ctx.Err()
}
