package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// readText reads a file of this text, with the columns group and user.
func readText(t *testing.T, text string) (*rowFile, error) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "f.csv")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return new(app).readRows(file, "group", "user")
}

func TestAFileOfAnyProgramReads(t *testing.T) {
	for name, text := range map[string]string{
		"plain":                  "group,user\nnight,ann\n",
		"no line's end":          "group,user\nnight,ann",
		"semicolons":             "group;user\nnight;ann\n",
		"a byte order mark":      "\ufeffgroup,user\nnight,ann\n",
		"lines of Windows":       "group,user\r\nnight,ann\r\n",
		"quotes and spaces":      "group,user\n\"night\", ann \n",
		"columns the other way":  "user,group\nann,night\n",
		"a column for something": "group,user,note\nnight,ann,\"a, b\"\n",
	} {
		f, err := readText(t, text)
		if err != nil || len(f.rows) != 1 || f.rows[0].cells["group"] != "night" || f.rows[0].cells["user"] != "ann" || f.rows[0].line != 2 {
			t.Errorf("%s: %+v, %v", name, f, err)
		}
	}
}

func TestAFileThatCannotBeReadSaysWhere(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"nothing":       {"", "no line that names columns"},
		"no such":       {"group,users\nnight,ann\n", `:1: there is no column user; did you mean "users"?`},
		"twice":         {"group,user,user\nnight,ann,bob\n", ":1: column user is there twice"},
		"too few cells": {"group,user\nnight\n", "record on line 2: wrong number of fields"},
		"open quotes":   {"group,user\n\"night,ann\n", "line 2"},
	} {
		if _, err := readText(t, c.text); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %s", name, err, c.want)
		}
	}
	if _, err := new(app).readRows(filepath.Join(t.TempDir(), "none.csv")); err == nil || !strings.Contains(err.Error(), "--from") {
		t.Errorf("no file: %v", err)
	}
}

func TestEveryWrongRowIsNamedInTheirOrder(t *testing.T) {
	f, err := readText(t, "group,user\nnight,\n,ann\nnight,bob\n")
	if err != nil || len(f.rows) != 1 {
		t.Fatalf("%+v, %v", f, err)
	}
	f.complain(f.rows[0], usage("bob is nobody"))
	f.complain(fileRow{line: 1}, usage("first"))
	lines := strings.Split(f.complete().Error(), "\n")
	for i, want := range []string{":1: first", ":2: user is empty", ":3: group is empty", ":4: bob is nobody", "since 4 rows of it"} {
		if !strings.Contains(lines[i], want) {
			t.Errorf("%q does not say %q", lines[i], want)
		}
	}
}
