package link

import (
	"time"

	"rollcall/identity"
)

// Format is the first line's "format" of a file of links.
const Format = "rollcall-links/1"

// File is what a file of links holds: who and what in one directory belongs to
// a source, and everybody who is held. Where the target keeps no externalIds it
// is the only record of that.
type File struct {
	Directory string           // as it was called where the file was written
	Store     identity.StoreID // what that name meant
	Links     []Link           // by kind, then anchor, then source
	Holds     []Hold           // of every source; by source, then anchor
}

// fileHeader is the first line of a file of links. Its counts show a file that
// was cut at the end of a line.
type fileHeader struct {
	Format    string           `json:"format"`
	Directory string           `json:"directory"`
	Store     identity.StoreID `json:"store"`
	Links     int              `json:"links"` // lines that follow
	Holds     int              `json:"holds"` // lines that follow those
}

// fileLink is one link in a file.
type fileLink struct {
	Kind        identity.Kind   `json:"kind"`
	Source      string          `json:"source"`
	Anchor      identity.Anchor `json:"anchor"`
	Object      identity.ID     `json:"object"`
	Origin      Origin          `json:"origin"`
	Name        string          `json:"name,omitempty"`
	Fingerprint string          `json:"fingerprint,omitempty"`
	Since       time.Time       `json:"since"`
}

// fileHold is one hold in a file.
type fileHold struct {
	Source string          `json:"source"`
	Anchor identity.Anchor `json:"anchor"`
	Name   string          `json:"name,omitempty"`
	Reason string          `json:"reason"`
	By     string          `json:"by,omitempty"`
	Since  time.Time       `json:"since"`
}
