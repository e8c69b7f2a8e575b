package link

import (
	"bytes"
	"testing"
)

// Whatever a file holds, what is read from it can be written and read again.
func FuzzReadFile(f *testing.F) {
	f.Add([]byte(`{"format":"rollcall-links/1","directory":"local","store":"d-1234567890","links":1,"holds":1}
{"kind":"user","source":"corp","anchor":"E1","object":"x","origin":"created","since":"2026-03-02T09:00:00Z"}
{"source":"corp","anchor":"E2","reason":"left","since":"2026-03-02T09:00:00Z"}
`))
	f.Fuzz(func(t *testing.T, file []byte) {
		read, err := ReadFile(bytes.NewReader(file))
		if err != nil {
			return
		}
		var out bytes.Buffer
		if err := read.write(&out); err != nil {
			t.Fatal(err)
		}
		again, err := ReadFile(&out)
		if err != nil || len(again.Links) != len(read.Links) || len(again.Holds) != len(read.Holds) {
			t.Errorf("%d links and %d holds, then %+v, %v", len(read.Links), len(read.Holds), again, err)
		}
	})
}
