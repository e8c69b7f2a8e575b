package cli

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"rollcall/apply"
	"rollcall/directory"
	"rollcall/fault"
	"rollcall/identity"
	"rollcall/plan"
)

// change holds the flags of every command that changes a directory.
type change struct {
	dryRun bool
	reason string
}

func (o *change) flags(c *cobra.Command) {
	c.Flags().BoolVar(&o.dryRun, "dry-run", false, "show the plan, write nothing to the directory")
	c.Flags().StringVar(&o.reason, "reason", "by command", "why; shown in the plan and kept in the journal")
}

// deletion is change for commands that ask first.
type deletion struct {
	change
	yes bool
}

func (o *deletion) flags(c *cobra.Command) {
	o.change.flags(c)
	c.Flags().BoolVar(&o.yes, "yes", false, "do not ask; needed where nobody is at a terminal to be asked")
}

// draft is the plan of one command in the making: where it will be carried
// out, and the changes so far.
type draft struct {
	house     *house
	directory *directory.Directory
	plan      *plan.Plan
}

// draft opens the directory that a command means, says which it is, and begins
// a plan for it. Whatever is written after this moment makes the plan stale.
func (h *house) draft(ctx context.Context) (*draft, error) {
	d, err := h.directory(ctx, "")
	if err != nil {
		return nil, err
	}
	if err := h.meaning(ctx, d); err != nil {
		return nil, err
	}
	h.warnOfSCIM(d)
	store, err := d.Store(ctx)
	if err != nil {
		return nil, err
	}
	return &draft{h, d, &plan.Plan{Header: plan.Header{
		Format: plan.Format, Origin: plan.FromCommand, Directory: d.Name(), Store: store.ID, Instance: store.Instance,
		Made: time.Now().UTC(), By: h.app.actor(),
	}}}, nil
}

// add appends a change and returns its number.
func (d *draft) add(c plan.Change) int {
	c.Number = len(d.plan.Changes) + 1
	if c.Kind.Creates() {
		c.Subject = plan.New(c.Number)
	}
	d.plan.Changes = append(d.plan.Changes, c)
	return c.Number
}

// user begins a change of a user who is there: whose it is, and what it is
// expected to look like.
func (d *draft) user(ctx context.Context, u identity.User, kind plan.Kind, reason string) (plan.Change, error) {
	digest, err := identity.UserDigest(&u, nil)
	if err != nil {
		return plan.Change{}, err
	}
	r, err := d.house.record(ctx, d.directory, identity.KindUser, u.ID)
	if err != nil {
		return plan.Change{}, err
	}
	return plan.Change{
		Kind: kind, Subject: plan.Existing(u.ID), Name: u.UserName, Record: r, Reason: reason,
		Expect: plan.Seal{Revision: u.Revision, Digest: digest},
	}, d.sayHeld(ctx, u.UserName, r)
}

// sayHeld says so where a person is held: carrying the plan out will refuse
// whatever lets them in.
func (d *draft) sayHeld(ctx context.Context, name string, r *identity.Record) error {
	if r == nil {
		return nil
	}
	hold, held, err := d.house.links.Held(ctx, r.Source, r.Anchor)
	if held {
		say(d.house.app.err, "Note: %s is held since %s%s: %s", name, clock(hold.Since), by(hold.By), hold.Reason)
	}
	return err
}

// group is user for groups.
func (d *draft) group(ctx context.Context, g identity.Group, kind plan.Kind, reason string) (plan.Change, error) {
	digest, err := identity.GroupDigest(&g, nil)
	if err != nil {
		return plan.Change{}, err
	}
	r, err := d.house.record(ctx, d.directory, identity.KindGroup, g.ID)
	return plan.Change{
		Kind: kind, Subject: plan.Existing(g.ID), Name: g.DisplayName, Record: r, Reason: reason,
		Expect: plan.Seal{Revision: g.Revision, Digest: digest},
	}, err
}

// record returns whose record an object is linked to, or nil.
func (h *house) record(ctx context.Context, d *directory.Directory, kind identity.Kind, id identity.ID) (*identity.Record, error) {
	l, err := h.links.ByObject(ctx, d.Name(), kind, id)
	if fault.Is(err, fault.NotFound) {
		return nil, nil
	}
	return &l.Record, err
}

// carryOut shows the plan and carries it out, or only shows it.
func (d *draft) carryOut(ctx context.Context, title string, o change) error {
	if stop, err := d.show(ctx, title, o); stop || err != nil {
		return err
	}
	return d.house.carryOut(ctx, d.plan, apply.Options{Fresh: true})
}

// carryOutAsked is carryOut after a person has said yes.
func (d *draft) carryOutAsked(ctx context.Context, title, question string, o deletion) error {
	if stop, err := d.show(ctx, title, o.change); stop || err != nil {
		return err
	}
	if !o.yes && !d.plan.Braked() {
		if err := d.house.app.ask(question); err != nil {
			return err
		}
	}
	return d.house.carryOut(ctx, d.plan, apply.Options{Fresh: true})
}

// show finishes the plan and shows it; stop says that this was all.
func (d *draft) show(ctx context.Context, title string, o change) (stop bool, err error) {
	d.plan.Title = title
	if o.reason == "" {
		return true, usage("--reason is empty; leave it out, or say why")
	}
	if d.plan.Empty() {
		say(d.house.app.err, "Nothing to change.")
		return true, nil
	}
	limits, err := d.house.limits(ctx, d.directory)
	if err != nil {
		return true, err
	}
	d.plan.Brakes = limits.Apply(d.plan, plan.Evidence{})
	if o.dryRun {
		return true, d.house.showNew(ctx, d.plan, true, false)
	}
	return false, d.house.render(d.house.app.err, d.plan, true)
}

// ask lets a person at a terminal say yes; where there is none, nobody did.
func (a *app) ask(question string) error {
	in, ok := a.in.(*os.File)
	if !ok || !term.IsTerminal(int(in.Fd())) || !terminal(a.err) {
		return usage("nobody is at a terminal to be asked; to go ahead all the same, add --yes")
	}
	fmt.Fprint(a.err, question+" Type yes: ")
	answer, err := bufio.NewReader(in).ReadString('\n')
	if err != nil || strings.TrimSpace(strings.ToLower(answer)) != "yes" {
		say(a.err, "Nothing was changed.")
		return quietError{exitError}
	}
	return nil
}
