// Package scimclient calls the SCIM endpoint of AWS IAM Identity Center
// (aws-contract 7). It speaks AWS's dialect and no other: resources are changed
// by PATCH, listings are read by cursor, and no request is sent twice.
package scimclient

import (
	"context"
	"errors"
	"net/http"
	"net/url"

	"rollcall/awscall"
	"rollcall/fault"
	"rollcall/scim"
)

// Options are what a client is made of. URL and Token must be given.
type Options struct {
	URL string // see [ParseURL]
	// Token returns the bearer token; it is asked before every request, so
	// that a token can be replaced while the program runs.
	Token func(context.Context) (string, error)
	HTTP  *http.Client // its timeout and redirects are not used; nil is a client of its own
	Line  awscall.Line
}

// Client calls one endpoint. It is safe for concurrent use.
//
// Its methods fail with a [fault.Error], as [awscall.Do] says; the kind follows
// from the answer's status, since AWS's bodies name no type (aws-contract
// 7.10).
type Client struct {
	base  *url.URL
	token func(context.Context) (string, error)
	http  *http.Client
	line  awscall.Line
}

// New returns a client. It fails with fault.Invalid for an address that cannot
// be one.
func New(o Options) (*Client, error) {
	base, err := ParseURL(o.URL)
	if err != nil {
		return nil, err
	}
	if o.Token == nil {
		return nil, fault.Text(fault.Invalid, "open SCIM endpoint", "field token", "there is none")
	}
	return &Client{base: base, token: o.Token, http: awscall.Direct(o.HTTP), line: o.Line}, nil
}

// User returns the user with that id, or fault.NotFound.
func (c *Client) User(ctx context.Context, id string) (scim.User, error) {
	return one(exchange[scim.User](ctx, c, request{operation: "GetUser", method: http.MethodGet, path: users, id: id}))
}

// Group returns the group with that id, or fault.NotFound. AWS never tells its
// members.
func (c *Client) Group(ctx context.Context, id string) (scim.Group, error) {
	return one(exchange[scim.Group](ctx, c, request{operation: "GetGroup", method: http.MethodGet, path: groups, id: id}))
}

// CreateUser makes a user and returns what AWS says of it, which may leave out
// attributes that it has taken.
func (c *Client) CreateUser(ctx context.Context, u scim.User) (scim.User, error) {
	return made(exchange[scim.User](ctx, c, request{operation: "CreateUser", method: http.MethodPost, path: users, body: u}))
}

// CreateGroup makes a group with at most [scim.MaxMembers] members.
func (c *Client) CreateGroup(ctx context.Context, g scim.Group) (scim.Group, error) {
	return made(exchange[scim.Group](ctx, c, request{operation: "CreateGroup", method: http.MethodPost, path: groups, body: g}))
}

// PatchUser changes a user.
func (c *Client) PatchUser(ctx context.Context, id string, p scim.Patch) error {
	_, err := exchange[struct{}](ctx, c, request{operation: "PatchUser", method: http.MethodPatch, path: users, id: id, body: p, blind: true})
	return err
}

// PatchGroup changes a group, or at most [scim.MaxMembers] of its members.
func (c *Client) PatchGroup(ctx context.Context, id string, p scim.Patch) error {
	_, err := exchange[struct{}](ctx, c, request{operation: "PatchGroup", method: http.MethodPatch, path: groups, id: id, body: p, blind: true})
	return err
}

// DeleteUser deletes a user.
func (c *Client) DeleteUser(ctx context.Context, id string) error {
	_, err := exchange[struct{}](ctx, c, request{operation: "DeleteUser", method: http.MethodDelete, path: users, id: id, blind: true})
	return err
}

// DeleteGroup deletes a group.
func (c *Client) DeleteGroup(ctx context.Context, id string) error {
	_, err := exchange[struct{}](ctx, c, request{operation: "DeleteGroup", method: http.MethodDelete, path: groups, id: id, blind: true})
	return err
}

// resource is what has an id.
type resource interface{ scim.User | scim.Group }

func idOf[R resource](r R) string {
	switch r := any(r).(type) {
	case scim.User:
		return r.ID
	case scim.Group:
		return r.ID
	}
	return ""
}

// one holds that an answer is a resource at all: a page that happens to be
// JSON is none.
func one[R resource](r R, err error) (R, error) {
	if err == nil && idOf(r) == "" {
		err = fault.Text(fault.Incomplete, "read resource", "", "the answer has no id: is this the SCIM endpoint?")
	}
	return r, err
}

// made is one for what was just made: whatever it was, it may have been made.
func made[R resource](r R, err error) (R, error) {
	if err == nil && idOf(r) == "" {
		err = fault.Unsettled("create resource", "", errors.New("the answer has no id: is this the SCIM endpoint?"))
	}
	return r, err
}
