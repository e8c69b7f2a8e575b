package config

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"rollcall/fault"
	"rollcall/governor"
	"rollcall/plan"
	"rollcall/reconcile"
)

// environment is what ${NAME} finds in these tests.
func environment(name string) (string, bool) {
	value, ok := map[string]string{"BASE": "dc=example,dc=com", "EMPTY": "", "TRICK": "${BASE}", "FLOOR": "7", "PW": "geheim"}[name]
	return value, ok
}

const people = "sources:\n  corp: {kind: ldif, path: people.ldif}\n"

// with is a whole file around the keys of one sync.
func with(keys string) string {
	return people + "syncs:\n  corp:\n    source: corp\n    mapping: {preset: inetorgperson}\n" + keys
}

func good(t *testing.T, text string) *Config {
	t.Helper()
	c, problems := parse([]byte(text), environment)
	if len(problems) > 0 {
		t.Fatal((&Problems{File: "rollcall.yaml", List: problems}).Error())
	}
	return c
}

func TestWithoutAFileThereIsOneEmbeddedDirectory(t *testing.T) {
	for name, c := range map[string]*Config{"no file": Default(), "empty file": good(t, ""), "only comments": good(t, "# nothing\n")} {
		t.Run(name, func(t *testing.T) {
			d := c.Directories["local"]
			if len(c.Directories) != 1 || d.Kind != "embedded" || d.Store != "" || d.BareIDs() || c.DefaultDirectory != "local" {
				t.Errorf("%+v", c)
			}
			if url, err := c.State.URL("/state"); err != nil || url != "sqlite:/state/state.db" {
				t.Errorf("state in %q, %v", url, err)
			}
			if url, err := d.Database.URL("/state"); err != nil || url != "sqlite:/state/directory.db" {
				t.Errorf("directory in %q, %v", url, err)
			}
		})
	}
}

func TestWhatIsLeftOutHasItsDefault(t *testing.T) {
	c := good(t, with(""))
	s := c.Syncs["corp"]
	if s.Directory != "local" || s.Issuer != "rollcall:corp" || !s.ManageGroups() || time.Duration(s.Grace) != 30*24*time.Hour {
		t.Errorf("%+v", s)
	}
	if diff := cmp.Diff([]string{"userName", "emails.value"}, s.CorrelateKeys()); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(plan.DefaultLimits(), s.Brakes.Limits()); diff != "" {
		t.Error(diff)
	}
	table, _ := reconcile.TableNamed("default")
	if diff := cmp.Diff(table, s.Actions.Build()); diff != "" {
		t.Error(diff)
	}
}

func TestShortFormsMeanTheSame(t *testing.T) {
	short := good(t, `
sources:
  corp: {kind: ldif, path: people.ldif, anchor: uid, classes: {people: person}}
syncs:
  corp: {source: corp, mapping: {preset: ad}, actions: mirror, correlate: userName, grace: 30d}
`)
	long := good(t, `
sources:
  corp: {kind: ldif, path: people.ldif, anchor: {people: uid, groups: uid}, classes: {people: [person]}}
syncs:
  corp: {source: corp, mapping: {preset: ad}, actions: {table: mirror}, correlate: [userName], grace: 720h}
`)
	if diff := cmp.Diff(long, short, cmp.AllowUnexported(Database{}, Secret{}, governor.Rate{})); diff != "" {
		t.Error(diff)
	}
	if time.Duration(short.Syncs["corp"].Grace) != 30*24*time.Hour {
		t.Errorf("grace %v", short.Syncs["corp"].Grace)
	}
}

func TestATableIsOverlaidEntryByEntry(t *testing.T) {
	c := good(t, with("    actions: {table: no-delete, users: {source-missing: disable}, members: exact}\n"))
	got := c.Syncs["corp"].Actions.Build()
	want, _ := reconcile.TableNamed("no-delete")
	want.Users[reconcile.SourceMissing] = reconcile.Disable
	want.Members = reconcile.MembersExact
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestAHalfThresholdKeepsTheOtherDefault(t *testing.T) {
	c := good(t, with("    brakes: {users_off: {floor: 0}}\n"))
	if got, want := c.Syncs["corp"].Brakes.UsersOff, (Threshold{Floor: 0, Percent: plan.DefaultLimits().UsersOff.Percent}); got != want {
		t.Errorf("%+v", got)
	}
}

func TestVariablesAreExpandedInValuesOnly(t *testing.T) {
	c := good(t, `
sources:
  corp: {kind: ldif, path: "${BASE}/$x/$${BASE}/${EMPTY}${TRICK}", base: "${BASE}"}
syncs:
  corp:
    source: corp
    mapping: {preset: inetorgperson, user: {title: '"${BASE}"'}}
    scope: {people: 'person.uid != "${NOBODY}"'}
    brakes: {users_off: {floor: "${FLOOR}"}}
`)
	source, sync := c.Sources["corp"], c.Syncs["corp"]
	if want := "dc=example,dc=com/$x/${BASE}/${BASE}"; source.Path != want {
		t.Errorf("path %q, want %q", source.Path, want)
	}
	if sync.Mapping.User["title"] != `"${BASE}"` || sync.Scope.People != `person.uid != "${NOBODY}"` {
		t.Errorf("an expression was expanded: %+v", sync)
	}
	if sync.Brakes.UsersOff.Floor != 7 {
		t.Errorf("floor %d", sync.Brakes.UsersOff.Floor)
	}
}

func TestExpressionsMayBeWrittenAsBlocksNumbersAndNothing(t *testing.T) {
	c := good(t, with("")+"      \n"+`  other:
    source: corp
    directory: second
    mapping:
      preset: inetorgperson
      user:
        active: true
        phone:
        title: |
          person.title == ""
            ? "none"
            : person.title
directories:
  local: {kind: embedded}
  second: {kind: embedded, database: "sqlite:second.db"}
default_directory: local
`)
	user := c.Syncs["other"].Mapping.User
	want := map[string]string{"active": "true", "phone": "", "title": "person.title == \"\"\n  ? \"none\"\n  : person.title"}
	if diff := cmp.Diff(want, user); diff != "" {
		t.Error(diff)
	}
}

func TestLoadTellsAMissingFileFromABadOne(t *testing.T) {
	folder := t.TempDir()
	missing := filepath.Join(folder, "none.yaml")
	if _, err := Load(missing); !fault.Is(err, fault.NotFound) {
		t.Errorf("missing: %v", err)
	}
	if problems := Check(missing); len(problems) != 1 {
		t.Errorf("missing: %v", problems)
	}
	bad := filepath.Join(folder, "bad.yaml")
	write(t, bad, "stat: 1\nsyncz: 2\n")
	_, err := Load(bad)
	list, ok := errors.AsType[*Problems](err)
	if !fault.Is(err, fault.Invalid) || !ok || len(list.List) != 2 {
		t.Fatalf("bad: %v", err)
	}
	if !strings.Contains(err.Error(), bad+`:2:1: syncz: unknown key; did you mean "syncs"?`) {
		t.Error(err)
	}
	good := filepath.Join(folder, "good.yaml")
	write(t, good, "\xEF\xBB\xBFstate: sqlite:s.db\r\n")
	if problems := Check(good); problems != nil {
		t.Errorf("good: %v", problems)
	}
	powershell := filepath.Join(folder, "powershell.yaml")
	write(t, powershell, "\xff\xfes\x00t\x00")
	if _, err := Load(powershell); !fault.Is(err, fault.Invalid) || !strings.Contains(err.Error(), "UTF-16") {
		t.Errorf("UTF-16: %v", err)
	}
	large := filepath.Join(folder, "large.yaml")
	write(t, large, "#"+strings.Repeat("x", maxFile-1))
	if _, err := Load(large); err != nil {
		t.Errorf("just small enough: %v", err)
	}
	write(t, large, "#"+strings.Repeat("x", maxFile))
	if _, err := Load(large); !fault.Is(err, fault.Invalid) {
		t.Errorf("too large: %v", err)
	}
}

func write(t *testing.T, file, text string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestSourceFilesAreFoundFromTheConfigurationsFolder(t *testing.T) {
	folder := t.TempDir()
	for _, f := range []string{"a.ldif", "b.ldif", "c.txt"} {
		write(t, filepath.Join(folder, f), "")
	}
	c := &Config{Folder: folder}
	for name, test := range map[string]struct {
		source Source
		want   []string
	}{
		"one":           {Source{Path: "a.ldif"}, []string{"a.ldif"}},
		"not there":     {Source{Path: "z.ldif"}, []string{"z.ldif"}}, // whoever opens it says so
		"pattern":       {Source{Path: "*.ldif"}, []string{"a.ldif", "b.ldif"}},
		"each once":     {Source{Paths: Strings{"b.ldif", "*.ldif"}}, []string{"b.ldif", "a.ldif"}},
		"absolute path": {Source{Path: filepath.Join(folder, "c.txt")}, []string{"c.txt"}},
	} {
		t.Run(name, func(t *testing.T) {
			files, err := c.Files(test.source)
			if err != nil {
				t.Fatal(err)
			}
			for i := range files {
				files[i] = filepath.Base(files[i])
			}
			if diff := cmp.Diff(test.want, files); diff != "" {
				t.Error(diff)
			}
		})
	}
	if _, err := c.Files(Source{Path: "*.csv"}); !fault.Is(err, fault.Incomplete) {
		t.Errorf("a pattern without a match: %v", err)
	}
}
