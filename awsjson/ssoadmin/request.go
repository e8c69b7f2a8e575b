package ssoadmin

import (
	"time"

	"rollcall/awsjson"
	"rollcall/identity"
)

// RequestStatus is how far a request is that takes a while.
type RequestStatus struct {
	Status        string // IN_PROGRESS, SUCCEEDED or FAILED
	RequestID     string `json:"RequestId"`
	FailureReason string `json:",omitempty"`
	// CreatedDate is not in the answer to the request itself (aws-contract
	// 4.6).
	CreatedDate *awsjson.Time `json:",omitempty"`
}

// AssignmentStatus is [RequestStatus] for an assignment that is made or taken
// away.
type AssignmentStatus struct {
	RequestStatus
	TargetID         string `json:"TargetId"`
	TargetType       string
	PermissionSetArn string
	Principal
}

// ProvisioningStatus is [RequestStatus] for a permission set that is brought
// to one account, or to all if none is named.
type ProvisioningStatus struct {
	RequestStatus
	AccountID        string `json:"AccountId,omitempty"`
	PermissionSetArn string
}

// The operations on requests that take a while.
type (
	// CreationStatusInput is what DescribeAccountAssignmentCreationStatus
	// takes.
	CreationStatusInput struct {
		InInstance
		ID *string `json:"AccountAssignmentCreationRequestId,omitempty"`
	}
	// DeletionStatusInput is what DescribeAccountAssignmentDeletionStatus
	// takes.
	DeletionStatusInput struct {
		InInstance
		ID *string `json:"AccountAssignmentDeletionRequestId,omitempty"`
	}
	// ProvisioningStatusInput is what DescribePermissionSetProvisioningStatus
	// takes.
	ProvisioningStatusInput struct {
		InInstance
		ID *string `json:"ProvisionPermissionSetRequestId,omitempty"`
	}
	// CreationStatusOutput is what CreateAccountAssignment and
	// DescribeAccountAssignmentCreationStatus answer.
	CreationStatusOutput struct{ AccountAssignmentCreationStatus AssignmentStatus }
	// DeletionStatusOutput is what DeleteAccountAssignment and
	// DescribeAccountAssignmentDeletionStatus answer.
	DeletionStatusOutput struct{ AccountAssignmentDeletionStatus AssignmentStatus }
	// ProvisioningStatusOutput is what ProvisionPermissionSet and
	// DescribePermissionSetProvisioningStatus answer.
	ProvisioningStatusOutput struct{ PermissionSetProvisioningStatus ProvisioningStatus }
	// ListStatusInput is what ListAccountAssignmentCreationStatus,
	// ListAccountAssignmentDeletionStatus and
	// ListPermissionSetProvisioningStatus take.
	ListStatusInput struct {
		InInstance
		Filter *StatusFilter `json:",omitempty"`
		Page
	}
	// StatusFilter leaves the requests of one status.
	StatusFilter struct {
		Status *string `json:",omitempty"`
	}
	// ListCreationStatusOutput is what ListAccountAssignmentCreationStatus
	// answers.
	ListCreationStatusOutput struct {
		AccountAssignmentsCreationStatus []RequestStatus
		NextToken                        string `json:",omitempty"`
	}
	// ListDeletionStatusOutput is what ListAccountAssignmentDeletionStatus
	// answers.
	ListDeletionStatusOutput struct {
		AccountAssignmentsDeletionStatus []RequestStatus
		NextToken                        string `json:",omitempty"`
	}
	// ListProvisioningStatusOutput is what ListPermissionSetProvisioningStatus
	// answers.
	ListProvisioningStatusOutput struct {
		PermissionSetsProvisioningStatus []RequestStatus
		NextToken                        string `json:",omitempty"`
	}
	// ProvisionInput is what ProvisionPermissionSet takes.
	ProvisionInput struct {
		PermissionSetInput
		TargetID   *string `json:"TargetId,omitempty"`
		TargetType *string `json:",omitempty"`
	}
)

func (in *CreationStatusInput) Constrain(c *awsjson.Checker) {
	in.InInstance.Constrain(c)
	c.Needed("accountAssignmentCreationRequestId", in.ID, requestRule)
}

func (in *DeletionStatusInput) Constrain(c *awsjson.Checker) {
	in.InInstance.Constrain(c)
	c.Needed("accountAssignmentDeletionRequestId", in.ID, requestRule)
}

func (in *ProvisioningStatusInput) Constrain(c *awsjson.Checker) {
	in.InInstance.Constrain(c)
	c.Needed("provisionPermissionSetRequestId", in.ID, requestRule)
}

func (in *ListStatusInput) Constrain(c *awsjson.Checker) {
	in.InInstance.Constrain(c)
	in.Page.constrain(c)
	if in.Filter != nil {
		c.Enum("filter.status", in.Filter.Status, "IN_PROGRESS", "FAILED", "SUCCEEDED")
	}
}

func (in *ProvisionInput) Constrain(c *awsjson.Checker) {
	in.PermissionSetInput.Constrain(c)
	const all = "ALL_PROVISIONED_ACCOUNTS"
	c.Text("targetId", in.TargetID, accountRule)
	if !c.Required("targetType", in.TargetType != nil) {
		return
	}
	c.Enum("targetType", in.TargetType, targetType, all)
	switch {
	case *in.TargetType == targetType && in.TargetID == nil:
		c.Refuse("targetId", "Member must not be null when targetType is "+targetType)
	case *in.TargetType == all && in.TargetID != nil:
		c.Refuse("targetId", "Member must be null when targetType is "+all)
	}
}

// Account is the account that a checked input names; empty for all.
func (in *ProvisionInput) Account() string { return text(in.TargetID) }

// State is the status that a checked input is narrowed to; empty for all.
func (in *ListStatusInput) State() string {
	if in.Filter == nil {
		return ""
	}
	return text(in.Filter.Status)
}

// RequestStatusOf writes how far a request is. The zero time is left out.
func RequestStatusOf(id, status, reason string, created time.Time) RequestStatus {
	return RequestStatus{status, id, reason, awsjson.TimeOf(created)}
}

// AssignmentStatusOf writes how far a request about a is.
func AssignmentStatusOf(r RequestStatus, a identity.Assignment) AssignmentStatus {
	return AssignmentStatus{r, a.Account, targetType, a.PermissionSet, PrincipalOf(a.Principal)}
}

// ProvisioningStatusOf writes how far a permission set is on its way to the
// account of a, or to all if it has none.
func ProvisioningStatusOf(r RequestStatus, a identity.Assignment) ProvisioningStatus {
	return ProvisioningStatus{r, a.Account, a.PermissionSet}
}
