package journal

import (
	"context"
	"slices"

	"rollcall/fault"
	"rollcall/identity"
	"rollcall/sqldb"
)

// Result says what became of a change.
type Result string

// The results of a change.
const (
	Done    Result = "done"    // made
	Settled Result = "settled" // its answer was lost; a read showed that it is made
	Partial Result = "partial" // made, but not all of it can be set now
	Already Result = "already" // nothing to do: the object is as planned
	Failed  Result = "failed"  // refused by the target, or given up
	Stale   Result = "stale"   // not made: the object has changed since it was planned
	Held    Result = "held"    // not made: the person is held
	Skipped Result = "skipped" // not made: a change that it needs was not
)

// Made reports whether the target is now as the change wanted it, though perhaps
// not in every attribute: see [Result.Whole].
func (r Result) Made() bool { return r == Done || r == Settled || r == Partial || r == Already }

// Whole reports whether the change was made and nothing of it is left to do.
func (r Result) Whole() bool { return r.Made() && r != Partial }

// Outcome is what became of one change.
type Outcome struct {
	Change   int // its number in the plan
	Result   Result
	Object   identity.ID // whom it was about; for a creation, the id it got
	Revision string      // of the object, after
	Fault    string      // the kind's name, if it was not made because of one
	Text     string      // for people
	Effects  []Effect
}

// Intents journals that changes will be tried now: durable when it returns, so
// that a call that was made is never unknown. One entry holds them all.
func (r *Run) Intents(ctx context.Context, changes []int) error {
	if len(changes) == 0 {
		return nil
	}
	e := envelope{Type: TypeIntent, Run: r.begun, Changes: make([]int64, len(changes))}
	for i, n := range changes {
		e.Changes[i] = int64(n)
	}
	slices.Sort(e.Changes)
	e.Changes = slices.Compact(e.Changes)
	if e.Changes[0] < 1 {
		return fault.Text(fault.Internal, "journal intents", "run "+r.ID(), "changes are numbered from 1")
	}
	return r.append(ctx, "journal intents", func(a *appender) error { return a.add(&e, nil) })
}

// Outcome journals what became of a change, and does each of also (links,
// holds) in the same transaction: all of it is durable when it returns, or
// none. It may be called from many goroutines, which then share commits.
func (r *Run) Outcome(ctx context.Context, o Outcome, also ...func(tx *sqldb.Tx) error) error {
	if o.Change < 1 || o.Result == "" {
		return fault.Text(fault.Internal, "journal outcome", "run "+r.ID(), "an outcome needs a change's number and a result")
	}
	b := body{Revision: o.Revision, Fault: o.Fault, Text: o.Text, Effects: o.Effects}
	stored, digest, err := r.j.pack.seal(&b)
	if err != nil {
		return err
	}
	return r.append(ctx, "journal outcome", func(a *appender) error {
		e := envelope{
			Type: TypeOutcome, Run: r.begun, Changes: []int64{int64(o.Change)},
			Result: string(o.Result), Object: o.Object, Digest: digest,
		}
		if err := a.add(&e, stored); err != nil {
			return err
		}
		if err := a.index(&e, o.Effects); err != nil {
			return err
		}
		for _, fn := range also {
			if err := fn(a.tx); err != nil {
				return err
			}
		}
		return nil
	})
}

// Done returns what the journal knows about the run so far: the last outcome of
// each change, and the changes that were tried and of which it is not known
// what became (true). Those are settled by reading before anything else.
func (r *Run) Done(ctx context.Context) (map[int]Outcome, map[int]bool, error) {
	outcomes, open := map[int]Outcome{}, map[int]bool{}
	err := r.j.pages(ctx, span{chain: r.chain, from: r.begun}, func(row storedEntry) error {
		e, err := decodeEnvelope(row.envelope)
		if err != nil {
			return fault.New(fault.Internal, "read journal", "run "+r.ID(), err)
		}
		if e.Run != r.begun {
			return nil
		}
		switch e.Type {
		case TypeIntent:
			for _, n := range e.Changes {
				open[int(n)] = true
			}
		case TypeOutcome:
			o, err := r.j.outcomeOf(&e, row)
			if err != nil {
				return err
			}
			outcomes[o.Change] = o
			delete(open, o.Change)
		}
		return nil
	})
	return outcomes, open, err
}

func (j *Journal) outcomeOf(e *envelope, row storedEntry) (Outcome, error) {
	o := Outcome{Result: Result(e.Result), Object: e.Object}
	if len(e.Changes) > 0 {
		o.Change = int(e.Changes[0])
	}
	if row.body == nil {
		return o, nil
	}
	b, err := j.pack.open(row.body)
	if err != nil {
		return o, fault.New(fault.Internal, "read journal", entryName(e.Seq), err)
	}
	o.Revision, o.Fault, o.Text, o.Effects = b.Revision, b.Fault, b.Text, b.Effects
	return o, nil
}
