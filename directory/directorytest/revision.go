package directorytest

import (
	"fmt"
	"testing"

	"rollcall/directory"
	"rollcall/fault"
	"rollcall/identity"
)

var revisionTests = []test{
	{"RevisionsChangeWithEveryWrite", revisionsChange},
	{"ReadsLeaveRevisionsAlone", readsLeaveRevisions},
	{"MembershipsLeaveRevisionsAlone", membershipsLeaveRevisions},
	{"ACurrentRevisionIsAccepted", currentAccepted},
	{"AStaleRevisionIsRefused", staleRefused},
	{"AnEmptyRevisionIsUnconditional", emptyUnconditional},
}

// revised returns whether d keeps revisions, or says that it does not.
func revised(t *testing.T, d directory.Driver) bool {
	t.Helper()
	_, ok := able[directory.Reviser](t, d)
	return ok
}

// turn numbers writes, so that each by another way than UpdateUser changes
// something: SCIM takes one that does not for no write at all.
type turn struct{ n int }

func (n *turn) next() int { n.n++; return n.n }

// writes lists every conditional write to a user that d can make.
func writes(t *testing.T, d directory.Driver, id identity.ID) map[string]func(revision string) error {
	t.Helper()
	all := map[string]func(revision string) error{
		"UpdateUser": func(revision string) error {
			_, err := d.UpdateUser(ctx(t), id, revision, []identity.Edit{set(t, "title", "Clerk")})
			return err
		},
	}
	if s, ok := d.(directory.StatusSetter); ok {
		var status turn
		all["SetActive"] = func(revision string) error {
			_, err := s.SetActive(ctx(t), id, revision, status.next()%2 == 0)
			return err
		}
	}
	if s, ok := d.(directory.ExternalIDSetter); ok {
		all["SetExternalIDs"] = setExternalIDs(t, d, s, identity.KindUser, id)
	}
	return all
}

func setExternalIDs(t *testing.T, d directory.Driver, s directory.ExternalIDSetter, kind identity.Kind, id identity.ID) func(string) error {
	var external turn
	return func(revision string) error {
		return s.SetExternalIDs(ctx(t), kind, id, revision, keepable(d, eid("i", fmt.Sprint(external.next()))))
	}
}

// groupWrites is [writes] for groups.
func groupWrites(t *testing.T, d directory.Driver, id identity.ID) map[string]func(revision string) error {
	t.Helper()
	all := map[string]func(revision string) error{
		"UpdateGroup": func(revision string) error {
			_, err := d.UpdateGroup(ctx(t), id, revision, []identity.Edit{groupEdit(t, d, "new")})
			return err
		},
	}
	if s, ok := d.(directory.ExternalIDSetter); ok {
		all["SetExternalIDs"] = setExternalIDs(t, d, s, identity.KindGroup, id)
	}
	return all
}

func revisionsChange(t *testing.T, d directory.Driver) {
	if !revised(t, d) {
		return
	}
	u, g := addUser(t, d, User("ann")), addGroup(t, d, "staff")
	for _, object := range []struct {
		what     string
		writes   map[string]func(string) error
		revision func() string
	}{
		{"user", writes(t, d, u.ID), func() string { return user(t, d, u.ID).Revision }},
		{"group", groupWrites(t, d, g.ID), func() string { return group(t, d, g.ID).Revision }},
	} {
		seen := map[string]bool{object.revision(): true}
		for range 2 { // the second round writes what is there already
			for name, write := range object.writes {
				wantNone(t, name, write(""))
				now := object.revision()
				if seen[now] {
					t.Errorf("%s: revision %q of the %s was there before", name, now, object.what)
				}
				if len(now) < 1 || len(now) > 64 { // aws-contract 3.3
					t.Errorf("%s: revision %q has %d characters, want 1 to 64", name, now, len(now))
				}
				seen[now] = true
			}
		}
	}
}

func readsLeaveRevisions(t *testing.T, d directory.Driver) {
	if !revised(t, d) {
		return
	}
	u, g := addUser(t, d, User("ann")), addGroup(t, d, "staff")
	first := everything(t, d)
	wantSame(t, "the user read again", u, user(t, d, u.ID))
	wantSame(t, "the group read again", g, group(t, d, g.ID))
	wantSame(t, "everything read again", first, everything(t, d))
}

func membershipsLeaveRevisions(t *testing.T, d directory.Driver) {
	if !revised(t, d) {
		return
	}
	u, g := addUser(t, d, User("ann")), addGroup(t, d, "staff")
	m := addMember(t, d, g.ID, u.ID)
	wantSame(t, "the user after joining", u, user(t, d, u.ID))
	wantSame(t, "the group after the user joined", g, group(t, d, g.ID))
	wantNone(t, "remove member", d.RemoveMember(ctx(t), m.ID))
	wantNone(t, "delete the user as first read", d.DeleteUser(ctx(t), u.ID, u.Revision))
	wantNone(t, "delete the group as first read", d.DeleteGroup(ctx(t), g.ID, g.Revision))
}

func currentAccepted(t *testing.T, d directory.Driver) {
	if !revised(t, d) {
		return
	}
	u, g := addUser(t, d, User("ann")), addGroup(t, d, "staff")
	for name, write := range writes(t, d, u.ID) {
		wantNone(t, name, write(user(t, d, u.ID).Revision))
	}
	for name, write := range groupWrites(t, d, g.ID) {
		wantNone(t, name, write(group(t, d, g.ID).Revision))
	}
	wantNone(t, "delete user", d.DeleteUser(ctx(t), u.ID, user(t, d, u.ID).Revision))
	wantNone(t, "delete group", d.DeleteGroup(ctx(t), g.ID, group(t, d, g.ID).Revision))
}

func staleRefused(t *testing.T, d directory.Driver) {
	if !revised(t, d) {
		return
	}
	u, g := addUser(t, d, User("ann")), addGroup(t, d, "staff")
	updateUser(t, d, u.ID, set(t, "nickName", "changed meanwhile"))
	updateGroup(t, d, g.ID, groupEdit(t, d, "changed meanwhile"))
	for _, revision := range []string{u.Revision, "another's"} {
		for name, write := range writes(t, d, u.ID) {
			refused(t, d, name, fault.Stale, func() error { return write(revision) })
		}
		refused(t, d, "DeleteUser", fault.Stale, func() error { return d.DeleteUser(ctx(t), u.ID, revision) })
	}
	for _, revision := range []string{g.Revision, "another's"} {
		for name, write := range groupWrites(t, d, g.ID) {
			refused(t, d, name, fault.Stale, func() error { return write(revision) })
		}
		refused(t, d, "DeleteGroup", fault.Stale, func() error { return d.DeleteGroup(ctx(t), g.ID, revision) })
	}
}

func emptyUnconditional(t *testing.T, d directory.Driver) {
	u, g := addUser(t, d, User("ann")), addGroup(t, d, "staff")
	for range 2 {
		for name, write := range writes(t, d, u.ID) {
			wantNone(t, name, write(""))
		}
		for name, write := range groupWrites(t, d, g.ID) {
			wantNone(t, name, write(""))
		}
	}
	wantNone(t, "delete user", d.DeleteUser(ctx(t), u.ID, ""))
	wantNone(t, "delete group", d.DeleteGroup(ctx(t), g.ID, ""))
}
