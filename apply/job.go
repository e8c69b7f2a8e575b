package apply

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"strconv"
	"time"

	"rollcall/assignment"
	"rollcall/directory"
	"rollcall/fault"
	"rollcall/identity"
	"rollcall/journal"
	"rollcall/link"
	"rollcall/plan"
	"rollcall/sqldb"
)

// job is one change, with everything its worker needs to make it alone. It is
// itself the craft of users and groups.
type job struct {
	craft    craft
	x        *Executor
	run      *journal.Run
	writer   *directory.Writer
	access   *assignment.Instance
	plan     *plan.Plan
	change   plan.Change
	begun    bool        // an intent is journalled by a life before: it may have happened
	subject  identity.ID // empty for creations
	revision string
	adds     []identity.ID   // of a group's creation: its first members
	edits    []identity.Edit // what of an update is still to be set
	members  memberWork      // what of its memberships is still to be changed
	removes  []identity.ID
	lost     bool      // an answer was lost: it may have happened
	sent     time.Time // when it was first sent, or a little before
	reread   int       // how often somebody else was writing
	ownWrite bool      // this run has written to the object before, so it is not as sealed
	dropped  []string  // members that must not, or cannot, be added; why
	heldBack bool
}

// callTimeout bounds what one call of a change may take, its repetitions among
// it: what was started is finished even while the run is being stopped.
const callTimeout = 2 * time.Minute

// number writes a change's number.
func number(n int) string { return strconv.Itoa(n) }

// job gathers what c's worker needs. It runs where the maps may be read.
func (w *work) job(c plan.Change) *job {
	j := &job{x: w.x, run: w.run, writer: w.writer, access: w.access, plan: w.plan, change: c, begun: w.begun[c.Number], revision: c.Expect.Revision, edits: c.Edits}
	if id, exists := c.Subject.ID(); exists {
		j.subject = id
	} else {
		j.subject = w.bound[c.Subject]
	}
	if own, written := w.revision[j.subject]; written && j.revision != "" {
		j.revision = own
	}
	_, j.ownWrite = w.revision[j.subject]
	j.adds = w.members(j, c.Add, true)
	j.removes = w.members(j, c.Remove, false)
	if c.Kind == plan.GroupCreate {
		j.adds = w.first(c)
	} else if c.Kind == plan.GroupMembers {
		j.members = memberWork{except(j.adds, w.placed[j.subject]), j.removes}
	}
	return j
}

func (w *work) members(j *job, members []plan.Member, adding bool) []identity.ID {
	ids := make([]identity.ID, 0, len(members))
	for _, m := range members {
		id, exists := m.User.ID()
		if !exists {
			id = w.bound[m.User]
		}
		switch {
		case id == "":
			j.dropped = append(j.dropped, "an account was not created")
		case adding && (w.holds.objects[id] || m.Anchor != "" && w.holds.people[holdKey{w.plan.Source, m.Anchor}]):
			j.dropped, j.heldBack = append(j.dropped, "a person is held"), true
		default:
			ids = append(ids, id)
		}
	}
	return ids
}

// do makes the change and says what came of it. A temporary refusal is waited
// out; an answer that was lost is settled by reading.
func (j *job) do(ctx context.Context) report {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Duration(j.calls())*callTimeout+j.waits())
	defer cancel()
	j.lost, j.sent = j.begun, j.x.Clock.Now()
	if j.begun {
		j.sent = j.run.Info().Started
		if r, settled := j.craft.settle(ctx); settled {
			return r
		}
	}
	if r, stale := j.writtenMeanwhile(ctx); stale {
		return r
	}
	pause := firstPause
	for attempt, left := 1, j.members.left(); ; attempt++ {
		r, err := j.craft.call(ctx)
		if err == nil {
			return r
		}
		if r, over := j.craft.judge(ctx, err); over {
			return r
		}
		if now := j.members.left(); now < left { // it gets on, so it is not given up
			attempt, pause, left = 1, firstPause, now
		}
		if attempt == j.craft.patience() || j.x.Clock.Sleep(ctx, fault.RetryAfter(err)+rand.N(pause)) != nil {
			return j.failed(ctx, err)
		}
		pause = min(2*pause, longestPause)
	}
}

const (
	attempts   = 5
	firstPause = 400 * time.Millisecond // the first wait is up to that, at random; each further one up to twice as long
	rereads    = 3                      // how often a change is made again because somebody else was writing

	longestPause = 16 * time.Second
)

// writtenMeanwhile reports whether another run has written to the object since
// the plan was made.
func (j *job) writtenMeanwhile(ctx context.Context) (report, bool) {
	kind, id := j.craft.about()
	if id == "" {
		return report{}, false
	}
	run, written, err := j.x.Journal.WrittenSince(ctx, j.plan.Directory, kind, id, j.plan.Made, j.run.ID())
	if err != nil {
		return report{change: j.change, err: err}, true
	}
	if !written {
		return report{}, false
	}
	return j.stale(ctx, "run "+run+" has written to it since the plan was made"), true
}

func (j *job) patience() int { return attempts }

func (j *job) about() (identity.Kind, identity.ID) {
	if j.change.Kind == plan.GroupMembers || j.change.Kind == plan.UserHold || j.change.Kind == plan.UserRelease || j.change.Subject != plan.Existing(j.subject) {
		return j.change.Kind.Object(), ""
	}
	return j.change.Kind.Object(), j.subject
}

func (j *job) failed(ctx context.Context, err error) report {
	kind := fault.KindOf(err)
	if kind == fault.Unauthenticated {
		return j.unasked(err)
	}
	if kind == fault.Stale {
		return j.stale(ctx, "it changed since the plan was made")
	}
	if kind == fault.NotFound && j.subject != "" && j.change.Kind != plan.GroupMembers {
		return j.stale(ctx, "it is gone")
	}
	return report{change: j.change, outcome: journal.Outcome{
		Change: j.change.Number, Result: journal.Failed, Object: j.subject, Fault: kind.String(), Text: err.Error(),
		Effects: j.madeInPart(ctx),
	}}
}

// unasked ends the run: nothing more can be asked with these credentials. The
// change's intent stays open, so that it is made when the run is resumed.
func (j *job) unasked(err error) report {
	return report{change: j.change, err: fault.New(fault.Unauthenticated, "apply plan", "directory "+j.x.Directory.Name(),
		fmt.Errorf("no further call was made; the run can be resumed with credentials that are good: %w", err))}
}

// stale says that the object is not what the plan expects, and shows both.
func (j *job) stale(ctx context.Context, why string) report {
	r := report{change: j.change, outcome: journal.Outcome{
		Change: j.change.Number, Result: journal.Stale, Object: j.subject, Fault: fault.Stale.String(), Text: why,
	}}
	if now, err := j.valuesNow(ctx); err == nil {
		r.found = differences(j.change.Edits, now)
	}
	return r
}

func (j *job) done(object identity.ID, revision string, effects ...journal.Effect) report {
	return report{change: j.change, outcome: journal.Outcome{
		Change: j.change.Number, Result: journal.Done, Object: object, Revision: revision, Effects: effects,
	}}
}

// journal writes a report's outcome, with the link that belongs to it in the
// same transaction.
func (j *job) journal(ctx context.Context, r report) report {
	if r.err != nil {
		return r
	}
	ctx = context.WithoutCancel(ctx)
	var also []func(*sqldb.Tx) error
	if r.outcome.Result.Made() {
		if change := j.linkChange(r.outcome.Object); change != nil {
			also = append(also, change)
		}
		if hold := j.hold(); hold != nil {
			also = append(also, hold)
		}
	}
	r.err = j.run.Outcome(ctx, r.outcome, also...)
	return r
}

// linkChange returns how a change that was made alters the links, or nil.
func (j *job) linkChange(object identity.ID) func(*sqldb.Tx) error {
	c := j.change
	switch {
	case c.Kind.Deletes() || c.Kind.Unadopts():
		return func(tx *sqldb.Tx) error { return link.Drop(tx, j.plan.Directory, c.Kind.Object(), object) }
	case c.Record == nil || c.Kind == plan.GroupMembers || !(c.Kind.Creates() || c.Kind.Adopts()):
		return nil
	}
	l := link.Link{
		Record: *c.Record, Directory: j.plan.Directory, Object: object, Origin: link.Created,
		Name: c.Name, Since: j.x.Clock.Now(),
	}
	if c.Kind.Adopts() {
		l.Origin = link.Adopted
	}
	return func(tx *sqldb.Tx) error { return link.Put(tx, l) }
}

// hold returns how the person whom a command has put out is kept out, or the
// hold of one who comes back is ended, or nil.
// A sync that disables somebody holds nobody: it follows the source, and so
// does letting them in again.
func (j *job) hold() func(*sqldb.Tx) error {
	c := j.change
	if c.Kind == plan.UserRelease && c.Hold != nil {
		return func(tx *sqldb.Tx) error { return link.DropHold(tx, c.Record.Source, c.Record.Anchor, c.Hold.Since) }
	}
	out := (c.Kind == plan.UserDisable || c.Kind == plan.UserDelete) && j.plan.Origin == plan.FromCommand
	if c.Record == nil || !out && c.Kind != plan.UserHold {
		return nil
	}
	h := link.Hold{
		Source: c.Record.Source, Anchor: c.Record.Anchor, Name: c.Name, Reason: cmp.Or(c.Reason, "by command"),
		By: j.run.Info().Actor.Name, Since: j.x.Clock.Now(),
	}
	if was := c.Hold; was != nil {
		h.Reason, h.By, h.Since = cmp.Or(was.Reason, h.Reason), was.By, was.Since
	}
	return func(tx *sqldb.Tx) error { return link.PutHold(tx, h) }
}

func (j *job) userEffect(u *identity.User) (journal.Effect, error) {
	body, err := journal.UserBody(u)
	return journal.Effect{Kind: identity.KindUser, Object: u.ID, Name: u.UserName, Record: j.change.Record, Body: body}, err
}

func (j *job) groupEffect(g *identity.Group) (journal.Effect, error) {
	body, err := journal.GroupBody(g)
	return journal.Effect{Kind: identity.KindGroup, Object: g.ID, Name: g.DisplayName, Record: j.change.Record, Body: body}, err
}

func (j *job) on() string { return fmt.Sprintf("change %d (%s)", j.change.Number, j.change.Kind) }
