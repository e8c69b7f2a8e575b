package journal_test

import (
	"context"
	"fmt"
	"testing"

	"rollcall/identity"
	"rollcall/journal"
)

// many is how many entries a large journal has. With -short, as when looking for
// races, it is a tenth.
func many() int {
	if testing.Short() {
		return 10_000
	}
	return 100_000
}

// large is a journal of many entries: a begin, an observation for each user, an
// end.
func large(t *testing.T) (*bench, int64) {
	t.Helper()
	users := many() - 2
	ctx := context.Background()
	b := setup(t, sqliteURL(t))
	r := b.begin(t, 1)
	ok(t, r.Observe(ctx, journal.Observation{
		Began: b.clock.Now(), Kinds: []identity.Kind{identity.KindUser},
		Objects: func(yield func(journal.Observed, error) bool) {
			for i := range users {
				name := fmt.Sprintf("user%d", i)
				if !yield(journal.Observed{Kind: identity.KindUser, Object: user(i), Name: name, Body: state(name)}, nil) {
					return
				}
			}
		},
	}))
	head, err := r.Finish(ctx, journal.Complete, nil)
	ok(t, err)
	return b, head.Seq
}

// In a hundred thousand entries one flipped byte, one entry dropped, inserted,
// swapped with its neighbour, or an end that was cut is found and named.
func TestTamperingIsFoundAmongAHundredThousandEntries(t *testing.T) {
	b, last := large(t)
	if r := b.verify(t, nil); last != int64(many()) || r.Entries != last || r.Problem != nil {
		t.Fatalf("%d entries, verified %+v", last, r)
	}
	at := int64(many()) * 61_803 / 100_000
	b.tamper(t, fmt.Sprint("CREATE TABLE kept AS SELECT * FROM entries WHERE seq = ", at))
	one := func(statement string) string { return fmt.Sprintf(statement, at) }
	flip := "UPDATE entries SET envelope = unhex(substr(hex(envelope), 1, 30) || 'FF' || substr(hex(envelope), 33)) WHERE seq = %d"
	restore := "UPDATE entries SET envelope = (SELECT envelope FROM kept) WHERE seq = %d"
	neighbours := swap(fmt.Sprint(at), fmt.Sprint(at+1))
	forward := []string{one("UPDATE entries SET seq = -(seq + 1) WHERE seq >= %d"), "UPDATE entries SET seq = -seq WHERE seq < 0"}
	back := []string{one("UPDATE entries SET seq = -(seq - 1) WHERE seq > %d"), "UPDATE entries SET seq = -seq WHERE seq < 0"}
	for _, c := range []struct {
		name     string
		do, undo []string
		seq      int64
		damage   journal.Damage
	}{
		{"flip", []string{one(flip)}, []string{one(restore)}, at, journal.Altered},
		{"drop", []string{one("DELETE FROM entries WHERE seq = %d")}, []string{"INSERT INTO entries SELECT * FROM kept"}, at, journal.Dropped},
		{"swap", neighbours, neighbours, at, journal.Swapped},
		{
			"insert", append(forward, one("INSERT INTO entries SELECT chain, seq, envelope, hash FROM kept WHERE seq = %d")),
			append([]string{one("DELETE FROM entries WHERE seq = %d")}, back...), at, journal.Inserted,
		},
		{"cut", []string{one("DELETE FROM entries WHERE seq > %d")}, nil, at + 1, journal.Cut},
	} {
		b.tamper(t, c.do...)
		r := b.verify(t, nil)
		if r.Problem == nil || r.Problem.Seq != c.seq || r.Problem.Damage != c.damage {
			t.Errorf("%s: found %+v, want %s at %d", c.name, r.Problem, c.damage, c.seq)
		}
		b.tamper(t, c.undo...)
	}
}
