package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// The lines that docs/testing.md has to paste do what they say, one after the
// other at one server; Terraform's cannot be tried here.
func TestTheLinesToPasteWork(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("docs/testing.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, _ := strings.Cut(string(page), "\n## Lines to paste\n")
	section, _, _ = strings.Cut(section, "\n## ")
	s := &stand{calm: newOffice(t).serve("--ephemeral")}
	s.env = s.calm.env
	delete(s.env, "PWD") // that is the shell's
	runs := map[string]func(t *testing.T, text string){
		"sh":     s.pasteShell,
		"python": s.pastePython,
		"js":     s.pasteJavaScript,
		"go":     s.pasteGo,
	}
	found := map[string]bool{}
	for _, block := range regexp.MustCompile("(?s)```(\\w+)\n(.*?)```").FindAllStringSubmatch(section, -1) {
		run := runs[block[1]]
		if block[1] == "hcl" {
			continue // what Terraform's provider calls is replayed elsewhere
		}
		if run == nil {
			t.Fatalf("nobody knows how to run %s", block[1])
		}
		found[block[1]] = true
		t.Run(block[1], func(t *testing.T) { run(t, block[2]) })
	}
	if len(found) != len(runs) {
		t.Errorf("the page has lines of %v only", found)
	}
}

func (s *stand) pasteShell(t *testing.T, text string) {
	aws := installed(t, "bin/py-venv/bin/aws", "--version")
	if strings.HasPrefix(text, "curl") {
		text = strings.Replace(text, "curl ", "curl --silent --show-error --fail ", 1)
	}
	s.run(t, "sh", "-eu", "-c", "PATH="+filepath.Dir(aws)+":$PATH\n"+text)
}

func (s *stand) pastePython(t *testing.T, text string) {
	s.run(t, installed(t, "bin/py-venv/bin/python", "-c", "import boto3"), "-c", text)
}

// pasteJavaScript runs the lines beside the packages of clients/js.
func (s *stand) pasteJavaScript(t *testing.T, text string) {
	node := installed(t, "node", "--eval", `require("@aws-sdk/client-identitystore"), require("@aws-sdk/client-sso-admin")`)
	packages, err := filepath.Abs("clients/js/node_modules")
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	if err := os.Symlink(packages, filepath.Join(folder, "node_modules")); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(folder, "pasted.mjs")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	s.run(t, node, file)
}

// pasteGo runs the lines as a program of a module that requires what this one
// does.
func (s *stand) pasteGo(t *testing.T, text string) {
	folder := foreignModule(t, "", map[string]string{"main.go": text})
	program := filepath.Join(folder, "pasted")
	if out, err := goIn(folder, "build", "-o", program, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	s.run(t, program)
}
