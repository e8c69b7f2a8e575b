package journal

import (
	"context"
	"errors"
	"slices"
	"time"

	"rollcall/fault"
	"rollcall/identity"
	"rollcall/plan"
	"rollcall/sqldb"
)

// Taken is what the last run to do so has ended of a record's assignments: by
// deleting its object, or by taking them because the person had left.
type Taken struct {
	Run    string
	Sync   string // empty if it was no sync that did it
	At     time.Time
	Change plan.Change // the deletion, with its attributes, or a revocation; Assigned is what is still to be given back
	// Left is what the sync was to take from a leaver, and has not.
	Left []plan.Assignment
}

// Taken returns, by record, what was ended on a target since a moment: by the
// last deletion that took assignments along and was made, and by syncs that
// took them from leavers. What has been given back since, by whatever run, is
// left out, and so is what could not be because it, or whoever had it, is no
// more.
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
		changes, err := plan.OfKinds(stored.File, plan.UserDelete, plan.GroupDelete, plan.AssignmentCreate, plan.AssignmentDelete)
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
		if len(t.Change.Assigned)+len(t.Left) == 0 {
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
		if r.Sync != "" && t.Sync == r.Sync { // who left before they were deleted lost it by the same sync
			c.Assigned = slices.Concat(c.Assigned, t.Change.Assigned)
		}
		all[*c.Record] = Taken{Run: r.ID, Sync: r.Sync, At: r.Started, Change: c}
	case c.Kind == plan.AssignmentCreate && known && (result.Made() || result == Stale):
		t.Change.Assigned = without(t.Change.Assigned, *c.Assignment)
		all[*c.Record] = t
	case c.Kind == plan.AssignmentDelete && r.Sync != "":
		all[*c.Record] = t.revoked(r, c, result)
	}
}

// revoked takes in that a sync was to take an assignment from a leaver.
func (t Taken) revoked(r runRow, c plan.Change, result Result) Taken {
	one := *c.Assignment
	if t.Sync != r.Sync {
		t = Taken{Sync: r.Sync, Change: plan.Change{Kind: c.Kind, Record: c.Record}}
	}
	t.Left = without(t.Left, one)
	switch {
	case result == Done || result == Settled:
		t.Run, t.At, t.Change.Name = r.ID, r.Started, c.Name
		t.Change.Assigned = append(without(t.Change.Assigned, one), one)
	case !result.Made() && result != Stale:
		t.Left = append(t.Left, one)
	}
	return t
}

// without is a list without one assignment, in a list of its own.
func without(all []plan.Assignment, one plan.Assignment) []plan.Assignment {
	return slices.DeleteFunc(slices.Clone(all), one.Same)
}

// runsOf lists the runs of a target, oldest first, that may have deleted or
// given something since a moment.
func (j *Journal) runsOf(ctx context.Context, target string, since time.Time) ([]runRow, error) {
	var all []runRow
	err := j.read(ctx, "list runs", "target "+target, func(q sqldb.Query) (err error) {
		all, err = listRuns(q, j.now(), `WHERE c.target = $1 AND (r.ended = 0 OR r.ended >= $2) AND EXISTS (
			SELECT 1 FROM plans p WHERE p.id = r.plan AND (p.counts LIKE '%"user.delete"%' OR p.counts LIKE '%"group.delete"%' OR p.counts LIKE '%"assignment.create"%' OR p.counts LIKE '%"assignment.delete"%'))
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
