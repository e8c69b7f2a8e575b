package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"rollcall/directory"
	"rollcall/directory/memdir"
	"rollcall/directory/sqldir"
	"rollcall/mapping"
	"rollcall/source"
)

// current says whether a generated page is what it should be; UPDATE=1 writes
// it.
func current(t *testing.T, file, want string) {
	t.Helper()
	if os.Getenv("UPDATE") != "" {
		if err := os.WriteFile(file, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if got, err := os.ReadFile(file); err != nil || string(got) != want {
		t.Errorf("%s is not current; UPDATE=1 go test . writes it (%v)", file, err)
	}
}

func TestThePageOfAbilitiesIsCurrent(t *testing.T) {
	center, err := sqldir.Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "directory.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer center.Close()
	embedded, err := center.Store(t.Context(), "d-1234567890", sqldir.Options{})
	if err != nil {
		t.Fatal(err)
	}
	tables := [][]directory.Ability{
		directory.New("embedded", embedded).Abilities().Table(),
		directory.New("memory", memdir.New("d-1234567890")).Abilities().Table(),
	}
	var page strings.Builder
	page.WriteString("# What directories can do\n\n" +
		"Every directory can list, find, create, change and delete users, groups and memberships. What a kind can do beyond\n" +
		"that is an ability; nothing is planned that the target cannot do. `rollcall directory abilities NAME` shows those of\n" +
		"one directory. This page is written by a test, from the program.\n\n" +
		"`embedded` is the Identity Center that comes with Rollcall; `memory` is the reference that the others are tested\n" +
		"against.\n\n" +
		"| ability | what it does | embedded | memory |\n|---|---|---|---|\n")
	for i, a := range tables[0] {
		fmt.Fprintf(&page, "| %s | %s | %s | %s |\n", a.Name, a.Does, yes(a.Has), yes(tables[1][i].Has))
	}
	current(t, "docs/abilities.md", page.String())
}

func yes(has bool) string {
	if has {
		return "yes"
	}
	return "no"
}

// The expressions of docs/mapping.md give what the page says.
func TestThePageOfRulesIsRight(t *testing.T) {
	page, err := os.ReadFile("docs/mapping.md")
	if err != nil {
		t.Fatal(err)
	}
	_, table, found := strings.Cut(string(page), "| rule | input | result |\n|---|---|---|\n")
	if !found {
		t.Fatal("the table of rules is gone")
	}
	table, _, _ = strings.Cut(table, "\n\n")
	for line := range strings.Lines(table) {
		cells := strings.Split(strings.TrimSpace(line), "|")
		if len(cells) != 5 {
			t.Errorf("not three cells: %s", line)
			continue
		}
		rule, want := strings.Trim(strings.TrimSpace(cells[1]), "`"), strings.TrimSpace(cells[3])
		t.Run(rule, func(t *testing.T) {
			if got := outcome(t, rule, strings.Fields(cells[2])); got != want {
				t.Errorf("gives %q, the page says %q", got, want)
			}
		})
	}
}

// outcome is what a rule gives, as the page writes it: "!" if it does not work
// out.
func outcome(t *testing.T, rule string, input []string) string {
	m, err := mapping.Compile(mapping.Rules{User: map[string]string{"nickName": rule}}, mapping.Options{})
	if err != nil {
		t.Fatal(err)
	}
	has := source.Attributes{}
	for _, pair := range input {
		name, value, _ := strings.Cut(pair, "=")
		has[strings.ToLower(name)] = append(has[strings.ToLower(name)], value)
	}
	for _, step := range m.Explain(source.Person{Anchor: "1", Name: "uid=ann,ou=People,dc=example,dc=com", Attributes: has}) {
		if step.Rule == "user.nickName" {
			if step.Problem != "" {
				return "!"
			}
			return strings.Trim(step.Result, `"`)
		}
	}
	t.Fatal("the rule was not run")
	return ""
}
