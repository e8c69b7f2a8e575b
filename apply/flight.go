package apply

import (
	"cmp"
	"context"
	"errors"
	"time"

	"rollcall/assignment"
	"rollcall/fault"
)

// fly makes a permission set's policy as all wish it, in one write, has it
// brought to the accounts in one request, and reads it back. What came of it is
// in the wishes.
func (d *denying) fly(ctx context.Context, all []*wish) {
	leave, got := place(ctx, d.stop, d.policies.writing)
	defer leave()
	if !got {
		d.share(all, nil, flightEnd{stopped: true})
		return
	}
	left, wrote, end, err := d.write(ctx, all)
	if err != nil || end != (flightEnd{}) || len(left) == 0 {
		d.share(left, err, end)
		return
	}
	onItsWay, got := place(ctx, d.stop, d.policies.arriving)
	defer onItsWay()
	if !got {
		d.share(left, nil, flightEnd{stopped: true})
		return
	}
	r, err := d.provision(ctx, wrote)
	leave() // the next one is written while this one is on its way
	if err == nil && r.ID != "" {
		end = d.wait(ctx, r)
	}
	onItsWay()
	if err != nil || end != (flightEnd{}) {
		d.share(left, err, end)
		return
	}
	d.readBack(ctx, left)
}

// share tells all the same.
func (d *denying) share(all []*wish, err error, end flightEnd) {
	for _, h := range all {
		h.err, h.end = err, end
	}
}

// write reads the policy and writes what is wished, if it is not so. Those for
// whom there is no room are told so; left are the others.
func (d *denying) write(ctx context.Context, all []*wish) (left []*wish, wrote bool, end flightEnd, err error) {
	now, err := d.access.InlinePolicy(ctx, d.set())
	if fault.Is(err, fault.NotFound) {
		return all, false, flightEnd{gone: true}, nil
	}
	if err != nil {
		return all, false, end, err
	}
	document := now
	var edited []*wish
	for _, h := range all {
		if !h.isSo(document) {
			with, err := h.edit(document)
			if err != nil {
				h.err = err
				continue
			}
			document = with
			edited = append(edited, h)
		}
		left = append(left, h)
	}
	if len(edited) == 0 {
		return left, false, end, nil
	}
	if err := assignment.WriterFor(d.access).SetInlinePolicy(ctx, d.set(), document); err != nil {
		return left, false, end, err
	}
	for _, h := range edited {
		h.wrote = true
	}
	return left, true, end, nil
}

// provision begins to bring the policy to the accounts, unless it is there. A
// policy that was written just now is not, and nobody is asked first.
func (d *denying) provision(ctx context.Context, wrote bool) (assignment.Request, error) {
	var none assignment.Request
	if !wrote {
		if arrived, err := d.arrived(ctx); err != nil || arrived {
			return none, err
		}
	}
	r, err := assignment.WriterFor(d.access).ProvisionPermissionSet(ctx, d.set(), "")
	if err != nil && wrote && !fault.IsUnsettled(err) && !fault.KindOf(err).Temporary() {
		if arrived, unread := d.arrived(ctx); unread == nil && arrived {
			return none, nil // no account has the permission set
		}
	}
	return r, err
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
func (d *denying) wait(ctx context.Context, r assignment.Request) flightEnd {
	if r.State == assignment.InProgress {
		began := r.ID
		var err error
		r, err = d.access.Wait(ctx, r.Work, r.ID, assignment.Pace{
			First: cmp.Or(d.access.Limits().FirstLook, atOnce), Every: time.Second / 2, Patience: provisionPatience,
			Sleep: func(_ context.Context, t time.Duration) error { return d.x.Clock.Sleep(d.stop, t) },
		})
		if err != nil && context.Cause(d.stop) != nil {
			return flightEnd{stopped: true}
		}
		if err != nil {
			return flightEnd{kind: fault.KindOf(err), text: "it is not known how request " + began + " ends: " + err.Error()}
		}
	}
	if r.State != assignment.Succeeded {
		return flightEnd{kind: fault.Invalid, text: "the policy is written, and not brought to all accounts: request " + r.ID + " failed: " + r.Reason}
	}
	return flightEnd{}
}

// readBack reads what was written: somebody else may have written the policy at
// the same time, as they had read it before.
func (d *denying) readBack(ctx context.Context, all []*wish) {
	now, err := d.access.InlinePolicy(ctx, d.set())
	for _, h := range all {
		switch {
		case err != nil:
			h.err = err
		case !h.isSo(now):
			h.err = fault.New(fault.Conflict, "apply plan", d.on(), errors.New("the policy was overwritten by somebody else at the same time"))
		}
	}
}
