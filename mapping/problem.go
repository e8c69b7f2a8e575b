package mapping

import (
	"fmt"
	"strings"

	"cel.dev/cel-go/common"
)

// The sections of the rules that a problem can be in.
const (
	sectionPreset = "preset"
	sectionScope  = "scope"
	sectionUser   = "user"
	sectionGroup  = "group"
)

// Problem is one thing wrong with the rules.
type Problem struct {
	Section string // "user", "group", "scope" or "preset"
	Path    string // as it was written: "email"; "people" or "groups" in scope; the preset's name
	Preset  bool   // the rule is the preset's, not one that was written
	Line    int    // in the expression, from 1; 0 if the path is what is wrong
	Column  int    // characters, from 1
	Text    string
	Excerpt string // the expression's line with a caret under the place; may be empty
}

// String names the rule, the place in its expression and what is wrong, with
// the excerpt below.
func (p Problem) String() string {
	where := p.Section + "." + p.Path
	if p.Line > 0 {
		where = fmt.Sprintf("%s:%d:%d", where, p.Line, p.Column)
	}
	if p.Excerpt == "" {
		return where + ": " + p.Text
	}
	return where + ": " + p.Text + "\n" + p.Excerpt
}

// Problems is everything wrong with the rules, as an error.
type Problems []Problem

func (p Problems) Error() string {
	texts := make([]string, len(p))
	for i, one := range p {
		texts[i] = one.String()
	}
	return strings.Join(texts, "\n")
}

// fromCEL turns one of CEL's own errors into a problem at its place.
func fromCEL(e *common.Error, source common.Source) Problem {
	text := reworded(strings.ReplaceAll(e.Message, " (in container '')", ""))
	_, excerpt, _ := strings.Cut(e.ToDisplayString(source), "\n | ")
	if excerpt != "" {
		excerpt = " | " + excerpt
	}
	return Problem{Line: e.Location.Line(), Column: e.Location.Column() + 1, Text: text, Excerpt: excerpt}
}
