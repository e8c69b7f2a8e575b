// Package approval keeps plans waiting until enough people have agreed to them.
//
// A request is bound to one plan by the digest of its file. Whoever asks does not
// decide; one rejection ends it; every decision is in the journal. Nothing here
// carries a plan out, and nothing here ever holds up what takes access away: that
// part of a plan is cut off before (see [plan.Plan.Split]).
package approval

import (
	"context"
	"embed"
	"time"

	"rollcall/fault"
	"rollcall/journal"
	"rollcall/plan"
	"rollcall/sqldb"
)

//go:embed sqlite postgres
var tables embed.FS

// Migrations are the tables of requests and decisions, in the state database.
var Migrations = sqldb.Migrations{Owner: "approval", FS: tables}

// Status is how far a request has come.
type Status string

// The states of a request.
const (
	Waiting    Status = "waiting"
	Approved   Status = "approved"    // by as many as it needs; the plan may be carried out
	Rejected   Status = "rejected"    // by one
	Superseded Status = "superseded"  // by a newer plan, whose changes differ
	Withdrawn  Status = "withdrawn"   // what it was for is not wanted any more, or is done
	CarriedOut Status = "carried out" // a run of the plan has begun
)

// Open reports whether the plan waits, or may be carried out.
func (s Status) Open() bool { return s == Waiting || s == Approved }

// Request is a plan that somebody wants to be carried out, and which needs
// approval.
type Request struct {
	Plan      plan.ID    `json:"plan"`
	Directory string     `json:"directory"`
	Sync      string     `json:"sync,omitempty"`
	Title     string     `json:"title"`
	Changes   int        `json:"changes"`
	By        plan.Actor `json:"by"`
	Asked     time.Time  `json:"asked"`
	Needs     Needs      `json:"needs"`
	Override  string     `json:"override,omitempty"` // why brakes are overridden, where some are
	Status    Status     `json:"status"`
	Note      string     `json:"note,omitempty"` // the plan that took its place
	Decisions []Decision `json:"decisions"`      // oldest first
	For       string     `json:"for,omitempty"`  // what goes on by itself once it is decided: whoever knows of flows says so
}

// Have is how many have approved.
func (r Request) Have() int {
	n := 0
	for _, d := range r.Decisions {
		if d.Verdict == journal.Approved {
			n++
		}
	}
	return n
}

// Decision is what one operator said.
type Decision struct {
	Operator string          `json:"operator"`
	Verdict  journal.Verdict `json:"verdict"`
	Door     string          `json:"door"`
	At       time.Time       `json:"at"`
	Comment  string          `json:"comment,omitempty"`
}

// Store keeps requests. It is safe for concurrent use, by several processes too.
type Store struct {
	db      *sqldb.DB
	journal *journal.Journal
	now     func() time.Time
}

// New returns what is kept in db, which was opened with [Migrations] and with
// those of the journal; now is the time.
func New(db *sqldb.DB, j *journal.Journal, now func() time.Time) *Store { return &Store{db, j, now} }

// Request returns the request of the plan with that id, or whose id alone begins
// so: fault.NotFound if there is none, fault.Conflict if there are several.
func (s *Store) Request(ctx context.Context, idOrPrefix string) (Request, error) {
	stored, err := s.journal.Plan(ctx, idOrPrefix)
	if err != nil {
		return Request{}, err
	}
	var r Request
	err = s.db.Read(ctx, func(q sqldb.Query) (err error) {
		r, err = one(q, stored.ID)
		return err
	})
	return r, sqldb.Fault("read approval", "plan "+stored.ID.Short(), err)
}

// Decided reports whether a plan waits for nobody any more: people have decided, or
// its request has ended. One that nobody has asked about waits for nobody.
func Decided(q sqldb.Query, id plan.ID) (bool, error) {
	r, err := one(q, id)
	if fault.Is(err, fault.NotFound) {
		return true, nil
	}
	return r.Status != Waiting, err
}

// Answered is a query for the plans that wait for nobody any more: people have
// agreed, or the request has ended at or after the time in ms that the parameter
// named last is. However many wait, it reads those alone.
const Answered = `SELECT plan FROM approval_requests WHERE status = 'approved' UNION ALL SELECT plan FROM approval_requests WHERE ended >= `

// Requests lists the requests, the last first, at most limit; only those that
// are open, if open says so.
func (s *Store) Requests(ctx context.Context, open bool, limit int) ([]Request, error) {
	var all []Request
	err := s.db.Read(ctx, func(q sqldb.Query) (err error) {
		where := "WHERE ended >= 0"
		if open {
			where = "WHERE ended = 0"
		}
		all, err = list(q, where+" ORDER BY asked DESC, plan LIMIT $1", limit)
		return err
	})
	return all, sqldb.Fault("list approvals", "", err)
}
