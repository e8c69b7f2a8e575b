package link_test

import (
	"context"
	"reflect"
	"strings"
	"testing"
	"time"

	"rollcall/fault"
	"rollcall/identity"
	"rollcall/link"
	"rollcall/sqldb"
)

func TestALinkIsFoundFromBothSides(t *testing.T) {
	each(t, func(t *testing.T, s state) {
		ctx := context.Background()
		want := person(1)
		ok(t, s.put(want))
		got, err := s.ByObject(ctx, "local", identity.KindUser, id(1))
		ok(t, err)
		if got != want {
			t.Errorf("by object: %+v", got)
		}
		got, err = s.ByRecord(ctx, "local", want.Record)
		ok(t, err)
		if got != want {
			t.Errorf("by record: %+v", got)
		}
		absent := map[string]func() (link.Link, error){
			"another object":    func() (link.Link, error) { return s.ByObject(ctx, "local", identity.KindUser, id(2)) },
			"another kind":      func() (link.Link, error) { return s.ByObject(ctx, "local", identity.KindGroup, id(1)) },
			"another directory": func() (link.Link, error) { return s.ByObject(ctx, "aws", identity.KindUser, id(1)) },
			"another source": func() (link.Link, error) {
				return s.ByRecord(ctx, "local", identity.Record{Source: "hr", Kind: identity.KindUser, Anchor: "E1"})
			},
			"another case": func() (link.Link, error) {
				return s.ByRecord(ctx, "local", identity.Record{Source: "corp", Kind: identity.KindUser, Anchor: "e1"})
			},
		}
		for name, find := range absent {
			if _, err := find(); !fault.Is(err, fault.NotFound) || strings.Contains(err.Error(), "E1") {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}

func TestARecordAndAnObjectHaveOnePartnerEach(t *testing.T) {
	each(t, func(t *testing.T, s state) {
		ok(t, s.put(person(1), person(2)))
		taken := person(3)
		taken.Object = id(1)
		if err := s.put(taken); !fault.Is(err, fault.Conflict) {
			t.Errorf("an object of somebody else's: %v", err)
		}
		otherSource := person(1)
		otherSource.Record.Source = "hr"
		if err := s.put(otherSource); !fault.Is(err, fault.Conflict) {
			t.Errorf("the same anchor of another source: %v", err)
		}
		again := person(1)
		again.Object = id(9)
		ok(t, s.put(again))
		if got := s.all(t, "local"); !reflect.DeepEqual(got, []link.Link{again, person(2)}) {
			t.Errorf("made again: %+v", got)
		}
		ok(t, s.put(taken)) // nobody's any more
		elsewhere := person(1)
		elsewhere.Directory = "aws"
		ok(t, s.put(elsewhere))
		group := person(1)
		group.Record.Kind = identity.KindGroup
		ok(t, s.put(group))
	})
}

func TestLinksAreSortedByKindAndAnchor(t *testing.T) {
	each(t, func(t *testing.T, s state) {
		var want []link.Link
		for n, r := range []identity.Record{
			{Source: "corp", Kind: identity.KindGroup, Anchor: "z"},
			{Source: "corp", Kind: identity.KindUser, Anchor: "E1"},
			{Source: "hr", Kind: identity.KindUser, Anchor: "E1"},
			{Source: "corp", Kind: identity.KindUser, Anchor: "E10"},
			{Source: "corp", Kind: identity.KindUser, Anchor: "E2"},
			{Source: "corp", Kind: identity.KindUser, Anchor: "a"},
			{Source: "corp", Kind: identity.KindUser, Anchor: "é"},
		} {
			l := person(n + 1)
			l.Record = r
			want = append(want, l)
		}
		for _, at := range []int{3, 0, 6, 2, 5, 1, 4} {
			ok(t, s.put(want[at]))
		}
		if got := s.all(t, "local"); !reflect.DeepEqual(got, want) {
			t.Errorf("%+v", got)
		}
	})
}

func TestPuttingAgainKeepsWhatIsNotGiven(t *testing.T) {
	each(t, func(t *testing.T, s state) {
		first := person(1)
		first.Origin = link.Adopted
		ok(t, s.put(first))
		again := link.Link{Record: first.Record, Directory: "local", Object: first.Object, Name: "new", Fingerprint: "g"}
		ok(t, s.put(again))
		again.Origin, again.Since = link.Adopted, monday
		if got := s.all(t, "local"); len(got) != 1 || got[0] != again {
			t.Errorf("%+v", got)
		}
	})
}

func TestALinkThatLacksSomethingIsRefused(t *testing.T) {
	s := open(t, "sqlite:"+t.TempDir()+"/state.db")
	for name, spoil := range map[string]func(*link.Link){
		"directory":    func(l *link.Link) { l.Directory = "" },
		"source":       func(l *link.Link) { l.Record.Source = "" },
		"anchor":       func(l *link.Link) { l.Record.Anchor = "" },
		"kind":         func(l *link.Link) { l.Record.Kind = identity.KindMembership },
		"object":       func(l *link.Link) { l.Object = "" },
		"origin":       func(l *link.Link) { l.Origin = "" },
		"known origin": func(l *link.Link) { l.Origin = "found" },
		"time": func(l *link.Link) {
			l.Since = time.Time{}
		},
	} {
		l := person(1)
		spoil(&l)
		if err := s.put(l); !fault.Is(err, fault.Invalid) {
			t.Errorf("without %s: %v", name, err)
		}
	}
}

func TestADroppedLinkIsGoneAndTwiceIsNoFailure(t *testing.T) {
	each(t, func(t *testing.T, s state) {
		ok(t, s.put(person(1), person(2)))
		for range 2 {
			ok(t, s.db.Write(context.Background(), func(tx *sqldb.Tx) error {
				return link.Drop(tx, "local", identity.KindUser, id(1))
			}))
		}
		if got := s.all(t, "local"); len(got) != 1 || got[0] != person(2) {
			t.Errorf("%+v", got)
		}
	})
}
