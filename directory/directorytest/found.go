package directorytest

import (
	"testing"

	"rollcall/directory"
	"rollcall/fault"
	"rollcall/identity"
)

var foundTests = []test{
	{"AGroupBeginsWithItsFirstMembers", foundWithMembers},
	{"AGroupWithAnUnknownMemberDoesNotBegin", foundWithNobody},
	{"AGroupBeginsWithAsManyMembersAsAllowed", foundLimit},
}

func foundWithMembers(t *testing.T, d directory.Driver) {
	f, ok := able[directory.Founder](t, d)
	if !ok {
		return
	}
	users := addUsers(t, d, "u", 3)
	g, err := f.CreateGroupWith(t.Context(), Group("staff"), ids(users[0], users[1], users[0]))
	if err != nil {
		t.Fatal(err)
	}
	wantMembers(t, d, g.ID, users[0], users[1])
	empty, err := f.CreateGroupWith(t.Context(), Group("empty"), nil)
	if err != nil {
		t.Fatal(err)
	}
	wantMembers(t, d, empty.ID)
	if _, err := f.CreateGroupWith(t.Context(), Group("STAFF"), ids(users[2])); !fault.Is(err, fault.Conflict) {
		t.Errorf("the same name again: %v, want a conflict", err)
	}
}

func foundWithNobody(t *testing.T, d directory.Driver) {
	f, ok := able[directory.Founder](t, d)
	if !ok {
		return
	}
	users := addUsers(t, d, "u", 1)
	_, err := f.CreateGroupWith(t.Context(), Group("staff"), append(ids(users...), nobody))
	if !fault.Is(err, fault.NotFound) && !fault.Is(err, fault.Invalid) {
		t.Errorf("%v, want not found or invalid", err)
	}
	if _, err := d.FindGroup(t.Context(), directory.Key{Attribute: directory.KeyDisplayName, Value: "staff"}); !fault.Is(err, fault.NotFound) {
		t.Errorf("the group is there (%v)", err)
	}
}

func foundLimit(t *testing.T, d directory.Driver) {
	f, ok := able[directory.Founder](t, d)
	if !ok {
		return
	}
	users := addUsers(t, d, "u", identity.MaxMembers+1)
	g, err := f.CreateGroupWith(t.Context(), Group("most"), ids(users[1:]...))
	if err != nil {
		t.Fatal(err)
	}
	wantMembers(t, d, g.ID, users[1:]...)
	if _, err := f.CreateGroupWith(t.Context(), Group("more"), ids(users...)); !fault.Is(err, fault.Invalid) {
		t.Errorf("%d members: %v, want invalid", len(users), err)
	}
}
