package journal

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"

	"rollcall/fault"
	"rollcall/keyring"
	"rollcall/sqldb"
)

// Damage says what sort of thing was done to a chain.
type Damage string

// The sorts of damage.
const (
	Altered   Damage = "altered"   // an entry, or its body, is not what was written
	Dropped   Damage = "dropped"   // an entry is missing
	Inserted  Damage = "inserted"  // an entry stands where another was written
	Swapped   Damage = "swapped"   // an entry stands in another's place
	Cut       Damage = "cut"       // entries at the end are missing
	Rewritten Damage = "rewritten" // the chain is whole, but not the one that was signed
)

// Problem is the first thing found wrong with a chain.
type Problem struct {
	Seq    int64 // the entry it is about; of a rewritten chain, the first that may differ
	Damage Damage
	Text   string
}

// Report is what verifying a chain found.
type Report struct {
	Target  string
	Entries int64    // read up to the problem, or all
	Erased  int      // bodies that were erased, as the chain itself says
	Heads   int      // signed heads that agree
	Last    Head     // the last of those; zero if there is none
	Problem *Problem // nil if the chain is what was written
}

// Verify reads a target's whole chain and names the first thing wrong with it.
// Every run's end was signed and the signature kept; known, if not nil, is a
// head kept elsewhere, which finds even a chain rewritten together with those.
//
// A problem is in the report, not an error. It fails with fault.Invalid if
// known is another target's or its signature is wrong, fault.NotFound if there
// is no journal.
func (j *Journal) Verify(ctx context.Context, target string, known *Head) (Report, error) {
	v := verifier{report: Report{Target: target}, before: genesis(target), marks: map[int64][]mark{}, erasures: map[int64]bool{}}
	if known != nil {
		if err := v.expect(*known); err != nil {
			return v.report, err
		}
	}
	var chain int64
	err := j.read(ctx, "verify journal", "target "+target, func(q sqldb.Query) (err error) {
		if chain, err = chainOf(q, target); err != nil || chain == 0 {
			return err
		}
		return v.loadHeads(q, chain, j.keys.PublicKey())
	})
	if err != nil {
		return v.report, err
	}
	if chain == 0 && known == nil {
		return v.report, noJournal(target)
	}
	err = j.pages(ctx, span{chain: chain}, func(row storedEntry) error {
		v.entry(row)
		if v.report.Problem != nil {
			return errStop
		}
		return nil
	})
	if err != nil && !errors.Is(err, errStop) {
		return v.report, err
	}
	v.finish()
	return v.report, nil
}

// verifier goes through a chain once.
type verifier struct {
	report   Report
	before   []byte           // hash of the entry before
	marks    map[int64][]mark // heads by the entry they are of
	agreed   int64            // the last entry that a head agrees with
	last     int64            // the last entry that a head is of
	moved    int64            // what stands where the next entry should; judged with the one after it
	missing  []int64          // bodies gone without an erasure read so far
	erasures map[int64]bool   // bodies that an erasure names
}

// mark is a signed head, reduced to what is compared.
type mark struct {
	head  Head
	hash  []byte
	known bool // it was kept elsewhere
	bad   string
}

func (v *verifier) expect(known Head) error {
	problem := ""
	hash, err := hex.DecodeString(known.Hash)
	switch {
	case known.Target != v.report.Target:
		problem = fmt.Sprintf("it is the head of target %q", known.Target)
	case err != nil || len(hash) != sha256.Size || known.Seq < 1:
		problem = "it is incomplete"
	case !known.Signed():
		problem = "its signature does not belong to it: the head itself was altered"
	}
	if problem != "" {
		return fault.Text(fault.Invalid, "verify journal", "the head given", problem)
	}
	v.add(mark{head: known, hash: hash, known: true})
	return nil
}

func (v *verifier) add(m mark) {
	v.marks[m.head.Seq] = append(v.marks[m.head.Seq], m)
	v.last = max(v.last, m.head.Seq)
}

// loadHeads reads the heads signed at each run's end.
func (v *verifier) loadHeads(q sqldb.Query, chain int64, ours []byte) error {
	rows, err := q.Rows("SELECT seq, hash, at, run, signature, key FROM heads WHERE chain = $1", chain)
	if err != nil {
		return err
	}
	return sqldb.Each(rows, func(scan func(...any) error) error {
		m := mark{head: Head{Target: v.report.Target}}
		var at int64
		var sig, key []byte
		if err := scan(&m.head.Seq, &m.hash, &at, &m.head.Run, &sig, &key); err != nil {
			return err
		}
		m.head.Hash, m.head.At = hex.EncodeToString(m.hash), moment(at)
		m.head.Signature, m.head.PublicKey = base64.StdEncoding.EncodeToString(sig), base64.StdEncoding.EncodeToString(key)
		switch {
		case !bytes.Equal(key, ours):
			m.bad = "is signed with another key than this installation's"
		case !keyring.Verify(key, m.head.message(), sig):
			m.bad = "has a signature that does not belong to it"
		}
		v.add(m)
		return nil
	})
}

func (v *verifier) problem(seq int64, d Damage, format string, args ...any) {
	if v.report.Problem == nil {
		v.report.Problem = &Problem{Seq: seq, Damage: d, Text: fmt.Sprintf(format, args...)}
	}
}

// entry checks the next entry of the chain.
func (v *verifier) entry(row storedEntry) {
	want := v.report.Entries + 1
	e, err := decodeEnvelope(row.envelope)
	if v.moved != 0 {
		v.displaced(want, v.moved, e.Seq)
		return
	}
	switch {
	case row.seq > want:
		v.problem(want, Dropped, "entry %d is missing: entry %d comes after %d", want, row.seq, want-1)
	case row.seq < want:
		v.problem(row.seq, Inserted, "entry %d is numbered below the first", row.seq)
	case err != nil:
		v.problem(want, Altered, "entry %d was altered: it cannot be read", want)
	case e.Seq != want:
		v.moved = e.Seq
		return
	case !bytes.Equal(link(v.before, row.envelope), row.hash):
		v.problem(want, Altered, "entry %d was altered or put in later: its hash is not that of its bytes after entry %d", want, want-1)
	}
	if v.report.Problem != nil {
		return
	}
	v.before = row.hash
	v.report.Entries = want
	v.body(&e, row)
	v.heads(&e, row.hash)
}

// displaced tells a chain that was shifted from entries that changed places.
// At stands what was written as another entry; next is what follows it, 0 if
// nothing does.
func (v *verifier) displaced(at, written, next int64) {
	switch {
	case written == at-1:
		v.problem(written, Inserted, "entry %d was inserted: after it stands what was written as %d", written, written)
	case written == at+1 && next != at:
		v.problem(at, Dropped, "entry %d is missing: in its place stands what was written as %d", at, written)
	default:
		v.problem(at, Swapped, "entries %d and %d were swapped", at, written)
	}
}

func (v *verifier) body(e *envelope, row storedEntry) {
	for _, seq := range e.Erased {
		v.erasures[seq] = true
	}
	switch {
	case row.body == nil && e.Digest == nil && !row.bodied:
	case e.Digest == nil:
		v.problem(e.Seq, Altered, "entry %d was altered: it has a body that it was not written with", e.Seq)
	case row.body == nil:
		v.missing = append(v.missing, e.Seq)
	default:
		if sum := sha256.Sum256(row.body); !bytes.Equal(sum[:], e.Digest) {
			v.problem(e.Seq, Altered, "the body of entry %d was altered", e.Seq)
		}
	}
}

func (v *verifier) heads(e *envelope, hash []byte) {
	ours := 0
	for _, m := range v.marks[e.Seq] {
		if !m.known {
			ours++
		}
		switch {
		case m.bad != "":
			v.problem(e.Seq, Rewritten, "the head kept for entry %d %s", e.Seq, m.bad)
		case !bytes.Equal(m.hash, hash):
			v.problem(v.agreed+1, Rewritten,
				"the chain was rewritten: entry %d is not the one that was signed on %s; up to entry %d it is as signed",
				e.Seq, m.head.At.Format("2006-01-02 15:04:05Z07:00"), v.agreed)
		default:
			v.report.Heads++
			v.report.Last = m.head
		}
	}
	if len(v.marks[e.Seq]) > 0 {
		v.agreed = e.Seq
	}
	if e.Type == TypeEnd && ours == 0 {
		v.problem(e.Seq, Rewritten, "entry %d ends a run, and the head that was signed then is missing", e.Seq)
	}
}

// finish checks what can be said only at the end.
func (v *verifier) finish() {
	switch {
	case v.report.Problem != nil:
		return
	case v.moved != 0:
		v.displaced(v.report.Entries+1, v.moved, 0)
		return
	}
	if v.last > v.report.Entries {
		v.problem(v.report.Entries+1, Cut, "the chain was cut: it ends with entry %d, and entry %d was signed", v.report.Entries, v.last)
		return
	}
	for _, seq := range v.missing {
		if !v.erasures[seq] {
			v.problem(seq, Altered, "the body of entry %d is gone, and no entry says that it was erased", seq)
			return
		}
		v.report.Erased++
	}
}
