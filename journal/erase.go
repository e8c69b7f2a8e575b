package journal

import (
	"context"
	"fmt"
	"slices"

	"rollcall/fault"
	"rollcall/identity"
	"rollcall/plan"
	"rollcall/sqldb"
)

// Erasure says what was taken out.
type Erasure struct {
	Entries int // whose bodies are gone
	Plans   int // that no longer name the person
}

// Erase takes one record's personal data out of a target's journal and stored
// plans: the bodies of entries about it, its values in plans, its name in the
// index, and what people wrote about those plans: why brakes were overridden, why
// they were approved. Ids, times, results and hashes stay; the chain still verifies, and an
// entry says what was erased and by whom. Plans it was in can then be read,
// but not carried out. What the next complete read finds on the target is
// journalled anew: delete it there first.
//
// It fails with fault.NotFound if the journal knows nothing of the record, and
// with fault.Conflict while a run whose plan names it has no end. Killed in
// between it can be called again.
func (j *Journal) Erase(ctx context.Context, target string, r identity.Record, by plan.Actor) (Erasure, error) {
	var done Erasure
	objects, err := j.objectsOf(ctx, target, r)
	if err != nil {
		return done, err
	}
	person := &erased{record: r, ids: map[plan.Subject]bool{}}
	for _, o := range objects {
		person.ids[plan.Existing(o.id)] = true
	}
	if done.Plans, err = j.erasePlans(ctx, target, person); err != nil {
		return done, err
	}
	if len(objects) == 0 && done.Plans == 0 {
		return done, fault.Text(fault.NotFound, "erase", string(r.Kind)+" of source "+r.Source, "the journal knows nothing of it")
	}
	if len(objects) == 0 {
		return done, nil
	}
	about, err := j.mentions(ctx, target, objects)
	if err != nil {
		return done, err
	}
	err = j.write(ctx, "erase", string(r.Kind)+" of source "+r.Source, func(tx *sqldb.Tx) (err error) {
		done.Entries, err = j.eraseEntries(tx, target, objects, about, by)
		return err
	})
	return done, err
}

// mentions lists the entries with a body that are about one of the objects
// without an effect on it, which the index does not know: what a target said
// when it refused a change; and what people said of the plans that were erased.
func (j *Journal) mentions(ctx context.Context, target string, objects []indexed) (seqs []int64, err error) {
	var chain int64
	var plans map[plan.ID]bool
	err = j.read(ctx, "erase", "target "+target, func(q sqldb.Query) (err error) {
		if chain, err = chainOf(q, target); err != nil {
			return err
		}
		plans, err = erasedPlans(q, target)
		return err
	})
	if err != nil {
		return nil, err
	}
	err = j.pages(ctx, span{chain: chain}, func(row storedEntry) error {
		e, err := decodeEnvelope(row.envelope)
		if err != nil {
			return fault.New(fault.Invalid, "read journal", entryName(row.seq), err)
		}
		said := (e.Type == TypeBegin || e.Type == TypeApproval) && plans[e.Plan]
		if row.body != nil && (said || slices.ContainsFunc(objects, func(o indexed) bool { return o.id == e.Object })) {
			seqs = append(seqs, e.Seq)
		}
		return nil
	})
	return seqs, err
}

type indexed struct {
	num int64
	id  identity.ID
}

// objectsOf lists the objects that a record has had on a target.
func (j *Journal) objectsOf(ctx context.Context, target string, r identity.Record) ([]indexed, error) {
	var all []indexed
	err := j.read(ctx, "erase", "target "+target, func(q sqldb.Query) error {
		rows, err := q.Rows(`SELECT o.num, o.id FROM history_objects o JOIN chains c ON c.num = o.chain
			WHERE c.target = $1 AND o.kind = $2 AND o.source = $3 AND o.anchor = $4 ORDER BY o.num`,
			target, string(r.Kind), r.Source, string(r.Anchor))
		if err != nil {
			return err
		}
		return sqldb.Each(rows, func(scan func(...any) error) error {
			var o indexed
			var packed []byte
			if err := scan(&o.num, &packed); err != nil {
				return err
			}
			id, err := unpackID(packed)
			o.id = id
			all = append(all, o)
			return err
		})
	})
	return all, err
}

// eraseEntries empties the bodies of the entries given and of all with an
// effect on the objects, and journals that.
func (j *Journal) eraseEntries(tx *sqldb.Tx, target string, objects []indexed, seqs []int64, by plan.Actor) (n int, err error) {
	chain, err := chainOf(tx, target)
	if err != nil {
		return 0, err
	}
	for _, o := range objects {
		about, err := bodiesOf(tx, chain, o.num)
		if err != nil {
			return 0, err
		}
		seqs = append(seqs, about...)
		if _, err := tx.Exec("DELETE FROM history_names WHERE object = $1", o.num); err != nil {
			return 0, err
		}
		_, err = tx.Exec("UPDATE history_objects SET name = '', source = '', anchor = '', digest = $1 WHERE num = $2", []byte{}, o.num)
		if err != nil {
			return 0, err
		}
	}
	slices.Sort(seqs)
	seqs = slices.Compact(seqs)
	for _, seq := range seqs {
		if _, err := tx.Exec("UPDATE bodies SET body = NULL WHERE chain = $1 AND seq = $2", chain, seq); err != nil {
			return 0, err
		}
	}
	a, err := j.appender(tx, chain, target)
	if err != nil {
		return 0, err
	}
	return len(seqs), a.add(&envelope{Type: TypeErasure, Actor: by.Name, Door: by.Door, Erased: seqs}, nil)
}

func bodiesOf(tx *sqldb.Tx, chain, object int64) ([]int64, error) {
	rows, err := tx.Rows(`SELECT h.seq FROM history h JOIN bodies b ON b.chain = $1 AND b.seq = h.seq
		WHERE h.object = $2 AND b.body IS NOT NULL`, chain, object)
	if err != nil {
		return nil, err
	}
	var all []int64
	err = sqldb.Each(rows, func(scan func(...any) error) error {
		var seq int64
		err := scan(&seq)
		all = append(all, seq)
		return err
	})
	return all, err
}

// erasePlans takes a person out of every stored plan for a target.
func (j *Journal) erasePlans(ctx context.Context, target string, person *erased) (n int, err error) {
	var stored []PlanInfo
	err = j.read(ctx, "erase", "target "+target, func(q sqldb.Query) (err error) {
		stored, err = listPlans(q, "WHERE directory = $1 ORDER BY made", target)
		return err
	})
	if err != nil {
		return 0, err
	}
	for _, info := range stored {
		did, err := j.erasePlan(ctx, info.ID, person)
		if err != nil {
			return n, err
		}
		if did {
			n++
		}
	}
	return n, nil
}

func (j *Journal) erasePlan(ctx context.Context, id plan.ID, person *erased) (did bool, err error) {
	stored, err := j.Plan(ctx, string(id))
	if err != nil {
		return false, err
	}
	p, err := plan.Decode(stored.File)
	if err != nil {
		return false, err
	}
	if !person.takeOutOf(p) {
		return false, nil
	}
	if stored.Status == Running {
		return false, fault.Text(fault.Conflict, "erase", "plan "+id.Short(),
			fmt.Sprintf("run %s of it has no end; finish it first", stored.Run))
	}
	file, _, err := plan.Encode(p)
	if err != nil {
		return false, err
	}
	return true, j.replacePlan(ctx, id, p, file)
}
