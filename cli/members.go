package cli

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"rollcall/directory"
	"rollcall/identity"
	"rollcall/source"
)

// memberView is one member of a group as listings show it.
type memberView struct {
	UserName    string      `json:"userName"`
	DisplayName string      `json:"displayName"`
	Status      string      `json:"status"`
	Since       time.Time   `json:"since"`
	Why         string      `json:"why,omitempty"`
	ID          identity.ID `json:"id"`
	Membership  identity.ID `json:"membershipId"`
}

func newGroupMembers(a *app) *cobra.Command {
	var why bool
	var asOf string
	c := &cobra.Command{
		Use: "members GROUP", Short: "List who is in a group, and why",
		Long: `Lists who is in a group. With --why the source that the group comes from is read, and each
member's way into it is shown: directly, or through which groups.
` + asOfHelp + "\n\n" + groupNaming,
		Example: "  rollcall group members admins\n  rollcall group members admins --why\n  rollcall group members admins --as-of -24h", Args: cobra.ExactArgs(1),
		RunE: a.inHouse(func(ctx context.Context, h *house, args []string) error {
			switch {
			case asOf != "" && why:
				return usage("--as-of and --why do not go together: the source says only how it is now")
			case asOf != "":
				return runMembersAsOf(ctx, h, args[0], asOf)
			}
			return runMembers(ctx, h, args[0], why)
		}),
	}
	c.Flags().BoolVar(&why, "why", false, "say by which way each member is in the group; reads the source")
	asOfFlag(c, &asOf)
	return c
}

func runMembers(ctx context.Context, h *house, name string, why bool) error {
	d, err := h.directory(ctx, "")
	if err != nil {
		return err
	}
	g, err := d.ResolveGroup(ctx, name)
	if err != nil {
		return err
	}
	ways := map[identity.ID]string{}
	if why {
		if ways, err = h.waysInto(ctx, d, g); err != nil {
			return err
		}
	}
	members, err := h.members(ctx, d, g.ID, ways, why)
	if err != nil {
		return err
	}
	l := listing{Columns: []string{"User name", "Display name", "Status", "Since"}, Values: members}
	if why {
		l.Columns = append(l.Columns, "Why")
	}
	for _, m := range members {
		row := []string{m.UserName, m.DisplayName, m.Status, clock(m.Since)}
		if why {
			row = append(row, m.Why)
		}
		l.Rows = append(l.Rows, row)
	}
	return h.app.print(l)
}

func (h *house) members(ctx context.Context, d *directory.Directory, group identity.ID, ways map[identity.ID]string, why bool) ([]memberView, error) {
	all, users, err := membersOf(ctx, d, group)
	if err != nil {
		return nil, err
	}
	members := []memberView{}
	for _, m := range all {
		u, there := users[m.UserID]
		if !there {
			continue
		}
		v := memberView{UserName: u.UserName, DisplayName: u.DisplayName, Status: status(&u), Since: m.CreatedAt, ID: u.ID, Membership: m.ID}
		if why {
			v.Why = "by hand: the source does not say so"
			if way, known := ways[u.ID]; known {
				v.Why = way
			}
		}
		members = append(members, v)
	}
	slices.SortFunc(members, func(a, b memberView) int { return byName(a.UserName, b.UserName) })
	return members, nil
}

// waysInto reads the source a group is from, and says of each account by
// which way the source has that person in the group.
func (h *house) waysInto(ctx context.Context, d *directory.Directory, g identity.Group) (map[identity.ID]string, error) {
	r, err := h.record(ctx, d, identity.KindGroup, g.ID)
	if err != nil {
		return nil, err
	}
	if r == nil {
		say(h.app.err, "Group %s is linked to no source; its members were added by hand.", g.DisplayName)
		return nil, nil
	}
	snap, err := h.readSource(ctx, r.Source)
	if err != nil {
		return nil, err
	}
	names := map[identity.Anchor]string{}
	var of *source.Group
	for i, one := range snap.Groups {
		names[one.Anchor] = nameOf(one)
		if one.Anchor == r.Anchor {
			of = &snap.Groups[i]
		}
	}
	if of == nil {
		say(h.app.err, "Group %s is gone from source %s.", g.DisplayName, r.Source)
		return nil, nil
	}
	accounts := map[identity.Anchor]identity.ID{}
	links, err := h.links.Links(ctx, d.Name())
	if err != nil {
		return nil, err
	}
	for _, l := range links {
		if l.Record.Source == r.Source && l.Record.Kind == identity.KindUser {
			accounts[l.Record.Anchor] = l.Object
		}
	}
	ways := map[identity.ID]string{}
	for _, m := range of.Members {
		ways[accounts[m.Anchor]] = way(m.Path, names)
	}
	return ways, nil
}

// nameOf is what people call a group of a source.
func nameOf(g source.Group) string {
	for _, attribute := range []string{"cn", "displayname"} {
		if name := g.Attributes.First(attribute); name != "" {
			return name
		}
	}
	return g.Name
}

func way(path []identity.Anchor, names map[identity.Anchor]string) string {
	if len(path) == 0 {
		return "directly"
	}
	through := make([]string, len(path))
	for i, anchor := range path {
		through[i] = names[anchor]
	}
	return "through " + strings.Join(through, " › ")
}
