package emulate

import (
	"sync"
	"time"
)

// Rate is how many calls a service takes from all its callers together.
type Rate struct {
	PerSecond float64
	Burst     int // calls at once after a pause
}

// bucket is a token bucket: it fills at the rate, up to the burst, and each
// call takes one out.
type bucket struct {
	rate Rate
	now  func() time.Time

	mu     sync.Mutex
	tokens float64
	at     time.Time // when tokens was right
}

func newBucket(r Rate, now func() time.Time) *bucket {
	return &bucket{rate: r, now: now, tokens: float64(r.Burst), at: now()}
}

// take takes a token, or returns how long until there is one.
func (b *bucket) take() time.Duration {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := b.now()
	if passed := now.Sub(b.at); passed > 0 { // a clock set back gives nothing, and takes nothing
		b.tokens = min(float64(b.rate.Burst), b.tokens+passed.Seconds()*b.rate.PerSecond)
	}
	b.at = now
	if b.tokens >= 1-smallest {
		b.tokens--
		return 0
	}
	return time.Duration((1 - b.tokens) / b.rate.PerSecond * float64(time.Second))
}

// smallest is what adding up fractions may lose: who waits as long as told gets
// in.
const smallest = 1e-6
