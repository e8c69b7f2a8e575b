package cli

import (
	"io"
	"log/slog"
	"strings"
	"time"
)

const (
	logText = "text"
	logJSON = "json"
)

// newLog returns a log that is written to w in a form: lines of text, shorter
// ones on a terminal, or JSON Lines with times in UTC to the millisecond.
func newLog(w io.Writer, form string) (*slog.Logger, error) {
	switch form {
	case logText:
		if terminal(w) {
			return slog.New(newScreenLog(w)), nil
		}
		return slog.New(slog.NewTextHandler(w, &slog.HandlerOptions{ReplaceAttr: said})), nil
	case logJSON:
		return slog.New(slog.NewJSONHandler(w, &slog.HandlerOptions{ReplaceAttr: jsonAttribute})), nil
	}
	return nil, usage("--log-format is %s or %s, not %q", logText, logJSON, form)
}

// said leaves out what is empty.
func said(_ []string, a slog.Attr) slog.Attr {
	if a.Value.Kind() == slog.KindString && a.Value.String() == "" {
		return slog.Attr{}
	}
	return a
}

// jsonAttribute writes times as RFC 3339 in UTC, levels in small letters, and
// leaves out what is empty.
func jsonAttribute(groups []string, a slog.Attr) slog.Attr {
	switch v := a.Value.Any().(type) {
	case time.Time:
		a.Value = slog.StringValue(v.UTC().Format("2006-01-02T15:04:05.000Z07:00"))
	case slog.Level:
		a.Value = slog.StringValue(strings.ToLower(v.String()))
	case time.Duration:
		a.Value = slog.StringValue(v.String())
	case error:
		a.Value = slog.StringValue(v.Error())
	}
	return said(groups, a)
}
