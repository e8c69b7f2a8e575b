package governor

import (
	"context"
	"time"
)

// Lane says how urgent a call is. A lane goes before those after it, in this
// process and across processes: it may reserve slots twice as far ahead as the
// next one, and does so again before half of that is used up, so that while it
// has calls waiting the next lane finds nothing near enough to take.
//
// No lane starves: one that has waited for [Patience] without a single slot,
// in any process, gets the next.
type Lane int

// The lanes, the most urgent first.
const (
	Leaver Lane = iota
	Interactive
	Sync
	Audit
	numLanes
)

var laneNames = [numLanes]string{"leaver", "interactive", "sync", "audit"}

func (l Lane) String() string {
	if l < 0 || l >= numLanes {
		return "unknown"
	}
	return laneNames[l]
}

// Lanes lists them, the most urgent first.
func Lanes() []Lane { return []Lane{Leaver, Interactive, Sync, Audit} }

type laneKey struct{}

// WithLane returns a context whose calls go in lane l.
func WithLane(ctx context.Context, l Lane) context.Context {
	return context.WithValue(ctx, laneKey{}, l)
}

// LaneOf returns the lane of ctx's calls: Sync if nobody said.
func LaneOf(ctx context.Context) Lane {
	if l, said := ctx.Value(laneKey{}).(Lane); said && l >= 0 && l < numLanes {
		return l
	}
	return Sync
}

const (
	// Patience is how long a lane waits without a single slot until it gets one
	// before all others.
	Patience = 2 * time.Second
	// shortestReach is how far ahead the least urgent lane reserves.
	shortestReach = 125 * time.Millisecond
	// longestReach bounds what is lost when a process dies with its slots.
	longestReach = (shortestReach << (numLanes - 1)) * 5 / 4
)

// reach is how far ahead a call of lane l may reserve whose process has had
// nothing for waited. Of two processes that wait in the same lane the one that
// got something longer ago reaches further, so it is served first. At most
// that is 5/4 of the lane's reach: where the lane above reserves again.
func (l Lane) reach(waited time.Duration) time.Duration {
	const full = time.Second
	reach := shortestReach << (numLanes - 1 - l)
	return reach + time.Duration(float64(reach/4)*float64(min(max(waited, 0), full))/float64(full))
}

// low is how little a process of lane l holds ahead when it reserves again. One
// that is alone keeps nobody off, and waits until it must, so that a
// transaction reserves as many slots as there are within reach.
func (l Lane) low(alone bool) time.Duration {
	const lead = 50 * time.Millisecond // what a slow disk takes to commit
	if alone {
		return lead
	}
	return l.reach(0) * 5 / 8
}
