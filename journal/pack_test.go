package journal

import (
	"encoding/base64"
	"reflect"
	"testing"

	"pgregory.net/rapid"

	"rollcall/identity"
)

// What was stored once must open for ever: it depends on every byte of the
// dictionary.
func TestABodyStoredByAnEarlierReleaseOpens(t *testing.T) {
	const stored = "NSJAXc2XTMnu+nNH7agtLQFCiUpzRCldnlFJXLwaGhmbmJqZW1ga6BoYWlgagBIkmDCHp08DBDBEJIOq/MOryYl+V0McCQBqICz6fFITUzA8rIM7P6bjq3ESkaucJHAmAAQAAP//"
	raw, err := base64.StdEncoding.DecodeString(stored)
	if err != nil {
		t.Fatal(err)
	}
	got, err := new(packer).open(raw)
	if err != nil {
		t.Fatal(err)
	}
	if want := goldenBody(); !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v\nwant %+v", got, want)
	}
}

func goldenBody() body {
	return body{Revision: "7", Text: "why", Effects: []Effect{{
		Kind: identity.KindUser, Object: "1234567890-01890000-0000-7000-8000-000000000001", Name: "zoë",
		Record: &identity.Record{Source: "corp", Kind: identity.KindUser, Anchor: "E1"},
		Body:   []byte(`{"userName":"zoë","title":"Lead","active":true}`),
	}, {Kind: identity.KindGroup, Object: "g", Joined: []identity.ID{"a"}, Left: []identity.ID{"b"}, Deleted: true}}}
}

func TestABodyComesBackAsItWas(t *testing.T) {
	var p packer
	rapid.Check(t, func(t *rapid.T) {
		b := body{Text: rapid.String().Draw(t, "text"), Fault: "stale"}
		for range rapid.IntRange(0, 5).Draw(t, "effects") {
			b.Effects = append(b.Effects, Effect{Kind: identity.KindUser, Name: rapid.String().Draw(t, "name"), Object: "u", Body: []byte(`{"a":1}`)})
		}
		stored, _, err := p.seal(&b)
		if err != nil {
			t.Fatal(err)
		}
		got, err := p.open(stored)
		if err != nil || !reflect.DeepEqual(got, b) {
			t.Fatalf("got %+v, %v\nwant %+v", got, err, b)
		}
	})
}

func TestWhatIsNoBodyIsRefused(t *testing.T) {
	var p packer
	b := goldenBody()
	stored, _, err := p.seal(&b)
	if err != nil {
		t.Fatal(err)
	}
	for name, bad := range map[string][]byte{
		"nothing": nil, "salt alone": stored[:saltBytes], "cut": stored[:len(stored)-5],
		"another release's": append(append([]byte{}, stored[:saltBytes]...), 9, 1),
	} {
		if _, err := p.open(bad); err == nil {
			t.Errorf("%s is taken for one", name)
		}
	}
	if _, err := p.open(stored); err != nil { // what failed has spoilt nothing
		t.Error(err)
	}
}
