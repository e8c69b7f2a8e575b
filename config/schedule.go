package config

import (
	"time"

	"rollcall/work"
)

// Schedule says when a sync is run by the service. In the file, an interval or
// a cron expression alone will do.
type Schedule struct {
	Every    Duration `yaml:"every" doc:"The interval, 10s to 366d, such as 15m: at its multiples since midnight UTC. The first run is at once."`
	Cron     string   `yaml:"cron" doc:"A cron expression of five fields instead: minute, hour, day of the month, month, day of the week. Such as 0 */2 * * 1-5."`
	TimeZone string   `yaml:"time_zone" doc:"The time zone of cron, such as Europe/Berlin. Left out: UTC."`
	Jitter   Duration `yaml:"jitter" doc:"Every run begins up to so much later, at random. Left out: 0."`
	CatchUp  string   `yaml:"catch_up" enum:"once,skip" doc:"What becomes of runs that were due while nobody was at work: once makes up for all of them by one run, skip waits for the next. Left out: once."`
}

// checkLiteral tells whoever writes 15 that it needs a unit, not quotes.
func (s *Schedule) checkLiteral(text string) error {
	return needsUnit(text, `15m; or write a cron expression in quotes, such as "0 */2 * * *"`)
}

func (s *Schedule) setText(text string) error {
	if err := s.Every.setText(text); err != nil {
		s.Every, s.Cron = 0, text
	}
	return nil
}

// IsZero reports whether there is no schedule.
func (s Schedule) IsZero() bool { return s == Schedule{} }

// Build returns the schedule as the service takes it; nil if there is none.
func (s Schedule) Build() (*work.Schedule, error) {
	var built *work.Schedule
	var err error
	switch {
	case s.IsZero():
		return nil, nil
	case s.Cron != "":
		built, err = work.Cron(s.Cron, s.TimeZone)
	default:
		built, err = work.Every(time.Duration(s.Every))
	}
	if err == nil {
		err = built.Spread(time.Duration(s.Jitter))
	}
	return built, err
}

func (d *decoder) checkSchedule(at path, s Schedule) {
	switch {
	case s.IsZero():
		return
	case (s.Every == 0) == (s.Cron == ""):
		d.complainAt(at, "a schedule has every or cron: 15m, or 0 */2 * * *")
		return
	case s.Every != 0 && s.TimeZone != "":
		d.complainKey(at.with("time_zone"), "time_zone is for cron; an interval counts from midnight UTC")
		return
	}
	if _, err := s.Build(); err != nil {
		key := "every"
		if s.Cron != "" {
			key = "cron"
		}
		if _, written := d.spots[at.with(key).key()]; !written {
			d.complainAt(at, err.Error())
			return
		}
		d.complainAt(at.with(key), err.Error())
	}
}
