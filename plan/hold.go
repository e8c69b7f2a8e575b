package plan

import (
	"time"
)

// Hold is a hold as a plan ends it, or puts it back. Whose it is stands beside
// it: the change's record.
type Hold struct {
	Reason string    `json:"reason"`
	By     string    `json:"by,omitempty"` // who put the person out
	Since  time.Time `json:"since"`
}

// text says for people since when somebody was held, and why.
func (h *Hold) text() string {
	if h == nil {
		return ""
	}
	return ", held since " + h.Since.UTC().Format(time.DateOnly) + ": " + h.Reason
}
