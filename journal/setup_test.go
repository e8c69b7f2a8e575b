package journal_test

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"rollcall/identity"
	"rollcall/journal"
	"rollcall/keyring"
	"rollcall/plan"
	"rollcall/sqldb"
	"rollcall/sqldb/sqldbtest"
)

const target = "local"

// clock is moved by hand.
type clock struct {
	mu    sync.Mutex
	now   time.Time
	waits map[chan time.Time]time.Time
}

func newClock() *clock {
	return &clock{now: time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC), waits: map[chan time.Time]time.Time{}}
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) After(d time.Duration) <-chan time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	ch := make(chan time.Time, 1)
	c.waits[ch] = c.now.Add(d)
	return ch
}

// step moves time on and wakes who waited for it.
func (c *clock) step(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
	for ch, at := range c.waits {
		if !at.After(c.now) {
			ch <- c.now
			delete(c.waits, ch)
		}
	}
}

// jump moves time on without waking anybody, as for a process that hangs.
func (c *clock) jump(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// bench is one state with one handle on it.
type bench struct {
	*journal.Journal
	db    *sqldb.DB
	keys  *keyring.Keyring
	clock *clock
	url   string
}

func each(t *testing.T, test func(t *testing.T, b *bench)) {
	t.Helper()
	sqldbtest.Each(t, func(t *testing.T, url string) { test(t, setup(t, url)) })
}

func setup(t *testing.T, url string) *bench {
	t.Helper()
	keys, err := keyring.Open(filepath.Join(t.TempDir(), "key"))
	if err != nil {
		t.Fatal(err)
	}
	return (&bench{keys: keys, clock: newClock(), url: url}).again(t)
}

// again opens the same state once more, as another process would.
func (b *bench) again(t testing.TB) *bench {
	t.Helper()
	db, err := sqldb.Open(context.Background(), b.url, journal.Migrations)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return &bench{Journal: journal.Open(db, b.keys, journal.WithClock(b.clock)), db: db, keys: b.keys, clock: b.clock, url: b.url}
}

// save stores a plan that disables n users.
func (b *bench) save(t testing.TB, n int, alter ...func(*plan.Plan)) plan.ID {
	t.Helper()
	p := &plan.Plan{Header: plan.Header{
		Origin: plan.FromSync, Sync: "corp", Directory: target, Store: "d-1234567890",
		Made: b.clock.Now(), By: plan.Actor{Name: "ann", Door: "cli"},
		Basis: plan.Basis{SourceSHA256: rand.Text()}, // no plan has two runs
	}}
	for i := range n {
		p.Changes = append(p.Changes, plan.Change{
			Number: i + 1, Kind: plan.UserDisable, Subject: plan.Existing(user(i + 1)),
			Name: fmt.Sprintf("user%d", i+1), Reason: "left",
		})
	}
	for _, f := range alter {
		f(p)
	}
	file, _, err := plan.Encode(p)
	if err != nil {
		t.Fatal(err)
	}
	id, err := b.SavePlan(context.Background(), file, p)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// begin starts a sync's run of a new plan of n changes.
func (b *bench) begin(t testing.TB, n int) *journal.Run {
	t.Helper()
	return b.start(t, journal.Start{Plan: b.save(t, n), Target: target, Sync: "corp", Actor: plan.Actor{Name: "ann", Door: "cli"}})
}

// command starts a run that excludes no other.
func (b *bench) command(t testing.TB) *journal.Run {
	t.Helper()
	return b.start(t, journal.Start{Plan: b.save(t, 1), Target: target, Actor: plan.Actor{Name: "bob", Door: "cli"}})
}

func (b *bench) start(t testing.TB, s journal.Start) *journal.Run {
	t.Helper()
	r, err := b.Begin(context.Background(), s)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.Release)
	return r
}

func user(n int) identity.ID {
	return identity.ID(fmt.Sprintf("1234567890-01890000-0000-7000-8000-%012d", n))
}

func group(n int) identity.ID {
	return identity.ID(fmt.Sprintf("1234567890-01890000-0000-7000-9000-%012d", n))
}

func state(name string) json.RawMessage {
	return json.RawMessage(`{"userName":"` + name + `","active":false}`)
}

// disabled is the outcome of change n, with the user after it.
func disabled(n int) journal.Outcome {
	name := fmt.Sprintf("user%d", n)
	return journal.Outcome{
		Change: n, Result: journal.Done, Object: user(n), Revision: fmt.Sprint(n),
		Effects: []journal.Effect{{
			Kind: identity.KindUser, Object: user(n), Name: name, Body: state(name),
			Record: &identity.Record{Source: "corp", Kind: identity.KindUser, Anchor: identity.Anchor(fmt.Sprint("E", n))},
		}},
	}
}

// failer is what testing's and rapid's T have in common.
type failer interface {
	Helper()
	Fatal(args ...any)
	Fatalf(format string, args ...any)
}

func ok(t failer, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// finished is a run of n changes, all done.
func (b *bench) finished(t testing.TB, n int) journal.Head {
	t.Helper()
	ctx := context.Background()
	r := b.begin(t, n)
	for i := 1; i <= n; i++ {
		ok(t, r.Intents(ctx, []int{i}))
		ok(t, r.Outcome(ctx, disabled(i)))
	}
	h, err := r.Finish(ctx, journal.Complete, journal.Counts{journal.Done: n})
	ok(t, err)
	return h
}

func sqliteURL(t testing.TB) string { return sqldbtest.SQLite(t) }

func sprint(parts ...any) string {
	var out strings.Builder
	for _, p := range parts {
		fmt.Fprint(&out, p)
	}
	return out.String()
}

// afterExpiry is the system's clock after every lease of now has expired.
type afterExpiry struct{}

func (afterExpiry) Now() time.Time                         { return time.Now().Add(journal.LeaseTime) }
func (afterExpiry) After(d time.Duration) <-chan time.Time { return time.After(d) }
