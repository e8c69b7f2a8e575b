// Package organizations has the shapes of the reads of AWS Organizations with
// their constraints (aws-contract section 5), as awsJson1.1 carries them: for
// the door that serves them and for a client that asks.
//
// It knows no operation that changes an organization: accounts come and go
// elsewhere.
package organizations

import "rollcall/awsjson"

const (
	// Target is the service's name in [awsjson.HeaderTarget].
	Target = "AWSOrganizationsV20161128"
	// SigningName is the service's name in signatures.
	SigningName = "organizations"
	// LargestPage is the most that a page may hold, and what one holds whose
	// size nobody named.
	LargestPage = 20
)

// The types of error that the service's model has for reads.
const (
	TypeAccessDenied    = "AccessDeniedException"
	TypeNotInUse        = "AWSOrganizationsNotInUseException"
	TypeInvalidInput    = "InvalidInputException"
	TypeAccountNotFound = "AccountNotFoundException"
	TypeParentNotFound  = "ParentNotFoundException"
	TypeChildNotFound   = "ChildNotFoundException"
	TypeUnitNotFound    = "OrganizationalUnitNotFoundException"
	TypeTargetNotFound  = "TargetNotFoundException"
	TypeTooManyRequests = "TooManyRequestsException"
	TypeConcurrent      = "ConcurrentModificationException"
	TypeConstraint      = "ConstraintViolationException"
	TypeService         = "ServiceException"
)

// The reasons that a [TypeInvalidInput] gives.
const (
	ReasonRequired = "INPUT_REQUIRED"
	ReasonPattern  = "INVALID_PATTERN"
	ReasonEnum     = "INVALID_ENUM"
	ReasonToken    = "INVALID_NEXT_TOKEN"
	ReasonTooHigh  = "MAX_VALUE_EXCEEDED"
	ReasonTooLow   = "MIN_VALUE_EXCEEDED"
	ReasonTooLong  = "MAX_LENGTH_EXCEEDED"
	ReasonTooShort = "MIN_LENGTH_EXCEEDED"
)

// What a member called Type says.
const (
	TypeRoot    = "ROOT"
	TypeUnit    = "ORGANIZATIONAL_UNIT"
	TypeAccount = "ACCOUNT"
)

// What the operations take. Pages hold 1 to [LargestPage].
type (
	// ListInput is what ListAccounts, ListRoots and
	// ListAWSServiceAccessForOrganization take.
	ListInput struct{ awsjson.Page }
	// ParentInput is what ListAccountsForParent and
	// ListOrganizationalUnitsForParent take.
	ParentInput struct {
		awsjson.Page
		ParentID *string `json:"ParentId,omitempty"` // a root or a unit
	}
	// ChildrenInput is what ListChildren takes.
	ChildrenInput struct {
		ParentInput
		ChildType *string `json:"ChildType,omitempty"` // [TypeAccount] or [TypeUnit]
	}
	// ListParentsInput is what ListParents takes.
	ListParentsInput struct {
		awsjson.Page
		ChildID *string `json:"ChildId,omitempty"` // an account or a unit
	}
	// DescribeAccountInput is what DescribeAccount takes.
	DescribeAccountInput struct {
		AccountID *string `json:"AccountId,omitempty"`
	}
	// DescribeUnitInput is what DescribeOrganizationalUnit takes.
	DescribeUnitInput struct {
		UnitID *string `json:"OrganizationalUnitId,omitempty"`
	}
	// DescribeOrganizationInput is what DescribeOrganization takes: nothing.
	DescribeOrganizationInput struct{}
	// AdministratorsInput is what ListDelegatedAdministrators takes.
	AdministratorsInput struct {
		awsjson.Page
		ServicePrincipal *string `json:"ServicePrincipal,omitempty"`
	}
	// TagsInput is what ListTagsForResource takes.
	TagsInput struct {
		ResourceID *string `json:"ResourceId,omitempty"` // an account, a root, a unit or a policy
		NextToken  *string `json:"NextToken,omitempty"`
	}
)

// What the operations answer. Lists are never null.
type (
	// AccountsOutput is what ListAccounts and ListAccountsForParent answer.
	AccountsOutput struct {
		Accounts  []Account
		NextToken string `json:",omitempty"`
	}
	// AccountOutput is what DescribeAccount answers.
	AccountOutput struct{ Account Account }
	// RootsOutput is what ListRoots answers.
	RootsOutput struct {
		Roots     []Root
		NextToken string `json:",omitempty"`
	}
	// UnitsOutput is what ListOrganizationalUnitsForParent answers.
	UnitsOutput struct {
		OrganizationalUnits []Unit
		NextToken           string `json:",omitempty"`
	}
	// UnitOutput is what DescribeOrganizationalUnit answers.
	UnitOutput struct{ OrganizationalUnit Unit }
	// ParentsOutput is what ListParents answers.
	ParentsOutput struct{ Parents []Relative }
	// ChildrenOutput is what ListChildren answers.
	ChildrenOutput struct {
		Children  []Relative
		NextToken string `json:",omitempty"`
	}
	// OrganizationOutput is what DescribeOrganization answers.
	OrganizationOutput struct{ Organization Organization }
	// AdministratorsOutput is what ListDelegatedAdministrators answers:
	// accounts, of which an embedded organization has none.
	AdministratorsOutput struct{ DelegatedAdministrators []Account }
	// ServiceAccessOutput is what ListAWSServiceAccessForOrganization answers.
	ServiceAccessOutput struct{ EnabledServicePrincipals []ServicePrincipal }
	// TagsOutput is what ListTagsForResource answers.
	TagsOutput struct{ Tags []Tag }
)

// What they are about.
type (
	// Account is an account of the organization. Status and the newer State
	// say the same in two sets of words.
	Account struct {
		ID              string `json:"Id"`
		Arn             string
		Email           string
		Name            string
		Status          string
		State           string
		Paths           []string // "o-…/r-…/ou-…/ACCOUNT/", one for each place it is in
		JoinedMethod    string   // INVITED or CREATED
		JoinedTimestamp *awsjson.Time
	}
	// Root is the top of an organization.
	Root struct {
		ID          string `json:"Id"`
		Arn         string
		Name        string
		PolicyTypes []PolicyType
	}
	// Unit is an organizational unit.
	Unit struct {
		ID   string `json:"Id"`
		Arn  string
		Name string
		Path string // "o-…/r-…/ou-…/"
	}
	// Relative is a parent or a child.
	Relative struct {
		ID   string `json:"Id"`
		Type string
	}
	// Organization is what holds the accounts.
	Organization struct {
		ID                   string `json:"Id"`
		Arn                  string
		FeatureSet           string
		MasterAccountArn     string
		MasterAccountID      string `json:"MasterAccountId"`
		MasterAccountEmail   string
		AvailablePolicyTypes []PolicyType
	}
	// PolicyType says whether a sort of policy can be used.
	PolicyType struct{ Type, Status string }
	// ServicePrincipal is a service that works with the organization.
	ServicePrincipal struct {
		ServicePrincipal string
		DateEnabled      *awsjson.Time `json:",omitempty"`
	}
	// Tag is a key and its value.
	Tag struct{ Key, Value string }
)
