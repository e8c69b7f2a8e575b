package source_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"rollcall/fault"
	"rollcall/identity"
	"rollcall/source"
)

// said is a driver that says what it is told to.
type said struct {
	people []source.Person
	groups []source.Group
	report func(*source.Report)
	err    error
}

func (s said) Read(_ context.Context, r source.Receiver) (source.Report, error) {
	for _, p := range s.people {
		if err := r.Person(p); err != nil {
			return source.Report{}, err
		}
	}
	for _, g := range s.groups {
		if err := r.Group(g); err != nil {
			return source.Report{}, err
		}
	}
	report := source.Report{People: len(s.people), Groups: len(s.groups)}
	if s.report != nil {
		s.report(&report)
	}
	return report, s.err
}

func people(anchors ...identity.Anchor) []source.Person {
	var all []source.Person
	for _, a := range anchors {
		all = append(all, source.Person{Anchor: a, Name: "person " + string(a)})
	}
	return all
}

func TestASnapshotIsSortedAndNamed(t *testing.T) {
	s := source.New("corp", said{people: people("b", "a"), groups: []source.Group{
		{Anchor: "2", Members: []source.Member{{Anchor: "a"}}},
		{Anchor: "1"},
	}})
	snap, err := s.Read(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if snap.Source != "corp" || s.Name() != "corp" {
		t.Errorf("it is called %q", snap.Source)
	}
	if snap.People[0].Anchor != "a" || snap.People[1].Anchor != "b" || snap.Groups[0].Anchor != "1" || snap.Groups[1].Anchor != "2" {
		t.Errorf("it is not sorted: %+v", snap)
	}
	if snap.Report.People != 2 || snap.Report.Groups != 2 {
		t.Errorf("the report is %+v", snap.Report)
	}
}

// A driver that contradicts itself gives no snapshot at all.
func TestASnapshotIsProven(t *testing.T) {
	one := people("a")
	for name, c := range map[string]struct {
		driver said
		says   string
	}{
		"fewer people than reported": {said{people: one, report: func(r *source.Report) { r.People++ }}, "it reports 2 people and 0 groups, but gave 1 and 0"},
		"more people than reported":  {said{people: one, report: func(r *source.Report) { r.People-- }}, "it reports 0 people"},
		"fewer groups than reported": {said{people: one, report: func(r *source.Report) { r.Groups++ }}, "1 groups, but gave 1 and 0"},
		"one person twice":           {said{people: people("a", "b", "a")}, "two people have one anchor; the second is person a"},
		"one group twice":            {said{groups: []source.Group{{Anchor: "g", Name: "one"}, {Anchor: "f"}, {Anchor: "g", Name: "two"}}}, "two groups have one anchor: "},
		"a member who is nobody":     {said{people: one, groups: []source.Group{{Anchor: "g", Name: "cn=g", Members: []source.Member{{Anchor: "a"}, {Anchor: "z"}}}}}, "group cn=g has a member that is not among the people read"},
	} {
		t.Run(name, func(t *testing.T) {
			snap, err := source.New("corp", c.driver).Read(t.Context())
			if snap != nil || !fault.Is(err, fault.Incomplete) || !strings.Contains(err.Error(), c.says) || !strings.Contains(err.Error(), "corp") {
				t.Errorf("got %+v, %v", snap, err)
			}
		})
	}
}

func TestADriversErrorIsTheAnswer(t *testing.T) {
	cause := fault.Text(fault.Unavailable, "read", "server", "it is down")
	snap, err := source.New("corp", said{people: people("a"), err: cause}).Read(t.Context())
	if snap != nil || !errors.Is(err, cause) {
		t.Errorf("got %+v, %v", snap, err)
	}
}

func TestACancelledReadGivesNothing(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	snap, err := source.New("corp", said{people: people("a")}).Read(ctx)
	if snap != nil || !errors.Is(err, context.Canceled) {
		t.Errorf("got %+v, %v", snap, err)
	}
}

func TestAttributesAreFoundWithoutCase(t *testing.T) {
	a := source.Attributes{"mail": {"a@x", "b@x"}, "sn": {}}
	for name, want := range map[string]string{"mail": "a@x", "MAIL": "a@x", "sn": "", "cn": ""} {
		if got := a.First(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
}
