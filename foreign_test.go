package main

import (
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
	example := regexp.MustCompile("(?s)```go\n(.*?)```").FindSubmatch(page)
	if example == nil {
		t.Fatal("the page has no Go")
	}
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	ours, err := os.ReadFile("go.mod")
	if err != nil {
		t.Fatal(err)
	}
	sums, err := os.ReadFile("go.sum")
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	_, rest, _ := strings.Cut(string(ours), "\n") // what we require, they do
	for name, text := range map[string]string{
		"go.mod":          "module example.com/foreign\n" + rest + "\nrequire rollcall v0.0.0\n\nreplace rollcall => " + here + "\n",
		"go.sum":          string(sums),
		"foreign_test.go": string(example[1]),
	} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	c := exec.Command("go", "test", "./...")
	c.Dir, c.Env = folder, append(os.Environ(), "GOWORK=off", "GOFLAGS=-mod=mod", "GOPROXY=off")
	if out, err := c.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}
