package ldifsource

import (
	"crypto/sha256"
	"encoding/hex"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"rollcall/fault"
	"rollcall/source"
	"rollcall/source/ldapentry"
)

const (
	baseLDIF = "dn: dc=example,dc=com\nobjectClass: domain\n\n"
	annLDIF  = "dn: uid=ann,dc=example,dc=com\nobjectClass: inetOrgPerson\nuid: ann\ncn: Ann\n\n"
	bobLDIF  = "dn: uid=bob,dc=example,dc=com\nobjectClass: inetOrgPerson\nuid: bob\ncn: Bob\n\n"
	allLDIF  = "dn: cn=all,dc=example,dc=com\nobjectClass: groupOfNames\ncn: all\nmember: uid=ann,dc=example,dc=com\nmember: uid=bob,dc=example,dc=com\n\n"
)

// byName are rules for files without ids.
var byName = ldapentry.Rules{PersonAnchor: "uid", GroupAnchor: "cn"}

// readFiles reads files of these contents, called a.ldif, b.ldif …
func readFiles(t *testing.T, rules ldapentry.Rules, contents ...string) (*source.Snapshot, error) {
	t.Helper()
	files, paths := fstest.MapFS{}, []string{}
	for i, content := range contents {
		path := string(rune('a'+i)) + ".ldif"
		files[path] = &fstest.MapFile{Data: []byte(content)}
		paths = append(paths, path)
	}
	d, err := New(Options{Paths: paths, Rules: rules, Open: func(path string) (io.ReadCloser, error) { return files.Open(path) }})
	if err != nil {
		t.Fatal(err)
	}
	return source.New("test", d).Read(t.Context())
}

func TestSeveralFilesAreOneSource(t *testing.T) {
	files := []string{allLDIF, baseLDIF, bobLDIF, annLDIF}
	snap, err := readFiles(t, byName, files...)
	if err != nil {
		t.Fatal(err)
	}
	r := snap.Report
	if r.People != 2 || r.Groups != 1 || r.Skipped != 1 || len(snap.Groups[0].Members) != 2 || len(r.Warnings) != 0 {
		t.Errorf("read %+v", snap)
	}
	sum := sha256.Sum256([]byte(strings.Join(files, "")))
	if r.SHA256 != hex.EncodeToString(sum[:]) || r.Bytes != int64(len(strings.Join(files, ""))) || r.Origin != "a.ldif, b.ldif, c.ldif, d.ldif" {
		t.Errorf("the evidence is %+v", r)
	}
}

func TestAByteOrderMarkIsSkipped(t *testing.T) {
	snap, err := readFiles(t, byName, "\ufeff"+baseLDIF+annLDIF)
	if err != nil || snap.Report.People != 1 || snap.Report.Bytes != int64(len("\ufeff"+baseLDIF+annLDIF)) {
		t.Errorf("read %+v, %v", snap, err)
	}
}

func TestFilesThatCannotMakeASource(t *testing.T) {
	for name, c := range map[string]struct {
		files []string
		base  string
		kind  fault.Kind
		says  string
	}{
		"empty":                       {[]string{baseLDIF, ""}, "", fault.Incomplete, "b.ldif: incomplete: the file is empty"},
		"only a mark":                 {[]string{"\ufeff"}, "", fault.Incomplete, "there is no entry"},
		"only comments":               {[]string{"# nothing\n"}, "", fault.Incomplete, "a.ldif: incomplete: there is no entry"},
		"missing base entry":          {[]string{annLDIF + bobLDIF}, "", fault.Incomplete, `set base (all entries lie under "dc=example,dc=com")`},
		"nothing under the base":      {[]string{baseLDIF + annLDIF}, "dc=example,dc=org", fault.Incomplete, "no entry lies under it, and 2 lie elsewhere"},
		"one dn twice":                {[]string{baseLDIF + annLDIF, "# again\n" + annLDIF}, "", fault.Incomplete, "b.ldif:2: incomplete: uid=ann,dc=example,dc=com: it is there twice, first at a.ldif:4"},
		"one anchor twice":            {[]string{baseLDIF + annLDIF + strings.Replace(annLDIF, "uid=ann", "uid=other", 1)}, "", fault.Incomplete, "a.ldif:9: incomplete: uid=other,dc=example,dc=com: its anchor uid is that of the entry at a.ldif:4, too"},
		"cut in the second of three":  {[]string{baseLDIF, annLDIF[:40], bobLDIF}, "", fault.Incomplete, "b.ldif:2: incomplete: the file ends in the middle"},
		"UTF-16 from Windows":         {[]string{"\xff\xfed\x00n\x00"}, "", fault.Unsupported, "iconv -f UTF-16"},
		"UTF-16, the other way":       {[]string{"\xfe\xff\x00d\x00n"}, "", fault.Unsupported, "iconv -f UTF-16"},
		"UTF-16 without a mark":       {[]string{"d\x00n\x00:\x00\n\x00"}, "", fault.Incomplete, "there is a zero byte"},
		"gzip":                        {[]string{"\x1f\x8b\x08\x00"}, "", fault.Unsupported, "gunzip"},
		"no objectClass was exported": {[]string{baseLDIF + "dn: cn=x,dc=example,dc=com\ncn: x\n"}, "", fault.Incomplete, "a.ldif:4: incomplete: cn=x,dc=example,dc=com: it has no objectClass"},
	} {
		t.Run(name, func(t *testing.T) {
			rules := byName
			rules.Base = c.base
			snap, err := readFiles(t, rules, c.files...)
			if !fault.Is(err, c.kind) || !strings.Contains(err.Error(), c.says) {
				t.Errorf("read %+v, %v; want %v: %s", snap, err, c.kind, c.says)
			}
		})
	}
}

// Wherever a file is cut, that is an error, unless it is after a whole line:
// then the report says that nothing shows the end, unless it is after a whole entry.
func TestCutAnywhere(t *testing.T) {
	for name, whole := range map[string]string{
		"LF":    baseLDIF + annLDIF + bobLDIF + allLDIF,
		"CR LF": strings.ReplaceAll(baseLDIF+annLDIF+bobLDIF+allLDIF, "\n", "\r\n"),
	} {
		t.Run(name, func(t *testing.T) {
			for at := range whole {
				snap, err := readFiles(t, byName, whole[:at])
				lf := strings.ReplaceAll(whole[:at], "\r\n", "\n")
				switch {
				case at == 0 || !strings.HasSuffix(lf, "\n"):
					if !fault.Is(err, fault.Incomplete) {
						t.Errorf("cut at %d: %+v, %v", at, snap, err)
					}
				case strings.HasSuffix(lf, "\n\n"):
					if err != nil || len(snap.Report.Warnings) > 0 && strings.Contains(snap.Report.Warnings[0], "empty line") {
						t.Errorf("cut at %d, after an entry: %+v, %v", at, snap, err)
					}
				case err == nil && !strings.Contains(strings.Join(snap.Report.Warnings, "\n"), "does not end in an empty line"):
					t.Errorf("cut at %d, after a line: no warning in %q", at, snap.Report.Warnings)
				}
			}
		})
	}
}

func TestFilesThatCannotBeOpened(t *testing.T) {
	folder := t.TempDir()
	for name, c := range map[string]struct {
		path string
		open func(string) (io.ReadCloser, error)
		kind fault.Kind
	}{
		"missing":  {filepath.Join(folder, "none.ldif"), nil, fault.NotFound},
		"a folder": {folder, nil, fault.Invalid},
		"forbidden": {"secret.ldif", func(p string) (io.ReadCloser, error) {
			return nil, &fs.PathError{Op: "open", Path: p, Err: fs.ErrPermission}
		}, fault.Denied},
		"broken": {"bad-disk.ldif", func(string) (io.ReadCloser, error) {
			return io.NopCloser(io.MultiReader(strings.NewReader(baseLDIF), broken{})), nil
		}, fault.Unavailable},
	} {
		t.Run(name, func(t *testing.T) {
			d, err := New(Options{Paths: []string{c.path}, Open: c.open})
			if err != nil {
				t.Fatal(err)
			}
			_, err = source.New("test", d).Read(t.Context())
			if !fault.Is(err, c.kind) || !strings.Contains(err.Error(), c.path) {
				t.Errorf("got %v, want %v naming the file", err, c.kind)
			}
		})
	}
}

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, io.ErrClosedPipe }

// An export that is still being written is not read as if it were whole.
func TestAFileThatGrowsIsIncomplete(t *testing.T) {
	path := filepath.Join(t.TempDir(), "company.ldif")
	if err := os.WriteFile(path, []byte(baseLDIF+annLDIF), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := with(t, byName, path).Read(t.Context(), source.Receiver{Person: func(p source.Person) error {
		if p.Anchor != "ann" {
			return nil
		}
		f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
		if err != nil {
			return err
		}
		if _, err := f.WriteString(bobLDIF); err != nil {
			return err
		}
		return f.Close()
	}})
	if !fault.Is(err, fault.Incomplete) || !strings.Contains(err.Error(), "changed while it was read") {
		t.Errorf("got %v", err)
	}
}

func TestOptionsAreChecked(t *testing.T) {
	for name, o := range map[string]Options{
		"no file":            {},
		"bad base":           {Paths: []string{"a"}, Rules: ldapentry.Rules{Base: "example.com"}},
		"bad anchor":         {Paths: []string{"a"}, Rules: ldapentry.Rules{PersonAnchor: "employee number"}},
		"a password":         {Paths: []string{"a"}, Rules: ldapentry.Rules{GroupAnchor: "userPassword"}},
		"no such anchorform": {Paths: []string{"a"}, Rules: ldapentry.Rules{PersonAnchorForm: "hex"}},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := New(o); !fault.Is(err, fault.Invalid) {
				t.Errorf("got %v", err)
			}
		})
	}
}
