package cli

import (
	"bytes"
	"encoding/json"
	"errors"
	"log/slog"
	"regexp"
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

func TestALogOnATerminalIsForPeople(t *testing.T) {
	var out bytes.Buffer
	log := slog.New(newScreenLog(&out)).With("sync", "corp", "trace_id", "")
	log.Info("Read source corp.")
	log.With("attempt", 7).Info("attempt begins", "why", "live: 1 entry changed", "by", "watch", "run_id", "")
	log.Warn("source does not answer; trying again", "err", errors.New("it hung up\nat once"))
	log.Info("attempt ended", "status", "complete", "changes", 1, "made", 1, "run_id", "r-1", "seconds", 0.8112)
	slog.New(newScreenLog(&out)).Error("cannot tell", "after", 5*time.Second)
	log.Debug("nobody wants to know")
	got := regexp.MustCompile(`(?m)^\d\d:\d\d:\d\d `).ReplaceAllString(out.String(), "")
	want := `corp: Read source corp.
corp: attempt begins: live: 1 entry changed
corp: warn: source does not answer; trying again: it hung up at once
corp: attempt ended: complete, made 1, run_id r-1, seconds 0.81
error: cannot tell, after 5s
`
	if got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}
