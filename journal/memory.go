package journal

import (
	"sync"

	"rollcall/plan"
)

// Memory is what the journals that one process opens need not find out twice:
// which plans have no change that brakes count. A plan never changes, and most
// have none; a first load is large. Its zero value remembers nothing yet. It is
// safe for concurrent use, and holds ids alone.
type Memory struct {
	mu      sync.Mutex
	nothing map[plan.ID]bool
}

// mostRemembered bounds a memory; after so many plans it begins anew.
const mostRemembered = 10_000

// WithMemory has a journal use what others have found out; nil is no memory.
func WithMemory(m *Memory) Option { return func(j *Journal) { j.memory = m } }

// countsNothing reports whether a plan is known to have nothing that counts.
func (m *Memory) countsNothing(id plan.ID) bool {
	if m == nil {
		return false
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.nothing[id]
}

// note remembers that a plan has nothing that counts.
func (m *Memory) note(id plan.ID) {
	if m == nil {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.nothing == nil || len(m.nothing) >= mostRemembered {
		m.nothing = map[plan.ID]bool{}
	}
	m.nothing[id] = true
}
