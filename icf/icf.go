// Package icf is the contract that an identity management system speaks with a
// connector over REST: the OpenICF object types of AWS IAM Identity Center, and
// the CREST conventions round them (query filters, patch operations, pages,
// errors), for whoever serves them.
//
// It does no I/O and knows no directory. What it takes on input is wider than
// what it gives: every spelling that is seen in the wild is read, one is
// written.
package icf

// The object types of the connector, and the one that is both.
const (
	Account = "__ACCOUNT__"
	Group   = "__GROUP__"
	All     = "__ALL__"
)

// The attributes that every object has, and the one that memberships are.
const (
	AttrID       = "_id"
	AttrRevision = "_rev"
	AttrName     = "__NAME__"
	AttrGroups   = "__GROUPS__"
)

// Types lists the object types in the order of their names.
func Types() []string { return []string{Account, All, Group} }

// MaxPage is the largest page, in objects, that the connector gives.
const MaxPage = 100
