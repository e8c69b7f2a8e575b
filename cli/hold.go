package cli

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"rollcall/apply"
	"rollcall/fault"
	"rollcall/identity"
	"rollcall/lifecycle"
	"rollcall/link"
	"rollcall/work"
)

type holdOptions struct {
	dryRun bool
	reason string
}

func (o *holdOptions) flags(c *cobra.Command) {
	c.Flags().BoolVar(&o.dryRun, "dry-run", false, "say what would be done")
	c.Flags().StringVar(&o.reason, "reason", "", "why; kept in the journal")
}

func newUserHold(a *app) *cobra.Command {
	var o holdOptions
	c := &cobra.Command{
		Use: "hold NAME", Short: "Keep somebody out, whatever their source says",
		Long: `Puts a person on hold: as long as it stands, nothing enables or changes them, makes them again
or adds them to groups. The hold is on the person in the source, so it outlives the account.
It disables nobody; rollcall user disable does both.

` + naming,
		Example: "  rollcall user hold ann --reason 'under investigation, ticket 42'",
		Args:    cobra.ExactArgs(1),
		RunE:    a.inHouse(func(ctx context.Context, h *house, args []string) error { return runHold(ctx, h, args[0], o) }),
	}
	o.flags(c)
	return c
}

func runHold(ctx context.Context, h *house, name string, o holdOptions) error {
	if o.reason == "" {
		return usage("a hold needs --reason: somebody will want to know")
	}
	d, err := h.draft(ctx)
	if err != nil {
		return err
	}
	u, err := d.directory.ResolveUser(ctx, name)
	if err != nil {
		return err
	}
	r, err := h.record(ctx, d.directory, identity.KindUser, u.ID)
	if err != nil {
		return err
	}
	if r == nil {
		return usage("user %s is linked to no source, so no sync lets them in; to put them out: rollcall user disable", u.UserName)
	}
	if already, held, err := h.links.Held(ctx, r.Source, r.Anchor); err != nil || held {
		if held {
			say(h.app.err, "User %s is held already, since %s%s: %s.", u.UserName, clock(already.Since), by(already.By), already.Reason)
		}
		return err
	}
	if o.dryRun {
		say(h.app.err, "Would hold %s of source %s.", u.UserName, r.Source)
		return nil
	}
	hold := link.Hold{Source: r.Source, Anchor: r.Anchor, Name: u.UserName, Reason: o.reason, By: h.app.actor().Name, Since: time.Now()}
	if err := h.links.Hold(ctx, hold); err != nil {
		return err
	}
	say(h.app.err, "Held %s of source %s.", u.UserName, r.Source)
	if u.Active {
		say(h.app.err, "The account is still enabled; to put them out: rollcall user disable %s", typed(u.UserName))
	}
	return d.note(ctx, "hold user "+u.UserName, o.reason)
}

// note leaves a trace of what was done to our own state: a run of a plan
// without changes, whose title says it all.
func (d *draft) note(ctx context.Context, title, reason string) error {
	d.plan.Title = title + ": " + reason
	r, err := d.house.executor(d.directory).Run(ctx, d.plan, apply.Options{Actor: d.house.app.actor(), Fresh: true})
	if err != nil {
		return err
	}
	say(d.house.app.err, "Run %s, journal entry %d.", r.Run, r.Head.Seq)
	return nil
}

func newUserRelease(a *app) *cobra.Command {
	var o holdOptions
	c := &cobra.Command{
		Use: "release NAME", Short: "End a hold, so that syncs and commands let the person in again",
		Long: `Ends a hold. The next run of their sync enables or makes them again if their source still has
them. What waits about the person (rollcall flow list) is cancelled. Somebody whose account is gone is
named by the userName they had, or by their anchor.`,
		Example: "  rollcall user held\n  rollcall user release ann --reason 'cleared, ticket 42'",
		Args:    cobra.ExactArgs(1),
		RunE:    a.inHouse(func(ctx context.Context, h *house, args []string) error { return runRelease(ctx, h, args[0], o) }),
	}
	o.flags(c)
	return c
}

func runRelease(ctx context.Context, h *house, name string, o holdOptions) error {
	if o.reason == "" {
		return usage("a release needs --reason: somebody will want to know")
	}
	d, err := h.draft(ctx)
	if err != nil {
		return err
	}
	waiting, err := h.waitingFor(ctx, d, name)
	if err != nil {
		return err
	}
	hold, err := h.holdOf(ctx, d, name)
	switch {
	case fault.Is(err, fault.NotFound) && len(waiting) > 0:
		if err := h.cancelAll(ctx, waiting, o); err != nil {
			return err
		}
		return h.allowAgain(ctx, waiting, o)
	case err != nil:
		return err
	}
	if err := h.cancelAll(ctx, waiting, o); err != nil {
		return err
	}
	if o.dryRun {
		say(h.app.err, "Would release %s of source %s, held since %s%s: %s", hold.Name, hold.Source, clock(hold.Since), by(hold.By), hold.Reason)
		return nil
	}
	if _, err := h.links.Release(ctx, hold.Source, hold.Anchor); err != nil {
		return err
	}
	say(h.app.err, "Released %s of source %s, held since %s%s: %s", hold.Name, hold.Source, clock(hold.Since), by(hold.By), hold.Reason)
	if err := d.note(ctx, "release user "+hold.Name, o.reason); err != nil {
		return err
	}
	return h.allowAgain(ctx, waiting, o)
}

// waitingFor lists what waits about somebody.
func (h *house) waitingFor(ctx context.Context, d *draft, name string) ([]work.Flow, error) {
	u, err := d.directory.ResolveUser(ctx, name)
	if err != nil {
		return nil, notFoundIsNil(err)
	}
	return work.NewBook(h.state).FlowsOf(ctx, d.directory.Name(), string(u.ID))
}

// cancelAll cancels what waits about somebody, before they are released: a
// deletion is not to come in between.
func (h *house) cancelAll(ctx context.Context, waiting []work.Flow, o holdOptions) error {
	if o.dryRun || len(waiting) == 0 {
		for _, f := range waiting {
			say(h.app.err, "Would cancel flow %d (%s %s, due %s).", f.Number, f.Kind, f.Name, clock(f.Due))
		}
		return nil
	}
	for _, f := range waiting {
		if f.Kind == lifecycle.FlowSessions {
			continue // it is carried out, once they are released
		}
		if _, err := h.cancelFlow(ctx, f.Number, o.reason); err != nil {
			return err
		}
		say(h.app.err, "Cancelled flow %d (%s %s, due %s).", f.Number, f.Kind, f.Name, clock(f.Due))
	}
	return nil
}

// allowAgain takes the denials of somebody out who was released.
func (h *house) allowAgain(ctx context.Context, waiting []work.Flow, o holdOptions) error {
	for _, f := range waiting {
		if f.Kind != lifecycle.FlowSessions || o.dryRun {
			continue
		}
		// Due now, so that the service does it if this process does not.
		f, err := h.ask(ctx, f.Kind, identity.ID(f.Subject), f.Name, f.Request, h.app.clock().Now(), o.reason)
		if err != nil {
			return err
		}
		if err := h.carryOutFlow(ctx, f.Number); err != nil {
			return err
		}
	}
	return nil
}

// holdOf finds the hold of a person: by their account, or, where that is gone,
// by the name they had or their anchor.
func (h *house) holdOf(ctx context.Context, d *draft, name string) (link.Hold, error) {
	u, err := d.directory.ResolveUser(ctx, name)
	if err == nil {
		r, err := h.record(ctx, d.directory, identity.KindUser, u.ID)
		if err != nil {
			return link.Hold{}, err
		}
		if r != nil {
			if hold, held, err := h.links.Held(ctx, r.Source, r.Anchor); err != nil || held {
				return hold, err
			}
		}
	} else if !fault.Is(err, fault.NotFound) {
		return link.Hold{}, err
	}
	holds, err := h.links.Holds(ctx)
	if err != nil {
		return link.Hold{}, err
	}
	var found []link.Hold
	for _, one := range holds {
		if identity.SameName(one.Name, name) || string(one.Anchor) == name {
			found = append(found, one)
		}
	}
	switch len(found) {
	case 0:
		return link.Hold{}, fault.Text(fault.NotFound, "release", name, "nobody of that name is held; rollcall user held lists who is")
	case 1:
		return found[0], nil
	}
	return link.Hold{}, fault.Text(fault.Conflict, "release", name, fmt.Sprintf("%d people of that name are held; name one by the anchor that rollcall user held shows", len(found)))
}

func newUserHeld(a *app) *cobra.Command {
	return &cobra.Command{
		Use: "held", Short: "List who is held, and why", Example: "  rollcall user held", Args: cobra.NoArgs,
		RunE: a.inHouse(func(ctx context.Context, h *house, _ []string) error {
			holds, err := h.links.Holds(ctx)
			if err != nil {
				return err
			}
			l := listing{Columns: []string{"User name", "Source", "Anchor", "Since", "By", "Reason"}}
			all := []values{}
			for _, one := range holds {
				all = append(all, holdValues(one))
				l.Rows = append(l.Rows, []string{one.Name, one.Source, string(one.Anchor), clock(one.Since), one.By, one.Reason})
			}
			l.Values = all
			return a.print(l)
		}),
	}
}
