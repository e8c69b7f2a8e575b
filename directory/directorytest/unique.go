package directorytest

import (
	"testing"

	"rollcall/directory"
	"rollcall/fault"
	"rollcall/identity"
)

var uniqueTests = []test{
	{"UserNamesAreUniqueWithoutCase", userNamesUnique},
	{"EmailsAreUniqueWithoutCase", emailsUnique},
	{"GroupNamesAreUniqueWithoutCase", groupNamesUnique},
	{"TheCaseOfNamesIsKept", caseKept},
	{"AUserMayTakeItsOwnNamesInAnotherCase", ownNameRecased},
	{"UserDisplayNamesNeedNotBeUnique", displayNamesShared},
	{"AUserNameMayBeAnothersEmail", namesOfFieldsApart},
	{"AGroupMayHaveAUsersName", namesOfKindsApart},
	{"AValueIsFreeAfterAChange", freeAfterChange},
	{"AValueIsFreeAfterItIsUnset", freeAfterUnset},
	{"AValueIsFreeAfterADeletion", freeAfterDeletion},
}

// sameNames lists names that are one, though typed differently.
var sameNames = map[string][2]string{
	"the same":              {"ann", "ann"},
	"upper case":            {"ann", "ANN"},
	"mixed case":            {"Ann.O-Neil", "aNN.o-nEIL"},
	"umlauts":               {"müller", "MÜLLER"},
	"sharp s":               {"straße", "STRASSE"},
	"Greek with both sigma": {"ΟΔΟΣ", "οδος"},
	"Cyrillic":              {"Юля", "юЛЯ"},
	"composed, decomposed":  {"zo\u00eb", "zoe\u0308"},
	"decomposed, upper":     {"ZOE\u0308", "zo\u00eb"},
}

// otherNames lists names that look alike and are two.
var otherNames = map[string][2]string{
	"an accent":       {"zoe", "zoë"},
	"a longer one":    {"ann", "anna"},
	"Latin, Cyrillic": {"aнн", "анн"},
	"full width":      {"ann", "ａｎｎ"},
	"a percent sign":  {"a_n", "axn"},
}

// taken makes a user, tries to make and to rename another so that something
// collides, and holds that neither works.
func taken(t *testing.T, d directory.Driver, first, second identity.User, collide identity.Edit) {
	t.Helper()
	holder := addUser(t, d, first)
	refused(t, d, "create a user with a value taken", fault.Conflict, func() error {
		_, err := d.CreateUser(ctx(t), second)
		return err
	})
	other := addUser(t, d, User("other"))
	userRefused(t, d, other.ID, fault.Conflict, collide)
	for _, id := range []identity.ID{holder.ID, other.ID} {
		wantNone(t, "delete user", d.DeleteUser(ctx(t), id, ""))
	}
}

func userNamesUnique(t *testing.T, d directory.Driver) {
	for what, pair := range sameNames {
		t.Log(what)
		first, second := User("first"), User("second")
		first.UserName, second.UserName = pair[0], pair[1]
		taken(t, d, first, second, set(t, "userName", pair[1]))
	}
	for what, pair := range otherNames {
		t.Log(what)
		ids := make([]identity.ID, len(pair))
		for i, name := range pair {
			u := User("x")
			u.UserName, u.Emails = name, nil
			ids[i] = addUser(t, d, u).ID
		}
		deleteUsers(t, d, ids)
	}
}

func deleteUsers(t *testing.T, d directory.Driver, ids []identity.ID) {
	t.Helper()
	for _, id := range ids {
		wantNone(t, "delete user", d.DeleteUser(ctx(t), id, ""))
	}
}

func emailsUnique(t *testing.T, d directory.Driver) {
	for what, pair := range sameNames {
		t.Log(what)
		first, second := User("first"), User("second")
		first.Emails = mail(d, pair[0]+"@Example.com", "")
		second.Emails = []identity.Email{{Value: pair[1] + "@eXAMPLE.com", Type: "home", Primary: true}}
		taken(t, d, first, second, set(t, "emails", second.Emails))
	}
	for what, pair := range otherNames {
		t.Log(what)
		ids := make([]identity.ID, len(pair))
		for i, name := range pair {
			u := User("user" + string(rune('0'+i)))
			u.Emails = mail(d, name+"@example.com", "")
			ids[i] = addUser(t, d, u).ID
		}
		deleteUsers(t, d, ids)
	}
}

func groupNamesUnique(t *testing.T, d directory.Driver) {
	for what, pair := range sameNames {
		t.Log(what)
		holder, other := addGroup(t, d, pair[0]+" team"), addGroup(t, d, "other")
		refused(t, d, "create a group with a name taken", fault.Conflict, func() error {
			_, err := d.CreateGroup(ctx(t), Group(pair[1]+" TEAM"))
			return err
		})
		groupRefused(t, d, other.ID, fault.Conflict, set(t, "displayName", pair[1]+" Team"))
		for _, id := range []identity.ID{holder.ID, other.ID} {
			wantNone(t, "delete group", d.DeleteGroup(ctx(t), id, ""))
		}
	}
	for what, pair := range otherNames {
		t.Log(what)
		for _, name := range pair {
			addGroup(t, d, what+" "+name)
		}
	}
}

func caseKept(t *testing.T, d directory.Driver) {
	u := User("Ann.O'Neil-STRASSE-ſ")
	made := addUser(t, d, u)
	wantSame(t, "the user", u, user(t, d, made.ID), given)
	if g := addGroup(t, d, "AWS_Data Science"); group(t, d, g.ID).DisplayName != "AWS_Data Science" {
		t.Errorf("the group is called %q", group(t, d, g.ID).DisplayName)
	}
}

func ownNameRecased(t *testing.T, d directory.Driver) {
	u, g := addUser(t, d, User("ann")), addGroup(t, d, "staff")
	got := updateUser(t, d, u.ID, set(t, "userName", "ANN"), set(t, "emails", mail(d, "ANN@example.com", "")))
	if got.UserName != "ANN" || got.Email() != "ANN@example.com" {
		t.Errorf("after the change: %q, %q", got.UserName, got.Email())
	}
	if got := updateGroup(t, d, g.ID, set(t, "displayName", "Staff")); got.DisplayName != "Staff" {
		t.Errorf("after the change: %q", got.DisplayName)
	}
}

func displayNamesShared(t *testing.T, d directory.Driver) {
	for _, name := range []string{"ann", "ben"} {
		u := User(name)
		u.DisplayName, u.Name = "The Same", identity.Name{GivenName: "The", FamilyName: "Same"}
		addUser(t, d, u)
	}
}

func namesOfFieldsApart(t *testing.T, d directory.Driver) {
	addUser(t, d, User("ann")) // with the e-mail address ann@example.com
	other := User("ann@example.com")
	other.Emails = nil
	addUser(t, d, other)
}

func namesOfKindsApart(t *testing.T, d directory.Driver) {
	addUser(t, d, User("ann"))
	addGroup(t, d, "ann")
	addGroup(t, d, "ann@example.com")
}

func freeAfterChange(t *testing.T, d directory.Driver) {
	u, g := addUser(t, d, User("ann")), addGroup(t, d, "staff")
	updateUser(t, d, u.ID, set(t, "userName", "anna"), set(t, "emails", mail(d, "anna@example.com", "")))
	updateGroup(t, d, g.ID, set(t, "displayName", "people"))
	addUser(t, d, User("ANN"))
	addGroup(t, d, "Staff")
	userRefused(t, d, u.ID, fault.Conflict, set(t, "userName", "Ann")) // its own once, another's now
}

func freeAfterUnset(t *testing.T, d directory.Driver) {
	u := addUser(t, d, User("ann"))
	updateUser(t, d, u.ID, unset("emails"))
	other := User("ben")
	other.Emails = mail(d, "ann@example.com", "")
	addUser(t, d, other)
}

func freeAfterDeletion(t *testing.T, d directory.Driver) {
	u, g := addUser(t, d, User("ann")), addGroup(t, d, "staff")
	wantNone(t, "delete user", d.DeleteUser(ctx(t), u.ID, ""))
	wantNone(t, "delete group", d.DeleteGroup(ctx(t), g.ID, ""))
	addUser(t, d, User("ann"))
	addGroup(t, d, "staff")
}
