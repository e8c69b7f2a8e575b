package icf

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"rollcall/fault"
)

// maxDepth is how deep a filter may be nested, as CREST bounds it.
const maxDepth = 256

// ParseFilter reads a query filter. It fails with fault.Invalid, saying what is
// wrong and at which byte.
func ParseFilter(text string) (Filter, error) {
	p := &parser{lexer: lexer{text: text}}
	if err := p.advance(); err != nil {
		return Filter{}, err
	}
	f, err := p.or(0)
	if err != nil {
		return Filter{}, err
	}
	if p.more {
		return Filter{}, unreadable(p.token.at, "something follows after the filter's end")
	}
	return f, nil
}

func unreadable(at int, what string) error {
	return fault.Text(fault.Invalid, "read filter", "byte "+strconv.Itoa(at+1), what)
}

// parser holds one token in its hand.
type parser struct {
	lexer
	token token
	more  bool
}

func (p *parser) advance() (err error) {
	p.token, p.more, err = p.next()
	return err
}

// word reports whether the token in hand is that word, and not a string.
func (p *parser) word(w string) bool {
	return p.more && !p.token.quoted && strings.EqualFold(p.token.text, w)
}

func (p *parser) or(depth int) (Filter, error)  { return p.chain(OpOr, p.and, depth) }
func (p *parser) and(depth int) (Filter, error) { return p.chain(OpAnd, p.not, depth) }

// chain reads one or more of part with op between them.
func (p *parser) chain(op Op, part func(int) (Filter, error), depth int) (Filter, error) {
	first, err := part(depth)
	if err != nil || !p.word(string(op)) {
		return first, err
	}
	f := Filter{Op: op, Parts: []Filter{first}}
	for p.word(string(op)) {
		if err := p.advance(); err != nil {
			return f, err
		}
		next, err := part(depth)
		if err != nil {
			return f, err
		}
		f.Parts = append(f.Parts, next)
	}
	return f, nil
}

func (p *parser) not(depth int) (Filter, error) {
	if !p.word("!") {
		return p.primary(depth)
	}
	if depth == maxDepth {
		return Filter{}, unreadable(p.token.at, "it is nested too deep")
	}
	if err := p.advance(); err != nil {
		return Filter{}, err
	}
	inner, err := p.not(depth + 1)
	return Filter{Op: OpNot, Parts: []Filter{inner}}, err
}

func (p *parser) primary(depth int) (Filter, error) {
	switch {
	case !p.more:
		return Filter{}, unreadable(p.token.at, "it ends where an expression is wanted")
	case p.word("("):
		return p.group(depth)
	case p.word("true"):
		return Filter{Op: OpTrue}, p.advance()
	case p.word("false"):
		return Filter{Op: OpFalse}, p.advance()
	case p.token.quoted || p.word(")"):
		return Filter{}, unreadable(p.token.at, "want an attribute, true, false, ! or (")
	}
	pointer, err := ParsePointer(p.token.text)
	if err != nil {
		return Filter{}, unreadable(p.token.at, "that is no attribute")
	}
	if err := p.advance(); err != nil {
		return Filter{}, err
	}
	return p.comparison(pointer)
}

func (p *parser) group(depth int) (Filter, error) {
	if depth == maxDepth {
		return Filter{}, unreadable(p.token.at, "it is nested too deep")
	}
	if err := p.advance(); err != nil {
		return Filter{}, err
	}
	f, err := p.or(depth + 1)
	if err != nil {
		return f, err
	}
	if !p.word(")") {
		return f, unreadable(p.token.at, "a parenthesis is not closed")
	}
	return f, p.advance()
}

var operatorForm = regexp.MustCompile(`^[A-Za-z0-9_.]+$`)

func (p *parser) comparison(pointer Pointer) (Filter, error) {
	if !p.more || p.token.quoted || !operatorForm.MatchString(p.token.text) || slices.ContainsFunc([]string{"and", "or", "true", "false"}, p.word) {
		return Filter{}, unreadable(p.token.at, "want an operator: eq, co, sw, ew, lt, le, gt, ge, in, ca or pr")
	}
	op := Op(strings.ToLower(p.token.text))
	if err := p.advance(); err != nil {
		return Filter{}, err
	}
	if op == OpPresent {
		return Filter{Op: op, Pointer: pointer}, nil
	}
	value, err := p.value()
	if err != nil {
		return Filter{}, err
	}
	return Filter{Op: op, Pointer: pointer, Value: value}, p.advance()
}

var numberForm = regexp.MustCompile(`^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?$`)

// value reads a number, true, false or a string.
func (p *parser) value() (any, error) {
	switch {
	case !p.more:
		return nil, unreadable(p.token.at, "it ends where a value is wanted")
	case p.token.quoted:
		return p.token.text, nil
	case p.word("true"):
		return true, nil
	case p.word("false"):
		return false, nil
	case numberForm.MatchString(p.token.text):
		n, err := strconv.ParseFloat(p.token.text, 64)
		if err != nil {
			return nil, unreadable(p.token.at, "the number is too large")
		}
		return n, nil
	}
	return nil, unreadable(p.token.at, "want a number, true, false or a text in quotes")
}
