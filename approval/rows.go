package approval

import (
	"encoding/json"
	"time"

	"rollcall/fault"
	"rollcall/journal"
	"rollcall/plan"
	"rollcall/sqldb"
)

// moment reads a time as it is kept; 0 is never.
func moment(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}

// one is the request of a plan; fault.NotFound if there is none.
func one(q sqldb.Query, id plan.ID) (Request, error) {
	all, err := list(q, "WHERE plan = $1", string(id))
	if err == nil && len(all) == 0 {
		err = fault.Text(fault.NotFound, "read approval", "plan "+id.Short(), "nobody has asked for its approval")
	}
	if err != nil {
		return Request{}, err
	}
	return all[0], nil
}

func list(q sqldb.Query, where string, args ...any) ([]Request, error) {
	rows, err := q.Rows(`SELECT plan, directory, sync, title, changes, actor, door, asked, need, why, override, status, note
		FROM approval_requests `+where, args...)
	if err != nil {
		return nil, err
	}
	all := []Request{}
	err = sqldb.Each(rows, func(scan func(...any) error) error {
		r := Request{Decisions: []Decision{}}
		var asked int64
		var why string
		if err := scan(&r.Plan, &r.Directory, &r.Sync, &r.Title, &r.Changes, &r.By.Name, &r.By.Door, &asked, &r.Needs.Approvers, &why,
			&r.Override, &r.Status, &r.Note); err != nil {
			return err
		}
		r.Asked = moment(asked)
		all = append(all, r)
		return json.Unmarshal([]byte(why), &all[len(all)-1].Needs.Why)
	})
	for i := range all {
		if err == nil {
			all[i].Decisions, err = decisions(q, all[i].Plan)
		}
	}
	return all, err
}

func decisions(q sqldb.Query, id plan.ID) ([]Decision, error) {
	rows, err := q.Rows("SELECT operator, verdict, door, at, comment FROM approval_decisions WHERE plan = $1 ORDER BY at, operator", string(id))
	if err != nil {
		return nil, err
	}
	all := []Decision{}
	err = sqldb.Each(rows, func(scan func(...any) error) error {
		var d Decision
		var at int64
		err := scan(&d.Operator, &d.Verdict, &d.Door, &at, &d.Comment)
		d.At = moment(at)
		all = append(all, d)
		return err
	})
	return all, err
}

// insert keeps a new request.
func insert(tx *sqldb.Tx, r *Request, substance string) error {
	why, err := json.Marshal(r.Needs.Why)
	if err != nil {
		return err
	}
	_, err = tx.Exec(`INSERT INTO approval_requests (plan, directory, sync, substance, title, changes, actor, door, asked, need, why, override, status, ended, note)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 0, '')`,
		string(r.Plan), r.Directory, r.Sync, substance, r.Title, r.Changes, r.By.Name, r.By.Door, r.Asked.UnixMilli(), r.Needs.Approvers, string(why),
		r.Override, string(r.Status))
	return err
}

// end ends a request.
func end(tx *sqldb.Tx, r Request, to Status, at time.Time, note string) error {
	_, err := tx.Exec("UPDATE approval_requests SET status = $1, ended = $2, note = $3 WHERE plan = $4", string(to), at.UnixMilli(), note, string(r.Plan))
	return err
}

// overtaken is what the journal says of a request that a newer plan ends.
func overtaken(r Request, by plan.Actor, note string) journal.Deciding {
	return journal.Deciding{Plan: r.Plan, Target: r.Directory, By: by, Verdict: journal.Overtaken, Text: note}
}
