package organizations

import (
	"fmt"
	"regexp"
	"strings"
	"sync"
	"unicode/utf8"

	"rollcall/awsjson"
)

// An Input is what an operation takes.
type Input interface {
	// constrain tells c what the model refuses.
	constrain(c *checker)
}

// Decode reads a request's body into the operation's input and holds it to the
// model. What is no such JSON is an [awsjson.Exception] of
// [awsjson.TypeSerialization], what the model refuses one of [TypeInvalidInput]
// that lists everything wrong and gives the reason of the first.
func Decode(body []byte, in Input) error {
	if err := awsjson.Decode(body, in); err != nil {
		return err
	}
	var c checker
	in.constrain(&c)
	if len(c.problems) == 0 {
		return nil
	}
	return &awsjson.Exception{Type: TypeInvalidInput, Reason: c.reason, Message: "You specified an invalid value: " + strings.Join(c.problems, "; ")}
}

// Refuse is a [TypeInvalidInput] for one member that only the service can tell
// is wrong.
func Refuse(reason, member, want string) error {
	return &awsjson.Exception{Type: TypeInvalidInput, Reason: reason, Message: "You specified an invalid value: " + member + " " + want}
}

// checker gathers what the model refuses. No message quotes a value.
type checker struct {
	reason   string // of the first
	problems []string
}

func (c *checker) refuse(reason, member, want string) {
	if c.reason == "" {
		c.reason = reason
	}
	c.problems = append(c.problems, member+" "+want)
}

const (
	unit    = `ou-[0-9a-z]{4,32}-[a-z0-9]{8,32}`
	root    = `r-[0-9a-z]{4,32}`
	account = `\d{12}`
	policy  = `p-[0-9a-zA-Z_]{8,128}|rp-[0-9a-zA-Z_]{4,128}|rt-[0-9a-zA-Z_]{8,32}`
)

// rule is a text's constraint. Where the model's patterns are anchored at one
// end only, which is a slip in them, these hold the whole text.
type rule struct {
	min, max int
	pattern  func() *regexp.Regexp // read when it is first used, as those of awsjson.Rule are
	want     string
}

func newRule(shortest, longest int, pattern, want string) rule {
	return rule{shortest, longest, sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`\A(?:` + pattern + `)\z`) }), want}
}

// The longest of each is the model's.
var (
	accountRule   = newRule(0, 12, account, "must be the twelve digits of an account")
	parentRule    = newRule(0, 100, root+`|`+unit, "must be the id of a root (r-…) or of an organizational unit (ou-…)")
	childRule     = newRule(0, 100, account+`|`+unit, "must be the id of an account (twelve digits) or of an organizational unit (ou-…)")
	unitRule      = newRule(0, 68, unit, "must be the id of an organizational unit (ou-…)")
	resourceRule  = newRule(0, 130, account+`|`+root+`|`+unit+`|`+policy, "must be the id of an account, a root, an organizational unit or a policy")
	principalRule = newRule(1, 128, `[\w+=,.@-]*`, "must have the form of a service principal: letters, digits and _+=,.@-")
	tokenRule     = newRule(0, 100_000, `(?s:.*)`, "")
)

func (c *checker) text(member string, s *string, r rule) {
	if s == nil {
		return
	}
	n := utf8.RuneCountInString(*s)
	switch {
	case n > r.max:
		c.refuse(ReasonTooLong, member, fmt.Sprintf("must have %d characters at most", r.max))
	case n < r.min:
		c.refuse(ReasonTooShort, member, fmt.Sprintf("must have %d characters at least", r.min))
	case !r.pattern().MatchString(*s):
		c.refuse(ReasonPattern, member, r.want)
	}
}

func (c *checker) needed(member string, s *string, r rule) {
	if s == nil {
		c.refuse(ReasonRequired, member, "is required")
		return
	}
	c.text(member, s, r)
}

func (c *checker) page(p *awsjson.Page) {
	if p.MaxResults != nil && *p.MaxResults > LargestPage {
		c.refuse(ReasonTooHigh, "MaxResults", fmt.Sprintf("must be %d at most", LargestPage))
	}
	if p.MaxResults != nil && *p.MaxResults < 1 {
		c.refuse(ReasonTooLow, "MaxResults", "must be 1 at least")
	}
	c.text("NextToken", p.NextToken, tokenRule)
}

func (in *ListInput) constrain(c *checker) { c.page(&in.Page) }

func (in *ParentInput) constrain(c *checker) {
	c.needed("ParentId", in.ParentID, parentRule)
	c.page(&in.Page)
}

func (in *ChildrenInput) constrain(c *checker) {
	in.ParentInput.constrain(c)
	switch {
	case in.ChildType == nil:
		c.refuse(ReasonRequired, "ChildType", "is required")
	case *in.ChildType != TypeAccount && *in.ChildType != TypeUnit:
		c.refuse(ReasonEnum, "ChildType", "must be "+TypeAccount+" or "+TypeUnit)
	}
}

func (in *ListParentsInput) constrain(c *checker) {
	c.needed("ChildId", in.ChildID, childRule)
	c.page(&in.Page)
}

func (in *DescribeAccountInput) constrain(c *checker) {
	c.needed("AccountId", in.AccountID, accountRule)
}

func (in *DescribeUnitInput) constrain(c *checker) {
	c.needed("OrganizationalUnitId", in.UnitID, unitRule)
}

func (in *DescribeOrganizationInput) constrain(*checker) {}

func (in *AdministratorsInput) constrain(c *checker) {
	c.text("ServicePrincipal", in.ServicePrincipal, principalRule)
	c.page(&in.Page)
}

func (in *TagsInput) constrain(c *checker) {
	c.needed("ResourceId", in.ResourceID, resourceRule)
	c.text("NextToken", in.NextToken, tokenRule)
}
