package directorytest

import (
	"encoding/json"
	"maps"
	"slices"
	"testing"

	"rollcall/directory"
	"rollcall/fault"
	"rollcall/identity"
)

var feedTests = []test{
	{"EveryWriteIsAnEventInCommitOrder", eventsInOrder},
	{"EventsCarryTheObjectBeforeAndAfter", eventsCarryObjects},
	{"ARefusedWriteLeavesNoEvent", refusedLeavesNoEvent},
	{"EventsAreReadInParts", eventsInParts},
	{"ADeletionNamesTheMembershipsItTook", deletionNamesMemberships},
	{"TheEventsAloneRebuildTheDirectory", eventsRebuild},
	{"EventsCarryTheRequestTheyArePartOf", eventsCarryCalls},
	{"EventsOfOneWriteSaySo", eventsOfOneWrite},
	{"WhoeverFollowsMissesNothing", followed},
}

// feed returns d's log, or says that it keeps none.
func feed(t *testing.T, d directory.Driver) (directory.Feeder, bool) {
	t.Helper()
	return able[directory.Feeder](t, d)
}

// events reads the whole log.
func events(t *testing.T, f directory.Feeder) []directory.Event {
	t.Helper()
	var all []directory.Event
	for {
		after := int64(0)
		if len(all) > 0 {
			after = all[len(all)-1].Number
		}
		some, err := f.Events(ctx(t), after, 100)
		wantNone(t, "read events", err)
		if len(some) == 0 {
			return all
		}
		for _, e := range some {
			if e.Number <= after {
				t.Fatalf("event %d comes after event %d", e.Number, after)
			}
			after = e.Number
		}
		all = append(all, some...)
	}
}

func eventsInOrder(t *testing.T, d directory.Driver) {
	f, ok := feed(t, d)
	if !ok {
		return
	}
	u, g := addUser(t, d, User("ann")), addGroup(t, d, "staff")
	updateUser(t, d, u.ID, set(t, "title", "Clerk"))
	updateGroup(t, d, g.ID, set(t, "description", "new"))
	m := addMember(t, d, g.ID, u.ID)
	type line struct {
		Operation string
		Kind      identity.Kind
		ID        identity.ID
	}
	want := []line{
		{"CreateUser", identity.KindUser, u.ID},
		{"CreateGroup", identity.KindGroup, g.ID},
		{"UpdateUser", identity.KindUser, u.ID},
		{"UpdateGroup", identity.KindGroup, g.ID},
		{"CreateGroupMembership", identity.KindMembership, m.ID},
	}
	if s, ok := d.(directory.StatusSetter); ok {
		_, err := s.SetActive(ctx(t), u.ID, "", false)
		wantNone(t, "set active", err)
		want = append(want, line{"UpdateUser", identity.KindUser, u.ID})
	}
	if s, ok := d.(directory.ExternalIDSetter); ok {
		wantNone(t, "set external ids", s.SetExternalIDs(ctx(t), identity.KindGroup, g.ID, "", []identity.ExternalID{eid("i", "1")}))
		want = append(want, line{"UpdateGroup", identity.KindGroup, g.ID})
	}
	wantNone(t, "remove member", d.RemoveMember(ctx(t), m.ID))
	wantNone(t, "delete user", d.DeleteUser(ctx(t), u.ID, ""))
	wantNone(t, "delete group", d.DeleteGroup(ctx(t), g.ID, ""))
	want = append(want, line{"DeleteGroupMembership", identity.KindMembership, m.ID},
		line{"DeleteUser", identity.KindUser, u.ID}, line{"DeleteGroup", identity.KindGroup, g.ID})
	var got []line
	for _, e := range events(t, f) {
		got = append(got, line{e.Operation, e.Kind, e.ID})
		if e.Actor != tester || e.At.IsZero() {
			t.Errorf("event %d: by %+v at %v; want %+v and a time", e.Number, e.Actor, e.At, tester)
		}
	}
	wantSame(t, "the log", want, got)
}

// wantObject holds that an event's document is that object, or none.
func wantObject[T any](t *testing.T, what string, want *T, got json.RawMessage) {
	t.Helper()
	if want == nil || got == nil {
		if (want == nil) != (got == nil) {
			t.Errorf("%s: %s; want an object: %v", what, got, want != nil)
		}
		return
	}
	var object T
	if err := json.Unmarshal(got, &object); err != nil {
		t.Errorf("%s: %v", what, err)
		return
	}
	wantSame(t, what, *want, object)
}

func eventsCarryObjects(t *testing.T, d directory.Driver) {
	f, ok := feed(t, d)
	if !ok {
		return
	}
	u1, g1 := addUser(t, d, FullUser("ann")), addGroup(t, d, "staff")
	m := addMember(t, d, g1.ID, u1.ID)
	u2 := updateUser(t, d, u1.ID, set(t, "title", "Clerk"), unset("emails"))
	g2 := updateGroup(t, d, g1.ID, set(t, "displayName", "people"))
	wantNone(t, "remove member", d.RemoveMember(ctx(t), m.ID))
	wantNone(t, "delete user", d.DeleteUser(ctx(t), u1.ID, ""))
	wantNone(t, "delete group", d.DeleteGroup(ctx(t), g1.ID, ""))
	all := events(t, f)
	if len(all) != 8 {
		t.Fatalf("%d events, want 8", len(all))
	}
	userEvent := func(n int, before, after *identity.User) {
		wantObject(t, all[n].Operation+": before", before, all[n].Before)
		wantObject(t, all[n].Operation+": after", after, all[n].After)
	}
	groupEvent := func(n int, before, after *identity.Group) {
		wantObject(t, all[n].Operation+": before", before, all[n].Before)
		wantObject(t, all[n].Operation+": after", after, all[n].After)
	}
	userEvent(0, nil, &u1)
	groupEvent(1, nil, &g1)
	wantObject(t, "after joining", &m, all[2].After)
	userEvent(3, &u1, &u2)
	groupEvent(4, &g1, &g2)
	wantObject(t, "before leaving", &m, all[5].Before)
	userEvent(6, &u2, nil)
	groupEvent(7, &g2, nil)
}

func refusedLeavesNoEvent(t *testing.T, d directory.Driver) {
	f, ok := feed(t, d)
	if !ok {
		return
	}
	u, g := addUser(t, d, User("ann")), addGroup(t, d, "staff")
	addMember(t, d, g.ID, u.ID)
	ben := addUser(t, d, User("ben"))
	before := len(events(t, f))
	_, err := d.CreateUser(ctx(t), User("ann"))
	wantKind(t, "create user", err, fault.Conflict)
	_, err = d.UpdateUser(ctx(t), ben.ID, "", []identity.Edit{set(t, "userName", "ann")})
	wantKind(t, "rename user", err, fault.Conflict)
	if _, ok := d.(directory.Reviser); ok {
		wantKind(t, "delete user", d.DeleteUser(ctx(t), ben.ID, "another's"), fault.Stale)
	}
	_, err = d.UpdateUser(ctx(t), u.ID, "", []identity.Edit{set(t, "title", "Clerk"), unset("displayName")})
	wantKind(t, "update user", err, fault.Invalid)
	_, err = d.AddMember(ctx(t), g.ID, u.ID)
	wantKind(t, "add member", err, fault.Conflict)
	wantKind(t, "delete user", d.DeleteUser(ctx(t), nobody, ""), fault.NotFound)
	if c, ok := d.(directory.MemberChanger); ok {
		wantKind(t, "change members", c.ChangeMembers(ctx(t), g.ID, []identity.ID{nobody}, ids(u)), fault.NotFound)
		wantNone(t, "change nothing", c.ChangeMembers(ctx(t), g.ID, ids(u), nil))
	}
	if after := len(events(t, f)); after != before {
		t.Errorf("%d events were added by writes that changed nothing", after-before)
	}
}

func eventsInParts(t *testing.T, d directory.Driver) {
	f, ok := feed(t, d)
	if !ok {
		return
	}
	users, g := addUsers(t, d, "u", 7), addGroup(t, d, "staff")
	if c, ok := d.(directory.MemberChanger); ok { // the log has many writes of one, and one of many
		wantNone(t, "add members", c.ChangeMembers(ctx(t), g.ID, ids(users...), nil))
		wantNone(t, "remove members", c.ChangeMembers(ctx(t), g.ID, nil, ids(users[2:]...)))
	}
	all := events(t, f)
	for _, limit := range []int{1, 2, 7, 100} {
		var got []directory.Event
		for after := int64(0); ; {
			part, err := f.Events(ctx(t), after, limit)
			wantNone(t, "read events", err)
			if len(part) > limit {
				t.Errorf("%d events, asked for %d", len(part), limit)
			}
			if len(part) == 0 {
				break
			}
			got, after = append(got, part...), part[len(part)-1].Number
		}
		wantSame(t, "the log in parts", all, got)
	}
	if part, err := f.Events(ctx(t), all[len(all)-1].Number+1000, 10); err != nil || len(part) > 0 {
		t.Errorf("after the end: %d events, %v; want none", len(part), err)
	}
}

// deletionNamesMemberships holds that what goes with a user or group can be
// read from the log, so that it can be given back.
func deletionNamesMemberships(t *testing.T, d directory.Driver) {
	f, ok := feed(t, d)
	if !ok {
		return
	}
	users, groups := fill(t, d, 3)
	before := len(events(t, f))
	wantNone(t, "delete group", d.DeleteGroup(ctx(t), groups[0], ""))
	wantNone(t, "delete user", d.DeleteUser(ctx(t), users[0], ""))
	after := events(t, f)[before:]
	if len(after) != 2 {
		t.Fatalf("%d events of two deletions", len(after))
	}
	var lost struct {
		UserIDs  []identity.ID `json:"userIds"`
		GroupIDs []identity.ID `json:"groupIds"`
	}
	for _, e := range after {
		wantNone(t, e.Operation, json.Unmarshal(e.Before, &lost))
	}
	slices.Sort(lost.UserIDs)
	slices.Sort(lost.GroupIDs)
	slices.Sort(users)
	left := groups[1:]
	slices.Sort(left)
	wantSame(t, "the members of the deleted group", users, lost.UserIDs)
	wantSame(t, "the groups of the deleted user", left, lost.GroupIDs)
}

// eventsRebuild plays the log as a mirror would, which drops the memberships
// of whoever is deleted.
func eventsRebuild(t *testing.T, d directory.Driver) {
	f, ok := feed(t, d)
	if !ok {
		return
	}
	users, groups := fill(t, d, 5)
	updateUser(t, d, users[1], set(t, "userName", "renamed"))
	wantNone(t, "delete user", d.DeleteUser(ctx(t), users[2], ""))
	wantNone(t, "delete group", d.DeleteGroup(ctx(t), groups[3], ""))
	if c, ok := d.(directory.MemberChanger); ok {
		wantNone(t, "change members", c.ChangeMembers(ctx(t), groups[1], users[3:], users[:1]))
	}
	wantSame(t, "what the log says there is", everything(t, d), replay(t, events(t, f)))
}

func replay(t *testing.T, log []directory.Event) contents {
	t.Helper()
	users, groups, memberships := map[identity.ID]identity.User{}, map[identity.ID]identity.Group{}, map[identity.ID]identity.Membership{}
	for _, e := range log {
		switch e.Kind {
		case identity.KindUser:
			play(t, users, e)
		case identity.KindGroup:
			play(t, groups, e)
		case identity.KindMembership:
			play(t, memberships, e)
		}
		if e.After == nil {
			maps.DeleteFunc(memberships, func(_ identity.ID, m identity.Membership) bool { return m.UserID == e.ID || m.GroupID == e.ID })
		}
	}
	all := contents{slices.Collect(maps.Values(users)), slices.Collect(maps.Values(groups)), slices.Collect(maps.Values(memberships))}
	all.sort()
	return all
}

func play[T any](t *testing.T, objects map[identity.ID]T, e directory.Event) {
	t.Helper()
	if e.After == nil {
		delete(objects, e.ID)
		return
	}
	var object T
	wantNone(t, e.Operation, json.Unmarshal(e.After, &object))
	objects[e.ID] = object
}
