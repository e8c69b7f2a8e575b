package scim

import "strings"

// Attribute is one attribute of a schema (RFC 7643 section 7). What a request
// may hold is checked against the same value that /Schemas publishes.
type Attribute struct {
	Name            string      `json:"name"`
	Type            string      `json:"type"` // string, boolean, reference, complex
	MultiValued     bool        `json:"multiValued"`
	Description     string      `json:"description"`
	Required        bool        `json:"required"`
	CanonicalValues []string    `json:"canonicalValues,omitempty"`
	CaseExact       bool        `json:"caseExact"`
	Mutability      string      `json:"mutability"`
	Returned        string      `json:"returned"`
	Uniqueness      string      `json:"uniqueness,omitempty"`
	ReferenceTypes  []string    `json:"referenceTypes,omitempty"`
	SubAttributes   []Attribute `json:"subAttributes,omitempty"`
}

const (
	typeString    = "string"
	typeBoolean   = "boolean"
	typeReference = "reference"
	typeComplex   = "complex"
)

func text(name, description string) Attribute {
	return Attribute{
		Name: name, Type: typeString, Description: description,
		Mutability: "readWrite", Returned: "default", Uniqueness: "none",
	}
}

func flag(name, description string) Attribute {
	return Attribute{Name: name, Type: typeBoolean, Description: description, Mutability: "readWrite", Returned: "default"}
}

func reference(name, description string, to ...string) Attribute {
	a := text(name, description)
	a.Type, a.ReferenceTypes = typeReference, to
	return a
}

func complexOf(name, description string, sub ...Attribute) Attribute {
	return Attribute{
		Name: name, Type: typeComplex, Description: description,
		Mutability: "readWrite", Returned: "default", SubAttributes: sub,
	}
}

func listOf(name, description string, sub ...Attribute) Attribute {
	a := complexOf(name, description, sub...)
	a.MultiValued = true
	return a
}

func required(a Attribute) Attribute { a.Required = true; return a }

func unique(a Attribute) Attribute { a.Uniqueness = "server"; return a }

// userAttributes are those that AWS supports (aws-contract 7.3).
var userAttributes = []Attribute{
	required(unique(text("userName", "The name that the user signs in with, unique in the identity store, compared without case."))),
	required(complexOf("name", "The parts of the user's name.",
		text("formatted", "The whole name, ready to be shown."),
		required(text("familyName", "The family name.")),
		required(text("givenName", "The given name.")),
		text("middleName", "The middle names."),
		text("honorificPrefix", "Titles before the name."),
		text("honorificSuffix", "Titles after the name."),
	)),
	required(text("displayName", "The name that is shown.")),
	text("nickName", "What the user is called casually."),
	reference("profileUrl", "The address of the user's profile.", "external"),
	text("title", "The user's job title."),
	text("userType", "How the user relates to the organisation."),
	text("preferredLanguage", "The user's written or spoken language."),
	text("locale", "Where the user is, for formats."),
	text("timezone", "The user's time zone."),
	flag("active", "Whether the user may sign in."),
	listOf("emails", "The user's e-mail address: one, marked primary, unique in the identity store.", typed("The e-mail address.")...),
	listOf("phoneNumbers", "The user's telephone number: at most one.", typed("The telephone number.")...),
	listOf("addresses", "The user's postal address: at most one.",
		text("formatted", "The whole address, ready to be printed."),
		text("streetAddress", "Street and house number."),
		text("locality", "City or town."),
		text("region", "State or region."),
		text("postalCode", "Postal code."),
		text("country", "Country."),
		text("type", "What the address is for."),
		flag("primary", "Whether it is the preferred one."),
	),
	listOf("roles", "What the user is in the organisation: at most one; it grants nothing.", typed("The role.")...),
}

func typed(value string) []Attribute {
	return []Attribute{text("value", value), text("type", "What it is for."), flag("primary", "Whether it is the preferred one.")}
}

var enterpriseAttributes = []Attribute{
	text("employeeNumber", "The number that the organisation gave the user."),
	text("costCenter", "The name of a cost center."),
	text("organization", "The name of an organization."),
	text("division", "The name of a division."),
	text("department", "The name of a department."),
	complexOf("manager", "The user's manager.",
		text("value", "The id of the manager's user."),
		reference("$ref", "The address of the manager's user; taken, and not kept.", "User"),
	),
}

var groupAttributes = []Attribute{
	required(unique(text("displayName", "The group's name, unique in the identity store, compared without case."))),
	listOf("members", "The users of the group: written here, and always read as empty.",
		text("value", "The id of the user."),
		reference("$ref", "The address of the user; taken, and not kept.", "User"),
		Attribute{
			Name: "type", Type: typeString, Description: "What the member is.", CanonicalValues: []string{"User"},
			Mutability: "readWrite", Returned: "default", Uniqueness: "none",
		},
	),
}

// externalID is common to all resources, so that no schema lists it (RFC 7643
// section 3.1).
var externalID = func() Attribute {
	a := unique(text("externalId", "The id that the provisioning client knows the resource by."))
	a.CaseExact = true
	return a
}()

// unsupported are attributes of RFC 7643 that AWS refuses; a request may hold
// them only without a value (aws-contract 7.3).
var unsupported = []string{"password", "ims", "photos", "x509Certificates", "entitlements", "groups"}

// readOnly are the attributes that the server sets, and takes and drops in a
// request. A PUT's id is looked at all the same.
var readOnly = []string{"id", "meta", "schemas"}

func named(all []Attribute, name string) (*Attribute, bool) {
	if strings.EqualFold(name, externalID.Name) {
		return &externalID, true
	}
	return sub(all, name)
}

func sub(all []Attribute, name string) (*Attribute, bool) {
	for i := range all {
		if strings.EqualFold(all[i].Name, name) {
			return &all[i], true
		}
	}
	return nil, false
}

func contains(names []string, name string) bool {
	for _, n := range names {
		if strings.EqualFold(n, name) {
			return true
		}
	}
	return false
}
