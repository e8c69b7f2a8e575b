package governor

import (
	"math"
	"time"
)

const (
	// fall is what is left of the rate after a throttling.
	fall = 0.9
	// lowest is the part of the ceiling below which nothing is learned.
	lowest = 0.05
	// climb is how long it takes from nothing to the ceiling.
	climb = 400 * time.Second
	// settling is how long after a throttling, once calls go again, throttle
	// answers still belong to it: they are to calls that were under way.
	settling = time.Second
	// calm is how long after that a throttling begins a new row.
	calm = 30 * time.Second

	firstBackoff   = 500 * time.Millisecond
	longestBackoff = 20 * time.Second
	longestBlock   = time.Hour
)

// rate is how many calls a second there may be now, ceiling at most.
func (b *budget) rate(ceiling float64, now int64) float64 {
	if b.learned == 0 {
		return ceiling
	}
	quiet := float64(max(0, now-b.learnedAt)) / float64(climb)
	return min(ceiling, float64(b.learned)/1000+ceiling*quiet)
}

// throttle notes that AWS refused a call, and said to wait so long, or did not
// say (0); chance is in [0, 1). Slots reserved so far are void.
func (b *budget) throttle(ceiling float64, now int64, wait time.Duration, chance float64) {
	b.throttled++
	b.throttledAt = now
	if now > b.settled+int64(calm) {
		b.strikes = 0
	}
	if wait <= 0 {
		// Full jitter: whoever meets the same wall does not meet again at it.
		most := min(firstBackoff<<min(b.strikes, 10), longestBackoff)
		wait = time.Duration(chance * float64(most))
	}
	blocked := max(b.blocked, now+int64(min(wait, longestBlock)))
	if now >= b.settled {
		b.strike(ceiling, now, blocked)
	}
	b.blocked = blocked
	b.next = max(now, blocked)
	b.epoch++
}

// strike lowers the rate.
func (b *budget) strike(ceiling float64, now, blocked int64) {
	b.strikes++
	rate := max(ceiling*lowest, b.rate(ceiling, now)*fall)
	b.learned = max(1, int64(math.Round(rate*1000)))
	b.learnedAt = blocked
	b.settled = blocked + int64(settling)
}
