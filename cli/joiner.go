package cli

import (
	"cmp"
	"context"
	"errors"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"rollcall/apply"
	"rollcall/command"
	"rollcall/directory"
	"rollcall/fault"
	"rollcall/identity"
	"rollcall/plan"
)

func newJoiner(a *app) *cobra.Command {
	return group("joiner", "Let people in: the user, their groups and their access", "  rollcall joiner run ann --given-name Ann --family-name Example --display-name 'Ann Example' --role developer",
		newJoinerRun(a))
}

// peopleOptions are what joiners and movers have in common.
type peopleOptions struct {
	deletion
	attributes *attributes
	role       string
	give       []string
	from       string
	columns    []string
	start      string
	zone       string
}

func (o *peopleOptions) flags(c *cobra.Command, unset bool) {
	c.Flags().StringVar(&o.start, "start", "", "do it later: at this day's beginning, or at this `time`, such as 2026-12-01T08:00")
	c.Flags().StringVar(&o.zone, "time-zone", "", "the time `zone` of --start, such as Europe/Berlin; without it lifecycle.time_zone, or UTC")
	o.deletion.flags(c)
	o.attributes.flags(c, unset)
	c.Flags().StringVar(&o.role, "role", "", "the `role` template of the configuration they have from now on")
	c.Flags().StringArrayVar(&o.give, "give", nil, "give them this `assignment`, such as 'Admin in prod'; may be repeated")
	c.Flags().StringVar(&o.from, "from", "", "the people of this YAML, JSON or CSV `file`; - is CSV on standard input")
	c.Flags().StringArrayVar(&o.columns, "column", nil, "what a column of the CSV file is, as `NAME=IS`, such as Login=userName; may be repeated")
}

// oneOr takes the people by name, or from a file.
func (o *peopleOptions) oneOr(many cobra.PositionalArgs) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if o.from != "" {
			return cobra.NoArgs(cmd, args)
		}
		return many(cmd, args)
	}
}

// renamed are the columns by what the file calls them.
func (o *peopleOptions) renamed() (map[string]string, error) {
	all := map[string]string{}
	for _, text := range o.columns {
		called, is, ok := strings.Cut(text, "=")
		if !ok || called == "" || is == "" {
			return nil, usage("--column takes NAME=IS, such as --column Login=userName; not %q", text)
		}
		all[called] = is
	}
	return all, nil
}

// startHelp says what becomes of --start.
const startHelp = `

With --start it waits for that day or time: rollcall serve carries it out, planned anew as things are
then, and rollcall flow lists and cancels it.`

// fileHelp says how files of people are read, and what an assignment is called.
const fileHelp = `

An assignment is a permission set in an account, in the accounts of an organizational unit or in
all, or an application: 'Admin in prod', 'Reader in ou:Workloads', 'Reader in *', 'application:Wiki'.

With --from, the people are those of a file, and become one plan. A CSV file has a line for each, and
columns of these names; --column says which column is which, where they are called otherwise. Several
groups or assignments in a cell have | between them. An empty cell says nothing. A YAML or JSON file
has the same keys, for one person or in a list. If anything in the file is wrong nothing is done, and
every wrong line is named.`

type joinerRun struct {
	peopleOptions
	groups       []string
	createGroups bool
	ifExists     string
}

func newJoinerRun(a *app) *cobra.Command {
	o := joinerRun{peopleOptions: peopleOptions{attributes: userAttributes()}}
	c := &cobra.Command{
		Use: "run [USERNAME]", Short: "Create somebody with their groups and access, or take them further",
		Long: `Lets people in: creates the user, puts them into their groups, then gives them their assignments, and
reads all of it back. --role takes groups, assignments and attributes of the role template too.

Run again it makes what is missing, and never a second user. Somebody of that userName who is there
already and differs from what is said is refused, with both values; --if-exists adopt takes them as
they are, and rollcall mover run changes them. Whoever was put out and is held is let in again by
this command: the hold ends, which the plan shows, and their account is enabled.

A group that there is not is an error before anything is done, unless --create-groups makes it.
If a step fails the others go on; the same command again does what is left, rollcall undo takes all
of it back, and rollcall run resume goes on after an interruption.` + startHelp + fileHelp + `

Columns and keys: userName, any attribute (--set names them), groups, give, role, start.`,
		Example: "  rollcall joiner run ann --given-name Ann --family-name Ex --display-name 'Ann Ex' --group dev --give 'Reader in prod'\n" +
			"  rollcall joiner run ann --given-name Ann --family-name Ex --display-name 'Ann Ex' --role developer --dry-run\n" +
			"  rollcall joiner run --from ann.yaml\n" +
			"  rollcall joiner run --from starters.csv --column Login=userName --role developer --reason 'ticket 42'",
		Args: o.oneOr(cobra.ExactArgs(1)),
	}
	c.RunE = a.inHouse(func(ctx context.Context, h *house, args []string) error { return runJoiner(ctx, h, args, o) })
	o.flags(c, false)
	c.Flags().StringArrayVar(&o.groups, "group", nil, "put them into this `group`; may be repeated")
	c.Flags().BoolVar(&o.createGroups, "create-groups", false, "create groups that there are not")
	c.Flags().StringVar(&o.ifExists, "if-exists", "same", "who may be there already: same, adopt or error (nobody)")
	return c
}

// requests are what the flags or the file ask for; flags hold for everybody.
func (o *joinerRun) requests(h *house, args []string) (*requests, error) {
	texts, err := o.attributes.texts()
	if err != nil {
		return nil, err
	}
	rs := &requests{}
	if o.from == "" {
		rs.list = []*request{{name: args[0]}}
	} else {
		columns, err := o.renamed()
		if err != nil {
			return nil, err
		}
		if rs, err = h.app.readRequests(o.from, joinerForm, columns); err != nil {
			return nil, err
		}
	}
	for _, r := range rs.list {
		r.texts = append(r.texts, texts...)
		r.groups, r.give = append(r.groups, o.groups...), append(r.give, o.give...)
		r.fill(&o.peopleOptions)
	}
	return rs, nil
}

// fill puts in what holds for everybody who has nothing of their own.
func (r *request) fill(o *peopleOptions) {
	r.role, r.start = cmp.Or(r.role, o.role), cmp.Or(r.start, o.start)
}

func runJoiner(ctx context.Context, h *house, args []string, o joinerRun) error {
	if o.ifExists != "same" && o.ifExists != "adopt" && o.ifExists != "error" {
		return usage("--if-exists is same, adopt or error, not %q", o.ifExists)
	}
	rs, err := o.requests(h, args)
	if err != nil {
		return err
	}
	if err := rs.check(ctx, h.config, o.attributes, checkJoiner); err != nil {
		return err
	}
	rs, err = o.later(ctx, h, rs, &o)
	if err != nil || len(rs.list) == 0 {
		return err
	}
	return o.join(ctx, h, rs)
}

// checkJoiner says what is wrong with somebody, before anybody is asked.
func checkJoiner(r *request) error {
	u := identity.User{UserName: r.name}
	if err := u.Apply(r.edits); err != nil {
		return usageError{err}
	}
	return invalid(u.Validate())
}

// join plans, shows and carries out that people come in.
func (o *joinerRun) join(ctx context.Context, h *house, rs *requests) error {
	d, err := h.draft(ctx)
	if err != nil {
		return err
	}
	if err := d.finishStaffing(ctx, creates(rs.names())); err != nil {
		return err
	}
	if err := o.plan(ctx, d, rs, time.Time{}); err != nil {
		return err
	}
	if err := d.carryOutStaffing(ctx, "let in "+some(rs.names()), "Let in "+some(rs.names())+"?", o.deletion, rs.wide(h.config)); err != nil || o.dryRun {
		return err
	}
	if err := h.welcome(ctx, d.plan, o.reason); err != nil {
		return err
	}
	return d.printNamed(ctx, rs.names())
}

// plan plans that people come in, which was asked for at that time.
func (o *joinerRun) plan(ctx context.Context, d *draft, rs *requests, asked time.Time) error {
	d.Held = nil // an explicit joiner ends the hold, and the plan says so
	find, err := d.finder(ctx, len(rs.list))
	if err != nil {
		return err
	}
	want, staffing := d.wanted(o.createGroups), d.Staffing(o.reason)
	err = rs.each(ctx, func(r *request) error {
		j, err := o.joiner(ctx, r, find, want)
		if err != nil {
			return err
		}
		j.Asked = asked
		return invalid(staffing.Join(ctx, j))
	})
	if err != nil {
		return err
	}
	return staffing.Plan(ctx)
}

func (o *joinerRun) joiner(ctx context.Context, r *request, find findUser, want *wanted) (command.Joiner, error) {
	name, err := userNameEdit(r.name)
	if err != nil {
		return command.Joiner{}, err
	}
	j := command.Joiner{Said: append([]identity.Edit{name}, r.edits...), Adopt: o.ifExists == "adopt"}
	there, err := find(ctx, r.name)
	switch {
	case err == nil && o.ifExists == "error":
		return j, taken(there)
	case err == nil:
		j.There = &there
	case !fault.Is(err, fault.NotFound):
		return j, err
	}
	j.Wants, err = want.wants(ctx, r, r.groups)
	return j, err
}

// carryOutStaffing shows a joiner's or a mover's plan, carries it out and reads back
// what came of it.
func (d *draft) carryOutStaffing(ctx context.Context, title, question string, o deletion, asks bool) error {
	for _, c := range d.plan.Changes {
		if c.Kind == plan.GroupMembers {
			d.house.warnOfSync(c)
		}
		if c.Kind == plan.UserUpdate && c.Record != nil {
			say(d.house.app.err, "Note: user %s is of source %s; what its sync sets it sets again at its next run.", c.Name, c.Record.Source)
		}
	}
	if stop, err := d.show(ctx, title, o.change); stop || err != nil {
		return err
	}
	if asks && !o.yes && !d.plan.Braked() {
		if err := d.house.app.ask(question); err != nil {
			return err
		}
	}
	r, err := d.house.executor(d.directory).Run(ctx, d.plan, apply.Options{Actor: d.house.app.actor(), Fresh: true})
	if err != nil {
		return d.house.report(r, err)
	}
	return errors.Join(d.house.report(r, nil), d.house.readBack(ctx, d.directory, d.plan, r.Run))
}

// printNamed prints the users of these names.
func (d *draft) printNamed(ctx context.Context, names []string) error {
	var users []identity.User
	for _, name := range names[:min(len(names), maxShown)] {
		u, err := d.directory.FindUser(ctx, directory.Key{Attribute: directory.KeyUserName, Value: name})
		if err != nil {
			return err
		}
		users = append(users, u)
	}
	return d.house.app.printUsers(users, nil)
}
