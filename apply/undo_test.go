package apply_test

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"rollcall/apply"
	"rollcall/directory"
	"rollcall/identity"
	"rollcall/journal"
	"rollcall/link"
	"rollcall/plan"
	"rollcall/reconcile"
	"rollcall/undo"
)

// undo compiles the plan that takes a run back.
func (w *world) undo(t tester, run string) *plan.Plan {
	t.Helper()
	ctx := context.Background()
	w.clock.Sleep(ctx, time.Second) //nolint:errcheck // ctx does not end
	past, err := undo.Recall(ctx, w.x.Journal, run)
	if err != nil {
		t.Fatal(err)
	}
	made := w.clock.Now()
	current, err := reconcile.Read(ctx, w.x.Directory, true)
	if err != nil {
		t.Fatal(err)
	}
	links, err := w.x.Links.Links(ctx, "local")
	if err != nil {
		t.Fatal(err)
	}
	holds, err := w.x.Links.Holds(ctx)
	if err != nil {
		t.Fatal(err)
	}
	var assigned map[identity.ID][]plan.Assignment
	access, err := w.x.Access.Open(ctx)
	if err == nil && access != nil {
		assigned, err = reconcile.ReadAssigned(ctx, access, undo.Touched(past))
	}
	if err != nil {
		t.Fatal(err)
	}
	p, err := undo.Plan(undo.Input{
		Past: past, Current: current, Known: reconcile.Known{Links: links, Holds: holds}, Assigned: assigned, Limits: boundless(),
		Made: made, By: plan.Actor{Name: "test", Door: "cli"},
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Check(); err != nil {
		t.Fatal(err)
	}
	return p
}

// boundless are brakes that stop nothing by numbers: these laws are about what
// an undo does, not about how much of it.
func boundless() plan.Limits {
	const many = 1 << 30
	return plan.Limits{
		UsersOff: plan.Threshold{Floor: many}, UsersRenamed: plan.Threshold{Floor: many}, GroupsDeleted: plan.Threshold{Floor: many}, AssignmentsEnded: many,
	}
}

// must carries a plan out and returns its run; every change must work.
func (w *world) must(t tester, p *plan.Plan) string {
	t.Helper()
	r, err := w.apply(context.Background(), t, p)
	if err != nil {
		t.Fatalf("apply: %v", err)
	}
	for _, f := range r.Failures {
		t.Errorf("%s: %s: %s", f.Change.Sentence(), f.Result, f.Text)
	}
	return r.Run
}

// snapshot is everything about a directory and what is ours of it, without
// ids and times: a line an object.
func (w *world) snapshot(t tester) []string {
	t.Helper()
	ctx := context.Background()
	current, err := reconcile.Read(ctx, w.x.Directory, true)
	if err != nil {
		t.Fatal(err)
	}
	links, err := w.x.Links.Links(ctx, "local")
	if err != nil {
		t.Fatal(err)
	}
	ours := map[identity.ID]link.Link{}
	for _, l := range links {
		ours[l.Object] = l
	}
	var lines []string
	names := map[identity.ID]string{}
	for i := range current.Users {
		u := &current.Users[i]
		names[u.ID] = u.UserName
		body, err := journal.UserBody(u)
		if err != nil {
			t.Fatal(err)
		}
		lines = append(lines, fmt.Sprintf("user %s %s, record %v", u.UserName, body, ours[u.ID].Record))
	}
	for i := range current.Groups {
		g := &current.Groups[i]
		body, err := journal.GroupBody(g)
		if err != nil {
			t.Fatal(err)
		}
		var who []string
		for _, id := range current.Members[g.ID] {
			who = append(who, names[id])
		}
		slices.Sort(who)
		lines = append(lines, fmt.Sprintf("group %s %s, record %v, members %v", g.DisplayName, body, ours[g.ID].Record, who))
	}
	slices.Sort(lines)
	return lines
}

// byHand puts people and groups there who may be found by a sync later.
func byHand(t *rapid.T, d directory.Driver) {
	ctx := directory.WithActor(context.Background(), directory.Actor{Name: "somebody", Door: "aws"})
	var ids []identity.ID
	for _, name := range rapid.SliceOfDistinct(rapid.SampledFrom([]string{"ann", "bob", "eve", "zoe"}), rapid.ID[string]).Draw(t, "made by hand") {
		u, err := d.CreateUser(ctx, identity.User{
			UserName: name, DisplayName: "By Hand", NickName: name, Name: identity.Name{GivenName: "B", FamilyName: "H"}, Active: true,
		})
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, u.ID)
	}
	for _, name := range rapid.SliceOfDistinct(rapid.SampledFrom([]string{"Dev", "others"}), rapid.ID[string]).Draw(t, "groups made by hand") {
		g, err := d.CreateGroup(ctx, identity.Group{DisplayName: name, Description: "by hand"})
		if err != nil {
			t.Fatal(err)
		}
		for _, id := range ids {
			if _, err := d.AddMember(ctx, g.ID, id); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// Whatever a run has done, undoing it gives the state before; undoing that
// gives the state after. With every shipped table.
func TestUndoingARunGivesTheStateBefore(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		dir := scratch(t)
		defer os.RemoveAll(dir)
		w := newWorld(t, dir, newDirectory())
		defer w.close()
		w.table, _ = reconcile.TableNamed(rapid.SampledFrom(reconcile.TableNames()).Draw(t, "table"))
		addForeign(t, w.driver)
		byHand(t, w.driver)
		w.must(t, w.plan(t, company(t, "a")))
		_, foreign := w.lines(t)
		before := w.snapshot(t)
		run := w.must(t, w.plan(t, company(t, "b")))
		after := w.snapshot(t)

		undone := w.mustUndo(t, run)
		if diff := cmp.Diff(before, w.snapshot(t)); diff != "" {
			t.Fatalf("after the undo (-want +got):\n%s", diff)
		}
		w.mustUndo(t, undone)
		if diff := cmp.Diff(after, w.snapshot(t)); diff != "" {
			t.Fatalf("after the undo of the undo (-want +got):\n%s", diff)
		}
		_, now := w.lines(t)
		for _, line := range foreign {
			if strings.Contains(line, "break-glass") && !slices.Contains(now, line) {
				t.Fatalf("it was changed: %s", line)
			}
		}
	})
}

// mustUndo takes a run back; nothing may be left over.
func (w *world) mustUndo(t tester, run string) string {
	t.Helper()
	p := w.undo(t, run)
	for _, a := range p.Attention {
		t.Errorf("%s %s (%s): %s", a.Kind, a.Name, a.Situation, a.Text)
	}
	return w.must(t, p)
}

// Killed anywhere in a run, and anywhere in its undo, and run again: the state
// is that before.
func TestAKilledRunAndItsKilledUndoEndWhereTheyBegan(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		dir := scratch(t)
		defer os.RemoveAll(dir)
		m := deathless()
		w := newWorld(t, dir, m)
		defer func() { w.close() }()
		addForeign(t, m.Driver)
		byHand(t, m.Driver)
		w.must(t, w.plan(t, company(t, "a")))
		before := w.snapshot(t)
		w.survive(t, m, w.plan(t, company(t, "b")), "run")
		w.survive(t, m, w.undo(t, w.last(t)), "undo")
		if diff := cmp.Diff(before, w.snapshot(t)); diff != "" {
			t.Fatalf("after the undo (-want +got):\n%s", diff)
		}
	})
}

// survive carries a plan out, is killed at one of its writes, and goes on.
func (w *world) survive(t *rapid.T, m *mortal, p *plan.Plan, what string) {
	k := &killer{after: rapid.Bool().Draw(t, what+" after the write"), dead: make(chan struct{}), kill: w.close}
	k.left.Store(int64(rapid.IntRange(1, max(1, len(p.Changes))).Draw(t, what+" killed at write")))
	m.killer = k
	_, died := w.apply(context.Background(), t, p)
	w.close()
	k.left.Store(never)
	w.clock.Sleep(context.Background(), time.Minute) //nolint:errcheck // ctx does not end
	w.open(t)
	if died != nil && !p.Empty() {
		resumeAll(t, w, died)
	}
}

// last is the run that was started last.
func (w *world) last(t tester) string {
	t.Helper()
	runs, err := w.x.Journal.Runs(context.Background(), 1)
	if err != nil || len(runs) != 1 {
		t.Fatalf("%v, %v", runs, err)
	}
	return runs[0].ID
}

// Whoever is held is not enabled, made again, changed or granted to by an undo.
func TestAnUndoNeverWritesToHeldPeopleButToTakeAway(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		dir := scratch(t)
		defer os.RemoveAll(dir)
		w := newWorld(t, dir, newDirectory())
		defer w.close()
		w.must(t, w.plan(t, company(t, "a")))
		run := w.must(t, w.plan(t, company(t, "b")))
		out := rapid.SliceOfDistinct(rapid.SampledFrom([]string{"p1", "p2", "p3", "p4", "p5"}), rapid.ID[string]).Draw(t, "held")
		before := w.standing(t, out)
		for _, anchor := range out {
			h := link.Hold{Source: "corp", Anchor: identity.Anchor(anchor), Reason: "left", Since: w.clock.Now()}
			if err := w.x.Links.Hold(context.Background(), h); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := w.apply(context.Background(), t, w.undo(t, run)); err != nil {
			t.Fatal(err)
		}
		for anchor, now := range w.standing(t, out) {
			was, had := before[anchor]
			if !had {
				t.Fatalf("%s was made again", anchor)
			}
			if now.active && !was.active {
				t.Fatalf("%s was enabled", anchor)
			}
			if was.active == now.active && was.body != now.body {
				t.Fatalf("%s was changed from\n%s to\n%s", anchor, was.body, now.body)
			}
			for g := range now.groups {
				if !was.groups[g] {
					t.Fatalf("%s was added to %s", anchor, g)
				}
			}
		}
		holds, err := w.x.Links.Holds(context.Background())
		if err != nil || len(holds) != len(out) {
			t.Fatalf("%d holds are left of %d, %v", len(holds), len(out), err)
		}
	})
}

// standing is how somebody with an account stands.
type standing struct {
	active bool
	body   string
	groups map[string]bool
}

func (w *world) standing(t tester, anchors []string) map[string]standing {
	t.Helper()
	ctx := context.Background()
	all := map[string]standing{}
	for _, anchor := range anchors {
		l, err := w.x.Links.ByRecord(ctx, "local", identity.Record{Source: "corp", Kind: identity.KindUser, Anchor: identity.Anchor(anchor)})
		if err != nil {
			continue
		}
		u, err := w.x.Directory.User(ctx, l.Object)
		if err != nil {
			continue
		}
		body, err := journal.UserBody(&u)
		if err != nil {
			t.Fatal(err)
		}
		s := standing{u.Active, string(body), map[string]bool{}}
		for m, err := range w.x.Directory.Memberships(ctx, u.ID) {
			if err != nil {
				t.Fatal(err)
			}
			s.groups[string(m.GroupID)] = true
		}
		all[anchor] = s
	}
	return all
}

// What others have done since to what a run touched stays, and is reported;
// everything else is as before.
func TestAnUndoLeavesWhatOthersHaveDoneSince(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		dir := scratch(t)
		defer os.RemoveAll(dir)
		w := newWorld(t, dir, newDirectory())
		defer w.close()
		w.must(t, w.plan(t, company(t, "a")))
		before := w.users(t)
		run := w.must(t, w.plan(t, company(t, "b")))
		left := w.users(t)
		touched := w.meddle(t)
		now := w.users(t)
		p := w.undo(t, run)
		r, err := w.apply(context.Background(), t, p)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range r.Failures {
			t.Errorf("%s: %s: %s", f.Change.Sentence(), f.Result, f.Text)
		}
		after := w.users(t)
		for id, body := range now {
			reported := slices.ContainsFunc(p.Attention, func(a plan.Attention) bool { return a.Object == id })
			switch {
			case touched[id] && after[id] != body:
				t.Fatalf("it was changed since, and is now %s, was %s", after[id], body)
			case touched[id] && before[id] != left[id] && !reported:
				t.Fatalf("%s was changed by the run and since, and nobody is told", id)
			case !touched[id] && !reported && after[id] != before[id]:
				t.Fatalf("it was %s and is %s", before[id], after[id])
			}
		}
	})
}

// users are the attributes of every user by id.
func (w *world) users(t tester) map[identity.ID]string {
	t.Helper()
	all := map[identity.ID]string{}
	for u, err := range w.x.Directory.Users(context.Background()) {
		if err != nil {
			t.Fatal(err)
		}
		body, err := journal.UserBody(&u)
		if err != nil {
			t.Fatal(err)
		}
		all[u.ID] = string(body)
	}
	return all
}

// meddle changes some users as another client would.
func (w *world) meddle(t *rapid.T) map[identity.ID]bool {
	ctx := directory.WithActor(context.Background(), directory.Actor{Name: "somebody", Door: "aws"})
	touched := map[identity.ID]bool{}
	for u, err := range w.x.Directory.Users(ctx) {
		if err != nil {
			t.Fatal(err)
		}
		if !rapid.Bool().Draw(t, "meddled with "+u.UserName) {
			continue
		}
		path := rapid.SampledFrom([]string{"title", "nickName"}).Draw(t, "attribute of "+u.UserName)
		if _, err := w.driver.UpdateUser(ctx, u.ID, "", []identity.Edit{{Path: path, New: identity.Value(`"Somebody Else"`)}}); err != nil {
			t.Fatal(err)
		}
		touched[u.ID] = true
	}
	return touched
}

// A stored undo that is carried out later is sealed like any plan.
func TestAnUndoThatIsCarriedOutLaterRefusesWhatHasMovedOn(t *testing.T) {
	w := newWorld(t, t.TempDir(), newDirectory())
	defer w.close()
	ctx := context.Background()
	c := &reconcile.Wanted{Source: "corp"}
	for _, name := range []string{"ann", "bob"} {
		c.Users = append(c.Users, reconcile.User{Anchor: identity.Anchor(name), In: true, Name: name, User: identity.User{
			UserName: name, DisplayName: name, Name: identity.Name{GivenName: "G", FamilyName: "F"}, Active: true,
		}})
	}
	p := w.undo(t, w.must(t, w.plan(t, c)))
	ann, err := w.x.Directory.ResolveUser(ctx, "ann")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.driver.UpdateUser(ctx, ann.ID, "", []identity.Edit{{Path: "title", New: identity.Value(`"Boss"`)}}); err != nil {
		t.Fatal(err)
	}
	r, err := w.x.Run(ctx, p, apply.Options{Actor: plan.Actor{Name: "test", Door: "cli"}})
	if err != nil {
		t.Fatal(err)
	}
	if r.Status() != journal.Refused || r.Counts[journal.Stale] != 1 || r.Counts[journal.Done] != 1 {
		t.Errorf("%v: %v", r.Status(), r.Counts)
	}
	if _, err := w.x.Directory.ResolveUser(ctx, "ann"); err != nil {
		t.Error(err)
	}
}
