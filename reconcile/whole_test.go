package reconcile_test

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"rollcall/baseline"
	"rollcall/directory"
	"rollcall/directory/memdir"
	"rollcall/fault"
	"rollcall/identity"
	"rollcall/link"
	"rollcall/mapping"
	"rollcall/plan"
	"rollcall/reconcile"
	"rollcall/source"
)

// Whatever a company is like and whatever happens to it, what has changed is
// planned as it would be if everything were looked at, byte for byte: the
// changes, whom people must decide about, all counts and the brakes.
func TestWhatHasChangedIsPlannedAsEverythingIs(t *testing.T) {
	parts, changes := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		w := newFirm(t)
		for range rapid.IntRange(1, 12).Draw(t, "steps") {
			w.live(t, rapid.IntRange(0, 3).Draw(t, "events"))
		}
		parts += w.parts
		changes += w.changes
	})
	if parts == 0 || changes == 0 {
		t.Errorf("%d plans were made from what had changed, with %d changes", parts, changes)
	}
}

// firm is a source, the directory beside it, and what is remembered.
type firm struct {
	settings reconcile.Settings
	by       reconcile.By
	driver   *memdir.Driver
	d        *directory.Directory
	writer   *directory.Writer
	links    map[identity.Record]link.Link
	holds    map[identity.Anchor]link.Hold
	absent   map[baseline.Key]baseline.Absence
	accepted *baseline.Baseline
	earlier  []plan.Change
	snap     *source.Snapshot
	now      time.Time
	whole    *reconcile.Whole

	parts, changes int // of what was planned from what had changed
}

var (
	firmNames = []string{"ann", "bob", "cem", "dan", "eve", "fay", "gus", "hal", "ida", "jon"}
	firmPeers = []identity.Anchor{"p1", "p2", "p3", "p4", "p5", "p6", "p7", "p8", "P1", "P2"}
)

func newFirm(t *rapid.T) *firm {
	w := &firm{
		driver: memdir.New("d-1234567890"), links: map[identity.Record]link.Link{}, holds: map[identity.Anchor]link.Hold{},
		absent: map[baseline.Key]baseline.Absence{}, snap: &source.Snapshot{Source: "corp"}, now: march,
	}
	w.open()
	table, _ := reconcile.TableNamed(rapid.SampledFrom([]string{reconcile.Default, reconcile.Default, "mirror", "no-delete", "report-only"}).Draw(t, "table"))
	for _, kind := range []identity.Kind{identity.KindUser, identity.KindGroup} {
		_ = table.Set(kind, reconcile.Found, rapid.SampledFrom([]reconcile.Action{reconcile.Report, reconcile.Ignore, reconcile.Adopt}).Draw(t, "found"))
		_ = table.Set(kind, reconcile.Ambiguous, rapid.SampledFrom([]reconcile.Action{reconcile.Report, reconcile.Ignore}).Draw(t, "ambiguous"))
	}
	m := w.rules(t)
	w.by = reconcile.By{Mapping: m}
	if rapid.IntRange(0, 2).Draw(t, "scope") == 0 {
		w.by.Names = reconcile.Names{MembersOf: []string{"staff", "g1*"}, ExcludePeople: []string{"hal"}}
	}
	w.settings = reconcile.Settings{
		Sync: "corp", Directory: "local", Table: table, Issuer: "rollcall:corp", ManageGroups: rapid.IntRange(0, 9).Draw(t, "groups") > 0,
		Correlate: []string{directory.KeyUserName, directory.KeyEmail, directory.KeyDisplayName},
		UserPaths: m.UserPaths(), GroupPaths: m.GroupPaths(), Limits: plan.DefaultLimits(), Retention: 720 * time.Hour,
		Grace: rapid.SampledFrom([]time.Duration{0, 48 * time.Hour}).Draw(t, "grace"),
		Leavers: reconcile.Leavers{
			Memberships: rapid.SampledFrom([]reconcile.MembershipsOf{reconcile.MembershipsAsSource, reconcile.MembershipsKept, reconcile.MembershipsRevoked}).Draw(t, "memberships"),
			Assignments: rapid.SampledFrom([]reconcile.AssignmentsOf{reconcile.AssignmentsKept, reconcile.AssignmentsRevoked}).Draw(t, "assignments"),
		},
	}
	if rapid.Bool().Draw(t, "brakes are tight") {
		l := &w.settings.Limits
		l.UsersOff, l.Missing.Floor, l.Emptied, l.Protected = plan.Threshold{Floor: 1, Percent: 20}, 0, 1, []string{"jon"}
		l.UsersRenamed = plan.Threshold{Floor: rapid.IntRange(0, 2).Draw(t, "renamed")}
		l.GroupLeavers = plan.Leaving{Percent: 30, Of: 2, All: 2}
	}
	w.populate(t)
	return w
}

// rules map the people of a firm.
func (w *firm) rules(t failer) *mapping.Mapping {
	t.Helper()
	m, err := mapping.Compile(mapping.Rules{
		User: map[string]string{
			"userName": "person.uid", "displayName": "person.cn", "email": "person.mail", "title": "person.title", "name.givenName": "person.cn", "name.familyName": "person.cn",
			"active": `person.off == "" && !expired(person.accountExpires)`,
		},
		Group: map[string]string{"displayName": "group.cn"}, ScopePeople: `person.out == ""`, ScopeGroups: `group.out == ""`,
	}, mapping.Options{Now: func() time.Time { return w.now }})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func (w *firm) open() {
	w.d = directory.New("local", w.driver)
	w.writer = directory.WriterFor(w.d)
}

// populate draws who is there to begin with, on both sides.
func (w *firm) populate(t *rapid.T) {
	for _, anchor := range firmPeers[:rapid.IntRange(0, len(firmPeers)).Draw(t, "people")] {
		w.putPerson(w.person(t, anchor))
	}
	for i, name := range []string{"staff", "g1x", "ops", "staff"}[:rapid.IntRange(0, 4).Draw(t, "groups")] {
		g := source.Group{Anchor: identity.Anchor(fmt.Sprint("g", i)), Name: "cn=" + name, Attributes: source.Attributes{"cn": {name}}}
		for _, p := range w.snap.People {
			if rapid.Bool().Draw(t, "is in") {
				g.Members = append(g.Members, source.Member{Anchor: p.Anchor})
			}
		}
		w.snap.Groups = append(w.snap.Groups, g)
	}
	for _, name := range firmNames[:rapid.IntRange(0, 3).Draw(t, "others")] {
		u := account("", rapid.SampledFrom(firmNames).Draw(t, name+" is called"))
		if rapid.Bool().Draw(t, name+" has an external id") {
			u = named(u, string(rapid.SampledFrom(firmPeers).Draw(t, name+" is")))
		}
		made, err := w.driver.CreateUser(context.Background(), u)
		if err == nil && rapid.Bool().Draw(t, name+" is another source's") {
			l := linkOf("other", identity.KindUser, name, string(made.ID))
			w.links[l.Record] = l
		}
	}
	if rapid.IntRange(0, 4).Draw(t, "dangling") == 0 {
		l := linked(string(rapid.SampledFrom(firmPeers).Draw(t, "who is missing")), "u-gone")
		w.links[l.Record] = l
	}
	if rapid.Bool().Draw(t, "a group is there") {
		_, _ = w.driver.CreateGroup(context.Background(), identity.Group{DisplayName: "ops"})
	}
}

func (w *firm) person(t *rapid.T, anchor identity.Anchor) source.Person {
	name := rapid.SampledFrom(firmNames).Draw(t, "name")
	one := func(label string, values ...string) []string {
		if v := rapid.SampledFrom(values).Draw(t, label); v != "" {
			return []string{v}
		}
		return nil
	}
	a := source.Attributes{
		"uid": one("uid", name, name, "", "hal"), "cn": one("cn", "C "+name, "Same"), "mail": one("mail", name+"@example.com", "shared@example.com", ""),
		"title": one("title", "", "Lead", "Engineer"), "off": one("off", "", "", "", "x"), "out": one("out", "", "", "", "x"),
	}
	if hours := rapid.SampledFrom([]int{0, 0, 0, 1, 40}).Draw(t, "expires"); hours > 0 {
		a["accountexpires"] = []string{strconv.FormatInt((w.now.Add(time.Duration(hours)*time.Hour).Unix()+11_644_473_600)*10_000_000, 10)}
	}
	maps.DeleteFunc(a, func(_ string, values []string) bool { return len(values) == 0 })
	return source.Person{Anchor: anchor, Name: "uid=" + string(anchor) + ",ou=" + rapid.SampledFrom([]string{"a", "b"}).Draw(t, "ou") + ",dc=x", Attributes: a}
}

// putPerson puts somebody into the snapshot, in a copy of what changes.
func (w *firm) putPerson(p source.Person) {
	people := slices.DeleteFunc(slices.Clone(w.snap.People), func(o source.Person) bool { return o.Anchor == p.Anchor })
	at, _ := slices.BinarySearchFunc(people, p.Anchor, func(o source.Person, a identity.Anchor) int { return strings.Compare(string(o.Anchor), string(a)) })
	w.snap = &source.Snapshot{Source: "corp", People: slices.Insert(people, at, p), Groups: w.snap.Groups}
}

// live has some things happen, and plans what has changed.
func (w *firm) live(t *rapid.T, events int) {
	for range events {
		w.event(t)
	}
	w.now = w.now.Add(rapid.SampledFrom([]time.Duration{time.Minute, time.Minute, 30 * time.Minute, 49 * time.Hour}).Draw(t, "passes"))
	p, in := w.plan(t)
	if !p.Empty() && rapid.IntRange(0, 9).Draw(t, "nobody carries it out") == 0 {
		w.whole = nil
		return
	}
	w.carryOut(t, p, in)
}

// plan plans from everything, and shows that what has changed is planned as that
// is.
func (w *firm) plan(t failer) (*plan.Plan, reconcile.Input) {
	t.Helper()
	in := w.everything(t)
	want, whole, err := reconcile.PlanWhole(context.Background(), nil, in, w.snap, w.by)
	if err != nil {
		t.Fatal(err)
	}
	if w.whole != nil {
		if part := w.part(t, in); part != nil {
			got, sure, err := w.whole.Plan(context.Background(), nil, part)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(text(t, want), text(t, got)); diff != "" {
				t.Fatalf("everything (-) and what has changed (+):\n%s", diff)
			}
			w.parts++
			w.changes += len(got.Changes)
			if whole = w.whole; !sure {
				whole = nil
			}
		}
	}
	w.whole = whole
	return want, in
}

// failer is a test of any kind.
type failer interface {
	Helper()
	Fatal(all ...any)
	Fatalf(format string, all ...any)
}

// part plans what has changed, nil where everything has to be.
func (w *firm) part(t failer, in reconcile.Input) *reconcile.Part {
	part, err := w.whole.Part(context.Background(), w.snap, w.now, w)
	if err != nil {
		t.Fatal(err)
	}
	if part == nil {
		return nil
	}
	if diff := cmp.Diff(reconcile.Gone(in.Known.Links, "local", in.Wanted, in.Current), part.Gone); diff != "" {
		t.Fatalf("who is gone:\n%s", diff)
	}
	if diff := cmp.Diff(in.Counts, part.Input.Counts); diff != "" {
		t.Fatalf("what the read came to:\n%s", diff)
	}
	k := &part.Input.Known
	k.Absent, k.Baseline, k.Earlier = in.Known.Absent, in.Known.Baseline, in.Known.Earlier
	return part
}

// everything is all that a planning of everything looks at.
func (w *firm) everything(t failer) reconcile.Input {
	ctx := context.Background()
	wanted, err := reconcile.Want(ctx, w.snap, w.by.Mapping, w.settings.ManageGroups)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := wanted.Narrow(w.by.Names); err != nil {
		if !fault.Is(err, fault.Incomplete) {
			t.Fatal(err)
		}
		w.by.Names = reconcile.Names{} // there is no such group
		return w.everything(t)
	}
	current, err := reconcile.Read(ctx, w.d, w.settings.ManageGroups)
	if err != nil {
		t.Fatal(err)
	}
	if w.whole != nil { // objects in the order in which they are kept
		current = reorder(w.whole.Current(), current)
	}
	in := reconcile.Input{Settings: w.settings, Wanted: wanted, Current: current, Made: w.now, Counts: wanted.Count(w.snap, w.settings.UserPaths)}
	for _, r := range slices.SortedFunc(maps.Keys(w.links), func(a, b identity.Record) int {
		return strings.Compare(string(a.Kind)+string(a.Anchor)+a.Source, string(b.Kind)+string(b.Anchor)+b.Source)
	}) {
		in.Known.Links = append(in.Known.Links, w.links[r])
	}
	for _, anchor := range slices.Sorted(maps.Keys(w.holds)) {
		in.Known.Holds = append(in.Known.Holds, w.holds[anchor])
	}
	gone := reconcile.Gone(in.Known.Links, "local", wanted, current)
	maps.DeleteFunc(w.absent, func(k baseline.Key, _ baseline.Absence) bool { _, still := gone[k]; return !still })
	for key, disabled := range gone {
		a := w.absent[key]
		if a.Since.IsZero() {
			a.Since = w.now
		}
		if a.Disabled.IsZero() == disabled {
			a.Disabled = map[bool]time.Time{true: w.now}[disabled]
		}
		w.absent[key] = a
	}
	in.Known.Absent, in.Known.Baseline, in.Known.Earlier = maps.Clone(w.absent), w.accepted, w.earlier
	return in
}

// reorder has what was read stand where it is kept.
func reorder(kept, read *reconcile.Current) *reconcile.Current {
	users, groups := map[identity.ID]int{}, map[identity.ID]int{}
	for i := range kept.Users {
		users[kept.Users[i].ID] = i + 1
	}
	for i := range kept.Groups {
		groups[kept.Groups[i].ID] = i + 1
	}
	slices.SortStableFunc(read.Users, func(a, b identity.User) int { return users[a.ID] - users[b.ID] })
	slices.SortStableFunc(read.Groups, func(a, b identity.Group) int { return groups[a.ID] - groups[b.ID] })
	return read
}

func text(t failer, p *plan.Plan) string {
	file, _, err := plan.Encode(p)
	if err != nil {
		t.Fatal(err)
	}
	return string(file)
}
