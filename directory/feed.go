package directory

import (
	"context"
	"time"
)

// clockSlack is how far the clocks of processes that write to one store may be
// apart: so much earlier a search by time begins.
const clockSlack = time.Minute

// EventBefore returns a number such that every event at t or later comes after
// it, and few others do: where to begin reading what happened since. It asks
// for a few dozen events, however long the log is. Events are in the order of
// their commits, which is that of their times but for a minute; fault.Unsupported
// if the directory keeps no log.
func (d *Directory) EventBefore(ctx context.Context, t time.Time) (int64, error) {
	t = t.Add(-clockSlack)
	// Every event up to early is before t. The first after late is not, or
	// there is none.
	var early, late int64
	for step := int64(1); ; step *= 2 {
		next, is, err := d.isBefore(ctx, late, t)
		if err != nil {
			return 0, err
		}
		if !is {
			break
		}
		early, late = next, next+step
	}
	for early < late {
		middle := early + (late-early)/2
		next, is, err := d.isBefore(ctx, middle, t)
		if err != nil {
			return 0, err
		}
		if is {
			early = min(next, late)
		} else {
			late = middle
		}
	}
	return early, nil
}

// isBefore reports whether there is an event after the one numbered after and
// the first of them is before t; next is its number.
func (d *Directory) isBefore(ctx context.Context, after int64, t time.Time) (next int64, is bool, err error) {
	found, err := d.Events(ctx, after, 1)
	if err != nil || len(found) == 0 {
		return 0, false, err
	}
	return found[0].Number, found[0].At.Before(t), nil
}
