package governor

import (
	"slices"
	"time"
)

// budget is what all processes share of one family: one line of slots, one gap
// apart, of which next is the first that nobody has. Times are ns since 1970.
type budget struct {
	next          int64
	reads, writes int64 // not before then, where reads or writes have a bound of their own
	served        [numLanes]int64
	learned       int64 // calls per 1,000 s at learnedAt; 0: nothing learned
	learnedAt     int64
	blocked       int64 // until then nobody calls
	epoch         int64 // slots of an earlier one are void
	strikes       int64 // throttlings in a row
	settled       int64 // throttle answers before then belong to the last throttling
	throttled     int64 // throttle answers so far
	throttledAt   int64
}

const (
	// catchUp is how old a slot may be when it is reserved: what was not used
	// in a short pause is not lost.
	catchUp = int64(200 * time.Millisecond)
	// grace is how long a slot stays good after that, and however late the
	// database answered. In any window of length W there are therefore at most
	// rate × (W + catchUp + grace) + 1 calls, if a commit takes no longer than
	// grace.
	grace = int64(50 * time.Millisecond)
)

// class is which bound a slot counts against.
type class int

const (
	free class = iota // a call of a class that has no bound of its own
	read
	write
)

func (p pace) class(isWrite bool) class {
	switch {
	case isWrite && p.writes > 0:
		return write
	case !isWrite && p.reads > 0:
		return read
	}
	return free
}

// slot is one call's moment.
type slot struct {
	due   int64
	class class
	lane  Lane  // for whom it was reserved; it goes to whoever is first by then
	good  int64 // until when it may be used
}

// want is a call that wants a slot.
type want struct {
	lane   Lane
	class  class
	since  int64 // when the call came
	hungry int64 // when its process last got a slot in this lane, or began to wait
}

// reserve takes slots for wants, which are in the order they will be used,
// but no more than room. It returns them, and when to ask again for the rest.
func (b *budget) reserve(p pace, now int64, wants []want, room int) (granted []slot, again int64) {
	b.blocked = min(b.blocked, now+int64(longestBlock))
	if b.blocked > now {
		return nil, b.blocked
	}
	gap := gapOf(b.rate(p.ceiling, now))
	b.mend(p, gap, now)
	wants = slices.Clone(wants)
	for range min(room, len(wants)) {
		i, at := b.first(wants, now)
		if i < 0 {
			return granted, max(at, now+int64(time.Millisecond))
		}
		granted = append(granted, b.grant(p, gap, now, wants[i]))
		wants = slices.Delete(wants, i, i+1)
	}
	if len(wants) > 0 {
		return granted, now + gap
	}
	return granted, now
}

// mend puts right what cannot be: a line far in the past gives no more than
// catchUp, one further in the future than anybody reserves comes from a clock
// that was set back.
func (b *budget) mend(p pace, gap, now int64) {
	b.next = max(b.next, now-catchUp)
	ahead := now + int64(longestReach+time.Second) + gap
	if b.next > ahead {
		b.next = now
	}
	if b.reads > ahead+p.reads {
		b.reads = now
	}
	if b.writes > ahead+p.writes {
		b.writes = now
	}
}

// first returns the first of wants that may have the next slot, or -1 and when
// it is worth asking again.
func (b *budget) first(wants []want, now int64) (int, int64) {
	again := now + int64(time.Hour)
	for i, w := range wants {
		at := max(b.next-int64(b.reach(w, now)), b.ready(w.class, now))
		if at <= now {
			return i, 0
		}
		// It will reach further once the lane has lost its patience.
		again = min(again, max(at, now+int64(time.Millisecond)), max(now, b.patientUntil(w))+int64(time.Millisecond))
	}
	return -1, again
}

func (b *budget) reach(w want, now int64) time.Duration {
	if b.patientUntil(w) <= now {
		return longestReach
	}
	return w.lane.reach(time.Duration(now - w.hungry))
}

// patientUntil is when w's lane has had nothing, anywhere, for too long.
func (b *budget) patientUntil(w want) int64 {
	return max(w.since, b.served[w.lane]) + int64(Patience)
}

// ready is the time from which the next slot may go to a call of class c. One
// whose class must wait does not make the line wait for it.
func (b *budget) ready(c class, now int64) int64 {
	bound := int64(0)
	switch c {
	case read:
		bound = b.reads
	case write:
		bound = b.writes
	case free:
	}
	if bound <= b.next {
		return now
	}
	return bound
}

// grant gives the next slot to w.
func (b *budget) grant(p pace, gap, now int64, w want) slot {
	s := slot{due: b.next, class: w.class, lane: w.lane}
	switch w.class {
	case read:
		b.reads = following(b.reads, s.due, gap, p.reads)
	case write:
		b.writes = following(b.writes, s.due, gap, p.writes)
	case free:
	}
	b.served[w.lane] = now
	b.next += gap
	return s
}

// following is when a class may have a slot again. It is kept against the time
// at which it could have had this one, within a gap: otherwise every call would
// be rounded up to the line's next slot.
func following(bound, due, gap, own int64) int64 { return max(bound, due-gap) + own }
