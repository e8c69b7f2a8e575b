package governor

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// Whatever wants what and whenever it asks: the line's slots are a gap apart,
// none is older than may be caught up or further ahead than anybody reaches,
// and a class with a bound of its own gets no more than that.
func TestSlotsAreAGapApart(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		limits := Limits{Service: PerSecond(rapid.IntRange(1, 100).Draw(t, "service")), Reserve: rapid.IntRange(0, MostReserve).Draw(t, "reserve")}
		limits.Writes = PerMinute(rapid.IntRange(1, 6000).Draw(t, "writes"))
		p, b := limits.pace(), new(budget)
		gap := gapOf(p.ceiling)
		now := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC).UnixNano()
		var due, written []int64
		for range rapid.IntRange(1, 40).Draw(t, "asks") {
			now += int64(rapid.IntRange(0, 600).Draw(t, "ms")) * int64(time.Millisecond)
			slots, again := b.reserve(p, now, drawWants(t, p, now), rapid.IntRange(0, 30).Draw(t, "room"))
			if again < now {
				t.Fatalf("is to ask again %v ago", time.Duration(now-again))
			}
			for _, s := range slots {
				if s.due < now-catchUp || s.due > now+int64(longestReach) {
					t.Fatalf("a slot %v ahead", time.Duration(s.due-now))
				}
				due = append(due, s.due)
				if s.class == write {
					written = append(written, max(s.due, now))
				}
			}
		}
		for i := range due[:max(0, len(due)-1)] {
			if due[i+1]-due[i] < gap {
				t.Fatalf("slots %v apart, want %v", time.Duration(due[i+1]-due[i]), time.Duration(gap))
			}
		}
		if n := len(written); n > 2 {
			span := slices.Max(written) - slices.Min(written)
			if most := (span+catchUp+gap)/p.writes + 1; int64(n) > most {
				t.Fatalf("%d writes in %v, want %d at most", n, time.Duration(span), most)
			}
		}
	})
}

func drawWants(t *rapid.T, p pace, now int64) []want {
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) want {
		since := now - int64(rapid.IntRange(0, 5000).Draw(t, "waited"))*int64(time.Millisecond)
		return want{
			lane: rapid.SampledFrom(Lanes()).Draw(t, "lane"), class: p.class(rapid.Bool().Draw(t, "write")),
			since: since, hungry: since,
		}
	}), 0, 30).Draw(t, "wants")
}

func TestALineInTheFutureOfASetBackClockIsTakenUpAgain(t *testing.T) {
	limits := DefaultLimits()
	limits.Reads, limits.Writes = PerSecond(5), PerSecond(5)
	p, now := limits.pace(), time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC).UnixNano()
	day := int64(24 * time.Hour)
	b := &budget{next: now + day, reads: now + day, writes: now + day}
	for _, c := range []class{read, write} {
		slots, _ := b.reserve(p, now, []want{{lane: Sync, class: c, since: now, hungry: now}}, 1)
		if len(slots) != 1 {
			t.Errorf("class %d got no slot", c)
		}
	}
	b = &budget{blocked: now + day}
	if _, again := b.reserve(p, now, []want{{since: now, hungry: now}}, 1); again != now+int64(longestBlock) {
		t.Errorf("blocked for %v, want an hour", time.Duration(again-now))
	}
	if slots, _ := b.reserve(p, now+int64(longestBlock), []want{{since: now, hungry: now}}, 1); len(slots) != 1 {
		t.Error("blocked for longer than that")
	}
}

func TestOfTwoThatWaitTheOneThatHadNothingForLongerReachesFurther(t *testing.T) {
	for _, l := range Lanes() {
		last := time.Duration(0)
		for _, waited := range []time.Duration{-time.Hour, 0, 10 * time.Millisecond, 500 * time.Millisecond, time.Second} {
			r := l.reach(waited)
			if waited > 0 && r <= last {
				t.Errorf("%v: %v after %v, %v after less", l, r, waited, last)
			}
			last = r
		}
		if l.reach(time.Hour) != last || last != l.reach(0)*5/4 {
			t.Errorf("%v reaches %v at most, want %v", l, l.reach(time.Hour), l.reach(0)*5/4)
		}
		if l > Leaver && last > (l-1).low(false) {
			t.Errorf("%v reaches to where %v has not reserved again", l, l-1)
		}
	}
}
