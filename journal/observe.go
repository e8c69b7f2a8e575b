package journal

import (
	"cmp"
	"context"
	"encoding/json"
	"iter"
	"slices"
	"time"

	"rollcall/fault"
	"rollcall/identity"
	"rollcall/sqldb"
)

// Observed is one object as a read found it.
type Observed struct {
	Kind    identity.Kind
	Object  identity.ID
	Name    string
	Record  *identity.Record
	Body    json.RawMessage // all attributes, as [UserBody] and [GroupBody] write them
	Members []identity.ID   // of a group: all its users
}

// Observation is what one complete read of a target found.
type Observation struct {
	Began   time.Time                  // when the read began: what was journalled since is newer
	Kinds   []identity.Kind            // that the read covered: what is known of these and not listed is gone
	Objects iter.Seq2[Observed, error] // each object once; a read that is not complete yields an error
}

// Observe journals what has changed on the target since the journal last heard
// of it: an entry for each object that is new, different or gone. An object
// that one of our own runs has changed since the read began is left alone.
//
// Nothing is journalled from a read that yields an error, which is returned;
// fault.Invalid if an object is listed twice or lacks its attributes. What is
// found is written in parts: if that fails in between, the next observation
// finds the rest.
func (r *Run) Observe(ctx context.Context, what Observation) error {
	c := comparison{kinds: what.Kinds, known: map[objectKey]*knownObject{}}
	if err := r.loadKnown(ctx, &c); err != nil {
		return err
	}
	for o, err := range what.Objects {
		if err == nil {
			err = c.compare(&o)
		}
		if err != nil {
			return err
		}
	}
	c.gone()
	for part := range slices.Chunk(c.changes, observedAtOnce) {
		if err := r.observed(ctx, part, what.Began.UnixMilli()); err != nil {
			return err
		}
	}
	return nil
}

// observedAtOnce is how many entries one transaction adds: others wait for it.
const observedAtOnce = 200

type objectKey struct {
	kind identity.Kind
	id   identity.ID
}

// knownObject is an object as the index has it.
type knownObject struct {
	num     int64
	digest  string // empty: gone, or never seen itself
	members []identity.ID
	seen    bool
}

// comparison finds what differs between the index and a read.
type comparison struct {
	kinds   []identity.Kind
	known   map[objectKey]*knownObject
	changes []Effect
}

// loadKnown reads the index, in pages.
func (r *Run) loadKnown(ctx context.Context, c *comparison) error {
	byNum := map[int64]objectKey{}
	err := r.j.inPages(ctx, func(q sqldb.Query, last []int64) (n int, err error) {
		return c.loadObjects(q, r.chain, byNum, last)
	})
	if err != nil {
		return err
	}
	return r.j.inPages(ctx, func(q sqldb.Query, last []int64) (n int, err error) {
		return c.loadMembers(q, byNum, last)
	})
}

const indexPage = 20_000 // rows in one read of the index

// inPages calls page with where the last one ended until it gets less than a
// whole one.
func (j *Journal) inPages(ctx context.Context, page func(q sqldb.Query, last []int64) (int, error)) error {
	last := make([]int64, 2)
	for {
		var n int
		err := j.read(ctx, "read history", "", func(q sqldb.Query) (err error) {
			n, err = page(q, last)
			return err
		})
		if err != nil || n < indexPage {
			return err
		}
	}
}

func (c *comparison) loadObjects(q sqldb.Query, chain int64, byNum map[int64]objectKey, last []int64) (n int, err error) {
	rows, err := q.Rows("SELECT num, kind, id, digest FROM history_objects WHERE chain = $1 AND num > $2 ORDER BY num LIMIT $3",
		chain, last[0], indexPage)
	if err != nil {
		return 0, err
	}
	err = sqldb.Each(rows, func(scan func(...any) error) error {
		var o knownObject
		var key objectKey
		var packed []byte
		if err := scan(&o.num, &key.kind, &packed, &o.digest); err != nil {
			return err
		}
		id, err := unpackID(packed)
		key.id = id
		c.known[key], byNum[o.num], last[0] = &o, key, o.num
		n++
		return err
	})
	return n, err
}

// loadMembers gives the known groups their present members.
func (c *comparison) loadMembers(q sqldb.Query, byNum map[int64]objectKey, last []int64) (n int, err error) {
	rows, err := q.Rows(`SELECT grp, usr FROM history_members WHERE (grp, usr) > ($1, $2) AND ended = 0
		ORDER BY grp, usr LIMIT $3`, last[0], last[1], indexPage)
	if err != nil {
		return 0, err
	}
	err = sqldb.Each(rows, func(scan func(...any) error) error {
		if err := scan(&last[0], &last[1]); err != nil {
			return err
		}
		n++
		if group := c.known[byNum[last[0]]]; group != nil { // else another target's
			group.members = append(group.members, byNum[last[1]].id)
		}
		return nil
	})
	return n, err
}

// compare notes what is new about one object.
func (c *comparison) compare(o *Observed) error {
	key := objectKey{o.Kind, o.Object}
	on := string(o.Kind) + " " + string(o.Object)
	if o.Object == "" || len(o.Body) == 0 {
		return fault.Text(fault.Invalid, "observe", on, "an object needs its id and its attributes")
	}
	was := c.known[key]
	if was == nil {
		was = &knownObject{}
		c.known[key] = was
	}
	if was.seen {
		return fault.Text(fault.Invalid, "observe", on, "it is listed twice: the read is not to be trusted")
	}
	was.seen = true
	f := Effect{Kind: o.Kind, Object: o.Object, Name: o.Name, Record: o.Record}
	if was.digest != string(stateDigest(o.Body)) {
		f.Body = o.Body
	}
	f.Joined, f.Left = difference(was.members, o.Members)
	if f.Body != nil || len(f.Joined)+len(f.Left) > 0 {
		c.changes = append(c.changes, f)
	}
	return nil
}

// difference returns who is only in to and who is only in from.
func difference(from, to []identity.ID) (joined, left []identity.ID) {
	was := make(map[identity.ID]bool, len(from))
	for _, id := range from {
		was[id] = true
	}
	for _, id := range to {
		if !was[id] {
			joined = append(joined, id)
		}
		delete(was, id)
	}
	for _, id := range from {
		if was[id] {
			left = append(left, id)
		}
	}
	return joined, left
}

// gone notes what was there and is not any more.
func (c *comparison) gone() {
	var all []Effect
	for key, o := range c.known {
		if !o.seen && o.digest != "" && slices.Contains(c.kinds, key.kind) {
			all = append(all, Effect{Kind: key.kind, Object: key.id, Deleted: true})
		}
	}
	slices.SortFunc(all, func(a, b Effect) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Object, b.Object))
	})
	c.changes = append(c.changes, all...)
}

// observed journals a part of what was found.
func (r *Run) observed(ctx context.Context, part []Effect, began int64) error {
	type sealed struct{ stored, digest []byte }
	bodies := make([]sealed, len(part))
	for i := range part {
		b := body{Effects: part[i : i+1]}
		stored, digest, err := r.j.pack.seal(&b)
		if err != nil {
			return err
		}
		bodies[i] = sealed{stored, digest}
	}
	return r.append(ctx, "journal observation", func(a *appender) error {
		for i := range part {
			f := &part[i]
			newer, err := a.writtenAfter(f, began)
			if err != nil {
				return err
			}
			if newer {
				continue
			}
			e := envelope{Type: TypeObservation, Run: r.begun, Kind: f.Kind, Object: f.Object, Digest: bodies[i].digest}
			if err := a.add(&e, bodies[i].stored); err != nil {
				return err
			}
			if err := a.index(&e, part[i:i+1]); err != nil {
				return err
			}
		}
		return nil
	})
}

// writtenAfter reports whether one of our runs has changed an object since.
func (a *appender) writtenAfter(f *Effect, began int64) (bool, error) {
	num, err := objectNum(a.tx, a.chain, f.Kind, f.Object)
	if err != nil || num == 0 {
		return false, err
	}
	var n int
	err = a.tx.Row("SELECT COUNT(*) FROM history WHERE object = $1 AND at > $2 AND (what & 8) = 0", num, began).Scan(&n)
	return n > 0, err
}
