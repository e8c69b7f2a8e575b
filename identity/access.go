package identity

import "time"

// The kinds of object of the access side of an instance, beside those of its
// identity store. Their ids in a log are the last part of their ARNs:
// "ps-…", "apl-…", "ssoins-…"; an assignment's is that of its request.
const (
	KindInstance              Kind = "instance"
	KindPermissionSet         Kind = "permissionset"
	KindAssignment            Kind = "assignment"
	KindApplication           Kind = "application"
	KindApplicationAssignment Kind = "applicationassignment"
	// KindSession is what a person's role sessions by a permission set may do; its
	// id in the journal is "ps-…:<user>".
	KindSession Kind = "session"
)

// Instance is one Identity Center: an identity store, and what its users and
// groups may reach (aws-contract 4.1, DescribeInstance).
type Instance struct {
	ARN       string
	Store     StoreID
	Owner     string // the account it belongs to
	Name      string // 0 to 255 characters; empty if it has none
	OfAccount bool   // of one account, not of an organization: it has no permission sets
	Regions   []Region
	CreatedAt time.Time // UTC
}

// RegionState says how far an instance is in a region.
type RegionState string

// The states of a region (aws-contract 4.5).
const (
	RegionActive   RegionState = "ACTIVE"
	RegionAdding   RegionState = "ADDING"
	RegionRemoving RegionState = "REMOVING"
)

// Region is a region that an instance is in. One is primary: there it is
// written to.
type Region struct {
	Name    string
	Primary bool
	State   RegionState
	AddedAt time.Time // UTC
}

// PermissionSet is a named set of rights that is assigned in accounts. What it
// allows is apart: see [Policies].
type PermissionSet struct {
	ARN             string
	Name            string // 1 to 32 characters, unique in an instance without case
	Description     string // at most 700 characters of Latin-1; empty if it has none
	SessionDuration string // ISO 8601, one to twelve hours: "PT1H"
	RelayState      string // where a session begins, at most 240 characters; empty if nowhere
	CreatedAt       time.Time
}

// DefaultSession is how long a session lasts where nobody said.
const DefaultSession = "PT1H"

// Policies are what a permission set allows.
type Policies struct {
	Inline   string   // a JSON document; empty if there is none
	Managed  []Policy // AWS's own, in the order they were attached
	Customer []Policy // those that each account has under this name
	Boundary *Policy  // the most that it can allow; nil if there is none
}

// Policy refers to a policy of IAM: AWS's own by ARN, one that each account
// brings by name and path. It has the one or the other.
type Policy struct {
	ARN  string // "arn:aws:iam::aws:policy/ReadOnlyAccess"
	Name string // 1 to 128 characters
	Path string // begins and ends with a slash; empty means "/"
}

// Tag is a label on a permission set, an application or an instance.
type Tag struct {
	Key   string // 1 to 128 characters
	Value string // 0 to 256
}

// Assignment gives a user or a group a permission set in an account.
type Assignment struct {
	Principal     Principal `json:"principal"`
	PermissionSet string    `json:"permissionSet"` // ARN
	Account       string    `json:"account"`       // twelve digits
}

// Application is something users sign in to that is no AWS account.
type Application struct {
	ARN                string
	Provider           string // ARN of what it is an instance of
	Name               string // 1 to 100 characters
	Description        string // at most 128 characters; empty if it has none
	Account            string // the account it belongs to
	Enabled            bool
	AssignmentRequired bool   // if not, everybody of the store may use it
	Portal             string // how the portal shows it, as the caller's JSON; empty if nobody said
	CreatedAt          time.Time
}

// ApplicationAssignment lets a user or a group use an application.
type ApplicationAssignment struct {
	Application string // ARN
	Principal   Principal
}
