// Package governor makes all processes that share a state share one budget of
// calls for each of AWS's API families: together they stay below the rate,
// leave a reserve to others, wait as long as AWS says, and let a leaver
// overtake a bulk load.
//
// It hands out slots: moments at which one call may go. It makes no call and
// repeats none: a read that fails for a while is made again by its port, a
// write by the executor of plans, and each of them takes a turn again here,
// which is where the waiting happens.
package governor

import (
	"context"
	"crypto/rand"
	"embed"
	"fmt"
	mathrand "math/rand/v2"
	"os"
	"sync"
	"time"

	"rollcall/fault"
	"rollcall/realtime"
	"rollcall/sqldb"
)

//go:embed sqlite postgres
var tables embed.FS

// Migrations are the tables of the budgets, in the state database.
var Migrations = sqldb.Migrations{Owner: "governor", FS: tables}

// Family is one of AWS's APIs that are throttled apart (aws-contract 8), by its
// signing name.
type Family string

// The families. Any other name is a budget of its own as well.
const (
	IdentityStore Family = "identitystore"
	SCIM          Family = "scim"
	SSOAdmin      Family = "sso"
	Organizations Family = "organizations"
	STS           Family = "sts"
)

// Call is one call somebody wants to make. In which lane, its context says.
type Call struct {
	Family Family
	Write  bool
}

// Clock is time and sleep.
type Clock interface {
	Now() time.Time
	// Sleep returns ctx's error if it ends first.
	Sleep(ctx context.Context, d time.Duration) error
}

// Governor holds the budgets of one instance. It is safe for concurrent use,
// and has nothing running while nobody waits.
type Governor struct {
	db      *sqldb.DB
	scope   string
	process string // who this is among those who share the budgets
	clock   Clock
	server  bool // the database's clock is the one all agree on
	random  func() float64
	limits  map[Family]Limits // of those that have their own
	usual   Limits

	mu     sync.Mutex
	meters map[Family]*meter
}

// Option changes how a governor works.
type Option func(*Governor)

// WithClock makes time come from c instead of the system's clock. It must be
// the same for all processes that share the budgets; without it PostgreSQL's
// clock is, so that those of several machines need not agree.
func WithClock(c Clock) Option {
	return func(g *Governor) { g.clock, g.server = c, false }
}

// WithRandom makes jitter come from random, which returns numbers in [0, 1).
func WithRandom(random func() float64) Option { return func(g *Governor) { g.random = random } }

// WithLimits gives one family limits of its own.
func WithLimits(f Family, l Limits) Option { return func(g *Governor) { g.limits[f] = l } }

// New returns the budgets of one instance, kept in db, which was opened with
// [Migrations]. The scope names the instance or store; those who give the same
// one share. It fails with fault.Invalid for limits that cannot be.
func New(db *sqldb.DB, scope string, limits Limits, opts ...Option) (*Governor, error) {
	g := &Governor{
		db: db, scope: scope, process: fmt.Sprintf("%d-%s", os.Getpid(), rand.Text()[:12]),
		clock: realtime.Clock{}, server: db.Dialect() == sqldb.Postgres, random: mathrand.Float64,
		limits: map[Family]Limits{}, usual: limits, meters: map[Family]*meter{},
	}
	for _, opt := range opts {
		opt(g)
	}
	if err := limits.check(""); err != nil {
		return nil, err
	}
	for f, l := range g.limits {
		if err := l.check("family " + string(f)); err != nil {
			return nil, err
		}
	}
	return g, nil
}

// Take waits until c may be made: now, once, and at once. Within a lane calls
// go in the order they came; see [Lane] for the lanes.
//
// It fails with fault.Unavailable when ctx ends first, with fault.Throttled and
// RetryAfter as soon as it is certain that ctx's deadline comes before the
// turn, and with the fault of the state database when that fails: without it
// nobody knows what the others do, so nobody calls.
func (g *Governor) Take(ctx context.Context, c Call) error {
	if ctx.Err() != nil {
		return gone(ctx, c.Family)
	}
	m := g.meter(c.Family)
	w := &waiter{lane: LaneOf(ctx), write: c.Write, turn: make(chan error, 1)}
	w.deadline, _ = ctx.Deadline()
	if err := m.join(ctx, w); err != nil {
		return err
	}
	select {
	case err := <-w.turn:
		return err
	case <-ctx.Done():
		m.leave(w)
		return gone(ctx, c.Family)
	}
}

// Throttled tells the budget that AWS refused a call of the family as too
// fast. All processes stop calling for retryAfter; if AWS did not say (zero),
// for a random time that grows with every throttling (full jitter). What is
// beyond an hour is taken for a mistake, and is an hour. The rate falls by a
// tenth, and rises again slowly; answers to calls that were under way together
// count once. It returns the fault of the state database, if that fails.
func (g *Governor) Throttled(ctx context.Context, f Family, retryAfter time.Duration) error {
	return g.meter(f).throttled(ctx, retryAfter)
}

// Do takes a turn, makes the call, and tells the budget if the answer was
// fault.Throttled. It returns call's error as it is. It makes the call once.
func (g *Governor) Do(ctx context.Context, c Call, call func(context.Context) error) error {
	if err := g.Take(ctx, c); err != nil {
		return err
	}
	err := call(ctx)
	if lost := g.tell(ctx, c.Family, err); lost != nil {
		return fmt.Errorf("%w (and the shared budget does not know of it: %w)", err, lost)
	}
	return err
}

// tell notes what became of a call, even if its caller has gone: it concerns
// everybody.
func (g *Governor) tell(ctx context.Context, f Family, err error) error {
	if !fault.Is(err, fault.Throttled) {
		return nil
	}
	return g.Throttled(context.WithoutCancel(ctx), f, fault.RetryAfter(err))
}

func (g *Governor) meter(f Family) *meter {
	g.mu.Lock()
	defer g.mu.Unlock()
	m := g.meters[f]
	if m == nil {
		limits, own := g.limits[f]
		if !own {
			limits = g.usual
		}
		m = &meter{g: g, family: f, pace: limits.pace()}
		g.meters[f] = m
	}
	return m
}

const takeOp = "wait for a turn"

func gone(ctx context.Context, f Family) error {
	return fault.New(fault.Unavailable, takeOp, "budget of "+string(f), context.Cause(ctx))
}
