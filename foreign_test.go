package main

import (
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// Another module uses identitycentertest the way docs/testing.md says, with
// the page's own lines.
func TestAnotherModuleCanUseTheServer(t *testing.T) {
	page, err := os.ReadFile("docs/testing.md")
	if err != nil {
		t.Fatal(err)
	}
	example := regexp.MustCompile("(?s)```go\n(package foreign_test\n.*?)```").FindSubmatch(page)
	if example == nil {
		t.Fatal("the page has no Go test")
	}
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	folder := foreignModule(t, "\nrequire rollcall v0.0.0\n\nreplace rollcall => "+here+"\n", map[string]string{"foreign_test.go": string(example[1])})
	if out, err := goIn(folder, "test", "./...").CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// foreignModule is the folder of a module with those files, which requires what
// we do and more.
func foreignModule(t *testing.T, more string, files map[string]string) string {
	t.Helper()
	ours, err := os.ReadFile("go.mod")
	if err != nil {
		t.Fatal(err)
	}
	sums, err := os.ReadFile("go.sum")
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	_, rest, _ := strings.Cut(string(ours), "\n")
	files = maps.Clone(files)
	files["go.mod"], files["go.sum"] = "module example.com/foreign\n"+rest+more, string(sums)
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return folder
}

// goIn is a go command in a foreign module, which asks nobody for others.
func goIn(folder string, args ...string) *exec.Cmd {
	c := exec.Command("go", args...)
	c.Dir, c.Env = folder, append(os.Environ(), "GOWORK=off", "GOFLAGS=-mod=mod", "GOPROXY=off")
	return c
}
