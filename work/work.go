// Package work runs syncs by themselves: when they are due, when somebody asks,
// and again when the process that was at it has died; and carries out what was
// asked for about a person at a time to come. Any number of replicas
// work on one state; of each target one sync is at work at a time.
//
// What is due, who is at what, and what was told to whom are rows in the state
// database, and every step begins by taking such a row in one transaction. How
// far a run has come is in the journal and nowhere else. The queue underneath
// ([Engine]) only wakes somebody up: it may lose a job, or give it out twice.
package work

import (
	"context"
	"embed"
	"log/slog"
	"math/rand/v2"
	"sync"
	"time"

	"rollcall/apply"
	"rollcall/baseline"
	"rollcall/journal"
	"rollcall/plan"
	"rollcall/realtime"
	"rollcall/sqldb"
)

//go:embed sqlite postgres
var tables embed.FS

// Migrations are the tables of schedules, flows, attempts and notices, in the state
// database.
var Migrations = sqldb.Migrations{Owner: "work", FS: tables}

// Sync is one that the configuration has.
type Sync struct {
	Name, Target string
	Schedule     *Schedule     // nil: only when somebody asks
	SkipMissed   bool          // what became due while nobody was at work is not made up for
	StaleAfter   time.Duration // without a complete sync for so long it is stale; 0 is never
	Watch        *Watch        // nil: it is not watched
	Grace        time.Duration // how long whoever is gone is kept, disabled; its end is a reason to run a sync that is watched. 0: they are not kept
}

// Hands plan and carry out. They are called from several goroutines.
type Hands interface {
	// Sync reads both sides of a sync whole, plans, and carries the plan out
	// unless it is empty. Planned is called in between; if it fails, nothing is
	// carried out. The result is nil where there was nothing to do. It fails
	// with an [apply.BrakedError] if a brake stops the plan.
	Sync(ctx context.Context, name string, by plan.Actor, planned func(*plan.Plan) error) (*apply.Result, error)
	// Flow carries out what a flow asks for: it plans, unless the flow is off, which
	// an [OffError] says, and carries the plan out, after planned was called. If an
	// earlier process has begun a run of it, that is begun: it is gone on with, or, if
	// it has ended, only what comes after it is done. The result is nil where there
	// was nothing to do. It fails with an [apply.BrakedError] if a brake stops the
	// plan.
	Flow(ctx context.Context, f Flow, begun *journal.RunInfo, planned func(*plan.Plan) error) (*apply.Result, error)
	// Resume goes on with a run that nobody is at.
	Resume(ctx context.Context, run journal.RunInfo) (*apply.Result, error)
}

// Clock is time and sleep.
type Clock interface {
	Now() time.Time
	// After is time.After.
	After(d time.Duration) <-chan time.Time
}

// Options are what a service is made of. The first group must be given.
type Options struct {
	State     *sqldb.DB // opened with [Migrations], and with those of the journal, of baselines and of approvals
	Journal   *journal.Journal
	Baselines *baseline.Store
	Hands     Hands
	Syncs     []Sync
	// Directories are those whose flows are carried out here; nil is all.
	Directories []string

	Clock     Clock          // nil is the system's
	Random    func() float64 // in [0, 1), for jitter; nil is math/rand's
	Log       *slog.Logger   // nil is slog.Default
	Watcher   Watcher        // nil watches nothing
	Receivers []Receiver     // who is notified
	Tokens    func(context.Context) ([]Token, error)
	// Follow reads the source of a sync whole and follows it until ctx ends; nil
	// watches nothing.
	Follow func(ctx context.Context, sync string) (Feed, error)
	// Holder names this process to whoever looks who is at work.
	Holder string
}

// Watcher is told what happens, to count it.
type Watcher interface {
	// Planned is called with each plan that was made.
	Planned(p *plan.Plan)
	// Attempted is called when an attempt has ended.
	Attempted(a Attempt)
	// Found is called when everything was read again though the source is
	// followed, with the number of changes that it should have told of.
	Found(sync string, changes int)
}

// Service decides what is to be done and does it. It is safe for concurrent
// use.
type Service struct {
	Options
	Book
	syncs   map[string]Sync
	checked checks

	mu      sync.Mutex
	stopped bool
	ending  context.Context // ends when the service is to stop
	end     context.CancelFunc
	busy    sync.WaitGroup
}

// New returns a service. It begins nothing: [Service.Keep] says what is to be
// done, [Service.Do] does it, and an [Engine] calls both.
func New(o Options) *Service {
	if o.Clock == nil {
		o.Clock = realtime.Clock{}
	}
	if o.Random == nil {
		o.Random = rand.Float64
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	s := &Service{Options: o, Book: Book{db: o.State}, syncs: map[string]Sync{}}
	for _, one := range o.Syncs {
		s.syncs[one.Name] = one
	}
	s.ending, s.end = context.WithCancel(context.Background())
	return s
}

// Actor is who runs a sync that was due.
var Actor = plan.Actor{Name: "schedule", Door: "work"}

// background runs fn until it returns or the service is to stop. It reports
// false, and does not call fn, once that is so.
func (s *Service) background(fn func(ctx context.Context)) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stopped {
		return false
	}
	s.busy.Go(func() { fn(s.ending) })
	return true
}

// Stop hands over: what is under way is interrupted, once the calls in flight
// are settled, and given back, so that another replica may go on at once. It
// returns when everything is given back.
func (s *Service) Stop() {
	s.mu.Lock()
	s.stopped = true
	s.mu.Unlock()
	s.end()
	s.busy.Wait()
}

// Wait returns when nothing is under way here.
func (s *Service) Wait() { s.busy.Wait() }
