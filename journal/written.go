package journal

import (
	"context"
	"encoding/json"

	"rollcall/identity"
)

// Written is an object as syncs left it: as the first one found it, and then what
// was done to it by their changes; neither what they only saw later nor what
// single commands did.
type Written struct {
	Attributes map[string]identity.Value // as of the last change of it; nil if no sync changed it
	Members    map[identity.ID]bool      // of a group: true for whom a sync put in, false for whom one took out
}

// Written returns an object as syncs left it, oldest outcome to newest. Its cost
// grows with how often the object was changed, not with the journal.
func (j *Journal) Written(ctx context.Context, target string, kind identity.Kind, id identity.ID) (Written, error) {
	w := Written{Members: map[identity.ID]bool{}}
	changed := false
	for e, err := range j.Entries(ctx, target, Filter{Kind: kind, Object: id, Types: []Type{TypeOutcome, TypeObservation}}) {
		if err != nil {
			return w, err
		}
		if e.Sync == "" || e.Type == TypeObservation && changed {
			continue
		}
		changed = changed || e.Type == TypeOutcome
		for _, f := range e.Effects {
			if f.Kind != kind || f.Object != id {
				continue
			}
			if f.Body != nil {
				w.Attributes = map[string]identity.Value{}
				if err := json.Unmarshal(f.Body, &w.Attributes); err != nil {
					return w, err
				}
			}
			for _, user := range f.Joined {
				w.Members[user] = true
			}
			for _, user := range f.Left {
				w.Members[user] = false
			}
		}
	}
	return w, nil
}
