package reconcile

import (
	"context"
	"sync"
)

// Once keeps the answers to questions that several ask while one plan is made,
// so that each is asked once: whoever comes while it is being asked waits for
// that answer. A failure is told to those who wait, and not kept. The zero value
// knows nothing yet. It is safe for concurrent use.
type Once[K comparable, V any] struct {
	mu    sync.Mutex
	known map[K]*answer[V]
}

type answer[V any] struct {
	there chan struct{} // closed when the rest is
	value V
	err   error
	ended bool // whoever asked went away, so it is no answer
}

// Of returns the answer to a question; ask is called if nobody knows it yet.
func (o *Once[K, V]) Of(ctx context.Context, key K, ask func(context.Context) (V, error)) (V, error) {
	for {
		a, mine := o.answer(key)
		if mine {
			a.value, a.err = ask(ctx)
			a.ended = a.err != nil && ctx.Err() != nil
			if a.err != nil {
				o.forget(key)
			}
			close(a.there)
			return a.value, a.err
		}
		select {
		case <-a.there:
		case <-ctx.Done():
			var none V
			return none, context.Cause(ctx)
		}
		if !a.ended {
			return a.value, a.err
		}
	}
}

// answer is what is known or being asked, or is now to be asked by the caller.
func (o *Once[K, V]) answer(key K) (a *answer[V], mine bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if a, known := o.known[key]; known {
		return a, false
	}
	if o.known == nil {
		o.known = map[K]*answer[V]{}
	}
	a = &answer[V]{there: make(chan struct{})}
	o.known[key] = a
	return a, true
}

func (o *Once[K, V]) forget(key K) {
	o.mu.Lock()
	defer o.mu.Unlock()
	delete(o.known, key)
}
