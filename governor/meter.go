package governor

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"rollcall/fault"
)

// meter is this process's end of one budget: who waits here, and the slots it
// has reserved for them. One goroutine drives it while anybody waits.
type meter struct {
	g      *Governor
	family Family
	pace   pace

	mu      sync.Mutex
	queue   queue
	slots   []slot          // by time
	epoch   int64           // of slots
	recent  []turn          // what was called lately
	got     [numLanes]int64 // when a lane last got a slot
	askAt   int64           // not before, unless somebody more urgent comes
	askedBy Lane            // the most urgent lane when it was last asked
	blocked int64
	alone   bool          // no other process called when it was last asked
	noted   [numLanes]int // who waited when it was last asked, and when that was
	notedAt int64
	looked  int64 // when the driver last looked
	driven  bool
	news    bool               // somebody came or went since the driver looked
	wake    context.CancelFunc // ends the driver's sleep
}

// turn is a call that went.
type turn struct {
	at    int64
	lane  Lane
	class class
}

// mostWants bounds how many waiters are looked at for one reservation. More
// slots than that a process may want only at rates nobody has.
const mostWants = 256

func (m *meter) shared() shared { return shared{m.g, m.family} }

func (m *meter) now() int64 { return m.g.clock.Now().UnixNano() }

// join lets w wait.
func (m *meter) join(ctx context.Context, w *waiter) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	w.since = m.now()
	m.queue.add(w)
	if err := m.hopeless(w); err != nil {
		m.queue.remove(w)
		return err
	}
	if w.lane < m.askedBy {
		m.askAt = m.blocked
	}
	if m.driven {
		m.poke()
		return nil
	}
	m.driven = true
	// The driver works for all who wait, whoever came first and goes first.
	go m.drive(context.WithoutCancel(ctx))
	return nil
}

// leave takes back a wait. Whoever has got a turn meanwhile does not use it.
func (m *meter) leave(w *waiter) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.queue.remove(w) {
		m.poke()
	}
}

// poke makes the driver look again.
func (m *meter) poke() {
	m.news = true
	if m.wake != nil {
		m.wake()
	}
}

// hopeless fails when w's deadline certainly comes before its turn: even if
// the whole budget were its lane's, from the moment it may be used.
func (m *meter) hopeless(w *waiter) error {
	if w.deadline.IsZero() {
		return nil
	}
	now := m.now()
	before := 0
	for i, other := range m.queue.lanes[w.lane] { // those of other lanes may go later, if this one loses its patience
		if other == w {
			before = i
		}
	}
	line := int64(before-len(m.slots))*gapOf(m.pace.ceiling) - catchUp - grace
	turn := max(now, m.blocked) + max(0, line)
	if turn <= w.deadline.UnixNano() {
		return nil
	}
	wait := time.Duration(turn - now)
	e := fault.Text(fault.Throttled, takeOp, "budget of "+string(m.family), fmt.Sprintf(
		"the turn comes in %s at the earliest, and the time given ends before; go on later, or give it more time", wait.Round(time.Millisecond)))
	e.RetryAfter = wait
	return e
}

// dismiss lets those go who can no longer be served in time.
func (m *meter) dismiss() {
	for _, w := range m.queue.all() {
		if err := m.hopeless(w); err != nil {
			m.queue.remove(w)
			w.turn <- err
		}
	}
}

// fail tells everybody who waits.
func (m *meter) fail(err error) {
	for _, w := range m.queue.all() {
		m.queue.remove(w)
		w.turn <- err
	}
}

func (m *meter) throttled(ctx context.Context, wait time.Duration) error {
	blocked, epoch, err := m.shared().throttle(ctx, m.pace, wait)
	if err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.void(epoch, blocked)
	m.dismiss()
	m.poke()
	return nil
}

// void drops slots of another epoch than this.
func (m *meter) void(epoch, blocked int64) {
	if epoch == m.epoch {
		return
	}
	m.slots = nil
	m.epoch = epoch
	m.blocked = blocked
	m.askAt = blocked
}

// hand lets go whose time has come.
func (m *meter) hand(now int64) {
	for {
		i, w := m.ready(now)
		if w == nil {
			return
		}
		m.queue.remove(w)
		m.queue.served[w.lane] = now
		m.recent = append(m.recent, turn{now, w.lane, m.slots[i].class})
		m.slots = slices.Delete(m.slots, i, i+1)
		w.turn <- nil
	}
}

// ready returns the first slot whose time has come and whom it is for.
func (m *meter) ready(now int64) (int, *waiter) {
	for i, s := range m.slots {
		if s.due > now {
			break
		}
		for _, w := range m.queue.first(mostWants, now) {
			if m.pace.class(w.write) == s.class {
				return i, w
			}
		}
	}
	return -1, nil
}
