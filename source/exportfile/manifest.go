package exportfile

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"hash"
	"io"
	"maps"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"rollcall/fault"
)

// The words by which a manifest counts what is in a file.
const (
	Entries = "entries" // of LDIF: every entry, whatever it is
	Rows    = "rows"    // of CSV: every record but the header
)

// maxManifest is more than ten thousand files need.
const maxManifest = 4 << 20 // bytes

// manifest is what whoever wrote the files says of them:
//
//	{"files": {"people.csv": {"rows": 250, "sha256": "9f86…"}}}
//
// Paths are relative to the manifest. A nil manifest promises nothing.
type manifest struct {
	path  string
	unit  string
	files map[string]promise
	seen  map[string]bool
}

// promise is what a file should be. At least one of its fields is given.
type promise struct {
	Entries *int   `json:"entries"`
	Rows    *int   `json:"rows"`
	SHA256  string `json:"sha256"`
}

func readManifest(o Options) (*manifest, error) {
	r := &Reading{o: Options{Format: "manifest", Open: o.Open}}
	f, err := r.open(o.Manifest)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	in, err := r.skipMark(f, o.Manifest)
	if err != nil {
		return nil, err
	}
	text, err := io.ReadAll(io.LimitReader(in, maxManifest+1))
	if err != nil {
		return nil, fault.New(fault.Unavailable, "read manifest", o.Manifest, plain(err))
	}
	m := &manifest{path: o.Manifest, unit: o.Unit, files: map[string]promise{}, seen: map[string]bool{}}
	if len(text) > maxManifest {
		return nil, m.wrong("", fmt.Sprintf("it is longer than %d bytes", maxManifest))
	}
	return m, m.parse(text)
}

func (m *manifest) parse(text []byte) error {
	var top struct {
		Files map[string]json.RawMessage `json:"files"`
	}
	if err := json.Unmarshal(text, &top); err != nil {
		return m.wrong("", fmt.Sprintf(`it is not JSON of the form {"files": {"NAME": {%q: 250, "sha256": "…"}}}: %v`, m.unit, err))
	}
	if len(top.Files) == 0 {
		return m.wrong("", `it lists no files; they stand under "files"`)
	}
	for name, raw := range top.Files {
		var p promise
		strict := json.NewDecoder(bytes.NewReader(raw))
		strict.DisallowUnknownFields()
		if err := strict.Decode(&p); err != nil {
			return m.wrong(name, fmt.Sprintf("want %s and sha256: %v", m.unit, err))
		}
		if why := m.check(p); why != "" {
			return m.wrong(name, why)
		}
		name = path.Clean(filepath.ToSlash(name))
		if _, twice := m.files[name]; twice {
			return m.wrong(name, "it is listed twice")
		}
		m.files[name] = p
	}
	return nil
}

func (m *manifest) check(p promise) string {
	count, other := p.Entries, p.Rows
	if m.unit == Rows {
		count, other = other, count
	}
	switch digest, err := hex.DecodeString(p.SHA256); {
	case other != nil:
		return "it counts something else than " + m.unit + ", which is what such a file has"
	case count == nil && p.SHA256 == "":
		return "neither " + m.unit + " nor sha256 is given"
	case p.SHA256 != "" && (err != nil || len(digest) != 32):
		return "its sha256 is not 64 hexadecimal digits"
	}
	return ""
}

func (m *manifest) wrong(file, why string) error {
	if file != "" {
		why = file + ": " + why
	}
	return fault.Text(fault.Incomplete, "read manifest", m.path, why)
}

// name is what the manifest calls a file.
func (m *manifest) name(file string) string {
	if relative, err := filepath.Rel(filepath.Dir(m.path), file); err == nil {
		file = relative
	}
	return filepath.ToSlash(file)
}

// promised is what the manifest says of a file that is about to be read.
func (m *manifest) promised(file string) (promise, error) {
	if m == nil {
		return promise{}, nil
	}
	p, ok := m.files[m.name(file)]
	if !ok {
		return p, m.wrong("", fmt.Sprintf("it does not list %s, which is part of the source; it lists %s",
			m.name(file), strings.Join(slices.Sorted(maps.Keys(m.files)), ", ")))
	}
	m.seen[m.name(file)] = true
	return p, nil
}

// kept fails when a file is not what was promised.
func (m *manifest) kept(file string, p promise, units int, digest hash.Hash) error {
	if m == nil {
		return nil
	}
	broken := func(what string) error {
		return fault.Text(fault.Incomplete, "compare with manifest "+m.path, file, what+
			"; the file is cut or changed, or the manifest belongs to another export")
	}
	for _, promised := range []*int{p.Entries, p.Rows} {
		if promised != nil && *promised != units {
			return broken(fmt.Sprintf("it has %d %s, and the manifest says %d", units, m.unit, *promised))
		}
	}
	if got := hex.EncodeToString(digest.Sum(nil)); p.SHA256 != "" && !strings.EqualFold(got, p.SHA256) {
		return broken(fmt.Sprintf("its sha256 is %s, and the manifest says %s", got, strings.ToLower(p.SHA256)))
	}
	return nil
}

// done fails when a file of the manifest was not read.
func (m *manifest) done() error {
	if m == nil {
		return nil
	}
	for _, name := range slices.Sorted(maps.Keys(m.files)) {
		if !m.seen[name] {
			return m.wrong(name, "it is listed and is not among the files of the source; see whether it is missing, or name it in the configuration")
		}
	}
	return nil
}
