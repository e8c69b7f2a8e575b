package directorytest

import (
	"fmt"
	"testing"

	"rollcall/directory"
	"rollcall/fault"
	"rollcall/identity"
)

var bulkTests = []test{
	{"MembersAreAddedAndRemovedAtOnce", bulkAddsAndRemoves},
	{"AChangeOfMembersCanBeRepeated", bulkRepeats},
	{"AChangeOfMembersWithAnUnknownUserChangesNothing", bulkIsWhole},
	{"RemovingAnUnknownUserChangesNothing", bulkRemovesUnknown},
	{"AsManyMembersAsAllowedChangeAtOnce", bulkLimit},
}

func ids(users ...identity.User) []identity.ID {
	all := make([]identity.ID, len(users))
	for i, u := range users {
		all[i] = u.ID
	}
	return all
}

// bulk returns what changes members at once, and a group with users, the first
// two of them in it.
func bulk(t *testing.T, d directory.Driver) (c directory.MemberChanger, g identity.Group, users []identity.User, ok bool) {
	t.Helper()
	if c, ok = able[directory.MemberChanger](t, d); !ok {
		return nil, g, nil, false
	}
	g, users = addGroup(t, d, "staff"), addUsers(t, d, "u", 5)
	addMember(t, d, g.ID, users[0].ID)
	addMember(t, d, g.ID, users[1].ID)
	return c, g, users, true
}

func wantMembers(t *testing.T, d directory.Driver, group identity.ID, want ...identity.User) {
	t.Helper()
	got := members(t, d, group)
	for _, u := range want {
		if _, ok := got[u.ID]; !ok {
			t.Errorf("%s is no member", u.UserName)
		}
		delete(got, u.ID)
	}
	for id, m := range got {
		t.Errorf("user %s is a member (%s)", id, m.ID)
	}
}

func bulkAddsAndRemoves(t *testing.T, d directory.Driver) {
	c, g, users, ok := bulk(t, d)
	if !ok {
		return
	}
	other := addGroup(t, d, "other")
	addMember(t, d, other.ID, users[0].ID)
	wantNone(t, "change members", c.ChangeMembers(ctx(t), g.ID, ids(users[2:4]...), ids(users[0])))
	wantMembers(t, d, g.ID, users[1], users[2], users[3])
	wantMembers(t, d, other.ID, users[0])
	wantNone(t, "add only", c.ChangeMembers(ctx(t), g.ID, ids(users[4]), nil))
	wantNone(t, "remove only", c.ChangeMembers(ctx(t), g.ID, nil, ids(users[1:]...)))
	wantMembers(t, d, g.ID)
	wantNone(t, "nothing", c.ChangeMembers(ctx(t), g.ID, nil, nil))
}

func bulkRepeats(t *testing.T, d directory.Driver) {
	c, g, users, ok := bulk(t, d)
	if !ok {
		return
	}
	before := members(t, d, g.ID)[users[1].ID]
	for range 2 {
		wantNone(t, "change members", c.ChangeMembers(ctx(t), g.ID, ids(users[1], users[2], users[2]), ids(users[0], users[4], users[0])))
		wantMembers(t, d, g.ID, users[1], users[2])
	}
	wantSame(t, "who was a member already", before, members(t, d, g.ID)[users[1].ID])
}

func bulkIsWhole(t *testing.T, d directory.Driver) {
	c, g, users, ok := bulk(t, d)
	if !ok {
		return
	}
	refused(t, d, "add an unknown user", fault.NotFound, func() error {
		return c.ChangeMembers(ctx(t), g.ID, []identity.ID{users[2].ID, nobody, users[3].ID}, ids(users[0]))
	})
	refused(t, d, "add a group", fault.NotFound, func() error {
		return c.ChangeMembers(ctx(t), g.ID, []identity.ID{users[2].ID, g.ID}, nil)
	})
}

func bulkRemovesUnknown(t *testing.T, d directory.Driver) {
	c, g, users, ok := bulk(t, d)
	if !ok {
		return
	}
	before := everything(t, d)
	wantNone(t, "remove who does not exist", c.ChangeMembers(ctx(t), g.ID, nil, []identity.ID{nobody, users[4].ID}))
	wantSame(t, "what is stored", before, everything(t, d))
}

func bulkLimit(t *testing.T, d directory.Driver) {
	c, ok := able[directory.MemberChanger](t, d)
	if !ok {
		return
	}
	g, old := addGroup(t, d, "staff"), addUsers(t, d, "old", 30)
	fresh := addUsers(t, d, "new", identity.MaxMembers-len(old)+1)
	wantNone(t, "add members", c.ChangeMembers(ctx(t), g.ID, ids(old...), nil))
	refused(t, d, fmt.Sprint(len(old)+len(fresh), " members"), fault.Invalid, func() error {
		return c.ChangeMembers(ctx(t), g.ID, ids(fresh...), ids(old...))
	})
	wantNone(t, "as many as allowed", c.ChangeMembers(ctx(t), g.ID, ids(fresh[1:]...), ids(old...)))
	wantMembers(t, d, g.ID, fresh[1:]...)
}
