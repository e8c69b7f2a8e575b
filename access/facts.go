// Package access answers who can reach which AWS account, by which way, and
// what a plan would change about it.
//
// Facts are what was read; a Graph is made from them once and answers. Both are
// plain values: nothing here asks anybody anything, but a Reader that fills
// Facts.
package access

import (
	"time"

	"rollcall/identity"
)

// Facts are who is there and what was given to whom in one Identity Center, as
// read. They are complete for what Scope says.
type Facts struct {
	Taken     time.Time        `json:"taken"`     // when the oldest part was read
	Directory string           `json:"directory"` // as the configuration calls it
	Store     identity.StoreID `json:"store"`
	Scope     Scope            `json:"scope,omitzero"`

	Users       []User                `json:"users"`
	Groups      []Group               `json:"groups"`
	Units       []identity.Unit       `json:"units,omitempty"`
	Accounts    []identity.Account    `json:"accounts"`
	Sets        []Set                 `json:"permissionSets"`
	Assignments []identity.Assignment `json:"assignments"`
}

// Scope says what Facts are limited to; the zero value is everything there is.
// Users, Accounts and Sets are complete whatever it says.
type Scope struct {
	User    identity.ID `json:"user,omitempty"`    // the groups of this user, and what they and the user were given
	Account string      `json:"account,omitempty"` // what was given in this account
	Set     string      `json:"set,omitempty"`     // what was given with this permission set, by its ARN
}

// User is somebody who may sign in.
type User struct {
	ID       identity.ID `json:"id"`
	Name     string      `json:"userName"`
	Display  string      `json:"displayName,omitempty"`
	Disabled bool        `json:"disabled,omitempty"` // reaches nothing, whatever was given
}

// Group is a group of the directory and who is in it.
type Group struct {
	ID      identity.ID   `json:"id"`
	Name    string        `json:"displayName"`
	Members []identity.ID `json:"members"`
	// Nested are the groups of the source between this group and a person, the
	// outermost first, where a source says so; a direct member has none.
	Nested map[identity.ID][]string `json:"nested,omitempty"`
}

// Set is a permission set.
type Set struct {
	ARN     string        `json:"arn"`
	Name    string        `json:"name"`
	Session time.Duration `json:"session,omitempty"` // how long a role session lives, in nanoseconds
}
