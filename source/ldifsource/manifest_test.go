package ldifsource

import (
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/fstest"

	"rollcall/fault"
	"rollcall/source"
)

// A manifest shows what the format cannot: that entries are missing at the
// end, and that the last one is whole.
func TestAManifestProvesTheEnd(t *testing.T) {
	whole := baseLDIF + annLDIF + bobLDIF
	for name, c := range map[string]struct{ ldif, manifest, says string }{
		"whole":                 {whole, `{"files": {"a.ldif": {"entries": 3}}}`, ""},
		"cut after an entry":    {baseLDIF + annLDIF, `{"files": {"a.ldif": {"entries": 3}}}`, "a.ldif: incomplete: it has 2 entries, and the manifest says 3"},
		"cut after a line":      {strings.TrimSuffix(whole, "cn: Bob\n\n"), `{"files": {"a.ldif": {"sha256": "` + strings.Repeat("0", 64) + `"}}}`, "a.ldif: incomplete: its sha256 is "},
		"it counts what is not": {whole, `{"files": {"a.ldif": {"rows": 3}}}`, "manifest.json: incomplete: a.ldif: it counts something else than entries"},
	} {
		t.Run(name, func(t *testing.T) {
			files := fstest.MapFS{"a.ldif": {Data: []byte(c.ldif)}, "manifest.json": {Data: []byte(c.manifest)}}
			d, err := New(Options{
				Paths: []string{"a.ldif"}, Rules: byName, Manifest: "manifest.json",
				Open: func(path string) (io.ReadCloser, error) { return files.Open(path) },
			})
			if err != nil {
				t.Fatal(err)
			}
			_, err = source.New("test", d).Read(t.Context())
			if c.says == "" && err != nil || c.says != "" && (!fault.Is(err, fault.Incomplete) || !strings.Contains(fmt.Sprint(err), c.says)) {
				t.Errorf("got %v, want %s", err, c.says)
			}
		})
	}
}
