package config

import (
	"os"
	"strings"
	"testing"
)

// FuzzLoad holds that no file makes the reader panic or hang, that a file
// without problems gives a configuration that is whole, and that every place
// is inside the file.
func FuzzLoad(f *testing.F) {
	example, err := os.ReadFile("../examples/rollcall.yaml")
	if err != nil {
		f.Fatal(err)
	}
	for _, seed := range []string{string(example), "", "a: [", "? a\n: b", "a: &x *x", "a: |\n b", "- a", "syncs: {a: {mapping: {user: {title: 'persn.x'}}}}", "state: ${X}", "\t", "a:\n  - b\n - c", "!!binary a: b", "<<: {a: b}", with("    scope:\n      people: >\n        person.x +\n\n")} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 2000 {
			return // longer ones are only slower
		}
		c, problems := parse([]byte(text), environment)
		lines := len(strings.Split(text, "\n")) + strings.Count(text, "\r") + 1
		for _, p := range problems {
			if p.Line < 0 || p.Line > lines || p.Text == "" {
				t.Errorf("%+v in %d lines", p, lines)
			}
		}
		if len(problems) > 0 {
			return
		}
		if c.Directories[c.DefaultDirectory].Kind == "" {
			t.Errorf("no default directory: %+v", c)
		}
		for name, s := range c.Syncs {
			if _, err := s.Compile(nil); err != nil || c.Sources[s.Source].Kind == "" || c.Directories[s.Directory].Kind == "" {
				t.Errorf("sync %q is not whole: %v", name, err)
			}
		}
	})
}
