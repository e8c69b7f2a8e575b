package csvsource

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"testing"

	"rollcall/fault"
)

func TestFilesThatCannotMakeASource(t *testing.T) {
	for name, c := range map[string]struct {
		people, groups, memberships string
		kind                        fault.Kind
		says                        string
	}{
		"empty":                   {"", "", "", fault.Incomplete, "people.csv: incomplete: the file is empty"},
		"only a mark":             {"\ufeff", "", "", fault.Incomplete, "people.csv: incomplete: there is no header"},
		"no header":               {"E1,Ann\nE2,Bob\n", "", "", fault.Incomplete, `people.csv:1: incomplete: the header has no column "id"`},
		"renamed anchor":          {"ident,name\nE1,Ann\n", "", "", fault.Incomplete, `people.csv:1: incomplete: the header has no column "id" (was it renamed`},
		"one column twice":        {"id,name,NAME\nE1,Ann,Ann\n", "", "", fault.Incomplete, `people.csv:1:9: incomplete: columns "name" and "NAME" both are the attribute name`},
		"column without a name":   {"id,name,\nE1,Ann,\n", "", "", fault.Incomplete, "people.csv:1:9: incomplete: column 3 of the header has no name"},
		"another delimiter":       {"id;name\nE1;Ann\n", "", "", fault.Incomplete, "a single column with a semicolon in it; set delimiter"},
		"row too short":           {"id,name\nE1,Ann\nE2\n", "", "", fault.Incomplete, "people.csv:3: incomplete: this row has 1 value, and the header has 2 columns"},
		"row too long":            {"id,name\nE1,Ann,Lead\n", "", "", fault.Incomplete, "people.csv:2: incomplete: this row has 3 values"},
		"no anchor":               {"id,name\nE1,Ann\n,\n", "", "", fault.Incomplete, "people.csv:3:1: incomplete: column id: it is empty, and it is the anchor"},
		"white space as anchor":   {"id,name\n  ,Ann\n", "", "", fault.Incomplete, "people.csv:2:1: incomplete: column id: "},
		"one anchor twice":        {"name,id\nAnn,E1\n\"Bob\nB\",E2\nCat,E1\n", "", "", fault.Incomplete, "people.csv:5:5: incomplete: column id: this anchor is that of the row in people.csv:2, too"},
		"one group twice":         {"", "id,name\nG1,a\nG1,b\n", "", fault.Incomplete, "groups.csv:3:1: incomplete: column id: this anchor is that of the row in groups.csv:2, too"},
		"cut in the last row":     {"id,name\nE1,Ann\nE2,Bo", "", "", fault.Incomplete, "people.csv:3: incomplete: the file ends in the middle of this line: it is cut"},
		"cut in a short row":      {"id,name\nE1,Ann\nE2", "", "", fault.Incomplete, "people.csv:3: incomplete: the file ends in the middle"},
		"group that is not there": {"", "", "group,member\nG1,E1\nG9,E1\n", fault.Incomplete, "memberships.csv:3:1: incomplete: column group: there is no such group in groups.csv"},
		"membership of nobody":    {"", "", "group,member\nG1, \n", fault.Incomplete, "memberships.csv:2:4: incomplete: column member: it is empty"},
		"membership of nothing":   {"", "", "group,member\n,E1\n", fault.Incomplete, "memberships.csv:2:1: incomplete: column group: it is empty"},
		"memberships renamed":     {"", "", "team,member\nG1,E1\n", fault.Incomplete, `memberships.csv:1: incomplete: the header has no column "group"`},
		"UTF-16":                  {"\xff\xfei\x00d\x00", "", "", fault.Unsupported, `people.csv: unsupported: it is in UTF-16, not UTF-8; convert it (iconv -f UTF-16 -t UTF-8), or save as "CSV UTF-8"`},
		"a spreadsheet":           {"PK\x03\x04xl", "", "", fault.Unsupported, "people.csv: unsupported: it is a zip archive, or a spreadsheet"},
	} {
		t.Run(name, func(t *testing.T) {
			files := small()
			for file, content := range map[string]string{"people.csv": c.people, "groups.csv": c.groups, "memberships.csv": c.memberships} {
				if content != "" || name == "empty" {
					files[file] = content
				}
			}
			snap, err := read(t, options(), files)
			if !fault.Is(err, c.kind) || !strings.Contains(err.Error(), c.says) {
				t.Errorf("read %+v, %v\nwant %v: %s", snap, err, c.kind, c.says)
			}
		})
	}
}

func TestAColumnThatIsConfiguredMustBeThere(t *testing.T) {
	for name, change := range map[string]func(*Options){
		"columns": func(o *Options) { o.People.Columns = map[string]string{"e-mail": "mail"} },
		"lists":   func(o *Options) { o.People.Lists = map[string]string{"e-mail": ";"} },
		"key":     func(o *Options) { o.People.Key = "e-mail" },
	} {
		o := options()
		change(&o)
		if _, err := read(t, o, small()); !fault.Is(err, fault.Incomplete) || !strings.Contains(err.Error(), `no column "e-mail"; did you mean "Mail"?`) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Wherever a file is cut, that is an error, unless it is after a whole row.
func TestCutAnywhere(t *testing.T) {
	whole := "id,Name\nE1,Ann\n\"E2\",\"Bo\nb\"\nE3,Cät\n"
	for name, whole := range map[string]string{"LF": whole, "CR LF": strings.ReplaceAll(whole, "\n", "\r\n")} {
		t.Run(name, func(t *testing.T) {
			var rows []int
			for at := range len(whole) {
				files := small()
				files["people.csv"] = "\ufeff" + whole[:at]
				files["memberships.csv"] = "group,member\n"
				snap, err := read(t, options(), files)
				if err == nil {
					rows = append(rows, len(snap.People))
				} else if !fault.Is(err, fault.Incomplete) {
					t.Errorf("cut at %d: %v", at, err)
				}
			}
			if fmt.Sprint(rows) != "[0 1 2]" {
				t.Errorf("files with these numbers of rows were taken: %v", rows)
			}
		})
	}
}

// A manifest shows what the format cannot: that rows are missing at the end,
// and that a last line without a newline is whole.
func TestAManifestProvesTheEnd(t *testing.T) {
	whole := small()
	const last = "\nE2,Bob,,\n"
	cut := strings.TrimSuffix(whole["people.csv"], last[1:])
	bare := strings.TrimSuffix(whole["people.csv"], "\n")
	says := func(people string, rows int) string {
		return fmt.Sprintf(`{"made": "nightly", "files": {"people.csv": {"rows": %d, "sha256": %q},
			"groups.csv": {"rows": 2}, "./memberships.csv": {"sha256": %q}}}`, rows, digest(people), strings.ToUpper(digest(whole["memberships.csv"])))
	}
	for name, c := range map[string]struct{ people, manifest, says string }{
		"whole":               {whole["people.csv"], says(whole["people.csv"], 2), ""},
		"without a newline":   {bare, says(bare, 2), ""},
		"cut after a row":     {cut, says(whole["people.csv"], 2), "people.csv: incomplete: it has 1 rows, and the manifest says 2"},
		"cut in a row":        {whole["people.csv"][:len(bare)-1], says(bare, 2), "people.csv:3: incomplete: the file ends in the middle of this line"},
		"cut in a last value": {"id,Name\nE1,An", says("id,Name\nE1,Ann", 1), "people.csv: incomplete: its sha256 is " + digest("id,Name\nE1,An") + ", and the manifest says " + digest("id,Name\nE1,Ann")},
		"no such file":        {whole["people.csv"], `{"files": {"people.csv": {"rows": 2}}}`, "manifest.json: incomplete: it does not list groups.csv, which is part of the source; it lists people.csv"},
	} {
		t.Run(name, func(t *testing.T) {
			files := small()
			files["people.csv"], files["manifest.json"] = c.people, c.manifest
			files["memberships.csv"] = whole["memberships.csv"]
			o := options()
			o.Manifest = "manifest.json"
			_, err := read(t, o, files)
			if c.says == "" && err != nil || c.says != "" && (!fault.Is(err, fault.Incomplete) || !strings.Contains(err.Error(), c.says)) {
				t.Errorf("got %v\nwant %s", err, c.says)
			}
		})
	}
}

func digest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}
