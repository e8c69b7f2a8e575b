package link_test

import (
	"context"
	"reflect"
	"strings"
	"testing"

	"rollcall/fault"
	"rollcall/identity"
	"rollcall/link"
	"rollcall/sqldb"
	"rollcall/sqldb/sqldbtest"
)

func TestAHoldOutlivesLinkAndProcess(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, url string) {
		ctx := context.Background()
		s := open(t, url)
		want := link.Hold{Source: "corp", Anchor: "E1", Name: "user1", Reason: "left", By: "cli/ann", Since: monday}
		ok(t, s.put(person(1)))
		ok(t, s.Hold(ctx, want))
		ok(t, s.db.Write(ctx, func(tx *sqldb.Tx) error { return link.Drop(tx, "local", identity.KindUser, id(1)) }))

		later := open(t, url)
		got, held, err := later.Held(ctx, "corp", "E1")
		ok(t, err)
		if !held || got != want {
			t.Fatalf("held %v %+v", held, got)
		}
		ok(t, later.Hold(ctx, link.Hold{Source: "corp", Anchor: "E1", Reason: "again", Since: monday.AddDate(0, 0, 1)}))
		all, err := later.Holds(ctx)
		ok(t, err)
		if !reflect.DeepEqual(all, []link.Hold{want}) {
			t.Errorf("held again: %+v", all)
		}
		for _, other := range []struct {
			source string
			anchor identity.Anchor
		}{{"hr", "E1"}, {"corp", "E2"}, {"corp", "e1"}} {
			if _, held, err := later.Held(ctx, other.source, other.anchor); held || err != nil {
				t.Errorf("%+v: %v, %v", other, held, err)
			}
		}
		was, err := later.Release(ctx, "corp", "E1")
		ok(t, err)
		if was != want {
			t.Errorf("released %+v", was)
		}
		if _, held, err := s.Held(ctx, "corp", "E1"); held || err != nil {
			t.Errorf("after the release: %v, %v", held, err)
		}
		if _, err := s.Release(ctx, "corp", "E1"); !fault.Is(err, fault.NotFound) {
			t.Errorf("released twice: %v", err)
		}
	})
}

func TestAHoldNeedsAPersonAndAReason(t *testing.T) {
	s := open(t, sqldbtest.SQLite(t))
	for name, h := range map[string]link.Hold{
		"no source": {Anchor: "E1", Reason: "left", Since: monday},
		"no anchor": {Source: "corp", Reason: "left", Since: monday},
		"no reason": {Source: "corp", Anchor: "E1", Since: monday},
		"no time":   {Source: "corp", Anchor: "E1", Reason: "left"},
	} {
		if err := s.Hold(context.Background(), h); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestADirectorysNameKeepsMeaningItsFirstStore(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, url string) {
		ctx := context.Background()
		s := open(t, url)
		ok(t, s.Bind(ctx, "aws", "d-1111111111"))
		ok(t, s.Bind(ctx, "aws", "d-1111111111"))
		ok(t, s.Bind(ctx, "local", "d-2222222222"))
		err := open(t, url).Bind(ctx, "aws", "d-2222222222")
		if !fault.Is(err, fault.Stale) {
			t.Fatalf("another store: %v", err)
		}
		for _, part := range []string{"d-1111111111", "d-2222222222", "rollcall directory rebind aws"} {
			if !strings.Contains(err.Error(), part) {
				t.Errorf("%q does not say %q", err, part)
			}
		}
		rebind := func(before, store identity.StoreID) error {
			return s.db.Write(ctx, func(tx *sqldb.Tx) error { return link.Rebind(tx, "aws", before, store) })
		}
		for _, before := range []identity.StoreID{"", "d-3333333333"} { // not what whoever wants it has seen
			if err := rebind(before, "d-2222222222"); !fault.Is(err, fault.Stale) {
				t.Errorf("rebound from %q: %v", before, err)
			}
		}
		ok(t, s.Bind(ctx, "aws", "d-1111111111"))
		ok(t, rebind("d-1111111111", "d-2222222222"))
		ok(t, s.Bind(ctx, "aws", "d-2222222222"))
		if store, err := s.Bound(ctx, "never"); store != "" || err != nil {
			t.Errorf("never used: %q, %v", store, err)
		}
	})
}
