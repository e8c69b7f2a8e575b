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
	"rollcall/approval"
	"rollcall/fault"
	"rollcall/journal"
	"rollcall/lifecycle"
	"rollcall/plan"
	"rollcall/work"
)

// ask writes down that something is to be done about somebody after a while.
func (s *site) ask(kind, name string, after time.Duration) work.Flow {
	s.t.Helper()
	f, err := work.NewBook(s.db).AskFlow(s.t.Context(), work.Flow{
		Kind: kind, Directory: "aws", Subject: "id-" + name, Name: name, Request: []byte(`{"version":1}`), Due: s.clock.Now().Add(after), By: person, Why: "ticket 1",
	}, s.clock.Now())
	if err != nil {
		s.t.Fatal(err)
	}
	return f
}

// is the state of a flow, and its text.
func (s *site) is(number int64) (work.FlowState, string) {
	s.t.Helper()
	f, err := work.NewBook(s.db).Flow(s.t.Context(), number)
	if err != nil {
		s.t.Fatal(err)
	}
	return f.State, f.Text
}

func (s *site) wantFlow(number int64, want work.FlowState) {
	s.t.Helper()
	if got, text := s.is(number); got != want {
		s.t.Errorf("flow %d is %s (%s), want %s", number, got, text, want)
	}
}

func TestAFlowIsCarriedOutWhenItIsDueByOneOfAll(t *testing.T) {
	each(t, func(t *testing.T, url string) {
		s := newSite(t, url)
		f := s.ask(lifecycle.FlowLeaver, "ann", time.Hour)
		if f.Number == 0 || f.State != work.FlowWaiting {
			t.Errorf("asked for: %+v", f)
		}
		var replicas []*work.Service
		for n := range 3 {
			replicas = append(replicas, s.replica(fmt.Sprint("replica ", n)))
		}
		s.clock.add(time.Hour - time.Millisecond)
		if tasks := s.round(replicas[0]); len(tasks) != 0 {
			t.Errorf("before it is due: %v", tasks)
		}
		s.clock.add(time.Millisecond)
		var all sync.WaitGroup
		for _, r := range replicas {
			all.Go(func() { s.round(r) })
		}
		all.Wait()
		s.round(replicas[1])
		s.wantFlow(f.Number, work.FlowDone)
		if len(s.runs) != 1 {
			t.Errorf("carried out by %q, want by one", s.runs)
		}
	})
}

func TestWhoIsAskedAboutTwiceWaitsOnce(t *testing.T) {
	each(t, func(t *testing.T, url string) {
		s := newSite(t, url)
		first := s.ask(lifecycle.FlowLeaver, "ann", time.Hour)
		again := s.ask(lifecycle.FlowLeaver, "ann", 2*time.Hour)
		other := s.ask(lifecycle.FlowDeletion, "ann", time.Hour)
		if again.Number != first.Number || other.Number == first.Number {
			t.Errorf("flows %d, %d and %d", first.Number, again.Number, other.Number)
		}
		of, err := work.NewBook(s.db).FlowsOf(t.Context(), "aws", "id-ann")
		if err != nil || len(of) != 2 || !of[1].Due.Equal(again.Due) {
			t.Errorf("%+v, %v", of, err)
		}
		all, err := work.NewBook(s.db).CancelFlows(t.Context(), "aws", "id-ann", person, "stays", s.clock.Now())
		if err != nil || len(all) != 2 {
			t.Fatalf("%+v, %v", all, err)
		}
		s.clock.add(3 * time.Hour)
		s.round(s.replica("one"))
		if state, text := s.is(first.Number); state != work.FlowCancelled || text != "by ann: stays" || len(s.runs) != 0 {
			t.Errorf("%s, %q; %q", state, text, s.runs)
		}
		if third := s.ask(lifecycle.FlowLeaver, "ann", time.Hour); third.Number == first.Number {
			t.Error("what has ended is begun again")
		}
		if _, err := work.NewBook(s.db).CancelFlow(t.Context(), first.Number, person, "", s.clock.Now()); !fault.Is(err, fault.Conflict) {
			t.Errorf("cancelled twice: %v", err)
		}
		if _, err := work.NewBook(s.db).CancelFlow(t.Context(), 99, person, "", s.clock.Now()); !fault.Is(err, fault.NotFound) {
			t.Errorf("cancelled what is not there: %v", err)
		}
	})
}

// Where nobody was at work for longer than the grace period, both are due at
// once: who is put out is denied and taken from before they are deleted.
func TestNobodyIsDeletedBeforeTheyArePutOut(t *testing.T) {
	each(t, func(t *testing.T, url string) {
		s := newSite(t, url)
		tries := 0
		s.flow = func(_ context.Context, f work.Flow, _ *journal.RunInfo, _ func() error) (*apply.Result, error) {
			if tries++; f.Kind == lifecycle.FlowLeaver && tries == 1 {
				return nil, fault.Text(fault.Unavailable, "disable", "", "nobody answers")
			}
			return nil, nil
		}
		out, joined := s.ask(lifecycle.FlowLeaver, "ann", 0), s.ask(lifecycle.FlowMover, "ann", 0)
		r := s.replica("one")
		s.round(r)
		deleted, allowed := s.ask(lifecycle.FlowDeletion, "ann", 0), s.ask(lifecycle.FlowSessions, "ann", 0)
		other := s.ask(lifecycle.FlowDeletion, "bob", 0)
		s.round(r)
		for f, want := range map[int64]work.FlowState{
			out.Number: work.FlowWaiting, joined.Number: work.FlowDone, deleted.Number: work.FlowWaiting, allowed.Number: work.FlowWaiting, other.Number: work.FlowDone,
		} {
			s.wantFlow(f, want)
		}
		if _, err := r.RunFlow(t.Context(), deleted.Number); !fault.Is(err, fault.Conflict) || !strings.Contains(err.Error(), "comes first") {
			t.Errorf("by hand: %v", err)
		}
		s.clock.add(time.Hour)
		s.round(r)
		s.round(r)
		for _, f := range []work.Flow{out, deleted, allowed} {
			s.wantFlow(f.Number, work.FlowDone)
		}
	})
}

func TestAFlowWhoseProcessDiesIsGoneOnWithByAnother(t *testing.T) {
	s := newSite(t, "sqlite:"+t.TempDir()+"/state.db")
	hang, hanging := make(chan struct{}), make(chan struct{})
	var late error
	s.flow = func(_ context.Context, _ work.Flow, _ *journal.RunInfo, planned func() error) (*apply.Result, error) {
		close(hanging)
		<-hang
		late = planned()
		return nil, late
	}
	f := s.ask(lifecycle.FlowLeaver, "ann", 0)
	dead, alive := s.replica("dead"), s.replica("alive")
	tasks, err := dead.Keep(t.Context())
	if err != nil || len(tasks) != 1 {
		t.Fatal(tasks, err)
	}
	if err := dead.Do(t.Context(), tasks[0]); err != nil {
		t.Fatal(err)
	}
	<-hanging
	s.mu.Lock()
	s.flow = nil
	s.mu.Unlock()
	if _, err := work.NewBook(s.db).CancelFlows(t.Context(), "aws", "id-ann", person, "", s.clock.Now()); !fault.Is(err, fault.Conflict) {
		t.Errorf("cancelled while somebody is at it: %v", err)
	}
	if _, err := alive.RunFlow(t.Context(), f.Number); !fault.Is(err, fault.Conflict) || !strings.Contains(err.Error(), "dead") {
		t.Errorf("by hand, while somebody is at it: %v", err)
	}
	s.clock.add(14 * time.Second)
	if tasks := s.round(alive); len(tasks) != 0 {
		t.Errorf("taken over from one who lives: %v", tasks)
	}
	s.clock.add(time.Second)
	if done, err := alive.RunFlow(t.Context(), f.Number); err != nil || done.State != work.FlowDone {
		t.Errorf("by hand, after its death: %+v, %v", done, err)
	}
	close(hang)
	dead.Wait()
	if !fault.Is(late, fault.Stale) {
		t.Errorf("who lost it goes on: %v", late)
	}
	s.wantFlow(f.Number, work.FlowDone)
}

func TestWhatPassesIsTriedAgainAndTheRestWaitsForAPerson(t *testing.T) {
	for name, c := range map[string]struct {
		err    error
		again  bool
		notice bool
	}{
		"a directory that does not answer": {fault.Text(fault.Unavailable, "read", "", "no answer"), true, false},
		"a directory that is busy":         {fault.Text(fault.Throttled, "read", "", "later"), true, false},
		"a run that is in the way":         {fault.Text(fault.Conflict, "begin run", "", "run r-1 is at it"), true, false},
		"somebody who is not out":          {fault.Text(fault.Stale, "put out", "", "has more"), true, true},
		"a refusal":                        {fault.Text(fault.Denied, "read", "", "not allowed"), false, true},
		"a plan that was rejected":         {&apply.UnapprovedError{Request: approval.Request{Status: approval.Rejected}}, false, false},
		"a brake":                          {&apply.BrakedError{Brakes: []plan.Brake{{Rule: "max_deletes"}}}, false, true},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSite(t, "sqlite:"+t.TempDir()+"/state.db")
			told := 0
			s.receivers = []work.Receiver{{Name: "ops", Send: func(context.Context, work.Notice) error { told++; return nil }}}
			s.flow = func(context.Context, work.Flow, *journal.RunInfo, func() error) (*apply.Result, error) {
				return nil, c.err
			}
			f := s.ask(lifecycle.FlowLeaver, "ann", 0)
			r := s.replica("one")
			s.round(r)
			s.round(r)
			if (told > 0) != c.notice {
				t.Errorf("%d notices", told)
			}
			if !c.again {
				s.wantFlow(f.Number, work.FlowFailed)
			} else {
				s.wantFlow(f.Number, work.FlowWaiting)
				s.clock.add(time.Hour)
			}
			s.flow = nil
			s.round(r)
			if c.again {
				s.wantFlow(f.Number, work.FlowDone)
				return
			}
			s.wantFlow(f.Number, work.FlowFailed)
			if done, err := r.RunFlow(t.Context(), f.Number); err != nil || done.State != work.FlowDone || done.Tries != 2 {
				t.Errorf("by hand: %+v, %v", done, err)
			}
			if _, err := r.RunFlow(t.Context(), f.Number); !fault.Is(err, fault.Conflict) {
				t.Errorf("by hand, once it is done: %v", err)
			}
		})
	}
}

func TestWhatIsTriedAgainIsGivenUp(t *testing.T) {
	s := newSite(t, "sqlite:"+t.TempDir()+"/state.db")
	s.flow = func(context.Context, work.Flow, *journal.RunInfo, func() error) (*apply.Result, error) {
		return nil, fault.New(fault.Unavailable, "read", "", errors.New("no answer"))
	}
	f, r := s.ask(lifecycle.FlowLeaver, "ann", 0), s.replica("one")
	for range 20 {
		s.wantFlow(f.Number, work.FlowWaiting)
		s.round(r)
		s.clock.add(10 * time.Minute)
	}
	s.wantFlow(f.Number, work.FlowFailed)
}

func TestWhatIsWithoutObjectIsCancelled(t *testing.T) {
	s := newSite(t, "sqlite:"+t.TempDir()+"/state.db")
	s.flow = func(context.Context, work.Flow, *journal.RunInfo, func() error) (*apply.Result, error) {
		return nil, &work.OffError{Why: "let in again"}
	}
	f := s.ask(lifecycle.FlowDeletion, "ann", 0)
	s.round(s.replica("one"))
	if state, text := s.is(f.Number); state != work.FlowCancelled || text != "let in again" {
		t.Errorf("%s, %q", state, text)
	}
}

func TestWhoLeavesGoesFirstAndSixteenAtOnce(t *testing.T) {
	s := newSite(t, "sqlite:"+t.TempDir()+"/state.db")
	for n := range 17 {
		s.ask("joiner", fmt.Sprint("new ", n), -time.Hour)
	}
	s.ask(lifecycle.FlowLeaver, "ann", 0)
	entered, leave := make(chan struct{}, 20), make(chan struct{})
	s.flow = func(context.Context, work.Flow, *journal.RunInfo, func() error) (*apply.Result, error) {
		entered <- struct{}{}
		<-leave
		return nil, nil
	}
	r := s.replica("one")
	for range 2 {
		s.look(r)
	}
	for range 16 {
		<-entered
	}
	s.mu.Lock()
	if len(s.runs) != 16 || !slices.Contains(s.runs, "one ann") {
		t.Errorf("at once: %q", s.runs)
	}
	s.mu.Unlock()
	close(leave)
	r.Wait()
	s.round(r)
	open, err := work.NewBook(s.db).Flows(t.Context(), true)
	if err != nil || len(open) != 0 {
		t.Errorf("%d left, %v", len(open), err)
	}
}

func TestADirectoryThatIsNotConfiguredHereIsLeftToOthers(t *testing.T) {
	s := newSite(t, "sqlite:"+t.TempDir()+"/state.db")
	f := s.ask(lifecycle.FlowLeaver, "ann", 0)
	other := s.replica("other")
	other.Directories = []string{"local"}
	s.round(other)
	s.wantFlow(f.Number, work.FlowWaiting)
	mine := s.replica("mine")
	mine.Directories = []string{"local", "aws"}
	s.round(mine)
	s.wantFlow(f.Number, work.FlowDone)
}

func TestAFlowIsForgottenAfterNinetyDaysUnlessItFailed(t *testing.T) {
	s := newSite(t, "sqlite:"+t.TempDir()+"/state.db")
	done := s.ask(lifecycle.FlowLeaver, "ann", 0)
	r := s.replica("one")
	s.round(r)
	s.flow = func(context.Context, work.Flow, *journal.RunInfo, func() error) (*apply.Result, error) {
		return nil, fault.Text(fault.Denied, "read", "", "no")
	}
	failed := s.ask(lifecycle.FlowLeaver, "bob", 0)
	s.round(r)
	s.flow = nil
	s.clock.add(90 * 24 * time.Hour)
	s.ask(lifecycle.FlowLeaver, "eve", 0)
	s.round(r)
	s.wantFlow(done.Number, work.FlowDone)
	s.clock.add(time.Second)
	s.ask(lifecycle.FlowLeaver, "dan", 0)
	s.round(r)
	if _, err := work.NewBook(s.db).Flow(t.Context(), done.Number); !fault.Is(err, fault.NotFound) {
		t.Errorf("%v", err)
	}
	s.wantFlow(failed.Number, work.FlowFailed)
}
