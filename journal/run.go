package journal

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/base32"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"rollcall/fault"
	"rollcall/plan"
	"rollcall/sqldb"
)

// Start says what a run carries out, and for whom.
type Start struct {
	Plan     plan.ID
	Target   string // the directory's name, as in the plan
	Sync     string // empty for flows and commands, which run beside syncs
	Actor    plan.Actor
	Override string // why the plan's brakes are overridden; needed if it has any
	// Check may refuse the run, in the transaction that begins it; it may be nil.
	Check func(tx *sqldb.Tx) error
}

// Run is a plan being carried out. It holds a lease, which it renews by itself
// until it is finished or released. It is safe for concurrent use.
type Run struct {
	j     *Journal
	info  RunInfo
	chain int64
	begun int64
	lease lease

	lost    context.Context // ended when the lease is lost or given back
	lose    context.CancelCauseFunc
	keeping sync.WaitGroup
}

const runPrefix = "r-"

// newRunID makes an id that sorts by time: 6 bytes of ms since 1970 and 6
// random ones, in the extended hex alphabet of RFC 4648, small letters.
func newRunID(now int64) (string, error) {
	var raw [14]byte
	binary.BigEndian.PutUint64(raw[:8], uint64(now))
	if _, err := rand.Read(raw[8:]); err != nil {
		return "", fault.New(fault.Internal, "begin run", "", err)
	}
	return runPrefix + strings.ToLower(base32.HexEncoding.WithPadding(base32.NoPadding).EncodeToString(raw[2:])), nil
}

// Begin starts a run of a stored plan and takes its lease. It fails with
// fault.Conflict while another sync run of the same target is at it, or, for a
// sync, while any run of the target is interrupted; fault.NotFound if the plan is not stored, fault.Stale if it has had its run,
// fault.Denied if it is braked and no override is given, fault.Invalid if it
// is for another directory.
func (j *Journal) Begin(ctx context.Context, s Start) (*Run, error) {
	now := j.now()
	id, err := newRunID(now)
	if err != nil {
		return nil, err
	}
	r := &Run{j: j, info: RunInfo{
		ID: id, Plan: s.Plan, Target: s.Target, Sync: s.Sync, Actor: s.Actor,
		Started: moment(now), Status: Running, Override: s.Override, Holder: j.holder,
	}}
	r.lease = lease{name: leaseName(s.Target, s.Sync, id), run: id}
	err = j.write(ctx, "begin run", "target "+s.Target, func(tx *sqldb.Tx) (err error) {
		if err := mayBegin(tx, s); err != nil {
			return err
		}
		if err := earlierSettled(tx, s, now); err != nil {
			return err
		}
		if s.Check != nil {
			if err := s.Check(tx); err != nil {
				return err
			}
		}
		if err := r.lease.take(tx, j.holder, j.now()); err != nil {
			return err
		}
		if r.chain, err = makeChain(tx, s.Target); err != nil {
			return err
		}
		return r.begin(tx, s)
	})
	if err != nil {
		return nil, err
	}
	r.start()
	return r, nil
}

// mayBegin checks the plan of s.
func mayBegin(tx *sqldb.Tx, s Start) error {
	var directory, brakes, run string
	var erased int
	err := tx.Row("SELECT directory, brakes, erased, run FROM plans WHERE id = $1", string(s.Plan)).Scan(&directory, &brakes, &erased, &run)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return fault.Text(fault.NotFound, "begin run", "plan "+s.Plan.Short(), "it is not stored")
	case err != nil:
		return err
	case directory != s.Target:
		return fault.Text(fault.Invalid, "begin run", "plan "+s.Plan.Short(), fmt.Sprintf("it is for directory %s, not for %s", directory, s.Target))
	case erased != 0:
		return fault.Text(fault.Invalid, "begin run", "plan "+s.Plan.Short(), "a person's data was erased from it; make a new plan")
	case run != "":
		return carriedOut(tx, s.Plan, run)
	}
	var tripped []plan.Brake
	if err := json.Unmarshal([]byte(brakes), &tripped); err != nil {
		return err
	}
	if len(tripped) > 0 && s.Override == "" {
		return fault.Text(fault.Denied, "begin run", "plan "+s.Plan.Short(), "a brake stops it: "+tripped[0].Text)
	}
	return nil
}

// earlierSettled refuses a sync while another run of its target is interrupted:
// what that run has made and not yet linked would look like somebody else's.
func earlierSettled(tx *sqldb.Tx, s Start, now int64) error {
	if s.Sync == "" {
		return nil
	}
	rows, err := listRuns(tx, now, "WHERE r.ended = 0 AND c.target = $1 ORDER BY r.started, r.id", s.Target)
	for _, r := range rows {
		if r.Status == Interrupted {
			return fault.Text(fault.Conflict, "begin run", "target "+s.Target, fmt.Sprintf(
				"run %s was interrupted, and what it made is not all known; go on with it first: rollcall run resume %s", r.ID, r.ID))
		}
	}
	return err
}

// carriedOut refuses a plan that has had its run: what it expects to find has
// been changed by itself.
func carriedOut(tx *sqldb.Tx, id plan.ID, run string) error {
	var ended int64
	if err := tx.Row("SELECT ended FROM runs WHERE id = $1", run).Scan(&ended); err != nil {
		return err
	}
	if ended == 0 {
		return fault.Text(fault.Stale, "begin run", "plan "+id.Short(), fmt.Sprintf(
			"run %s is carrying it out; if it was interrupted, go on with: rollcall run resume %s", run, run))
	}
	return fault.Text(fault.Stale, "begin run", "plan "+id.Short(), fmt.Sprintf(
		"run %s has carried it out already, on %s; make a new plan", run, moment(ended).Format(time.RFC3339)))
}

func (r *Run) begin(tx *sqldb.Tx, s Start) error {
	a, err := r.j.appender(tx, r.chain, s.Target)
	if err != nil {
		return err
	}
	reason := body{Text: s.Override}
	stored, digest, err := r.j.pack.seal(&reason)
	if err != nil {
		return err
	}
	e := envelope{
		Type: TypeBegin, ID: r.info.ID, Plan: s.Plan, Actor: s.Actor.Name, Door: s.Actor.Door, Sync: s.Sync,
		Epoch: r.lease.epoch, Digest: digest,
	}
	if err := a.add(&e, stored); err != nil {
		return err
	}
	r.begun = e.Seq
	_, err = tx.Exec(`INSERT INTO runs (id, chain, begun, plan, sync, actor, door, override, started, ended, status, counts, lease)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, $10, '', $11)`,
		r.info.ID, r.chain, r.begun, string(s.Plan), s.Sync, s.Actor.Name, s.Actor.Door, s.Override,
		r.info.Started.UnixMilli(), string(Running), r.lease.name)
	if err != nil {
		return err
	}
	_, err = tx.Exec("UPDATE plans SET status = $1, run = $2 WHERE id = $3", string(Running), r.info.ID, string(s.Plan))
	return err
}

// Resume goes on with a run that was interrupted. It fails with
// fault.NotFound, and with fault.Conflict while somebody is at it (or, for a
// sync, at another sync run of the same target) or if it is over.
func (j *Journal) Resume(ctx context.Context, runID string) (*Run, error) {
	row, err := j.runNamed(ctx, runID)
	if err != nil {
		return nil, err
	}
	r := &Run{j: j, info: row.RunInfo, chain: row.chain, begun: row.begun}
	r.info.Status, r.info.Holder = Running, j.holder
	r.lease = lease{name: leaseName(row.Target, row.Sync, row.ID), run: row.ID}
	err = j.write(ctx, "resume run", row.ID, func(tx *sqldb.Tx) error {
		var ended int64
		if err := tx.Row("SELECT ended FROM runs WHERE id = $1", row.ID).Scan(&ended); err != nil {
			return err
		}
		if ended != 0 {
			return fault.Text(fault.Conflict, "resume run", row.ID, "it is over; what is left needs a new plan")
		}
		if err := r.lease.take(tx, j.holder, j.now()); err != nil {
			return err
		}
		a, err := j.appender(tx, r.chain, row.Target)
		if err != nil {
			return err
		}
		return a.add(&envelope{Type: TypeResume, Run: r.begun, Epoch: r.lease.epoch}, nil)
	})
	if err != nil {
		return nil, err
	}
	r.start()
	return r, nil
}

// start keeps the lease from now on.
func (r *Run) start() {
	r.lost, r.lose = context.WithCancelCause(context.Background())
	r.keeping.Go(func() { r.keep(r.lost) })
}

// ID names the run: "r-" and 20 letters and digits; later runs sort later.
func (r *Run) ID() string { return r.info.ID }

// Info is the run as it was when this process began or resumed it.
func (r *Run) Info() RunInfo { return r.info }

// Context returns ctx, cancelled with a fault.Stale as its cause when the lease
// is lost, and when the run is finished or released. Nothing may be written to
// the target under another context.
func (r *Run) Context(ctx context.Context) context.Context {
	derived, cancel := context.WithCancelCause(ctx)
	context.AfterFunc(r.lost, func() { cancel(context.Cause(r.lost)) })
	return derived
}

// append adds to the chain in one transaction, if the lease still holds.
func (r *Run) append(ctx context.Context, op string, fn func(a *appender) error) error {
	err := r.j.write(ctx, op, "run "+r.ID(), func(tx *sqldb.Tx) error {
		if err := r.lease.check(tx); err != nil {
			return err
		}
		a, err := r.j.appender(tx, r.chain, r.info.Target)
		if err != nil {
			return err
		}
		return fn(a)
	})
	if e, ok := errors.AsType[*fault.Error](err); ok && e.Op == "hold lease" {
		r.lose(err)
	}
	return err
}

// Finish ends the run, signs the chain's head and gives the lease back. Status
// is one of those a run finishes with. If it fails the run is not finished,
// and its lease still held: try again, or Release.
func (r *Run) Finish(ctx context.Context, status Status, counts Counts) (Head, error) {
	switch status {
	case Complete, Partly, Refused, Aborted:
	default:
		return Head{}, fault.Text(fault.Internal, "finish run", r.ID(), fmt.Sprintf("%q is no way to finish", status))
	}
	if counts == nil {
		counts = Counts{}
	}
	text, err := json.Marshal(counts)
	if err != nil {
		return Head{}, fault.New(fault.Internal, "finish run", r.ID(), err)
	}
	var head Head
	err = r.append(ctx, "finish run", func(a *appender) (err error) {
		head, err = r.finish(a, status, string(text))
		return err
	})
	if err != nil {
		return Head{}, err
	}
	r.stop("the run is finished")
	return head, nil
}

func (r *Run) finish(a *appender, status Status, counts string) (Head, error) {
	e := envelope{Type: TypeEnd, Run: r.begun, Result: string(status), Counts: counts}
	if err := a.add(&e, nil); err != nil {
		return Head{}, err
	}
	head, err := r.j.signHead(a, r.info.Target, r.ID())
	if err != nil {
		return Head{}, err
	}
	_, err = a.tx.Exec("UPDATE runs SET ended = $1, status = $2, counts = $3 WHERE id = $4", a.at, string(status), counts, r.ID())
	if err != nil {
		return Head{}, err
	}
	if _, err := a.tx.Exec("UPDATE plans SET status = $1 WHERE id = $2 AND run = $3", string(status), string(r.info.Plan), r.ID()); err != nil {
		return Head{}, err
	}
	return head, r.lease.finish(a.tx)
}

// Release gives the lease back without ending the run, which can then be
// resumed at once. After Finish, or a second time, it does nothing. If the
// database cannot be reached the lease expires by itself.
func (r *Run) Release() {
	if r.lost.Err() != nil {
		return
	}
	r.stop("the run is released")
	ctx, cancel := context.WithTimeout(context.Background(), RenewEvery)
	defer cancel()
	_ = r.j.write(ctx, "give lease back", r.ID(), func(tx *sqldb.Tx) error { return r.lease.giveBack(tx) })
}

// stop ends the renewing and everything that runs under the run's context.
func (r *Run) stop(why string) {
	r.lose(fault.Text(fault.Stale, "hold lease", "run "+r.ID(), why))
	r.keeping.Wait()
}
