package journal

import (
	"context"

	"rollcall/plan"
	"rollcall/sqldb"
)

// Rebinding is a person's word that something of ours stands for another thing
// from now on: a directory's name for another store, a sync for another copy of
// its source. No plan shows that, and yet every later plan rests on it.
type Rebinding struct {
	Target   string // the directory whose chain tells of it
	Of       string // what was bound: "directory local", "sync corp"
	Old, New string // what it stood for, and stands for now, in words
	By       plan.Actor
	Why      string
}

// Rebind does what also says and journals the rebinding that it returns, in one
// transaction: there is never one without the other. It returns the entry's
// number. If also fails, nothing is written, and it fails with the same.
func (j *Journal) Rebind(ctx context.Context, op, on string, also func(tx *sqldb.Tx) (Rebinding, error)) (seq int64, err error) {
	err = j.write(ctx, op, on, func(tx *sqldb.Tx) error {
		r, err := also(tx)
		if err != nil {
			return err
		}
		e := envelope{Type: TypeRebind, Actor: r.By.Name, Door: r.By.Door}
		err = j.beside(tx, r.Target, &e, &body{Text: r.Why, Of: r.Of, Old: r.Old, New: r.New})
		seq = e.Seq
		return err
	})
	return seq, err
}

// beside appends an entry that belongs to no run to a target's chain, which may
// begin with it.
func (j *Journal) beside(tx *sqldb.Tx, target string, e *envelope, b *body) error {
	chain, err := makeChain(tx, target)
	if err != nil {
		return err
	}
	a, err := j.appender(tx, chain, target)
	if err != nil {
		return err
	}
	stored, digest, err := j.pack.seal(b)
	if err != nil {
		return err
	}
	e.Digest = digest
	return a.add(e, stored)
}
