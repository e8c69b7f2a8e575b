package assignment

import (
	"context"
	"time"

	"rollcall/fault"
	"rollcall/realtime"
)

// Pace is how a request is waited for. The zero value is right for AWS:
// Terraform asks first after ten seconds, then every five, for five minutes.
type Pace struct {
	First    time.Duration // before the first look; 0 is 10 s, less is at once
	Every    time.Duration // between two looks; 0 is 5 s
	Patience time.Duration // altogether; 0 is 5 min

	// Sleep waits, or returns the context's error; nil is the machine's own.
	Sleep func(ctx context.Context, d time.Duration) error
}

const (
	firstLook    = 10 * time.Second
	betweenLooks = 5 * time.Second
	patience     = 5 * time.Minute
)

// Wait reads a request until it has succeeded or failed, and returns it as it
// is then: a request that failed is an answer, not an error. It fails with
// fault.Unavailable when the patience is at an end or ctx is, and with what
// the reading fails with; the request goes on all the same.
func (i *Instance) Wait(ctx context.Context, work Work, id string, pace Pace) (Request, error) {
	pace = pace.filled()
	wait, left := max(pace.First, 0), pace.Patience
	for {
		if wait > left {
			return Request{}, fault.Text(fault.Unavailable, "wait for "+string(work), "request "+id, "it is still in progress after "+pace.Patience.String())
		}
		if err := pace.Sleep(ctx, wait); err != nil {
			return Request{}, fault.New(fault.Unavailable, "wait for "+string(work), "request "+id, err)
		}
		left -= wait
		r, err := i.Request(ctx, work, id)
		if err != nil || r.State != InProgress {
			return r, err
		}
		wait = pace.Every
	}
}

func (p Pace) filled() Pace {
	if p.First == 0 {
		p.First = firstLook
	}
	if p.Every <= 0 {
		p.Every = betweenLooks
	}
	if p.Patience <= 0 {
		p.Patience = patience
	}
	if p.Sleep == nil {
		p.Sleep = realtime.Sleep
	}
	return p
}
