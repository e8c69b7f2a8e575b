package cli

import (
	"fmt"
	"io"
	"strings"
	"time"
)

const (
	barWidth = 40
	barEvery = 50 * time.Millisecond
)

// clearBar takes away a bar that was left in the middle.
func (a *app) clearBar() {
	if terminal(a.err) {
		fmt.Fprint(a.err, "\r\x1b[K")
	}
}

// progressBar returns what shows how far a run is. Off a terminal it shows
// nothing: a log wants lines, not a bar.
func progressBar(w io.Writer) func(done, total int) {
	if !terminal(w) {
		return nil
	}
	var last time.Time
	return func(done, total int) {
		now := time.Now()
		if done < total && now.Sub(last) < barEvery {
			return
		}
		last = now
		filled := barWidth * done / max(total, 1)
		fmt.Fprintf(w, "\r  [%s%s] %d of %d", strings.Repeat("█", filled), strings.Repeat("░", barWidth-filled), done, total)
		if done == total {
			fmt.Fprint(w, "\r\x1b[K")
		}
	}
}
