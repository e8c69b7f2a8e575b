package work_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"rollcall/apply"
	"rollcall/baseline"
	"rollcall/fault"
	"rollcall/identity"
	"rollcall/plan"
	"rollcall/work"
)

// hurried is a clock that is quicker than others, though not so quick that a
// busy machine loses a lease.
type hurried struct{ began time.Time }

const haste = 20

func (c hurried) Now() time.Time { return c.began.Add(time.Since(c.began) * haste) }

func (c hurried) After(d time.Duration) <-chan time.Time { return time.After(d / haste) }

// feed is a source that says what a test sends.
type feed struct {
	says chan any // a string, an error, or a time that will pass
	due  time.Time
}

func (f *feed) Next(ctx context.Context) (string, error) {
	select {
	case <-ctx.Done():
		return "", ctx.Err()
	case said := <-f.says:
		if err, is := said.(error); is {
			return "", err
		}
		return said.(string), nil
	}
}

func (f *feed) Due(after time.Time) time.Time {
	if f.due.After(after) {
		return f.due
	}
	return time.Time{}
}

func (f *feed) Close() {}

// watchedSite is a site with one sync that is watched, and how often its source
// was read whole.
type watchedSite struct {
	*site
	feed  *feed
	fails error // of following
	mu    sync.Mutex
	reads int
	by    []plan.Actor
	found []int
}

func newWatchedSite(t *testing.T, url string) *watchedSite {
	w := &watchedSite{feed: &feed{says: make(chan any)}}
	w.site = newSite(t, url, work.Sync{Name: "corp", Target: "local", Watch: &work.Watch{Full: 10 * time.Hour}})
	return w
}

// watching is a replica that watches.
func (w *watchedSite) watching(name string) *work.Service {
	w.t.Helper()
	r := w.replicaWith(name, func(o *work.Options) {
		o.Clock, o.Watcher = hurried{time.Now()}, w
		o.Hands = seenHands{o.Hands, w}
		o.Follow = func(context.Context, string) (work.Feed, error) {
			w.mu.Lock()
			defer w.mu.Unlock()
			w.reads++
			return w.feed, w.fails
		}
	})
	r.StartWatches()
	return r
}

// seenHands note for whom a sync is run.
type seenHands struct {
	work.Hands
	*watchedSite
}

func (h seenHands) Sync(ctx context.Context, name string, by plan.Actor, planned func(*plan.Plan) error) (*apply.Result, error) {
	h.watchedSite.mu.Lock()
	h.by = append(h.by, by)
	h.watchedSite.mu.Unlock()
	return h.Hands.Sync(ctx, name, by, planned)
}

func (w *watchedSite) Planned(*plan.Plan)     {}
func (w *watchedSite) Attempted(work.Attempt) {}
func (w *watchedSite) Found(_ string, n int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.found = append(w.found, n)
}

// until waits for so many attempts that have ended, and returns why there were.
func (w *watchedSite) until(attempts int) []string {
	w.t.Helper()
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		var whys []string
		for _, a := range w.attempts("corp") {
			if !a.Ended.IsZero() {
				whys = append(whys, a.Why)
			}
		}
		if len(whys) >= attempts {
			return whys
		}
	}
	w.t.Fatalf("there are no %d attempts: %v", attempts, w.statuses("corp"))
	return nil
}

func (w *watchedSite) readTimes() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.reads
}

func TestEachChangeOfAWatchedSourceIsARun(t *testing.T) {
	each(t, func(t *testing.T, url string) {
		w := newWatchedSite(t, url)
		w.watching("one")
		w.until(1)
		w.feed.says <- "1 entry added"
		w.until(2)
		w.feed.says <- "2 entries changed"
		if got, want := w.until(3), []string{"the watch begins", "live: 1 entry added", "live: 2 entries changed"}; !slices.Equal(got, want) {
			t.Errorf("%q, want %q", got, want)
		}
		w.mu.Lock()
		defer w.mu.Unlock()
		if w.reads != 1 || slices.ContainsFunc(w.by, func(a plan.Actor) bool { return a != work.WatchActor }) {
			t.Errorf("read %d times, by %v", w.reads, w.by)
		}
	})
}

func TestDoubtReadsEverythingAgainAndACutDoesNot(t *testing.T) {
	w := newWatchedSite(t, "sqlite:"+t.TempDir()+"/state.db")
	w.watching("one")
	w.until(1)
	w.feed.says <- fault.Text(fault.Unavailable, "follow", "", "the connection was cut")
	w.feed.says <- "" // it answers again
	w.feed.says <- "1 entry changed"
	w.until(2)
	if n := w.readTimes(); n != 1 {
		t.Errorf("after a cut it was read %d times", n)
	}
	w.feed.says <- fault.Text(fault.Stale, "follow", "", "the cursor is refused")
	if got := w.until(3); got[2] != "everything is read again" || w.readTimes() != 2 {
		t.Errorf("%q, read %d times", got, w.readTimes())
	}
}

func TestEverythingIsReadAgainInTimeAndWhatItFindsIsCounted(t *testing.T) {
	w := newWatchedSite(t, "sqlite:"+t.TempDir()+"/state.db")
	w.syncs[0].Watch.Full = 20 * time.Second
	w.watching("one")
	if got := w.until(3); got[1] != "everything is read again every 20s" {
		t.Errorf("%q", got)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.found) == 0 || w.found[0] != 0 {
		t.Errorf("found %v, want nothing each time", w.found)
	}
}

func TestADateThatPassesIsARunOnce(t *testing.T) {
	w := newWatchedSite(t, "sqlite:"+t.TempDir()+"/state.db")
	w.feed.due = time.Now().Add(time.Minute)
	w.watching("one")
	w.until(2)
	w.feed.says <- "1 entry changed"
	if got, want := w.until(3), []string{"the watch begins", "live: a date has passed", "live: 1 entry changed"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestTheEndOfAGracePeriodIsARunOnce(t *testing.T) {
	each(t, func(t *testing.T, url string) {
		w := newWatchedSite(t, url)
		w.syncs[0].Grace = time.Hour
		ann := map[baseline.Key]bool{{Kind: identity.KindUser, Anchor: "E1"}: true}
		if _, err := w.baselines.Note(t.Context(), "corp", time.Now().Add(time.Minute-time.Hour), ann); err != nil {
			t.Fatal(err)
		}
		w.watching("one")
		w.until(2)
		w.feed.says <- "1 entry changed"
		if got, want := w.until(3), []string{"the watch begins", "live: a grace period has ended", "live: 1 entry changed"}; !slices.Equal(got, want) {
			t.Errorf("%q, want %q", got, want)
		}
	})
}

// Of two one watches; when it hands over, or its lease ends, the other does.
func TestOneReplicaWatches(t *testing.T) {
	each(t, func(t *testing.T, url string) {
		w := newWatchedSite(t, url)
		first := w.watching("one")
		w.until(1)
		w.watching("two")
		w.feed.says <- "1 entry changed"
		w.until(2)
		if n := w.readTimes(); n != 1 {
			t.Errorf("the source was read %d times", n)
		}
		first.Stop()
		if got := w.until(3); got[2] != "the watch begins" {
			t.Errorf("%q", got)
		}
		if who := w.attempts("corp")[2].Holder; who != "two" {
			t.Errorf("%s watches", who)
		}
	})
}

func TestASourceThatCannotBeFollowedIsReadAsIfNobodyWatched(t *testing.T) {
	w := newWatchedSite(t, "sqlite:"+t.TempDir()+"/state.db")
	w.fails = fault.Text(fault.Unsupported, "follow", "", "it tells nothing")
	w.watching("one")
	w.until(1)
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.by[0] != work.Actor {
		t.Errorf("it was run by %v, for whom nothing is read", w.by[0])
	}
}

// What fails is tried again without another change, and whoever asks for a run
// by hand has everything read.
func TestAWatchTriesAgainAndStandsBackForPeople(t *testing.T) {
	w := newWatchedSite(t, "sqlite:"+t.TempDir()+"/state.db")
	fail := true
	w.does = func(ctx context.Context, planned func() error) (*apply.Result, error) {
		if fail {
			fail = false
			return nil, errors.New("the directory does not answer")
		}
		return nil, planned()
	}
	ann := plan.Actor{Name: "ann", Door: "cli"}
	if err := work.NewBook(w.db).Ask(t.Context(), "corp", time.Now().Add(-time.Hour), "look", ann); err != nil {
		t.Fatal(err)
	}
	w.watching("one")
	got := w.until(2)
	if !strings.Contains(got[0], "look") || !strings.Contains(got[0], "the watch begins") {
		t.Errorf("%q", got)
	}
	w.want("corp", work.Failed, work.Unchanged)
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.by[0] != ann || w.by[1] != work.WatchActor {
		t.Errorf("run by %v", w.by)
	}
}
