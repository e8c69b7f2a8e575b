package cli

import (
	"context"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"rollcall/command"
	"rollcall/identity"
	"rollcall/plan"
)

func newMover(a *app) *cobra.Command {
	return group("mover", "Change people's attributes, groups and access in one go", "  rollcall mover run ann --role lead --reason 'ticket 43'",
		newMoverRun(a))
}

type moverRun struct {
	peopleOptions
	outside allowOutside
	groups  []string
	exact   bool
	add     []string
	remove  []string
	take    []string
}

func newMoverRun(a *app) *cobra.Command {
	o := moverRun{peopleOptions: peopleOptions{attributes: userAttributes()}}
	c := &cobra.Command{
		Use: "run [NAME...]", Short: "Change somebody's attributes, groups and assignments",
		Long: `Changes people: their attributes, then what they are given, then what is taken from them, so that
nobody is without access in between; and reads all of it back. What is lost is shown beside the plan.

--role gives what the role template has and takes what other role templates have given, by the
journal; what was given otherwise stays, and is named. --groups is all the groups they are to be in.
An attribute with an empty value is taken away. What a sync sets it will set again.

If a step fails the others go on; the same command again does what is left, and rollcall undo takes
all of it back.` + startHelp + fileHelp + `

Columns and keys: user (any name of theirs), any attribute, groups (all they are to be in),
add_groups, remove_groups, give, take, role, start.

` + naming,
		Example: "  rollcall mover run ann --department 'R&D' --add-group research --remove-group sales\n" +
			"  rollcall mover run ann --role lead --dry-run\n" +
			"  rollcall mover run ann --give 'Admin in prod' --take 'Reader in prod' --yes\n" +
			"  rollcall mover run --from moves.csv --yes --reason 'reorganization'",
		Args: o.oneOr(cobra.MinimumNArgs(1)),
	}
	c.RunE = a.inHouse(func(ctx context.Context, h *house, args []string) error {
		o.exact = c.Flags().Changed("groups")
		return runMover(ctx, h, args, o)
	})
	o.flags(c, true)
	o.outside.flags(c)
	c.Flags().StringArrayVar(&o.groups, "groups", nil, "a `group` of all they are to be in; may be repeated; '' for none")
	c.Flags().StringArrayVar(&o.add, "add-group", nil, "put them into this `group`; may be repeated")
	c.Flags().StringArrayVar(&o.remove, "remove-group", nil, "take them out of this `group`; may be repeated")
	c.Flags().StringArrayVar(&o.take, "take", nil, "take this `assignment` of their own away, such as 'Admin in prod'; may be repeated")
	return c
}

func (o *moverRun) requests(h *house, args []string) (*requests, error) {
	texts, err := o.attributes.texts()
	if err != nil {
		return nil, err
	}
	rs := &requests{}
	for _, name := range args {
		rs.list = append(rs.list, &request{name: name})
	}
	if o.from != "" {
		columns, err := o.renamed()
		if err != nil {
			return nil, err
		}
		if rs, err = h.app.readRequests(o.from, moverForm, columns); err != nil {
			return nil, err
		}
	}
	for _, r := range rs.list {
		r.texts = append(r.texts, texts...)
		r.add, r.remove = append(r.add, o.add...), append(r.remove, o.remove...)
		r.give, r.take = append(r.give, o.give...), append(r.take, o.take...)
		if o.exact {
			r.exact, r.groups = true, slices.DeleteFunc(slices.Clone(o.groups), func(g string) bool { return g == "" })
		}
		r.fill(&o.peopleOptions)
	}
	return rs, nil
}

func runMover(ctx context.Context, h *house, args []string, o moverRun) error {
	rs, err := o.requests(h, args)
	if err != nil {
		return err
	}
	if err := rs.check(ctx, h.config, o.attributes, checkMover); err != nil {
		return err
	}
	rs, err = o.later(ctx, h, rs, &o)
	if err != nil || len(rs.list) == 0 {
		return err
	}
	return o.move(ctx, h, rs)
}

// checkMover says what is wrong with what is asked, before anybody is asked.
func checkMover(r *request) error {
	switch {
	case r.exact && len(r.add)+len(r.remove) > 0:
		return usage("groups are all there are to be; leave add and remove out")
	case r.exact && r.role != "":
		return usage("a role says which groups there are; leave groups out, and add or remove single ones")
	case len(r.edits)+len(r.add)+len(r.remove)+len(r.give)+len(r.take) == 0 && !r.exact && r.role == "":
		return usage("nothing is said to change about %s", r.name)
	}
	u := identity.User{UserName: "x", DisplayName: "x", Name: identity.Name{GivenName: "x", FamilyName: "x"}}
	if err := u.Apply(r.edits); err != nil {
		return usageError{err}
	}
	return invalid(u.Validate())
}

// move plans, shows and carries out what is asked.
func (o *moverRun) move(ctx context.Context, h *house, rs *requests) error {
	d, err := h.draft(ctx)
	if err != nil {
		return err
	}
	users := map[identity.ID]bool{}
	err = rs.each(ctx, func(r *request) error {
		u, err := d.directory.ResolveUser(ctx, r.name)
		users[u.ID] = true
		return err
	})
	if err != nil {
		return err
	}
	if err := d.finishStaffing(ctx, concerns(users)); err != nil {
		return err
	}
	if err := o.plan(ctx, d, rs, time.Time{}); err != nil {
		return err
	}
	return d.carryOutStaffing(ctx, "move "+some(rs.names()), "Change "+some(rs.names())+"?", o.deletion, rs.wide(h.config) || takes(d.plan))
}

// plan plans what is asked.
func (o *moverRun) plan(ctx context.Context, d *draft, rs *requests, _ time.Time) error {
	want, staffing := d.wanted(false), d.Staffing(o.reason)
	kept := func(userName, what string) {
		say(d.house.app.err, "Note: %s keeps %s, which no role has given.", userName, what)
	}
	seen := map[identity.ID]bool{}
	err := rs.each(ctx, func(r *request) error {
		m, err := o.mover(ctx, d, r, want)
		if err != nil {
			return err
		}
		if seen[m.User.ID] {
			return usage("%s is named before, by another name", m.User.UserName)
		}
		seen[m.User.ID] = true
		return invalid(staffing.Move(ctx, m, kept))
	})
	if err != nil {
		return err
	}
	return staffing.Plan(ctx)
}

// takes reports whether a plan takes access away.
func takes(p *plan.Plan) bool {
	return slices.ContainsFunc(p.Changes, func(c plan.Change) bool { return c.TakesAway() })
}

func (o *moverRun) mover(ctx context.Context, d *draft, r *request, want *wanted) (command.Mover, error) {
	u, err := d.directory.ResolveUser(ctx, r.name)
	if err != nil {
		return command.Mover{}, err
	}
	m := command.Mover{User: u, Edits: r.edits, Exact: r.exact, Role: r.role != ""}
	m.Check = func(differ []identity.Edit) error { return o.outside.check(u.UserName, u.ExternalIDs, differ) }
	groups := r.add
	if r.exact {
		groups = r.groups
	}
	if m.Gets, err = want.wants(ctx, r, groups); err != nil {
		return m, err
	}
	m.Loses, err = want.named(ctx, r.remove, r.take, "")
	return m, err
}
