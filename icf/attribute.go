package icf

import (
	"slices"
	"strings"
)

// form is how an attribute's value looks.
type form int

const (
	formText  form = iota
	formName       // one object
	formItems      // a list of objects
	formTexts      // a list of texts
)

// attribute is one attribute of an object type.
type attribute struct {
	name     string
	path     string // as identity names it; empty for what is no attribute there
	form     form
	required bool
	aliases  []string // other spellings that are read
	parts    []string // of objects: their texts, in the order they are sent
}

// The attributes of the connector's schema, in the order they are sent.
var (
	accountAttributes = []attribute{
		{name: AttrName, path: "userName", required: true},
		{name: "displayName", path: "displayName", required: true},
		{name: "locale", path: "locale"},
		{name: "nickName", path: "nickName"},
		{name: "timezone", path: "timezone"},
		{name: "title", path: "title"},
		{name: "profileUrl", path: "profileUrl"},
		{name: "userType", path: "userType"},
		{name: "preferredLanguage", path: "preferredLanguage"},
		{name: "name", form: formName, required: true, parts: nameParts},
		{name: "addresses", path: "addresses", form: formItems, aliases: []string{"address"}, parts: addressParts},
		{name: "emails", path: "emails", form: formItems, parts: []string{"type", "value"}},
		{name: "phoneNumbers", path: "phoneNumbers", form: formItems, parts: []string{"type", "value"}},
		{name: "externalIds", path: "externalIds", form: formItems, parts: []string{"issuer", "id"}},
		{name: AttrGroups, form: formTexts},
	}
	groupAttributes = []attribute{
		{name: AttrName, path: "displayName", required: true, aliases: []string{"groupName"}},
		{name: "description", path: "description"},
		{name: "externalIds", path: "externalIds", form: formItems, parts: []string{"issuer", "id"}},
	}
	nameParts    = []string{"givenName", "middleName", "familyName", "honorificPrefix", "honorificSuffix", "formatted"}
	addressParts = []string{"type", "streetAddress", "locality", "region", "postalCode", "country", "formatted"}
)

// partAliases are spellings of parts that are read: the one of the connector's
// own documentation among them.
var partAliases = map[string]string{"honorificsufix": "honorificSuffix"}

func attributesOf(objectType string) []attribute {
	switch objectType {
	case Account:
		return accountAttributes
	case Group:
		return groupAttributes
	}
	return slices.Concat(accountAttributes, groupAttributes)
}

// find returns the attribute of that name or spelling, whatever its case.
func find(objectType, name string) (attribute, bool) {
	for _, a := range attributesOf(objectType) {
		if strings.EqualFold(a.name, name) || slices.ContainsFunc(a.aliases, func(s string) bool { return strings.EqualFold(s, name) }) {
			return a, true
		}
	}
	return attribute{}, false
}

// hasAttribute reports whether objects of a type can have a field of exactly
// that name.
func hasAttribute(objectType, name string) bool {
	return name == AttrID || name == AttrRevision ||
		slices.ContainsFunc(attributesOf(objectType), func(a attribute) bool { return a.name == name })
}

// part returns the canonical name of a part of an object, whatever its case.
func (a attribute) part(name string) (string, bool) {
	if canonical, known := partAliases[strings.ToLower(name)]; known {
		name = canonical
	}
	for _, p := range a.parts {
		if strings.EqualFold(p, name) {
			return p, true
		}
	}
	if a.form == formItems && a.name != "externalIds" && strings.EqualFold(name, "primary") {
		return "primary", true
	}
	return "", false
}
