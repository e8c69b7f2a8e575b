package cli

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"strconv"
	"strings"
	"sync"
	"time"
)

// screenLog is a log for whoever sits before it: the time of day, which sync, what
// happened, and then what else is known of it.
//
//	17:25:04 corp: attempt ended: complete, made 1, seconds 0.81, run_id r-06h08ihnj2d3
type screenLog struct {
	w      io.Writer
	one    *sync.Mutex // line at a time
	sync   string
	always []slog.Attr
}

func newScreenLog(w io.Writer) *screenLog { return &screenLog{w: w, one: new(sync.Mutex)} }

// Enabled leaves out what is for those who look for a mistake of ours.
func (l *screenLog) Enabled(_ context.Context, level slog.Level) bool { return level >= slog.LevelInfo }

// WithGroup has no names before names: there is no room for them.
func (l *screenLog) WithGroup(string) slog.Handler { return l }

// WithAttrs adds to every line.
func (l *screenLog) WithAttrs(attrs []slog.Attr) slog.Handler {
	more := *l
	more.always = nil
	for _, a := range append(append([]slog.Attr{}, l.always...), attrs...) {
		if a.Key == "sync" {
			more.sync = a.Value.String()
		} else {
			more.always = append(more.always, a)
		}
	}
	return &more
}

// tiresome says nothing to somebody who watches: it is in the history, where
// they look for it.
var tiresome = map[string]bool{"attempt": true, "trace_id": true, "by": true, "plan": true, "changes": true}

// Handle writes a line.
func (l *screenLog) Handle(_ context.Context, r slog.Record) error {
	name, main, rest := l.sync, "", []string(nil)
	take := func(a slog.Attr) bool {
		text := screenText(a.Value)
		switch {
		case a.Key == "sync":
			name = text
		case text == "" || tiresome[a.Key]:
		case a.Key == "why" || a.Key == "status" || a.Key == "err":
			main += ": " + text
		default:
			rest = append(rest, a.Key+" "+text)
		}
		return true
	}
	for _, a := range l.always {
		take(a)
	}
	r.Attrs(take)
	line := r.Time.Local().Format(time.TimeOnly) + " "
	if name != "" {
		line += name + ": "
	}
	if r.Level > slog.LevelInfo {
		line += strings.ToLower(r.Level.String()) + ": "
	}
	line += r.Message + main
	if len(rest) > 0 {
		line += ", " + strings.Join(rest, ", ")
	}
	l.one.Lock()
	defer l.one.Unlock()
	_, err := fmt.Fprintln(l.w, visible(line))
	return err
}

func screenText(v slog.Value) string {
	if v = v.Resolve(); v.Kind() == slog.KindFloat64 {
		return strconv.FormatFloat(v.Float64(), 'f', 2, 64)
	}
	return v.String()
}
