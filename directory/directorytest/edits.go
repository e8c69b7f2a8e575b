package directorytest

import (
	"slices"
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

// changed gives every attribute that d sets a new value.
func changed(t *testing.T, d directory.Driver) []identity.Edit {
	t.Helper()
	const enterprise = "aws:identitystore:enterprise."
	all := []identity.Edit{
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
		set(t, "emails", mail(d, "new@example.org", "home")),
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
	if want := len(identity.UserPaths()) - 2; len(all) != want { // active and externalIds have calls of their own
		t.Fatalf("this suite changes %d attributes; there are %d", len(all), want)
	}
	return slices.DeleteFunc(all, func(e identity.Edit) bool { return !directory.LimitsOf(d).Sets(identity.KindUser, e.Path) })
}

func everyAttributeChanged(t *testing.T, d directory.Driver) {
	for _, e := range changed(t, d) {
		made := addUser(t, d, full(d, "user"))
		want := full(d, "user")
		wantNone(t, e.Path, want.Apply([]identity.Edit{e}))
		wantSame(t, e.Path+" as returned", want, updateUser(t, d, made.ID, e), given)
		wantSame(t, e.Path+" as stored", want, user(t, d, made.ID), given)
		wantNone(t, "delete user", d.DeleteUser(ctx(t), made.ID, ""))
	}
}

func everyAttributeUnset(t *testing.T, d directory.Driver) {
	required := map[string]bool{"userName": true, "displayName": true, "name.givenName": true, "name.familyName": true}
	made := addUser(t, d, full(d, "user"))
	want := full(d, "user")
	for _, e := range changed(t, d) {
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
	made := addUser(t, d, full(d, "ann"))
	null := func(path string) identity.Edit { return set(t, path, nil) }
	updateUser(t, d, made.ID, null("title"), null("emails"), null("aws:identitystore:enterprise.department"))
	got := user(t, d, made.ID)
	if got.Title != "" || len(got.Emails) != 0 || got.Enterprise.Department != "" {
		t.Errorf("after null: title %q, emails %v, department %q", got.Title, got.Emails, got.Enterprise.Department)
	}
}

func listReplaced(t *testing.T, d directory.Driver) {
	want := full(d, "ann")
	made := addUser(t, d, want)
	want.Emails = mail(d, "ann@example.org", "") // without its type: it goes
	want.PhoneNumbers = []identity.PhoneNumber{{Value: "+48 1"}}
	edits := []identity.Edit{set(t, "emails", want.Emails), set(t, "phoneNumbers", want.PhoneNumbers)}
	if directory.LimitsOf(d).Sets(identity.KindUser, "photos") {
		want.Photos = []identity.Photo{{Value: "https://example.org/only.png", Type: "photo"}}
		edits = append(edits, set(t, "photos", want.Photos))
	}
	updateUser(t, d, made.ID, edits...)
	wantSame(t, "the user", want, user(t, d, made.ID), given)
}

func othersLeftAlone(t *testing.T, d directory.Driver) {
	ann, ben := addUser(t, d, full(d, "ann")), addUser(t, d, full(d, "ben"))
	updateUser(t, d, ann.ID, set(t, "title", "Clerk"))
	want := full(d, "ann")
	want.Title = "Clerk"
	wantSame(t, "the user", want, user(t, d, ann.ID), given)
	wantSame(t, "the other user", ben, user(t, d, ben.ID))
}

func severalEdits(t *testing.T, d directory.Driver) {
	made := addUser(t, d, full(d, "ann"))
	want := full(d, "ann")
	wantNone(t, "apply", want.Apply(changed(t, d)))
	got := updateUser(t, d, made.ID, changed(t, d)...)
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
