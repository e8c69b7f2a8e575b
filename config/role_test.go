package config

import (
	"path/filepath"
	"strings"
	"testing"
)

func TestARoleIsCheckedWhenTheFileIsRead(t *testing.T) {
	const good = "  dev:\n    groups: [dev, wiki]\n    assignments: [Reader in prod, 'Admin in ou:Sandbox', 'application:Wiki']\n    attributes: {title: Developer, department: R&D}\n"
	for name, test := range map[string]struct{ file, want string }{
		"good":                {"roles:\n" + good, ""},
		"nothing given":       {"roles:\n  dev: {}\n", "it gives nothing"},
		"no assignment":       {"roles:\n  dev:\n    assignments: [Admin@prod]\n", `"Admin@prod" is no assignment; write 'Admin in prod'`},
		"no attribute":        {"roles:\n  dev:\n    attributes: {titel: x}\n", "a role sets no such attribute"},
		"the userName":        {"roles:\n  dev:\n    attributes: {userName: x}\n", "nobody shares it"},
		"everybody's address": {"roles:\n  dev:\n    attributes: {email: x@example.com}\n", "nobody shares it"},
		"a name with blanks":  {"roles:\n  a role: {groups: [x]}\n", "a name has letters"},
	} {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "rollcall.yaml")
			write(t, file, test.file)
			_, err := Load(file)
			switch {
			case test.want == "" && err != nil:
				t.Error(err)
			case test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)):
				t.Errorf("want %q, got %v", test.want, err)
			}
		})
	}
}
