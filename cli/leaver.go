package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"rollcall/apply"
	"rollcall/command"
	"rollcall/fault"
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
}

func newLeaverRun(a *app) *cobra.Command {
	var o leaverRun
	c := &cobra.Command{
		Use: "run [NAME...]", Short: "Take somebody's access away, in the right order",
		Long: `Puts people out. Each is held first, so that no sync, undo or command lets them in again, and then
disabled. Mode disable stops there. Mode revoke also takes, side by side, the accounts and
applications they were given themselves, and their memberships. Mode delete deletes them when all
of that is done. What their groups have is left alone. If a step fails the others go on, but nobody
is deleted; the same command again does what is left.

Somebody who is linked to no source cannot be held. Where the directory cannot disable (AWS without
SCIM), the modes revoke and delete go on without.

At the end everybody is read again, and a signed evidence file says what was taken when, what was
not, and until when a role session that was issued before can still live. It is kept in the folder
evidence beside the state, or where --evidence says.

With --from, the people are the rows of a CSV file with a column userName; if a row is wrong nothing
is done, and every wrong row is named by its line. Somebody who is gone already is left out.

` + naming,
		Example: "  rollcall leaver run ann --dry-run --reason 'left, ticket 42'\n" +
			"  rollcall leaver run ann --mode delete --yes --reason 'left, ticket 42' --evidence ann.json\n" +
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
	return c
}

func runLeaver(ctx context.Context, h *house, names []string, o leaverRun) error {
	mode := plan.Mode(o.mode)
	if !slices.Contains(plan.Modes(), mode) {
		return usage("--mode is disable, revoke or delete, not %q", o.mode)
	}
	d, err := h.draft(ctx)
	if err != nil {
		return err
	}
	d.Held = nil // whoever is put out twice is held, and rightly so
	users, err := d.leavers(ctx, names, o.from)
	if err != nil {
		return err
	}
	if err := d.Leave(ctx, users, mode, o.reason); err != nil {
		return err
	}
	if d.plan.Empty() && len(users) > 0 {
		say(h.app.err, "There is nothing left to take away from %s.", strings.Join(leaverNames(users), ", "))
		return unreadStatus(d.plan)
	}
	if stop, err := d.show(ctx, "put out "+some(leaverNames(users))+" ("+o.mode+")", o.change); stop || err != nil {
		return err
	}
	if !o.yes && !d.plan.Braked() {
		if err := h.app.ask("Put out " + some(leaverNames(users)) + " (" + o.mode + ")?"); err != nil {
			return err
		}
	}
	return d.putOut(ctx, o.evidence)
}

// putOut carries the plan out, looks at what is left, and writes the evidence.
func (d *draft) putOut(ctx context.Context, file string) error {
	h := d.house
	r, err := h.executor(d.directory).Run(ctx, d.plan, apply.Options{Actor: h.app.actor(), Fresh: true})
	if err != nil {
		return h.report(r, err)
	}
	status := h.report(r, nil)
	e, err := h.evidenceOf(ctx, d.plan, r.Run)
	if err == nil {
		err = h.writeEvidence(e, file)
	}
	if err != nil {
		return errors.Join(status, err)
	}
	if left := sayLeft(h.app, e); left && status == nil {
		status = quietError{exitPartial}
	}
	if status == nil {
		status = unreadStatus(d.plan)
	}
	return status
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

// leavers finds the people a command means, by names or by the rows of a file.
// Whoever is known to be gone is left out; an unknown name is an error.
func (d *draft) leavers(ctx context.Context, names []string, from string) ([]identity.User, error) {
	var users []identity.User
	find := func(name string) error {
		u, err := d.directory.ResolveUser(ctx, name)
		if fault.Is(err, fault.NotFound) {
			return d.goneAlready(ctx, name, err)
		}
		if err == nil && !slices.ContainsFunc(users, func(x identity.User) bool { return x.ID == u.ID }) {
			users = append(users, u)
		}
		return err
	}
	if from == "" {
		for _, name := range names {
			if err := find(name); err != nil {
				return nil, err
			}
		}
		return users, nil
	}
	f, err := d.house.app.readRows(from, "userName")
	if err != nil {
		return nil, err
	}
	if len(f.columns) > 1 {
		return nil, usage("%s:1: the one column of this file is userName", from)
	}
	for _, r := range f.rows {
		err := find(r.cells["userName"])
		if err != nil && (fault.KindOf(err).Temporary() || ctx.Err() != nil) {
			return nil, err
		}
		if err != nil {
			f.complain(r, err)
		}
	}
	return users, f.complete()
}

// goneAlready is nil if somebody of that name was here once. A name that nobody
// ever had is a slip, and no leaver.
func (d *draft) goneAlready(ctx context.Context, name string, notFound error) error {
	ids, err := d.house.journal.Named(ctx, d.directory.Name(), identity.KindUser, name)
	if err != nil {
		return err
	}
	if len(ids) == 0 {
		return notFound
	}
	say(d.house.app.err, "User %s is already gone.", name)
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
