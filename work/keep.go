package work

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"rollcall/journal"
	"rollcall/plan"
	"rollcall/sqldb"
)

// Task is something to be done now. It may be given to anybody, and twice:
// whoever does it looks first whether it is still to be done.
type Task struct {
	Kind string `json:"kind"`
	Name string `json:"name,omitempty"`
	Num  int64  `json:"num,omitempty"`
}

// The kinds of tasks.
const (
	runSync   = "sync"   // Name is due, or was asked for
	runFlow   = "flow"   // Num is due
	goOn      = "go-on"  // with attempt Num, whose process has died or given it back
	adopt     = "adopt"  // the run Name, whose process has died, and that no attempt is about
	deliverIt = "notify" // Name is the receiver, of whatever waits for it
)

// Keep looks at the state and says what is to be done. It is quick, changes
// only dates, and may be called by every replica at any time.
func (s *Service) Keep(ctx context.Context) ([]Task, error) {
	now := s.Clock.Now()
	tasks, err := s.abandoned(ctx, now)
	if err != nil {
		return nil, err
	}
	due, err := s.due(ctx, now)
	if err != nil {
		return nil, err
	}
	later, err := s.flowsDue(ctx, now)
	if err != nil {
		return nil, err
	}
	if err := s.check(ctx, now); err != nil {
		return nil, err
	}
	waiting, err := s.undelivered(ctx, now)
	return slices.Concat(tasks, later, due, waiting), err
}

// abandoned are attempts and runs that nobody is at.
func (s *Service) abandoned(ctx context.Context, now time.Time) ([]Task, error) {
	var tasks []Task
	known := map[string]bool{}
	var open []Attempt
	err := s.db.Read(ctx, func(q sqldb.Query) (err error) {
		open, err = attempts(q, "WHERE ended = 0 ORDER BY num")
		return err
	})
	if err != nil {
		return nil, sqldb.Fault("list attempts", "", err)
	}
	for _, a := range open {
		known[a.lane], known[string(a.Plan)] = true, true
	}
	err = s.db.Read(ctx, func(q sqldb.Query) (err error) {
		open, err = attempts(q, "WHERE ended = 0 AND expires <= $1 ORDER BY num", now.UnixMilli())
		return err
	})
	if err != nil {
		return nil, sqldb.Fault("list attempts", "", err)
	}
	for _, a := range open {
		tasks = append(tasks, Task{Kind: goOn, Num: a.Number})
	}
	runs, err := s.Journal.Abandoned(ctx)
	for _, r := range runs {
		if !known[laneOf(r)] && !known[string(r.Plan)] {
			tasks = append(tasks, Task{Kind: adopt, Name: r.ID})
		}
	}
	return tasks, err
}

// laneOf is what a run excludes others by: syncs of one target each other.
func laneOf(r journal.RunInfo) string {
	if r.Sync != "" {
		return "sync:" + r.Target
	}
	return "run:" + r.ID
}

// due are the syncs whose time has come. One that is seen for the first time,
// or whose schedule was changed, is written down.
func (s *Service) due(ctx context.Context, now time.Time) ([]Task, error) {
	entries, err := s.Entries(ctx)
	if err != nil {
		return nil, err
	}
	var fresh []Sync
	for _, one := range s.Syncs {
		spec := ""
		if one.Schedule != nil {
			spec = one.Schedule.String()
		}
		if e, seen := entries[one.Name]; !seen || e.Schedule != spec {
			fresh = append(fresh, one)
		}
	}
	if len(fresh) > 0 {
		err := s.db.Write(ctx, func(tx *sqldb.Tx) error {
			for _, one := range fresh {
				e, err := entry(tx, one.Name)
				if err == nil {
					entries[one.Name], err = s.see(tx, one, e, now)
				}
				if err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return nil, sqldb.Fault("write schedules", "", err)
		}
	}
	asked, err := s.asked(ctx, now)
	if err != nil {
		return nil, err
	}
	var tasks []Task
	for _, one := range s.Syncs {
		if asked[one.Name] || isDue(entries[one.Name], now) {
			tasks = append(tasks, Task{Kind: runSync, Name: one.Name})
		}
	}
	return tasks, nil
}

func isDue(e Entry, now time.Time) bool {
	return !e.Due.IsZero() && !e.Due.After(now) && e.Paused.IsZero()
}

// asked are the syncs that somebody wants to be run by now.
func (s *Service) asked(ctx context.Context, now time.Time) (map[string]bool, error) {
	asked := map[string]bool{}
	err := s.db.Read(ctx, func(q sqldb.Query) error {
		rows, err := q.Rows("SELECT DISTINCT sync FROM work_asks WHERE at <= $1", now.UnixMilli())
		if err != nil {
			return err
		}
		return sqldb.Each(rows, func(scan func(...any) error) error {
			var sync string
			err := scan(&sync)
			asked[sync] = true
			return err
		})
	})
	return asked, sqldb.Fault("read what was asked for", "", err)
}

// missedAfter is how late a run may begin without counting as missed.
const missedAfter = time.Minute

// claim begins an attempt of a sync, if it is still to be run and nobody is at
// its target.
func (s *Service) claim(ctx context.Context, one Sync) (a *Attempt, err error) {
	now := s.Clock.Now()
	err = s.db.Write(ctx, func(tx *sqldb.Tx) error {
		a = nil
		e, err := entry(tx, one.Name)
		if err != nil || e.Sync == "" {
			return err
		}
		made := Attempt{Sync: one.Name, Due: e.Due, Why: e.Schedule, By: Actor, lane: "sync:" + one.Target}
		due := isDue(e, now)
		asked, err := readAsks(tx, now, &made, due)
		if err != nil || !due && !asked {
			return err
		}
		open, taken, err := inLane(tx, made.lane)
		switch {
		case err != nil:
			return err
		case taken && open.Sync == one.Name && due:
			return s.move(tx, one, now) // it is at it already
		case taken:
			return nil // its turn comes
		case due && !asked && one.SkipMissed && now.Sub(e.Due) > missedAfter:
			return s.miss(tx, one, &made, now)
		}
		if _, err := tx.Exec("DELETE FROM work_asks WHERE sync = $1 AND at <= $2", one.Name, now.UnixMilli()); err != nil {
			return err
		}
		if due {
			if err := s.move(tx, one, now); err != nil {
				return err
			}
		}
		a = &made
		return s.insert(tx, a, now)
	})
	return a, sqldb.Fault("begin attempt", "sync "+one.Name, err)
}

// readAsks puts into a who asked for it, the last one, and why, all of them. A
// watch stands back: whoever else asks wants everything to be read. It reports
// whether anybody did.
func readAsks(tx *sqldb.Tx, now time.Time, a *Attempt, due bool) (bool, error) {
	rows, err := tx.Rows("SELECT at, why, actor, door FROM work_asks WHERE sync = $1 AND at <= $2 ORDER BY at, why", a.Sync, now.UnixMilli())
	if err != nil {
		return false, err
	}
	var whys []string
	watched := true
	err = sqldb.Each(rows, func(scan func(...any) error) error {
		var at int64
		var why string
		var by plan.Actor
		err := scan(&at, &why, &by.Name, &by.Door)
		if a.Due = moment(at); by != WatchActor {
			a.By, watched = by, false
		}
		if !slices.Contains(whys, why) {
			whys = append(whys, why)
		}
		return err
	})
	if n := len(whys); n > maxWhys {
		whys = append(whys[:maxWhys], fmt.Sprintf("%d more", n-maxWhys))
	}
	if len(whys) > 0 {
		a.Why = strings.Join(whys, "; ")
		if watched && !due {
			a.By = WatchActor
		}
	}
	return len(whys) > 0, err
}

const maxWhys = 5

// miss writes down that a sync was due while nobody was at work.
func (s *Service) miss(tx *sqldb.Tx, one Sync, a *Attempt, now time.Time) error {
	if err := s.insert(tx, a, now); err != nil {
		return err
	}
	if _, err := update(tx, a, "ended = $3, status = $4, text = $5", now.UnixMilli(), string(Missed), "nobody was at work when it was due"); err != nil {
		return err
	}
	return s.move(tx, one, now)
}
