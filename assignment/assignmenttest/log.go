package assignmenttest

import (
	"encoding/json"
	"testing"

	"rollcall/assignment"
	"rollcall/directory"
	"rollcall/identity"
)

var logTests = []test{
	{"EveryWriteLeavesAnEventInTheStoresLog", writesLogged},
	{"WhatChangesNothingIsNoEvent", nothingLogged},
}

// logged runs write and returns the events it left in the directory's log, or
// false if that keeps none.
func (b *bench) logged(write func()) ([]directory.Event, bool) {
	b.t.Helper()
	feed, ok := b.Directory.(directory.Feeder)
	if !ok {
		b.t.Logf("nothing to hold: %T keeps no log", b.Directory)
		return nil, false
	}
	before, err := feed.Events(b.ctx(), 0, 1000)
	b.works("read events", err)
	write()
	all, err := feed.Events(b.ctx(), 0, 1000)
	b.works("read events", err)
	for i, e := range all {
		if e.Number != int64(i+1) {
			b.t.Errorf("event %d has the number %d", i+1, e.Number)
		}
	}
	return all[len(before):], true
}

func writesLogged(t *testing.T, b *bench) {
	p, set := b.user(), ""
	events, ok := b.logged(func() {
		set = b.permissionSet()
		b.take(b.give(p, set, b.Accounts[0]))
	})
	if !ok {
		return
	}
	want := []struct {
		operation     string
		kind          identity.Kind
		before, after bool
	}{
		{"CreatePermissionSet", identity.KindPermissionSet, false, true},
		{"CreateAccountAssignment", identity.KindAssignment, false, true},
		{"DeleteAccountAssignment", identity.KindAssignment, true, false},
	}
	if len(events) != len(want) {
		t.Fatalf("%d events, want %d: %+v", len(events), len(want), events)
	}
	for i, e := range events {
		w := want[i]
		if e.Operation != w.operation || e.Kind != w.kind || (e.Before != nil) != w.before || (e.After != nil) != w.after || e.Actor != tester || e.ID == "" {
			t.Errorf("event %d is %+v, want %+v", i+1, e, w)
		}
	}
	var made identity.PermissionSet
	b.works("decode", json.Unmarshal(events[0].After, &made))
	got, err := b.Driver.PermissionSet(b.ctx(), set)
	b.works("describe permission set", err)
	b.same("the permission set in the log", got, made)
	given := identity.Assignment{Principal: p, PermissionSet: set, Account: b.Accounts[0]}
	for _, text := range []json.RawMessage{events[1].After, events[2].Before} {
		var a identity.Assignment
		b.works("decode", json.Unmarshal(text, &a))
		b.same("the assignment in the log", given, a)
	}
}

func nothingLogged(t *testing.T, b *bench) {
	a := b.give(b.user(), b.permissionSet(), b.Accounts[0])
	events, ok := b.logged(func() {
		b.give(a.Principal, a.PermissionSet, a.Account)
		if _, err := b.Driver.CreateAssignment(b.ctx(), identity.Assignment{}); err == nil {
			t.Error("it worked")
		}
		if e, ok := b.Driver.(assignment.PermissionSetEditor); ok {
			hour := "PT1H"
			b.works("update", e.UpdatePermissionSet(b.ctx(), a.PermissionSet, assignment.PermissionSetChange{SessionDuration: &hour}))
		}
		if g, ok := b.Driver.(assignment.Tagger); ok {
			b.works("untag", g.UntagResource(b.ctx(), a.PermissionSet, []string{"nothing"}))
		}
	})
	if ok && len(events) != 0 {
		t.Errorf("events: %+v", events)
	}
}
