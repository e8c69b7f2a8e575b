package cli

import (
	"context"
	"slices"

	"github.com/spf13/cobra"

	"rollcall/assignment"
	"rollcall/command"
	"rollcall/identity"
	"rollcall/plan"
	"rollcall/reconcile"
)

const placeNaming = `--account is an account's name, e-mail address or id; --permission-set a permission set's name or
ARN; --ou an organizational unit's id, its name, or its names from the root down
(Workloads/Production), with all that is below it; --organization every account there is;
--application an application's name or ARN. All but --organization can be given several times.`

func newAssignment(a *app) *cobra.Command {
	return group("assignment", "Give and take access to accounts and applications", "  rollcall assignment list --user ann",
		newAssignmentList(a), newAssignmentChange(a, true), newAssignmentChange(a, false))
}

// places is where access is given or taken.
type places struct {
	accounts     []string
	units        []string
	organization bool
	sets         []string
	applications []string
}

func (o *places) flags(c *cobra.Command) {
	c.Flags().StringSliceVar(&o.accounts, "account", nil, "an `account`, by name, e-mail address or id")
	c.Flags().StringSliceVar(&o.units, "ou", nil, "the accounts in and below an organizational `unit`")
	c.Flags().BoolVar(&o.organization, "organization", false, "every account of the organization")
	c.Flags().StringSliceVar(&o.sets, "permission-set", nil, "a `permission set`, by name or ARN")
	c.Flags().StringSliceVar(&o.applications, "application", nil, "an `application`, by name or ARN")
}

// wide reports whether accounts are meant that nobody named.
func (o *places) wide() bool { return o.organization || len(o.units) > 0 }

func (o *places) inAccounts() bool { return o.wide() || len(o.accounts) > 0 }

// holders is who has access.
type holders struct{ users, groups []string }

func (o *holders) flags(c *cobra.Command) {
	c.Flags().StringSliceVar(&o.users, "user", nil, "a `user`, by userName, e-mail address, external id, id or ARN")
	c.Flags().StringSliceVar(&o.groups, "group", nil, "a `group`, by display name, external id, id or ARN")
}

// assignmentChange are the flags of "assignment create" and "assignment delete".
type assignmentChange struct {
	deletion
	places
	holders
	give bool
}

func newAssignmentChange(a *app, give bool) *cobra.Command {
	o := assignmentChange{give: give}
	c := &cobra.Command{
		Use: "delete", Short: "Take access to accounts or applications away",
		Long: `Takes permission sets in accounts, or applications, from users and groups, and waits until AWS has
done so. What somebody has by a group stays: take it from the group, or them out of it. A role
session that has begun goes on until it ends, at most twelve hours. What one command takes never
comes back by itself; rollcall undo gives it back.

` + placeNaming,
		Example: "  rollcall assignment delete --account prod --permission-set Admin --user ann\n" +
			"  rollcall assignment delete --organization --permission-set Admin --group contractors --dry-run",
		Args: cobra.NoArgs,
	}
	if give {
		c.Use, c.Short = "create", "Give access to accounts or applications"
		c.Long = `Gives users and groups permission sets in accounts, or applications, and waits until AWS has done
so. Who has it already is left as they are. Somebody who is held is given nothing.

` + placeNaming
		c.Example = "  rollcall assignment create --account prod --permission-set Admin --user ann\n" +
			"  rollcall assignment create --ou Workloads --permission-set Reader --group admins --dry-run\n" +
			"  rollcall assignment create --application Wiki --group staff"
	}
	c.RunE = a.inHouse(func(ctx context.Context, h *house, _ []string) error { return runAssignmentChange(ctx, h, o) })
	o.deletion.flags(c)
	o.places.flags(c)
	o.holders.flags(c)
	return c
}

// check says what a command line lacks, before anybody is asked.
func (o *assignmentChange) check() error {
	switch {
	case len(o.users)+len(o.groups) == 0:
		return usage("nobody is named; say who with --user or --group")
	case len(o.sets) > 0 && !o.inAccounts():
		return usage("no account is named; say where with --account, --ou or --organization")
	case len(o.sets) == 0 && o.inAccounts():
		return usage("no permission set is named; say which with --permission-set")
	case len(o.sets) == 0 && len(o.applications) == 0:
		return usage("nothing is named; say what with --account and --permission-set, or with --application")
	case o.organization && len(o.accounts)+len(o.units) > 0:
		return usage("--organization is every account; leave --account and --ou out")
	}
	return nil
}

func runAssignmentChange(ctx context.Context, h *house, o assignmentChange) error {
	if err := o.check(); err != nil {
		return err
	}
	d, err := h.draft(ctx)
	if err != nil {
		return err
	}
	access, err := h.access(ctx, d.directory.Name())
	if err != nil {
		return err
	}
	wanted, err := o.places.resolve(ctx, h, access)
	if err != nil {
		return err
	}
	who, err := o.holders.resolve(ctx, d)
	if err != nil {
		return err
	}
	for _, holder := range who {
		if err := o.plan(ctx, h, d, access, holder, wanted); err != nil {
			return err
		}
	}
	title, question := "delete assignments", "Take all of that away?"
	if o.give {
		title, question = "create assignments", "Give all of that?"
	}
	if !o.wide() {
		return d.carryOut(ctx, title, o.change)
	}
	return d.carryOutAsked(ctx, title, question, o.deletion)
}

// plan adds what differs between what a holder has and what the command wants.
func (o *assignmentChange) plan(ctx context.Context, h *house, d *draft, access *assignment.Instance, holder command.Holder, wanted []plan.Assignment) error {
	has, err := reconcile.Assigned(ctx, access, holder.Principal)
	if err != nil {
		return err
	}
	as := 0
	for _, a := range wanted {
		a.Principal = holder.Principal.Kind
		switch there := slices.ContainsFunc(has, a.Same); {
		case there == o.give:
			as++
		case o.give:
			d.Give(holder, a, o.reason)
		default:
			d.Take(holder, a, o.reason)
		}
	}
	if as > 0 {
		state := "does not have"
		if o.give {
			state = "has"
		}
		say(h.app.err, "%s %s %s %d of %s already.", titled(string(holder.Principal.Kind)), holder.Name, state, as, count(len(wanted), "assignment"))
	}
	return nil
}

func (o *holders) resolve(ctx context.Context, d *draft) ([]command.Holder, error) {
	var all []command.Holder
	add := func(h command.Holder, err error) error {
		if err == nil && !slices.ContainsFunc(all, func(x command.Holder) bool { return x.Principal == h.Principal }) {
			all = append(all, h)
		}
		return err
	}
	for _, name := range o.users {
		u, err := d.directory.ResolveUser(ctx, name)
		if err == nil {
			err = add(d.UserHolder(ctx, u))
		}
		if err != nil {
			return nil, err
		}
	}
	for _, name := range o.groups {
		g, err := d.directory.ResolveGroup(ctx, name)
		if err == nil {
			err = add(d.GroupHolder(ctx, g))
		}
		if err != nil {
			return nil, err
		}
	}
	return all, nil
}

// resolve lists every permission set in every account, and the applications.
func (o *places) resolve(ctx context.Context, h *house, access *assignment.Instance) ([]plan.Assignment, error) {
	accounts, err := o.resolveAccounts(ctx, h, access)
	if err != nil {
		return nil, err
	}
	var all []plan.Assignment
	for _, ref := range o.sets {
		set, err := access.ResolvePermissionSet(ctx, ref)
		if err != nil {
			return nil, err
		}
		for _, a := range accounts {
			all = append(all, plan.Assignment{PermissionSet: set.ARN, SetName: set.Name, Account: a.ID, AccountName: a.Name})
		}
	}
	for _, ref := range o.applications {
		app, err := access.ResolveApplication(ctx, ref)
		if err != nil {
			return nil, err
		}
		all = append(all, plan.Assignment{Application: app.ARN, AppName: app.Name})
	}
	plan.SortAssignments(all)
	return slices.CompactFunc(all, plan.Assignment.Same), nil
}

// resolveAccounts lists the accounts that are meant. Of those that nobody named,
// suspended ones take no access and are left out.
func (o *places) resolveAccounts(ctx context.Context, h *house, access *assignment.Instance) ([]identity.Account, error) {
	var all, found []identity.Account
	for _, ref := range o.accounts {
		a, err := access.ResolveAccount(ctx, ref)
		if err != nil {
			return nil, err
		}
		all = append(all, a)
	}
	for _, ref := range o.units {
		u, err := access.ResolveUnit(ctx, ref)
		if err != nil {
			return nil, err
		}
		under, err := access.AccountsUnder(ctx, u)
		if err != nil {
			return nil, err
		}
		found = append(found, under...)
	}
	if o.organization {
		for a, err := range access.Accounts(ctx) {
			if err != nil {
				return nil, err
			}
			found = append(found, a)
		}
	}
	for _, a := range found {
		if a.Status != identity.AccountActive {
			say(h.app.err, "  note: account %s (%s) is %s; it is left out", a.Name, a.ID, a.Status)
			continue
		}
		all = append(all, a)
	}
	if o.wide() && len(found) == 0 {
		return nil, usage("there is no account in or below that organizational unit")
	}
	return all, nil
}
