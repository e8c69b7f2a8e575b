package apply

import (
	"context"
	"slices"
	"sync"

	"rollcall/fault"
	"rollcall/identity"
)

// Policies are the permission sets' policies that a process is writing. What
// several changes want of one policy is written together and brought to the
// accounts once, also where the changes are of different runs that share them.
// They are safe for concurrent use.
type Policies struct {
	mu     sync.Mutex
	queues map[string]*policyQueue // by permission set

	writing  chan struct{} // a place for each policy that is read and written
	arriving chan struct{} // a place for each that is on its way to the accounts
}

// provisionsAtOnce is how many policies AWS brings to the accounts at once
// (aws-contract 12): one more is refused, and waits longer than its turn.
const provisionsAtOnce = 3

// NewPolicies returns policies that nobody is writing.
func NewPolicies() *Policies {
	return &Policies{
		queues:  map[string]*policyQueue{},
		writing: make(chan struct{}, provisionsAtOnce), arriving: make(chan struct{}, provisionsAtOnce),
	}
}

// policyQueue is what is wanted of one permission set's policy. Whoever finds
// nobody at it takes all that is wanted on a flight: one write, one way to the
// accounts.
type policyQueue struct {
	waiting []*wish
	flying  bool
	landed  chan struct{} // closed when the flight has ended
}

// wish is what one change wants of a policy, and what came of it. Until it is
// over only its flight touches the rest.
type wish struct {
	user   identity.ID
	denies bool

	over  bool
	wrote bool  // by this flight
	err   error // of the call that failed
	end   flightEnd
}

// flightEnd is how a policy that was written came to the accounts. The zero
// value is that it did.
type flightEnd struct {
	gone    bool       // the permission set is
	stopped bool       // whoever flew had to stop, and does not know
	kind    fault.Kind // with text: it is written and not everywhere
	text    string
}

// isSo reports whether a policy is as is wished.
func (h *wish) isSo(document string) bool {
	if h.denies {
		return identity.DeniesUser(document, h.user)
	}
	return !identity.HasDenial(document, h.user)
}

// edit returns the policy as it is wished, if there is room for that.
func (h *wish) edit(document string) (string, error) {
	if !h.denies {
		return identity.AllowUser(document, h.user)
	}
	document, err := identity.DenyUser(document, h.user)
	if err == nil {
		err = identity.CheckInlinePolicy(document)
	}
	return document, err
}

// enlist notes a wish, for the next flight to take along.
func (p *Policies) enlist(set string, h *wish) {
	p.mu.Lock()
	defer p.mu.Unlock()
	q := p.queues[set]
	if q == nil {
		q = &policyQueue{}
		p.queues[set] = q
	}
	q.waiting = append(q.waiting, h)
}

// grant sees to it that an enlisted wish is over: by a flight that is under way,
// or else by one of its own, which takes all along that wait. It returns false
// when ctx or stop ends before.
func (p *Policies) grant(ctx, stop context.Context, set string, h *wish, fly func([]*wish)) bool {
	for {
		p.mu.Lock()
		q := p.queues[set]
		if h.over {
			p.mu.Unlock()
			return true
		}
		if !q.flying {
			all := q.waiting
			q.waiting, q.flying, q.landed = nil, true, make(chan struct{})
			p.mu.Unlock()
			fly(all)
			p.land(set, q, all)
			continue
		}
		landed := q.landed
		p.mu.Unlock()
		select {
		case <-landed:
		case <-ctx.Done():
			return p.leave(set, h)
		case <-stop.Done():
			return p.leave(set, h)
		}
	}
}

// land ends a flight, and wakes all who wait for it.
func (p *Policies) land(set string, q *policyQueue, all []*wish) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, h := range all {
		h.over = true
	}
	q.flying = false
	close(q.landed)
	if len(q.waiting) == 0 {
		delete(p.queues, set)
	}
}

// leave takes back a wish that nobody waits for any more. It returns whether it
// is over all the same.
func (p *Policies) leave(set string, h *wish) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if q := p.queues[set]; q != nil {
		q.waiting = slices.DeleteFunc(q.waiting, func(x *wish) bool { return x == h })
	}
	return h.over
}

// place waits for one of the places, and returns how it is left; false when ctx
// or stop ends before.
func place(ctx, stop context.Context, places chan struct{}) (leave func(), got bool) {
	select {
	case places <- struct{}{}:
		return sync.OnceFunc(func() { <-places }), true
	case <-ctx.Done():
	case <-stop.Done():
	}
	return func() {}, false
}
