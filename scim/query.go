package scim

import (
	"encoding/json"
	"strings"
)

// Query is one of the searches that AWS answers (aws-contract 7.5). The zero
// value asks for everything.
type Query struct {
	Attribute string // one of the By… names
	Value     string
	// With is the second term of a pair whose Attribute is ByID: WithManager
	// or WithMembers. Empty otherwise.
	With      string
	WithValue string
}

// What users and groups can be searched by.
const (
	ByUserName    = "userName"      // users
	ByExternalID  = "externalId"    // both
	ByGroup       = "groups.value"  // users: those in a group
	ByDisplayName = "displayName"   // groups
	ByMember      = "members.value" // groups: those of a user
	ByID          = "id"            // both; alone AWS discourages it
	WithManager   = "manager"       // users, beside ByID
	WithMembers   = "members"       // groups, beside ByID
)

var (
	userQueries  = []string{ByUserName, ByExternalID, ByGroup, ByID}
	groupQueries = []string{ByDisplayName, ByExternalID, ByMember, ByID}
)

// ParseUserQuery reads the filter of a listing of users. Anything but AWS's own
// list is fault.Invalid, "Invalid Filter format".
func ParseUserQuery(filter string) (Query, error) {
	return parseQuery(filter, userQueries, WithManager)
}

// ParseGroupQuery is [ParseUserQuery] for groups.
func ParseGroupQuery(filter string) (Query, error) {
	return parseQuery(filter, groupQueries, WithMembers)
}

func parseQuery(filter string, by []string, with string) (Query, error) {
	f, err := ParseFilter(filter)
	if err != nil {
		return Query{}, err
	}
	if f.Op != opAnd {
		name, value, ok := equality(&f, by)
		if !ok {
			return Query{}, notAnswered(by, with)
		}
		return Query{Attribute: name, Value: value}, nil
	}
	pair := []string{ByID, with}
	first, a, ok1 := equality(&f.Terms[0], pair)
	second, b, ok2 := equality(&f.Terms[1], pair)
	switch {
	case !ok1 || !ok2 || first == second:
		return Query{}, notAnswered(by, with)
	case first == with:
		a, b = b, a
	}
	return Query{Attribute: ByID, Value: a, With: with, WithValue: b}, nil
}

// equality reads `name eq "value"` where name is one of names.
func equality(f *Filter, names []string) (name, value string, ok bool) {
	value, ok = f.Value.(string)
	if f.Op != "eq" || !ok {
		return "", "", false
	}
	for _, n := range names {
		if strings.EqualFold(n, f.Path) {
			return n, value, true
		}
	}
	return "", "", false
}

func notAnswered(by []string, with string) error {
	return filterFault(`want attribute eq "value" with one of ` + strings.Join(by, ", ") + `, or id eq "…" and ` + with + ` eq "…"`)
}

// String is the query as a filter; empty for the zero value.
func (q Query) String() string {
	if q == (Query{}) {
		return ""
	}
	s := q.Attribute + " eq " + quoted(q.Value)
	if q.With != "" {
		s += " and " + q.With + " eq " + quoted(q.WithValue)
	}
	return s
}

// quoted writes a string as JSON does, but plainly: not every endpoint that
// takes filters reads "\u0026" as an ampersand.
func quoted(s string) string {
	var out strings.Builder
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(s) // a string always can be
	return strings.TrimSuffix(out.String(), "\n")
}
