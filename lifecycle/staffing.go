package lifecycle

import "rollcall/identity"

// Attribute is an attribute as a person wrote it down; an empty value takes it
// away.
type Attribute struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// StaffingRequest is what was asked for about somebody who comes in or moves, as
// a flow keeps it: by names, which are looked up when it is due, and by a role
// template as it is then.
type StaffingRequest struct {
	Name       string      `json:"name"`             // a joiner's userName; what a mover was called
	Object     identity.ID `json:"object,omitempty"` // the mover
	Attributes []Attribute `json:"attributes,omitempty"`
	Groups     []string    `json:"groups,omitempty"` // a joiner's; of a mover, if exact, all there are to be
	Exact      bool        `json:"exact,omitempty"`
	Add        []string    `json:"add,omitempty"`
	Remove     []string    `json:"remove,omitempty"`
	Give       []string    `json:"give,omitempty"` // as [ParsePlace] reads them
	Take       []string    `json:"take,omitempty"`
	Role       string      `json:"role,omitempty"`

	IfExists         string `json:"ifExists,omitempty"`
	CreateGroups     bool   `json:"createGroups,omitempty"`
	ExternalIDChange bool   `json:"externalIdChange,omitempty"` // it may be changed
}
