package source

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Replica says which copy of a replicated source was read, and how far it had
// come when the read began. The zero value says nothing.
type Replica struct {
	Server string `json:"server,omitempty"`
	// Marks are how far it had come with the changes of each server that
	// changes are made on, by that server's id. Those of one id compare as
	// texts: the later one is greater.
	Marks map[string]string `json:"marks,omitempty"`
}

// IsZero reports whether nothing is said.
func (r Replica) IsZero() bool { return r.Server == "" && len(r.Marks) == 0 }

// Equal reports whether both say the same.
func (r Replica) Equal(o Replica) bool { return r.Server == o.Server && maps.Equal(r.Marks, o.Marks) }

// Since compares a read with an earlier one. Older says why this copy lacks
// something that the earlier one had: it cannot be believed. Unknown says why
// nothing can be told: nobody may be taken for gone on the strength of it. If
// both are empty, this read is no older.
func (r Replica) Since(before Replica) (older, unknown string) {
	for _, id := range slices.Sorted(maps.Keys(before.Marks)) {
		had := before.Marks[id]
		switch now, known := r.Marks[id]; {
		case !known:
			unknown = fmt.Sprintf("%s does not say how far it has come with the changes of %s", r.Server, id)
		case now < had:
			return fmt.Sprintf("%s is behind: of the changes of %s it has those up to %s, and the last complete read had %s", r.Server, id, r.Mark(id), before.Mark(id)), ""
		}
	}
	if unknown == "" && !before.IsZero() && len(before.Marks) == 0 && len(r.Marks) == 0 && r.Server != before.Server {
		unknown = fmt.Sprintf("%s was read and not %s, and neither says how far it has come", r.Server, before.Server)
	}
	return "", unknown
}

// Mark is one of the marks for people to read: without the zeros that make
// marks compare as texts.
func (r Replica) Mark(id string) string {
	if short := strings.TrimLeft(r.Marks[id], "0"); short != "" {
		return short
	}
	return "0"
}
