package work_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"rollcall/apply"
	"rollcall/fault"
	"rollcall/work"
)

func TestWhatIsDueIsRunOnceByWhoeverComesFirst(t *testing.T) {
	each(t, func(t *testing.T, url string) {
		s := newSite(t, url, hourly(t, "corp", "aws"), hourly(t, "lab", "test"))
		var replicas []*work.Service
		for n := range 3 {
			replicas = append(replicas, s.replica(fmt.Sprint("replica ", n)))
		}
		var all sync.WaitGroup
		for _, r := range replicas {
			all.Go(func() { s.round(r) })
		}
		all.Wait()
		s.want("corp", work.Unchanged)
		s.want("lab", work.Unchanged)
		for _, r := range replicas {
			s.round(r)
		}
		s.want("corp", work.Unchanged)
		s.clock.add(time.Hour)
		for _, r := range replicas {
			s.round(r)
		}
		s.want("corp", work.Unchanged, work.Unchanged)
	})
}

func TestWhatWasMissedIsMadeUpForOnce(t *testing.T) {
	s := newSite(t, "sqlite:"+t.TempDir()+"/state.db", hourly(t, "corp", "aws"))
	skips := hourly(t, "lab", "test")
	skips.SkipMissed = true
	s.syncs = append(s.syncs, skips)
	s.round(s.replica("before"))
	s.clock.add(30 * time.Hour) // nobody is at work
	after := s.replica("after")
	s.round(after)
	s.round(after)
	s.want("corp", work.Unchanged, work.Unchanged)
	s.want("lab", work.Unchanged, work.Missed)
	s.clock.add(time.Hour)
	s.round(after)
	s.want("lab", work.Unchanged, work.Missed, work.Unchanged)
}

func TestAPausedScheduleWaitsAndWhoAsksGetsARun(t *testing.T) {
	s := newSite(t, "sqlite:"+t.TempDir()+"/state.db", hourly(t, "corp", "aws"))
	r, book := s.replica("one"), work.NewBook(s.db)
	if err := book.Pause(t.Context(), "corp", "ann", "lunch", s.clock.Now()); !fault.Is(err, fault.NotFound) {
		t.Errorf("pausing what no service has seen: %v", err)
	}
	s.round(r)
	if err := book.Continue(t.Context(), "corp"); !fault.Is(err, fault.NotFound) {
		t.Errorf("continuing what is not paused: %v", err)
	}
	if err := book.Pause(t.Context(), "corp", "ann", "lunch", s.clock.Now()); err != nil {
		t.Fatal(err)
	}
	if err := book.Pause(t.Context(), "corp", "bob", "", s.clock.Now()); !fault.Is(err, fault.Conflict) || !strings.Contains(err.Error(), "ann") {
		t.Errorf("pausing twice: %v, want who has", err)
	}
	s.clock.add(3 * time.Hour)
	s.round(r)
	s.want("corp", work.Unchanged)
	for _, why := range []string{"look", "look", "again"} {
		if err := book.Ask(t.Context(), "corp", s.clock.Now(), why, person); err != nil {
			t.Fatal(err)
		}
	}
	s.round(r)
	s.round(r)
	s.want("corp", work.Unchanged, work.Unchanged)
	if last := s.attempts("corp")[1]; last.Why != "again; look" || last.By != person {
		t.Errorf("why %q, by %v", last.Why, last.By)
	}
	if err := book.Continue(t.Context(), "corp"); err != nil {
		t.Fatal(err)
	}
	s.round(r)
	s.want("corp", work.Unchanged, work.Unchanged, work.Unchanged)
}

func TestARunCanBeAskedForAtADateToCome(t *testing.T) {
	s := newSite(t, "sqlite:"+t.TempDir()+"/state.db", work.Sync{Name: "corp", Target: "aws"})
	r := s.replica("one")
	if err := work.NewBook(s.db).Ask(t.Context(), "corp", s.clock.Now().Add(24*time.Hour), "accounts expire", work.Actor); err != nil {
		t.Fatal(err)
	}
	s.round(r)
	s.clock.add(24*time.Hour - time.Millisecond)
	s.round(r)
	s.want("corp")
	s.clock.add(time.Millisecond)
	s.round(s.replica("another"))
	s.want("corp", work.Unchanged)
}

func TestSyncsOfOneTargetTakeTurns(t *testing.T) {
	s := newSite(t, "sqlite:"+t.TempDir()+"/state.db", hourly(t, "corp", "aws"), hourly(t, "lab", "aws"), hourly(t, "other", "else"))
	entered, leave := make(chan struct{}, 3), make(chan struct{})
	s.does = func(context.Context, func() error) (*apply.Result, error) {
		entered <- struct{}{}
		<-leave
		return nil, nil
	}
	r := s.replica("one")
	if tasks := s.look(r); len(tasks) != 3 {
		t.Fatal(tasks)
	}
	<-entered
	<-entered
	slices.Sort(s.runs)
	if want := []string{"one corp", "one other"}; !slices.Equal(s.runs, want) {
		t.Errorf("at work: %q, want %q", s.runs, want)
	}
	close(leave)
	r.Wait()
	s.round(r)
	s.want("lab", work.Unchanged)
}

func TestWhoTakesOverGoesOnAndWhoLostItWritesNothing(t *testing.T) {
	s := newSite(t, "sqlite:"+t.TempDir()+"/state.db", hourly(t, "corp", "aws"))
	hang, hanging := make(chan struct{}), make(chan struct{})
	var late error
	s.does = func(_ context.Context, planned func() error) (*apply.Result, error) {
		close(hanging)
		<-hang
		late = planned()
		return nil, late
	}
	dead := s.replica("dead")
	tasks, err := dead.Keep(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := dead.Do(t.Context(), tasks[0]); err != nil {
		t.Fatal(err)
	}
	<-hanging
	s.mu.Lock()
	s.does = nil
	s.mu.Unlock()
	alive := s.replica("alive")
	s.clock.add(14 * time.Second)
	if tasks := s.round(alive); len(tasks) != 0 {
		t.Errorf("taken over from one who lives: %v", tasks)
	}
	s.clock.add(time.Second)
	s.round(alive)
	s.want("corp", work.Unchanged)
	close(hang)
	dead.Wait()
	if !fault.Is(late, fault.Stale) {
		t.Errorf("who lost it goes on: %v", late)
	}
	s.want("corp", work.Unchanged)
	if got := s.attempts("corp")[0].Holder; got != "alive" {
		t.Errorf("it is %q's", got)
	}
}

func TestAServiceThatStopsHandsOverAtOnce(t *testing.T) {
	s := newSite(t, "sqlite:"+t.TempDir()+"/state.db", hourly(t, "corp", "aws"))
	begun := make(chan struct{})
	s.does = func(ctx context.Context, _ func() error) (*apply.Result, error) {
		close(begun)
		<-ctx.Done()
		return nil, ctx.Err()
	}
	first := s.replica("first")
	tasks, err := first.Keep(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := first.Do(t.Context(), tasks[0]); err != nil {
		t.Fatal(err)
	}
	<-begun
	first.Stop()
	s.want("corp", work.Open)
	s.does = nil
	s.round(s.replica("second")) // and no time has passed
	s.want("corp", work.Unchanged)
	if err := first.Do(t.Context(), tasks[0]); err != nil {
		t.Errorf("a task that comes late: %v", err)
	}
}

func TestASyncThatFindsTheTargetHeldIsTriedAgain(t *testing.T) {
	s := newSite(t, "sqlite:"+t.TempDir()+"/state.db", hourly(t, "corp", "aws"))
	s.does = func(context.Context, func() error) (*apply.Result, error) {
		return nil, fault.Text(fault.Conflict, "begin run", "", "run r-1 of ann is at it")
	}
	r := s.replica("one")
	s.round(r)
	s.want("corp", work.Busy)
	s.does = nil
	s.clock.add(30 * time.Second)
	s.round(r)
	s.want("corp", work.Busy, work.Unchanged)
}

func TestAFailureIsWrittenDownAndTheNextRunIsTheSchedules(t *testing.T) {
	s := newSite(t, "sqlite:"+t.TempDir()+"/state.db", hourly(t, "corp", "aws"))
	s.does = func(context.Context, func() error) (*apply.Result, error) {
		return nil, fault.New(fault.Incomplete, "read source", "corp", errors.New("page 3 is missing"))
	}
	r := s.replica("one")
	s.round(r)
	s.round(r)
	s.want("corp", work.Failed)
	if a := s.attempts("corp")[0]; a.Fault != "incomplete" || !strings.Contains(a.Text, "page 3") {
		t.Errorf("%+v", a)
	}
}

func TestTheHistoryIsForgottenAfterNinetyDays(t *testing.T) {
	each(t, func(t *testing.T, url string) {
		s := newSite(t, url, hourly(t, "corp", "aws"))
		r := s.replica("one")
		s.round(r)
		s.clock.add(90 * 24 * time.Hour)
		s.round(r)
		s.want("corp", work.Unchanged, work.Unchanged)
		s.clock.add(time.Hour)
		s.round(r)
		s.want("corp", work.Unchanged, work.Unchanged)
	})
}
