package lifecycle_test

import (
	"path/filepath"
	"testing"
	"time"

	"pgregory.net/rapid"

	"rollcall/fault"
	"rollcall/identity"
	"rollcall/journal"
	"rollcall/keyring"
	"rollcall/lifecycle"
	"rollcall/plan"
)

var monday = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

// company is a leaver's plan: ann has Admin in one account by herself and
// Reader by group ops.
func company() *plan.Plan {
	ann := plan.Existing("ann")
	own := plan.Assignment{Principal: identity.KindUser, PermissionSet: "arn:admin", SetName: "Admin", Account: "222200000001"}
	return &plan.Plan{
		Header: plan.Header{Directory: "local", Leavers: []plan.Leaver{{Object: "ann", Name: "ann", Mode: plan.Revoke, Ways: []plan.Way{
			{PermissionSet: "arn:admin", SetName: "Admin", Account: "222200000001", Seconds: 3600},
			{PermissionSet: "arn:reader", SetName: "Reader", Account: "222200000001", Group: "ops", GroupName: "ops", Seconds: 12 * 3600},
		}}}},
		Changes: []plan.Change{
			{Number: 1, Kind: plan.UserDisable, Subject: ann, Name: "ann"},
			{Number: 2, Kind: plan.AssignmentDelete, Subject: ann, Name: "ann", Assignment: &own, Needs: []int{1}},
			{Number: 3, Kind: plan.GroupMembers, Subject: "ops", Name: "ops", Remove: []plan.Member{{User: ann, Name: "ann"}}, Needs: []int{1}},
		},
	}
}

func outcome(n int, after time.Duration, result journal.Result) journal.Entry {
	return journal.Entry{Type: journal.TypeOutcome, Changes: []int{n}, Result: result, At: monday.Add(after)}
}

func of(p *plan.Plan, entries ...journal.Entry) *lifecycle.Evidence {
	run := journal.RunInfo{ID: "r-1", Started: monday, Status: journal.Complete}
	return lifecycle.Of(p, run, entries, journal.Head{}, monday, func(plan.Leaver) lifecycle.After { return lifecycle.After{State: lifecycle.Disabled} })
}

func TestAnyFlippedByteOfAnEvidenceFileIsFound(t *testing.T) {
	keys, err := keyring.Open(filepath.Join(t.TempDir(), "key"))
	if err != nil {
		t.Fatal(err)
	}
	file, err := lifecycle.Encode(of(company(), outcome(1, time.Second, journal.Done)), keys)
	if err != nil {
		t.Fatal(err)
	}
	if e, _, err := lifecycle.Verify(file); err != nil || e.People[0].Name != "ann" {
		t.Fatalf("%+v, %v", e, err)
	}
	for i := range file {
		for _, flip := range []byte{0x01, 0x20, 0x80} {
			altered := append([]byte(nil), file...)
			altered[i] ^= flip
			if _, _, err := lifecycle.Verify(altered); !fault.Is(err, fault.Stale) && !fault.Is(err, fault.Invalid) {
				t.Fatalf("byte %d of %d, %q for %q: %v", i, len(file), altered[i], file[i], err)
			}
		}
	}
	for _, n := range []int{0, 1, len(file) / 2, len(file) - 1} {
		if _, _, err := lifecycle.Verify(file[:n]); err == nil {
			t.Errorf("the first %d bytes are taken for the whole", n)
		}
	}
	if _, _, err := lifecycle.Verify(append(file, '\n')); err == nil {
		t.Error("a line more is not found")
	}
}

func TestEvidenceSaysWhatWasNotDone(t *testing.T) {
	e := of(company(), outcome(1, time.Second, journal.Done), outcome(2, time.Minute, journal.Failed), outcome(3, time.Minute, journal.Done))
	p := e.People[0]
	want := []string{"not done: take from user ann Admin in 222200000001", "nobody is held: the account is linked to no source"}
	if len(p.NotDone) != 3 || p.NotDone[1] != want[0] || p.NotDone[2] != want[1] {
		t.Errorf("%q", p.NotDone)
	}
	if _, known := p.Left(monday); known || p.Until != nil {
		t.Errorf("sessions end at %v though Admin is still there", p.Until)
	}
}

func TestWhoReachedNothingHasNoSessionLeft(t *testing.T) {
	p := company()
	p.Leavers[0].Ways = nil
	if left, known := of(p).People[0].Left(monday); left != 0 || !known {
		t.Errorf("%v, %v", left, known)
	}
	p.Leavers[0].Unread = "assignments: denied"
	if _, known := of(p).People[0].Left(monday); known {
		t.Error("what could not be read is taken for nothing")
	}
}

// The clock is compared with a plain simulation: sessions are issued every
// minute by every way that is still there, and the last one's end is looked for.
func TestTheResidualClockIsTheEndOfTheLastSessionThatCouldBeIssued(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := company()
		l := &p.Leavers[0]
		cuts := []time.Duration{0, 0}
		var entries []journal.Entry
		open := false
		latest := monday
		for i := range l.Ways {
			l.Ways[i].Seconds = rapid.IntRange(3600, 43200).Draw(t, "seconds")
			cuts[i] = time.Duration(rapid.IntRange(1, 600).Draw(t, "cut")) * time.Minute
			result := rapid.SampledFrom([]journal.Result{journal.Done, journal.Already, journal.Settled, journal.Failed, journal.Skipped, journal.Stale}).Draw(t, "result")
			entries = append(entries, outcome(2+i, cuts[i], result))
			if result != journal.Done && result != journal.Already && result != journal.Settled {
				open = true
				continue
			}
			for issued := monday; !issued.After(monday.Add(cuts[i])); issued = issued.Add(time.Minute) {
				if end := issued.Add(l.Ways[i].Session()); end.After(latest) {
					latest = end
				}
			}
		}
		person := of(p, entries...).People[0]
		now := monday.Add(time.Duration(rapid.IntRange(0, 1500).Draw(t, "now")) * time.Minute)
		left, known := person.Left(now)
		if known == open {
			t.Fatalf("known %v, open %v", known, open)
		}
		if known && (!person.Until.Equal(latest) || left != max(0, latest.Sub(now))) {
			t.Fatalf("until %v, want %v; left %v", person.Until, latest, left)
		}
	})
}

func TestALaterRunGoesOnCountingWhatAnEarlierOneCut(t *testing.T) {
	first := of(company(), outcome(2, time.Minute, journal.Done), outcome(3, time.Minute, journal.Failed))
	again := company()
	again.Leavers[0].Ways = again.Leavers[0].Ways[1:] // the group's is still there
	e := of(again, outcome(3, time.Hour, journal.Done))
	e.Continue(monday.Add(30*time.Minute), first)
	if want := monday.Add(13 * time.Hour); e.People[0].Until == nil || !e.People[0].Until.Equal(want) || len(e.People[0].Sessions) != 2 {
		t.Errorf("%+v, want until %v", e.People[0], want)
	}
	gone := company()
	gone.Leavers[0].Ways = nil // others have cut what was left
	e = of(gone)
	e.Continue(monday.Add(time.Hour), first)
	if want := monday.Add(13 * time.Hour); e.People[0].Until == nil || !e.People[0].Until.Equal(want) {
		t.Errorf("%+v, want until %v", e.People[0], want)
	}
}

// The first of the two plans of a leaver only disables: whoever is killed
// between them and asks again has one evidence of both, and its clock counts what
// the second one read.
func TestWhatAFirstPlanDisabledIsTheFirstStepOfTheNext(t *testing.T) {
	begun := company()
	begun.Leavers[0] = plan.Leaver{Object: "ann", Name: "ann", Mode: plan.Disable, First: true, Unread: "nobody has read what they have"}
	begun.Changes = begun.Changes[:1]
	first := of(begun, outcome(1, time.Second, journal.Done))

	rest := company()
	rest.Changes = rest.Changes[1:]
	entries := []journal.Entry{outcome(2, time.Minute, journal.Done), outcome(3, time.Minute, journal.Done)}
	e := of(rest, entries...)
	e.Continue(monday.Add(30*time.Second), first)
	p := e.People[0]
	if len(p.Steps) != 3 || p.Steps[0].Kind != plan.UserDisable || !p.Steps[0].Made() {
		t.Errorf("steps %+v, want the disabling first", p.Steps)
	}
	if want := monday.Add(time.Minute + 12*time.Hour); p.Until == nil || !p.Until.Equal(want) || len(p.Sessions) != 2 || p.Open != "" {
		t.Errorf("until %v (%s), sessions %+v; want %v, of the two ways that were read", p.Until, p.Open, p.Sessions, want)
	}

	later := of(company(), entries...) // what was whole before has its own evidence
	later.Continue(monday.Add(time.Hour), first, e)
	if n := len(later.People[0].Steps); n != 3 {
		t.Errorf("%d steps, want its own three", n)
	}
}

// Killed after it denied and before it took, and given again: the plan finds the
// denial there, and the journal, or else that plan, says since when.
func TestWhatAnEarlierRunDeniedIsKnownToTheNext(t *testing.T) {
	denying := func(more ...string) *plan.Plan {
		p := company()
		p.Made = monday.Add(30 * time.Minute)
		p.Leavers[0].Denied = more
		return p
	}
	first := denying()
	first.Made = monday
	for _, set := range []string{"arn:admin", "arn:reader"} {
		first.Changes = append(first.Changes, plan.Change{
			Number: len(first.Changes) + 1, Kind: plan.SessionDeny, Subject: plan.Existing("ann"), Name: "ann", Denial: &plan.Denial{PermissionSet: set},
		})
	}
	taken := []journal.Entry{outcome(1, 40*time.Minute, journal.Done), outcome(2, 40*time.Minute, journal.Done), outcome(3, 40*time.Minute, journal.Done)}
	for name, c := range map[string]struct {
		earlier []journal.Entry
		found   []string
		since   time.Duration
		all     bool
	}{
		"both are journalled":             {[]journal.Entry{outcome(4, time.Minute, journal.Done), outcome(5, 2*time.Minute, journal.Done)}, []string{"arn:admin", "arn:reader"}, 2 * time.Minute, true},
		"one was not journalled any more": {[]journal.Entry{outcome(4, time.Minute, journal.Done)}, []string{"arn:admin", "arn:reader"}, 30 * time.Minute, true},
		"one was settled later":           {[]journal.Entry{outcome(4, time.Minute, journal.Done), outcome(5, time.Hour, journal.Already)}, []string{"arn:admin", "arn:reader"}, 30 * time.Minute, true},
		"one was let in again in between": {[]journal.Entry{outcome(4, time.Minute, journal.Done), outcome(5, 2*time.Minute, journal.Done)}, []string{"arn:admin"}, 0, false},
		"one failed":                      {[]journal.Entry{outcome(4, time.Minute, journal.Done), outcome(5, time.Minute, journal.Failed)}, []string{"arn:admin"}, 0, false},
	} {
		t.Run(name, func(t *testing.T) {
			e := of(denying(c.found...), taken...)
			e.Continue(monday.Add(30*time.Minute), of(first, c.earlier...))
			since, all := e.People[0].AllDenied()
			if all != c.all || all && !since.Equal(monday.Add(c.since)) {
				t.Errorf("denied since %s, all of it: %v; want %s, %v", since.Sub(monday), all, c.since, c.all)
			}
		})
	}
}

// The run before had cut a way and was killed before it denied what sessions it
// had led to: the next run does.
func TestWhatTheNextRunDeniesItDeniesOfWaysThatWereCutBefore(t *testing.T) {
	first := of(company(), outcome(1, time.Second, journal.Done), outcome(2, time.Minute, journal.Done), outcome(3, time.Minute, journal.Done))
	again := company()
	again.Leavers[0].Ways = nil
	again.Changes = []plan.Change{
		{Number: 1, Kind: plan.SessionDeny, Subject: plan.Existing("ann"), Name: "ann", Denial: &plan.Denial{PermissionSet: "arn:admin"}},
		{Number: 2, Kind: plan.SessionDeny, Subject: plan.Existing("ann"), Name: "ann", Denial: &plan.Denial{PermissionSet: "arn:reader"}},
	}
	e := of(again, outcome(1, time.Hour, journal.Done), outcome(2, 2*time.Hour, journal.Done))
	e.Continue(monday.Add(30*time.Minute), first)
	if since, all := e.People[0].AllDenied(); !all || !since.Equal(monday.Add(2*time.Hour)) {
		t.Errorf("denied since %s, all of it: %v", since.Sub(monday), all)
	}
}

// Where a first plan has denied somebody what the next one made sure of, one
// step says so: the first, if that was made.
func TestADenialOfTwoPlansIsOneStep(t *testing.T) {
	deny := plan.Change{Number: 1, Kind: plan.SessionDeny, Subject: plan.Existing("ann"), Name: "ann", Denial: &plan.Denial{PermissionSet: "arn:admin", SetName: "Admin"}}
	denial := func(first bool) *plan.Plan {
		p := company()
		p.Leavers[0].First = first
		p.Changes = []plan.Change{deny}
		return p
	}
	for name, c := range map[string]struct {
		first, rest journal.Result
		at          time.Duration
	}{
		"made at first":            {journal.Done, journal.Already, time.Second},
		"failed at first":          {journal.Failed, journal.Done, time.Minute},
		"gone again after the one": {journal.Done, journal.Failed, time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			e := of(denial(false), outcome(1, time.Minute, c.rest))
			e.Continue(monday, of(denial(true), outcome(1, time.Second, c.first)))
			var made []time.Time
			steps := e.People[0].Steps
			for _, s := range steps {
				if s.Made() {
					made = append(made, *s.At)
				}
			}
			if len(made) != 1 || !made[0].Equal(monday.Add(c.at)) {
				t.Errorf("%+v", steps)
			}
			if failed := len(steps) - 1; c.rest.Whole() && failed != 0 || !c.rest.Whole() && failed != 1 {
				t.Errorf("%+v", steps)
			}
		})
	}
}
