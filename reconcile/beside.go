package reconcile

import (
	"context"
	"sync"
	"sync/atomic"
)

// reading is how many lists are read side by side: at answers that take 400 ms,
// enough to use all of what AWS lets one account ask of two services.
const reading = 16

// each asks about every item, a few at a time, and returns the answers in the
// order of the items. The first failure ends it.
func each[From, To any](ctx context.Context, items []From, ask func(context.Context, From) (To, error)) ([]To, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	answers := make([]To, len(items))
	var taken atomic.Int64
	var workers sync.WaitGroup
	for range min(reading, len(items)) {
		workers.Go(func() {
			for i := int(taken.Add(1)) - 1; i < len(items) && ctx.Err() == nil; i = int(taken.Add(1)) - 1 {
				var err error
				if answers[i], err = ask(ctx, items[i]); err != nil {
					cancel(err)
				}
			}
		})
	}
	workers.Wait()
	if err := context.Cause(ctx); err != nil {
		return nil, err
	}
	return answers, nil
}

// together does several things side by side. The first failure ends the
// others, and is returned.
func together(ctx context.Context, do ...func(context.Context) error) error {
	_, err := each(ctx, do, func(ctx context.Context, one func(context.Context) error) (struct{}, error) {
		return struct{}{}, one(ctx)
	})
	return err
}

// count counts what somebody else reads.
type count struct {
	mu     sync.Mutex
	n      int
	ended  bool
	goal   int           // of whoever waits
	signal chan struct{} // closed at the goal, and at the end
}

func newCount() *count { return &count{goal: -1, signal: make(chan struct{})} }

func (c *count) add() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.n++
	if c.n == c.goal {
		close(c.signal)
	}
}

// end says that there are no more.
func (c *count) end() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.ended = true; c.goal < 0 || c.n < c.goal {
		close(c.signal)
	}
}

// reach waits until there are so many, or no more, and reports whether there
// are so many. It may be called once.
func (c *count) reach(ctx context.Context, goal int) bool {
	c.mu.Lock()
	if c.ended || c.n >= goal {
		defer c.mu.Unlock()
		return c.n >= goal
	}
	c.goal = goal
	c.mu.Unlock()
	select {
	case <-c.signal:
	case <-ctx.Done():
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.n >= goal
}
