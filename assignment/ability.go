package assignment

import (
	"context"

	"rollcall/fault"
	"rollcall/identity"
)

// PermissionSetEditor is implemented by drivers that can make and change
// permission sets. What has changed reaches an account with the next
// assignment made there, or by ProvisionPermissionSet.
type PermissionSetEditor interface {
	// CreatePermissionSet stores s, whose ARN and time are ignored, with its
	// tags; fault.Conflict if its name is taken.
	CreatePermissionSet(ctx context.Context, s identity.PermissionSet, tags []identity.Tag) (identity.PermissionSet, error)
	UpdatePermissionSet(ctx context.Context, arn string, change PermissionSetChange) error
	// DeletePermissionSet removes a permission set; fault.Conflict while
	// anybody has it anywhere.
	DeletePermissionSet(ctx context.Context, arn string) error
	// ProvisionPermissionSet begins to bring the latest version to an account,
	// or to all that have one if account is empty; fault.Conflict while three
	// such requests are in progress.
	ProvisionPermissionSet(ctx context.Context, arn, account string) (Request, error)
}

// PermissionSetChange is what to change of a permission set; nil leaves as is.
type PermissionSetChange struct {
	Description     *string
	SessionDuration *string
	RelayState      *string
}

// PolicyEditor is implemented by drivers that know what permission sets
// allow, and can change it.
type PolicyEditor interface {
	Policies(ctx context.Context, permissionSet string) (identity.Policies, error)
	// SetInlinePolicy replaces the inline policy; an empty one takes it away.
	SetInlinePolicy(ctx context.Context, permissionSet, document string) error
	// AttachPolicy adds a policy: fault.Conflict if it is there, fault.Quota
	// if there are identity.MaxPolicies.
	AttachPolicy(ctx context.Context, permissionSet string, p identity.Policy) error
	// DetachPolicy takes one away; fault.NotFound if it is not there.
	DetachPolicy(ctx context.Context, permissionSet string, p identity.Policy) error
	// SetBoundary replaces the boundary; nil takes it away.
	SetBoundary(ctx context.Context, permissionSet string, p *identity.Policy) error
}

// Tagger is implemented by drivers that keep tags on permission sets,
// applications and the instance itself, by ARN. Tags are listed by key.
type Tagger interface {
	Tags(ctx context.Context, arn string) ([]identity.Tag, error)
	// TagResource sets tags, over those with the same key; fault.Quota if
	// there would be more than identity.MaxTags.
	TagResource(ctx context.Context, arn string, tags []identity.Tag) error
	// UntagResource takes tags away; a key that is not there changes nothing.
	UntagResource(ctx context.Context, arn string, keys []string) error
}

// InstanceEditor is implemented by drivers that can change the instance
// itself. Regions come and go asynchronously: see [identity.RegionState].
type InstanceEditor interface {
	RenameInstance(ctx context.Context, name string) error
	// AddRegion is fault.Conflict for a region that is there or comes.
	AddRegion(ctx context.Context, name string) (identity.Region, error)
	// RemoveRegion is fault.NotFound for one that is not there, and
	// fault.Conflict for the primary one and one that comes or goes.
	RemoveRegion(ctx context.Context, name string) (identity.Region, error)
}

// ApplicationReader is implemented by drivers that know applications and who
// may use them.
type ApplicationReader interface {
	ListApplications(ctx context.Context, page PageRequest) (Page[identity.Application], error)
	Application(ctx context.Context, arn string) (identity.Application, error)
	ListApplicationAssignments(ctx context.Context, application string, page PageRequest) (Page[identity.ApplicationAssignment], error)
	// ListApplicationAssignmentsFor is [Reader.ListAssignmentsFor] for
	// applications; an empty application means all.
	ListApplicationAssignmentsFor(ctx context.Context, p identity.Principal, application string, page PageRequest) (Page[identity.ApplicationAssignment], error)
}

// ApplicationAssigner is implemented by drivers that can say who may use an
// application. Both take effect at once.
type ApplicationAssigner interface {
	ApplicationReader

	// CreateApplicationAssignment lets a principal in: fault.NotFound if it
	// does not exist, fault.Conflict if it is in.
	CreateApplicationAssignment(ctx context.Context, a identity.ApplicationAssignment) error
	// DeleteApplicationAssignment takes that away; fault.NotFound if it is
	// not there.
	DeleteApplicationAssignment(ctx context.Context, a identity.ApplicationAssignment) error
}

// ApplicationEditor is implemented by drivers that can make applications.
type ApplicationEditor interface {
	// CreateApplication stores a, whose ARN and time are ignored, with its
	// tags. Names need not differ. A token that is not empty names the
	// request: asked again with it, the same is answered and nothing made, as
	// long as the application is there; fault.Conflict for another one.
	CreateApplication(ctx context.Context, a identity.Application, tags []identity.Tag, token string) (identity.Application, error)
	UpdateApplication(ctx context.Context, arn string, change ApplicationChange) error
	// DeleteApplication removes an application and who may use it.
	DeleteApplication(ctx context.Context, arn string) error
}

// ApplicationChange is what to change of an application; nil leaves as is.
type ApplicationChange struct {
	Name               *string
	Description        *string
	Enabled            *bool
	AssignmentRequired *bool
	Portal             *string
}

// OrganizationReader is implemented by drivers that know the organization
// whose accounts access is given to.
type OrganizationReader interface {
	Organization(ctx context.Context) (identity.Organization, error)
	// ListAccounts lists the accounts directly in a root or unit; all of them
	// if parent is empty.
	ListAccounts(ctx context.Context, parent string, page PageRequest) (Page[identity.Account], error)
	Account(ctx context.Context, id string) (identity.Account, error)
	// ListUnits lists the units directly in a root or unit; the roots if
	// parent is empty.
	ListUnits(ctx context.Context, parent string, page PageRequest) (Page[identity.Unit], error)
	Unit(ctx context.Context, id string) (identity.Unit, error)
}

// Abilities says what an instance can do beyond the minimum.
type Abilities struct {
	PermissionSets bool // permission sets can be made, changed and provisioned
	Policies       bool // what they allow can be read and changed
	Tags           bool // tags can be kept
	Settings       bool // the instance's own name and regions can be changed
	Applications   bool // applications can be listed, and given to principals
	NewApps        bool // applications can be made and changed
	Organization   bool // accounts and units can be listed
}

// Abilities returns what this instance can do.
func (i *Instance) Abilities() Abilities {
	var a Abilities
	_, a.PermissionSets = i.driver.(PermissionSetEditor)
	_, a.Policies = i.driver.(PolicyEditor)
	_, a.Tags = i.driver.(Tagger)
	_, a.Settings = i.driver.(InstanceEditor)
	_, a.Applications = i.driver.(ApplicationAssigner)
	_, a.NewApps = i.driver.(ApplicationEditor)
	_, a.Organization = i.driver.(OrganizationReader)
	return a
}

// Ability is one line of the abilities table.
type Ability struct {
	Name string
	Does string
	Has  bool
}

// Table lists the abilities in their one order, for documentation and people.
func (a Abilities) Table() []Ability {
	return []Ability{
		{"permission-sets", "make, change and provision permission sets", a.PermissionSets},
		{"policies", "read and change what permission sets allow", a.Policies},
		{"tags", "keep tags", a.Tags},
		{"settings", "change the instance's name and regions", a.Settings},
		{"applications", "list applications, and let users and groups in", a.Applications},
		{"new-applications", "make and change applications", a.NewApps},
		{"organization", "list accounts and organizational units", a.Organization},
	}
}

// able returns the ability A of a driver, or fault.Unsupported.
func able[A any](d Driver, op, name string) (A, error) {
	ability, ok := d.(A)
	if !ok {
		return ability, fault.Text(fault.Unsupported, op, "instance "+name, "this kind of instance cannot do that")
	}
	return ability, nil
}
