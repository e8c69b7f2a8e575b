package config

import (
	"strings"
	"testing"
)

func TestWhatIsNotYAMLIsAnsweredWithWhatIsMostlyMeant(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"a tab":                   {"sources:\n\tcorp: {kind: ldif}\n", "with blanks, not with tabs"},
		"a line too far right":    {"state: a.db\n  default_directory: local\n", "begin in the same column"},
		"a line too far left":     {"sources:\n    corp: {kind: ldif}\n  hr: {kind: csv}\n", "begin in the same column"},
		"a brace that stays open": {"sources:\n  corp: {kind: ldif\nsyncs:\n", "may never be closed"},
		"no blank after a colon":  {"sources:\n  corp:\n    kind:ldif\n    path: a.ldif\n", "a colon and a blank"},
		"an expression as it is":  {"syncs:\n  c:\n    mapping:\n      user:\n        title: \"a\" + \"b\"\n", "goes into '…'"},
	} {
		_, problems := parse([]byte(c.text), nil)
		if len(problems) != 1 || !strings.Contains(problems[0].Text, c.want) {
			t.Errorf("%s: %v, want one about %q", name, problems, c.want)
		}
	}
}
