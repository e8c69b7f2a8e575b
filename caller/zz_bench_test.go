package caller_test

import (
	"testing"

	"rollcall/caller"
)

func BenchmarkVerify(b *testing.B) {
	g := open(b)
	_, c := g.key(b, caller.Key{})
	claim := g.claim(b, c)
	for b.Loop() {
		if _, err := g.keys.Verify(b.Context(), claim, []byte("{}"), policy); err != nil {
			b.Error(err)
		}
	}
}
