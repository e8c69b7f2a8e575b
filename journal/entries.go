package journal

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"iter"
	"slices"
	"time"

	"rollcall/fault"
	"rollcall/identity"
	"rollcall/plan"
	"rollcall/sqldb"
)

// Entry is one entry of a chain, for people and programs to read.
type Entry struct {
	Seq      int64
	At       time.Time
	Type     Type
	Run      string     // empty for what was done beside runs
	Plan     plan.ID    // of the run
	Actor    plan.Actor // whose run, or who erased, decided, or said so
	Sync     string
	Changes  []int   // intents and outcomes: numbers in the plan
	Result   Result  // outcomes
	Verdict  Verdict // approvals
	Status   Status  // ends
	Counts   Counts  // ends
	Object   identity.ID
	Revision string
	Fault    string
	Text     string
	Of       string // rebinds, as of a [Rebinding]
	Old, New string // rebinds
	Effects  []Effect
	Erasures []int64 // erasures: the entries whose bodies were erased
	Erased   bool    // the texts and effects of this one were
	Hash     string  // hex

	envelope, body []byte // as stored
}

// Filter chooses entries; a zero field lets everything through.
type Filter struct {
	Run    string // its id
	Types  []Type
	Kind   identity.Kind // with Object: those with an effect on it
	Object identity.ID
	Since  time.Time // at or after
	Until  time.Time // before
	After  int64     // entries after that one
	Newest bool      // newest first
}

// Entries lists a target's entries that filter lets through, oldest first
// unless it says otherwise, to the end as it was when the listing started. A
// target without a journal has none. It reads in pages and holds nothing open
// in between; an error is the last thing it yields.
func (j *Journal) Entries(ctx context.Context, target string, filter Filter) iter.Seq2[Entry, error] {
	return func(yield func(Entry, error) bool) {
		l := lister{j: j, target: target, filter: filter, runs: map[int64]runRow{}, yield: yield}
		if err := l.list(ctx); err != nil && !l.stopped {
			yield(Entry{}, err)
		}
	}
}

// lister is one listing on its way.
type lister struct {
	j       *Journal
	target  string
	filter  Filter
	chain   int64
	until   int64            // the last entry to list; 0: the end
	runs    map[int64]runRow // by the entry that began them
	yield   func(Entry, error) bool
	stopped bool
}

var errStop = fault.Text(fault.Internal, "list entries", "", "the listing was ended")

func (l *lister) list(ctx context.Context) error {
	s := span{from: l.filter.After + 1, newest: l.filter.Newest}
	var touched []int64
	err := l.j.read(ctx, "read journal", "target "+l.target, func(q sqldb.Query) (err error) {
		if l.chain, err = chainOf(q, l.target); err != nil || l.chain == 0 {
			return err
		}
		if err := q.Row("SELECT COALESCE(MAX(seq), 0) FROM entries WHERE chain = $1", l.chain).Scan(&s.to); err != nil {
			return err
		}
		if l.until != 0 {
			s.to = min(s.to, l.until)
		}
		if l.filter.Object != "" {
			touched, err = touches(q, l.chain, l.filter.Kind, l.filter.Object, s)
		}
		return err
	})
	if err != nil || l.chain == 0 || s.to == 0 {
		return err
	}
	s.chain = l.chain
	one := func(row storedEntry) error { return l.one(ctx, row) }
	if l.filter.Object == "" {
		return l.j.pages(ctx, s, one)
	}
	for _, seq := range touched {
		if err := l.j.pages(ctx, span{chain: l.chain, from: seq, to: seq}, one); err != nil {
			return err
		}
	}
	return nil
}

// touches lists the entries with an effect on an object.
func touches(q sqldb.Query, chain int64, kind identity.Kind, id identity.ID, s span) ([]int64, error) {
	all, err := sqldb.Collect(q, sqldb.Value[int64], `SELECT h.seq FROM history h JOIN history_objects o ON o.num = h.object
		WHERE o.chain = $1 AND o.kind = $2 AND o.id = $3 AND h.seq >= $4 AND h.seq <= $5 ORDER BY h.seq`,
		chain, string(kind), packID(id), s.from, s.to)
	if s.newest {
		slices.Reverse(all)
	}
	return all, err
}

func (l *lister) one(ctx context.Context, row storedEntry) error {
	if l.stopped {
		return errStop
	}
	e, err := decodeEnvelope(row.envelope)
	if err != nil {
		return fault.New(fault.Invalid, "read journal", entryName(row.seq), err)
	}
	f := &l.filter
	at := moment(e.At)
	if (len(f.Types) > 0 && !slices.Contains(f.Types, e.Type)) ||
		(!f.Since.IsZero() && at.Before(f.Since)) || (!f.Until.IsZero() && !at.Before(f.Until)) {
		return nil
	}
	run, err := l.run(ctx, &e)
	if err != nil || (f.Run != "" && run.ID != f.Run) {
		return err
	}
	out, err := l.j.entryOf(&e, row, run)
	if err != nil {
		return err
	}
	if !l.yield(out, nil) {
		l.stopped = true
		return errStop
	}
	return nil
}

// run returns the run that an entry belongs to.
func (l *lister) run(ctx context.Context, e *envelope) (runRow, error) {
	begun := e.Run
	switch e.Type {
	case TypeErasure, TypeApproval, TypeRebind:
		return runRow{RunInfo: RunInfo{Plan: e.Plan, Actor: plan.Actor{Name: e.Actor, Door: e.Door}}}, nil
	case TypeBegin:
		begun = e.Seq
	}
	if r, ok := l.runs[begun]; ok {
		return r, nil
	}
	var rows []runRow
	err := l.j.read(ctx, "read journal", entryName(e.Seq), func(q sqldb.Query) (err error) {
		rows, err = listRuns(q, l.j.now(), "WHERE r.chain = $1 AND r.begun = $2", l.chain, begun)
		return err
	})
	if err != nil {
		return runRow{}, err
	}
	if len(rows) == 1 {
		l.runs[begun] = rows[0]
	}
	return l.runs[begun], nil
}

func (j *Journal) entryOf(e *envelope, row storedEntry, run runRow) (Entry, error) {
	out := Entry{
		Seq: e.Seq, At: moment(e.At), Type: e.Type, Run: run.ID, Plan: run.Plan, Actor: run.Actor, Sync: run.Sync,
		Object: e.Object, Erasures: e.Erased, Erased: e.Digest != nil && row.body == nil, Hash: hex.EncodeToString(row.hash),
		envelope: row.envelope, body: row.body,
	}
	for _, n := range e.Changes {
		out.Changes = append(out.Changes, int(n))
	}
	switch e.Type {
	case TypeOutcome:
		out.Result = Result(e.Result)
	case TypeApproval:
		out.Verdict = Verdict(e.Result)
	case TypeEnd:
		out.Status = Status(e.Result)
		if err := json.Unmarshal([]byte(e.Counts), &out.Counts); err != nil {
			return out, fault.New(fault.Invalid, "read journal", entryName(e.Seq), err)
		}
	}
	if row.body == nil {
		return out, nil
	}
	b, err := j.pack.open(row.body)
	if err != nil {
		return out, fault.New(fault.Invalid, "read journal", entryName(e.Seq), err)
	}
	out.Revision, out.Fault, out.Text, out.Effects = b.Revision, b.Fault, b.Text, b.Effects
	out.Of, out.Old, out.New = b.Of, b.Old, b.New
	return out, nil
}
