package journal

import (
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"

	"rollcall/identity"
	"rollcall/plan"
)

// Type says what an entry records.
type Type string

// The types of entry.
const (
	TypeBegin       Type = "begin"       // a run starts: plan, sync, who
	TypeResume      Type = "resume"      // a run goes on after an interruption
	TypeIntent      Type = "intent"      // changes that will be tried now
	TypeOutcome     Type = "outcome"     // what became of one change
	TypeObservation Type = "observation" // what a complete read found changed
	TypeEnd         Type = "end"         // a run is over
	TypeErasure     Type = "erasure"     // bodies erased
	TypeApproval    Type = "approval"    // what people decided of a plan: asked, approved, rejected, superseded
	TypeRebind      Type = "rebind"      // what something stands for was changed by a person, see [Rebinding]
)

// typeCodes are the types as envelopes write them.
var typeCodes = map[Type]byte{
	TypeBegin: 1, TypeResume: 2, TypeIntent: 3, TypeOutcome: 4, TypeObservation: 5, TypeEnd: 6, TypeErasure: 7,
	TypeApproval: 8, TypeRebind: 9,
}

func typeOf(code byte) (Type, bool) {
	for t, c := range typeCodes {
		if c == code {
			return t, true
		}
	}
	return "", false
}

// envelope is the part of an entry that the chain hashes. Its bytes are
//
//	version (1) · type code · uvarint seq · uvarint at · fields
//
// with at in ms since 1970 UTC. A field is its tag, a uvarint length and that
// many bytes; tags ascend, and a field without content is left out. Numbers in
// fields are uvarints, lists of them ascending and each but the first written
// as the difference to the one before. Varints are those of encoding/binary.
type envelope struct {
	Type    Type
	Seq     int64
	At      int64         // ms since 1970, UTC
	Run     int64         // 1: seq of the entry that began the run; absent in that one itself
	ID      string        // 2: the run's id; begin
	Plan    plan.ID       // 3: 32 bytes; begin, approval
	Actor   string        // 4: begin, erasure, approval, rebind
	Door    string        // 5: begin, erasure, approval, rebind
	Sync    string        // 6: begin
	Epoch   int64         // 7: of the lease; begin, resume
	Changes []int64       // 8: change numbers; intent (one or more), outcome (one)
	Result  string        // 9: outcome: its Result; end: the run's Status; approval: its Verdict
	Kind    identity.Kind // 10: of the object, where it is known
	Object  identity.ID   // 11: packed; outcome, observation
	Digest  []byte        // 12: SHA-256 of the body as stored
	Counts  string        // 13: JSON of Counts; end
	Erased  []int64       // 14: seqs whose bodies were erased; erasure
}

const envelopeVersion = 1

func (e *envelope) encode() []byte {
	out := make([]byte, 0, 128)
	out = append(out, envelopeVersion, typeCodes[e.Type])
	out = binary.AppendUvarint(out, uint64(e.Seq))
	out = binary.AppendUvarint(out, uint64(e.At))
	planID, _ := hex.DecodeString(string(e.Plan)) // checked when the run begins
	for i, field := range [][]byte{
		number(e.Run), []byte(e.ID), planID, []byte(e.Actor), []byte(e.Door), []byte(e.Sync), number(e.Epoch),
		numbers(e.Changes), []byte(e.Result), []byte(e.Kind), packID(e.Object), e.Digest, []byte(e.Counts), numbers(e.Erased),
	} {
		if len(field) == 0 {
			continue
		}
		out = append(out, byte(i+1))
		out = binary.AppendUvarint(out, uint64(len(field)))
		out = append(out, field...)
	}
	return out
}

func number(n int64) []byte {
	if n == 0 {
		return nil
	}
	return binary.AppendUvarint(nil, uint64(n))
}

func numbers(all []int64) []byte {
	var out []byte
	last := int64(0)
	for _, n := range all {
		out = binary.AppendUvarint(out, uint64(n-last))
		last = n
	}
	return out
}

var errEnvelope = errors.New("not an envelope of this release")

func decodeEnvelope(b []byte) (e envelope, err error) {
	if len(b) < 2 || b[0] != envelopeVersion {
		return e, errEnvelope
	}
	var ok bool
	if e.Type, ok = typeOf(b[1]); !ok {
		return e, errEnvelope
	}
	b = b[2:]
	if e.Seq, b, err = takeNumber(b); err != nil {
		return e, err
	}
	if e.At, b, err = takeNumber(b); err != nil {
		return e, err
	}
	last := byte(0)
	for len(b) > 0 {
		tag := b[0]
		size, rest, err := takeNumber(b[1:])
		if err != nil || tag <= last || size == 0 || size > int64(len(rest)) {
			return e, errEnvelope
		}
		if err := e.set(tag, rest[:size]); err != nil {
			return e, err
		}
		last, b = tag, rest[size:]
	}
	return e, nil
}

func (e *envelope) set(tag byte, value []byte) (err error) {
	switch tag {
	case 1:
		e.Run, err = oneNumber(value)
	case 2:
		e.ID = string(value)
	case 3:
		e.Plan = plan.ID(hex.EncodeToString(value))
	case 4:
		e.Actor = string(value)
	case 5:
		e.Door = string(value)
	case 6:
		e.Sync = string(value)
	case 7:
		e.Epoch, err = oneNumber(value)
	case 8:
		e.Changes, err = takeNumbers(value)
	case 9:
		e.Result = string(value)
	case 10:
		e.Kind = identity.Kind(value)
	case 11:
		e.Object, err = unpackID(value)
	case 12:
		e.Digest = value
	case 13:
		e.Counts = string(value)
	case 14:
		e.Erased, err = takeNumbers(value)
	default:
		err = fmt.Errorf("%w: field %d", errEnvelope, tag)
	}
	return err
}

func oneNumber(b []byte) (int64, error) {
	n, rest, err := takeNumber(b)
	if err == nil && len(rest) > 0 {
		err = errEnvelope
	}
	return n, err
}

func takeNumber(b []byte) (n int64, rest []byte, err error) {
	u, size := binary.Uvarint(b)
	if size <= 0 || u > 1<<62 {
		return 0, nil, errEnvelope
	}
	return int64(u), b[size:], nil
}

func takeNumbers(b []byte) (all []int64, err error) {
	last := int64(0)
	for len(b) > 0 {
		var step int64
		if step, b, err = takeNumber(b); err != nil {
			return nil, err
		}
		last += step
		all = append(all, last)
	}
	return all, nil
}
