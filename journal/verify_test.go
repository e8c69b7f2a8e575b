package journal_test

import (
	"context"
	"strings"
	"testing"

	"rollcall/fault"
	"rollcall/journal"
	"rollcall/sqldb"
)

// tamper changes the database behind the journal's back.
func (b *bench) tamper(t *testing.T, statements ...string) {
	t.Helper()
	ok(t, b.db.Write(context.Background(), func(tx *sqldb.Tx) error {
		for _, s := range statements {
			if _, err := tx.Exec(s); err != nil {
				return err
			}
		}
		return nil
	}))
}

func (b *bench) verify(t *testing.T, known *journal.Head) journal.Report {
	t.Helper()
	r, err := b.Verify(context.Background(), target, known)
	ok(t, err)
	return r
}

func TestAnUntouchedChainVerifies(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		first := b.finished(t, 2)
		last := b.finished(t, 3)
		if first.Seq != 6 || last.Seq != 14 {
			t.Fatalf("heads at %d and %d", first.Seq, last.Seq)
		}
		for name, known := range map[string]*journal.Head{"no head": nil, "the last": &last, "an older one": &first} {
			r := b.verify(t, known)
			if r.Problem != nil || r.Entries != 14 || r.Heads < 2 || r.Last.Seq != 14 {
				t.Errorf("%s: %+v %+v", name, r, r.Problem)
			}
		}
	})
}

// swap exchanges what stands at two places of the chain.
func swap(one, two string) []string {
	set := func(from, to string) string {
		return "UPDATE entries SET seq = " + to + " WHERE chain = 1 AND seq = " + from
	}
	return []string{set(one, "-1"), set(two, one), set("-1", two)}
}

// The chain is 1 begin, 2-5 two intents and outcomes, 6 end; 7 begin, 8-11, 12 end.
func TestTamperingIsFoundAndNamed(t *testing.T) {
	const someHash = "(SELECT hash FROM entries WHERE chain = 1 AND seq = 2)"
	cases := map[string]struct {
		do     []string
		seq    int64
		damage journal.Damage
	}{
		"an envelope altered":           {[]string{"UPDATE entries SET envelope = (SELECT envelope FROM entries WHERE chain = 1 AND seq = 3) WHERE chain = 1 AND seq = 9"}, 9, journal.Swapped},
		"a hash altered":                {[]string{"UPDATE entries SET hash = " + someHash + " WHERE chain = 1 AND seq = 4"}, 4, journal.Altered},
		"the first hash altered":        {[]string{"UPDATE entries SET hash = " + someHash + " WHERE chain = 1 AND seq = 1"}, 1, journal.Altered},
		"a body altered":                {[]string{"UPDATE bodies SET body = (SELECT body FROM bodies WHERE chain = 1 AND seq = 3) WHERE chain = 1 AND seq = 5"}, 5, journal.Altered},
		"a body gone without erasure":   {[]string{"UPDATE bodies SET body = NULL WHERE chain = 1 AND seq = 5"}, 5, journal.Altered},
		"a body's row gone":             {[]string{"DELETE FROM bodies WHERE chain = 1 AND seq = 5"}, 5, journal.Altered},
		"a body where there was none":   {[]string{"INSERT INTO bodies (chain, seq, body) SELECT 1, 2, body FROM bodies WHERE chain = 1 AND seq = 3"}, 2, journal.Altered},
		"the first dropped":             {[]string{"DELETE FROM entries WHERE chain = 1 AND seq = 1"}, 1, journal.Dropped},
		"one dropped":                   {[]string{"DELETE FROM entries WHERE chain = 1 AND seq = 8"}, 8, journal.Dropped},
		"one dropped, numbers closed":   {append([]string{"DELETE FROM entries WHERE chain = 1 AND seq = 4"}, shift(5, 12, -1)...), 4, journal.Dropped},
		"one inserted, numbers moved":   {append(shift(4, 12, 1), "INSERT INTO entries (chain, seq, envelope, hash) SELECT 1, 4, envelope, hash FROM entries WHERE chain = 1 AND seq = 5"), 4, journal.Inserted},
		"one put in front of the first": {[]string{"INSERT INTO entries (chain, seq, envelope, hash) SELECT 1, 0, envelope, hash FROM entries WHERE chain = 1 AND seq = 1"}, 0, journal.Inserted},
		"one appended":                  {[]string{"INSERT INTO entries (chain, seq, envelope, hash) SELECT 1, 13, envelope, hash FROM entries WHERE chain = 1 AND seq = 1"}, 13, journal.Swapped},
		"neighbours swapped":            {swap("3", "4"), 3, journal.Swapped},
		"two far apart swapped":         {swap("3", "10"), 3, journal.Swapped},
		"the end cut":                   {[]string{"DELETE FROM entries WHERE chain = 1 AND seq > 10"}, 11, journal.Cut},
		"everything gone but the heads": {[]string{"DELETE FROM entries WHERE chain = 1"}, 1, journal.Cut},
		"a head gone":                   {[]string{"DELETE FROM heads WHERE seq = 6"}, 6, journal.Rewritten},
		"a head's time altered":         {[]string{"UPDATE heads SET at = at + 1 WHERE seq = 12"}, 12, journal.Rewritten},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			b := setup(t, sqliteURL(t))
			b.finished(t, 2)
			b.finished(t, 2)
			b.tamper(t, c.do...)
			r := b.verify(t, nil)
			if r.Problem == nil {
				t.Fatal("not found")
			}
			if r.Problem.Seq != c.seq || r.Problem.Damage != c.damage {
				t.Errorf("found %+v, want %s at %d", *r.Problem, c.damage, c.seq)
			}
		})
	}
}

// shift moves a part of the chain by one, in the order that meets no number in use.
func shift(from, to, by int) []string {
	var all []string
	for i := range to - from + 1 {
		seq := from + i
		if by > 0 {
			seq = to - i
		}
		for _, table := range []string{"entries", "bodies"} {
			all = append(all, sprint("UPDATE ", table, " SET seq = ", seq+by, " WHERE chain = 1 AND seq = ", seq))
		}
	}
	return all
}

func TestOneBitFlippedAnywhereIsFound(t *testing.T) {
	b := setup(t, sqliteURL(t))
	b.finished(t, 2)
	ctx := context.Background()
	for seq := 1; seq <= 6; seq++ {
		var envelope []byte
		read := func(q sqldb.Query) error {
			return q.Row("SELECT envelope FROM entries WHERE chain = 1 AND seq = $1", seq).Scan(&envelope)
		}
		ok(t, b.db.Read(ctx, read))
		for at := range envelope {
			for _, put := range []bool{true, false} {
				envelope[at] ^= 0x10
				ok(t, b.db.Write(ctx, func(tx *sqldb.Tx) error {
					_, err := tx.Exec("UPDATE entries SET envelope = $1 WHERE chain = 1 AND seq = $2", envelope, seq)
					return err
				}))
				if r := b.verify(t, nil); (r.Problem != nil) != put {
					t.Fatalf("entry %d, byte %d flipped %v: %+v", seq, at, put, r.Problem)
				}
			}
		}
	}
}

func TestAHeadKeptElsewhereFindsWhatTheDatabaseCannot(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		b.finished(t, 2)
		kept := b.finished(t, 2)
		t.Run("the end cut together with its heads", func(t *testing.T) {
			b.tamper(t, "DELETE FROM entries WHERE seq > 6", "DELETE FROM heads WHERE seq > 6")
			if r := b.verify(t, nil); r.Problem != nil {
				t.Fatalf("found without a head: %+v", r.Problem)
			}
			r := b.verify(t, &kept)
			if r.Problem == nil || r.Problem.Damage != journal.Cut || r.Problem.Seq != 7 {
				t.Fatalf("found %+v", r.Problem)
			}
		})
		t.Run("then written on", func(t *testing.T) {
			b.tamper(t, "DELETE FROM runs WHERE begun > 6", "DELETE FROM bodies WHERE seq > 6")
			b.finished(t, 4)
			if r := b.verify(t, nil); r.Problem != nil {
				t.Fatalf("found without a head: %+v", r.Problem)
			}
			r := b.verify(t, &kept)
			if r.Problem == nil || r.Problem.Damage != journal.Rewritten || r.Problem.Seq != 7 {
				t.Fatalf("found %+v", r.Problem)
			}
		})
	})
}

func TestAHeadThatIsNotTheTargetsOrWasAlteredIsRefused(t *testing.T) {
	b := setup(t, sqliteURL(t))
	good := b.finished(t, 1)
	for name, alter := range map[string]func(*journal.Head){
		"another target":  func(h *journal.Head) { h.Target = "aws" },
		"another number":  func(h *journal.Head) { h.Seq++ },
		"another hash":    func(h *journal.Head) { h.Hash = strings.Repeat("0", 64) },
		"a short hash":    func(h *journal.Head) { h.Hash = h.Hash[2:] },
		"no signature":    func(h *journal.Head) { h.Signature = "" },
		"no base64":       func(h *journal.Head) { h.PublicKey = "?" },
		"nothing but one": func(h *journal.Head) { *h = journal.Head{Target: target} },
	} {
		t.Run(name, func(t *testing.T) {
			h := good
			alter(&h)
			if _, err := b.Verify(context.Background(), target, &h); !fault.Is(err, fault.Invalid) {
				t.Fatalf("got %v", err)
			}
		})
	}
	if _, err := b.Verify(context.Background(), "none", nil); !fault.Is(err, fault.NotFound) {
		t.Errorf("a target without journal: %v", err)
	}
	if _, err := b.Head(context.Background(), "none"); !fault.Is(err, fault.NotFound) {
		t.Errorf("its head: %v", err)
	}
}

func TestChainsOfTwoTargetsDoNotPassForEachOther(t *testing.T) {
	b := setup(t, sqliteURL(t))
	b.finished(t, 1)
	b.tamper(t, "UPDATE chains SET target = 'aws'")
	r, err := b.Verify(context.Background(), "aws", nil)
	ok(t, err)
	if r.Problem == nil || r.Problem.Seq != 1 {
		t.Fatalf("found %+v", r.Problem)
	}
}
