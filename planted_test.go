package main

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// plantedPeople are enough that losing half of them is no ordinary day.
const plantedPeople = 20

// sourceKind is a kind of source and its files as they should be.
type sourceKind struct {
	config string
	files  map[string]string
	unit   string                // what a manifest counts
	count  func(text string) int // how many of them a file has
}

func csvKind() sourceKind {
	people, memberships := "id,userName,givenName,familyName,email,title\r\n", "group,member\r\n"
	for n := 1; n <= plantedPeople; n++ {
		people += fmt.Sprintf("E%03d,u%03d,Number%d,Person,u%03d@example.com,\"Engineer,\r\nPlatform\"\r\n", n, n, n, n)
		memberships += fmt.Sprintf("G1,E%03d\r\n", n)
	}
	return sourceKind{
		config: "{kind: csv, people: {path: people.csv, anchor: id, columns: {email: email}}, " +
			"groups: {path: groups.csv, anchor: id}, memberships: {path: memberships.csv}%s}\n" +
			"syncs:\n  hr: {source: hr, mapping: {preset: csv, user: {title: clean(person.title)}}}\n",
		files: map[string]string{"people.csv": people, "groups.csv": "id,name\r\nG1,staff\r\n", "memberships.csv": memberships},
		unit:  "rows", count: func(text string) int { return strings.Count(strings.ReplaceAll(text, ",\r\n", ","), "\n") - 1 },
	}
}

func ldifKind() sourceKind {
	return sourceKind{
		config: "{kind: ldif, path: company.ldif, anchor: entryUUID%s}\nsyncs:\n  hr: {source: hr, mapping: {preset: inetorgperson}}\n",
		files:  map[string]string{"company.ldif": people(1, plantedPeople)},
		unit:   "entries", count: func(text string) int { return strings.Count(text, "dn: ") },
	}
}

// failure is something wrong with a source.
type failure struct {
	file     string
	does     func(text string) string // nil: the file is gone
	manifest bool                     // a manifest of the file as it should be is there
	braked   bool                     // a plan is made and stopped
	says     string                   // a regular expression
}

func replace(from, to string) func(string) string {
	return func(text string) string {
		if !strings.Contains(text, from) {
			panic("nothing to replace: " + from)
		}
		return strings.Replace(text, from, to, 1)
	}
}

// upTo cuts a file in front of a text.
func upTo(end string) func(string) string {
	return func(text string) string {
		before, _, found := strings.Cut(text, end)
		if !found {
			panic("nothing to cut at: " + end)
		}
		return before
	}
}

func empty(string) string { return "" }

func TestPlantedFailuresOfCSVChangeNothing(t *testing.T) {
	plant(t, csvKind(), map[string]failure{
		"empty file":                        {file: "people.csv", does: empty, says: `people\.csv: incomplete: the file is empty`},
		"empty memberships":                 {file: "memberships.csv", does: empty, says: `memberships\.csv: incomplete: the file is empty`},
		"cut inside a record":               {file: "people.csv", does: upTo("umber7"), says: `people\.csv:14: incomplete: the file ends in the middle of this line: it is cut`},
		"cut inside a quoted value":         {file: "people.csv", does: upTo("Platform\"\r\nE008"), says: `people\.csv:14:43: incomplete: the quote that opens here is never closed: the file is cut`},
		"cut inside a membership":           {file: "memberships.csv", does: upTo("09\r\n"), says: `memberships\.csv:10: incomplete: the file ends in the middle`},
		"cut at a record's end":             {file: "people.csv", does: upTo("E011"), braked: true, says: `10 of 20 users would be disabled or deleted`},
		"cut at a record's end, a manifest": {file: "people.csv", does: upTo("E020"), manifest: true, says: `people\.csv: incomplete: it has 19 rows, and the manifest says 20`},
		"memberships cut, a manifest":       {file: "memberships.csv", does: upTo("G1,E020"), manifest: true, says: `memberships\.csv: incomplete: it has 19 rows, and the manifest says 20`},
		"changed, a manifest":               {file: "people.csv", does: replace("Number3", "Number4"), manifest: true, says: `people\.csv: incomplete: its sha256 is`},
		"missing header":                    {file: "people.csv", does: replace("id,userName,givenName,familyName,email,title\r\n", ""), says: `people\.csv:1: incomplete: the header has no column "id" \(was it renamed, or is the header missing\?\)`},
		"missing column of a row":           {file: "people.csv", does: replace("E003,u003,", "E003,"), says: `people\.csv:6: incomplete: this row has 5 values, and the header has 6 columns`},
		"duplicate anchor":                  {file: "people.csv", does: replace("E004", "E002"), says: `people\.csv:8:1: incomplete: column id: this anchor is that of the row in .*people\.csv:4, too`},
		"empty anchor":                      {file: "people.csv", does: replace("E004", ""), says: `people\.csv:8:1: incomplete: column id: it is empty, and it is the anchor`},
		"renamed anchor":                    {file: "people.csv", does: replace("id,", "ident,"), says: `people\.csv:1: incomplete: the header has no column "id"`},
		"renamed column":                    {file: "people.csv", does: replace("email", "e-mail"), says: `people\.csv:1: incomplete: the header has no column "email"; did you mean "e-mail"`},
		"group gone from its file alone":    {file: "groups.csv", does: replace("G1", "G2"), says: `memberships\.csv:2:1: incomplete: column group: there is no such group`},
		"unreadable file":                   {file: "groups.csv", says: `groups\.csv: not found: no such file or directory`},
		"unreadable manifest":               {file: "manifest.json", does: upTo("rows"), manifest: true, says: `manifest\.json: incomplete: it is not JSON`},
	})
}

func TestPlantedFailuresOfLDIFChangeNothing(t *testing.T) {
	const last = "dn: uid=u020"
	plant(t, ldifKind(), map[string]failure{
		"empty file":                        {file: "company.ldif", does: empty, says: `company\.ldif: incomplete: the file is empty`},
		"cut inside a record":               {file: "company.ldif", does: upTo("ber7\n"), says: `company\.ldif:\d+: incomplete: the file ends in the middle of this line: it is cut`},
		"cut at a record's end":             {file: "company.ldif", does: upTo("dn: uid=u011"), braked: true, says: `10 of 20 users would be disabled or deleted`},
		"cut at a record's end, a manifest": {file: "company.ldif", does: upTo(last), manifest: true, says: `company\.ldif: incomplete: it has 20 entries, and the manifest says 22`},
		"changed, a manifest":               {file: "company.ldif", does: replace("Number3", "Number4"), manifest: true, says: `company\.ldif: incomplete: its sha256 is`},
		"missing base entry":                {file: "company.ldif", does: replace("dn: dc=example,dc=com\nobjectClass: domain\ndc: example\n\n", ""), says: `no base is configured and no entry lies above all others; the base entry is missing`},
		"duplicate anchor":                  {file: "company.ldif", does: replace("000000000004", "000000000002"), says: `company\.ldif:\d+: incomplete: .* its anchor entryuuid is that of the entry at .*company\.ldif:\d+, too`},
		"renamed anchor":                    {file: "company.ldif", does: replace("entryUUID", "uuid"), says: `company\.ldif:\d+: incomplete: .* it has no entryuuid, which is the anchor of people`},
		"unreadable file":                   {file: "company.ldif", says: `company\.ldif: not found: no such file or directory`},
	})
}

// plant brings a directory in line with a source, then plants each failure and
// looks that the next run says so and leaves everything as it was.
func plant(t *testing.T, kind sourceKind, failures map[string]failure) {
	for name, f := range failures {
		t.Run(name, func(t *testing.T) {
			scripts := t.TempDir()
			if err := os.WriteFile(filepath.Join(scripts, "session.txtar"), []byte(f.session()), 0o600); err != nil {
				t.Fatal(err)
			}
			testscript.Run(t, testscript.Params{
				Dir:   scripts,
				Setup: func(env *testscript.Env) error { return kind.write(env.WorkDir, f) },
				Cmds:  map[string]func(ts *testscript.TestScript, neg bool, args []string){"status": wantStatus},
			})
		})
	}
}

// write puts the files of a session there: those of the source as they should
// be, and bad, what becomes of one of them.
func (k sourceKind) write(folder string, f failure) error {
	files, setting := maps.Clone(k.files), ""
	if f.manifest {
		files["manifest.json"], setting = k.manifest(), ", manifest: manifest.json"
	}
	files["rollcall.yaml"] = "sources:\n  hr: " + fmt.Sprintf(k.config, setting)
	if f.does != nil {
		files["bad"] = f.does(files[f.file])
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
			return err
		}
	}
	return nil
}

// session is what is typed around a failure.
func (f failure) session() string {
	become, plans := "cp bad "+f.file, 1
	if f.does == nil {
		become = "rm " + f.file
	}
	if f.braked {
		plans = 2
	}
	return fmt.Sprintf(`rollcall sync run hr
rollcall user list --output csv
cp stdout users.csv

%s
status 5 rollcall sync run hr
stderr '%s'

rollcall user list --output csv
cmp stdout users.csv
rollcall run list --output json --query 'length(@)'
stdout '^1$'
rollcall plan list --output json --query 'length(@)'
stdout '^%d$'
`, become, f.says, plans)
}

// manifest says what the files should be.
func (k sourceKind) manifest() string {
	type promise map[string]any
	files := map[string]promise{}
	for name, text := range k.files {
		digest := sha256.Sum256([]byte(text))
		files[name] = promise{k.unit: k.count(text), "sha256": hex.EncodeToString(digest[:])}
	}
	out, err := json.Marshal(map[string]any{"files": files})
	if err != nil {
		panic(err)
	}
	return string(out)
}
