package journal

import (
	"context"
	"time"

	"rollcall/fault"
	"rollcall/plan"
	"rollcall/sqldb"
)

// Made lists the changes, of those that brakes count (see [plan.Counted]),
// which runs of one sync have made on a target at or after a moment; those
// under way included. Runs that overrode brakes are left out: a person has
// answered for what they did.
func (j *Journal) Made(ctx context.Context, target, sync string, since time.Time) ([]plan.Change, error) {
	runs, err := j.runsSince(ctx, target, sync, since)
	if err != nil {
		return nil, err
	}
	var all []plan.Change
	for _, r := range runs {
		if j.memory.countsNothing(r.Plan) {
			continue
		}
		stored, err := j.Plan(ctx, string(r.Plan))
		if err != nil {
			return nil, err
		}
		counted, err := plan.Counted(stored.File)
		if err != nil {
			return nil, fault.New(fault.KindOf(err), "read plan", stored.ID.Short(), err)
		}
		if len(counted) == 0 {
			j.memory.note(r.Plan)
			continue
		}
		made, err := j.madeBy(ctx, r, since)
		if err != nil {
			return nil, err
		}
		for _, c := range counted {
			if made[c.Number] {
				all = append(all, c)
			}
		}
	}
	return all, nil
}

// runsSince lists a sync's runs that may have made a change since a moment.
func (j *Journal) runsSince(ctx context.Context, target, sync string, since time.Time) ([]runRow, error) {
	if sync == "" {
		return nil, nil
	}
	var all []runRow
	err := j.read(ctx, "list runs", "sync "+sync, func(q sqldb.Query) (err error) {
		all, err = listRuns(q, j.now(),
			"WHERE c.target = $1 AND r.sync = $2 AND r.override = '' AND (r.ended = 0 OR r.ended >= $3) ORDER BY r.started, r.id",
			target, sync, since.UnixMilli())
		return err
	})
	return all, err
}

// madeBy says which changes of a run were made since a moment, those that
// turned out to be there already left out.
func (j *Journal) madeBy(ctx context.Context, r runRow, since time.Time) (map[int]bool, error) {
	made := map[int]bool{}
	err := j.outcomes(ctx, r, func(e *envelope) {
		if moment(e.At).Before(since) {
			return
		}
		for _, n := range e.Changes {
			r := Result(e.Result)
			made[int(n)] = r.Made() && r != Already
		}
	})
	return made, err
}
