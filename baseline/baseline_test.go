package baseline_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"rollcall/baseline"
	"rollcall/fault"
	"rollcall/identity"
	"rollcall/source"
	"rollcall/sqldb"
	"rollcall/sqldb/sqldbtest"
)

var monday = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

func each(t *testing.T, test func(t *testing.T, s store)) {
	t.Helper()
	sqldbtest.Each(t, func(t *testing.T, url string) { test(t, open(t, url)) })
}

// store is one with its database.
type store struct {
	*baseline.Store
	db *sqldb.DB
}

func open(t *testing.T, url string) store {
	t.Helper()
	db, err := sqldb.Open(context.Background(), url, baseline.Migrations)
	ok(t, err)
	t.Cleanup(func() { ok(t, db.Close()) })
	return store{baseline.New(db), db}
}

func ok(t interface {
	Helper()
	Fatal(...any)
}, err error,
) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func counts(people int) *baseline.Counts {
	return &baseline.Counts{
		People: people, OUs: map[string]int{"ou=sales,dc=example": people},
		Groups:     map[identity.Anchor]baseline.Group{"g1": {Name: "dev", Members: people}},
		Attributes: map[string]int{"title": people}, Source: map[string]int{"title": people},
	}
}

func TestAReadIsTheBaselineOnceItIsAccepted(t *testing.T) {
	each(t, func(t *testing.T, s store) {
		ctx := t.Context()
		digest, err := s.Keep(ctx, "corp", monday, counts(7))
		ok(t, err)
		b, err := s.Of(ctx, "corp")
		ok(t, err)
		if b != nil {
			t.Errorf("a read that nobody accepted is the baseline: %+v", b)
		}
		ok(t, s.Accept(ctx, "corp", digest))
		ok(t, s.Accept(ctx, "corp", digest))
		if b, err = s.Of(ctx, "corp"); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(&baseline.Baseline{Made: monday, Counts: *counts(7)}, b); diff != "" {
			t.Error(diff)
		}
		if other, err := s.Of(ctx, "other"); err != nil || other != nil {
			t.Errorf("another sync has it too: %v, %v", other, err)
		}
	})
}

func TestACopyIsForgottenAndTheCountsStay(t *testing.T) {
	each(t, func(t *testing.T, s store) {
		ctx := t.Context()
		forget := func(known source.Replica) error {
			return s.db.Write(ctx, func(tx *sqldb.Tx) error { return baseline.ForgetCopy(tx, "corp", known) })
		}
		ok(t, forget(source.Replica{})) // of which nothing is known
		if b, err := s.Of(ctx, "corp"); err != nil || b != nil {
			t.Errorf("there is a baseline that nobody has read: %v, %v", b, err)
		}
		dc1 := source.Replica{Server: "dc1", Marks: map[string]string{"a": "05"}}
		for _, sync := range []string{"corp", "other"} {
			read := counts(7)
			read.Replica = dc1
			digest, err := s.Keep(ctx, sync, monday, read)
			ok(t, err)
			ok(t, s.Accept(ctx, sync, digest))
		}
		for name, seen := range map[string]source.Replica{
			"none": {}, "another server": {Server: "dc2", Marks: dc1.Marks}, "an earlier one": {Server: "dc1", Marks: map[string]string{"a": "04"}},
		} {
			if err := forget(seen); !fault.Is(err, fault.Stale) {
				t.Errorf("whoever wants it has seen %s: %v", name, err)
			}
		}
		ok(t, forget(dc1))
		b, err := s.Of(ctx, "corp")
		ok(t, err)
		if diff := cmp.Diff(&baseline.Baseline{Made: monday, Counts: *counts(7)}, b); diff != "" {
			t.Error(diff)
		}
		if other, err := s.Of(ctx, "other"); err != nil || other.Replica.Server != "dc1" {
			t.Errorf("that of another sync, too: %v, %v", other, err)
		}
	})
}

func TestALaterBaselineIsNotReplacedByAnEarlierOne(t *testing.T) {
	each(t, func(t *testing.T, s store) {
		ctx := t.Context()
		early, err := s.Keep(ctx, "corp", monday, counts(7))
		ok(t, err)
		late, err := s.Keep(ctx, "corp", monday.Add(time.Hour), counts(8))
		ok(t, err)
		ok(t, s.Accept(ctx, "corp", late))
		ok(t, s.Accept(ctx, "corp", early))
		if b, err := s.Of(ctx, "corp"); err != nil || b.People != 8 {
			t.Errorf("%+v, %v", b, err)
		}
	})
}

func TestAReadThatIsKeptNoLongerIsAcceptedByNobody(t *testing.T) {
	const limit = 30 * 24 * time.Hour
	for name, c := range map[string]struct {
		age  time.Duration
		kept bool
	}{"just inside": {limit, true}, "just outside": {limit + time.Millisecond, false}} {
		t.Run(name, func(t *testing.T) {
			each(t, func(t *testing.T, s store) {
				ctx := t.Context()
				old, err := s.Keep(ctx, "corp", monday, counts(7))
				ok(t, err)
				_, err = s.Keep(ctx, "corp", monday.Add(c.age), counts(8))
				ok(t, err)
				ok(t, s.Accept(ctx, "corp", old))
				if b, err := s.Of(ctx, "corp"); err != nil || (b != nil) != c.kept {
					t.Errorf("%+v, %v", b, err)
				}
			})
		})
	}
}

func TestTheSameReadHasTheSameDigest(t *testing.T) {
	s := open(t, sqldbtest.SQLite(t))
	a, err := s.Keep(t.Context(), "corp", monday, counts(7))
	ok(t, err)
	b, err := s.Keep(t.Context(), "corp", monday.Add(time.Hour), counts(7))
	ok(t, err)
	if a != b {
		t.Errorf("%s and %s", a, b)
	}
}

// A clock that was ahead and is set right does not keep what it read as the
// latest for good.
func TestAClockThatIsSetBackDoesNotKeepTheBaseline(t *testing.T) {
	for name, c := range map[string]struct {
		back   time.Duration
		people int
	}{"as long as two reads may overlap": {time.Hour, 8}, "longer": {time.Hour + time.Millisecond, 7}} {
		t.Run(name, func(t *testing.T) {
			each(t, func(t *testing.T, s store) {
				ctx := t.Context()
				ahead, err := s.Keep(ctx, "corp", monday.Add(c.back), counts(8))
				ok(t, err)
				ok(t, s.Accept(ctx, "corp", ahead))
				right, err := s.Keep(ctx, "corp", monday, counts(7))
				ok(t, err)
				ok(t, s.Accept(ctx, "corp", right))
				if b, err := s.Of(ctx, "corp"); err != nil || b.People != c.people {
					t.Errorf("%+v, %v", b, err)
				}
			})
		})
	}
}

func TestAReadIsOvertakenByALaterOneThatIsAccepted(t *testing.T) {
	each(t, func(t *testing.T, s store) {
		ctx := t.Context()
		overtaken := func(digest string, want bool) {
			t.Helper()
			at, err := s.Overtaken(ctx, "corp", digest)
			ok(t, err)
			if at.IsZero() == want {
				t.Errorf("overtaken at %v, want %t", at, want)
			}
		}
		early, err := s.Keep(ctx, "corp", monday, counts(7))
		ok(t, err)
		overtaken(early, false) // nothing is accepted
		late, err := s.Keep(ctx, "corp", monday.Add(time.Minute), counts(8))
		ok(t, err)
		overtaken(early, false)
		ok(t, s.Accept(ctx, "corp", early))
		overtaken(early, false)
		overtaken(late, false)
		ok(t, s.Accept(ctx, "corp", late))
		overtaken(early, true)
		overtaken(late, false)
		overtaken("of a read that is kept no longer", true)
		again, err := s.Keep(ctx, "corp", monday.Add(time.Hour), counts(7))
		ok(t, err)
		overtaken(again, false) // the source is as it was before
	})
}

// A machine that begins in 1970 and is then set right has nobody gone for
// longer than since the last read before.
func TestNobodyIsGoneSinceBeforeTheLastRead(t *testing.T) {
	each(t, func(t *testing.T, s store) {
		ctx := t.Context()
		_, err := s.Keep(ctx, "corp", monday, counts(7))
		ok(t, err)
		wrong := time.Unix(3600, 0)
		got, err := s.Note(ctx, "corp", wrong, map[baseline.Key]bool{ann: true})
		ok(t, err)
		if want := (baseline.Absence{Since: monday, Disabled: monday}); got[ann] != want {
			t.Errorf("%+v, want %+v", got[ann], want)
		}
		bob := baseline.Key{Kind: identity.KindUser, Anchor: "E2"}
		_, err = s.Note(ctx, "corp", wrong, map[baseline.Key]bool{ann: true, bob: false})
		ok(t, err)
		ok(t, s.Disabled(ctx, "corp", wrong, []identity.Anchor{"E2"}))
		got, err = s.Note(ctx, "corp", monday.Add(time.Hour), map[baseline.Key]bool{ann: true, bob: true})
		ok(t, err)
		if want := (baseline.Absence{Since: monday, Disabled: monday}); got[bob] != want {
			t.Errorf("%+v, want %+v", got[bob], want)
		}
	})
}

var ann = baseline.Key{Kind: identity.KindUser, Anchor: "E1"}

func TestWhoComesBackBeginsAnew(t *testing.T) {
	each(t, func(t *testing.T, s store) {
		day := func(n int) time.Time { return monday.AddDate(0, 0, n) }
		for n, c := range []struct {
			gone map[baseline.Key]bool
			want baseline.Absence
		}{
			{map[baseline.Key]bool{ann: false}, baseline.Absence{Since: day(0)}},
			{map[baseline.Key]bool{ann: true}, baseline.Absence{Since: day(0), Disabled: day(1)}},
			{map[baseline.Key]bool{ann: true}, baseline.Absence{Since: day(0), Disabled: day(1)}},
			{map[baseline.Key]bool{ann: false}, baseline.Absence{Since: day(0)}},
			{map[baseline.Key]bool{ann: true}, baseline.Absence{Since: day(0), Disabled: day(4)}},
			{nil, baseline.Absence{}},
			{map[baseline.Key]bool{ann: true}, baseline.Absence{Since: day(6), Disabled: day(6)}},
		} {
			got, err := s.Note(t.Context(), "corp", day(n), c.gone)
			ok(t, err)
			if got[ann] != c.want {
				t.Errorf("day %d: %+v, want %+v", n, got[ann], c.want)
			}
		}
		if other, err := s.Note(t.Context(), "other", day(9), nil); err != nil || len(other) != 0 {
			t.Errorf("another sync: %v, %v", other, err)
		}
	})
}

// Whatever reads come, an absence began with the first of those in a row that
// lack the person, and so for the disabled account.
func TestAbsencesAreRunsOfReads(t *testing.T) {
	url := sqldbtest.SQLite(t)
	s := open(t, url)
	rapid.Check(t, func(t *rapid.T) {
		sync := rapid.StringMatching("[a-z]{12}").Draw(t, "sync")
		var since, off time.Time
		for n, state := range rapid.SliceOfN(rapid.SampledFrom([]string{"here", "gone", "gone and off"}), 1, 12).Draw(t, "reads") {
			at := monday.Add(time.Duration(n) * time.Hour)
			gone := map[baseline.Key]bool{}
			switch state {
			case "here":
				since, off = time.Time{}, time.Time{}
			case "gone":
				gone[ann], off = false, time.Time{}
			default:
				gone[ann] = true
				if off.IsZero() {
					off = at
				}
			}
			if state != "here" && since.IsZero() {
				since = at
			}
			got, err := s.Note(context.Background(), sync, at, gone)
			ok(t, err)
			if want := (baseline.Absence{Since: since, Disabled: off}); got[ann] != want {
				t.Fatalf("read %d (%s): %+v, want %+v", n, state, got[ann], want)
			}
		}
	})
}

func TestTheNextGracePeriodEndsAfterAMoment(t *testing.T) {
	const grace = 20 * 24 * time.Hour
	bob, team := baseline.Key{Kind: identity.KindUser, Anchor: "E2"}, baseline.Key{Kind: identity.KindGroup, Anchor: "G1"}
	each(t, func(t *testing.T, s store) {
		day := func(n int) time.Time { return monday.AddDate(0, 0, n) }
		_, err := s.Note(t.Context(), "corp", day(0), map[baseline.Key]bool{ann: false})
		ok(t, err)
		_, err = s.Note(t.Context(), "corp", day(1), map[baseline.Key]bool{ann: false, bob: true, team: true})
		ok(t, err)
		ok(t, s.Disabled(t.Context(), "corp", day(3), []identity.Anchor{"E1", "E2", "E9"})) // bob was before, and nobody is E9
		ok(t, s.Disabled(t.Context(), "other", day(9), []identity.Anchor{"E1"}))
		for name, c := range map[string]struct{ after, want time.Time }{
			"the first":       {day(0), day(1).Add(grace)},
			"just before it":  {day(1).Add(grace - time.Millisecond), day(1).Add(grace)},
			"at its end":      {day(1).Add(grace), day(3).Add(grace)},
			"after the last":  {day(3).Add(grace), time.Time{}},
			"long after them": {day(99), time.Time{}},
		} {
			if got, err := s.NextEnd(t.Context(), "corp", grace, c.after); err != nil || !got.Equal(c.want) {
				t.Errorf("%s: %v, %v, want %v", name, got, err, c.want)
			}
		}
		if got, err := s.NextEnd(t.Context(), "other", grace, day(0)); err != nil || !got.IsZero() {
			t.Errorf("another sync: %v, %v", got, err)
		}
	})
}
