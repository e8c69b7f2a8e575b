package cli

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// The page of commands is made from the commands; UPDATE=1 writes it.
func TestThePageOfCommandsIsCurrent(t *testing.T) {
	const file = "../docs/cli.md"
	root := newTestRoot()
	var page strings.Builder
	page.WriteString("# Commands\n\nThis page is written by a test, from what `--help` says. Every command ends with one of the\n" +
		"[exit statuses](exit-status.md).\n\nFlags of every command, each also as a variable:\n\n")
	writeFlags(&page, root.PersistentFlags())
	walk(root, func(c *cobra.Command) {
		if c.HasParent() && c.Name() != "help" && c.Name() != "completion" && !strings.Contains(c.CommandPath(), " completion ") {
			writeCommand(&page, c)
		}
	})
	if os.Getenv("UPDATE") != "" {
		if err := os.WriteFile(file, []byte(page.String()), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if got, err := os.ReadFile(file); err != nil || string(got) != page.String() {
		t.Errorf("%s is not current; UPDATE=1 go test ./cli writes it (%v)", file, err)
	}
}

func writeCommand(page *strings.Builder, c *cobra.Command) {
	if isGroup(c) {
		fmt.Fprintf(page, "\n## %s\n\n%s.\n", c.CommandPath(), c.Short)
		return
	}
	level := "###"
	if c.Parent() == c.Root() {
		level = "##"
	}
	text := c.Long
	if text == "" {
		text = c.Short + "."
	}
	fmt.Fprintf(page, "\n%s %s\n\n%s\n\n", level, c.CommandPath(), text)
	fmt.Fprintf(page, "    %s\n\nExamples:\n\n", strings.TrimSuffix(c.UseLine(), " [flags]"))
	for line := range strings.Lines(c.Example) {
		fmt.Fprintf(page, "    %s\n", strings.TrimSpace(line))
	}
	if c.LocalNonPersistentFlags().HasAvailableFlags() {
		page.WriteString("\n")
		writeFlags(page, c.LocalNonPersistentFlags())
	}
}

func writeFlags(page *strings.Builder, flags *pflag.FlagSet) {
	flags.VisitAll(func(f *pflag.Flag) {
		if f.Name == "help" {
			return
		}
		name, text := pflag.UnquoteUsage(f)
		value := ""
		if plain, ok := map[string]string{"string": "text", "strings": "texts", "int": "n", "stringArray": "text"}[name]; ok {
			name = plain
		}
		if name != "" {
			value = " " + strings.ToUpper(name)
		}
		fmt.Fprintf(page, "- `--%s%s`: %s\n", f.Name, value, text)
	})
}

// The page of exit statuses is written by hand, but says what --help says.
func TestThePageOfExitStatusesIsCurrent(t *testing.T) {
	page, err := os.ReadFile("../docs/exit-status.md")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(exitText) {
		status, meaning, found := strings.Cut(strings.TrimSpace(line), "  ")
		if !found {
			continue
		}
		if row := fmt.Sprintf("| %s | %s |\n", status, strings.TrimSpace(meaning)); !strings.Contains(string(page), row) {
			t.Errorf("it lacks the row %s", row)
		}
	}
}
