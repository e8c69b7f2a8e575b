package journal

import (
	"context"
	"fmt"

	"rollcall/fault"
	"rollcall/identity"
	"rollcall/plan"
	"rollcall/sqldb"
)

// Traces are where a record has left its data, so that what others keep about it
// can be erased too.
type Traces struct {
	Objects []identity.ID // that it has had on the target
	Names   []string      // that those were called, folded by [identity.Fold]
	Plans   []plan.ID     // that name it
	Runs    []string      // of those plans
}

// Traces finds the traces of a record, and changes nothing. It fails as
// [Journal.Erase] does: with fault.NotFound if there are none, and with
// fault.Conflict while a run whose plan names it has no end.
func (j *Journal) Traces(ctx context.Context, target string, r identity.Record) (Traces, error) {
	var found Traces
	objects, err := j.objectsOf(ctx, target, r)
	if err != nil {
		return found, err
	}
	person := &erased{record: r, ids: map[plan.Subject]bool{}}
	for _, o := range objects {
		person.ids[plan.Existing(o.id)] = true
		found.Objects = append(found.Objects, o.id)
		called, err := j.calledOf(ctx, o.num)
		if err != nil {
			return found, err
		}
		found.Names = append(found.Names, called...)
	}
	if err := j.plansNaming(ctx, target, person, &found); err != nil {
		return found, err
	}
	if len(objects)+len(found.Plans) == 0 {
		return found, fault.Text(fault.NotFound, "erase", string(r.Kind)+" of source "+r.Source, "the journal knows nothing of it")
	}
	return found, nil
}

// calledOf are the names that an object has had, folded.
func (j *Journal) calledOf(ctx context.Context, num int64) (all []string, err error) {
	err = j.read(ctx, "erase", "", func(q sqldb.Query) error {
		rows, err := q.Rows("SELECT name FROM history_objects WHERE num = $1 AND name <> '' UNION SELECT name FROM history_names WHERE object = $1", num)
		if err != nil {
			return err
		}
		return sqldb.Each(rows, func(scan func(...any) error) error {
			var name string
			err := scan(&name)
			all = append(all, name)
			return err
		})
	})
	return all, err
}

func (j *Journal) plansNaming(ctx context.Context, target string, person *erased, found *Traces) error {
	var stored []PlanInfo
	err := j.read(ctx, "erase", "target "+target, func(q sqldb.Query) (err error) {
		stored, err = listPlans(q, "WHERE directory = $1 ORDER BY made", target)
		return err
	})
	if err != nil {
		return err
	}
	for _, info := range stored {
		s, err := j.Plan(ctx, string(info.ID))
		if err != nil {
			return err
		}
		p, err := plan.Decode(s.File)
		if err != nil {
			return err
		}
		if !person.takeOutOf(p) {
			continue
		}
		if s.Status == Running {
			return fault.Text(fault.Conflict, "erase", "plan "+info.ID.Short(), fmt.Sprintf("run %s of it has no end; finish it first", s.Run))
		}
		found.Plans = append(found.Plans, info.ID)
		if s.Run != "" {
			found.Runs = append(found.Runs, s.Run)
		}
	}
	return nil
}

// erasedPlans are the plans of a target from which somebody was erased: what was
// said of them as a whole may name that person.
func erasedPlans(q sqldb.Query, target string) (map[plan.ID]bool, error) {
	all := map[plan.ID]bool{}
	rows, err := q.Rows("SELECT id FROM plans WHERE directory = $1 AND erased = 1", target)
	if err != nil {
		return nil, err
	}
	err = sqldb.Each(rows, func(scan func(...any) error) error {
		var id plan.ID
		err := scan(&id)
		all[id] = true
		return err
	})
	return all, err
}
