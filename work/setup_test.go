package work_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"rollcall/apply"
	"rollcall/approval"
	"rollcall/baseline"
	"rollcall/journal"
	"rollcall/keyring"
	"rollcall/plan"
	"rollcall/sqldb"
	"rollcall/sqldb/sqldbtest"
	"rollcall/work"
)

// clock stands still unless it is moved. Leases are renewed by nobody: those
// who live are quick.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) After(time.Duration) <-chan time.Time { return nil }

func (c *clock) add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// site is one state, on which any number of replicas work.
type site struct {
	t         *testing.T
	db        *sqldb.DB
	keys      *keyring.Keyring
	clock     *clock
	baselines *baseline.Store
	syncs     []work.Sync
	receivers []work.Receiver
	tokens    []work.Token

	mu   sync.Mutex
	runs []string // "REPLICA SYNC", as they were carried out
	does func(ctx context.Context, planned func() error) (*apply.Result, error)
	flow func(ctx context.Context, f work.Flow, begun *journal.RunInfo, planned func() error) (*apply.Result, error)
}

func newSite(t *testing.T, url string, syncs ...work.Sync) *site {
	t.Helper()
	db, err := sqldb.Open(t.Context(), url, work.Migrations, journal.Migrations, baseline.Migrations, approval.Migrations)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	keys, err := keyring.Open(filepath.Join(t.TempDir(), "key"))
	if err != nil {
		t.Fatal(err)
	}
	return &site{
		t: t, db: db, keys: keys, baselines: baseline.New(db), syncs: syncs,
		clock: &clock{now: time.Date(2026, 3, 1, 9, 1, 0, 0, time.UTC)},
	}
}

// hourly is a sync with a schedule.
func hourly(t *testing.T, name, target string) work.Sync {
	t.Helper()
	s, err := work.Every(time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	return work.Sync{Name: name, Target: target, Schedule: s}
}

// replica is a process that works on the site.
func (s *site) replica(name string) *work.Service {
	s.t.Helper()
	return s.replicaWith(name, func(*work.Options) {})
}

// replicaWith is a process that differs from the others.
func (s *site) replicaWith(name string, differs func(*work.Options)) *work.Service {
	s.t.Helper()
	o := work.Options{
		State: s.db, Journal: journal.Open(s.db, s.keys, journal.WithClock(s.clock)), Baselines: s.baselines, Syncs: s.syncs,
		Hands: hands{s, name}, Clock: s.clock, Random: func() float64 { return 0 }, Holder: name, Receivers: s.receivers, Log: slog.New(slog.NewTextHandler(s.t.Output(), nil)),
		Tokens: func(context.Context) ([]work.Token, error) { return s.tokens, nil },
	}
	differs(&o)
	r := work.New(o)
	s.t.Cleanup(r.Stop)
	return r
}

// round has a replica look and do what it finds, and waits until that is done.
func (s *site) round(r *work.Service) []work.Task {
	s.t.Helper()
	tasks := s.look(r)
	r.Wait()
	return tasks
}

// look has a replica look and begin what it finds.
func (s *site) look(r *work.Service) []work.Task {
	s.t.Helper()
	tasks, err := r.Keep(s.t.Context())
	if err != nil {
		s.t.Fatal(err)
	}
	for _, task := range tasks {
		if err := r.Do(s.t.Context(), task); err != nil {
			s.t.Fatal(err)
		}
	}
	return tasks
}

// hands do what the site says; without that, they find nothing to do.
type hands struct {
	*site
	name string
}

func (h hands) Sync(ctx context.Context, name string, by plan.Actor, planned func(*plan.Plan) error) (*apply.Result, error) {
	h.mu.Lock()
	h.runs = append(h.runs, h.name+" "+name)
	does := h.does
	h.mu.Unlock()
	p := &plan.Plan{Header: plan.Header{Format: plan.Format, Origin: plan.FromSync, Sync: name, Directory: "local", Made: h.clock.Now(), By: by}}
	if does != nil {
		return does(ctx, func() error { return planned(p) })
	}
	if err := planned(p); err != nil {
		return nil, err
	}
	return nil, h.good(ctx, name)
}

func (h hands) Flow(ctx context.Context, f work.Flow, begun *journal.RunInfo, planned func(*plan.Plan) error) (*apply.Result, error) {
	h.mu.Lock()
	h.runs = append(h.runs, h.name+" "+f.Name)
	does := h.flow
	h.mu.Unlock()
	if does == nil {
		return nil, nil
	}
	p := &plan.Plan{Header: plan.Header{Format: plan.Format, Origin: plan.FromCommand, Directory: f.Directory, Made: h.clock.Now(), By: f.By}}
	return does(ctx, f, begun, func() error { return planned(p) })
}

// good makes now the time at which a sync was last complete.
func (s *site) good(ctx context.Context, sync string) error {
	digest, err := s.baselines.Keep(ctx, sync, s.clock.Now(), &baseline.Counts{People: int(s.clock.Now().Unix() % 1000)})
	return errors.Join(err, s.baselines.Accept(ctx, sync, digest))
}

func (h hands) Resume(context.Context, journal.RunInfo) (*apply.Result, error) {
	return nil, errors.New("nothing was begun that could be gone on with")
}

func (s *site) attempts(sync string) []work.Attempt {
	s.t.Helper()
	all, err := work.NewBook(s.db).Attempts(s.t.Context(), sync, 100)
	if err != nil {
		s.t.Fatal(err)
	}
	slices.Reverse(all)
	return all
}

// statuses are what the attempts of a sync came to, oldest first.
func (s *site) statuses(sync string) []string {
	var all []string
	for _, a := range s.attempts(sync) {
		all = append(all, fmt.Sprint(a.Status))
	}
	return all
}

func (s *site) want(sync string, statuses ...work.Status) {
	s.t.Helper()
	want := []string{}
	for _, one := range statuses {
		want = append(want, string(one))
	}
	if got := s.statuses(sync); !slices.Equal(got, want) {
		s.t.Errorf("attempts of %s: %q, want %q", sync, got, want)
	}
}

var person = plan.Actor{Name: "ann", Door: "cli"}

// each runs a test on both databases.
func each(t *testing.T, test func(t *testing.T, url string)) { sqldbtest.Each(t, test) }
