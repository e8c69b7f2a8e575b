package journal

import (
	"context"
	"encoding/json"
	"time"

	"rollcall/plan"
	"rollcall/sqldb"
)

// Counts says how many changes ended in each way.
type Counts map[Result]int

// RunInfo is what is known about a run.
type RunInfo struct {
	ID       string
	Plan     plan.ID
	Target   string // the directory's name
	Sync     string // empty for commands
	Actor    plan.Actor
	Started  time.Time
	Ended    time.Time // zero while it has not
	Status   Status    // [Running], [Interrupted] or how it finished
	Counts   Counts    // nil while it has not ended
	Override string    // why brakes were overridden
	Holder   string    // the process at it, while it is running
}

// runRow is RunInfo with what only the journal needs.
type runRow struct {
	RunInfo
	chain, begun int64
}

// Runs lists the runs started last, newest first, at most limit.
func (j *Journal) Runs(ctx context.Context, limit int) ([]RunInfo, error) {
	return j.infos(ctx, "list runs", "ORDER BY r.started DESC, r.id DESC LIMIT $1", limit)
}

// Unfinished lists the runs of a target that have no end and nobody at them,
// oldest first; those of all targets if target is empty.
func (j *Journal) Unfinished(ctx context.Context, target string) ([]RunInfo, error) {
	return j.open(ctx, target, Interrupted)
}

// UnderWay lists the runs of a target that somebody is at, oldest first; those
// of all targets if target is empty.
func (j *Journal) UnderWay(ctx context.Context, target string) ([]RunInfo, error) {
	return j.open(ctx, target, Running)
}

// open lists the runs of a target, or of all, that have no end.
func (j *Journal) open(ctx context.Context, target string, status Status) ([]RunInfo, error) {
	all, err := j.infos(ctx, "list runs", "WHERE r.ended = 0 AND (c.target = $1 OR $1 = '') ORDER BY r.started, r.id", target)
	var some []RunInfo
	for _, r := range all {
		if r.Status == status {
			some = append(some, r)
		}
	}
	return some, err
}

// Run returns the run with that id, or whose id alone begins so. It fails with
// fault.NotFound, with fault.Conflict if several begin so, and with
// fault.Invalid if the prefix is too short.
func (j *Journal) Run(ctx context.Context, idOrPrefix string) (RunInfo, error) {
	row, err := j.runNamed(ctx, idOrPrefix)
	return row.RunInfo, err
}

func (j *Journal) runNamed(ctx context.Context, idOrPrefix string) (runRow, error) {
	prefix, err := cleanPrefix("run", idOrPrefix)
	if err != nil {
		return runRow{}, err
	}
	var rows []runRow
	err = j.read(ctx, "read run", prefix, func(q sqldb.Query) (err error) {
		rows, err = listRuns(q, j.now(), "WHERE r.id >= $1 AND r.id < $2 ORDER BY r.id LIMIT 10", prefix, prefix+"~")
		return err
	})
	if err != nil {
		return runRow{}, err
	}
	ids := make([]string, len(rows))
	for i, r := range rows {
		ids[i] = r.ID
	}
	if err := only("run", prefix, ids); err != nil {
		return runRow{}, err
	}
	return rows[0], nil
}

func (j *Journal) infos(ctx context.Context, op, where string, args ...any) ([]RunInfo, error) {
	var all []RunInfo
	err := j.read(ctx, op, "", func(q sqldb.Query) error {
		rows, err := listRuns(q, j.now(), where, args...)
		for _, r := range rows {
			all = append(all, r.RunInfo)
		}
		return err
	})
	return all, err
}

func listRuns(q sqldb.Query, now int64, where string, args ...any) ([]runRow, error) {
	rows, err := q.Rows(`SELECT r.id, r.plan, c.target, r.sync, r.actor, r.door, r.started, r.ended, r.status, r.counts, r.override, r.chain, r.begun,
		COALESCE(l.run, ''), COALESCE(l.holder, ''), COALESCE(l.expires, 0)
		FROM runs r JOIN chains c ON c.num = r.chain LEFT JOIN leases l ON l.name = r.lease `+where, args...)
	if err != nil {
		return nil, err
	}
	var all []runRow
	err = sqldb.Each(rows, func(scan func(...any) error) error {
		var r runRow
		var started, ended, expires int64
		var counts, holds, holder string
		err := scan(&r.ID, &r.Plan, &r.Target, &r.Sync, &r.Actor.Name, &r.Actor.Door, &started, &ended, &r.Status, &counts, &r.Override,
			&r.chain, &r.begun, &holds, &holder, &expires)
		if err != nil {
			return err
		}
		r.Started, r.Ended = moment(started), moment(ended)
		switch {
		case ended != 0:
			err = json.Unmarshal([]byte(counts), &r.Counts)
		case holds == r.ID && expires > now:
			r.Status, r.Holder = Running, holder
		default:
			r.Status = Interrupted
		}
		all = append(all, r)
		return err
	})
	return all, err
}

// Abandoned lists the runs whose process has died: they have no end, and their
// lease ran out. Those that were interrupted and gave it back are not among
// them: somebody has stopped them.
func (j *Journal) Abandoned(ctx context.Context) ([]RunInfo, error) {
	return j.infos(ctx, "list runs", "WHERE r.ended = 0 AND l.run = r.id AND l.expires > 0 AND l.expires <= $1 ORDER BY r.started, r.id", j.now())
}

// RunOf returns the run that carried a plan out last; ok is false if there was
// none.
func (j *Journal) RunOf(ctx context.Context, id plan.ID) (r RunInfo, ok bool, err error) {
	all, err := j.infos(ctx, "read run", "WHERE r.id = (SELECT run FROM plans WHERE id = $1)", string(id))
	if err != nil || len(all) == 0 {
		return RunInfo{}, false, err
	}
	return all[0], true, nil
}
