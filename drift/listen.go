package drift

import (
	"context"
	"time"

	"rollcall/cloudtrail"
	"rollcall/fault"
)

const (
	firstPause = time.Second
	mostPause  = time.Minute
	// sayAgain is how often a failure that lasts is logged.
	sayAgain = 10 * time.Minute

	firstLater = 10 * time.Second
	mostLater  = 15 * time.Minute
)

// Run acts on what comes until ctx ends. A queue that cannot be read is tried
// again for ever, and logged when that begins, changes or goes on.
func (l *Listener) Run(ctx context.Context) {
	pause, said, kind := firstPause, time.Time{}, fault.Kind(0)
	for ctx.Err() == nil {
		batch, err := l.Queue.Receive(ctx)
		if err == nil {
			if !said.IsZero() {
				l.Log.Info("events are heard again")
			}
			pause, said = firstPause, time.Time{}
			l.Act(ctx, batch)
			continue
		}
		if ctx.Err() != nil {
			return
		}
		now := l.Clock.Now()
		if k := fault.KindOf(err); said.IsZero() || k != kind || now.Sub(said) >= sayAgain {
			said, kind = now, k
			l.Log.Error("events cannot be heard; changes by others are noticed by full runs alone", "err", err)
		}
		select {
		case <-ctx.Done():
		case <-l.Clock.After(max(pause, fault.RetryAfter(err))):
		}
		pause = min(2*pause, mostPause)
	}
}

// heard is a message and what became of it.
type heard struct {
	Message
	event    cloudtrail.Heard
	outcome  Outcome
	findings []Finding
	ask      []string // syncs
}

// Act deals with a batch of messages: looks, tells, asks, and only then deletes.
func (l *Listener) Act(ctx context.Context, batch []Message) {
	l.looked = map[cloudtrail.Object]Outcome{}
	all := make([]heard, 0, len(batch))
	for _, m := range batch {
		h := heard{Message: m}
		l.look(ctx, &h)
		all = append(all, h)
		if h.outcome != Failed && h.outcome != Postponed && h.outcome != Garbage {
			l.seen.add(h.event.ID) // the next of the batch may be the same
		}
	}
	err := l.report(ctx, all)
	if err != nil {
		l.Log.Error("drift cannot be reported; its events come again", "err", err)
	}
	for i := range all {
		h := &all[i]
		if err != nil && len(h.ask) > 0 {
			h.outcome = Failed
			l.seen.forget(h.event.ID)
		}
		l.finish(ctx, h)
	}
}

// forget lets an event be dealt with again.
func (r *recent) forget(id string) { delete(r.known, id) }

// finish deletes what was dealt with, and gives back what was not.
func (l *Listener) finish(ctx context.Context, h *heard) {
	l.Count(h.outcome)
	var err error
	switch h.outcome {
	case Garbage: // the queue's owner says how often it comes again, and where it goes then
	case Failed, Postponed:
		err = l.Queue.Later(ctx, h.Message, later(h.Times))
	default:
		err = l.Queue.Delete(ctx, h.Message)
	}
	if err != nil && ctx.Err() == nil {
		l.Log.Warn("message not settled; it comes again", "message", h.ID, "outcome", string(h.outcome), "err", err)
	}
}

// later is after how long a message is to come again.
func later(times int) time.Duration {
	return min(firstLater<<min(max(times-1, 0), 10), mostLater)
}

// look finds out what an event means.
func (l *Listener) look(ctx context.Context, h *heard) {
	event, err := cloudtrail.Hear(h.Body)
	if err != nil {
		h.outcome = Garbage
		l.Log.Warn("a message is no event; it is left to the queue", "message", h.ID, "times", h.Times, "err", err)
		return
	}
	h.event = event
	if h.outcome, err = l.mean(ctx, h); err != nil {
		h.outcome, h.findings, h.ask = Failed, nil, nil
		l.Log.Warn("what an event is about cannot be read; it comes again", "event", event.ID, "name", event.Name, "err", err)
	}
}
