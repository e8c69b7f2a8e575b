// Package assignment is how the rest of the program reads and changes who may
// reach which AWS account and application through one Identity Center: another
// service than the directory, with another budget, and asynchronous.
//
// A [Driver] is small, and is written once for each kind of place. Callers hold
// an [Instance], which only reads: it pages, retries and waits for requests.
// Writing is a separate type, [Writer], that only the executor of plans and the
// doors of the embedded instance may make. What a place can do beyond the
// minimum is an interface of its own, asked for in one place:
// [Instance.Abilities].
package assignment

import (
	"context"
	"time"

	"rollcall/directory"
	"rollcall/identity"
)

// PageRequest and Page are those of the directory port.
type PageRequest = directory.PageRequest

// Page is a part of a listing; only an empty Next ends it.
type Page[T any] = directory.Page[T]

// Work is what a request asks for. The ids of one sort of work mean nothing
// to another (aws-contract 4.4).
type Work string

// The sorts of work.
const (
	Creation     Work = "creation"     // of an assignment
	Deletion     Work = "deletion"     // of an assignment
	Provisioning Work = "provisioning" // of a permission set's latest version
)

// State says how far a request is.
type State string

// The states of a request (aws-contract 4.2, StatusValues).
const (
	InProgress State = "IN_PROGRESS"
	Succeeded  State = "SUCCEEDED"
	Failed     State = "FAILED"
)

// Request is one asynchronous request: what was asked, and what came of it.
type Request struct {
	ID        string // a UUID in small letters
	Work      Work
	State     State
	Reason    string // why it failed; empty otherwise
	CreatedAt time.Time

	// Assignment is what is made or taken away. Of a provisioning it has the
	// permission set, and the account unless all of them were meant.
	Assignment identity.Assignment
}

// Provisioned narrows what is listed to where a permission set's latest
// version has arrived, or has not. The zero value lists both.
type Provisioned string

// What a listing of provisioned permission sets and accounts can be narrowed
// to (aws-contract 4.2, ProvisioningStatus).
const (
	Anyhow  Provisioned = ""
	Latest  Provisioned = "LATEST_PERMISSION_SET_PROVISIONED"
	Outdone Provisioned = "LATEST_PERMISSION_SET_NOT_PROVISIONED"
)

// Reader is the reading half of a driver. Methods fail with a fault kind:
// fault.NotFound for an account, a permission set or a request that is not
// there, fault.Invalid for what has not the form of one, for a page token that
// this same listing did not give, and for a principal of another store. An
// assignment may name a principal that no longer exists, and is listed all the
// same; one that is being made is not listed, one that is being taken away is.
// A listing is stable while others write.
type Reader interface {
	// Describe says which instance this is.
	Describe(ctx context.Context) (identity.Instance, error)

	// ListPermissionSets lists the ARN of every permission set.
	ListPermissionSets(ctx context.Context, page PageRequest) (Page[string], error)
	PermissionSet(ctx context.Context, arn string) (identity.PermissionSet, error)

	// ListAssignments lists who has a permission set in an account.
	ListAssignments(ctx context.Context, account, permissionSet string, page PageRequest) (Page[identity.Assignment], error)
	// ListAssignmentsFor lists what a principal has: its own and, for a user,
	// those of its groups, which name the group. An empty account means all. A
	// principal that does not exist may still have some of its own.
	ListAssignmentsFor(ctx context.Context, p identity.Principal, account string, page PageRequest) (Page[identity.Assignment], error)

	// ListPermissionSetsIn lists the permission sets that have arrived in an
	// account, those that somebody has there.
	ListPermissionSetsIn(ctx context.Context, account string, only Provisioned, page PageRequest) (Page[string], error)
	// ListAccountsWith lists the accounts where a permission set has arrived.
	ListAccountsWith(ctx context.Context, permissionSet string, only Provisioned, page PageRequest) (Page[string], error)

	// Request returns the request of that sort and id.
	Request(ctx context.Context, work Work, id string) (Request, error)
	// ListRequests lists the requests of one sort, oldest first; an empty
	// state means all.
	ListRequests(ctx context.Context, work Work, only State, page PageRequest) (Page[Request], error)
}

// Driver is what every kind of instance must do. A driver never retries a
// write; one that may have happened fails with fault.Unsettled.
//
// Both writes are asynchronous: they return a request in progress, whose
// outcome is read by its id. They fail with fault.Conflict while the same
// assignment is made or taken away or its permission set is provisioned there,
// while as many creations are in progress as may be, and for an account that is
// suspended: waiting helps against the first two.
type Driver interface {
	Reader

	// CreateAssignment begins to give a. One that is there already succeeds.
	// A principal that does not exist makes the request fail, not the call.
	CreateAssignment(ctx context.Context, a identity.Assignment) (Request, error)
	// DeleteAssignment begins to take a away; fault.NotFound if it is not
	// there. The principal need not exist.
	DeleteAssignment(ctx context.Context, a identity.Assignment) (Request, error)
}
