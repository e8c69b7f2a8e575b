package journal

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"rollcall/fault"
	"rollcall/identity"
	"rollcall/plan"
	"rollcall/sqldb"
)

// Status says how far a plan or a run has come.
type Status string

// The states of a plan before anybody carried it out.
const (
	Ready  Status = "ready"
	Braked Status = "braked" // a brake stops it

	Waiting    Status = "waiting"    // for people to approve it
	Rejected   Status = "rejected"   // somebody who was asked has
	Superseded Status = "superseded" // a newer plan took its place
	Withdrawn  Status = "withdrawn"  // what it was for is not wanted any more, or is done
)

// The states of a run, and of a plan after its last run.
const (
	Running     Status = "running"     // somebody holds its lease
	Interrupted Status = "interrupted" // no end, and nobody at it: it can be resumed
	Complete    Status = "complete"    // finished, everything done
	Partly      Status = "partly"      // finished, some objects failed
	Refused     Status = "refused"     // finished, some changes were not made because the world had changed
	Aborted     Status = "aborted"     // given up before its end, not to be resumed
)

// PlanInfo is what is known about a stored plan without reading it.
type PlanInfo struct {
	ID        plan.ID
	Made      time.Time
	Origin    plan.Origin
	Sync      string
	Directory string
	Store     identity.StoreID
	By        plan.Actor
	Title     string
	Changes   int
	Counts    map[plan.Kind]int
	Brakes    []plan.Brake
	Status    Status
	Run       string // the last run that carried it out
	Erased    bool   // a person's data was taken out: it can be read, but not carried out
}

// StoredPlan is a plan's file as it was stored.
type StoredPlan struct {
	PlanInfo
	File []byte
}

// SavePlan stores a plan's file and returns its id. The same file stored again
// stays as it is. P is the plan that file holds.
func (j *Journal) SavePlan(ctx context.Context, file []byte, p *plan.Plan) (plan.ID, error) {
	id := plan.Sum(file)
	packed, err := deflate(file)
	if err != nil {
		return "", fault.New(fault.Internal, "store plan", id.Short(), err)
	}
	counts, err := json.Marshal(p.Count())
	if err != nil {
		return "", fault.New(fault.Internal, "store plan", id.Short(), err)
	}
	brakes, err := json.Marshal(p.Brakes)
	if err != nil {
		return "", fault.New(fault.Internal, "store plan", id.Short(), err)
	}
	status := Ready
	if p.Braked() {
		status = Braked
	}
	return id, j.write(ctx, "store plan", id.Short(), func(tx *sqldb.Tx) error {
		_, err := tx.Exec(`INSERT INTO plans (id, made, origin, sync, directory, store, actor, door, title, changes, counts, brakes, status, run, erased, file)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, '', 0, $14) ON CONFLICT (id) DO NOTHING`,
			string(id), p.Made.UnixMilli(), string(p.Origin), p.Sync, p.Directory, string(p.Store), p.By.Name, p.By.Door, p.Title,
			len(p.Changes), string(counts), string(brakes), string(status), packed)
		return err
	})
}

// Plan returns the plan with that id, or whose id alone begins so. It fails
// with fault.NotFound, with fault.Conflict if several begin so, and with
// fault.Invalid if the prefix is too short or the stored bytes are not those
// that the id was made from.
func (j *Journal) Plan(ctx context.Context, idOrPrefix string) (*StoredPlan, error) {
	prefix, err := cleanPrefix("plan", idOrPrefix)
	if err != nil {
		return nil, err
	}
	var found []PlanInfo
	var packed []byte
	err = j.read(ctx, "read plan", prefix, func(q sqldb.Query) (err error) {
		found, err = listPlans(q, "WHERE id >= $1 AND id < $2 ORDER BY id LIMIT 10", prefix, prefix+"~")
		if err != nil || len(found) != 1 {
			return err
		}
		return q.Row("SELECT file FROM plans WHERE id = $1", string(found[0].ID)).Scan(&packed)
	})
	if err != nil {
		return nil, err
	}
	ids := make([]string, len(found))
	for i, p := range found {
		ids[i] = string(p.ID)
	}
	if err := only("plan", prefix, ids); err != nil {
		return nil, err
	}
	file, err := inflate(packed)
	if err != nil || (!found[0].Erased && plan.Sum(file) != found[0].ID) {
		return nil, fault.Text(fault.Invalid, "read plan", found[0].ID.Short(),
			"the stored bytes are not those that its id was made from: they were altered or damaged; make a new plan")
	}
	return &StoredPlan{PlanInfo: found[0], File: file}, nil
}

// Plans lists the plans made last, newest first, at most limit.
func (j *Journal) Plans(ctx context.Context, limit int) ([]PlanInfo, error) {
	var all []PlanInfo
	err := j.read(ctx, "list plans", "", func(q sqldb.Query) (err error) {
		all, err = listPlans(q, "ORDER BY made DESC, id LIMIT $1", limit)
		return err
	})
	return all, err
}

func listPlans(q sqldb.Query, where string, args ...any) ([]PlanInfo, error) {
	rows, err := q.Rows(`SELECT id, made, origin, sync, directory, store, actor, door, title, changes, counts, brakes, status, run, erased
		FROM plans `+where, args...)
	if err != nil {
		return nil, err
	}
	var all []PlanInfo
	err = sqldb.Each(rows, func(scan func(...any) error) error {
		var p PlanInfo
		var made int64
		var erased int
		var counts, brakes string
		err := scan(&p.ID, &made, &p.Origin, &p.Sync, &p.Directory, &p.Store, &p.By.Name, &p.By.Door, &p.Title,
			&p.Changes, &counts, &brakes, &p.Status, &p.Run, &erased)
		if err != nil {
			return err
		}
		p.Made, p.Erased = moment(made), erased != 0
		all = append(all, p)
		last := &all[len(all)-1]
		if err := json.Unmarshal([]byte(counts), &last.Counts); err != nil {
			return err
		}
		return json.Unmarshal([]byte(brakes), &last.Brakes)
	})
	return all, err
}

// minPrefix is how much of an id one must type.
const minPrefix = 4

func cleanPrefix(what, s string) (string, error) {
	s = strings.ToLower(strings.TrimSpace(s))
	if len(strings.TrimPrefix(s, runPrefix)) < minPrefix {
		return "", fault.Text(fault.Invalid, "find "+what, "", fmt.Sprintf("give its id, or the first %d or more characters of it", minPrefix))
	}
	return s, nil
}

// only says what is wrong if not exactly one id was found.
func only(what, prefix string, ids []string) error {
	switch len(ids) {
	case 0:
		return fault.Text(fault.NotFound, "find "+what, prefix, "there is none whose id begins so")
	case 1:
		return nil
	}
	return fault.Text(fault.Conflict, "find "+what, prefix, "several begin so: "+strings.Join(ids, ", "))
}
