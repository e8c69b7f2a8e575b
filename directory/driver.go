// Package directory is how the rest of the program reads and changes any place
// that holds users, groups and memberships.
//
// A [Driver] is small, and is written once for each kind of place. Callers hold
// a [Directory], which only reads: it pages, retries and finds objects by any
// name. Writing is a separate type, [Writer], that only the executor of plans
// and the doors of the embedded directory may make; a test of the module holds
// that. What a place can do beyond the minimum is a one-method interface,
// asked for in one place: [Directory.Abilities].
package directory

import (
	"context"
	"encoding/json"
	"time"

	"rollcall/identity"
)

// Store says which identity store a directory is. Plans carry it, and are
// refused by any other.
type Store struct {
	ID       identity.StoreID
	Instance string // ARN of the Identity Center instance; empty if the driver does not know it
}

// PageRequest asks for one page of a listing. The zero value asks for the
// first, as long as the driver likes.
type PageRequest struct {
	Token string // from the page before; opaque
	Limit int    // at most this many items; 0 lets the driver choose, less is fault.Invalid
}

// Page is a part of a listing. It may be short, or empty, with a Next all the
// same; only an empty Next ends the listing.
type Page[T any] struct {
	Items []T
	Next  string
}

// Key is a unique attribute and the value to find an object by. Values are
// compared as the directory compares them: names and e-mails without case,
// external ids byte by byte.
type Key struct {
	Attribute string // KeyUserName, KeyEmail, KeyExternalID, KeyDisplayName
	Value     string
	Issuer    string // KeyExternalID only; empty matches any issuer, two objects' being fault.Conflict
}

// The attributes by which objects are found (aws-contract 3.4,
// AlternateIdentifier).
const (
	KeyUserName    = "userName"
	KeyEmail       = "emails.value"
	KeyExternalID  = "externalId"
	KeyDisplayName = "displayName" // groups
)

// Reader is the reading half of a driver. Methods fail with a fault kind:
// fault.NotFound for an object that is not there (the group or user whose
// memberships are listed, too), fault.Invalid for a page token that this same
// listing did not give, and for a key that is empty or no unique attribute. A
// listing is stable while others write: an object that exists from its first
// page to its last is yielded once.
type Reader interface {
	Store(ctx context.Context) (Store, error)

	ListUsers(ctx context.Context, page PageRequest) (Page[identity.User], error)
	ListGroups(ctx context.Context, page PageRequest) (Page[identity.Group], error)
	// ListMembers lists the memberships of one group.
	ListMembers(ctx context.Context, group identity.ID, page PageRequest) (Page[identity.Membership], error)
	// ListMemberships lists the groups of one user.
	ListMemberships(ctx context.Context, user identity.ID, page PageRequest) (Page[identity.Membership], error)

	User(ctx context.Context, id identity.ID) (identity.User, error)
	Group(ctx context.Context, id identity.ID) (identity.Group, error)
	// FindUser looks a user up by userName, e-mail or external id.
	FindUser(ctx context.Context, key Key) (identity.User, error)
	// FindGroup looks a group up by displayName or external id.
	FindGroup(ctx context.Context, key Key) (identity.Group, error)
	// Membership returns the membership with that id.
	Membership(ctx context.Context, id identity.ID) (identity.Membership, error)
	// FindMembership returns the membership of user in group.
	FindMembership(ctx context.Context, group, user identity.ID) (identity.Membership, error)
}

// Driver is what every kind of directory must do. A driver never retries a
// write; one that may have happened fails with fault.Unsettled. A revision is
// checked when it is given, and a mismatch is fault.Stale; an empty one makes
// the write unconditional.
type Driver interface {
	Reader

	// CreateUser stores u, whose ID and Meta are ignored, and returns it as
	// stored. A userName, e-mail or external id that is taken is
	// fault.Conflict. Drivers that are no [StatusSetter] store every user as
	// active, those that are no [ExternalIDSetter] ignore ExternalIDs.
	CreateUser(ctx context.Context, u identity.User) (identity.User, error)
	// UpdateUser sets the attributes that edits name to their New values (Old
	// is not looked at) and returns the user as stored. It takes 1 to
	// identity.MaxOperations edits; paths "active" and "externalIds" are
	// fault.Unsupported, they have abilities of their own. A result that is not
	// valid is fault.Invalid: see [identity.User.Validate].
	UpdateUser(ctx context.Context, id identity.ID, revision string, edits []identity.Edit) (identity.User, error)
	// DeleteUser removes the user and its memberships.
	DeleteUser(ctx context.Context, id identity.ID, revision string) error

	CreateGroup(ctx context.Context, g identity.Group) (identity.Group, error)
	UpdateGroup(ctx context.Context, id identity.ID, revision string, edits []identity.Edit) (identity.Group, error)
	// DeleteGroup removes the group and its memberships.
	DeleteGroup(ctx context.Context, id identity.ID, revision string) error

	// AddMember puts user into group. It is fault.Conflict if it is there,
	// fault.NotFound if either is not.
	AddMember(ctx context.Context, group, user identity.ID) (identity.Membership, error)
	// RemoveMember deletes the membership with that id.
	RemoveMember(ctx context.Context, membership identity.ID) error
}

// StatusSetter is implemented by drivers that can enable and disable users.
type StatusSetter interface {
	SetActive(ctx context.Context, user identity.ID, revision string, active bool) (identity.User, error)
}

// ExternalIDSetter is implemented by drivers that can store external ids. The
// list replaces the one there is. One taken by another object of the same kind
// is fault.Conflict.
type ExternalIDSetter interface {
	SetExternalIDs(ctx context.Context, kind identity.Kind, id identity.ID, revision string, ids []identity.ExternalID) error
}

// MemberChanger is implemented by drivers that can change many members of one
// group at once: at most identity.MaxMembers, additions and removals together.
// It happens as a whole or not at all. A user who is a member already, or is
// none, is left as is: the call can be repeated. To add a user who does not
// exist is fault.NotFound, to remove one changes nothing.
type MemberChanger interface {
	ChangeMembers(ctx context.Context, group identity.ID, add, remove []identity.ID) error
}

// Founder is implemented by drivers that can create a group together with its
// first members: at most identity.MaxMembers, each of whom exists; otherwise it
// is fault.NotFound or fault.Invalid, and there is no group.
type Founder interface {
	CreateGroupWith(ctx context.Context, g identity.Group, members []identity.ID) (identity.Group, error)
}

// Reviser is implemented by drivers whose objects carry revisions that change
// with every write, and that check the one they are given.
type Reviser interface {
	ChecksRevisions()
}

// Feeder is implemented by drivers that keep a log of their own writes, in
// commit order. What changed nothing is no event. Memberships that go with
// their user or group are none either: Before of the deletion names the other
// side of each, as "groupIds" or "userIds".
type Feeder interface {
	// Events returns at most limit events after the one numbered after, oldest
	// first.
	Events(ctx context.Context, after int64, limit int) ([]Event, error)
}

// Event is one write as the directory's own log has it.
type Event struct {
	Number    int64 // grows by commit order within a store
	Write     int64 // the number of the first event of the same write; those of one write are there all or none
	At        time.Time
	Actor     Actor
	Call      Call   // the request it is part of
	Operation string // as AWS names it: "CreateUser"
	Kind      identity.Kind
	ID        identity.ID
	Before    json.RawMessage // the object before, which encoding/json reads into its identity type; nil for a creation
	After     json.RawMessage // the object after, likewise; nil for a deletion
}
