package cli

import (
	"errors"
	"strings"

	"github.com/jmespath/go-jmespath"
)

// search picks what --query says.
func (a *app) search(v any) (any, error) {
	generic, err := plainValues(v)
	if err != nil {
		return nil, err
	}
	if v, err = jmespath.Search(a.query, generic); err != nil {
		return nil, usage("--query: %w", err)
	}
	return v, nil
}

// checkQuery refuses what is no JMESPath expression before a command does
// anything: what it would answer could not be printed.
func checkQuery(query string) error {
	if query == "" {
		return nil
	}
	_, err := jmespath.Compile(query)
	if open := unclosed(query); open != 0 {
		return usage("--query: %q is no JMESPath expression: a %c is never closed", query, open)
	}
	if bad, ok := errors.AsType[jmespath.SyntaxError](err); ok {
		return usage("--query: this is no JMESPath expression (https://jmespath.org); it goes wrong here:\n%s", bad.HighlightLocation())
	}
	if err != nil {
		return usage("--query: %q is no JMESPath expression: %w", query, err)
	}
	return nil
}

// unclosed is the innermost bracket or quote of an expression that is never
// closed, or 0. The parser takes some of these for complete, and trips over them
// when it is too late.
func unclosed(query string) rune {
	closes := map[rune]rune{'[': ']', '{': '}', '(': ')'}
	var open []rune
	quote, escaped := rune(0), false
	for _, r := range query {
		switch {
		case escaped:
			escaped = false
		case quote != 0:
			if escaped = r == '\\'; r == quote {
				quote = 0
			}
		case strings.ContainsRune("'\"`", r):
			quote = r
		case closes[r] != 0:
			open = append(open, r)
		case len(open) > 0 && closes[open[len(open)-1]] == r:
			open = open[:len(open)-1]
		}
	}
	if quote != 0 || len(open) == 0 {
		return quote
	}
	return open[len(open)-1]
}
