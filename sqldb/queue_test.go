package sqldb

import (
	"context"
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"time"
)

func TestWhoeverWaitsForTheWriteLockIsSeenByOthers(t *testing.T) {
	ours, theirs := openTwoQueues(t)
	if !ours.empty() || !theirs.empty() {
		t.Error("somebody waits before anybody does")
	}
	theirs.enter()
	theirs.enter() // once a try
	if ours.empty() {
		t.Error("nobody seems to wait")
	}
	theirs.leave()
	if !ours.empty() {
		t.Error("somebody seems to wait who has left")
	}
	theirs.leave() // and again, as whoever never waited does
	theirs.enter()
	if err := theirs.close(); err != nil {
		t.Fatal(err)
	}
	if !ours.empty() {
		t.Error("somebody seems to wait who has gone")
	}
}

func TestAQueueThatCannotBeOpenedSeemsNeverEmpty(t *testing.T) {
	q := openQueue(filepath.Join(t.TempDir(), "missing", "db.queue"))
	q.enter()
	q.leave()
	if q.empty() {
		t.Error("it seems empty")
	}
	if err := q.close(); err != nil {
		t.Error(err)
	}
	ours, _ := openTwoQueues(t)
	if err := ours.close(); err != nil {
		t.Fatal(err)
	}
	if ours.empty() {
		t.Error("a queue that is closed seems empty")
	}
}

func TestOthersHaveTheirShareOfTheLock(t *testing.T) {
	ago := func(d time.Duration) time.Time { return time.Now().Add(-d) }
	for name, c := range map[string]struct {
		share share
		want  bool // that they have just had it
	}{
		"a writer that was idle":                {share{ended: ago(groupPause), since: ago(time.Hour)}, true},
		"a writer that was idle bit by bit":     {share{ended: time.Now(), since: ago(time.Hour), free: groupPause}, true},
		"a writer that had work at each moment": {share{ended: time.Now(), since: ago(time.Hour)}, false},
	} {
		t.Run(name, func(t *testing.T) {
			held := c.share.held()
			if got := held == 0; got != c.want {
				t.Errorf("held for %v", held)
			}
			if !c.want && held < time.Hour {
				t.Errorf("held for %v only", held)
			}
		})
	}
	s := newShare()
	s.since, s.ended = ago(time.Hour), time.Now()
	s.paused()
	if s.ended = time.Now(); s.held() >= time.Hour {
		t.Error("a pause does not count")
	}
}

func TestAWriterThatHasAlwaysWorkLetsAnotherIn(t *testing.T) {
	path := filepath.Join(t.TempDir(), "notes.db")
	busy, other := open(t, "sqlite:"+path), open(t, "sqlite:"+path)
	done := make(chan struct{})
	var all sync.WaitGroup
	for w := range int64(8) {
		all.Go(func() {
			for i := w; ; i += 8 {
				select {
				case <-done:
					return
				default:
				}
				if err := writeNote(busy, i); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	for i := range int64(20) {
		if err := writeNote(other, 1<<40+i); err != nil {
			t.Error(err)
			break
		}
	}
	close(done)
	all.Wait()
}

func writeNote(db *DB, id int64) error {
	return db.Write(context.Background(), func(tx *Tx) error { return insert(tx, id, fmt.Sprint(id)) })
}

func openTwoQueues(t *testing.T) (ours, theirs *queue) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "db.queue")
	ours, theirs = openQueue(path), openQueue(path)
	t.Cleanup(func() { _, _ = ours.close(), theirs.close() })
	return ours, theirs
}
