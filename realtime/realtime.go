// Package realtime is the system's time. Whoever needs time takes an interface of
// the methods that it uses, so that its tests own time; outside tests [Clock]
// is behind it.
package realtime

import (
	"context"
	"time"
)

// Clock is real time.
type Clock struct{}

// Now is time.Now.
func (Clock) Now() time.Time { return time.Now() }

// After is time.After.
func (Clock) After(d time.Duration) <-chan time.Time { return time.After(d) }

// Sleep is [Sleep].
func (Clock) Sleep(ctx context.Context, d time.Duration) error { return Sleep(ctx, d) }

// Sleep waits for d. It returns the error of ctx, and early, if that ends first.
func Sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
