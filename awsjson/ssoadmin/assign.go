package ssoadmin

import (
	"rollcall/awsjson"
	"rollcall/identity"
)

// targetType is the one sort of target that there is.
const targetType = "AWS_ACCOUNT"

// The operations on account assignments.
type (
	// AssignmentInput is what CreateAccountAssignment and
	// DeleteAccountAssignment take.
	AssignmentInput struct {
		PermissionSetInput
		TargetID   *string `json:"TargetId,omitempty"`
		TargetType *string `json:",omitempty"`
		Principal
	}
	// ListAssignmentsInput is what ListAccountAssignments takes.
	ListAssignmentsInput struct {
		PermissionSetInput
		AccountID *string `json:"AccountId,omitempty"`
		Page
	}
	// ListAssignmentsForInput is what ListAccountAssignmentsForPrincipal takes.
	ListAssignmentsForInput struct {
		InInstance
		Principal
		Filter *AccountFilter `json:",omitempty"`
		Page
	}
	// AccountFilter leaves one account.
	AccountFilter struct {
		AccountID *string `json:"AccountId,omitempty"`
	}
	// ListAssignmentsOutput is what both listings of assignments answer.
	ListAssignmentsOutput struct {
		AccountAssignments []Assignment
		NextToken          string `json:",omitempty"`
	}
	// Assignment is an account assignment as it is listed.
	Assignment struct {
		AccountID        string `json:"AccountId"`
		PermissionSetArn string
		Principal
	}
	// ListPermissionSetsInInput is what ListPermissionSetsProvisionedToAccount
	// takes.
	ListPermissionSetsInInput struct {
		InInstance
		AccountID          *string `json:"AccountId,omitempty"`
		ProvisioningStatus *string `json:",omitempty"`
		Page
	}
	// ListAccountsWithInput is what ListAccountsForProvisionedPermissionSet
	// takes.
	ListAccountsWithInput struct {
		PermissionSetInput
		ProvisioningStatus *string `json:",omitempty"`
		Page
	}
	// ListAccountsWithOutput is what ListAccountsForProvisionedPermissionSet
	// answers.
	ListAccountsWithOutput struct {
		AccountIDs []string `json:"AccountIds"`
		NextToken  string   `json:",omitempty"`
	}
)

func (in *AssignmentInput) Constrain(c *awsjson.Checker) {
	in.PermissionSetInput.Constrain(c)
	c.Needed("targetId", in.TargetID, accountRule)
	if c.Required("targetType", in.TargetType != nil) {
		c.Enum("targetType", in.TargetType, targetType)
	}
	in.Principal.constrain(c)
}

func (in *ListAssignmentsInput) Constrain(c *awsjson.Checker) {
	in.PermissionSetInput.Constrain(c)
	c.Needed("accountId", in.AccountID, accountRule)
	in.Page.constrain(c)
}

func (in *ListAssignmentsForInput) Constrain(c *awsjson.Checker) {
	in.InInstance.Constrain(c)
	in.Principal.constrain(c)
	if in.Filter != nil {
		c.Text("filter.accountId", in.Filter.AccountID, accountRule)
	}
	in.Page.constrain(c)
}

func (in *ListPermissionSetsInInput) Constrain(c *awsjson.Checker) {
	in.InInstance.Constrain(c)
	c.Needed("accountId", in.AccountID, accountRule)
	provisioned(c, in.ProvisioningStatus)
	in.Page.constrain(c)
}

func (in *ListAccountsWithInput) Constrain(c *awsjson.Checker) {
	in.PermissionSetInput.Constrain(c)
	provisioned(c, in.ProvisioningStatus)
	in.Page.constrain(c)
}

func provisioned(c *awsjson.Checker, status *string) {
	c.Enum("provisioningStatus", status, "LATEST_PERMISSION_SET_PROVISIONED", "LATEST_PERMISSION_SET_NOT_PROVISIONED")
}

// Assignment is the assignment that a checked input names.
func (in *AssignmentInput) Assignment() identity.Assignment {
	return identity.Assignment{Principal: in.Principal.Identity(), PermissionSet: text(in.PermissionSetArn), Account: text(in.TargetID)}
}

// Account is the account that a checked input is narrowed to; empty for all.
func (in *ListAssignmentsForInput) Account() string {
	if in.Filter == nil {
		return ""
	}
	return text(in.Filter.AccountID)
}

// AssignmentOf writes a as it is listed.
func AssignmentOf(a identity.Assignment) Assignment {
	return Assignment{a.Account, a.PermissionSet, PrincipalOf(a.Principal)}
}
