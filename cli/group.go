package cli

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"rollcall/directory"
	"rollcall/fault"
	"rollcall/identity"
	"rollcall/plan"
)

const groupNaming = `GROUP is a display name, an external id, an id or an ARN. Where it could be several, put
displayName:, externalId: or id: before it.`

func newGroup(a *app) *cobra.Command {
	return group("group", "Look at groups and change single ones", "  rollcall group members admins --why",
		newGroupList(a), newGroupShow(a), newGroupMembers(a), newGroupCreate(a), newGroupUpdate(a), newGroupDelete(a))
}

func newGroupList(a *app) *cobra.Command {
	var limit int
	c := &cobra.Command{
		Use: "list [TEXT]", Short: "List groups, or those with a text in their name",
		Example: "  rollcall group list\n  rollcall group list admin --output csv", Args: cobra.MaximumNArgs(1),
		RunE: a.inHouse(func(ctx context.Context, h *house, args []string) error {
			d, err := h.directory(ctx, "")
			if err != nil {
				return err
			}
			sources, err := h.sourcesOf(ctx, d, identity.KindGroup)
			if err != nil {
				return err
			}
			var groups []identity.Group
			for g, err := range d.Groups(ctx) {
				if err != nil {
					return err
				}
				if mentions(strings.Join(args, ""), g.DisplayName, g.Description) {
					groups = append(groups, g)
				}
			}
			slices.SortFunc(groups, func(a, b identity.Group) int { return byName(a.DisplayName, b.DisplayName) })
			if limit > 0 {
				groups = groups[:min(len(groups), limit)]
			}
			return a.printGroups(groups, sources)
		}),
	}
	c.Flags().IntVar(&limit, "limit", 0, "at most this many; 0 means all")
	return c
}

func (a *app) printGroups(groups []identity.Group, sources map[identity.ID]string) error {
	l := listing{Columns: []string{"Display name", "Description", "Source", "ID"}}
	all := []values{}
	for i := range groups {
		g := &groups[i]
		v, err := groupValues(g)
		if err != nil {
			return err
		}
		if sources[g.ID] != "" {
			v["source"] = sources[g.ID]
		}
		all = append(all, v)
		l.Rows = append(l.Rows, []string{g.DisplayName, g.Description, sources[g.ID], string(g.ID)})
	}
	l.Values = all
	return a.print(l)
}

func newGroupShow(a *app) *cobra.Command {
	return &cobra.Command{
		Use: "show GROUP", Short: "Show everything about a group but its members",
		Long:    "Shows a group's attributes, how many members it has, and whose it is.\n\n" + groupNaming,
		Example: "  rollcall group show admins", Args: cobra.ExactArgs(1),
		RunE: a.inHouse(func(ctx context.Context, h *house, args []string) error {
			d, err := h.directory(ctx, "")
			if err != nil {
				return err
			}
			g, err := d.ResolveGroup(ctx, args[0])
			if err != nil {
				return err
			}
			return h.showGroup(ctx, d, g)
		}),
	}
}

func (h *house) showGroup(ctx context.Context, d *directory.Directory, g identity.Group) error {
	all, err := groupValues(&g)
	if err != nil {
		return err
	}
	l := listing{Columns: []string{"Attribute", "Value"}}
	l.add("id", string(g.ID))
	for _, path := range identity.GroupPaths() {
		v, err := identity.GroupValue(&g, path)
		if err != nil {
			return err
		}
		if v != nil {
			l.add(path, plan.Text(v))
		}
	}
	l.addTimes(g.Meta)
	members := 0
	for _, err := range d.Members(ctx, g.ID) {
		if err != nil {
			return err
		}
		members++
	}
	l.add("members", strconv.Itoa(members))
	all["memberCount"] = members
	if err := h.addLink(ctx, d, identity.KindGroup, g.ID, &l, all); err != nil {
		return err
	}
	l.Values = all
	return h.app.print(l)
}

func newGroupCreate(a *app) *cobra.Command {
	var o change
	var outside allowOutside
	attributes, ifExists := groupAttributes(), "error"
	c := &cobra.Command{
		Use: "create DISPLAYNAME", Short: "Create a group",
		Long:    "Creates a group by hand. Such a group is nobody's: no sync changes it or its members.",
		Example: "  rollcall group create night-shift --description 'Who is called at night'", Args: cobra.ExactArgs(1),
		RunE: a.inHouse(func(ctx context.Context, h *house, args []string) error {
			if err := checkIfExists(ifExists); err != nil {
				return err
			}
			edits, err := attributes.edits()
			if err != nil {
				return err
			}
			return runGroupCreate(ctx, h, args[0], edits, ifExists, o, outside)
		}),
	}
	o.flags(c)
	attributes.flags(c, false)
	outside.flags(c)
	c.Flags().StringVar(&ifExists, "if-exists", ifExists, ifExistsUsage)
	return c
}

func newGroupUpdate(a *app) *cobra.Command {
	var o change
	var outside allowOutside
	attributes := groupAttributes()
	c := &cobra.Command{
		Use: "update GROUP", Short: "Change a group's name or description",
		Long:    "Changes a group's attributes. What a sync sets it will set again at its next run.\n\n" + groupNaming,
		Example: "  rollcall group update night-shift --set displayName=oncall\n  rollcall group update oncall --unset description",
		Args:    cobra.ExactArgs(1),
		RunE: a.inHouse(func(ctx context.Context, h *house, args []string) error {
			edits, err := attributes.edits()
			if err != nil {
				return err
			}
			if len(edits) == 0 {
				return usage("nothing is said to change; say it with --set PATH=VALUE or --unset PATH")
			}
			return runGroupUpdate(ctx, h, args[0], edits, o, outside)
		}),
	}
	o.flags(c)
	attributes.flags(c, true)
	outside.flags(c)
	return c
}

func newGroupDelete(a *app) *cobra.Command {
	var o deletion
	c := &cobra.Command{
		Use: "delete GROUP", Short: "Delete a group for good",
		Long: `Deletes a group; its members lose whatever it gave them. Members and assignments are shown first.
There is no way back: a group made again has a new id, and what was assigned to the old one is left
behind under an id that is dead.

` + groupNaming,
		Example: "  rollcall group delete night-shift --dry-run\n  rollcall group delete night-shift --yes",
		Args:    cobra.ExactArgs(1),
		RunE: a.inHouse(func(ctx context.Context, h *house, args []string) error {
			return runGroupDelete(ctx, h, args[0], o)
		}),
	}
	o.flags(c)
	return c
}

func runGroupDelete(ctx context.Context, h *house, name string, o deletion) error {
	d, err := h.draft(ctx)
	if err != nil {
		return err
	}
	g, err := d.directory.ResolveGroup(ctx, name)
	if err != nil {
		return err
	}
	lost, err := d.deleteGroup(ctx, g, o.reason)
	if err != nil {
		return err
	}
	lost.show(h.app.err)
	return d.carryOutAsked(ctx, "delete group "+g.DisplayName, lost.question(), o)
}

// deleteGroup plans the deletion of a group, and returns what hangs on it.
func (d *draft) deleteGroup(ctx context.Context, g identity.Group, reason string) (*loss, error) {
	memberships, users, err := membersOf(ctx, d.directory, g.ID)
	if err != nil {
		return nil, err
	}
	var members []identity.User
	var names []string
	for _, m := range memberships {
		u, there := users[m.UserID]
		if !there {
			return nil, fault.Text(fault.Stale, "plan deletion", "group "+g.DisplayName, "a member of it was deleted just now; try again")
		}
		members, names = append(members, u), append(names, u.UserName)
	}
	slices.SortFunc(names, byName)
	if err := d.EndGroup(ctx, g, members, reason); err != nil {
		return nil, err
	}
	return d.loss(ctx, identity.KindGroup, g.ID, g.DisplayName, names)
}
