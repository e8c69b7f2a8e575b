package work_test

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"rollcall/apply"
	"rollcall/journal"
	"rollcall/lifecycle"
	"rollcall/sqldb"
	"rollcall/work"
)

// many writes down n flows of a kind, each a second after the one before; some
// wait for a plan that nobody has decided about.
func (s *site) many(kind, directory string, n int, due time.Time, waits bool) {
	s.t.Helper()
	err := s.db.Write(s.t.Context(), func(tx *sqldb.Tx) error {
		for i := range n {
			subject, plan := fmt.Sprint(kind, " ", directory, " ", due.Unix(), " ", i), ""
			if waits {
				plan = fmt.Sprintf("%064x", i+1)
				if _, err := tx.Exec(`INSERT INTO approval_requests (plan, directory, sync, substance, title, changes, actor, door, asked, need, why, override, status, ended, note)
					VALUES ($1, $2, '', $3, '', 1, 'ann', 'cli', 0, 1, '[]', '', 'waiting', 0, '')`, plan, directory, plan); err != nil {
					return err
				}
			}
			_, err := tx.Exec(`INSERT INTO work_flows (kind, directory, subject, name, request, due, asked, actor, door, why, state, tries, ended, plan, run, text, waits)
				VALUES ($1, $2, $3, $3, '{}', $4, 0, 'ann', 'cli', '', 'waiting', 0, 0, '', '', '', $5)`,
				kind, directory, subject, due.Add(time.Duration(i)*time.Second).UnixMilli(), plan)
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		s.t.Fatal(err)
	}
}

func TestOneThatIsDueIsBegunAmongTenThousandThatWait(t *testing.T) {
	each(t, func(t *testing.T, url string) {
		s := newSite(t, url)
		r := s.replicaWith("one", func(o *work.Options) { o.Directories = []string{"local", "aws"} })
		look := func() uint64 {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			if tasks, err := r.Keep(t.Context()); err != nil || len(tasks) > 1 {
				t.Fatalf("%d tasks, %v", len(tasks), err)
			}
			runtime.ReadMemStats(&after)
			return after.TotalAlloc - before.TotalAlloc
		}
		look()
		alone := look()
		now := s.clock.Now()
		s.many(lifecycle.FlowJoiner, "aws", 3000, now.Add(time.Hour), false)
		s.many(lifecycle.FlowLeaver, "aws", 2000, now.Add(time.Hour), false)
		s.many(lifecycle.FlowMover, "aws", 3000, now.Add(2*time.Hour), true)
		s.many(lifecycle.FlowJoiner, "elsewhere", 2000, now.Add(-2*time.Hour), false) // due, but of nobody here
		look()
		if crowded := look(); crowded > 2*alone+64<<10 {
			t.Errorf("a look takes %d bytes where 10,000 wait, and %d where nobody does: it reads them", crowded, alone)
		}
		f := s.ask(lifecycle.FlowJoiner, "ann", 0)
		if tasks := s.round(r); len(tasks) != 1 || tasks[0].Num != f.Number {
			t.Errorf("it begins %v", tasks)
		}
		s.wantFlow(f.Number, work.FlowDone)
	})
}

func TestTheOneThatPeopleAgreedToGoesOnAmongThousandsTheyHaveNot(t *testing.T) {
	each(t, func(t *testing.T, url string) {
		s := newSite(t, url)
		s.many(lifecycle.FlowMover, "aws", 2000, s.clock.Now().Add(time.Hour), true)
		c, f := waiting(t, s)
		c.decides(f.Number, "bob", true)
		c.decides(f.Number, "eve", true)
		s.round(s.replica("other"))
		s.wantFlow(f.Number, work.FlowDone)
		if c.planned != 2 || len(s.runs) != 2 {
			t.Errorf("planned %d times, runs %q", c.planned, s.runs)
		}
	})
}

func TestWhatHasWaitedLongestIsBegunFirstAndNobodyWaitsForEver(t *testing.T) {
	each(t, func(t *testing.T, url string) {
		s := newSite(t, url)
		due := s.clock.Now().Add(-time.Hour)
		s.many(lifecycle.FlowJoiner, "aws", 20, due.Add(time.Minute), false)
		s.many(lifecycle.FlowMover, "aws", 20, due, false)
		s.many(lifecycle.FlowLeaver, "aws", 40, due.Add(2*time.Minute), false)
		s.many(lifecycle.FlowJoiner, "elsewhere", 40, due.Add(-time.Hour), false)
		r := s.replicaWith("one", func(o *work.Options) { o.Directories = []string{"aws"} })
		for range 5 {
			s.round(r)
		}
		var began []string
		for _, run := range s.runs {
			began = append(began, strings.Fields(run)[1])
		}
		if len(began) != 80 {
			t.Fatalf("%d begun in five looks, want 80: sixteen in each", len(began))
		}
		for look, want := range []map[string]int{
			{"leaver": 14, "mover": 2}, {"leaver": 14, "mover": 2}, {"leaver": 12, "mover": 4}, {"mover": 12, "joiner": 4}, {"joiner": 16},
		} {
			for kind, n := range want {
				if got := count(began[16*look:16*look+16], kind); got != n {
					t.Errorf("look %d begins %d of %s, want %d", look+1, got, kind, n)
				}
			}
		}
	})
}

func count(all []string, one string) (n int) {
	for _, a := range all {
		if a == one {
			n++
		}
	}
	return n
}

// Those who leave a directory that does not answer hold every place but two.
func TestWhoDoesNotLeaveHasAPlaceWhileLeaversHang(t *testing.T) {
	s := newSite(t, "sqlite:"+t.TempDir()+"/state.db")
	s.many(lifecycle.FlowLeaver, "aws", 40, s.clock.Now().Add(-time.Hour), false)
	entered, joined, leave := make(chan struct{}, 100), make(chan struct{}, 2), make(chan struct{})
	s.flow = func(_ context.Context, f work.Flow, _ *journal.RunInfo, _ func() error) (*apply.Result, error) {
		if f.Kind == lifecycle.FlowLeaver {
			entered <- struct{}{}
			<-leave
			return nil, nil
		}
		joined <- struct{}{}
		return nil, nil
	}
	r := s.replica("one")
	look := func() (begun int) { return len(s.look(r)) }
	s.many(lifecycle.FlowJoiner, "aws", 2, s.clock.Now().Add(-time.Minute), false)
	if n := look(); n != 16 {
		t.Errorf("%d begun", n)
	}
	for range 14 {
		<-entered
	}
	for range 2 {
		<-joined
	}
	for open := 16; open > 14; { // their attempts end after that
		all, err := work.NewBook(s.db).Attempts(t.Context(), "", 100)
		if err != nil {
			t.Fatal(err)
		}
		open = 0
		for _, a := range all {
			if a.Ended.IsZero() {
				open++
			}
		}
		time.Sleep(time.Millisecond)
	}
	if n := look(); n != 2 { // nobody else wants the places
		t.Errorf("%d more are begun, want as many as there is room for", n)
	}
	if n := look(); n != 0 {
		t.Errorf("%d are handed out where there is no room", n)
	}
	close(leave)
	r.Wait()
}

func TestAReplicaThatIsHandedAnotherOnesFlowLeavesIt(t *testing.T) {
	s := newSite(t, "sqlite:"+t.TempDir()+"/state.db")
	f := s.ask(lifecycle.FlowLeaver, "ann", 0)
	mine := s.replica("mine")
	other := s.replicaWith("other", func(o *work.Options) { o.Directories = []string{"local"} })
	none := s.replicaWith("none", func(o *work.Options) { o.Directories = []string{} })
	tasks, err := mine.Keep(t.Context())
	if err != nil || len(tasks) != 1 {
		t.Fatal(tasks, err)
	}
	s.round(none)
	if err := other.Do(t.Context(), tasks[0]); err != nil {
		t.Fatal(err)
	}
	other.Wait()
	s.wantFlow(f.Number, work.FlowWaiting)

	// Nor does it go on with one whose process has died.
	hanging, hang := make(chan struct{}), make(chan struct{})
	s.flow = func(context.Context, work.Flow, *journal.RunInfo, func() error) (*apply.Result, error) {
		close(hanging)
		<-hang
		return nil, nil
	}
	if err := mine.Do(t.Context(), tasks[0]); err != nil {
		t.Fatal(err)
	}
	<-hanging
	s.mu.Lock()
	s.flow = nil
	s.mu.Unlock()
	s.clock.add(journal.LeaseTime)
	s.round(other)
	s.wantFlow(f.Number, work.FlowRunning)
	s.round(s.replica("mine too"))
	s.wantFlow(f.Number, work.FlowDone)
	close(hang)
	if want := []string{"mine ann", "mine too ann"}; !slices.Equal(s.runs, want) {
		t.Errorf("%q, want %q", s.runs, want)
	}
}

// Nobody goes on with the flows of a directory that no configuration has any
// more. They take nobody's room.
func TestFlowsThatNobodyGoesOnWithTakeNoRoom(t *testing.T) {
	s := newSite(t, "sqlite:"+t.TempDir()+"/state.db")
	hang := make(chan struct{})
	s.flow = func(context.Context, work.Flow, *journal.RunInfo, func() error) (*apply.Result, error) {
		<-hang
		return nil, nil
	}
	for i := range 16 {
		s.ask(lifecycle.FlowLeaver, fmt.Sprint("left", i), 0)
	}
	mine := s.replica("mine")
	if tasks := s.look(mine); len(tasks) != 16 {
		t.Fatal(tasks)
	}
	later, err := work.NewBook(s.db).AskFlow(t.Context(), work.Flow{
		Kind: lifecycle.FlowLeaver, Directory: "local", Subject: "id-zoe", Name: "zoe", Request: []byte(`{"version":1}`), Due: s.clock.Now(), By: person, Why: "ticket 2",
	}, s.clock.Now())
	if err != nil {
		t.Fatal(err)
	}
	other := s.replicaWith("other", func(o *work.Options) { o.Directories = []string{"local"} })
	s.round(other)
	s.wantFlow(later.Number, work.FlowWaiting) // sixteen are under way
	s.clock.add(journal.LeaseTime)
	s.mu.Lock()
	s.flow = nil
	s.mu.Unlock()
	s.round(other)
	s.wantFlow(later.Number, work.FlowDone)
	close(hang)
	mine.Wait()
}
