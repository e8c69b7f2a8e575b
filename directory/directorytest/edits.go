package directorytest

import (
	"testing"

	"rollcall/directory"
	"rollcall/identity"
)

var editTests = []test{
	{"EveryAttributeOfAUserCanBeChanged", everyAttributeChanged},
	{"EveryAttributeOfAUserThatIsNotRequiredCanBeUnset", everyAttributeUnset},
	{"ANullUnsetsAnAttribute", nullUnsets},
	{"AListIsReplacedWhole", listReplaced},
	{"AnUpdateLeavesOtherAttributesAlone", othersLeftAlone},
	{"SeveralEditsAreOneWrite", severalEdits},
	{"ARenameKeepsTheID", renameKeepsID},
	{"OldValuesOfEditsAreNotLookedAt", oldNotLookedAt},
	{"AsManyEditsAsAllowedAreMade", mostEdits},
}

// changed gives every attribute that UpdateUser sets a new value.
func changed(t *testing.T) []identity.Edit {
	t.Helper()
	const enterprise = "aws:identitystore:enterprise."
	return []identity.Edit{
		set(t, "userName", "new-name"),
		set(t, "displayName", "New Name"),
		set(t, "name.givenName", "Néw"),
		set(t, "name.familyName", "Name"),
		set(t, "name.middleName", "M."),
		set(t, "name.formatted", "Néw M. Name"),
		set(t, "name.honorificPrefix", "Prof."),
		set(t, "name.honorificSuffix", "Jr."),
		set(t, "nickName", "newt"),
		set(t, "profileUrl", "https://example.org/new"),
		set(t, "userType", "Contractor"),
		set(t, "title", "Clerk"),
		set(t, "preferredLanguage", "en-GB"),
		set(t, "locale", "en_GB"),
		set(t, "timezone", "Europe/London"),
		set(t, "website", "https://example.org"),
		set(t, "birthdate", "1991-03-01"),
		set(t, "emails", []identity.Email{{Value: "new@example.org", Type: "home"}}),
		set(t, "addresses", []identity.Address{{Locality: "London", Country: "GB"}}),
		set(t, "phoneNumbers", []identity.PhoneNumber{{Value: "+44 20", Primary: true}}),
		set(t, "photos", []identity.Photo{{Value: "https://example.org/new.png"}}),
		set(t, "roles", []identity.Role{{Value: "auditor"}}),
		set(t, enterprise+"employeeNumber", "7"),
		set(t, enterprise+"costCenter", "8"),
		set(t, enterprise+"organization", "9"),
		set(t, enterprise+"division", "10"),
		set(t, enterprise+"department", "11"),
		set(t, enterprise+"manager.value", "12"),
	}
}

func everyAttributeChanged(t *testing.T, d directory.Driver) {
	edits := changed(t)
	if want := len(identity.UserPaths()) - 2; len(edits) != want { // active and externalIds have calls of their own
		t.Fatalf("this test changes %d attributes; there are %d", len(edits), want)
	}
	for _, e := range edits {
		made := addUser(t, d, FullUser("user"))
		want := FullUser("user")
		wantNone(t, e.Path, want.Apply([]identity.Edit{e}))
		wantSame(t, e.Path+" as returned", want, updateUser(t, d, made.ID, e), given)
		wantSame(t, e.Path+" as stored", want, user(t, d, made.ID), given)
		wantNone(t, "delete user", d.DeleteUser(ctx(t), made.ID, ""))
	}
}

func everyAttributeUnset(t *testing.T, d directory.Driver) {
	required := map[string]bool{"userName": true, "displayName": true, "name.givenName": true, "name.familyName": true}
	made := addUser(t, d, FullUser("user"))
	want := FullUser("user")
	for _, e := range changed(t) {
		if required[e.Path] {
			continue
		}
		wantNone(t, e.Path, want.Apply([]identity.Edit{unset(e.Path)}))
		wantSame(t, e.Path+" as returned", want, updateUser(t, d, made.ID, unset(e.Path)), given)
	}
	wantSame(t, "what is stored in the end", want, user(t, d, made.ID), given)
	least := identity.User{
		UserName: want.UserName, DisplayName: want.DisplayName, Active: true,
		Name: identity.Name{GivenName: want.Name.GivenName, FamilyName: want.Name.FamilyName},
	}
	wantSame(t, "what is left", least, want)
}

func nullUnsets(t *testing.T, d directory.Driver) {
	made := addUser(t, d, FullUser("ann"))
	null := func(path string) identity.Edit { return set(t, path, nil) }
	updateUser(t, d, made.ID, null("title"), null("emails"), null("aws:identitystore:enterprise.department"))
	got := user(t, d, made.ID)
	if got.Title != "" || len(got.Emails) != 0 || got.Enterprise.Department != "" {
		t.Errorf("after null: title %q, emails %v, department %q", got.Title, got.Emails, got.Enterprise.Department)
	}
}

func listReplaced(t *testing.T, d directory.Driver) {
	made := addUser(t, d, FullUser("ann"))
	photos := []identity.Photo{{Value: "https://example.org/only.png", Type: "photo"}}
	emails := []identity.Email{{Value: "ann@example.org"}} // without its type and primary: they go
	updateUser(t, d, made.ID, set(t, "photos", photos), set(t, "emails", emails))
	got := user(t, d, made.ID)
	wantSame(t, "photos", photos, got.Photos)
	wantSame(t, "emails", emails, got.Emails)
}

func othersLeftAlone(t *testing.T, d directory.Driver) {
	ann, ben := addUser(t, d, FullUser("ann")), addUser(t, d, FullUser("ben"))
	updateUser(t, d, ann.ID, set(t, "title", "Clerk"))
	want := FullUser("ann")
	want.Title = "Clerk"
	wantSame(t, "the user", want, user(t, d, ann.ID), given)
	wantSame(t, "the other user", ben, user(t, d, ben.ID))
}

func severalEdits(t *testing.T, d directory.Driver) {
	made := addUser(t, d, FullUser("ann"))
	want := FullUser("ann")
	wantNone(t, "apply", want.Apply(changed(t)))
	got := updateUser(t, d, made.ID, changed(t)...)
	wantSame(t, "what the update returned", want, got, given)
	wantSame(t, "what is stored", got, user(t, d, made.ID))
}

func renameKeepsID(t *testing.T, d directory.Driver) {
	made := addUser(t, d, User("ann"))
	g := addGroup(t, d, "staff")
	m := addMember(t, d, g.ID, made.ID)
	got := updateUser(t, d, made.ID, set(t, "userName", "anna"))
	if got.ID != made.ID || got.UserName != "anna" {
		t.Errorf("after the rename: %s, id %s; want anna, id %s", got.UserName, got.ID, made.ID)
	}
	updateGroup(t, d, g.ID, set(t, "displayName", "people"))
	wantSame(t, "memberships after renames", []identity.Membership{m}, everything(t, d).Memberships)
}

func oldNotLookedAt(t *testing.T, d directory.Driver) {
	made := addUser(t, d, User("ann"))
	e := set(t, "title", "Clerk")
	e.Old = identity.Value(`"something else"`)
	if got := updateUser(t, d, made.ID, e); got.Title != "Clerk" {
		t.Errorf("the title is %q, want Clerk", got.Title)
	}
}

func mostEdits(t *testing.T, d directory.Driver) {
	made := addUser(t, d, User("ann"))
	edits := make([]identity.Edit, identity.MaxOperations)
	for i := range edits {
		edits[i] = set(t, "title", "Clerk")
	}
	if got := updateUser(t, d, made.ID, edits...); got.Title != "Clerk" {
		t.Errorf("the title is %q, want Clerk", got.Title)
	}
}
