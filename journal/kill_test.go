package journal_test

import (
	"bufio"
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"rollcall/journal"
	"rollcall/keyring"
	"rollcall/plan"
	"rollcall/sqldb"
	"rollcall/sqldb/sqldbtest"
)

// TestMain lets the test binary be the process that is killed. Every case of a
// law here writes durably: with -short, as when looking for races, fewer are
// tried.
func TestMain(m *testing.M) {
	flag.Parse()
	if testing.Short() {
		if err := flag.Set("rapid.checks", "12"); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
	if url := os.Getenv("JOURNAL_TEST_STATE"); url != "" {
		fmt.Fprintln(os.Stderr, carryOn(url, os.Getenv("JOURNAL_TEST_KEY")))
		os.Exit(1)
	}
	os.Exit(m.Run())
}

const victims = 8

// carryOn journals outcomes from several goroutines until it is killed. It says
// "intent N" before, and "done N" after, each is acknowledged.
func carryOn(url, key string) error {
	ctx := context.Background()
	db, err := sqldb.Open(ctx, url, journal.Migrations)
	if err != nil {
		return err
	}
	keys, err := keyring.Open(key)
	if err != nil {
		return err
	}
	j := journal.Open(db, keys)
	plans, err := j.Plans(ctx, 1)
	if err != nil {
		return err
	}
	r, err := j.Begin(ctx, journal.Start{Plan: plans[0].ID, Target: target, Sync: "corp", Actor: plan.Actor{Name: "ann", Door: "cli"}})
	if err != nil {
		return err
	}
	var say sync.Mutex
	line := func(format string, args ...any) {
		say.Lock()
		defer say.Unlock()
		fmt.Printf(format+"\n", args...)
	}
	line("run %s", r.ID())
	var all sync.WaitGroup
	for w := range victims {
		all.Go(func() {
			for n := w + 1; err == nil; n += victims {
				line("try %d", n)
				if err = r.Intents(ctx, []int{n}); err != nil {
					return
				}
				line("intent %d", n)
				if err = r.Outcome(ctx, disabled(n)); err != nil {
					return
				}
				line("done %d", n)
			}
		})
	}
	all.Wait()
	return err
}

func TestKilledInMidRunNothingAcknowledgedIsLost(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, url string) {
		ctx := context.Background()
		key := filepath.Join(t.TempDir(), "key")
		keys, err := keyring.Open(key)
		ok(t, err)
		b := (&bench{keys: keys, clock: newClock(), url: url}).again(t)
		b.save(t, 1)

		said := runAndKill(t, url, key, 200)
		b.Journal = journal.Open(b.db, keys, journal.WithClock(afterExpiry{}))
		free, err := b.Unfinished(ctx, target)
		ok(t, err)
		if len(free) != 1 || free[0].ID != said.run {
			t.Fatalf("unfinished %+v, want %s", free, said.run)
		}
		r, err := b.Resume(ctx, said.run)
		ok(t, err)
		t.Cleanup(r.Release)
		outcomes, open, err := r.Done(ctx)
		ok(t, err)
		for n := range said.done {
			if _, kept := outcomes[n]; !kept {
				t.Errorf("outcome %d was acknowledged and is lost", n)
			}
		}
		for n := range said.intents {
			if _, kept := outcomes[n]; !kept && !open[n] {
				t.Errorf("intent %d was acknowledged and is lost", n)
			}
		}
		for n := range open {
			if !said.tries[n] {
				t.Errorf("an intent %d that nobody had", n)
			}
		}
		if len(open) > victims {
			t.Errorf("%d open intents of %d workers", len(open), victims)
		}
		for n := range open {
			ok(t, r.Outcome(ctx, disabled(n)))
		}
		_, err = r.Finish(ctx, journal.Complete, nil)
		ok(t, err)
		if report := b.verify(t, nil); report.Problem != nil {
			t.Errorf("found %+v", report.Problem)
		}
	})
}

// told is what the killed process said.
type told struct {
	run                  string
	tries, intents, done map[int]bool
}

// runAndKill starts the process, kills it with signal 9 once it has said so
// many outcomes done, and returns all it has said.
func runAndKill(t *testing.T, url, key string, enough int) told {
	t.Helper()
	said := told{tries: map[int]bool{}, intents: map[int]bool{}, done: map[int]bool{}}
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "JOURNAL_TEST_STATE="+url, "JOURNAL_TEST_KEY="+key)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	ok(t, err)
	ok(t, cmd.Start())
	for lines := bufio.NewScanner(out); lines.Scan(); {
		word, rest, _ := strings.Cut(lines.Text(), " ")
		var n int
		if word == "run" {
			said.run = rest
		} else if _, err := fmt.Sscan(rest, &n); err != nil {
			continue // cut by the kill
		}
		switch word {
		case "try":
			said.tries[n] = true
		case "intent":
			said.intents[n] = true
		case "done":
			said.done[n] = true
		}
		if word == "done" && len(said.done) == enough {
			ok(t, cmd.Process.Kill())
		}
	}
	_ = cmd.Wait() // killed
	if len(said.done) < enough {
		t.Fatalf("the process ended by itself after %d", len(said.done))
	}
	return said
}
