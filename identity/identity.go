// Package identity is the vocabulary everything else is about: users, groups,
// memberships, accounts, permission sets and assignments, the rules AWS holds
// them to, and the one way two names are compared.
//
// It does no I/O and imports nothing of ours but fault. A name in it is the
// field's own: see aws-contract section 3.4 for the shapes and their limits.
package identity

import "time"

// Kind says what an object is.
type Kind string

// The kinds of object that a directory holds.
const (
	KindUser       Kind = "user"
	KindGroup      Kind = "group"
	KindMembership Kind = "membership"
	KindStore      Kind = "identitystore" // the store itself, in its own log
)

// ID names an object inside one identity store: a UUID, with or without the
// store's ten hex digits before it, at most 47 characters. It is opaque, and
// means nothing in another store.
type ID string

// StoreID names an identity store: "d-1234567890".
type StoreID string

// Principal is an object of one store, unmistakable everywhere.
type Principal struct {
	Store StoreID `json:"store"`
	Kind  Kind    `json:"kind"`
	ID    ID      `json:"id"`
}

// Record names a person or a group of a source of truth: the source as the
// configuration calls it, and the anchor, which outlives every rename.
type Record struct {
	Source string `json:"source"`
	Kind   Kind   `json:"kind"`
	Anchor Anchor `json:"anchor"`
}

// Meta is what a directory notes about an object by itself.
type Meta struct {
	Revision  string    // opaque; changes with every write; empty where the directory has none
	CreatedAt time.Time // UTC
	UpdatedAt time.Time // UTC
	CreatedBy string
	UpdatedBy string
}

// Group is a group in one directory. Its members are listed apart.
type Group struct {
	ID          ID
	DisplayName string // unique in a store, compared without case
	Description string
	ExternalIDs []ExternalID
	Meta
}

// Membership is one user's place in one group. AWS gives it an id of its own,
// which deleting needs; groups cannot be members (aws-contract 3.4, MemberId).
type Membership struct {
	ID      ID
	GroupID ID
	UserID  ID
	Meta
}

// ExternalID is the anchor as a target stores it, with who issued it. Each part
// holds 1 to 256 characters, none of them white space.
type ExternalID struct {
	Issuer string `json:"issuer"`
	ID     string `json:"id"`
}
