package apply

import (
	"context"
	"time"

	"rollcall/fault"
	"rollcall/identity"
	"rollcall/journal"
	"rollcall/plan"
)

// denying puts a person's denial into the policy of a permission set, or takes
// it out, and has the policy brought to the accounts, together with whatever
// else is wanted of that policy at the time. AWS has no revision of a policy: what was
// written is read back, and written again where others have overwritten it
// meanwhile.
type denying struct {
	*job
	stop     context.Context // ends when the run is to stop
	policies *Policies
	wish     *wish // enlisted for the next flight; nil: not yet
	wrote    bool  // this life has written the policy
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

// enlist has the next flight take the change along. Those that are started
// together are enlisted before any of them flies, so that one takes all.
func (d *denying) enlist() {
	if d.access != nil {
		d.wish = &wish{user: d.subject, denies: d.denies()}
		d.policies.enlist(d.set(), d.wish)
	}
}

// call has the policy written if it is not as it should be, and brought to the
// accounts where it is not.
func (d *denying) call(ctx context.Context) (report, error) {
	if d.access == nil {
		return report{}, fault.Text(fault.Unsupported, "apply plan", d.on(), "this directory's permission sets cannot be reached; on AWS they need its API")
	}
	for {
		if d.wish == nil {
			d.enlist()
		}
		h := d.wish
		d.wish = nil
		over := d.policies.grant(ctx, d.stop, d.set(), h, func(all []*wish) { d.fly(ctx, all) })
		if over {
			d.wrote = d.wrote || h.wrote
		}
		switch {
		case over && !h.end.stopped:
			return d.outcome(h)
		case context.Cause(d.stop) != nil:
			return d.stopped(), nil //nolint:nilerr // the report carries the end of the run
		case ctx.Err() != nil:
			return report{}, fault.New(fault.Unavailable, "apply plan", d.on(), context.Cause(ctx))
		}
		// It was another run's flight, and that run was stopped.
	}
}

// outcome is what came of a wish.
func (d *denying) outcome(h *wish) (report, error) {
	switch {
	case h.err != nil:
		return report{}, h.err
	case h.end.gone:
		return d.ended(journal.Already), nil // no session is by it, and none comes
	case h.end.text != "":
		f := d.ended(journal.Failed)
		f.outcome.Fault, f.outcome.Text = h.end.kind.String(), h.end.text
		return f, nil
	case d.wrote:
		return d.ended(journal.Done), nil
	case d.lost:
		return d.ended(journal.Settled), nil
	}
	return d.ended(journal.Already), nil
}

// stopped leaves the change to whoever resumes the run: they read first.
func (d *denying) stopped() report { return report{change: d.change, err: context.Cause(d.stop)} }

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
