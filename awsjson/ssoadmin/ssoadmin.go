// Package ssoadmin knows the shapes of the operations of sso-admin, which say
// who may reach which AWS account and application, with the constraints of
// their model (aws-contract 4). The framing is that of package awsjson.
//
// It does no I/O and decides nothing: what a constraint of the model refuses is
// refused here, what only the service can know is refused by the service.
package ssoadmin

import (
	"strings"

	"rollcall/awsjson"
	"rollcall/identity"
)

const (
	// Service is the service's name in [awsjson.HeaderTarget].
	Service = "SWBExternalService"
	// SigningName is the service's name in signatures.
	SigningName = "sso"
)

// MaxResults is the most that a page may have, and what one has that was asked
// for without a number.
const MaxResults = 100

// InInstance is what most operations say first.
type InInstance struct {
	InstanceArn *string `json:",omitempty"`
}

// Instance is the ARN of the instance that a checked input is about.
func (i *InInstance) Instance() string { return text(i.InstanceArn) }

// Constrain holds it to the model.
func (i *InInstance) Constrain(c *awsjson.Checker) {
	c.Needed("instanceArn", i.InstanceArn, instanceRule)
}

// Page asks for a part of a listing. The empty token is legal: it begins.
type Page struct {
	MaxResults *int    `json:",omitempty"` // 1 to 100
	NextToken  *string `json:",omitempty"`
}

func (p *Page) constrain(c *awsjson.Checker) {
	c.Number("maxResults", p.MaxResults, 1, MaxResults)
	c.Text("nextToken", p.NextToken, tokenRule)
}

// Request is how many items are asked for, and behind which token.
func (p *Page) Request() (limit int, token string) {
	limit = MaxResults
	if p.MaxResults != nil {
		limit = *p.MaxResults
	}
	return limit, text(p.NextToken)
}

// Principal is who something is given to.
type Principal struct {
	PrincipalID   *string `json:"PrincipalId,omitempty"`
	PrincipalType *string `json:",omitempty"` // USER or GROUP
}

func (p *Principal) constrain(c *awsjson.Checker) {
	c.Needed("principalId", p.PrincipalID, principalRule)
	if c.Required("principalType", p.PrincipalType != nil) {
		c.Enum("principalType", p.PrincipalType, "USER", "GROUP")
	}
}

// Identity is the principal that a checked input names, in no certain store.
func (p *Principal) Identity() identity.Principal {
	return identity.Principal{Kind: identity.Kind(strings.ToLower(text(p.PrincipalType))), ID: identity.ID(text(p.PrincipalID))}
}

// PrincipalOf names a principal; it is the inverse of Identity but for the
// store. A nobody's is empty.
func PrincipalOf(p identity.Principal) Principal {
	return Principal{set(string(p.ID)), set(strings.ToUpper(string(p.Kind)))}
}

// InstanceOf is the ARN of the instance that the resource with a checked ARN
// belongs to: itself, or that of a permission set or an application.
func InstanceOf(arn string) string {
	parts := strings.SplitN(arn, ":", arnParts)
	if len(parts) < arnParts {
		return ""
	}
	path := strings.Split(parts[arnParts-1], "/")
	if len(path) < 2 {
		return ""
	}
	return parts[0] + ":" + parts[1] + ":sso:::instance/" + path[1]
}

const arnParts = 6

func text(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

func set(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}
