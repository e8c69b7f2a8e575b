package main

import (
	"testing"
	"testing/synctest"
	"time"
)

// What bench measures at full size holds at any: groups of less and of more
// than a hundred, more groups than users.
func TestABulkLoadUsesAllOfTheBudgetMakesNoCallTooManyAndIsNeverThrottled(t *testing.T) {
	for name, c := range map[string]struct {
		company
		bulk bool // enough for the budget to be the bound
	}{
		"small groups":           {company{people: 400, groups: 40, memberships: 1_200}, true},
		"groups of 250":          {company{people: 300, groups: 4, memberships: 1_000}, true},
		"more groups than users": {company{people: 10, groups: 60, memberships: 180}, false},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			synctest.Test(t, func(t *testing.T) {
				steps, err := c.syncs(t.Context(), dir)
				if err != nil {
					t.Fatal(err)
				}
				for _, s := range steps {
					if err := s.exact(); err != nil {
						t.Error(err)
					}
					if n := s.made.throttled(s.began.Add(time.Second)); n > 0 {
						t.Errorf("%s: %d calls were throttled after the first second", s.name, n)
					}
				}
				if service, rate := steps[0].made.busiest(); c.bulk && rate < ours*0.97 {
					t.Errorf("first load: %.1f calls a second of %s, want 97 percent of %.0f", rate, service, ours)
				}
				if both, alone := steps[1].took, steps[3].took; len(steps[1].made) > 40 && both > alone*2/3 {
					t.Errorf("no change: %v by both services, %v by one", both, alone)
				}
			})
		})
	}
}
