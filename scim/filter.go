package scim

import (
	"errors"
	"slices"
	"strings"

	"rollcall/fault"
)

// Filter is an expression of RFC 7644 section 3.4.2.2. Only the fields that
// its operator needs are set.
type Filter struct {
	Op    string   // eq ne co sw ew gt ge lt le pr; and, or, not; [] for a list's items
	Path  string   // of comparisons and of []: the attribute, as it was written
	Value any      // of comparisons: string, bool, json.Number or nil
	Terms []Filter // of and, or: two; of not, []: one
}

// The operators that compare, and those that combine.
var comparisons = []string{"eq", "ne", "co", "sw", "ew", "gt", "ge", "lt", "le"}

const (
	opPresent = "pr"
	opAnd     = "and"
	opOr      = "or"
	opNot     = "not"
	opItems   = "[]"
)

// ParseFilter reads any filter that the grammar of RFC 7644 allows. Which of
// them are answered is another matter: see [ParseUserQuery]. It fails with
// fault.Invalid.
func ParseFilter(s string) (Filter, error) {
	p := &parser{}
	var err error
	if p.tokens, err = lex(s); err == nil {
		var f Filter
		if f, err = p.or(0); err == nil && len(p.tokens) > 0 {
			err = errors.New("something follows its end")
		}
		if err == nil {
			return f, nil
		}
	}
	return Filter{}, filterFault(err.Error())
}

// filterFault begins with AWS's own words (aws-contract 7.5).
func filterFault(why string) error {
	return fault.Text(fault.Invalid, "read filter", "", "Invalid Filter format: "+why)
}

// parser reads tokens by recursive descent; or binds weaker than and, which
// binds weaker than not.
type parser struct{ tokens []token }

func (p *parser) peek() token {
	if len(p.tokens) == 0 {
		return token{kind: tokenEnd}
	}
	return p.tokens[0]
}

func (p *parser) next() token {
	t := p.peek()
	if len(p.tokens) > 0 {
		p.tokens = p.tokens[1:]
	}
	return t
}

func (p *parser) or(depth int) (Filter, error) {
	return p.chain(opOr, depth, func() (Filter, error) { return p.chain(opAnd, depth, func() (Filter, error) { return p.term(depth) }) })
}

// chain reads terms with op between them.
func (p *parser) chain(op string, depth int, term func() (Filter, error)) (Filter, error) {
	if depth > maxDepth {
		return Filter{}, errors.New("parentheses lie too deep in each other")
	}
	left, err := term()
	for err == nil && p.peek().isWord(op) {
		p.next()
		var right Filter
		right, err = term()
		left = Filter{Op: op, Terms: []Filter{left, right}}
	}
	return left, err
}

func (p *parser) term(depth int) (Filter, error) {
	first := p.next()
	switch {
	case first.isWord(opNot) && p.peek().kind == tokenOpen:
		p.next()
		inner, err := p.inside(depth, tokenClose, "a parenthesis is not closed")
		return Filter{Op: opNot, Terms: []Filter{inner}}, err
	case first.kind == tokenOpen:
		return p.inside(depth, tokenClose, "a parenthesis is not closed")
	case first.kind != tokenWord || !isAttributePath(first.text):
		return Filter{}, errors.New("want the name of an attribute")
	case p.peek().kind == tokenOpenItems:
		p.next()
		inner, err := p.inside(depth, tokenCloseItems, "a bracket is not closed")
		return Filter{Op: opItems, Path: first.text, Terms: []Filter{inner}}, err
	}
	return p.comparison(first.text)
}

func (p *parser) inside(depth int, end tokenKind, unclosed string) (Filter, error) {
	f, err := p.or(depth + 1)
	if err == nil && p.next().kind != end {
		err = errors.New(unclosed)
	}
	return f, err
}

func (p *parser) comparison(path string) (Filter, error) {
	op := p.next()
	if op.isWord(opPresent) {
		return Filter{Op: opPresent, Path: path}, nil
	}
	name := strings.ToLower(op.text)
	if op.kind != tokenWord || !slices.Contains(comparisons, name) {
		return Filter{}, errors.New("want an operator after the name of an attribute")
	}
	value, err := p.next().literal()
	return Filter{Op: name, Path: path, Value: value}, err
}

// isAttributePath reports whether s is ATTRNAME *subAttr, a URN before it
// allowed (RFC 7644 figure 1).
func isAttributePath(s string) bool {
	if at := strings.LastIndexByte(s, ':'); at >= 0 {
		if !strings.HasPrefix(strings.ToLower(s), "urn:") {
			return false
		}
		s = s[at+1:]
	}
	parts := strings.Split(s, ".")
	// A bare URN ends in a version and a name: "2.0:User" leaves "User" here.
	return len(parts) <= 2 && !slices.ContainsFunc(parts, func(n string) bool { return !isAttributeName(n) })
}

// isAttributeName reports whether s is ATTRNAME of RFC 7643 section 2.1, or
// "$ref".
func isAttributeName(s string) bool {
	s = strings.TrimPrefix(s, "$")
	for i, c := range []byte(s) {
		letter := 'a' <= c|0x20 && c|0x20 <= 'z'
		if !letter && (i == 0 || !('0' <= c && c <= '9' || c == '-' || c == '_')) {
			return false
		}
	}
	return s != ""
}
