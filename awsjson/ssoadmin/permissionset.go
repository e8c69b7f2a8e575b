package ssoadmin

import (
	"rollcall/awsjson"
	"rollcall/identity"
)

// PermissionSet is a permission set as it is described.
type PermissionSet struct {
	Name             string
	PermissionSetArn string
	Description      string        `json:",omitempty"`
	CreatedDate      *awsjson.Time `json:",omitempty"`
	SessionDuration  string        `json:",omitempty"` // ISO 8601: PT1H
	RelayState       string        `json:",omitempty"`
}

// The operations on permission sets.
type (
	// CreatePermissionSetInput is what CreatePermissionSet takes.
	CreatePermissionSetInput struct {
		InInstance
		Name *string `json:",omitempty"`
		PermissionSetAttributes
		Tags []Tag `json:",omitempty"`
	}
	// PermissionSetAttributes are those that can be changed.
	PermissionSetAttributes struct {
		Description     *string `json:",omitempty"`
		SessionDuration *string `json:",omitempty"`
		RelayState      *string `json:",omitempty"`
	}
	// PermissionSetOutput is what CreatePermissionSet and
	// DescribePermissionSet answer.
	PermissionSetOutput struct{ PermissionSet PermissionSet }
	// PermissionSetInput is what all operations take that say no more than
	// which permission set is meant.
	PermissionSetInput struct {
		InInstance
		PermissionSetArn *string `json:",omitempty"`
	}
	// UpdatePermissionSetInput is what UpdatePermissionSet takes; it answers
	// nothing.
	UpdatePermissionSetInput struct {
		PermissionSetInput
		PermissionSetAttributes
	}
	// ListPermissionSetsOutput is what ListPermissionSets answers: ARNs.
	ListPermissionSetsOutput struct {
		PermissionSets []string
		NextToken      string `json:",omitempty"`
	}
	// ListPermissionSetsInOutput is what ListPermissionSetsProvisionedToAccount
	// answers: of an account that has none, AWS leaves the list out, as programs
	// that read it found out.
	ListPermissionSetsInOutput struct {
		PermissionSets []string `json:",omitempty"`
		NextToken      string   `json:",omitempty"`
	}
)

func (a *PermissionSetAttributes) constrain(c *awsjson.Checker) {
	c.Text("description", a.Description, setTextRule)
	c.Text("sessionDuration", a.SessionDuration, durationRule)
	c.Text("relayState", a.RelayState, relayStateRule)
}

func (in *CreatePermissionSetInput) Constrain(c *awsjson.Checker) {
	in.InInstance.Constrain(c)
	c.Needed("name", in.Name, setNameRule)
	in.constrain(c)
	tags(c, in.Tags)
}

func (in *PermissionSetInput) Constrain(c *awsjson.Checker) {
	in.InInstance.Constrain(c)
	c.Needed("permissionSetArn", in.PermissionSetArn, permissionSetRule)
}

func (in *UpdatePermissionSetInput) Constrain(c *awsjson.Checker) {
	in.PermissionSetInput.Constrain(c)
	in.constrain(c)
}

// PermissionSet is the permission set that a checked input describes.
func (in *CreatePermissionSetInput) PermissionSet() identity.PermissionSet {
	return identity.PermissionSet{
		Name: text(in.Name), Description: text(in.Description), SessionDuration: text(in.SessionDuration), RelayState: text(in.RelayState),
	}
}

// PermissionSetOf writes s.
func PermissionSetOf(s *identity.PermissionSet) PermissionSet {
	return PermissionSet{s.Name, s.ARN, s.Description, awsjson.TimeOf(s.CreatedAt), s.SessionDuration, s.RelayState}
}
