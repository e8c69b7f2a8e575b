package plan

import (
	"time"

	"rollcall/identity"
)

// Mode is how far a leaver's plan goes. Each takes all that the one before it
// takes.
type Mode string

// The modes of a leaver.
const (
	Disable Mode = "disable" // held and disabled; keeps groups and assignments
	Revoke  Mode = "revoke"  // and taken out of groups, accounts and applications
	Delete  Mode = "delete"  // and deleted, once all before is done
)

// Modes lists the modes, the mildest first.
func Modes() []Mode { return []Mode{Disable, Revoke, Delete} }

// Leaver is somebody whom a plan puts out, with what has to be known of them
// after they are gone.
type Leaver struct {
	Object identity.ID      `json:"object"`
	Name   string           `json:"name"` // userName
	Record *identity.Record `json:"record,omitempty"`
	Mode   Mode             `json:"mode"`
	// First says that the plan only holds and disables them, before anybody has
	// read what they have; a later plan has the rest.
	First bool  `json:"first,omitempty"`
	Ways  []Way `json:"ways,omitempty"` // by which they could take role sessions when the plan was made
	// Denied are the permission sets, by ARN, of which they were denied everything
	// already when the plan was made: an earlier run had come that far.
	Denied []string `json:"denied,omitempty"`
	// Undenied are those of the ways whose sessions were to be denied and are not.
	Undenied []Undenied `json:"undenied,omitempty"`
	Unread   string     `json:"unread,omitempty"` // why not all of the ways could be read; empty if they were
}

// Way is a permission set in an account that a person reaches, by themselves or
// by a group.
type Way struct {
	PermissionSet string      `json:"permissionSet"` // ARN
	SetName       string      `json:"setName,omitempty"`
	Account       string      `json:"account"` // twelve digits
	AccountName   string      `json:"accountName,omitempty"`
	Group         identity.ID `json:"group,omitempty"` // none if it is the person's own
	GroupName     string      `json:"groupName,omitempty"`
	Seconds       int         `json:"seconds"` // how long a role session lasts that is issued by it
}

// Session is how long a role session by w lasts.
func (w Way) Session() time.Duration { return time.Duration(w.Seconds) * time.Second }

// Text says for people what is reached, and by which group.
func (w Way) Text() string {
	text := Assignment{PermissionSet: w.PermissionSet, SetName: w.SetName, Account: w.Account, AccountName: w.AccountName}.Text()
	if w.Group != "" {
		text += " by group " + w.GroupName
	}
	return text
}
