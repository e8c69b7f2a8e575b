package directorytest

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"rollcall/directory"
	"rollcall/fault"
	"rollcall/identity"
)

var memberTests = []test{
	{"AMembershipIsStoredAndFound", membershipStored},
	{"AMembershipExistsOnce", membershipOnce},
	{"AMembershipNeedsGroupAndUser", membershipNeedsBoth},
	{"ARemovedMemberIsGone", memberRemoved},
	{"MembersAreListedByGroupAndByUser", membersListed},
	{"AnEmptyGroupHasNoMembers", emptyGroup},
	{"DeletingAUserDeletesItsMemberships", userCascades},
	{"DeletingAGroupDeletesItsMemberships", groupCascades},
}

func members(t *testing.T, d directory.Driver, group identity.ID) map[identity.ID]identity.Membership {
	t.Helper()
	all := map[identity.ID]identity.Membership{}
	for _, m := range collect(t, "members", directory.New("test", d).Members(ctx(t), group)) {
		if _, twice := all[m.UserID]; twice {
			t.Errorf("user %s is listed twice", m.UserID)
		}
		all[m.UserID] = m
	}
	sameIDs(t, "users of the group", collect(t, "members' ids", directory.New("test", d).MemberIDs(ctx(t), group)), all)
	return all
}

// sameIDs checks that a listing of ids has what the memberships have.
func sameIDs(t *testing.T, what string, ids []identity.ID, all map[identity.ID]identity.Membership) {
	t.Helper()
	slices.Sort(ids)
	if want := slices.Sorted(maps.Keys(all)); !slices.Equal(ids, want) {
		t.Errorf("%s by their ids: %v, want %v", what, ids, want)
	}
}

func memberships(t *testing.T, d directory.Driver, user identity.ID) map[identity.ID]identity.Membership {
	t.Helper()
	all := map[identity.ID]identity.Membership{}
	for _, m := range collect(t, "memberships", directory.New("test", d).Memberships(ctx(t), user)) {
		if _, twice := all[m.GroupID]; twice {
			t.Errorf("group %s is listed twice", m.GroupID)
		}
		all[m.GroupID] = m
	}
	sameIDs(t, "groups of the user", collect(t, "groups' ids", directory.New("test", d).GroupIDs(ctx(t), user)), all)
	return all
}

func byUser(all ...identity.Membership) map[identity.ID]identity.Membership {
	out := map[identity.ID]identity.Membership{}
	for _, m := range all {
		out[m.UserID] = m
	}
	return out
}

func byGroup(all ...identity.Membership) map[identity.ID]identity.Membership {
	out := map[identity.ID]identity.Membership{}
	for _, m := range all {
		out[m.GroupID] = m
	}
	return out
}

func membershipStored(t *testing.T, d directory.Driver) {
	u, g := addUser(t, d, User("ann")), addGroup(t, d, "staff")
	other := addGroup(t, d, "other")
	m := addMember(t, d, g.ID, u.ID)
	got, err := d.FindMembership(ctx(t), g.ID, u.ID)
	wantNone(t, "find membership", err)
	wantSame(t, "what is found", m, got, answered(d))
	got, err = d.Membership(ctx(t), m.ID)
	wantNone(t, "describe membership", err)
	wantSame(t, "what is described", m, got)
	_, err = d.FindMembership(ctx(t), other.ID, u.ID)
	wantKind(t, "find a membership in another group", err, fault.NotFound)
}

func membershipOnce(t *testing.T, d directory.Driver) {
	u, g := addUser(t, d, User("ann")), addGroup(t, d, "staff")
	addMember(t, d, g.ID, u.ID)
	refused(t, d, "add a member again", fault.Conflict, func() error {
		_, err := d.AddMember(ctx(t), g.ID, u.ID)
		return err
	})
}

func membershipNeedsBoth(t *testing.T, d directory.Driver) {
	u, g := addUser(t, d, User("ann")), addGroup(t, d, "staff")
	for what, ids := range map[string][2]identity.ID{
		"no group": {nobody, u.ID}, "no user": {g.ID, nobody}, "neither": {nobody, nobody},
		"the two swapped": {u.ID, g.ID}, "a group in a group": {g.ID, g.ID},
	} {
		refused(t, d, what, fault.NotFound, func() error {
			_, err := d.AddMember(ctx(t), ids[0], ids[1])
			return err
		})
	}
}

func memberRemoved(t *testing.T, d directory.Driver) {
	ann, ben := addUser(t, d, User("ann")), addUser(t, d, User("ben"))
	g := addGroup(t, d, "staff")
	first, kept := addMember(t, d, g.ID, ann.ID), addMember(t, d, g.ID, ben.ID)
	wantNone(t, "remove member", d.RemoveMember(ctx(t), first.ID))
	wantSame(t, "who is left", byUser(kept), members(t, d, g.ID))
	wantSame(t, "the groups of who left", byGroup(), memberships(t, d, ann.ID))
	_, err := d.FindMembership(ctx(t), g.ID, ann.ID)
	wantKind(t, "find a removed membership", err, fault.NotFound)
	wantKind(t, "remove it again", d.RemoveMember(ctx(t), first.ID), fault.NotFound)
	if again := addMember(t, d, g.ID, ann.ID); again.ID == first.ID && !directory.LimitsOf(d).PairIDs {
		t.Errorf("the second membership has the first one's id %s", first.ID)
	}
}

func membersListed(t *testing.T, d directory.Driver) {
	users := addUsers(t, d, "u", 4)
	var groups []identity.Group
	for i := range 3 {
		groups = append(groups, addGroup(t, d, fmt.Sprintf("g%d", i)))
	}
	ofGroup, ofUser := map[identity.ID][]identity.Membership{}, map[identity.ID][]identity.Membership{}
	for i, u := range users {
		for j, g := range groups {
			if (i+j)%2 == 0 {
				m := addMember(t, d, g.ID, u.ID)
				ofGroup[g.ID], ofUser[u.ID] = append(ofGroup[g.ID], m), append(ofUser[u.ID], m)
			}
		}
	}
	for _, g := range groups {
		wantSame(t, "members of "+g.DisplayName, byUser(ofGroup[g.ID]...), members(t, d, g.ID))
	}
	for _, u := range users {
		wantSame(t, "groups of "+u.UserName, byGroup(ofUser[u.ID]...), memberships(t, d, u.ID))
	}
}

func emptyGroup(t *testing.T, d directory.Driver) {
	u, g := addUser(t, d, User("ann")), addGroup(t, d, "staff")
	wantSame(t, "members", byUser(), members(t, d, g.ID))
	wantSame(t, "groups", byGroup(), memberships(t, d, u.ID))
}

func userCascades(t *testing.T, d directory.Driver) {
	ann, ben := addUser(t, d, User("ann")), addUser(t, d, User("ben"))
	g, h := addGroup(t, d, "staff"), addGroup(t, d, "other")
	gone := addMember(t, d, g.ID, ann.ID)
	addMember(t, d, h.ID, ann.ID)
	kept := addMember(t, d, g.ID, ben.ID)
	wantNone(t, "delete user", d.DeleteUser(ctx(t), ann.ID, ""))
	wantSame(t, "the memberships left", []identity.Membership{kept}, everything(t, d).Memberships)
	_, err := d.FindMembership(ctx(t), g.ID, ann.ID)
	wantKind(t, "find a membership of a deleted user", err, fault.NotFound)
	wantKind(t, "remove a membership of a deleted user", d.RemoveMember(ctx(t), gone.ID), fault.NotFound)
}

func groupCascades(t *testing.T, d directory.Driver) {
	ann := addUser(t, d, User("ann"))
	g, h := addGroup(t, d, "staff"), addGroup(t, d, "other")
	gone, kept := addMember(t, d, g.ID, ann.ID), addMember(t, d, h.ID, ann.ID)
	wantNone(t, "delete group", d.DeleteGroup(ctx(t), g.ID, ""))
	wantSame(t, "the groups left", byGroup(kept), memberships(t, d, ann.ID))
	wantKind(t, "remove a membership of a deleted group", d.RemoveMember(ctx(t), gone.ID), fault.NotFound)
}
