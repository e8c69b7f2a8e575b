package sqldb

import "time"

// share is how much of the time a writer leaves the write lock to other
// processes.
type share struct {
	ended time.Time     // the last group
	since time.Time     // when others had time enough to take the lock
	free  time.Duration // how long it was free since then
}

func newShare() *share { return &share{ended: time.Now(), since: time.Now()} }

// held is asked before a group: how long others have not had time enough to
// take the lock, zero if they have just had that. A writer that waits for work
// between its groups leaves it to them meanwhile.
func (s *share) held() time.Duration {
	if s.free += time.Since(s.ended); s.free >= groupPause {
		s.paused()
		return 0
	}
	return time.Since(s.since)
}

// paused says that others have just had time enough.
func (s *share) paused() { s.since, s.free = time.Now(), 0 }
