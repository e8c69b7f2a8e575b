package cli

import (
	"context"
	"errors"
	"time"

	"rollcall/apply"
	"rollcall/fault"
)

// dryAgain is how long a rehearsed watch waits for a source that does not
// answer.
const dryAgain = 5 * time.Second

// rehearse follows the source of a sync and shows the plan of every change. It
// writes nothing to the directory.
func (h *house) rehearse(ctx context.Context, name string) error {
	s, err := h.sync(name)
	if err != nil {
		return err
	}
	src, err := h.source(s.Source)
	if err != nil {
		return err
	}
	for {
		live, err := src.Follow(ctx)
		if err != nil {
			return sourceError{err}
		}
		say(h.app.err, "Following source %s. Ctrl-C stops it.", s.Source)
		for _, caveat := range live.Caveats() {
			say(h.app.err, "  note: %s", caveat)
		}
		for err == nil || fault.Is(err, fault.Unavailable) {
			if err == nil {
				h.live = live.Snapshot()
				err = h.showLive(ctx, name)
			} else {
				say(h.app.err, "Trying again: %s", err)
				wait(ctx, dryAgain)
				err = nil
			}
			if err == nil {
				_, err = live.Next(ctx)
			}
		}
		live.Close()
		if ctx.Err() != nil {
			return nil //nolint:nilerr // somebody has stopped it
		}
		if !fault.Is(err, fault.Stale) {
			return err
		}
		say(h.app.err, "Reading everything again: %s", err)
	}
}

// showLive shows what would be done now.
func (h *house) showLive(ctx context.Context, name string) error {
	p, err := h.planSync(ctx, name)
	if err != nil {
		return err
	}
	if err = h.showNew(ctx, p.Plan, false, false); errors.As(err, new(*apply.BrakedError)) {
		return nil // it says so itself, and the next change may lift it
	}
	return err
}

func wait(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}
