package directorytest

import (
	"testing"

	"rollcall/directory"
	"rollcall/fault"
	"rollcall/identity"
)

var refusedEditTests = []test{
	{"AnUpdateDoesNotSetActiveOrExternalIDs", abilitiesApart},
	{"AnUnknownAttributeIsRefused", unknownPathRefused},
	{"AValueOfAnotherTypeIsRefused", wrongTypeRefused},
	{"AnUpdateToAnInvalidUserIsRefused", invalidResultRefused},
	{"AnUpdateToAnInvalidGroupIsRefused", invalidGroupResultRefused},
	{"TooManyEditsAreRefused", tooManyEditsRefused},
	{"NoEditsAreRefused", noEditsRefused},
	{"AnUpdateWithOneBadEditChangesNothing", badEditChangesNothing},
}

func abilitiesApart(t *testing.T, d directory.Driver) {
	u, g := addUser(t, d, User("ann")), addGroup(t, d, "staff")
	ids := set(t, identity.PathExternalIDs, []identity.ExternalID{{Issuer: "i", ID: "1"}})
	userRefused(t, d, u.ID, fault.Unsupported, set(t, identity.PathActive, false))
	userRefused(t, d, u.ID, fault.Unsupported, unset(identity.PathActive))
	userRefused(t, d, u.ID, fault.Unsupported, ids)
	userRefused(t, d, u.ID, fault.Unsupported, set(t, "title", "Clerk"), ids)
	groupRefused(t, d, g.ID, fault.Unsupported, ids)
}

func unknownPathRefused(t *testing.T, d directory.Driver) {
	u, g := addUser(t, d, User("ann")), addGroup(t, d, "staff")
	for _, path := range []string{"", "titel", "id", "name", "emails.value", "enterprise.department", "revision"} {
		userRefused(t, d, u.ID, fault.Invalid, set(t, path, "x"))
		userRefused(t, d, u.ID, fault.Invalid, unset(path))
	}
	for _, path := range []string{"", "title", "userName", "members", "active"} {
		groupRefused(t, d, g.ID, fault.Invalid, set(t, path, "x"))
	}
}

func wrongTypeRefused(t *testing.T, d directory.Driver) {
	u, g := addUser(t, d, full(d, "ann")), addGroup(t, d, "staff")
	for what, e := range map[string]identity.Edit{
		"a number for a text":      set(t, "title", 7),
		"a boolean for a text":     set(t, "title", true),
		"a list for a text":        set(t, "title", []string{"Clerk"}),
		"an object for a text":     set(t, "name.givenName", map[string]string{"value": "Ann"}),
		"an empty text":            set(t, "title", ""),
		"a text for a list":        set(t, "emails", "ann@example.org"),
		"an object for a list":     set(t, "emails", identity.Email{Value: "ann@example.org"}),
		"a list of texts":          set(t, "emails", []string{"ann@example.org"}),
		"an unknown key in a list": set(t, "emails", []map[string]string{{"value": "ann@example.org", "kind": "work"}}),
		"what is no JSON":          {Path: "title", New: identity.Value(`Clerk`)},
		"half of a JSON text":      {Path: "title", New: identity.Value(`"Clerk`)},
		"two JSON texts":           {Path: "title", New: identity.Value(`"Clerk" "Chief"`)},
	} {
		t.Log(what)
		userRefused(t, d, u.ID, fault.Invalid, e)
	}
	groupRefused(t, d, g.ID, fault.Invalid, set(t, "displayName", 7))
}

func invalidResultRefused(t *testing.T, d directory.Driver) {
	u := addUser(t, d, full(d, "ann"))
	for what, e := range map[string]identity.Edit{
		"no userName":            unset("userName"),
		"no displayName":         unset("displayName"),
		"a null displayName":     set(t, "displayName", nil),
		"no given name":          unset("name.givenName"),
		"no family name":         unset("name.familyName"),
		"a reserved userName":    set(t, "userName", "AWSAdministrators"),
		"a semicolon":            set(t, "userName", "ann;"),
		"two e-mails":            set(t, "emails", []identity.Email{{Value: "a@example.org"}, {Value: "b@example.org"}}),
		"an e-mail of no value":  set(t, "emails", []identity.Email{{Type: "work"}}),
		"four photos":            set(t, "photos", []identity.Photo{{Value: "1"}, {Value: "2"}, {Value: "3"}, {Value: "4"}}),
		"an invisible character": set(t, "title", "Clerk\u200b"),
	} {
		t.Log(what)
		if directory.LimitsOf(d).Sets(identity.KindUser, e.Path) {
			userRefused(t, d, u.ID, fault.Invalid, e)
		}
	}
}

func invalidGroupResultRefused(t *testing.T, d directory.Driver) {
	g := addGroup(t, d, "staff")
	groupRefused(t, d, g.ID, fault.Invalid, unset("displayName"))
	groupRefused(t, d, g.ID, fault.Invalid, set(t, "displayName", "Administrator"))
	groupRefused(t, d, g.ID, fault.Invalid, set(t, "displayName", "st\u200baff"))
}

func tooManyEditsRefused(t *testing.T, d directory.Driver) {
	u, g := addUser(t, d, User("ann")), addGroup(t, d, "staff")
	edits := make([]identity.Edit, identity.MaxOperations+1)
	for i := range edits {
		edits[i] = set(t, "displayName", "one too many")
	}
	userRefused(t, d, u.ID, fault.Invalid, edits...)
	groupRefused(t, d, g.ID, fault.Invalid, edits...)
}

func noEditsRefused(t *testing.T, d directory.Driver) {
	u, g := addUser(t, d, User("ann")), addGroup(t, d, "staff")
	userRefused(t, d, u.ID, fault.Invalid)
	groupRefused(t, d, g.ID, fault.Invalid)
}

func badEditChangesNothing(t *testing.T, d directory.Driver) {
	u := addUser(t, d, full(d, "ann"))
	taken := addUser(t, d, User("ben"))
	good := set(t, "title", "Clerk")
	userRefused(t, d, u.ID, fault.Invalid, good, set(t, "nickName", 7))
	userRefused(t, d, u.ID, fault.Invalid, good, set(t, "unknown", "x"))
	userRefused(t, d, u.ID, fault.Invalid, good, unset("displayName"))
	userRefused(t, d, u.ID, fault.Conflict, good, set(t, "userName", taken.UserName))
	userRefused(t, d, u.ID, fault.Conflict, set(t, "userName", "free"), set(t, "emails", taken.Emails))
	addUser(t, d, User("free")) // the refused write took nothing
}

// userRefused holds that the edits fail with kind k and change nothing.
func userRefused(t *testing.T, d directory.Driver, id identity.ID, k fault.Kind, edits ...identity.Edit) {
	t.Helper()
	refused(t, d, "update user: "+pathsOf(edits), k, func() error {
		_, err := d.UpdateUser(ctx(t), id, "", edits)
		return err
	})
}

func groupRefused(t *testing.T, d directory.Driver, id identity.ID, k fault.Kind, edits ...identity.Edit) {
	t.Helper()
	refused(t, d, "update group: "+pathsOf(edits), k, func() error {
		_, err := d.UpdateGroup(ctx(t), id, "", edits)
		return err
	})
}

func pathsOf(edits []identity.Edit) string {
	if len(edits) == 0 {
		return "no edits"
	}
	text := edits[0].Path + "=" + string(edits[0].New)
	if len(edits) > 1 {
		text += " and more, ending in " + edits[len(edits)-1].Path + "=" + string(edits[len(edits)-1].New)
	}
	return text
}
