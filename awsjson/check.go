package awsjson

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"rollcall/identity"
)

// checker gathers what the model refuses, in AWS's words. No message quotes a
// value: it may be somebody's name.
type checker struct{ problems []string }

func (c *checker) refuse(at, constraint string) {
	c.problems = append(c.problems, "Value at '"+at+"' failed to satisfy constraint: "+constraint)
}

func (c *checker) exception() error {
	if len(c.problems) == 0 {
		return nil
	}
	return &Exception{Type: TypeValidation, Message: validationMessage(c.problems)}
}

func validationMessage(problems []string) string {
	count := "1 validation error"
	if len(problems) > 1 {
		count = strconv.Itoa(len(problems)) + " validation errors"
	}
	return count + " detected: " + strings.Join(problems, "; ")
}

// Invalid is a [TypeValidation] for one value that the service refuses, in the
// words in which the model's own constraints are refused.
func Invalid(at, constraint string) *Exception {
	var c checker
	c.refuse(at, constraint)
	return &Exception{Type: TypeValidation, Message: validationMessage(c.problems)}
}

// rule is a string's constraint (aws-contract 3.4). Lengths are in characters.
type rule struct {
	max     int
	pattern string // as the model has it: the message shows it
	compile *regexp.Regexp
}

func newRule(limit int, pattern string) rule {
	return rule{limit, pattern, regexp.MustCompile(`\A(?:` + pattern + `)\z`)}
}

const uuidPattern = `[A-Fa-f0-9]{8}-[A-Fa-f0-9]{4}-[A-Fa-f0-9]{4}-[A-Fa-f0-9]{4}-[A-Fa-f0-9]{12}`

var (
	userNameRule  = newRule(identity.MaxUserName, `[\p{L}\p{M}\p{S}\p{N}\p{P}]+`)
	externalRule  = newRule(identity.MaxExternalID, `[\p{L}\p{M}\p{S}\p{N}\p{P}]+`)
	sensitiveRule = newRule(identity.MaxText, `[\p{L}\p{M}\p{S}\p{N}\p{P}\t\n\r \x{A0}\x{3000}]+`)
	groupNameRule = newRule(identity.MaxText, `[\p{L}\p{M}\p{S}\p{N}\p{P}\t\n\r \x{A0}]+`)
	pathRule      = newRule(255, `(?:\p{L}+:\p{L}+:\p{L}+(?:\.\p{L}+){0,3}|\p{L}+(?:\.\p{L}+){0,2})`)
	extensionRule = newRule(50, `aws:identitystore:[a-z]{1,20}`)
	tokenRule     = newRule(65535, `[-a-zA-Z0-9+=/:_]*`)
	idRule        = newRule(47, `([0-9a-f]{10}-|)`+uuidPattern)
	storeRule     = newRule(36, `d-[0-9a-f]{10,16}|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`)
	revisionRule  = newRule(64, `(?s:.*)`)
	cidrRule      = newRule(43, `[0-9a-fA-F:.]+/[0-9]{1,3}`)
	vpcRule       = newRule(21, `vpc-([0-9a-z]{8}|[0-9a-z]{17})`)
)

// text checks a string that may be left out.
func (c *checker) text(at string, s *string, r rule) {
	if s == nil {
		return
	}
	n := utf8.RuneCountInString(*s)
	if n > r.max {
		c.refuse(at, fmt.Sprintf("Member must have length less than or equal to %d", r.max))
	}
	if n < 1 {
		c.refuse(at, "Member must have length greater than or equal to 1")
	}
	// What is too long anyway is not worth walking.
	if n <= r.max && !r.compile.MatchString(*s) {
		c.refuse(at, "Member must satisfy regular expression pattern: "+r.pattern)
	}
}

// required reports whether a member is there.
func (c *checker) required(at string, there bool) bool {
	if !there {
		c.refuse(at, "Member must not be null")
	}
	return there
}

func (c *checker) needed(at string, s *string, r rule) {
	if c.required(at, s != nil) {
		c.text(at, s, r)
	}
}

// length checks a list that is there.
func (c *checker) length(at string, n, limit int) {
	if n > limit {
		c.refuse(at, fmt.Sprintf("Member must have length less than or equal to %d", limit))
	}
	if n < 1 {
		c.refuse(at, "Member must have length greater than or equal to 1")
	}
}

// id checks an object's id or its ARN, both of which every operation takes.
func (c *checker) id(at string, s *string, kind identity.Kind) {
	if !c.required(at, s != nil) {
		return
	}
	if strings.HasPrefix(*s, "arn:") {
		if _, err := identity.ParseID(kind, *s); err != nil {
			c.refuse(at, "Member must be the id or the ARN of a "+string(kind))
		}
		return
	}
	c.text(at, s, idRule)
}

func (c *checker) store(s *string) {
	const at = "identityStoreId"
	if !c.required(at, s != nil) {
		return
	}
	if strings.HasPrefix(*s, "arn:") {
		if _, _, err := ParseStore(*s); err != nil {
			c.refuse(at, "Member must be the id or the ARN of an identity store")
		}
		return
	}
	c.text(at, s, storeRule)
}

func (c *checker) page(p *Page) {
	if p.MaxResults != nil && *p.MaxResults > 100 {
		c.refuse("maxResults", "Member must have value less than or equal to 100")
	}
	if p.MaxResults != nil && *p.MaxResults < 1 {
		c.refuse("maxResults", "Member must have value greater than or equal to 1")
	}
	c.text("nextToken", p.NextToken, tokenRule)
}

// InvalidFields is [Invalid] for everything wrong with an object at once.
func InvalidFields(problems identity.Problems) *Exception {
	var c checker
	for _, p := range problems {
		c.refuse(p.Field, p.Problem)
	}
	return &Exception{Type: TypeValidation, Message: validationMessage(c.problems)}
}
