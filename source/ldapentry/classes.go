package ldapentry

import "strings"

// what an entry is.
type what uint8

const (
	named what = iota // only a member's DN so far
	other             // an entry that is neither person nor group
	person
	group
)

// classes sorts entries by their object classes.
type classes struct {
	people, loginPeople, groups, never map[string]bool
}

// never are the classes that make an AD entry with class user, or person, no
// person.
var never = set("computer", "contact", "msds-managedserviceaccount", "msds-groupmanagedserviceaccount", "msds-delegatedmanagedserviceaccount")

var (
	usualPeople = set("inetorgperson", "user", "posixaccount")
	loginPeople = set("person", "organizationalperson") // people when they have a name to log in by
	usualGroups = set("group", "groupofnames", "groupofuniquenames", "groupofmembers", "posixgroup")
)

func newClasses(r Rules) classes {
	c := classes{people: usualPeople, loginPeople: loginPeople, groups: usualGroups, never: never}
	if len(r.PersonClasses) > 0 {
		c.people, c.loginPeople, c.never = lowerSet(r.PersonClasses), nil, map[string]bool{}
		for class := range never {
			c.never[class] = !c.people[class]
		}
	}
	if len(r.GroupClasses) > 0 {
		c.groups = lowerSet(r.GroupClasses)
	}
	return c
}

func lowerSet(names []string) map[string]bool {
	m := make(map[string]bool, len(names))
	for _, n := range names {
		m[strings.ToLower(strings.TrimSpace(n))] = true
	}
	return m
}

// sort says what e is, and whether it has any object class and is only one thing.
func (c classes) sort(e *Entry) (is what, problem string) {
	var isPerson, mayLogIn, isGroup, isNever, hasClass, hasLogin bool
	for _, v := range e.Values {
		switch v.Attribute.Name {
		case "objectclass":
			class := strings.ToLower(v.Text)
			hasClass = true
			isPerson = isPerson || c.people[class]
			mayLogIn = mayLogIn || c.loginPeople[class]
			isGroup = isGroup || c.groups[class]
			isNever = isNever || c.never[class]
		case "uid", "samaccountname":
			hasLogin = hasLogin || v.Text != ""
		}
	}
	isPerson = (isPerson || mayLogIn && hasLogin) && !isNever
	switch {
	case !hasClass:
		return other, "it has no objectClass: it is cut, or was exported without that attribute"
	case isPerson && isGroup:
		return other, "it is a person and a group by its object classes; name the classes of each in the configuration"
	case isPerson:
		return person, ""
	case isGroup:
		return group, ""
	}
	return other, ""
}
