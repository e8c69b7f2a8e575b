package sqldb

import (
	"context"
	"fmt"
	"path/filepath"
	"sync"
	"testing"
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

func TestWhatCannotBeToldOfAQueueCountsAsSomebody(t *testing.T) {
	ours, theirs := openTwoQueues(t)
	release, err := lockFile(context.Background(), ours.file.Name()) // as whoever brings tables up to date
	if err != nil {
		t.Fatal(err)
	}
	theirs.enter() // returns at once
	if ours.empty() {
		t.Error("nobody seems to wait while another process has the file to itself")
	}
	release()
	if !ours.empty() {
		t.Error("whoever could not say that it waits seems to have")
	}
	if err := ours.close(); err != nil {
		t.Fatal(err)
	}
	if ours.empty() {
		t.Error("a queue that is closed seems empty")
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
	path := filepath.Join(t.TempDir(), "db.lock")
	for _, q := range []**queue{&ours, &theirs} {
		var err error
		if *q, err = openQueue(path); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = (*q).close() })
	}
	return ours, theirs
}
