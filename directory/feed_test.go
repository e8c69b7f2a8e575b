package directory_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"rollcall/directory"
)

// feeder is a log of times, numbered by step from step on.
type feeder struct {
	directory.Driver
	times []time.Time
	step  int64
	asked int
}

func (f *feeder) Events(_ context.Context, after int64, limit int) ([]directory.Event, error) {
	f.asked++
	var all []directory.Event
	for i := after / f.step; i < int64(len(f.times)) && len(all) < limit; i++ {
		all = append(all, directory.Event{Number: (i + 1) * f.step, At: f.times[i]})
	}
	return all, nil
}

var noon = time.Date(2026, 3, 14, 12, 0, 0, 0, time.UTC)

func TestNoEventSinceATimeIsMissed(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		seconds := rapid.SliceOfN(rapid.IntRange(-500, 500), 0, 200).Draw(t, "seconds")
		slices.Sort(seconds)
		f := &feeder{step: rapid.Int64Range(1, 3).Draw(t, "step")}
		for _, s := range seconds {
			f.times = append(f.times, noon.Add(time.Duration(s)*time.Second))
		}
		since := noon.Add(time.Duration(rapid.IntRange(-600, 600).Draw(t, "since")) * time.Second)
		after, err := directory.New("local", f).EventBefore(t.Context(), since)
		if err != nil {
			t.Fatal(err)
		}
		for i, at := range f.times {
			number := int64(i+1) * f.step
			if number <= after && !at.Before(since.Add(-time.Minute)) {
				t.Fatalf("event %d, %v before the time, is left out", number, since.Sub(at))
			}
			if number > after && at.Before(since.Add(-time.Minute)) {
				t.Fatalf("event %d, %v before the time, is read for nothing", number, since.Sub(at))
			}
		}
	})
}

func TestALongLogIsNotReadToFindATime(t *testing.T) {
	f := &feeder{step: 1, times: make([]time.Time, 1_000_000)}
	for i := range f.times {
		f.times[i] = noon.Add(time.Duration(i) * time.Second)
	}
	const wanted = 765_432
	after, err := directory.New("local", f).EventBefore(t.Context(), f.times[wanted])
	if err != nil || after != wanted-60 || f.asked > 60 {
		t.Errorf("after %d, %v, asked %d times", after, err, f.asked)
	}
}
