package mapping

import (
	"regexp"
	"strings"
)

// wordings say what CEL's parser complains of, in words that help whoever has
// never seen its grammar. The first that fits is used.
func wordings() []wording {
	return []wording{
		{`^mismatched input '<EOF>' expecting \{.*\}$`, "the expression ends where a value is wanted"},
		{`^mismatched input '<EOF>' expecting '(.+)'$`, "the expression ends where $1 is wanted"},
		{`^mismatched input '(.+)' expecting \{.*\}$`, "a value is wanted here, not $1"},
		{`^missing '(.+)' at '<EOF>'$`, "a $1 is missing at the end"},
		{`^missing '(.+)' at '(.+)'$`, "a $1 is missing before $2"},
		{`^(?:mismatched|extraneous) input '(and|or|not)' expecting .*$`, "$1 means nothing here; there is && (and), || (or) and ! (not)"},
		{`^(?:mismatched|extraneous) input '(.+)' expecting <EOF>$`, "the expression is complete before this: $1"},
		{`^token recognition error at: '=.*$`, "a single = means nothing here; what compares is =="},
		{`^token recognition error at: '(['"]).*$`, "the text that begins here is never closed by a $1"},
	}
}

type wording struct{ complaint, says string }

// reworded is a message of CEL's in our words, if we have some for it.
func reworded(message string) string {
	grammar, is := strings.CutPrefix(message, "Syntax error: ")
	if !is {
		return message
	}
	for _, w := range wordings() {
		if complaint := regexp.MustCompile(w.complaint); complaint.MatchString(grammar) {
			return complaint.ReplaceAllString(grammar, w.says)
		}
	}
	return message
}
