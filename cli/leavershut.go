package cli

import (
	"context"
	"errors"
	"strings"

	"rollcall/apply"
	"rollcall/identity"
)

// shutFirst holds and disables people by a plan of its own, before anybody reads
// what they have: under AWS's quotas that takes seconds, in which they could use
// it. It is for when nobody is to be asked, so that nothing else stands between.
//
// It returns the people as they are then, and the run; none if there was nothing
// to do for any of them.
func (d *draft) shutFirst(ctx context.Context, users []identity.User, reason string) (_ []identity.User, run string, err error) {
	h := d.house
	if err := d.Shut(ctx, users, reason); err != nil || d.plan.Empty() {
		return users, "", err
	}
	if err := d.Finish(ctx, "disable "+some(leaverNames(users))+" before all else"); err != nil {
		return users, "", err
	}
	say(h.app.err, "Disabling %s before what they have is read.", strings.Join(leaverNames(users), ", "))
	r, err := h.executor(d.directory).Run(ctx, d.plan, apply.Options{Actor: h.app.actor(), Fresh: true})
	if r != nil {
		run = r.Run
	}
	status := h.report(r, err)
	if err != nil {
		return users, run, status
	}
	// Whoever could not be disabled is, by the plan of all else, or that says why.
	now := make([]identity.User, len(users))
	for i, u := range users {
		if now[i], err = d.directory.User(ctx, u.ID); err != nil {
			return users, run, err
		}
	}
	return now, run, nil
}

// another begins one more plan of the same request: what this one wrote makes no
// plan stale that begins now.
func (d *draft) another(ctx context.Context) (*draft, error) {
	made, err := d.house.desk(d.directory).Begin(ctx, d.house.app.actor())
	if err != nil {
		return nil, err
	}
	made.Deny, made.Denied, made.Held, made.Foreign = d.Deny, d.Denied, d.Held, d.Foreign
	return &draft{Draft: made, house: d.house, directory: d.directory, plan: made.Plan}, nil
}

// proveShut writes the evidence of people from whom there was nothing to take
// but their account: by now that is known, and d's plan says it.
func (d *draft) proveShut(ctx context.Context, run, file string) error {
	info, err := d.house.journal.Run(ctx, run)
	if err != nil {
		return err
	}
	p, err := d.house.storedPlan(ctx, info.Plan)
	if err != nil {
		return err
	}
	read := *p
	read.Leavers = d.plan.Leavers
	_, left, err := d.house.prove(ctx, &read, run, file)
	return errors.Join(err, left)
}
