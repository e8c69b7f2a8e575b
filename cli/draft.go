package cli

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"rollcall/apply"
	"rollcall/command"
	"rollcall/directory"
	"rollcall/fault"
	"rollcall/identity"
	"rollcall/link"
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
	*command.Draft
	house     *house
	directory *directory.Directory
	plan      *plan.Plan
	denied    *deniedFirst // beside it; nil: nobody is
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
	if err := h.warnOfSCIM(ctx, d); err != nil {
		return nil, err
	}
	made, err := h.desk(d).Begin(ctx, h.app.actor())
	if err != nil {
		return nil, err
	}
	made.Held = func(name string, hold link.Hold) {
		say(h.app.err, "Note: %s is held since %s%s: %s", name, clock(hold.Since), by(hold.By), hold.Reason)
	}
	made.Foreign = h.warnOfProvider()
	made.Denied = h.deniedSessions
	return &draft{Draft: made, house: h, directory: d, plan: made.Plan}, nil
}

// desk is where requests about d become plans.
func (h *house) desk(d *directory.Directory) *command.Desk {
	return &command.Desk{
		Executor: h.executor(d),
		Limits:   func(ctx context.Context, by plan.Actor) (plan.Limits, error) { return h.limits(ctx, d, by) },
		Rules:    h.judge,
	}
}

// record returns whose record an object is linked to, or nil.
func (h *house) record(ctx context.Context, d *directory.Directory, kind identity.Kind, id identity.ID) (*identity.Record, error) {
	return h.desk(d).Record(ctx, kind, id)
}

// invalid makes a request that can never succeed a matter of usage.
func invalid(err error) error {
	if fault.Is(err, fault.Invalid) {
		return usageError{err}
	}
	return err
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
	if o.reason == "" {
		return true, usage("--reason is empty; leave it out, or say why")
	}
	if d.plan.Empty() {
		say(d.house.app.err, "Nothing to change.")
		return true, nil
	}
	if err := d.Finish(ctx, title); err != nil {
		return true, err
	}
	if o.dryRun {
		return true, d.house.showNew(ctx, d.plan, true, false)
	}
	return false, d.house.renderNew(ctx, d.house.app.err, d.plan, true)
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
