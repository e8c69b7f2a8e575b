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

// denying puts a person's denial into the policy of a permission set, or takes
// it out, and has the policy brought to the accounts. AWS has no revision of a
// policy: what was written is read back, and written again where others have
// overwritten it meanwhile.
type denying struct {
	*job
	stop  context.Context // ends when the run is to stop
	wrote bool            // this life has written the policy
}

// provisionPatience is how long a policy is waited for on its way to the
// accounts: the other revocations of the permission set wait for it.
const provisionPatience = 2 * time.Minute

func (d *denying) patience() int { return assignmentCalls }

// about is nothing that others could not write to: several people share a
// policy.
func (d *denying) about() (identity.Kind, identity.ID) { return identity.KindSession, "" }

func (d *denying) denies() bool { return d.change.Kind == plan.SessionDeny }

func (d *denying) set() string { return d.change.Denial.PermissionSet }

// call writes the policy if it is not as it should be, and has it brought to
// the accounts where it is not.
func (d *denying) call(ctx context.Context) (report, error) {
	if d.access == nil {
		return report{}, fault.Text(fault.Unsupported, "apply plan", d.on(), "this directory's permission sets cannot be reached; on AWS they need its API")
	}
	now, err := d.access.InlinePolicy(ctx, d.set())
	if fault.Is(err, fault.NotFound) {
		return d.ended(journal.Already), nil // no session is by it, and none comes
	}
	if err != nil {
		return report{}, err
	}
	w := assignment.WriterFor(d.access)
	if !d.isSo(now) {
		edit := identity.AllowUser
		if d.denies() {
			edit = identity.DenyUser
		}
		document, err := edit(now, d.subject)
		if err != nil {
			return report{}, err
		}
		if err := w.SetInlinePolicy(ctx, d.set(), document); err != nil {
			return report{}, err
		}
		d.wrote = true
	}
	arrived, err := d.arrived(ctx)
	switch {
	case err != nil:
		return report{}, err
	case arrived:
		return d.readBack(ctx)
	}
	r, err := w.ProvisionPermissionSet(ctx, d.set(), "")
	if err != nil {
		return report{}, err
	}
	return d.wait(ctx, r)
}

// isSo reports whether a policy is as the change wants it.
func (d *denying) isSo(document string) bool {
	if d.denies() {
		return identity.DeniesUser(document, d.subject)
	}
	return !identity.HasDenial(document, d.subject)
}

// arrived reports whether the permission set's latest version is in every
// account that has it.
func (d *denying) arrived(ctx context.Context) (bool, error) {
	for _, err := range d.access.AccountsWith(ctx, d.set(), assignment.Outdone) {
		return false, err
	}
	return true, nil
}

// wait waits until the policy is in the accounts.
func (d *denying) wait(ctx context.Context, r assignment.Request) (report, error) {
	if r.State == assignment.InProgress {
		began := r.ID
		var err error
		r, err = d.access.Wait(ctx, r.Work, r.ID, assignment.Pace{
			First: cmp.Or(d.access.Limits().FirstLook, atOnce), Every: time.Second / 2, Patience: provisionPatience,
			Sleep: func(_ context.Context, t time.Duration) error { return d.x.Clock.Sleep(d.stop, t) },
		})
		if err != nil && context.Cause(d.stop) != nil {
			return d.stopped(), nil //nolint:nilerr // the report carries the end of the run
		}
		if err != nil {
			f := d.ended(journal.Failed)
			f.outcome.Fault = fault.KindOf(err).String()
			f.outcome.Text = "it is not known how request " + began + " ends: " + err.Error()
			return f, nil
		}
	}
	if r.State != assignment.Succeeded {
		f := d.ended(journal.Failed)
		f.outcome.Fault = fault.Invalid.String()
		f.outcome.Text = "the policy is written, and not brought to all accounts: request " + r.ID + " failed: " + r.Reason
		return f, nil
	}
	return d.readBack(ctx)
}

// stopped leaves the change to whoever resumes the run: they read first.
func (d *denying) stopped() report { return report{change: d.change, err: context.Cause(d.stop)} }

// readBack reads what was written: somebody else may have written the policy at
// the same time, as they had read it before.
func (d *denying) readBack(ctx context.Context) (report, error) {
	now, err := d.access.InlinePolicy(ctx, d.set())
	switch {
	case err != nil:
		return report{}, err
	case !d.isSo(now):
		return report{}, fault.New(fault.Conflict, "apply plan", d.on(), errors.New("the policy was overwritten by somebody else at the same time"))
	case d.wrote:
		return d.ended(journal.Done), nil
	case d.lost:
		return d.ended(journal.Settled), nil
	}
	return d.ended(journal.Already), nil
}

// ended is the report of a policy that is as it should be.
func (d *denying) ended(result journal.Result) report {
	id := d.change.Denial.ID(d.subject)
	r := d.done(id, "", journal.Effect{Kind: identity.KindSession, Object: id, Name: d.change.Name + ", " + d.change.Denial.Text(), Deleted: !d.denies()})
	r.outcome.Result = result
	return r
}

// settle leaves it to the next call, which reads first.
func (d *denying) settle(context.Context) (report, bool) { return report{}, false }

func (d *denying) judge(ctx context.Context, err error) (report, bool) {
	switch kind := fault.KindOf(err); {
	case fault.IsUnsettled(err):
		d.lost = true
		return report{}, false
	case context.Cause(d.stop) != nil && (kind == fault.Conflict || kind.Temporary()):
		return d.stopped(), true
	case kind == fault.Conflict, kind.Temporary():
		return report{}, false
	}
	if !d.wrote {
		return d.failed(ctx, err), true
	}
	f := d.ended(journal.Failed) // the policy is written: an undo takes it out
	f.outcome.Fault, f.outcome.Text = fault.KindOf(err).String(), err.Error()
	return f, true
}
