package journal

import (
	"context"
	"errors"
	"time"

	"rollcall/fault"
	"rollcall/identity"
	"rollcall/plan"
	"rollcall/sqldb"
)

// Taken is the last deletion of a record's object: what it had, and what of
// that it has not been given again.
type Taken struct {
	Run    string
	Sync   string // empty if it was no sync that deleted it
	At     time.Time
	Change plan.Change // the deletion, with its attributes; Assigned is what is still to be given back
}

// Taken returns, by record, the last deletion on a target since a moment that
// took assignments along and was made. What has been given back since, by
// whatever run, is left out, and so is what could not be because it, or whoever
// had it, is no more.
func (j *Journal) Taken(ctx context.Context, target string, since time.Time) (map[identity.Record]Taken, error) {
	runs, err := j.runsOf(ctx, target, since)
	if err != nil {
		return nil, err
	}
	all := map[identity.Record]Taken{}
	for _, r := range runs {
		stored, err := j.Plan(ctx, string(r.Plan))
		if err != nil {
			return nil, err
		}
		changes, err := plan.OfKinds(stored.File, plan.UserDelete, plan.GroupDelete, plan.AssignmentCreate)
		if err != nil {
			return nil, fault.New(fault.KindOf(err), "read plan", stored.ID.Short(), err)
		}
		results, err := j.resultsOf(ctx, r)
		if err != nil {
			return nil, err
		}
		for _, c := range changes {
			if c.Record != nil {
				note(all, r, c, results[c.Number])
			}
		}
	}
	for record, t := range all {
		if len(t.Change.Assigned) == 0 {
			delete(all, record)
		}
	}
	return all, nil
}

// note takes in what a run did to what a record has.
func note(all map[identity.Record]Taken, r runRow, c plan.Change, result Result) {
	t, known := all[*c.Record]
	switch {
	case c.Kind.Deletes() && (result == Done || result == Settled):
		all[*c.Record] = Taken{Run: r.ID, Sync: r.Sync, At: r.Started, Change: c}
	case c.Kind == plan.AssignmentCreate && known && (result.Made() || result == Stale):
		var left []plan.Assignment
		for _, a := range t.Change.Assigned {
			if !a.Same(*c.Assignment) {
				left = append(left, a)
			}
		}
		t.Change.Assigned = left
		all[*c.Record] = t
	}
}

// runsOf lists the runs of a target, oldest first, that may have deleted or
// given something since a moment.
func (j *Journal) runsOf(ctx context.Context, target string, since time.Time) ([]runRow, error) {
	var all []runRow
	err := j.read(ctx, "list runs", "target "+target, func(q sqldb.Query) (err error) {
		all, err = listRuns(q, j.now(), `WHERE c.target = $1 AND (r.ended = 0 OR r.ended >= $2) AND EXISTS (
			SELECT 1 FROM plans p WHERE p.id = r.plan AND (p.counts LIKE '%"user.delete"%' OR p.counts LIKE '%"group.delete"%' OR p.counts LIKE '%"assignment.create"%'))
			ORDER BY r.started, r.id`, target, since.UnixMilli())
		return err
	})
	return all, err
}

// resultsOf says what became of each change of a run.
func (j *Journal) resultsOf(ctx context.Context, r runRow) (map[int]Result, error) {
	results := map[int]Result{}
	err := j.outcomes(ctx, r, func(e *envelope) {
		for _, n := range e.Changes {
			results[int(n)] = Result(e.Result)
		}
	})
	return results, err
}

// outcomes calls fn with every outcome of a run so far, oldest first.
func (j *Journal) outcomes(ctx context.Context, r runRow, fn func(e *envelope)) error {
	err := j.pages(ctx, span{chain: r.chain, from: r.begun}, func(row storedEntry) error {
		e, err := decodeEnvelope(row.envelope)
		switch {
		case err != nil:
			return fault.New(fault.Internal, "read journal", entryName(row.seq), err)
		case e.Run == r.begun && e.Type == TypeEnd:
			return errStop
		case e.Run == r.begun && e.Type == TypeOutcome:
			fn(&e)
		}
		return nil
	})
	if errors.Is(err, errStop) {
		return nil
	}
	return err
}
