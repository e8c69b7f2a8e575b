package work

import (
	"fmt"
	"strings"
	"time"
	_ "time/tzdata" // zones are known where the system has none

	"github.com/robfig/cron/v3"
)

// Schedule says when a sync is due: at steps of an interval, counted from
// midnight UTC on 1 January of the year 1, or at the minutes that a cron expression names.
type Schedule struct {
	every  time.Duration
	cron   cron.Schedule
	zone   *time.Location
	jitter time.Duration
	text   string
}

const (
	minEvery = 10 * time.Second
	maxEvery = 366 * 24 * time.Hour
)

// Every is a schedule that is due once in each interval, which is 10 s to 366
// days.
func Every(interval time.Duration) (*Schedule, error) {
	if interval < minEvery || interval > maxEvery {
		return nil, fmt.Errorf("an interval is %s to %d days", minEvery, maxEvery/(24*time.Hour))
	}
	return &Schedule{every: interval, zone: time.UTC, text: "every " + plainDuration(interval)}, nil
}

// Cron is a schedule by a cron expression of five fields (minute, hour, day of
// the month, month, day of the week) or one of its abbreviations, such as
// @daily, in a time zone by its IANA name; "" is UTC. An hour that the zone
// skips in spring is skipped.
func Cron(expression, zone string) (*Schedule, error) {
	if strings.Contains(expression, "TZ=") || strings.HasPrefix(strings.TrimSpace(expression), "@every") {
		return nil, fmt.Errorf("write time_zone: and every: as keys of their own")
	}
	at, err := time.LoadLocation(zone)
	if err != nil {
		return nil, fmt.Errorf("no time zone is called %q; want a name such as Europe/Berlin", zone)
	}
	parsed, err := cron.ParseStandard(expression)
	if err != nil {
		return nil, fmt.Errorf(`not a cron expression of five fields, such as "0 */2 * * *": %w`, err)
	}
	s := &Schedule{cron: parsed, zone: at, text: "cron " + strings.Join(strings.Fields(expression), " ")}
	if zone != "" {
		s.text += " " + zone
	}
	if parsed.Next(time.Date(2000, 1, 1, 0, 0, 0, 0, at)).IsZero() {
		return nil, fmt.Errorf("no day is ever like that")
	}
	return s, nil
}

// Spread makes every run later by up to jitter, at random, so that many
// installations do not begin in the same second. It is less than the interval.
func (s *Schedule) Spread(jitter time.Duration) error {
	if jitter < 0 || jitter > 24*time.Hour || s.every > 0 && jitter >= s.every {
		return fmt.Errorf("jitter is less than the interval, and at most 24h")
	}
	s.jitter = jitter
	if jitter > 0 {
		s.text += ", up to " + plainDuration(jitter) + " later"
	}
	return nil
}

// Next is when it is due after t; random is in [0, 1).
func (s *Schedule) Next(t time.Time, random float64) time.Time {
	next := t.Truncate(s.every).Add(s.every)
	if s.cron != nil {
		next = s.cron.Next(t.In(s.zone))
	}
	return next.Add(time.Duration(random * float64(s.jitter))).UTC()
}

// first is when it is due for the first time: an interval at once.
func (s *Schedule) first(now time.Time, random float64) time.Time {
	if s.cron != nil {
		return s.Next(now, random)
	}
	return now
}

// String says it in words.
func (s *Schedule) String() string { return s.text }

// plainDuration writes 15m0s as 15m.
func plainDuration(d time.Duration) string {
	text := d.String()
	if strings.HasSuffix(text, "m0s") {
		text = strings.TrimSuffix(text, "0s")
	}
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	return text
}
