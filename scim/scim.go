// Package scim is SCIM 2.0 (RFC 7643, RFC 7644) as AWS IAM Identity Center
// speaks it (aws-contract section 7): resources, filters, PATCH, errors and the
// discovery documents, for a server and a client alike.
//
// It does no I/O and knows no directory. What AWS does not take (nested groups,
// sorting, bulk, `display` sub-attributes, filters beyond its own list) is
// refused here, in one place, so that every door and client means the same.
package scim

import "rollcall/identity"

// The names of the schemas and messages (RFC 7643 section 10.3, RFC 7644
// section 8.2).
const (
	UserSchema                  = "urn:ietf:params:scim:schemas:core:2.0:User"
	GroupSchema                 = "urn:ietf:params:scim:schemas:core:2.0:Group"
	EnterpriseSchema            = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
	SchemaSchema                = "urn:ietf:params:scim:schemas:core:2.0:Schema"
	ResourceTypeSchema          = "urn:ietf:params:scim:schemas:core:2.0:ResourceType"
	ServiceProviderConfigSchema = "urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"
	ListMessage                 = "urn:ietf:params:scim:api:messages:2.0:ListResponse"
	PatchMessage                = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
	ErrorMessage                = "urn:ietf:params:scim:api:messages:2.0:Error"
)

// MaxResults is the most resources in one answer to a listing, and how many a
// request without a count gets (aws-contract 7.5).
const MaxResults = 100

// MaxMembers is the most memberships that one request may name, in creating a
// group or in all operations of a PATCH together (aws-contract 7.3, 7.9).
const MaxMembers = identity.MaxMembers

// Dialect is how one end of a connection reads and writes resources. The zero
// value is AWS's current documentation, without an issuer: external ids are
// then neither read nor written.
type Dialect struct {
	// Issuer is that of the external ids which SCIM calls externalId. Those of
	// other issuers are neither shown nor touched.
	Issuer string
	// ActiveByDefault makes a user without "active" an active one; AWS shows
	// such users as not active (aws-contract 7.7).
	ActiveByDefault bool
	// IgnoreDisplay takes and drops "display" sub-attributes, which some
	// clients send with members; AWS lists them as unsupported.
	IgnoreDisplay bool
	// Members2024 is how AWS treated PATCHes of a whole member list in 2024
	// (aws-contract 7.9): see [Dialect.PatchGroup].
	Members2024 bool
}
