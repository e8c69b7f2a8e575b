package xsoar

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"rollcall/fault"
	"rollcall/scim"
	"rollcall/spelling"
)

// The names of the mappers that ship, as the integration names its own.
const (
	ShippedOut = "User Profile - SCIM (Outgoing)"
	ShippedIn  = "User Profile - SCIM (Incoming)"
)

// Mapper pairs the attributes of a SCIM user with the fields of a profile, in
// an order. An attribute inside another is written with a dot: name.givenName,
// emails.value, enterprise.department.
type Mapper []Mapped

// Mapped is one pair.
type Mapped struct{ Path, Field string }

// enterprise is how paths of the enterprise extension begin. AWS knows version
// 2.0 of it alone; the integration's own mapper wrote 1.0.
const (
	enterprise      = "enterprise."
	enterpriseFirst = "urn:scim:schemas:extension:enterprise:1.0"
)

// Out is the mapper from a profile to SCIM that ships.
func Out() Mapper {
	return Mapper{
		{"externalId", "employeeid"},
		{"userName", "username"},
		{"name.familyName", "surname"},
		{"name.givenName", "givenname"},
		{"displayName", "displayname"},
		{"title", "title"},
		{"userType", "employeetype"},
		{"emails.value", "email"},
		{"addresses.streetAddress", "streetaddress"},
		{"addresses.locality", "city"},
		{"addresses.region", "locationregion"},
		{"addresses.postalCode", "zipcode"},
		{"addresses.country", "country"},
		{"phoneNumbers.value", "mobilephone"},
		{"enterprise.employeeNumber", "employeenumber"},
		{"enterprise.costCenter", "costcentercode"},
		{"enterprise.division", "division"},
		{"enterprise.department", "department"},
	}
}

// In is the mapper from SCIM to a profile that ships.
func In() Mapper {
	return Mapper{
		{"userName", "Username"},
		{"emails.value", "Email"},
		{"name.givenName", "Given Name"},
		{"name.familyName", "Surname"},
		{"title", "Title"},
		{"externalId", "Employee ID"},
		{"phoneNumbers.value", "Mobile Phone"},
		{"userType", "User Type"},
		{"enterprise.costCenter", "Cost Center Code"},
		{"enterprise.department", "Department"},
		{"enterprise.division", "Division"},
		{"enterprise.employeeNumber", "Employee Number"},
	}
}

// Paths lists what an attribute may be called in a mapper, sorted.
func Paths() []string {
	all := []string{"externalId"} // of every resource, and so in no schema
	for _, s := range scim.Schemas() {
		before := ""
		switch s.ID {
		case scim.EnterpriseSchema:
			before = enterprise
		case scim.UserSchema:
		default:
			continue
		}
		for _, a := range s.Attributes {
			if a.Mutability == "readOnly" || a.Type == "boolean" {
				continue
			}
			if len(a.SubAttributes) == 0 {
				all = append(all, before+a.Name)
			}
			for _, sub := range a.SubAttributes {
				if sub.Type != "boolean" {
					all = append(all, before+a.Name+"."+sub.Name)
				}
			}
		}
	}
	slices.Sort(all)
	return all
}

// Canonical is a path as a mapper has it: without case, and also for one that
// names the enterprise extension by either version of its URN. It fails with
// fault.Invalid.
func Canonical(path string) (string, error) {
	short := path
	for _, urn := range []string{scim.EnterpriseSchema, enterpriseFirst} {
		if len(path) > len(urn) && strings.EqualFold(path[:len(urn)], urn) && strings.ContainsRune(":.", rune(path[len(urn)])) {
			short = enterprise + path[len(urn)+1:]
		}
	}
	for _, known := range Paths() {
		if strings.EqualFold(known, short) {
			return known, nil
		}
	}
	return "", fault.Text(fault.Invalid, "read mapper", path, "SCIM users have no such attribute"+spelling.Hint(short, Paths()))
}

// With is the mapper with the field of each path that more has; an empty field
// takes the pair away. It fails with fault.Invalid.
func (m Mapper) With(more map[string]string) (Mapper, error) {
	changed := slices.Clone(m)
	for _, written := range slices.Sorted(maps.Keys(more)) {
		path, err := Canonical(written)
		if err != nil {
			return nil, err
		}
		field := more[written]
		at := slices.IndexFunc(changed, func(p Mapped) bool { return p.Path == path })
		switch {
		case at >= 0 && field == "":
			changed = slices.Delete(changed, at, at+1)
		case at >= 0:
			changed[at].Field = field
		case field != "":
			changed = append(changed, Mapped{path, field})
		}
	}
	return changed, nil
}

// ToSCIM maps a profile to what a SCIM user has. Fields that are missing, null
// or empty are left alone. It fails with fault.Invalid for a value that is no
// text.
func (m Mapper) ToSCIM(profile Object) (Object, error) {
	var out Object
	for _, pair := range m {
		text, err := textOf(pair.Field, field(profile, pair.Field))
		if err != nil {
			return nil, err
		}
		if text == "" {
			continue
		}
		whole, sub, inner := strings.Cut(pair.Path, ".")
		if !inner {
			out = out.Set(whole, text)
			continue
		}
		if whole+"." == enterprise {
			whole = scim.EnterpriseSchema
		}
		out = within(out, whole, sub, text)
	}
	return out, nil
}

// lists are the attributes that SCIM keeps as lists, and what an item has that
// no profile says.
var lists = map[string]Object{
	"emails":       {{"type", "work"}, {"primary", true}},
	"phoneNumbers": {{"type", "work"}},
	"addresses":    {{"type", "work"}, {"primary", true}},
	"roles":        {},
}

// within sets an attribute inside another.
func within(o Object, whole, sub, text string) Object {
	if sub == "manager.value" {
		return o.Set(whole, into(o.Get(whole)).Set("manager", Object{{"value", text}}))
	}
	more, isList := lists[whole]
	if !isList {
		return o.Set(whole, into(o.Get(whole)).Set(sub, text))
	}
	item := slices.Clone(more)
	if had, _ := o.Get(whole).([]any); len(had) > 0 {
		item = into(had[0])
	}
	if sub == "value" && item.Get("value") == nil {
		return o.Set(whole, []any{append(Object{{sub, text}}, item...)})
	}
	return o.Set(whole, []any{item.Set(sub, text)})
}

func into(v any) Object {
	o, _ := v.(Object)
	return o
}

// field finds a profile's field: exactly, or written otherwise (Given Name for
// givenname).
func field(profile Object, name string) any {
	if v := profile.Get(name); v != nil {
		return v
	}
	for _, p := range profile {
		if folded(p.Name) == folded(name) && p.Value != nil {
			return p.Value
		}
	}
	return nil
}

func folded(name string) string {
	return strings.ToLower(strings.NewReplacer(" ", "", "_", "", "-", "").Replace(name))
}

// textOf is a field's value as a text; that of a list is its only item's.
func textOf(name string, v any) (string, error) {
	switch v := v.(type) {
	case nil:
		return "", nil
	case string:
		return v, nil
	case json.Number:
		return v.String(), nil
	case bool:
		if v {
			return "true", nil
		}
		return "false", nil
	case []any:
		if len(v) == 0 {
			return "", nil
		}
		if len(v) == 1 {
			return textOf(name, v[0])
		}
	}
	return "", fault.Text(fault.Invalid, "read profile", name, "the user profile's "+name+" is not one text")
}

// ToProfile maps a SCIM user to a profile. What the user does not have, the
// profile has not either.
func (m Mapper) ToProfile(user Object) Object {
	profile := Object{}
	for _, pair := range m {
		if text, isText := at(user, pair.Path).(string); isText && text != "" {
			profile = append(profile, Pair{pair.Field, text})
		}
	}
	slices.SortStableFunc(profile, func(a, b Pair) int { return strings.Compare(a.Name, b.Name) })
	return profile
}

// at is the value at a path.
func at(user Object, path string) any {
	whole, rest, inner := strings.Cut(path, ".")
	if whole+"." == enterprise {
		whole = scim.EnterpriseSchema
	}
	v := user.Get(whole)
	if list, isList := v.([]any); isList && len(list) > 0 {
		v = list[0]
	}
	if !inner {
		return v
	}
	return at(into(v), rest)
}
