package lifecycle

import (
	"fmt"
	"time"
	_ "time/tzdata" // zones are known where the system has none

	"rollcall/fault"
)

// Zone is a time zone by its IANA name, such as Europe/Berlin; "" is UTC. It
// fails with fault.Invalid for a name that none has. The zone of the machine is
// none: it differs from replica to replica.
func Zone(name string) (*time.Location, error) {
	zone, err := time.LoadLocation(name)
	if err != nil || name == "Local" {
		return nil, fault.Text(fault.Invalid, "read time zone", "", fmt.Sprintf("no time zone is called %q; want a name such as Europe/Berlin", name))
	}
	return zone, nil
}

// LastDay reads when somebody leaves: a day, such as 2026-11-30, which is over
// at midnight there; or a time, such as 2026-11-30T17:00, with an offset of its
// own (Z, +01:00) or that of the zone. It fails with fault.Invalid for anything
// else.
func LastDay(text string, zone *time.Location) (time.Time, error) {
	if day, err := time.ParseInLocation(time.DateOnly, text, time.UTC); err == nil {
		return endOf(day, zone), nil
	}
	if at, err := time.Parse(time.RFC3339, text); err == nil {
		return at.UTC(), nil
	}
	for _, form := range []string{"2006-01-02T15:04", "2006-01-02T15:04:05", "2006-01-02 15:04"} {
		if at, err := time.ParseInLocation(form, text, zone); err == nil {
			return at.UTC(), nil
		}
	}
	return time.Time{}, fault.Text(fault.Invalid, "read last day", "", fmt.Sprintf("%q is no day (2026-11-30) and no time (2026-11-30T17:00, 2026-11-30T17:00:00+01:00)", text))
}

// FirstDay reads when somebody starts: a day, which begins at midnight there, or
// a time, as [LastDay] does.
func FirstDay(text string, zone *time.Location) (time.Time, error) {
	if day, err := time.ParseInLocation(time.DateOnly, text, time.UTC); err == nil {
		return endOf(day.AddDate(0, 0, -1), zone), nil
	}
	return LastDay(text, zone)
}

// endOf is the first moment after a day in a zone. Where clocks are changed at
// midnight there are two moments of that name, or none, so it is looked for.
func endOf(day time.Time, zone *time.Location) time.Time {
	y, m, d := day.Date()
	date := func(t time.Time) int {
		y, m, d := t.Date()
		return (y*100+int(m))*100 + d
	}
	last := date(time.Date(y, m, d, 0, 0, 0, 0, time.UTC))
	at := time.Date(y, m, d, 21, 0, 0, 0, zone)
	for date(at.In(zone)) <= last {
		at = at.Add(15 * time.Minute)
	}
	return at.UTC()
}
