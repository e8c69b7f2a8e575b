package directorytest

import (
	"fmt"
	"strings"
	"testing"

	"rollcall/directory"
	"rollcall/fault"
	"rollcall/identity"
)

var externalIDTests = []test{
	{"ExternalIDsAreStoredOnCreation", externalIDsCreated},
	{"WithoutTheAbilityExternalIDsAreIgnored", externalIDsIgnored},
	{"ExternalIDsAreReplacedWhole", externalIDsReplaced},
	{"ExternalIDsAreUniquePerKind", externalIDsUnique},
	{"ExternalIDsAreComparedByteByByte", externalIDsExact},
	{"ExternalIDsAreFreeAgain", externalIDsFree},
	{"InvalidExternalIDsAreRefused", externalIDsInvalid},
	{"AMembershipHasNoExternalIDs", membershipHasNone},
}

func eid(issuer, id string) identity.ExternalID { return identity.ExternalID{Issuer: issuer, ID: id} }

// userWith and groupWith are samples with external ids.
func userWith(userName string, ids ...identity.ExternalID) identity.User {
	u := User(userName)
	u.ExternalIDs = ids
	return u
}

func groupWith(displayName string, ids ...identity.ExternalID) identity.Group {
	g := Group(displayName)
	g.ExternalIDs = ids
	return g
}

func addGroupWith(t *testing.T, d directory.Driver, g identity.Group) identity.Group {
	t.Helper()
	made, err := d.CreateGroup(ctx(t), g)
	wantNone(t, "create group", err)
	return whole(t, d, made, func() identity.Group { return group(t, d, made.ID) })
}

func externalIDsCreated(t *testing.T, d directory.Driver) {
	if _, ok := able[directory.ExternalIDSetter](t, d); !ok {
		return
	}
	many := make([]identity.ExternalID, identity.MaxExternalIDs)
	for i := range many {
		many[i] = eid("issuer", fmt.Sprint(i))
	}
	many[9] = eid(strings.Repeat("ü", identity.MaxExternalID), strings.Repeat("é", identity.MaxExternalID))
	many = keepable(d, many...)
	taken := many[len(many)-1]
	u := addUser(t, d, userWith("ann", many...))
	g := addGroupWith(t, d, groupWith("staff", many...))
	wantSame(t, "the user", userWith("ann", many...), user(t, d, u.ID), given)
	wantSame(t, "the group", kept(d, groupWith("staff", many...)), group(t, d, g.ID), given)
	refused(t, d, "create a user with an external id taken", fault.Conflict, func() error {
		_, err := d.CreateUser(ctx(t), userWith("ben", keepable(d, eid("new", "1"), taken)...))
		return err
	})
	refused(t, d, "create a group with an external id taken", fault.Conflict, func() error {
		_, err := d.CreateGroup(ctx(t), groupWith("other", keepable(d, eid("new", "1"), taken)...))
		return err
	})
}

func externalIDsIgnored(t *testing.T, d directory.Driver) {
	if _, ok := d.(directory.ExternalIDSetter); ok {
		t.Log("nothing to hold: this directory stores external ids")
		return
	}
	u := addUser(t, d, userWith("ann", eid("i", "1")))
	g := addGroupWith(t, d, groupWith("staff", eid("i", "1")))
	wantSame(t, "the user", User("ann"), user(t, d, u.ID), given)
	wantSame(t, "the group", kept(d, Group("staff")), group(t, d, g.ID), given)
}

func externalIDsReplaced(t *testing.T, d directory.Driver) {
	s, ok := able[directory.ExternalIDSetter](t, d)
	if !ok {
		return
	}
	u := addUser(t, d, userWith("ann", keepable(d, eid("a", "1"), eid("b", "2"))...))
	g := addGroupWith(t, d, groupWith("staff", keepable(d, eid("a", "1"))...))
	other := addUser(t, d, userWith("ben", keepable(d, eid("a", "other"))...))
	for _, ids := range [][]identity.ExternalID{{eid("b", "2"), eid("c", "3")}, {eid("c", "3")}, {eid("c", "4"), eid("a", "1")}, nil, {}, {eid("a", "1")}} {
		ids = keepable(d, ids...)
		wantNone(t, "set a user's", s.SetExternalIDs(ctx(t), identity.KindUser, u.ID, "", ids))
		wantNone(t, "set a group's", s.SetExternalIDs(ctx(t), identity.KindGroup, g.ID, "", ids))
		wantSame(t, "the user", userWith("ann", ids...), user(t, d, u.ID), given)
		wantSame(t, "the group", kept(d, groupWith("staff", ids...)), group(t, d, g.ID), given)
	}
	wantSame(t, "the other user", other, user(t, d, other.ID))
}

func externalIDsUnique(t *testing.T, d directory.Driver) {
	s, ok := able[directory.ExternalIDSetter](t, d)
	if !ok {
		return
	}
	addUser(t, d, userWith("ann", keepable(d, eid("i", "1"))...))
	addGroupWith(t, d, groupWith("staff", keepable(d, eid("i", "1"))...)) // another kind
	ben, other := addUser(t, d, userWith("ben", keepable(d, eid("i", "2"))...)), addGroup(t, d, "other")
	refused(t, d, "set a user's to another's", fault.Conflict, func() error {
		return s.SetExternalIDs(ctx(t), identity.KindUser, ben.ID, "", keepable(d, eid("i", "3"), eid("i", "1")))
	})
	refused(t, d, "set a group's to another's", fault.Conflict, func() error {
		return s.SetExternalIDs(ctx(t), identity.KindGroup, other.ID, "", keepable(d, eid("i", "3"), eid("i", "1")))
	})
	addUser(t, d, userWith("cat", keepable(d, eid("j", "1"), eid("i", "3"))...)) // another issuer; and what was refused took nothing
}

func externalIDsExact(t *testing.T, d directory.Driver) {
	if _, ok := able[directory.ExternalIDSetter](t, d); !ok {
		return
	}
	for i, id := range []identity.ExternalID{eid("i", "a"), eid("i", "A"), eid("I", "a"), eid("i", "zo\u00eb"), eid("i", "zoe\u0308"), eid("ia", "a")} {
		if directory.LimitsOf(d).Issuer != "" {
			if id.Issuer != "i" {
				continue
			}
			id = keepable(d, id)[0]
		}
		u := addUser(t, d, userWith(fmt.Sprintf("user%d", i), id))
		got, err := d.FindUser(ctx(t), directory.Key{Attribute: directory.KeyExternalID, Issuer: id.Issuer, Value: id.ID})
		wantNone(t, "find by external id", err)
		wantSame(t, "who is found", u, got)
	}
}

func externalIDsFree(t *testing.T, d directory.Driver) {
	s, ok := able[directory.ExternalIDSetter](t, d)
	if !ok {
		return
	}
	replaced := addUser(t, d, userWith("replaced", keepable(d, eid("i", "2"), eid("i", "1"))...))
	deleted := addUser(t, d, userWith("deleted", keepable(d, eid("i", "3"))...))
	wantNone(t, "set", s.SetExternalIDs(ctx(t), identity.KindUser, replaced.ID, "", keepable(d, eid("i", "2"))))
	wantNone(t, "delete", d.DeleteUser(ctx(t), deleted.ID, ""))
	addUser(t, d, userWith("ann", keepable(d, eid("i", "1"))...))
	addUser(t, d, userWith("ben", keepable(d, eid("i", "3"))...))
}

func externalIDsInvalid(t *testing.T, d directory.Driver) {
	s, ok := able[directory.ExternalIDSetter](t, d)
	if !ok {
		return
	}
	u, g := addUser(t, d, userWith("ann", keepable(d, eid("i", "1"))...)), addGroup(t, d, "staff")
	many := make([]identity.ExternalID, identity.MaxExternalIDs+1)
	for i := range many {
		many[i] = eid("issuer", fmt.Sprint(i))
	}
	for what, ids := range map[string][]identity.ExternalID{
		"no id":          {eid("i", "")},
		"no issuer":      {eid("", "1")},
		"a blank":        {eid("i", "1 2")},
		"too long":       {eid("i", strings.Repeat("x", identity.MaxExternalID+1))},
		"issuer long":    {eid(strings.Repeat("x", identity.MaxExternalID+1), "1")},
		"one twice":      {eid("i", "1"), eid("j", "1"), eid("i", "1")},
		"eleven of them": many,
	} {
		refused(t, d, what+": user", fault.Invalid, func() error {
			return s.SetExternalIDs(ctx(t), identity.KindUser, u.ID, "", ids)
		})
		refused(t, d, what+": group", fault.Invalid, func() error {
			return s.SetExternalIDs(ctx(t), identity.KindGroup, g.ID, "", ids)
		})
		refused(t, d, what+": new user", fault.Invalid, func() error {
			_, err := d.CreateUser(ctx(t), userWith("ben", ids...))
			return err
		})
	}
}

func membershipHasNone(t *testing.T, d directory.Driver) {
	s, ok := able[directory.ExternalIDSetter](t, d)
	if !ok {
		return
	}
	m := addMember(t, d, addGroup(t, d, "staff").ID, addUser(t, d, User("ann")).ID)
	refused(t, d, "set a membership's", fault.Invalid, func() error {
		return s.SetExternalIDs(ctx(t), identity.KindMembership, m.ID, "", keepable(d, eid("i", "1")))
	})
}
