package cli

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"rollcall/access"
)

func newAccessWhyNot(a *app) *cobra.Command {
	var r reading
	var set string
	c := &cobra.Command{
		Use: "why-not USER ACCOUNT", Short: "Show which link is missing between a user and an account",
		Long: `Shows what keeps a user from an account, the nearest link first: a group to join that reaches it,
those with the fewest members first, or a permission set that the user has elsewhere. Each alone
would let the user in.

` + userNamed + "\n" + accountNaming,
		Example: "  rollcall access why-not bob prod\n  rollcall access why-not bob prod --permission-set Admin",
		Args:    cobra.ExactArgs(2),
		RunE: a.inHouse(func(ctx context.Context, h *house, args []string) error {
			l, err := h.look(ctx, "", r)
			if err != nil {
				return err
			}
			return l.whyNot(ctx, args[0], args[1], set)
		}),
	}
	r.flags(c)
	c.Flags().StringVar(&set, "permission-set", "", "only this permission set, by name or ARN")
	return c
}

// gapValue is one missing link as machines get it.
type gapValue struct {
	Link          string `json:"link"`
	Group         string `json:"group,omitempty"`
	PermissionSet string `json:"permissionSet"`
	Do            string `json:"do"`
}

func (l *look) whyNot(ctx context.Context, user, account, set string) error {
	u, err := l.directory.ResolveUser(ctx, user)
	if err != nil {
		return err
	}
	f, err := l.reader.Read(ctx, access.Scope{User: u.ID})
	if err != nil {
		return err
	}
	id, err := oneAccount(access.New(f), account)
	if err != nil {
		return err
	}
	there, err := l.reader.Read(ctx, access.Scope{Account: id})
	if err != nil {
		return err
	}
	g := access.New(access.Join(there, f))
	var wanted []string
	if set != "" {
		if wanted, err = setsNamed(g, []string{set}); err != nil {
			return err
		}
	}
	gap, missing := g.WhyNot(u.ID, id, wanted...)
	if !missing {
		say(l.house.app.err, "%s reaches %s. By which way: rollcall access why %s %s", u.UserName, g.AccountName(id), typed(user), typed(account))
	}
	for _, b := range gap.Blocks {
		say(l.house.app.err, "%s%s.", strings.ToUpper(b[:1]), b[1:])
	}
	return l.house.app.printGap(g, u.UserName, id, gap)
}

func (a *app) printGap(g *access.Graph, user, account string, gap access.Gap) error {
	l := listing{Columns: []string{"Missing", "Group", "Permission set", "To close it"}}
	all := make([]gapValue, 0, len(gap.Near))
	for _, m := range gap.Near {
		v := gapValue{Link: string(m.Link), PermissionSet: m.Set.Name}
		whom := "--user " + typed(user)
		if m.Group != nil {
			v.Group, whom = m.Group.Name, "--group "+typed(m.Group.Name)
		}
		v.Do = fmt.Sprintf("rollcall assignment create --account %s --permission-set %s %s", account, typed(m.Set.Name), whom)
		if m.Link == access.LinkMembership {
			v.Do = fmt.Sprintf("rollcall membership add %s %s", typed(v.Group), typed(user))
		}
		all = append(all, v)
		l.Rows = append(l.Rows, []string{v.Link, v.Group, v.PermissionSet, v.Do})
	}
	l.Values = struct {
		Account string     `json:"account"`
		Blocks  []string   `json:"blocks"`
		Missing []gapValue `json:"missing"`
	}{account, append([]string{}, gap.Blocks...), all}
	if len(l.Rows) == 0 && a.forPeople() {
		return nil
	}
	return a.print(l)
}
