package awsjson

import "encoding/json"

// EnterpriseExtension is the one extension that users have.
const EnterpriseExtension = "aws:identitystore:enterprise"

// Attributes are those members of a user that CreateUser takes and
// DescribeUser answers with.
type Attributes struct {
	UserName          *string                    `json:"UserName,omitempty"`
	Name              *Name                      `json:"Name,omitempty"`
	DisplayName       *string                    `json:"DisplayName,omitempty"`
	NickName          *string                    `json:"NickName,omitempty"`
	ProfileURL        *string                    `json:"ProfileUrl,omitempty"`
	Emails            []Email                    `json:"Emails,omitempty"`
	Addresses         []Address                  `json:"Addresses,omitempty"`
	PhoneNumbers      []PhoneNumber              `json:"PhoneNumbers,omitempty"`
	UserType          *string                    `json:"UserType,omitempty"`
	Title             *string                    `json:"Title,omitempty"`
	PreferredLanguage *string                    `json:"PreferredLanguage,omitempty"`
	Locale            *string                    `json:"Locale,omitempty"`
	Timezone          *string                    `json:"Timezone,omitempty"`
	Photos            []Photo                    `json:"Photos,omitempty"`
	Website           *string                    `json:"Website,omitempty"`
	Birthdate         *string                    `json:"Birthdate,omitempty"`
	Roles             []Role                     `json:"Roles,omitempty"`
	Extensions        map[string]json.RawMessage `json:"Extensions,omitempty"` // name to document
}

// The structures inside a user.
type (
	// Name is a person's name in its parts.
	Name struct {
		Formatted       *string `json:",omitempty"`
		FamilyName      *string `json:",omitempty"`
		GivenName       *string `json:",omitempty"`
		MiddleName      *string `json:",omitempty"`
		HonorificPrefix *string `json:",omitempty"`
		HonorificSuffix *string `json:",omitempty"`
	}
	// Email is an e-mail address.
	Email struct {
		Value   *string `json:",omitempty"`
		Type    *string `json:",omitempty"`
		Primary bool
	}
	// PhoneNumber is a telephone number.
	PhoneNumber Email
	// Role is what a person is in the organisation.
	Role Email
	// Photo is the address of a picture.
	Photo struct {
		Value   *string `json:",omitempty"`
		Type    *string `json:",omitempty"`
		Display *string `json:",omitempty"`
		Primary bool
	}
	// Address is a postal address.
	Address struct {
		StreetAddress *string `json:",omitempty"`
		Locality      *string `json:",omitempty"`
		Region        *string `json:",omitempty"`
		PostalCode    *string `json:",omitempty"`
		Country       *string `json:",omitempty"`
		Formatted     *string `json:",omitempty"`
		Type          *string `json:",omitempty"`
		Primary       bool
	}
	// ExternalID is the id that an identity provider knows an object by.
	ExternalID struct {
		Issuer *string
		ID     *string `json:"Id"`
	}
)

// Written is when and by whom an object was made and last changed.
type Written struct {
	CreatedAt *Time  `json:"CreatedAt,omitempty"`
	CreatedBy string `json:"CreatedBy,omitempty"`
	UpdatedAt *Time  `json:"UpdatedAt,omitempty"`
	UpdatedBy string `json:"UpdatedBy,omitempty"`
}

// User is a user as DescribeUser and ListUsers answer.
type User struct {
	UserRevision
	Attributes
	ExternalIDs []ExternalID `json:"ExternalIds,omitempty"`
	UserStatus  string       `json:"UserStatus,omitempty"` // ENABLED or DISABLED
	Written
}

// UserRef names a user.
type UserRef struct {
	IdentityStoreID string `json:"IdentityStoreId"`
	UserID          string `json:"UserId"`
	UserArn         string
}

// UserRevision names a user as it was after one write.
type UserRevision struct {
	UserRef
	Revision string `json:",omitempty"`
}

// The operations on users.
type (
	// CreateUserInput is what CreateUser takes.
	CreateUserInput struct {
		InStore
		Attributes
	}
	// CreateUserOutput is what CreateUser answers.
	CreateUserOutput struct{ UserRevision }
	// DescribeUserInput is what DescribeUser takes; it answers a [User].
	DescribeUserInput struct {
		InStore
		UserID     *string  `json:"UserId,omitempty"` // or its ARN, as everywhere
		Extensions []string `json:"Extensions,omitempty"`
	}
	// ListUsersInput is what ListUsers takes.
	ListUsersInput struct {
		InStore
		Page
		Extensions []string `json:"Extensions,omitempty"`
		Filters    []Filter `json:"Filters,omitempty"`
	}
	// ListUsersOutput is what ListUsers answers.
	ListUsersOutput struct {
		Users     []User
		NextToken string `json:",omitempty"`
	}
	// UpdateUserInput is what UpdateUser takes.
	UpdateUserInput struct {
		InStore
		UserID     *string     `json:"UserId,omitempty"`
		Operations []Operation `json:"Operations,omitempty"`
		Revision   *string     `json:"Revision,omitempty"`
	}
	// UpdateUserOutput is what UpdateUser answers.
	UpdateUserOutput struct{ UserRevision }
	// DeleteUserInput is what DeleteUser takes; it answers nothing.
	DeleteUserInput struct {
		InStore
		UserID   *string `json:"UserId,omitempty"`
		Revision *string `json:"Revision,omitempty"`
	}
	// GetUserIDInput is what GetUserId takes.
	GetUserIDInput struct {
		InStore
		AlternateIdentifier *AlternateIdentifier `json:"AlternateIdentifier,omitempty"`
	}
	// GetUserIDOutput is what GetUserId answers.
	GetUserIDOutput struct{ UserRef }
	// Filter is the old way of finding one object by its name.
	Filter struct {
		AttributePath  *string
		AttributeValue *string
	}
)
