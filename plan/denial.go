package plan

import (
	"cmp"
	"time"

	"rollcall/identity"
)

// Denial is a statement in the inline policy of a permission set that forbids a
// person everything, also what role sessions may do that were issued before
// ([identity.DenyUser]). Whose it is stands beside it.
type Denial struct {
	PermissionSet string `json:"permissionSet"`     // ARN
	SetName       string `json:"setName,omitempty"` // for people, where it is known
	// Until is when the last role session ends that could be issued: from then on
	// the statement may be taken out of somebody's who is still put out. Nil: only
	// of theirs who is let in again.
	Until *time.Time `json:"until,omitempty"`
}

// ID is how the journal calls the denial of a user: "ps-…:<id>".
func (d Denial) ID(user identity.ID) identity.ID {
	return identity.LastPart(d.PermissionSet) + ":" + user
}

// Text is the permission set's name.
func (d Denial) Text() string { return cmp.Or(d.SetName, d.PermissionSet) }

// Undenied is a permission set by which somebody who leaves may have role
// sessions that are not to be denied in its own policy.
type Undenied struct {
	PermissionSet string   `json:"permissionSet"` // ARN
	SetName       string   `json:"setName,omitempty"`
	Accounts      []string `json:"accounts"` // where they reach it: twelve digits each
	Why           string   `json:"why"`
}
