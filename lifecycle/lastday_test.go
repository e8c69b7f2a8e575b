package lifecycle_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"rollcall/fault"
	"rollcall/identity"
	"rollcall/lifecycle"
	"rollcall/plan"
)

func TestALastDayEndsWhereThePersonIs(t *testing.T) {
	for name, c := range map[string]struct{ text, zone, want string }{
		"a day in UTC":                       {"2026-11-30", "", "2026-12-01T00:00:00Z"},
		"a day in winter":                    {"2026-11-30", "Europe/Berlin", "2026-11-30T23:00:00Z"},
		"a day in summer":                    {"2026-06-30", "Europe/Berlin", "2026-06-30T22:00:00Z"},
		"the day of 25 hours":                {"2026-10-25", "Europe/Berlin", "2026-10-25T23:00:00Z"},
		"the day of 23 hours":                {"2026-03-29", "Europe/Berlin", "2026-03-29T22:00:00Z"},
		"the end of a year":                  {"2026-12-31", "Asia/Tokyo", "2026-12-31T15:00:00Z"},
		"a leap day":                         {"2028-02-29", "America/New_York", "2028-03-01T05:00:00Z"},
		"a midnight that does not exist":     {"2018-11-03", "America/Sao_Paulo", "2018-11-04T03:00:00Z"},
		"a midnight to which clocks go back": {"2018-02-17", "America/Sao_Paulo", "2018-02-18T03:00:00Z"},
		"a day that was left out after it":   {"2011-12-29", "Pacific/Apia", "2011-12-30T10:00:00Z"},
		"a quarter of an hour":               {"2026-11-30", "Asia/Kathmandu", "2026-11-30T18:15:00Z"},
		"a time there":                       {"2026-11-30T17:00", "Europe/Berlin", "2026-11-30T16:00:00Z"},
		"a time with a space":                {"2026-11-30 17:00", "Europe/Berlin", "2026-11-30T16:00:00Z"},
		"a time with its own offset":         {"2026-11-30T17:00:00+05:30", "Europe/Berlin", "2026-11-30T11:30:00Z"},
		"a time in UTC":                      {"2026-11-30T17:00:00Z", "Europe/Berlin", "2026-11-30T17:00:00Z"},
		"a day that is none":                 {"2026-02-29", "", ""},
		"a day as others write it":           {"30.11.2026", "", ""},
		"nothing":                            {"", "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			zone, err := lifecycle.Zone(c.zone)
			if err != nil {
				t.Fatal(err)
			}
			at, err := lifecycle.LastDay(c.text, zone)
			if c.want == "" {
				if !fault.Is(err, fault.Invalid) {
					t.Errorf("%v, %v", at, err)
				}
				return
			}
			if got := at.Format(time.RFC3339); err != nil || got != c.want {
				t.Errorf("%s, %v; want %s", got, err, c.want)
			}
		})
	}
}

// A day begins when the one before it ends, wherever it is.
func TestADayBeginsWhenTheOneBeforeEnds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.SampledFrom([]string{"", "Europe/Berlin", "America/Sao_Paulo", "Pacific/Auckland", "Africa/Cairo", "Asia/Gaza", "Australia/Lord_Howe"}).Draw(t, "zone")
		zone, err := lifecycle.Zone(name)
		if err != nil {
			t.Fatal(err)
		}
		day := time.Date(2000, 1, 1+rapid.IntRange(0, 365*60).Draw(t, "day"), 0, 0, 0, 0, time.UTC)
		end, err1 := lifecycle.LastDay(day.Format(time.DateOnly), zone)
		next, err2 := lifecycle.FirstDay(day.AddDate(0, 0, 1).Format(time.DateOnly), zone)
		if err1 != nil || err2 != nil || !end.Equal(next) {
			t.Fatalf("ends %v, %v; the next begins %v, %v", end, err1, next, err2)
		}
		if before := end.Add(-time.Second).In(zone).Format(time.DateOnly); before != day.Format(time.DateOnly) {
			t.Errorf("a second before the end of %s it is %s", day.Format(time.DateOnly), before)
		}
		if after := end.In(zone).Format(time.DateOnly); after == day.Format(time.DateOnly) {
			t.Errorf("at its end it is still %s", after)
		}
	})
}

func TestAZoneIsTheSameOnEveryMachine(t *testing.T) {
	for name, right := range map[string]bool{"": true, "UTC": true, "Europe/Berlin": true, "Local": false, "CEST": false, "../etc/passwd": false} {
		if _, err := lifecycle.Zone(name); (err == nil) != right {
			t.Errorf("%q: %v", name, err)
		}
	}
}

func TestARequestOfAnotherReleaseIsNotGuessed(t *testing.T) {
	want := lifecycle.LeaverRequest{Object: "u-1", Name: "ann", Record: &identity.Record{Source: "corp", Kind: identity.KindUser, Anchor: "4711"}, Mode: plan.Delete, Grace: time.Hour}
	text, err := lifecycle.EncodeRequest(want)
	if err != nil {
		t.Fatal(err)
	}
	got, err := lifecycle.DecodeRequest[lifecycle.LeaverRequest](text)
	if err != nil || *got.Record != *want.Record || got.Mode != want.Mode || got.Grace != want.Grace || got.Object != want.Object {
		t.Errorf("%+v, %v", got, err)
	}
	for name, text := range map[string]string{
		"another version":  `{"version":2,"request":{"object":"u-1"}}`,
		"an unknown field": `{"version":1,"request":{"object":"u-1","wipe":true}}`,
		"no JSON":          `{`,
	} {
		if _, err := lifecycle.DecodeRequest[lifecycle.LeaverRequest]([]byte(text)); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
