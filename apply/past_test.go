package apply_test

import (
	"context"
	"fmt"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	who "rollcall/access"
	"rollcall/fault"
	"rollcall/identity"
	"rollcall/plan"
)

// facts are all that can be read now of who reaches what.
func (w *world) facts(t tester) *who.Facts {
	t.Helper()
	reader := who.Reader{Directory: w.x.Directory, Access: w.instance(), Now: w.clock.Now}
	f, err := reader.Read(context.Background(), who.Scope{})
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// tried is who reaches what, found by trying every user with every assignment.
func tried(f *who.Facts) []string {
	var all []string
	for _, u := range f.Users {
		for _, a := range f.Assignments {
			holds := a.Principal.Kind == identity.KindUser && a.Principal.ID == u.ID
			for _, g := range f.Groups {
				holds = holds || a.Principal.Kind == identity.KindGroup && a.Principal.ID == g.ID && slices.Contains(g.Members, u.ID)
			}
			if holds && !u.Disabled {
				set := f.Sets[slices.IndexFunc(f.Sets, func(s who.Set) bool { return s.ARN == a.PermissionSet })]
				all = append(all, line(who.Reach{User: identity.Fold(u.Name), Account: a.Account, Set: set.Name}))
			}
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

func line(r who.Reach) string { return fmt.Sprintf("%s %s %s", r.User, r.Account, r.Set) }

func lines(all []who.Reach) []string {
	var texts []string
	for _, r := range all {
		texts = append(texts, line(r))
	}
	slices.Sort(texts)
	return texts
}

// move lets one thing happen that the journal hears of.
func (w *world) move(t *rapid.T, f *who.Facts, n int) {
	label := fmt.Sprint("step ", n)
	var holders []plan.Change
	for _, u := range f.Users {
		holders = append(holders, plan.Change{Subject: plan.Existing(u.ID), Name: u.Name, Kind: plan.UserUpdate})
	}
	users := len(holders)
	for _, g := range f.Groups {
		holders = append(holders, plan.Change{Subject: plan.Existing(g.ID), Name: g.Name, Kind: plan.GroupUpdate})
	}
	what := rapid.IntRange(0, 7).Draw(t, label)
	switch {
	case what == 0 || users == 0:
		w.sync(t, company(t, label))
	case what == 1 && len(f.Groups) > 0: // by another, and seen by the next sync
		g := rapid.SampledFrom(f.Groups).Draw(t, label+" group")
		if err := w.driver.DeleteGroup(context.Background(), g.ID, ""); err != nil {
			t.Fatal(err)
		}
		w.sync(t, company(t, label))
	case what == 2:
		c := holders[rapid.IntRange(0, users-1).Draw(t, label+" user")]
		c.Kind = plan.UserDisable
		if u := f.Users[slices.IndexFunc(f.Users, func(u who.User) bool { return plan.Existing(u.ID) == c.Subject })]; u.Disabled {
			c.Kind = plan.UserEnable
		}
		w.ordered(t, c)
	case what <= 5 && len(f.Groups) > 0:
		g, u := rapid.SampledFrom(f.Groups).Draw(t, label+" group"), rapid.SampledFrom(f.Users).Draw(t, label+" user")
		c := plan.Change{Kind: plan.GroupMembers, Subject: plan.Existing(g.ID), Name: g.Name}
		if m := []plan.Member{{User: plan.Existing(u.ID), Name: u.Name}}; slices.Contains(g.Members, u.ID) {
			c.Remove = m
		} else {
			c.Add = m
		}
		w.ordered(t, c)
	default:
		at := rapid.IntRange(0, len(holders)-1).Draw(t, label+" holder")
		c := holders[at]
		kind := identity.KindUser
		if at >= users {
			kind = identity.KindGroup
		}
		a := w.access.assigned(kind, rapid.IntRange(0, 5).Draw(t, label+" assignment"))
		c.Kind, c.Assignment = plan.AssignmentCreate, &a
		if slices.ContainsFunc(f.Assignments, func(x identity.Assignment) bool {
			return plan.Existing(x.Principal.ID) == c.Subject && x.PermissionSet == a.PermissionSet && x.Account == a.Account
		}) {
			c.Kind = plan.AssignmentDelete
		}
		w.ordered(t, c)
	}
}

// ordered carries one change out as a command.
func (w *world) ordered(t tester, c plan.Change) {
	t.Helper()
	w.read = nil // nobody has looked
	r, err := w.apply(context.Background(), t, w.command(t, c))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range r.Failures {
		if f.Result != "held" { // who was put out is not let in
			t.Fatalf("%s: %s: %s", f.Change.Sentence(), f.Result, f.Text)
		}
	}
}

// Whatever Rollcall does, and whatever it sees others do: who reached what is told
// by the journal as it was read then, and two moments differ as their matrices do.
func TestEveryMomentBeforeIsToldByTheJournal(t *testing.T) {
	fewer(t, "25")
	rapid.Check(t, func(t *rapid.T) {
		dir := scratch(t)
		defer os.RemoveAll(dir)
		w := newWorld(t, dir, newDirectory())
		defer w.end()
		w.withAccess(t, 0, nil)
		w.sync(t, company(t, "first"))
		for i, g := range w.facts(t).Groups { // so that who is in them matters
			a := w.access.assigned(identity.KindGroup, i)
			w.ordered(t, plan.Change{Kind: plan.AssignmentCreate, Subject: plan.Existing(g.ID), Name: g.Name, Assignment: &a})
		}
		moments, matrices := []time.Time{w.clock.Now()}, [][]string{tried(w.facts(t))}
		for n := range rapid.IntRange(1, 6).Draw(t, "steps") {
			w.pass(time.Minute)
			w.move(t, w.facts(t), n)
			moments, matrices = append(moments, w.clock.Now()), append(matrices, tried(w.facts(t)))
		}
		w.pass(time.Minute)
		now := w.facts(t)
		then := make([]*who.Graph, len(moments))
		for i, at := range moments {
			past, err := who.SinceByJournal(context.Background(), w.x.Journal, now, at)
			if err != nil {
				t.Fatal(err)
			}
			then[i] = who.New(now.Before(past))
			if diff := cmp.Diff(matrices[i], lines(then[i].Reaches()), cmpopts.EquateEmpty()); diff != "" {
				t.Fatalf("moment %d of %d (-read then +told now):\n%s", i, len(moments), diff)
			}
		}
		a, b := rapid.IntRange(0, len(moments)-1).Draw(t, "from"), rapid.IntRange(0, len(moments)-1).Draw(t, "to")
		var lost, gained, wantLost, wantGained []string
		for _, d := range who.Diff(then[a], then[b]) {
			if d.Gained {
				gained = append(gained, line(d.Reach))
			} else {
				lost = append(lost, line(d.Reach))
			}
		}
		for _, l := range matrices[a] {
			if !slices.Contains(matrices[b], l) {
				wantLost = append(wantLost, l)
			}
		}
		for _, l := range matrices[b] {
			if !slices.Contains(matrices[a], l) {
				wantGained = append(wantGained, l)
			}
		}
		if diff := cmp.Diff([][]string{wantLost, wantGained}, [][]string{lost, gained}, cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("between %d and %d (-tried +got):\n%s", a, b, diff)
		}
	})
}

func TestAMomentBeforeTheJournalIsNotGuessed(t *testing.T) {
	w := newWorld(t, t.TempDir(), newDirectory())
	defer w.end()
	w.withAccess(t, 0, nil)
	f, before := w.facts(t), w.clock.Now()
	if _, err := who.SinceByJournal(t.Context(), w.x.Journal, f, before); !fault.Is(err, fault.NotFound) {
		t.Errorf("without a journal: %v", err)
	}
	w.pass(time.Second)
	w.sync(t, staff())
	if _, err := who.SinceByJournal(t.Context(), w.x.Journal, w.facts(t), before); !fault.Is(err, fault.NotFound) {
		t.Errorf("before it begins: %v", err)
	}
	if _, err := who.SinceByJournal(t.Context(), w.x.Journal, w.facts(t), w.clock.Now()); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}
