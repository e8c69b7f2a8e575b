package cli

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"rollcall/approval"
	"rollcall/caller"
	"rollcall/plan"
)

func newApproval(a *app) *cobra.Command {
	return group("approval", "List, show and decide the plans that wait for approval", "  rollcall approval list\n  rollcall approval approve 3f2a91 --operator ann",
		newApprovalList(a), newApprovalShow(a), newApprovalApprove(a), newApprovalReject(a))
}

func newApprovalList(a *app) *cobra.Command {
	var all bool
	limit := 50
	c := &cobra.Command{
		Use: "list", Short: "List the plans that wait for approval, or have it and are not carried out yet",
		Example: "  rollcall approval list\n  rollcall approval list --all --output json", Args: cobra.NoArgs,
		RunE: a.inHouse(func(ctx context.Context, h *house, _ []string) error {
			requests, err := h.waitingRequests().Requests(ctx, !all, limit)
			if err != nil {
				return err
			}
			l := listing{Columns: []string{"Plan", "Asked", "By", "What", "Directory", "Changes", "Approvals", "Status", "For"}, Values: requests}
			for _, r := range requests {
				l.Rows = append(l.Rows, []string{
					r.Plan.Short(), clock(r.Asked), r.By.Name, r.Title, r.Directory, fmt.Sprint(r.Changes), approvalsText(r), string(r.Status), r.For,
				})
			}
			return a.print(l)
		}),
	}
	c.Flags().BoolVar(&all, "all", false, "also those that were rejected, superseded, withdrawn or carried out")
	c.Flags().IntVar(&limit, "limit", limit, "at most this many")
	return c
}

func approvalsText(r approval.Request) string {
	return fmt.Sprintf("%d of %d", r.Have(), r.Needs.Approvers)
}

func newApprovalShow(a *app) *cobra.Command {
	var all bool
	c := &cobra.Command{
		Use: "show PLAN", Short: "Show a plan that waits, what it means, and who has decided what",
		Example: "  rollcall approval show 3f2a91", Args: cobra.ExactArgs(1),
		RunE: a.inHouse(func(ctx context.Context, h *house, args []string) error {
			r, err := h.waitingRequests().Request(ctx, args[0])
			if err != nil {
				return err
			}
			if !a.forPeople() {
				return a.print(listing{Values: r})
			}
			p, err := h.storedPlan(ctx, r.Plan)
			if err != nil {
				return err
			}
			if err := h.renderNew(ctx, a.out, p, all); err != nil {
				return err
			}
			sayRequest(a, r)
			return nil
		}),
	}
	c.Flags().BoolVar(&all, "all", false, "show every change, and everybody that it names")
	return c
}

// sayRequest says how a request stands.
func sayRequest(a *app, r approval.Request) {
	say(a.out, "\nAsked for by %s (%s) on %s; it has %s approvals, and is %s.", r.By.Name, r.By.Door, clock(r.Asked), approvalsText(r), r.Status)
	for _, why := range r.Needs.Why {
		say(a.out, "  needed by %s", why)
	}
	if r.For != "" {
		say(a.out, "  %s waits for it", r.For)
	}
	if r.Override != "" {
		say(a.out, "  with its brakes overridden: %s", r.Override)
	}
	if r.Note != "" {
		say(a.out, "  %s: %s", r.Status, r.Note)
	}
	for _, d := range r.Decisions {
		say(a.out, "  %s by %s (%s) on %s%s", d.Verdict, d.Operator, d.Door, clock(d.At), because(d.Comment))
	}
	say(a.out, "The plan's digest is %s.", r.Plan)
}

// decision holds the flags of commands that decide.
type decision struct {
	credential
	comment string
	dryRun  bool
}

func (o *decision) flags(c *cobra.Command) {
	o.credential.flags(c)
	c.Flags().StringVar(&o.comment, "comment", "", "why; journalled, and shown with the plan")
	c.Flags().BoolVar(&o.dryRun, "dry-run", false, "say what would be done")
}

func newApprovalApprove(a *app) *cobra.Command {
	var o decision
	c := &cobra.Command{
		Use: "approve PLAN", Short: "Agree that a plan is carried out",
		Long: "Agrees to the very plan that PLAN names, by its digest. Whoever asked for it does not decide. It is carried\nout by rollcall apply, or by rollcall serve where the configuration says so.\n\n" +
			credentialHelp,
		Example: "  rollcall approval approve 3f2a91 --operator ann --comment 'ticket 42'\n  rollcall approval approve 3f2a91 --token-file /run/secrets/ann",
		Args:    cobra.ExactArgs(1),
		RunE:    a.inHouse(func(ctx context.Context, h *house, args []string) error { return decide(ctx, h, args[0], true, o) }),
	}
	o.flags(c)
	return c
}

func newApprovalReject(a *app) *cobra.Command {
	var o decision
	c := &cobra.Command{
		Use: "reject PLAN", Short: "Refuse that a plan is carried out, for good",
		Long: "Refuses the very plan that PLAN names, by its digest, and ends its request, however many have approved it.\nWhat takes access away was carried out before, and stays so.\n\n" +
			credentialHelp,
		Example: "  rollcall approval reject 3f2a91 --operator ann --comment 'not in the freeze'", Args: cobra.ExactArgs(1),
		RunE: a.inHouse(func(ctx context.Context, h *house, args []string) error { return decide(ctx, h, args[0], false, o) }),
	}
	o.flags(c)
	return c
}

func decide(ctx context.Context, h *house, ref string, approve bool, o decision) error {
	r, err := h.waitingRequests().Request(ctx, ref)
	if err != nil {
		return hinted(err, "rollcall approval list shows what waits")
	}
	by, err := o.check(ctx, h, caller.Approver)
	if err != nil {
		return err
	}
	verb := map[bool]string{true: "approve", false: "reject"}[approve]
	if o.dryRun {
		say(h.app.err, "Would %s plan %s as %s.", verb, r.Plan.Short(), by.Name)
		return nil
	}
	waits := r.For
	r, err = h.approvals().Decide(ctx, approval.Choice{Plan: r.Plan, Approve: approve, Comment: strings.TrimSpace(o.comment), By: by, Door: h.app.actor().Door})
	if err != nil {
		return err
	}
	say(h.app.err, "Plan %s is %s: it has %s approvals.", r.Plan.Short(), r.Status, approvalsText(r))
	switch {
	case r.Status == approval.Approved && waits != "":
		say(h.app.err, "rollcall serve goes on with %s; to carry it out here: rollcall apply %s", waits, r.Plan.Short())
	case r.Status == approval.Approved:
		say(h.app.err, "%s", afterApproval(h.config.Approvals.ByService(), r.Plan))
	}
	return nil
}

func afterApproval(service bool, id plan.ID) string {
	if service {
		return "rollcall serve carries it out; to do so here: rollcall apply " + id.Short()
	}
	return "To carry it out: rollcall apply " + id.Short()
}
