package identity

// User is one person's account in one directory, with every attribute of the
// Identity Store's User (aws-contract 3.4). A text that is empty is not set:
// AWS takes no empty values. Lists that AWS bounds at one keep their form,
// because that is how every wire writes them.
type User struct {
	ID                ID
	UserName          string // unique in a store, compared without case; at most 128 characters, no white space
	Name              Name
	DisplayName       string
	NickName          string
	ProfileURL        string
	Emails            []Email       // at most 1; the value is unique in a store, compared without case
	Addresses         []Address     // at most 1
	PhoneNumbers      []PhoneNumber // at most 1
	UserType          string
	Title             string
	PreferredLanguage string
	Locale            string
	Timezone          string
	Photos            []Photo // at most 3
	Website           string
	Birthdate         string
	Roles             []Role // at most 1
	Enterprise        Enterprise
	Active            bool         // UserStatus ENABLED; on AWS only SCIM sets it
	ExternalIDs       []ExternalID // at most 10; unique in a store; on AWS only SCIM sets them
	Meta
}

// Name is a person's name in its parts.
type Name struct {
	Formatted       string `json:"formatted,omitempty"`
	FamilyName      string `json:"familyName,omitempty"`
	GivenName       string `json:"givenName,omitempty"`
	MiddleName      string `json:"middleName,omitempty"`
	HonorificPrefix string `json:"honorificPrefix,omitempty"`
	HonorificSuffix string `json:"honorificSuffix,omitempty"`
}

// Email is an e-mail address.
type Email struct {
	Value   string `json:"value,omitempty"`
	Type    string `json:"type,omitempty"`
	Primary bool   `json:"primary,omitempty"`
}

// Address is a postal address.
type Address struct {
	StreetAddress string `json:"streetAddress,omitempty"`
	Locality      string `json:"locality,omitempty"`
	Region        string `json:"region,omitempty"`
	PostalCode    string `json:"postalCode,omitempty"`
	Country       string `json:"country,omitempty"`
	Formatted     string `json:"formatted,omitempty"`
	Type          string `json:"type,omitempty"`
	Primary       bool   `json:"primary,omitempty"`
}

// PhoneNumber is a telephone number.
type PhoneNumber struct {
	Value   string `json:"value,omitempty"`
	Type    string `json:"type,omitempty"`
	Primary bool   `json:"primary,omitempty"`
}

// Role is what a person is in the organisation; it grants nothing.
type Role struct {
	Value   string `json:"value,omitempty"`
	Type    string `json:"type,omitempty"`
	Primary bool   `json:"primary,omitempty"`
}

// Photo is the address of a picture.
type Photo struct {
	Value   string `json:"value"`
	Type    string `json:"type,omitempty"`
	Display string `json:"display,omitempty"`
	Primary bool   `json:"primary,omitempty"`
}

// Enterprise is the extension "aws:identitystore:enterprise", SCIM's
// enterprise user (RFC 7643 section 4.3).
type Enterprise struct {
	EmployeeNumber string
	CostCenter     string
	Organization   string
	Division       string
	Department     string
	Manager        string // the manager's user id or other reference: manager.value
}

// Email returns the address by which the user can be found: the first one, or
// "" if there is none.
func (u *User) Email() string {
	if len(u.Emails) == 0 {
		return ""
	}
	return u.Emails[0].Value
}
