package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"rollcall/apply"
	"rollcall/command"
	"rollcall/identity"
	"rollcall/lifecycle"
	"rollcall/plan"
)

func newLeaver(a *app) *cobra.Command {
	return group("leaver", "Put people out, and see what of their access is left",
		"  rollcall leaver run ann --mode revoke --reason 'left, ticket 42'\n  rollcall leaver status\n  rollcall leaver release ann --reason 'a mistake'",
		newLeaverRun(a), newLeaverStatus(a), newLeaverRelease(a))
}

type leaverRun struct {
	deletion
	mode     string
	from     string
	evidence string
	at       string
	zone     string
	now      bool
	grace    string
	deny     bool
}

func newLeaverRun(a *app) *cobra.Command {
	var o leaverRun
	c := &cobra.Command{
		Use: "run [NAME...]", Short: "Take somebody's access away, in the right order",
		Long: `Puts people out. Each is held first, so that no sync, undo or command lets them in again, and then
disabled; with --yes by a plan of its own, before what they have is read. Mode disable stops there.
Mode revoke also takes, side by side, the accounts and applications they were given themselves, and
their memberships. Mode delete deletes them when all of that is done. What their groups have is left
alone. If a step fails the others go on, but nobody is deleted; the same command again does what is
left.

Somebody who is linked to no source cannot be held. Where the directory cannot disable (AWS without
SCIM), the modes revoke and delete go on without.

At the end everybody is read again, and a signed evidence file says what was taken when, what was
not, and until when a role session that was issued before can still live. It is kept in the folder
evidence beside the state, or where --evidence says.

With --at nothing is done before: a day is somebody's last, and over at midnight in the time zone; a
time may have an offset of its own. What is due is planned then, and carried out by rollcall serve
(rollcall flow list). A last day that is over is refused, unless --now says that it is meant.

With --deny-sessions (or lifecycle.deny_sessions) a statement in the inline policy of every permission
set that they reach denies them everything, so that role sessions issued before are worth nothing. It
is taken out again when the last of them has ended, or when they are released. Where a policy has no
room for it, or is managed elsewhere (lifecycle.policies_elsewhere), it is printed for use as a service
control policy.

With a grace period (--grace, lifecycle.grace) mode delete revokes at once and deletes when the
period is over, in the same way. rollcall leaver release cancels what waits.

With --from, the people are the rows of a CSV file with a column userName, and if they leave on days
of their own a column at; if a row is wrong nothing is done, and every wrong row is named by its
line. Somebody who is gone already is left out.

` + naming,
		Example: "  rollcall leaver run ann --dry-run --reason 'left, ticket 42'\n" +
			"  rollcall leaver run ann --mode delete --yes --reason 'left, ticket 42' --evidence ann.json\n" +
			"  rollcall leaver run ann --mode delete --grace 30d --at 2027-01-31 --time-zone Europe/Berlin --yes --reason 'leaves'\n" +
			"  rollcall leaver run --from team.csv --yes --reason 'site closed'",
		Args: func(cmd *cobra.Command, args []string) error {
			if o.from != "" {
				return cobra.NoArgs(cmd, args)
			}
			return cobra.MinimumNArgs(1)(cmd, args)
		},
		RunE: a.inHouse(func(ctx context.Context, h *house, args []string) error { return runLeaver(ctx, h, args, o) }),
	}
	o.flags(c)
	c.Flags().StringVar(&o.mode, "mode", string(plan.Revoke), "how far to go: disable, revoke or delete")
	c.Flags().StringVar(&o.from, "from", "", "put out the people of a CSV `file`; - is standard input")
	c.Flags().StringVar(&o.evidence, "evidence", "", "write the evidence to this `file`")
	c.Flags().StringVar(&o.at, "at", "", "the last `day`, such as 2027-01-31, or a time; at once if left out")
	c.Flags().StringVar(&o.zone, "time-zone", "", "the time `zone` of days, such as Europe/Berlin; lifecycle.time_zone, or UTC, if left out")
	c.Flags().BoolVar(&o.now, "now", false, "put people out at once whose last day is over")
	c.Flags().BoolVar(&o.deny, "deny-sessions", false, "deny role sessions issued before, by permission sets' policies; or lifecycle.deny_sessions")
	c.Flags().StringVar(&o.grace, "grace", "", "with mode delete, delete after so `long`, such as 30d; 0 is at once; lifecycle.grace if left out")
	return c
}

func runLeaver(ctx context.Context, h *house, names []string, o leaverRun) error {
	w, err := o.wants(h)
	if err != nil {
		return err
	}
	var file *rowFile
	if o.from != "" {
		if file, err = h.leaverFile(o.from); err != nil {
			return err
		}
		names = file.column("userName")
	}
	if !o.dryRun {
		if err := h.finishLeavers(ctx, names, file, w, o.evidence); err != nil {
			return err
		}
	}
	d, err := h.draft(ctx)
	if err != nil {
		return err
	}
	d.Held = nil // whoever is put out twice is held, and rightly so
	d.Deny = h.denying(w.deny)
	now, later, gone, err := d.leavers(ctx, names, file, w)
	if err != nil {
		return err
	}
	for _, name := range gone {
		say(h.app.err, "User %s is already gone.", name)
	}
	run := ""
	if o.yes && !o.dryRun && w.mode != plan.Disable && len(now) > 0 {
		if d, now, run, err = d.first(ctx, now, o.reason); err != nil {
			return err
		}
		defer d.denied.wait()
	}
	if len(later) > 0 {
		if err := d.leaveLater(ctx, later, w, o.reason, o.dryRun && len(now) == 0); err != nil {
			return err
		}
	}
	if len(now) == 0 {
		return d.askLater(ctx, later, w, o)
	}
	if err := d.leaveWithGrace(ctx, now, w.mode, w.grace, o.reason); err != nil {
		return err
	}
	if d.plan.Empty() {
		d.denied.wait()
		say(h.app.err, "There is nothing left to take away from %s.", strings.Join(leaverNames(now), ", "))
		if o.dryRun {
			return d.askLater(ctx, later, w, o)
		}
		err := errors.Join(d.askDeletions(ctx, now, w, o), d.askLater(ctx, later, w, o))
		if err == nil && run != "" {
			err = d.proveShut(ctx, run, o.evidence)
		}
		return errors.Join(err, unreadStatus(d.plan))
	}
	if stop, err := d.show(ctx, "put out "+some(leaverNames(now))+" ("+o.mode+")", o.change); stop || err != nil {
		return errors.Join(err, d.sayLater(now, later, w, o))
	}
	if !o.yes && !d.plan.Braked() {
		if err := h.app.ask("Put out " + some(leaverNames(now)) + " (" + o.mode + ")?"); err != nil {
			return err
		}
	}
	o.yes = true
	if err := errors.Join(d.askLater(ctx, later, w, o), d.askDeletions(ctx, now, w, o), h.askSessions(ctx, d.plan, nil)); err != nil {
		return err
	}
	return d.putOut(ctx, o.evidence)
}

// putOut carries the plan out, looks at what is left, and writes the evidence.
func (d *draft) putOut(ctx context.Context, file string) error {
	h := d.house
	r, err := h.executor(d.directory).Run(ctx, d.plan, apply.Options{Actor: h.app.actor(), Fresh: true})
	d.denied.wait()
	waits := isHalf(err) && r != nil
	if err != nil && !waits {
		return h.report(r, err)
	}
	status := h.report(r, err)
	done, err := h.storedPlan(ctx, r.Plan) // not all of d's, if some of it waits
	if err != nil {
		return errors.Join(status, err)
	}
	e, left, err := h.prove(ctx, done, r.Run, file)
	if err != nil {
		return errors.Join(status, err)
	}
	if err := h.askSessions(ctx, d.plan, e); err != nil {
		return errors.Join(status, err)
	}
	return cmp.Or(status, left, unreadStatus(d.plan))
}

// prove writes the evidence of a run, and says what is left; that is an error
// with the exit status if it is more than the plan was to leave.
func (h *house) prove(ctx context.Context, p *plan.Plan, run, file string) (e *lifecycle.Evidence, left, err error) {
	if e, err = h.evidenceOf(ctx, p, run); err == nil {
		err = h.writeEvidence(e, file)
	}
	if err != nil {
		return nil, nil, err
	}
	if sayLeft(h.app, e) {
		left = quietError{exitPartial}
	}
	return e, left, nil
}

// sayLeft says what everybody has after the run, and reports whether it is more
// than the plan was to leave them.
func sayLeft(a *app, e *lifecycle.Evidence) (more bool) {
	for i := range e.People {
		p := &e.People[i]
		if p.StillIn() {
			more = true
			say(a.err, "  NOT OUT: %s is %s%s", p.Name, p.After.State, leftText(p.After))
		}
		say(a.err, "  %s: role sessions that were issued before: %s.", p.Name, sessionText(p, e.Written))
		for _, u := range p.Undenied {
			say(a.err, "  %s: role sessions by %s are not denied, %s. As a service control policy for %s:\n    %s",
				p.Name, cmp.Or(u.SetName, u.PermissionSet), u.Why, strings.Join(u.Accounts, ", "), identity.DenialPolicy(p.Object))
		}
	}
	return more
}

func leftText(a lifecycle.After) string {
	text := ""
	if len(a.Groups) > 0 {
		text += ", in " + some(a.Groups)
	}
	if len(a.Assignments) > 0 {
		text += ", with " + some(a.Assignments)
	}
	if a.Problem != "" {
		text += "; not all could be read: " + a.Problem
	}
	return text
}

// unreadStatus turns what could not be read into the exit status.
func unreadStatus(p *plan.Plan) error {
	if slices.ContainsFunc(p.Attention, func(a plan.Attention) bool { return a.Situation == command.Unread }) {
		return quietError{exitPartial}
	}
	return nil
}

// wasHere is nil if somebody of that name was here once. A name that nobody
// ever had is a slip, and no leaver.
func (d *draft) wasHere(ctx context.Context, name string, notFound error) error {
	ids, err := d.house.journal.Named(ctx, d.directory.Name(), identity.KindUser, name)
	if err != nil {
		return err
	}
	if len(ids) == 0 {
		return notFound
	}
	return nil
}

func leaverNames(users []identity.User) []string {
	names := make([]string, len(users))
	for i, u := range users {
		names[i] = u.UserName
	}
	return names
}

// some names the first few, and counts the rest.
func some(list []string) string {
	const most = 3
	if len(list) <= most {
		return strings.Join(list, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(list[:most], ", "), len(list)-most)
}

func newLeaverRelease(a *app) *cobra.Command {
	c := newUserRelease(a)
	c.Short = "End the hold of somebody who was put out"
	c.Example = "  rollcall leaver status\n  rollcall leaver release ann --reason 'a mistake, ticket 43'"
	return c
}
