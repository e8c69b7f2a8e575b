package governor

import (
	"context"
	"time"

	"rollcall/sqldb"
)

// State is how one family's budget stands, for all processes together.
type State struct {
	Family       Family
	Ceiling      float64      // calls a second by this process's setting, the reserve taken off
	Rate         float64      // calls a second there may be now
	Learned      bool         // Rate is below Ceiling because of throttle answers
	BlockedUntil time.Time    // nobody calls until then; zero if they may
	Throttled    int64        // throttle answers so far, of all processes
	ThrottledAt  time.Time    // the last one; zero if there was none
	Waiting      map[Lane]int // calls that wait, as each process said within a second or so
	Processes    int          // how many of them there are
}

// States returns the budgets of this instance that were ever used, by family.
func (g *Governor) States(ctx context.Context) ([]State, error) {
	var all []State
	err := g.db.Read(ctx, func(q sqldb.Query) error {
		families, err := families(q, g.scope)
		for _, f := range families {
			if err == nil {
				var s State
				s, err = g.state(q, f)
				all = append(all, s)
			}
		}
		return err
	})
	return all, sqldb.Fault("read budgets", "", err)
}

func families(q sqldb.Query, scope string) ([]Family, error) {
	return sqldb.Collect(q, sqldb.Value[Family], "SELECT family FROM budgets WHERE scope = $1 ORDER BY family", scope)
}

func (g *Governor) state(q sqldb.Query, f Family) (State, error) {
	m := g.meter(f)
	now, ahead, err := m.shared().now(q)
	if err != nil {
		return State{}, err
	}
	b, err := m.shared().load(q)
	if err != nil {
		return State{}, err
	}
	rate := b.rate(m.pace.ceiling, now)
	s := State{
		Family: f, Ceiling: m.pace.ceiling, Rate: rate, Learned: rate < m.pace.ceiling,
		Throttled: b.throttled, ThrottledAt: moment(b.throttledAt, ahead),
	}
	if b.blocked > now {
		s.BlockedUntil = moment(b.blocked, ahead)
	}
	s.Waiting, s.Processes, err = m.shared().waiting(q, now)
	return s, err
}

// waiting counts the calls that wait, by lane, and the processes.
func (s shared) waiting(q sqldb.Query, now int64) (map[Lane]int, int, error) {
	rows, err := q.Rows("SELECT process, lane, calls FROM budget_waiting WHERE scope = $1 AND family = $2 AND expires > $3",
		s.g.scope, string(s.family), now)
	if err != nil {
		return nil, 0, err
	}
	lanes, processes := map[Lane]int{}, map[string]bool{}
	err = sqldb.Each(rows, func(row func(...any) error) error {
		var process string
		var lane, calls int
		err := row(&process, &lane, &calls)
		lanes[Lane(lane)] += calls
		processes[process] = true
		return err
	})
	return lanes, len(processes), err
}

// moment is a stored time in this process's own.
func moment(at, ahead int64) time.Time {
	if at == 0 {
		return time.Time{}
	}
	return time.Unix(0, at-ahead).UTC()
}
