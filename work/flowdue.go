package work

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"rollcall/approval"
	"rollcall/lifecycle"
	"rollcall/sqldb"
)

// flowsAtOnce is how many flows all replicas together are at: each is short,
// and on the last day of a month many are due.
const flowsAtOnce = 16

// othersAtOnce is how many of those are about people who do not leave, if any
// wait: who leaves goes first, but where a directory does not answer for hours
// those who leave there are tried again and again.
const othersAtOnce = 2

// stillLeaving is a flow that puts the same person out and has not come to its
// end: it is under way, or tried again. What comes after that, the deletion and
// the end of the denials, waits for it, or it would go before it where nobody was
// at work for longer than the grace period.
const stillLeaving = `earlier.kind = '` + lifecycle.FlowLeaver + `' AND earlier.state IN ('waiting', 'running') AND (earlier.state = 'running' OR earlier.tries > 0)`

// What may be begun of the flows that wait, those due longest first. Each
// condition has an index of its own and ends with the limit, so that what else
// waits is not read.
const (
	notLeaving = `(kind NOT IN ('` + lifecycle.FlowDeletion + `', '` + lifecycle.FlowSessions + `') OR NOT EXISTS (
		SELECT 1 FROM work_flows AS earlier WHERE earlier.directory = work_flows.directory AND earlier.subject = work_flows.subject AND ` + stillLeaving + `))`
	leaversDue = `WHERE state = 'waiting' AND kind = '` + lifecycle.FlowLeaver + `' AND due <= $1`
	othersDue  = `WHERE state = 'waiting' AND kind <> '` + lifecycle.FlowLeaver + `' AND due <= $1 AND ` + notLeaving
	agreed     = `WHERE state = 'waiting' AND waits <> '' AND due > $1 AND waits IN (` + approval.Answered + `$2) AND ` + notLeaving
)

// answeredFor is how far back a decision is looked for: a flow that has waited
// longer is due by itself, see lookAnew. The rest is for clocks that differ.
const answeredFor = lookAnew + time.Hour

// flowsDue are the flows whose time has come, as many as there is room for.
// People who leave go first; but for that, who has waited longest.
func (s *Service) flowsDue(ctx context.Context, now time.Time) (tasks []Task, err error) {
	err = s.db.Read(ctx, func(q sqldb.Query) error {
		tasks = nil
		leavers, others, err := underWayNow(q, now)
		room := flowsAtOnce - leavers - others
		if err != nil || room <= 0 {
			return err
		}
		out, err := s.next(q, room, leaversDue, now.UnixMilli())
		if err != nil {
			return err
		}
		rest, err := s.next(q, room, othersDue, now.UnixMilli())
		if err != nil {
			return err
		}
		freed, err := s.next(q, room, agreed, now.UnixMilli(), now.Add(-answeredFor).UnixMilli())
		for _, f := range freed { // they are due later than all that are due
			if f.Kind == lifecycle.FlowLeaver {
				out = append(out, f)
			} else {
				rest = append(rest, f)
			}
		}
		for _, f := range share(out, rest, room, othersAtOnce-others) {
			tasks = append(tasks, Task{Kind: runFlow, Num: f.Number})
		}
		return err
	})
	return tasks, sqldb.Fault("read what is due", "", err)
}

// share fills the room with who leaves first, but keeps places for the others.
func share(out, rest []Flow, room, kept int) []Flow {
	kept = min(max(kept, 0), len(rest), room)
	all := slices.Concat(out[:min(len(out), room-kept)], rest)
	return all[:min(len(all), room)]
}

// underWayNow counts the flows that somebody is at. One whose process died is not
// among them: it is gone on with, but not here if its directory is unknown here.
func underWayNow(q sqldb.Query, now time.Time) (leavers, others int, err error) {
	err = q.Row(`SELECT count(*), COALESCE(SUM(CASE WHEN f.kind = '`+lifecycle.FlowLeaver+`' THEN 1 ELSE 0 END), 0)
		FROM work_attempts a LEFT JOIN work_flows f ON f.num = a.flow WHERE a.ended = 0 AND a.flow > 0 AND a.expires > $1`, now.UnixMilli()).Scan(&others, &leavers)
	return leavers, others - leavers, err
}

// next are the first flows that a condition lets through, of the directories
// that are configured here.
func (s *Service) next(q sqldb.Query, most int, where string, args ...any) ([]Flow, error) {
	if s.Directories != nil && len(s.Directories) == 0 {
		return nil, nil
	}
	if s.Directories != nil {
		where += " AND directory IN (" + strings.Join(placeholders(len(args)+1, len(s.Directories)), ", ") + ")"
		for _, name := range s.Directories {
			args = append(args, name)
		}
	}
	return flows(q, where+fmt.Sprintf(" ORDER BY due, num LIMIT %d", most), args...)
}

// placeholders are the names of n parameters from the one numbered first on.
func placeholders(first, n int) []string {
	all := make([]string, n)
	for i := range all {
		all[i] = fmt.Sprint("$", first+i)
	}
	return all
}

// configured reports whether the directory of a flow is one of those whose flows are
// carried out here.
func (s *Service) configured(directory string) bool {
	return s.Directories == nil || slices.Contains(s.Directories, directory)
}

// isHere is configured for the flow of an attempt that is to be gone on with;
// one that is of no flow is everybody's.
func (s *Service) isHere(ctx context.Context, attempt int64) (here bool, err error) {
	err = s.db.Read(ctx, func(q sqldb.Query) error {
		of, err := flows(q, "WHERE num IN (SELECT flow FROM work_attempts WHERE num = $1)", attempt)
		here = len(of) == 0 || s.configured(of[0].Directory)
		return err
	})
	return here, sqldb.Fault("read attempt", "", err)
}

// ready reports whether the time of a flow that waits has come, or people have
// decided what it waits for.
func (f *Flow) ready(q sqldb.Query, now time.Time) (bool, error) {
	if !f.Due.After(now) || f.Waits == "" {
		return !f.Due.After(now), nil
	}
	return approval.Decided(q, f.Waits)
}
