package directorytest

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"rollcall/directory"
	"rollcall/fault"
	"rollcall/identity"
)

var limitTests = []test{
	{"WhatCannotBeSetIsIgnoredOnCreationAndRefusedInAnUpdate", unsettableRefused},
	{"AnExternalIDThatCannotBeKeptIsRefused", unkeepableRefused},
	{"AnEmailThatIsNotPrimaryIsRefusedWhereItMustBe", unprimaryRefused},
	{"LimitsStayTheSame", limitsStable},
}

func unsettableRefused(t *testing.T, d directory.Driver) {
	l := directory.LimitsOf(d)
	u, g := addUser(t, d, FullUser("ann")), addGroup(t, d, "staff") // with all of it
	wantSame(t, "the user", full(d, "ann"), u, given)
	for _, path := range l.UserPaths {
		userRefused(t, d, u.ID, fault.Unsupported, set(t, "title", "Clerk"), set(t, path, "x"))
		userRefused(t, d, u.ID, fault.Unsupported, unset(path))
	}
	for _, path := range l.GroupPaths {
		groupRefused(t, d, g.ID, fault.Unsupported, set(t, "displayName", "other"), set(t, path, "x"))
	}
}

func unkeepableRefused(t *testing.T, d directory.Driver) {
	s, ok := able[directory.ExternalIDSetter](t, d)
	issuer := directory.LimitsOf(d).Issuer
	if !ok || issuer == "" {
		return
	}
	u, g := addUser(t, d, User("ann")), addGroup(t, d, "staff")
	for what, ids := range map[string][]identity.ExternalID{
		"another issuer's": {eid(issuer+"x", "1")}, "two": {eid(issuer, "1"), eid(issuer, "2")}, "one of two issuers": {eid(issuer, "1"), eid("i", "1")},
	} {
		refused(t, d, what+": user", fault.Unsupported, func() error { return s.SetExternalIDs(ctx(t), identity.KindUser, u.ID, "", ids) })
		refused(t, d, what+": group", fault.Unsupported, func() error { return s.SetExternalIDs(ctx(t), identity.KindGroup, g.ID, "", ids) })
		refused(t, d, what+": new user", fault.Unsupported, func() error { _, err := d.CreateUser(ctx(t), userWith("ben", ids...)); return err })
		refused(t, d, what+": new group", fault.Unsupported, func() error { _, err := d.CreateGroup(ctx(t), groupWith("other", ids...)); return err })
	}
}

func unprimaryRefused(t *testing.T, d directory.Driver) {
	if !directory.LimitsOf(d).PrimaryEmail {
		t.Log("nothing to hold: an e-mail may be marked or not")
		return
	}
	u, plain := addUser(t, d, User("ann")), []identity.Email{{Value: "ann@example.org"}}
	userRefused(t, d, u.ID, fault.Invalid, set(t, "emails", plain))
	refused(t, d, "a new user", fault.Invalid, func() error {
		ben := User("ben")
		ben.Emails = plain
		_, err := d.CreateUser(ctx(t), ben)
		return err
	})
}

func limitsStable(t *testing.T, d directory.Driver) {
	before := directory.LimitsOf(d)
	addUser(t, d, User("ann"))
	wantSame(t, "limits after a write", before, directory.New("test", d).Limits())
	for _, path := range before.UserPaths {
		if _, err := identity.UserValue(&identity.User{}, path); err != nil || before.Sets(identity.KindUser, path) {
			t.Errorf("%q is no attribute of users that cannot be set: %v", path, err)
		}
	}
	for _, path := range before.GroupPaths {
		if _, err := identity.GroupValue(&identity.Group{}, path); err != nil || before.Sets(identity.KindGroup, path) {
			t.Errorf("%q is no attribute of groups that cannot be set: %v", path, err)
		}
	}
	t.Logf("%+v", before)
}

// full is [FullUser] as far as d keeps it.
func full(d directory.Driver, userName string) identity.User {
	u := FullUser(userName)
	for _, path := range directory.LimitsOf(d).UserPaths {
		_ = u.Apply([]identity.Edit{unset(path)}) // LimitsStayTheSame holds that it is one
	}
	return u
}

// kept is g as far as d keeps it.
func kept(d directory.Driver, g identity.Group) identity.Group {
	for _, path := range directory.LimitsOf(d).GroupPaths {
		_ = g.Apply([]identity.Edit{unset(path)})
	}
	return g
}

// groupEdit is an edit of a group that d can make.
func groupEdit(t *testing.T, d directory.Driver, text string) identity.Edit {
	t.Helper()
	if directory.LimitsOf(d).Sets(identity.KindGroup, "description") {
		return set(t, "description", text)
	}
	return set(t, "displayName", text)
}

// mail is an e-mail as d takes it, marked only if it must be.
func mail(d directory.Driver, value, kind string) []identity.Email {
	return []identity.Email{{Value: value, Type: kind, Primary: directory.LimitsOf(d).PrimaryEmail}}
}

// keepable is what d can keep of external ids: where that is one, of one
// issuer, the last of them under that issuer's name.
func keepable(d directory.Driver, ids ...identity.ExternalID) []identity.ExternalID {
	issuer := directory.LimitsOf(d).Issuer
	if issuer == "" || len(ids) == 0 {
		return ids
	}
	return []identity.ExternalID{eid(issuer, ids[len(ids)-1].ID)}
}

// answered ignores what d leaves out of the answer to a creation.
func answered(d directory.Driver) cmp.Option {
	if !directory.LimitsOf(d).Terse {
		return cmp.Options{}
	}
	return cmp.Options{
		cmpopts.IgnoreFields(identity.User{}, "Meta"), cmpopts.IgnoreFields(identity.Group{}, "Meta"), cmpopts.IgnoreFields(identity.Membership{}, "Meta"),
	}
}

// whole is an object as d stores it, when d answered its creation with less.
// What it did answer must be right.
func whole[T any](t *testing.T, d directory.Driver, made T, read func() T) T {
	t.Helper()
	if !directory.LimitsOf(d).Terse {
		return made
	}
	stored := read()
	wantSame(t, "what creation returned", stored, made, answered(d))
	return stored
}
