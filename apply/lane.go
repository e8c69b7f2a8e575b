package apply

import (
	"rollcall/identity"
	"rollcall/plan"
)

// lane is one of the budgets that changes are started from: two services never
// wait for each other's.
type lane int

const (
	directoryLane lane = iota
	assignmentLane
	denialLane
	lanes
)

// room is how many changes of each lane may be started.
type room [lanes]int

// besideDenials is how many assignments are under way at once while there are
// denials to be made: both use one budget, and a denial ends more than they do.
const besideDenials = 1

// policiesAtOnce is how many policies are worked at: while some are on their way
// to the accounts the next ones are written.
const policiesAtOnce = 2 * provisionsAtOnce

// count counts a change that begins (by one) or ends (by less).
func (w *work) count(c plan.Change, by int) {
	lane := laneOf(c)
	if lane != denialLane {
		w.running[lane] += by
		return
	}
	set := c.Denial.PermissionSet
	if w.denying[set] += by; w.denying[set] == 0 {
		delete(w.denying, set)
	}
	w.running[lane] = len(w.denying)
}

// room is how much of each lane may be under way now.
func (w *work) room() room {
	most := room{directoryLane: w.x.inFlight(), assignmentLane: identity.MaxOutstandingCreates, denialLane: policiesAtOnce}
	for _, numbers := range w.denials {
		for _, n := range numbers {
			if _, settled := w.outcomes[n]; !settled {
				most[assignmentLane] = besideDenials
			}
		}
	}
	return most
}

// laneOf is the budget that a change is started from.
func laneOf(c plan.Change) lane {
	switch {
	case c.Kind.Denies():
		return denialLane
	case c.Kind.Assigns():
		return assignmentLane
	}
	return directoryLane
}

// ready takes the changes that can start now off pending, as many as each lane
// has room for beside those under way. Of one permission set's policy all
// denials start that can: they are written together.
func (w *work) ready(pending []plan.Change, most room) (batch, rest []plan.Change) {
	// Looking far ahead for independent changes costs more than it brings.
	const window = 4096
	left := 0
	for l := range most {
		most[l] = max(0, most[l]-w.running[l])
		left += most[l]
	}
	i, joined := 0, map[string]bool{}
	for ; i < len(pending) && i < window && (left > 0 || len(joined) > 0); i++ {
		c, l := pending[i], laneOf(pending[i])
		joins := l == denialLane && (joined[c.Denial.PermissionSet] || w.denying[c.Denial.PermissionSet] > 0)
		if most[l] == 0 && !joins || !w.canStart(c) {
			rest = append(rest, c)
			continue
		}
		batch = append(batch, c)
		if l == denialLane {
			joined[c.Denial.PermissionSet] = true
		}
		if !joins {
			most[l]--
			left--
		}
	}
	if len(rest) == 0 {
		return batch, pending[i:]
	}
	return batch, append(rest, pending[i:]...)
}
