package directorytest

import (
	"testing"

	"rollcall/directory"
	"rollcall/fault"
	"rollcall/identity"
)

var missingTests = []test{
	{"WhatDoesNotExistIsNotFound", missingNotFound},
	{"WhatWasDeletedIsNotFound", deletedNotFound},
	{"AnIDOfAnotherKindIsNotFound", otherKindNotFound},
}

// absent holds that no call works on these ids.
func absent(t *testing.T, d directory.Driver, userID, groupID, membershipID identity.ID) {
	t.Helper()
	addGroup(t, d, "the group that is there")
	for what, call := range callsOn(t, d, userID, groupID, membershipID) {
		refused(t, d, what, fault.NotFound, call)
	}
}

// callsOn lists every call that takes an id, with these.
func callsOn(t *testing.T, d directory.Driver, userID, groupID, membershipID identity.ID) map[string]func() error {
	t.Helper()
	calls := map[string]func() error{
		"User":            func() error { _, err := d.User(ctx(t), userID); return err },
		"Group":           func() error { _, err := d.Group(ctx(t), groupID); return err },
		"ListMembers":     func() error { _, err := d.ListMembers(ctx(t), groupID, directory.PageRequest{}); return err },
		"ListMemberships": func() error { _, err := d.ListMemberships(ctx(t), userID, directory.PageRequest{}); return err },
		"Membership":      func() error { _, err := d.Membership(ctx(t), membershipID); return err },
		"FindMembership":  func() error { _, err := d.FindMembership(ctx(t), groupID, userID); return err },
		"UpdateUser": func() error {
			_, err := d.UpdateUser(ctx(t), userID, "", []identity.Edit{set(t, "title", "Clerk")})
			return err
		},
		"UpdateGroup": func() error {
			_, err := d.UpdateGroup(ctx(t), groupID, "", []identity.Edit{groupEdit(t, d, "x")})
			return err
		},
		"DeleteUser":   func() error { return d.DeleteUser(ctx(t), userID, "") },
		"DeleteGroup":  func() error { return d.DeleteGroup(ctx(t), groupID, "") },
		"AddMember":    func() error { _, err := d.AddMember(ctx(t), groupID, userID); return err },
		"RemoveMember": func() error { return d.RemoveMember(ctx(t), membershipID) },
		"UpdateUser with a revision": func() error {
			_, err := d.UpdateUser(ctx(t), userID, "some", []identity.Edit{set(t, "title", "Clerk")})
			return err
		},
		"DeleteGroup with a revision": func() error { return d.DeleteGroup(ctx(t), groupID, "some") },
	}
	if s, ok := d.(directory.StatusSetter); ok {
		calls["SetActive"] = func() error { _, err := s.SetActive(ctx(t), userID, "", false); return err }
	}
	if s, ok := d.(directory.ExternalIDSetter); ok {
		ids := keepable(d, eid("i", "1"))
		calls["SetExternalIDs of a user"] = func() error { return s.SetExternalIDs(ctx(t), identity.KindUser, userID, "", ids) }
		calls["SetExternalIDs of a group"] = func() error { return s.SetExternalIDs(ctx(t), identity.KindGroup, groupID, "", ids) }
	}
	if c, ok := d.(directory.MemberChanger); ok {
		calls["ChangeMembers"] = func() error { return c.ChangeMembers(ctx(t), groupID, []identity.ID{userID}, nil) }
		calls["ChangeMembers of nobody"] = func() error { return c.ChangeMembers(ctx(t), groupID, nil, nil) }
	}
	return calls
}

func missingNotFound(t *testing.T, d directory.Driver) {
	addUser(t, d, User("ann"))
	absent(t, d, nobody, nobody, nobody)
}

func deletedNotFound(t *testing.T, d directory.Driver) {
	u, g := addUser(t, d, User("ann")), addGroup(t, d, "staff")
	m := addMember(t, d, g.ID, u.ID)
	wantNone(t, "remove member", d.RemoveMember(ctx(t), m.ID))
	wantNone(t, "delete user", d.DeleteUser(ctx(t), u.ID, ""))
	wantNone(t, "delete group", d.DeleteGroup(ctx(t), g.ID, ""))
	absent(t, d, u.ID, g.ID, m.ID)
}

func otherKindNotFound(t *testing.T, d directory.Driver) {
	u, g := addUser(t, d, User("ann")), addGroup(t, d, "staff")
	addMember(t, d, g.ID, u.ID)
	absent(t, d, g.ID, u.ID, u.ID)
}
