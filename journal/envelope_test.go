package journal

import (
	"bytes"
	"reflect"
	"testing"

	"pgregory.net/rapid"

	"rollcall/identity"
	"rollcall/plan"
)

func TestEnvelopesComeBackAsTheyWere(t *testing.T) {
	text := rapid.StringN(0, 20, 40)
	rapid.Check(t, func(t *rapid.T) {
		e := envelope{
			Type: rapid.SampledFrom([]Type{TypeBegin, TypeResume, TypeIntent, TypeOutcome, TypeObservation, TypeEnd, TypeErasure, TypeApproval, TypeRebind}).Draw(t, "type"),
			Seq:  rapid.Int64Range(1, 1<<50).Draw(t, "seq"), At: rapid.Int64Range(0, 1<<45).Draw(t, "at"),
			Run: rapid.Int64Range(0, 1<<50).Draw(t, "run"), Epoch: rapid.Int64Range(0, 1000).Draw(t, "epoch"),
			ID: text.Draw(t, "id"), Actor: text.Draw(t, "actor"), Door: text.Draw(t, "door"), Sync: text.Draw(t, "sync"),
			Result: text.Draw(t, "result"), Counts: text.Draw(t, "counts"),
			Kind:   identity.Kind(text.Draw(t, "kind")),
			Object: identity.ID(rapid.OneOf(text, rapid.StringMatching(`([0-9a-f]{10}-)?[0-9a-fA-F]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}`)).Draw(t, "object")),
			Plan:   plan.ID(rapid.StringMatching(`([0-9a-f]{64})?`).Draw(t, "plan")),
		}
		for last := int64(0); rapid.Bool().Draw(t, "more"); {
			last += rapid.Int64Range(1, 1000).Draw(t, "step")
			e.Changes = append(e.Changes, last)
		}
		got, err := decodeEnvelope(e.encode())
		if err != nil || !reflect.DeepEqual(got, e) {
			t.Fatalf("%+v, %v, want %+v", got, err, e)
		}
	})
}

func TestAnIDTakesAsFewBytesAsItCan(t *testing.T) {
	cases := map[identity.ID]int{
		"":                                     0,
		"01890000-0000-7000-8000-000000000001": 17,
		"1234567890-01890000-0000-7000-8000-000000000001": 22,
		"1234567890-01890000-0000-7000-8000-00000000000A": 48, // capital letters must come back
		"{1890000-0000-7000-8000-0000000000001}":          39,
		"0189000000007000800000000000000001":              35,
		"x":                                               2,
	}
	for id, size := range cases {
		packed := packID(id)
		back, err := unpackID(packed)
		if len(packed) != size || back != id || err != nil {
			t.Errorf("%q: %d bytes, back %q, %v", id, len(packed), back, err)
		}
	}
}

func FuzzDecodeEnvelope(f *testing.F) {
	good := envelope{Type: TypeOutcome, Seq: 3, At: 5, Run: 1, Changes: []int64{1, 4}, Result: "done", Object: "x", Digest: bytes.Repeat([]byte{1}, 32)}
	f.Add(good.encode())
	f.Add([]byte{envelopeVersion, 3, 1, 1, 8, 1, 0x80})
	f.Fuzz(func(t *testing.T, b []byte) {
		e, err := decodeEnvelope(b)
		if err != nil {
			return
		}
		again, err := decodeEnvelope(e.encode())
		if err != nil || !reflect.DeepEqual(again, e) {
			t.Errorf("%+v, %v, was %+v", again, err, e)
		}
	})
}
