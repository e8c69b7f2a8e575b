package cli

import (
	"cmp"
	"context"
	"slices"

	"github.com/spf13/cobra"

	"rollcall/access"
	"rollcall/identity"
)

// matrix holds the flags of access list.
type matrix struct {
	reading
	user, account, set string
}

func newAccessList(a *app) *cobra.Command {
	var m matrix
	c := &cobra.Command{
		Use: "list", Short: "List who reaches which account with which permission set, by user, account or permission set",
		Long: `Lists every way by which anybody reaches anything, or the part of it that the flags say. Whoever has
a permission set by two ways is in it twice.

` + accountNaming,
		Example: "  rollcall access list --account prod\n  rollcall access list --user ann\n  rollcall access list --permission-set Admin --output csv",
		Args:    cobra.NoArgs,
		RunE:    a.inHouse(func(ctx context.Context, h *house, _ []string) error { return m.run(ctx, h) }),
	}
	m.flags(c)
	c.Flags().StringVar(&m.user, "user", "", "only this user")
	c.Flags().StringVar(&m.account, "account", "", "only this account, or all in this organizational unit")
	c.Flags().StringVar(&m.set, "permission-set", "", "only this permission set, by name or ARN")
	return c
}

func (m *matrix) run(ctx context.Context, h *house) error {
	l, err := h.look(ctx, "", m.reading)
	if err != nil {
		return err
	}
	g, only, err := m.read(ctx, l)
	if err != nil {
		return err
	}
	paths := slices.SortedFunc(g.Matrix(only), func(a, b access.Path) int {
		return cmp.Or(byName(a.User.Name, b.User.Name), cmp.Compare(a.Account, b.Account), cmp.Compare(a.Set.Name, b.Set.Name), cmp.Compare(a.Text(), b.Text()))
	})
	return h.app.printPaths(g, paths)
}

// read reads as little as answers the question.
func (m *matrix) read(ctx context.Context, l *look) (*access.Graph, access.Filter, error) {
	if m.user != "" {
		g, u, err := l.ofUser(ctx, m.user, false)
		if err != nil {
			return nil, access.Filter{}, err
		}
		only, err := m.filter(g)
		only.Users = []identity.ID{u.ID}
		return g, only, err
	}
	places, err := l.reader.Places(ctx)
	if err != nil {
		return nil, access.Filter{}, err
	}
	only, err := m.filter(access.New(places))
	if err != nil {
		return nil, only, err
	}
	var s access.Scope
	switch {
	case len(only.Accounts) == 1:
		s.Account = only.Accounts[0]
	case len(only.Sets) == 1:
		s.Set = only.Sets[0]
	}
	g, err := l.read(ctx, s)
	return g, only, err
}

func (m *matrix) filter(g *access.Graph) (only access.Filter, err error) {
	if m.account != "" {
		if only.Accounts, err = accountsNamed(g, m.account); err != nil {
			return only, err
		}
	}
	if m.set != "" {
		only.Sets, err = setsNamed(g, []string{m.set})
	}
	return only, err
}
