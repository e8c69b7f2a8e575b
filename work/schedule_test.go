package work_test

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"rollcall/work"
)

func at(t *testing.T, text string) time.Time {
	t.Helper()
	when, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t.Fatal(err)
	}
	return when
}

func TestASyncIsDueWhenItsScheduleSays(t *testing.T) {
	every := func(d time.Duration) *work.Schedule {
		s, err := work.Every(d)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	cron := func(text, zone string) *work.Schedule {
		s, err := work.Cron(text, zone)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	for name, c := range map[string]struct {
		schedule    *work.Schedule
		after, want string
	}{
		"an interval":                      {every(15 * time.Minute), "2026-03-01T09:07:30Z", "2026-03-01T09:15:00Z"},
		"not at the moment itself":         {every(15 * time.Minute), "2026-03-01T09:15:00Z", "2026-03-01T09:30:00Z"},
		"a day":                            {every(24 * time.Hour), "2026-03-01T09:07:30Z", "2026-03-02T00:00:00Z"},
		"cron in UTC":                      {cron("0 */2 * * *", ""), "2026-03-01T09:07:30Z", "2026-03-01T10:00:00Z"},
		"cron in a zone":                   {cron("30 6 * * 1-5", "Europe/Berlin"), "2026-03-06T05:30:00Z", "2026-03-09T05:30:00Z"},
		"the same after the clocks change": {cron("30 6 * * 1-5", "Europe/Berlin"), "2026-03-27T05:30:00Z", "2026-03-30T04:30:00Z"},
		"an hour that is skipped":          {cron("30 2 * * *", "Europe/Berlin"), "2026-03-28T01:30:00Z", "2026-03-30T00:30:00Z"},
		"an abbreviation":                  {cron("@daily", "Asia/Tokyo"), "2026-03-01T09:07:30Z", "2026-03-01T15:00:00Z"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := c.schedule.Next(at(t, c.after), 0); !got.Equal(at(t, c.want)) {
				t.Errorf("after %s it is %s, want %s", c.after, got.Format(time.RFC3339), c.want)
			}
		})
	}
}

func TestSchedulesThatCannotBeAreRefused(t *testing.T) {
	every := func(d time.Duration) error { _, err := work.Every(d); return err }
	cron := func(text, zone string) error { _, err := work.Cron(text, zone); return err }
	spread := func(d time.Duration) error {
		s, err := work.Every(time.Minute)
		if err != nil {
			return err
		}
		return s.Spread(d)
	}
	for name, c := range map[string]struct {
		err  error
		says string // empty: it can be
	}{
		"as often as may be":   {every(10 * time.Second), ""},
		"too often":            {every(10*time.Second - 1), "an interval is 10s to 366 days"},
		"as rarely as may be":  {every(366 * 24 * time.Hour), ""},
		"too rarely":           {every(366*24*time.Hour + 1), "an interval"},
		"six fields":           {cron("0 0 * * * *", ""), "five fields"},
		"no cron":              {cron("often", ""), "five fields"},
		"no zone":              {cron("0 * * * *", "Mars/Olympus"), "no time zone"},
		"a zone in the text":   {cron("TZ=UTC 0 * * * *", ""), "keys of their own"},
		"an interval as cron":  {cron("@every 5m", ""), "keys of their own"},
		"a day that never is":  {cron("0 0 30 2 *", ""), "no day"},
		"jitter below it":      {spread(time.Minute - 1), ""},
		"jitter as long as it": {spread(time.Minute), "less than the interval"},
		"jitter before it":     {spread(-1), "less than"},
	} {
		t.Run(name, func(t *testing.T) {
			switch {
			case c.says == "" && c.err != nil:
				t.Errorf("refused: %v", c.err)
			case c.says != "" && (c.err == nil || !strings.Contains(c.err.Error(), c.says)):
				t.Errorf("got %v, want %q", c.err, c.says)
			}
		})
	}
}

// Whatever the interval and the jitter: the next run is later, and never later
// than an interval and the jitter.
func TestTheNextRunIsAlwaysAheadAndNeverFar(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		interval := time.Duration(rapid.Int64Range(int64(10*time.Second), int64(48*time.Hour)).Draw(t, "interval"))
		jitter := time.Duration(rapid.Int64Range(0, int64(min(interval-1, 24*time.Hour))).Draw(t, "jitter"))
		s, err := work.Every(interval)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Spread(jitter); err != nil {
			t.Fatal(err)
		}
		now := time.Unix(rapid.Int64Range(0, 4e9).Draw(t, "now"), 0)
		next := s.Next(now, rapid.Float64Range(0, 0.999).Draw(t, "random"))
		if !next.After(now) || next.After(now.Add(interval+jitter)) {
			t.Errorf("after %s comes %s", now, next)
		}
	})
}
