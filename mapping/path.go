package mapping

import (
	"maps"
	"slices"

	"rollcall/identity"
	"rollcall/spelling"
)

const enterprise = "aws:identitystore:enterprise."

// shortNames are the paths people write instead of identity's.
var shortNames = map[string]string{
	"email":           "emails",
	"phone":           "phoneNumbers",
	"phoneNumber":     "phoneNumbers",
	"photo":           "photos",
	"role":            "roles",
	"address":         "addresses",
	"givenName":       "name.givenName",
	"familyName":      "name.familyName",
	"middleName":      "name.middleName",
	"honorificPrefix": "name.honorificPrefix",
	"honorificSuffix": "name.honorificSuffix",
	"employeeNumber":  enterprise + "employeeNumber",
	"costCenter":      enterprise + "costCenter",
	"organization":    enterprise + "organization",
	"division":        enterprise + "division",
	"department":      enterprise + "department",
	"manager":         enterprise + "manager.value",
}

// UserPathNames lists everything a user rule may be called: the attributes in
// identity's order, then the short names in the alphabet's.
func UserPathNames() []string {
	return slices.Concat(settable(identity.UserPaths()), slices.Sorted(maps.Keys(shortNames)))
}

// GroupPathNames is [UserPathNames] for groups, which have no short names.
func GroupPathNames() []string { return settable(identity.GroupPaths()) }

func settable(paths []string) []string {
	return slices.DeleteFunc(paths, func(p string) bool { return p == identity.PathExternalIDs })
}

// UserPath returns identity's spelling of what a user rule calls an attribute.
// Other paths come back as they are.
func UserPath(name string) string {
	if path, ok := shortNames[name]; ok {
		return path
	}
	return name
}

// unknownPath says what is wrong with a path that is none.
func unknownPath(section, path string) string {
	if path == identity.PathExternalIDs {
		return "externalIds hold the anchor and are set by reconciliation, not by a rule"
	}
	names := UserPathNames()
	if section == sectionGroup {
		names = GroupPathNames()
	}
	return "a " + section + " has no such attribute" + spelling.Hint(path, names)
}
