package caller

import (
	"sync"
	"time"
)

// guesses slows down whoever tries passwords: after some free failures each
// further one doubles the wait before the next is looked at. It counts in
// memory, a process for itself.
type guesses struct {
	now func() time.Time

	mu      sync.Mutex
	entries map[string]tried
}

// tried is how often a key failed, and until when nobody is listened to.
type tried struct {
	failures int
	until    time.Time
	last     time.Time
}

const (
	firstWait     = time.Second
	longestWait   = 5 * time.Minute
	forgetAfter   = time.Hour
	rememberAtAll = 10_000 // keys; more are only tried to drive us out of memory
)

// limit is what is counted together, and how many failures are free.
type limit struct {
	key  string
	free int
}

// limits are by whom and from where; from where alone, for somebody who tries
// many names; and by name alone, for somebody who tries from many places: that
// one is generous, since it keeps the owner of the name waiting too.
func limits(name, from string) []limit {
	all := []limit{{"name\x00" + name, 100}}
	if from != "" {
		all = append(all, limit{"both\x00" + name + "\x00" + from, 5}, limit{"from\x00" + from, 30})
	}
	return all
}

// wait returns how long until the next attempt is looked at; zero means now.
func (g *guesses) wait(all []limit) time.Duration {
	g.mu.Lock()
	defer g.mu.Unlock()
	var longest time.Duration
	for _, l := range all {
		longest = max(longest, g.entries[l.key].until.Sub(g.now()))
	}
	return longest
}

func (g *guesses) failed(all []limit) {
	g.mu.Lock()
	defer g.mu.Unlock()
	now := g.now()
	for _, l := range all {
		e := g.entries[l.key]
		if now.Sub(e.last) >= forgetAfter {
			e = tried{}
		}
		e.failures, e.last = e.failures+1, now
		if over := e.failures - l.free; over > 0 {
			e.until = now.Add(min(longestWait, firstWait<<min(over-1, 16)))
		}
		g.put(l.key, e)
	}
}

// succeeded forgets what was counted against who has come in.
func (g *guesses) succeeded(all []limit) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, l := range all {
		delete(g.entries, l.key)
	}
}

// put makes room by forgetting what is old, and then whatever comes.
func (g *guesses) put(key string, e tried) {
	if _, known := g.entries[key]; !known && len(g.entries) >= rememberAtAll {
		for k, old := range g.entries {
			if e.last.Sub(old.last) >= forgetAfter || len(g.entries) >= rememberAtAll {
				delete(g.entries, k)
			}
		}
	}
	g.entries[key] = e
}
