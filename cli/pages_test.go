package cli

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"rollcall/config"
)

// pages are those that people read, by their names from the root; the page of
// commands is made from the commands.
func pages(t *testing.T) map[string]string {
	t.Helper()
	all := map[string]string{}
	for _, pattern := range []string{"../*.md", "../docs/*.md", "../door/*/README.md"} {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: %v", pattern, err)
		}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if name := strings.TrimPrefix(file, "../"); name != "docs/cli.md" && name != "CHANGELOG.md" {
				all[name] = string(text)
			}
		}
	}
	return all
}

// block is what stands apart in a page: between fences, or indented.
type block struct {
	line int // of the page
	text string
}

func blocks(page string) (all []block) {
	fenced, indented := false, false
	for n, line := range strings.Split(page, "\n") {
		switch fence := strings.HasPrefix(line, "```"); {
		case fence:
			fenced, indented = !fenced, false
			if fenced {
				all = append(all, block{line: n + 2})
			}
			continue
		case fenced:
		case strings.HasPrefix(line, "    "), indented && line == "":
			if !indented {
				all, indented = append(all, block{line: n + 1}), true
			}
			line = strings.TrimPrefix(line, "    ")
		default:
			indented = false
			continue
		}
		all[len(all)-1].text += line + "\n"
	}
	return all
}

var inline = regexp.MustCompile("`(rollcall [a-z][^`]*)`")

func TestCommandsInThePagesCanBeTyped(t *testing.T) {
	tried := 0
	for name, page := range pages(t) {
		for _, b := range blocks(page) {
			text := strings.ReplaceAll(b.text, "\\\n", " ")
			for line := range strings.Lines(text) {
				line = strings.TrimPrefix(strings.TrimSpace(line), "$ ")
				if !strings.HasPrefix(line, "rollcall ") {
					continue
				}
				tried++
				if _, err := typable(line, true); err != nil {
					t.Errorf("%s, in the block from line %d: %s: %v", name, b.line, line, err)
				}
			}
		}
		for _, m := range inline.FindAllStringSubmatch(strings.ReplaceAll(page, "\n", " "), -1) {
			tried++
			if _, err := typable(m[1], false); err != nil {
				t.Errorf("%s: `%s`: %v", name, m[1], err)
			}
		}
	}
	if tried < 120 {
		t.Errorf("only %d commands were found", tried)
	}
}

// typable returns the command that a line is of, and says why it cannot be
// typed: it has no such flags or, where the line is whole, takes no such
// arguments.
func typable(line string, whole bool) (*cobra.Command, error) {
	words := shellWords(line)
	for i, w := range words {
		if strings.HasPrefix(w, "#") || w == "&" { // a comment; a shell's own
			words = words[:i]
			break
		}
		if w == "…" {
			words, whole = words[:i], false // and so on
			break
		}
	}
	root := newTestRoot()
	found, rest, err := root.Find(words[1:])
	if err != nil {
		return nil, err
	}
	err = found.ParseFlags(rest)
	if err != nil && (whole || !strings.HasPrefix(err.Error(), "flag needs an argument")) {
		return found, err
	}
	args := found.Flags().Args()
	switch {
	case isGroup(found) && len(args) > 0:
		return found, fmt.Errorf("%s has no command %q", found.CommandPath(), args[0])
	case whole:
		return found, found.ValidateArgs(args)
	}
	return found, nil
}

var configured = regexp.MustCompile(`(?m)\A(?:\s*#.*\n)*(?:directories|default_directory|sources|syncs|lifecycle|roles|rules|approvals|notify|connectors|xsoar|state|work|key):`)

// What is shown of a configuration is right as far as it goes: a part need not
// have what the rest of the file says.
func TestConfigurationsInThePagesAreRight(t *testing.T) {
	tried := 0
	for name, page := range pages(t) {
		for _, b := range blocks(page) {
			if !configured.MatchString(b.text) {
				continue
			}
			tried++
			file := filepath.Join(t.TempDir(), "rollcall.yaml")
			if err := os.WriteFile(file, []byte(b.text), 0o600); err != nil {
				t.Fatal(err)
			}
			_, err := (&app{configFile: file}).loadConfig()
			problems, many := errors.AsType[*config.Problems](err)
			if err != nil && !many {
				t.Errorf("%s, in the block from line %d: %v", name, b.line, err)
			}
			if !many {
				continue
			}
			for _, p := range problems.List {
				if !strings.Contains(p.Text, "is missing") && !strings.HasPrefix(p.Text, "there is no ") && !strings.HasPrefix(p.Text, "there are no ") {
					t.Errorf("%s, line %d: %s: %s", name, b.line+p.Line-1, p.Path, p.Text)
				}
			}
		}
	}
	if tried < 15 {
		t.Errorf("only %d configurations were found", tried)
	}
}
