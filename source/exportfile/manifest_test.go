package exportfile

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"rollcall/fault"
	"rollcall/source"
)

// folder is a folder with these files.
func folder(t *testing.T, files map[string]string) string {
	t.Helper()
	at := t.TempDir()
	for name, text := range files {
		path := filepath.Join(at, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return at
}

// lines reads files whose unit is the line.
func lines(o Options, paths ...string) (source.Report, error) {
	o.Format, o.Unit = "TEXT", Rows
	r, err := Begin(o)
	if err != nil {
		return source.Report{}, err
	}
	for _, p := range paths {
		err := r.File(p, func(in io.Reader, _ bool) (int, error) {
			text, err := io.ReadAll(in)
			return strings.Count(string(text), "\n"), err
		})
		if err != nil {
			return source.Report{}, err
		}
	}
	var report source.Report
	return report, r.Done(&report)
}

func sum(text string) string {
	digest := sha256.Sum256([]byte(text))
	return hex.EncodeToString(digest[:])
}

func TestAManifestMustAgree(t *testing.T) {
	const a, b = "one\ntwo\n", "three\n"
	for name, c := range map[string]struct {
		manifest string
		says     string // empty when it agrees
	}{
		"rows and digests":     {fmt.Sprintf(`{"files": {"a": {"rows": 2, "sha256": %q}, "sub/b": {"rows": 1, "sha256": %q}}}`, sum(a), sum(b)), ""},
		"rows alone":           {`{"files": {"a": {"rows": 2}, "sub/b": {"rows": 1}}}`, ""},
		"other keys beside":    {`{"version": 3, "files": {"./a": {"rows": 2}, "sub/b": {"rows": 1}}}`, ""},
		"a mark before it":     {"\ufeff" + `{"files": {"a": {"rows": 2}, "sub/b": {"rows": 1}}}`, ""},
		"too few rows":         {`{"files": {"a": {"rows": 3}, "sub/b": {"rows": 1}}}`, "a: incomplete: it has 2 rows, and the manifest says 3; the file is cut or changed"},
		"too many rows":        {`{"files": {"a": {"rows": 1}, "sub/b": {"rows": 1}}}`, "it has 2 rows, and the manifest says 1"},
		"another digest":       {fmt.Sprintf(`{"files": {"a": {"rows": 2, "sha256": %q}, "sub/b": {"rows": 1}}}`, sum(b)), "its sha256 is " + sum(a) + ", and the manifest says " + sum(b)},
		"a file less":          {`{"files": {"a": {"rows": 2}}}`, "manifest.json: incomplete: it does not list sub/b, which is part of the source; it lists a"},
		"a file more":          {`{"files": {"a": {"rows": 2}, "sub/b": {"rows": 1}, "c": {"rows": 9}}}`, "c: it is listed and is not among the files of the source"},
		"one file twice":       {`{"files": {"a": {"rows": 2}, "./a": {"rows": 2}, "sub/b": {"rows": 1}}}`, "a: it is listed twice"},
		"cut":                  {`{"files": {"a": {"rows"`, `manifest.json: incomplete: it is not JSON of the form {"files": {"NAME": {"rows": 250`},
		"empty":                {"", "the file is empty"},
		"no files":             {`{}`, "it lists no files"},
		"a word too many":      {`{"files": {"a": {"row": 2}}}`, `a: want rows and sha256: json: unknown field "row"`},
		"promises nothing":     {`{"files": {"a": {}}}`, "a: neither rows nor sha256 is given"},
		"counts another thing": {`{"files": {"a": {"entries": 2}}}`, "a: it counts something else than rows"},
		"no digest":            {`{"files": {"a": {"sha256": "abc"}}}`, "a: its sha256 is not 64 hexadecimal digits"},
		"too long":             {`{"files": {}}` + strings.Repeat(" ", maxManifest), "longer than"},
	} {
		t.Run(name, func(t *testing.T) {
			at := folder(t, map[string]string{"a": a, "sub/b": b, "manifest.json": c.manifest})
			report, err := lines(Options{Manifest: filepath.Join(at, "manifest.json")}, filepath.Join(at, "a"), filepath.Join(at, "sub", "b"))
			switch {
			case c.says != "":
				if !fault.Is(err, fault.Incomplete) || !strings.Contains(err.Error(), c.says) {
					t.Errorf("got %v\nwant %s", err, c.says)
				}
			case err != nil:
				t.Error(err)
			case report.SHA256 != sum(a+b) || report.Bytes != int64(len(a+b)):
				t.Errorf("the evidence is %+v", report)
			}
		})
	}
}

func TestFilesThatCannotBeRead(t *testing.T) {
	at := folder(t, map[string]string{"a": "one\n", "empty": "", "zip": "PK\x03\x04", "utf16": "\xff\xfeo\x00"})
	denied := func(string) (io.ReadCloser, error) { return nil, &fs.PathError{Op: "open", Err: fs.ErrPermission} }
	for name, c := range map[string]struct {
		file string
		o    Options
		kind fault.Kind
		says string
	}{
		"missing":          {"none", Options{}, fault.NotFound, "no such file or directory"},
		"a folder":         {"", Options{}, fault.Invalid, "it is a folder"},
		"denied":           {"a", Options{Open: denied}, fault.Denied, "permission denied"},
		"empty":            {"empty", Options{}, fault.Incomplete, "the file is empty"},
		"a zip":            {"zip", Options{}, fault.Unsupported, "unzip"},
		"UTF-16":           {"utf16", Options{UTF16: "save it so"}, fault.Unsupported, "iconv -f UTF-16 -t UTF-8), or save it so"},
		"missing manifest": {"a", Options{Manifest: filepath.Join(at, "none.json")}, fault.NotFound, "open manifest: "},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := lines(c.o, filepath.Join(at, c.file)); !fault.Is(err, c.kind) || !strings.Contains(err.Error(), c.says) {
				t.Errorf("got %v, want %v: %s", err, c.kind, c.says)
			}
		})
	}
}
