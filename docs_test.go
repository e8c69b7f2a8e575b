package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"

	"rollcall/directory"
	"rollcall/directory/awsdir"
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
	directories := []*directory.Directory{
		directory.New("embedded", embedded),
		directory.New("memory", memdir.New("d-1234567890")),
		directory.New("aws", onAWS(t, func(*awsdir.Options) {})),
		directory.New("aws without SCIM", onAWS(t, func(o *awsdir.Options) { o.SCIM = nil })),
		directory.New("aws by SCIM alone", onAWS(t, func(o *awsdir.Options) { o.AWS = nil })),
	}
	var page strings.Builder
	page.WriteString("# What directories can do\n\n" +
		"Every directory can list, find, create, change and delete users, groups and memberships. What a kind can do beyond\n" +
		"that is an ability; nothing is planned that the target cannot do. `rollcall directory abilities NAME` shows those of\n" +
		"one directory. This page is written by a test, from the program.\n\n" +
		"`embedded` is the Identity Center that comes with Rollcall; `memory` is the reference that the others are tested\n" +
		"against; `aws` is a real Identity Center, by its API and its SCIM endpoint or by one of them.\n\n" +
		"| ability | what it does |")
	for _, d := range directories {
		fmt.Fprintf(&page, " %s |", d.Name())
	}
	page.WriteString("\n|---|---|" + strings.Repeat("---|", len(directories)) + "\n")
	for i, a := range directories[0].Abilities().Table() {
		fmt.Fprintf(&page, "| %s | %s |", a.Name, a.Does)
		for _, d := range directories {
			fmt.Fprintf(&page, " %s |", yes(d.Abilities().Table()[i].Has))
		}
		page.WriteString("\n")
	}
	page.WriteString("\nSome keep less of an object than others:\n\n")
	for _, d := range directories {
		for _, limit := range d.Limits().Sentences() {
			fmt.Fprintf(&page, "- `%s`: %s\n", d.Name(), limit)
		}
	}
	current(t, "docs/abilities.md", page.String())
}

// onAWS is a driver of an Identity Center that nobody asks anything.
func onAWS(t *testing.T, change func(*awsdir.Options)) directory.Driver {
	t.Helper()
	o := awsdir.Options{
		Store: directory.Store{ID: "d-1234567890"}, AWS: &aws.Config{Region: "us-east-1"}, Issuer: "ISSUER",
		SCIM: &awsdir.SCIM{
			URL:   "https://scim.us-east-1.amazonaws.com/tenant/scim/v2",
			Token: func(context.Context) (string, error) { return "", nil },
		},
	}
	change(&o)
	d, err := awsdir.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return d
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
