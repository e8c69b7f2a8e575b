package cli

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"rollcall/fault"
	"rollcall/identity"
	"rollcall/plan"
)

func newMembership(a *app) *cobra.Command {
	return group("membership", "Put users into groups and take them out", "  rollcall membership add admins ann bob",
		newMembershipChange(a, true), newMembershipChange(a, false), newMembershipList(a))
}

// membershipChange are the flags of "membership add" and "membership remove".
type membershipChange struct {
	change
	add  bool
	from string
}

const membershipFile = `

With --from, the memberships are the rows of a CSV file whose first line names the columns group and
user. All become one plan, under the brakes. If a row is wrong nothing is done, and every wrong row
is named by its line.`

// newMembershipChange makes "membership add" and "membership remove".
func newMembershipChange(a *app, add bool) *cobra.Command {
	o := membershipChange{add: add}
	c := &cobra.Command{
		Use: "remove GROUP USER...", Short: "Take users out of a group",
		Long: `Takes users out of a group. Whom a source has in the group, its sync adds again at its next run.` + membershipFile,
		Example: "  rollcall membership remove admins ann\n" +
			"  rollcall membership remove admins ann bob --reason 'moved to sales' --dry-run\n" +
			"  rollcall membership remove --from memberships.csv",
		Args: func(cmd *cobra.Command, args []string) error {
			if o.from != "" {
				return cobra.NoArgs(cmd, args)
			}
			return cobra.MinimumNArgs(2)(cmd, args)
		},
	}
	if add {
		c.Use, c.Short = "add GROUP USER...", "Put users into a group"
		c.Long = `Puts users into a group. Whom a source does not have in a group that it fills, its sync takes out
again at its next run. Somebody who is held is not added.` + membershipFile
		c.Example = "  rollcall membership add admins ann\n  rollcall membership add admins ann bob@example.com --dry-run\n" +
			"  rollcall membership add --from memberships.csv"
	}
	c.RunE = a.inHouse(func(ctx context.Context, h *house, args []string) error {
		if o.from != "" {
			return runMembershipFile(ctx, h, o)
		}
		return runMembershipChange(ctx, h, args[0], args[1:], o.add, o.change)
	})
	o.flags(c)
	c.Flags().StringVar(&o.from, "from", "", "the memberships of this CSV `file`; - is standard input")
	return c
}

func runMembershipChange(ctx context.Context, h *house, groupName string, userNames []string, add bool, o change) error {
	d, err := h.draft(ctx)
	if err != nil {
		return err
	}
	g, err := d.directory.ResolveGroup(ctx, groupName)
	if err != nil {
		return err
	}
	c, err := d.Group(ctx, g, plan.GroupMembers, o.reason)
	if err != nil {
		return err
	}
	seen := map[identity.ID]bool{}
	for _, name := range userNames {
		u, err := d.directory.ResolveUser(ctx, name)
		if err != nil {
			return err
		}
		_, err = d.directory.FindMembership(ctx, g.ID, u.ID)
		if err != nil && !fault.Is(err, fault.NotFound) {
			return err
		}
		if in := err == nil; in == add || seen[u.ID] {
			say(h.app.err, "%s is %s.", u.UserName, map[bool]string{true: "in the group already", false: "not in the group"}[in])
			continue
		}
		seen[u.ID] = true
		m, err := d.Member(ctx, u)
		if err != nil {
			return invalid(err)
		}
		if add {
			c.Add = append(c.Add, m)
		} else {
			c.Remove = append(c.Remove, m)
		}
	}
	if len(seen) > 0 {
		d.Add(c)
		h.warnOfSync(c)
	}
	verb := map[bool]string{true: "add %s to group %s", false: "remove %s from group %s"}[add]
	return d.carryOut(ctx, fmt.Sprintf(verb, count(len(seen), "user"), g.DisplayName), o)
}

// warnOfSync says so where a sync will undo what a command does.
func (h *house) warnOfSync(c plan.Change) {
	if c.Record == nil {
		return
	}
	for _, m := range append(c.Add, c.Remove...) {
		if m.Anchor != "" {
			say(h.app.err, "Note: source %s fills this group; what it says about its people is put back by the next sync.", c.Record.Source)
			return
		}
	}
}

func newMembershipList(a *app) *cobra.Command {
	var groupName, userName string
	c := &cobra.Command{
		Use: "list", Short: "List the members of a group, or the groups of a user",
		Example: "  rollcall membership list --group admins\n  rollcall membership list --user ann", Args: cobra.NoArgs,
		RunE: a.inHouse(func(ctx context.Context, h *house, _ []string) error {
			switch {
			case (groupName == "") == (userName == ""):
				return usage("say which: --group GROUP or --user NAME")
			case groupName != "":
				return runMembers(ctx, h, groupName, false)
			}
			return runGroupsOf(ctx, h, userName)
		}),
	}
	c.Flags().StringVar(&groupName, "group", "", "list the members of this `group`")
	c.Flags().StringVar(&userName, "user", "", "list the groups of this `user`")
	return c
}

func runGroupsOf(ctx context.Context, h *house, name string) error {
	d, err := h.directory(ctx, "")
	if err != nil {
		return err
	}
	u, err := d.ResolveUser(ctx, name)
	if err != nil {
		return err
	}
	groups, err := h.groupsOf(ctx, d, u.ID)
	if err != nil {
		return err
	}
	l := listing{Columns: []string{"Display name", "ID"}, Values: groups}
	for _, g := range groups {
		l.Rows = append(l.Rows, []string{g.DisplayName, string(g.ID)})
	}
	return h.app.print(l)
}
