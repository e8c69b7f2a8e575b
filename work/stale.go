package work

import (
	"context"
	"fmt"
	"time"
)

// Staleness is a sync that was last complete too long ago.
type Staleness struct {
	Sync  string
	Since time.Time // the last complete sync; where there was none, when the service first saw it
	Never bool      // there was none
	Limit time.Duration
}

// String says it in a sentence.
func (s Staleness) String() string {
	if s.Never {
		return fmt.Sprintf("sync %s has never been complete; it is known since %s, and may be %s old", s.Sync, s.Since.Format(time.RFC3339), plainDuration(s.Limit))
	}
	return fmt.Sprintf("sync %s was last complete at %s, and may be %s old", s.Sync, s.Since.Format(time.RFC3339), plainDuration(s.Limit))
}

// LastGood says when each sync was last complete, by a service or by hand: when
// the read began that the directory is in line with. Those that never were are
// not in it.
func (s *Service) LastGood(ctx context.Context) (map[string]time.Time, error) {
	return s.Baselines.Accepted(ctx)
}

// Stale are the syncs that were last complete longer ago than they may be.
func (s *Service) Stale(ctx context.Context) ([]Staleness, error) {
	now := s.Clock.Now()
	good, err := s.LastGood(ctx)
	if err != nil {
		return nil, err
	}
	entries, err := s.Entries(ctx)
	if err != nil {
		return nil, err
	}
	var stale []Staleness
	for _, one := range s.Syncs {
		last, ever := good[one.Name]
		if !ever {
			last = entries[one.Name].Since
		}
		if one.StaleAfter > 0 && !last.IsZero() && now.Sub(last) > one.StaleAfter {
			stale = append(stale, Staleness{Sync: one.Name, Since: last, Never: !ever, Limit: one.StaleAfter})
		}
	}
	return stale, nil
}
