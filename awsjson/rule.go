package awsjson

import (
	"regexp"
	"sync"
	"unicode/utf8"
)

// Rule is a string's constraint in the model of a service. Lengths are in
// characters.
type Rule struct {
	least, most int
	pattern     string // as the message shows it
	sensitive   bool   // the message does not show the value
	compile     func() *regexp.Regexp
}

// NewRule returns the rule for strings of least to most characters that match
// pattern as a whole. Its first use panics if the pattern cannot be read: rules
// are part of the program. It is read no sooner, since a command uses few rules
// of many, and should start at once.
func NewRule(least, most int, pattern string) Rule {
	return Rule{
		least: least, most: most, pattern: pattern,
		compile: sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`\A(?:` + pattern + `)\z`) }),
	}
}

// Sensitive is r for values that no message shows: those that the model calls
// sensitive, and those that are secrets.
func (r Rule) Sensitive() Rule {
	r.sensitive = true
	return r
}

// Shown is r with another text for its pattern: for one that the model writes
// in a dialect that Go does not read.
func (r Rule) Shown(pattern string) Rule {
	r.pattern = pattern
	return r
}

func (r Rule) measure(s string) int { return utf8.RuneCountInString(s) }

// matches reports whether s has the pattern. Where nothing at all is allowed,
// it has.
func (r Rule) matches(s string) bool { return s == "" && r.least == 0 || r.compile().MatchString(s) }
