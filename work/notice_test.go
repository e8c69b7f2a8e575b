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
	"rollcall/fault"
	"rollcall/plan"
	"rollcall/work"
)

// mailbox is a receiver.
type mailbox struct {
	mu    sync.Mutex
	got   []work.Notice
	tries int
	fails error
}

func (m *mailbox) receiver(name string, kinds ...work.NoticeKind) work.Receiver {
	return work.Receiver{Name: name, Kinds: kinds, Send: func(_ context.Context, n work.Notice) error {
		m.mu.Lock()
		defer m.mu.Unlock()
		m.tries++
		if m.fails == nil {
			m.got = append(m.got, n)
		}
		return m.fails
	}}
}

// kinds are what was received, in order.
func (m *mailbox) kinds() []work.NoticeKind {
	m.mu.Lock()
	defer m.mu.Unlock()
	var all []work.NoticeKind
	for _, n := range m.got {
		all = append(all, n.Kind)
	}
	return all
}

func (m *mailbox) want(t *testing.T, kinds ...work.NoticeKind) {
	t.Helper()
	if got := m.kinds(); !slices.Equal(got, kinds) {
		t.Errorf("received %q, want %q", got, kinds)
	}
}

func TestWhatKeepsFailingInOneWayIsToldOnce(t *testing.T) {
	each(t, func(t *testing.T, url string) {
		s, box, brakes := newSite(t, url, hourly(t, "corp", "aws")), new(mailbox), new(mailbox)
		s.receivers = []work.Receiver{box.receiver("all"), brakes.receiver("brakes", work.BrakeTripped)}
		one, two := s.replica("one"), s.replica("two")
		hour := func() {
			s.clock.add(time.Hour)
			for range 2 { // the second has what the first left to be told
				s.round(one)
				s.round(two)
			}
		}
		fails := func(err error) {
			s.does = func(context.Context, func() error) (*apply.Result, error) { return nil, err }
		}
		fails(fault.Text(fault.Unavailable, "read source", "", "no route"))
		hour()
		hour()
		box.want(t, work.RunFailed)
		fails(fault.Text(fault.Unauthenticated, "read source", "", "wrong password"))
		hour()
		box.want(t, work.RunFailed, work.RunFailed)
		fails(&apply.BrakedError{Plan: plan.ID(strings.Repeat("ab", 32)), Brakes: []plan.Brake{{Rule: "users_off", Text: "40 of 100"}}})
		hour()
		hour()
		box.want(t, work.RunFailed, work.RunFailed, work.BrakeTripped)
		s.does = nil
		hour()
		fails(fault.Text(fault.Unavailable, "read source", "", "no route"))
		hour()
		box.want(t, work.RunFailed, work.RunFailed, work.BrakeTripped, work.RunFailed)
		brakes.want(t, work.BrakeTripped)
		n := brakes.got[0]
		if n.Rules[0] != "users_off" || !strings.Contains(n.Text, "rollcall plan show abababababab") || n.Directory != "aws" {
			t.Errorf("%+v", n)
		}
	})
}

func TestANoticeIsSentAgainUntilItArrives(t *testing.T) {
	s, box := newSite(t, "sqlite:"+t.TempDir()+"/state.db", hourly(t, "corp", "aws")), &mailbox{fails: errors.New("down")}
	s.receivers = []work.Receiver{box.receiver("all")}
	s.does = func(context.Context, func() error) (*apply.Result, error) {
		return nil, fault.Text(fault.Unavailable, "", "", "x")
	}
	r := s.replica("one")
	s.round(r)
	s.round(r)
	for n, wait := range []time.Duration{5 * time.Second, 10 * time.Second, 20 * time.Second} {
		s.clock.add(wait - time.Millisecond)
		s.round(r)
		if box.tries != n+1 {
			t.Fatalf("%d tries, want %d", box.tries, n+1)
		}
		s.clock.add(time.Millisecond)
		s.round(r)
		if box.tries != n+2 {
			t.Fatalf("%d tries, want %d", box.tries, n+2)
		}
	}
	box.fails = nil
	s.clock.add(time.Hour / 2)
	s.round(r)
	s.clock.add(time.Minute)
	s.round(r)
	box.want(t, work.RunFailed)
}

func TestWhoDiesWhileSendingLeavesItToOthers(t *testing.T) {
	s := newSite(t, "sqlite:"+t.TempDir()+"/state.db", hourly(t, "corp", "aws"))
	s.does = func(context.Context, func() error) (*apply.Result, error) {
		return nil, fault.Text(fault.Unavailable, "", "", "x")
	}
	hung, end := make(chan struct{}), make(chan struct{})
	var once sync.Once
	box := new(mailbox)
	first := box.receiver("all")
	s.receivers = []work.Receiver{{Name: "all", Send: func(ctx context.Context, n work.Notice) error {
		hang := false
		once.Do(func() { hang = true })
		if hang {
			close(hung)
			<-end
			return errors.New("nobody hears of this")
		}
		return first.Send(ctx, n)
	}}}
	dead, alive := s.replica("dead"), s.replica("alive")
	s.round(dead)
	tasks, err := dead.Keep(t.Context())
	if err != nil || len(tasks) != 1 {
		t.Fatal(tasks, err)
	}
	if err := dead.Do(t.Context(), tasks[0]); err != nil {
		t.Fatal(err)
	}
	<-hung
	s.round(alive)
	box.want(t)
	s.clock.add(time.Minute)
	s.round(alive)
	box.want(t, work.RunFailed)
	close(end)
}

func TestATokensEndIsToldNinetyThirtyAndSevenDaysBefore(t *testing.T) {
	s, box := newSite(t, "sqlite:"+t.TempDir()+"/state.db"), new(mailbox)
	s.receivers = []work.Receiver{box.receiver("all")}
	day := 24 * time.Hour
	s.tokens = []work.Token{{Directory: "aws", ID: "abc", Expires: s.clock.Now().Add(91 * day)}}
	r := s.replica("one")
	told := map[int]int{}
	for n := range 93 {
		s.round(r)
		s.round(r)
		told[len(box.kinds())]++
		if n == 61 { // it was replaced, and the next one is good for long
			s.tokens = append(s.tokens, work.Token{Directory: "aws", ID: "def", Expires: s.clock.Now().Add(365 * day)})
		}
		s.clock.add(day)
	}
	if want := map[int]int{0: 1, 1: 60, 2: 23, 3: 9}; len(told) != 4 || told[0] != want[0] || told[1] != want[1] || told[2] != want[2] || told[3] != want[3] {
		t.Errorf("days with so many notices: %v, want %v", told, want)
	}
	if title := box.got[2].Title; title != "The SCIM token of directory aws ends in 7 days" {
		t.Error(title)
	}
	late := newSite(t, "sqlite:"+t.TempDir()+"/state.db")
	box = new(mailbox)
	late.receivers = []work.Receiver{box.receiver("all")}
	late.tokens = []work.Token{{Directory: "aws", Expires: late.clock.Now().Add(-time.Hour)}}
	for range 2 {
		late.round(late.replica("one"))
	}
	if box.want(t, work.TokenExpiring); box.got[0].Title != "The SCIM token of directory aws has ended" {
		t.Error(box.got[0].Title)
	}
}

func TestASyncIsStaleWhenItWasCompleteTooLongAgo(t *testing.T) {
	corp := hourly(t, "corp", "aws")
	corp.StaleAfter = 2 * time.Hour
	s, box := newSite(t, "sqlite:"+t.TempDir()+"/state.db", corp), new(mailbox)
	s.receivers = []work.Receiver{box.receiver("all", work.SyncStale)}
	r := s.replica("one")
	stale := func(want string) {
		t.Helper()
		all, err := r.Stale(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		for _, one := range all {
			got += one.String()
		}
		if (want == "") != (got == "") || !strings.Contains(got, want) {
			t.Errorf("stale: %q, want %q", got, want)
		}
	}
	s.round(r)
	stale("")
	s.does = func(context.Context, func() error) (*apply.Result, error) {
		return nil, fault.Text(fault.Unavailable, "", "", "x")
	}
	s.clock.add(2 * time.Hour)
	s.round(r)
	stale("")
	s.clock.add(time.Millisecond)
	stale("sync corp was last complete at 2026-03-01T09:01:00Z, and may be 2h old")
	s.clock.add(time.Minute)
	s.round(r)
	s.round(r)
	box.want(t, work.SyncStale)
	// By hand counts too.
	if err := s.good(t.Context(), "corp"); err != nil {
		t.Fatal(err)
	}
	stale("")
	never := newSite(t, "sqlite:"+t.TempDir()+"/state.db", corp)
	never.does = s.does
	r = never.replica("one")
	stale("")
	never.round(r)
	never.clock.add(3 * time.Hour)
	stale("sync corp has never been complete; it is known since 2026-03-01T09:01:00Z")
}
