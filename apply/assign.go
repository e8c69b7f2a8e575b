package apply

import (
	"cmp"
	"context"
	"errors"
	"time"

	"rollcall/assignment"
	"rollcall/fault"
	"rollcall/identity"
	"rollcall/journal"
	"rollcall/plan"
)

// assigning makes and takes away assignments. Those in accounts are requests
// that go on by themselves once they are begun, and are waited for.
type assigning struct {
	*job
	stop     context.Context // ends when the run is to stop: a request is not waited for any longer
	conflict bool            // a call was refused because of other work before
}

const (
	// assignmentCalls is how often an assignment is asked for: other work on the
	// same permission set and account takes its time.
	assignmentCalls = 24
	// requestPatience is how long a request is waited for.
	requestPatience = 5 * time.Minute
	lookEvery       = 2 * time.Second

	atOnce = time.Duration(-1)
)

func (a *assigning) patience() int { return assignmentCalls }

func (a *assigning) about() (identity.Kind, identity.ID) {
	if a.change.Subject != plan.Existing(a.subject) {
		return identity.KindAssignment, ""
	}
	return identity.KindAssignment, a.change.Assignment.ID(a.subject)
}

// principal is whose assignment it is.
func (a *assigning) principal() identity.Principal {
	return a.change.Assignment.Of(a.plan.Store, a.subject)
}

func (a *assigning) inAccount() identity.Assignment {
	c := a.change.Assignment
	return identity.Assignment{Principal: a.principal(), PermissionSet: c.PermissionSet, Account: c.Account}
}

func (a *assigning) toApplication() identity.ApplicationAssignment {
	return identity.ApplicationAssignment{Application: a.change.Assignment.Application, Principal: a.principal()}
}

func (a *assigning) creates() bool { return a.change.Kind == plan.AssignmentCreate }

// there reports whether the assignment is there now.
func (a *assigning) there(ctx context.Context) (bool, error) {
	if a.change.Assignment.Application != "" {
		return a.access.MayUse(ctx, a.toApplication())
	}
	return a.access.Has(ctx, a.inAccount())
}

// call begins the work and waits for its end. Making what is there succeeds, so
// that it is looked for before: what others gave is not ours to take back.
func (a *assigning) call(ctx context.Context) (report, error) {
	if a.access == nil {
		return report{}, fault.Text(fault.Unsupported, "apply plan", a.on(), "this directory's assignments cannot be reached; on AWS they need its API")
	}
	if a.creates() && !a.lost && !a.conflict && a.change.Subject == plan.Existing(a.subject) {
		there, err := a.there(ctx)
		if err != nil {
			return report{}, err
		}
		if there {
			return a.ended(journal.Already), nil
		}
	}
	w := assignment.WriterFor(a.access)
	if a.change.Assignment.Application != "" {
		return a.callApplication(ctx, w)
	}
	begin := w.DeleteAssignment
	if a.creates() {
		begin = w.CreateAssignment
	}
	r, err := begin(ctx, a.inAccount())
	switch {
	case err == nil:
		return a.wait(ctx, r), nil
	case fault.Is(err, fault.NotFound) && !a.creates():
		return a.goneBefore(ctx, err)
	}
	return report{}, err
}

// callApplication asks for what takes effect at once.
func (a *assigning) callApplication(ctx context.Context, w *assignment.Writer) (report, error) {
	var err error
	if a.creates() {
		err = w.CreateApplicationAssignment(ctx, a.toApplication())
	} else {
		err = w.DeleteApplicationAssignment(ctx, a.toApplication())
	}
	if fault.Is(err, fault.NotFound) && !a.creates() {
		return a.goneBefore(ctx, err)
	}
	if err != nil {
		return report{}, err
	}
	return a.ended(journal.Done), nil
}

// goneBefore is told that there is nothing to take away. It may be the account
// or the permission set that is gone, or never was: a read says what it is.
func (a *assigning) goneBefore(ctx context.Context, refusal error) (report, error) {
	switch there, err := a.there(ctx); {
	case err != nil:
		return report{}, err
	case there:
		return report{}, refusal
	case a.lost:
		return a.ended(journal.Settled), nil
	}
	return a.ended(journal.Already), nil
}

// wait waits for a request that was begun.
func (a *assigning) wait(ctx context.Context, r assignment.Request) report {
	if r.State == assignment.InProgress {
		began := r
		var err error
		r, err = a.access.Wait(ctx, r.Work, r.ID, assignment.Pace{
			First: cmp.Or(a.access.Limits().FirstLook, atOnce), Every: lookEvery, Patience: requestPatience, Sleep: a.sleep,
		})
		if cause := context.Cause(a.stop); err != nil && cause != nil {
			return report{change: a.change, err: cause} // the request goes on: whoever resumes the run settles it
		}
		if err != nil {
			return a.unfinished(ctx, began, err)
		}
	}
	if r.State == assignment.Succeeded {
		return a.ended(journal.Done)
	}
	if a.principalIsGone(ctx) {
		return a.stale(ctx, "the "+string(a.change.Assignment.Principal)+" is gone")
	}
	f := a.failed(ctx, errors.New(r.Reason))
	f.outcome.Fault = fault.Invalid.String()
	f.outcome.Text = "request " + r.ID + " failed: " + r.Reason
	return f
}

// sleep waits between two looks, or until the run is to stop.
func (a *assigning) sleep(_ context.Context, d time.Duration) error {
	return a.x.Clock.Sleep(a.stop, d)
}

func (a *assigning) principalIsGone(ctx context.Context) bool {
	var err error
	if a.change.Assignment.Principal == identity.KindGroup {
		_, err = a.x.Directory.Group(ctx, a.subject)
	} else {
		_, err = a.x.Directory.User(ctx, a.subject)
	}
	return fault.Is(err, fault.NotFound)
}

// unfinished is a request whose end nobody has seen. What it asked for may be
// there, or come: an undo looks for it.
func (a *assigning) unfinished(ctx context.Context, r assignment.Request, err error) report {
	if there, readErr := a.there(ctx); readErr == nil && there == a.creates() {
		return a.ended(journal.Settled)
	}
	f := a.ended(journal.Failed)
	f.outcome.Fault = fault.KindOf(err).String()
	f.outcome.Text = "it is not known how request " + r.ID + " ends: " + err.Error()
	return f
}

// ended is the report of an assignment that is as it should be.
func (a *assigning) ended(result journal.Result) report {
	e := journal.Effect{Kind: identity.KindAssignment, Object: a.change.Assignment.ID(a.subject), Name: a.change.Assignment.Text()}
	if a.creates() {
		e.Body = journal.AssignmentBody(a.change.Assignment, a.subject)
	} else {
		e.Deleted = true
	}
	r := a.done(e.Object, "", e)
	r.outcome.Result = result
	return r
}

func (a *assigning) settle(ctx context.Context) (report, bool) {
	there, err := a.there(ctx)
	switch {
	case err != nil:
		return a.unknown(err), true
	case there == a.creates():
		return a.ended(journal.Settled), true
	}
	return report{}, false
}

// judge waits while other work is in the way: on the same permission set and
// account, or as much as AWS does at once.
func (a *assigning) judge(ctx context.Context, err error) (report, bool) {
	switch kind := fault.KindOf(err); {
	case fault.IsUnsettled(err):
		a.lost = true
		return a.settle(ctx)
	case kind == fault.Conflict:
		return a.refused(ctx, err)
	case !kind.Temporary():
		return a.failed(ctx, err), true
	}
	return report{}, false
}

func (a *assigning) refused(ctx context.Context, err error) (report, bool) {
	if cause := context.Cause(a.stop); cause != nil {
		return report{change: a.change, err: cause}, true
	}
	if a.change.Assignment.Application != "" { // it is in: nothing else conflicts
		if a.lost {
			return a.ended(journal.Settled), true
		}
		return a.ended(journal.Already), true
	}
	if !a.conflict {
		a.conflict = true
		account, readErr := a.access.Account(ctx, a.change.Assignment.Account)
		if readErr == nil && account.Status != identity.AccountActive {
			return a.failed(ctx, err), true
		}
	}
	return report{}, false
}
