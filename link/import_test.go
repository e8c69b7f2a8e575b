package link

import (
	"bytes"
	"testing"
)

// Whatever a file holds, what is read from it can be written and read again.
func FuzzReadFile(f *testing.F) {
	f.Add([]byte(`{"format":"rollcall-links/1","links":1}
{"directory":"local","kind":"user","source":"corp","anchor":"E1","object":"x","origin":"created","since":"2026-03-02T09:00:00Z"}
`))
	f.Fuzz(func(t *testing.T, file []byte) {
		head, links, err := readFile(bytes.NewReader(file))
		if err != nil {
			return
		}
		var out bytes.Buffer
		if err := writeFile(&out, head, links); err != nil {
			t.Fatal(err)
		}
		_, again, err := readFile(&out)
		if err != nil || len(again) != len(links) {
			t.Errorf("%d links, then %d, %v", len(links), len(again), err)
		}
	})
}
