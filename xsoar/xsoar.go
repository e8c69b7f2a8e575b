// Package xsoar is the vocabulary of Cortex XSOAR's commands for the lifecycle
// of users, as its integration AWS-ILM has them: arguments, mappers, contexts,
// and the table that people see in the War Room, character for character.
//
// It does no I/O, knows no directory, and is not XSOAR: a table is written as
// the platform's own renderer writes it.
package xsoar

// Brand is what the integration is called in every answer.
const Brand = "AWS-ILM"

// Generation is which of the integration's two ways is kept.
type Generation string

// The generations. A printed the samples of the integration's documentation
// (2021); B is the newer one, and the default.
const (
	A Generation = "A"
	B Generation = "B"
)

// Commands lists the commands by their names, in the integration's order.
func Commands() []string {
	return []string{
		"iam-create-user", "iam-update-user", "iam-get-user", "iam-disable-user",
		"iam-get-group", "iam-create-group", "iam-update-group", "iam-delete-group",
		"test-module", "get-mapping-fields",
	}
}

// MappingFields is what get-mapping-fields answers: what a profile may be
// mapped to.
func MappingFields() Object {
	var fields Object
	for _, name := range []string{
		"id", "userName", "name.formatted", "name.familyName", "name.givenName", "name.middleName", "name.honorificPrefix", "name.honorificSuffix",
		"displayName", "nickName", "profileUrl", "title", "userType", "preferredLanguage", "locale", "timezone", "active", "password",
		"emails", "phoneNumbers", "addresses", "groups", "roles",
	} {
		fields = append(fields, Pair{name, ""})
	}
	return Object{{"User Profile", fields}}
}
