package awsjson

import (
	"strings"

	"rollcall/identity"
)

const uuidPattern = `[A-Fa-f0-9]{8}-[A-Fa-f0-9]{4}-[A-Fa-f0-9]{4}-[A-Fa-f0-9]{4}-[A-Fa-f0-9]{12}`

var (
	userNameRule  = NewRule(1, identity.MaxUserName, `[\p{L}\p{M}\p{S}\p{N}\p{P}]+`).Sensitive()
	externalRule  = NewRule(1, identity.MaxExternalID, `[\p{L}\p{M}\p{S}\p{N}\p{P}]+`).Sensitive()
	sensitiveRule = NewRule(1, identity.MaxText, `[\p{L}\p{M}\p{S}\p{N}\p{P}\t\n\r \x{A0}\x{3000}]+`).Sensitive()
	groupNameRule = NewRule(1, identity.MaxText, `[\p{L}\p{M}\p{S}\p{N}\p{P}\t\n\r \x{A0}]+`).Sensitive()
	pathRule      = NewRule(1, 255, `(?:\p{L}+:\p{L}+:\p{L}+(?:\.\p{L}+){0,3}|\p{L}+(?:\.\p{L}+){0,2})`)
	extensionRule = NewRule(1, 50, `aws:identitystore:[a-z]{1,20}`)
	tokenRule     = NewRule(1, 65535, `[-a-zA-Z0-9+=/:_]*`)
	idRule        = NewRule(1, 47, `([0-9a-f]{10}-|)`+uuidPattern)
	storeRule     = NewRule(1, 36, `d-[0-9a-f]{10,16}|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`).
			Shown(`d-[0-9a-f]{10}$|^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`)
	revisionRule = NewRule(1, 64, `(?s:.*)`)
	cidrRule     = NewRule(1, 43, `[0-9a-fA-F:.]+/[0-9]{1,3}`)
	vpcRule      = NewRule(1, 21, `vpc-([0-9a-z]{8}|[0-9a-z]{17})`)
)

// id checks an object's id or its ARN, both of which every operation takes.
func (c *Checker) id(at string, s *string, kind identity.Kind) {
	if !c.Required(at, s != nil) {
		return
	}
	if strings.HasPrefix(*s, "arn:") {
		if _, err := identity.ParseID(kind, *s); err != nil {
			c.Refuse(at, "Member must be the id or the ARN of a "+string(kind))
		}
		return
	}
	c.Text(at, s, idRule)
}

func (c *Checker) store(s *string) {
	const at = "identityStoreId"
	if !c.Required(at, s != nil) {
		return
	}
	if strings.HasPrefix(*s, "arn:") {
		if _, _, err := ParseStore(*s); err != nil {
			c.Refuse(at, "Member must be the id or the ARN of an identity store")
		}
		return
	}
	c.Text(at, s, storeRule)
}

func (c *Checker) page(p *Page) {
	c.Number("maxResults", p.MaxResults, 1, mostResults)
	c.Text("nextToken", p.NextToken, tokenRule)
}

const mostResults = 100
