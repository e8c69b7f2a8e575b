package cli

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"
)

func TestALogOfJSONLinesIsWhatCollectorsRead(t *testing.T) {
	var out bytes.Buffer
	log, err := newLog(&out, logJSON)
	if err != nil {
		t.Fatal(err)
	}
	lines := &logLines{log: log.With("sync", "corp")}
	say(lines, "Read source %s.", "corp")
	lines.Write([]byte("no end")) //nolint:errcheck // it never fails
	lines.flush()
	log.Warn("attempt ended", "run_id", "", "after", 5*time.Second, "err", errors.New("x"))
	var got []map[string]any
	for line := range strings.Lines(out.String()) {
		var one map[string]any
		if err := json.Unmarshal([]byte(line), &one); err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		at, err := time.Parse("2006-01-02T15:04:05.000Z", one["time"].(string))
		if err != nil || at.IsZero() {
			t.Errorf("time %v: %v", one["time"], err)
		}
		delete(one, "time")
		got = append(got, one)
	}
	text, err := json.Marshal(got)
	want := `[{"level":"info","msg":"Read source corp.","sync":"corp"},{"level":"info","msg":"no end","sync":"corp"},` +
		`{"after":"5s","err":"x","level":"warn","msg":"attempt ended"}]`
	if err != nil || string(text) != want {
		t.Errorf("got  %s\nwant %s", text, want)
	}
	if _, err := newLog(&out, "xml"); err == nil {
		t.Error("there is no such form")
	}
}
