package main

import (
	"fmt"
	"io"
	"os"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/rogpeppe/go-internal/testscript"

	"rollcall/source"
	"rollcall/source/csvsource"
	"rollcall/source/ldifsource"
)

// The tables of docs/sources.md say what the program says.
func TestThePageOfSourcesIsRightAboutWhatIsRefused(t *testing.T) {
	page := sourcesPage(t)
	for heading, open := range map[string]func(open func(string) (io.ReadCloser, error)) (source.Driver, error){
		"company.ldif": func(open func(string) (io.ReadCloser, error)) (source.Driver, error) {
			return ldifsource.New(ldifsource.Options{Paths: []string{"company.ldif"}, Open: open})
		},
		"people.csv": func(open func(string) (io.ReadCloser, error)) (source.Driver, error) {
			return csvsource.New(csvsource.Options{Open: open, People: csvsource.Table{
				Paths: []string{"people.csv"}, Anchor: "id", Columns: map[string]string{"mail": "mail"},
			}})
		},
	} {
		_, table, found := strings.Cut(page, "| "+heading+" | what is said |\n|---|---|\n")
		if !found {
			t.Fatalf("the table of %s is gone", heading)
		}
		table, _, _ = strings.Cut(table, "\n\n")
		for line := range strings.Lines(table) {
			cells := strings.Split(strings.TrimSpace(line), "|")
			if len(cells) != 4 {
				t.Errorf("not two cells: %s", line)
				continue
			}
			content := strings.ReplaceAll(strings.Trim(strings.TrimSpace(cells[1]), "`"), "⏎", "\n")
			files := fstest.MapFS{heading: {Data: []byte(content)}}
			driver, err := open(func(path string) (io.ReadCloser, error) { return files.Open(path) })
			if err != nil {
				t.Fatal(err)
			}
			if _, err = source.New("test", driver).Read(t.Context()); !strings.Contains(fmt.Sprint(err), strings.TrimSpace(cells[2])) {
				t.Errorf("%s is %v, and the page says %s", cells[1], err, cells[2])
			}
		}
	}
}

func sourcesPage(t *testing.T) string {
	t.Helper()
	page, err := os.ReadFile("docs/sources.md")
	if err != nil {
		t.Fatal(err)
	}
	return string(page)
}

// fileOnPage is a file as the page shows it.
var fileOnPage = regexp.MustCompile("(?s)`([a-z.]+)`:\n\n```[a-z]+\n(.*?)```\n")

// The example of docs/sources.md works as it stands there.
func TestTheExampleOfThePageOfSourcesWorks(t *testing.T) {
	shown := fileOnPage.FindAllStringSubmatch(sourcesPage(t), -1)
	if len(shown) != 5 {
		t.Fatalf("%d files are shown", len(shown))
	}
	runSession(t, "testdata/sources/page.txtar", func(folder string) error {
		files := fstest.MapFS{}
		for _, f := range shown {
			files[f[1]] = &fstest.MapFile{Data: []byte(f[2])}
		}
		return os.CopyFS(folder, files)
	})
}

// examples/hr is what its README says, and works with and without its manifest.
func TestTheSampleInCSVWorks(t *testing.T) {
	runSession(t, "testdata/sources/sample.txtar", func(folder string) error {
		return os.CopyFS(folder, os.DirFS("examples/hr"))
	})
}

// runSession runs one script in a folder that prepare has filled.
func runSession(t *testing.T, script string, prepare func(folder string) error) {
	testscript.Run(t, testscript.Params{
		Files: []string{script}, UpdateScripts: os.Getenv("UPDATE") != "",
		Setup: func(env *testscript.Env) error { return prepare(env.WorkDir) },
		Cmds:  map[string]func(ts *testscript.TestScript, neg bool, args []string){"status": wantStatus, "alter": alterText},
	})
}
