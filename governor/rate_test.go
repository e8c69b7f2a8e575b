package governor_test

import (
	"strings"
	"testing"

	"rollcall/fault"
	"rollcall/governor"
)

func TestARateIsReadAndWritten(t *testing.T) {
	for text, want := range map[string]governor.Rate{
		"20/sec": governor.PerSecond(20), "1/sec": governor.PerSecond(1), "300/min": governor.PerMinute(300),
		"1000000/sec": governor.PerSecond(1_000_000), "1000000/min": governor.PerMinute(1_000_000),
	} {
		got, err := governor.ParseRate(text)
		if err != nil || got != want || got.String() != text || got.IsZero() {
			t.Errorf("%q: %v, %v", text, got, err)
		}
	}
}

func TestARateThatIsNoneIsRefusedWithAReason(t *testing.T) {
	for text, says := range map[string]string{
		"":                "/sec or /min",
		"20":              "/sec or /min",
		"20/s":            "/sec or /min",
		"20/hour":         "/sec or /min",
		"20/SEC":          "/sec or /min",
		"20/sec ":         "/sec or /min",
		"/sec":            "whole number",
		" 20/sec":         "whole number",
		"-1/sec":          "whole number",
		"+1/min":          "whole number",
		"1.5/min":         "whole number",
		"1e3/min":         "whole number",
		"99999999999/min": "whole number",
		"20/min/sec":      "whole number",
		"0/sec":           "nothing could ever",
		"1000001/sec":     "leave the setting out",
	} {
		_, err := governor.ParseRate(text)
		if !fault.Is(err, fault.Invalid) || !strings.Contains(err.Error(), says) || !strings.Contains(err.Error(), "20/sec or 300/min") {
			t.Errorf("%q: %v, want it to say %q", text, err, says)
		}
	}
}

func TestNoRateIsEmptyText(t *testing.T) {
	r := governor.PerSecond(5)
	ok(t, r.UnmarshalText(nil))
	text, err := r.MarshalText()
	if err != nil || !r.IsZero() || len(text) != 0 {
		t.Errorf("%v, %q, %v", r, text, err)
	}
}

func FuzzRate(f *testing.F) {
	for _, seed := range []string{"20/sec", "300/min", "0/sec", "x/min", "/sec", "007/min"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var r, again governor.Rate
		if r.UnmarshalText([]byte(text)) != nil {
			return
		}
		written, err := r.MarshalText()
		ok(t, err)
		ok(t, again.UnmarshalText(written))
		if again != r || (text == "") != r.IsZero() {
			t.Errorf("%q is %v, and read again %v", text, r, again)
		}
	})
}
