package governor

import (
	"slices"
	"time"
)

// waiter is one Take.
type waiter struct {
	lane     Lane
	write    bool
	since    int64
	deadline time.Time  // zero without one
	turn     chan error // nil is: go
}

// queue holds who waits in this process.
type queue struct {
	lanes  [numLanes][]*waiter // each in the order they came
	served [numLanes]int64     // when the lane last had its turn
}

func (q *queue) add(w *waiter) { q.lanes[w.lane] = append(q.lanes[w.lane], w) }

// remove takes w out, and reports whether it was still in.
func (q *queue) remove(w *waiter) bool {
	lane := q.lanes[w.lane]
	at := slices.Index(lane, w)
	if at < 0 {
		return false
	}
	if at == 0 { // the usual case, without moving the others
		lane[0] = nil
		q.lanes[w.lane] = lane[1:]
		return true
	}
	q.lanes[w.lane] = slices.Delete(lane, at, at+1)
	return true
}

func (q *queue) counts() (n [numLanes]int) {
	for l := range q.lanes {
		n[l] = len(q.lanes[l])
	}
	return n
}

func (q *queue) empty() bool { return q.counts() == [numLanes]int{} }

// first returns up to n waiters in the order of their turns: one of each lane
// that has lost its patience, then lane by lane.
func (q *queue) first(n int, now int64) []*waiter {
	var order []*waiter
	var starving [numLanes]bool
	for l, lane := range q.lanes {
		if len(lane) > 0 && max(lane[0].since, q.served[l])+int64(Patience) <= now {
			starving[l] = true
			order = append(order, lane[0])
		}
	}
	for l, lane := range q.lanes {
		if starving[l] {
			lane = lane[1:]
		}
		order = append(order, lane[:max(0, min(len(lane), n-len(order)))]...)
	}
	return order
}

// all returns every waiter, in no order that means anything.
func (q *queue) all() []*waiter { return slices.Concat(q.lanes[:]...) }
