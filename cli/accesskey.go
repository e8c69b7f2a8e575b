package cli

import (
	"context"
	"time"

	"github.com/spf13/cobra"

	"rollcall/caller"
	"rollcall/identitycenter"
)

func newAccessKey(a *app) *cobra.Command {
	return group("access-key", "Make, list, disable and delete the access keys of the AWS door", "  rollcall access-key list",
		newAccessKeyCreate(a), newAccessKeyList(a), newAccessKeyDisable(a), newAccessKeyEnable(a), newAccessKeyDelete(a))
}

// keyView is an access key as it is shown; Secret is only in what makes it.
type keyView struct {
	ID         string     `json:"id"`
	Secret     string     `json:"secret,omitempty"`
	Name       string     `json:"name"`
	Account    string     `json:"account"`
	Role       string     `json:"role"`
	ReadOnly   bool       `json:"readOnly"`
	Active     bool       `json:"active"`
	CreatedAt  time.Time  `json:"createdAt"`
	CreatedBy  string     `json:"createdBy"`
	LastUsedAt *time.Time `json:"lastUsedAt,omitempty"`
}

func viewKey(k caller.Key) keyView {
	return keyView{
		ID: k.ID, Name: k.Name, Account: k.Account, Role: k.Role, ReadOnly: k.ReadOnly, Active: k.Active,
		CreatedAt: k.CreatedAt, CreatedBy: k.CreatedBy, LastUsedAt: known(k.LastUsedAt),
	}
}

func newAccessKeyCreate(a *app) *cobra.Command {
	var dryRun bool
	k := caller.Key{}
	c := &cobra.Command{
		Use: "create", Short: "Make an access key; its secret is shown this once",
		Long: `Makes an access key with which AWS's CLI and SDKs may use the embedded Identity Center. Its holder
acts in a role of an account, and CreatedBy and events say so.

The secret is shown this once. It is kept encrypted, since signatures are checked with it.`,
		Example: "  rollcall access-key create --name ci\n  rollcall access-key create --name dashboard --read-only --output json",
		Args:    cobra.NoArgs,
		RunE: a.inHouse(func(ctx context.Context, h *house, _ []string) error {
			k.CreatedBy = a.actor().Name
			return runAccessKeyCreate(ctx, h, k, dryRun)
		}),
	}
	c.Flags().StringVar(&k.Name, "name", "rollcall", "who or what uses it: 2 to 64 letters, digits and _+=,.@-")
	c.Flags().StringVar(&k.Account, "account", "", "the AWS `account` it belongs to, twelve digits; the directory's management account if left out")
	c.Flags().StringVar(&k.Role, "role", caller.DefaultRole, "the `role` its holder has")
	c.Flags().BoolVar(&k.ReadOnly, "read-only", false, "refuse every operation that changes something")
	c.Flags().BoolVar(&dryRun, "dry-run", false, "say what would be done")
	return c
}

func runAccessKeyCreate(ctx context.Context, h *house, k caller.Key, dryRun bool) error {
	c, err := h.meantCallers(ctx)
	if err != nil {
		return err
	}
	if k.Account == "" {
		is, err := h.instance(ctx)
		if err != nil {
			return err
		}
		k.Account = is.Owner
	}
	if err := k.Validate(); err != nil {
		return err
	}
	if dryRun {
		say(h.app.err, "Would make an access key for %s in the role %s of account %s.", k.Name, k.Role, k.Account)
		return nil
	}
	k, secret, err := c.Keys.Create(ctx, k)
	if err != nil {
		return err
	}
	v := viewKey(k)
	v.Secret = secret
	l := listing{Columns: []string{"Attribute", "Value"}, Values: v}
	for _, row := range [][2]string{{"id", v.ID}, {"secret", v.Secret}, {"name", v.Name}, {"account", v.Account}, {"role", v.Role}, {"may", mayDo(k)}} {
		l.add(row[0], row[1])
	}
	if err := h.app.print(l); err != nil {
		return err
	}
	say(h.app.err, "The secret is not shown again.")
	return nil
}

// meantCallers is callers for commands that change them: it says first which
// database that is.
func (h *house) meantCallers(ctx context.Context) (*identitycenter.Database, error) {
	d, err := h.directory(ctx, "")
	if err != nil {
		return nil, err
	}
	if err := h.meaning(ctx, d); err != nil {
		return nil, err
	}
	return h.callers(ctx)
}

func mayDo(k caller.Key) string {
	switch {
	case !k.Active:
		return "nothing (disabled)"
	case k.ReadOnly:
		return "read"
	}
	return "read and write"
}

func newAccessKeyList(a *app) *cobra.Command {
	return &cobra.Command{
		Use: "list", Short: "List the access keys, without their secrets",
		Example: "  rollcall access-key list\n  rollcall access-key list --query '[?!active].id'", Args: cobra.NoArgs,
		RunE: a.inHouse(func(ctx context.Context, h *house, _ []string) error {
			c, err := h.callers(ctx)
			if err != nil {
				return err
			}
			keys, err := c.Keys.List(ctx)
			if err != nil {
				return err
			}
			l := listing{Columns: []string{"Access key", "Name", "Account", "Role", "May", "Created", "By", "Last used"}}
			all := []keyView{}
			for _, k := range keys {
				all = append(all, viewKey(k))
				l.Rows = append(l.Rows, []string{k.ID, k.Name, k.Account, k.Role, mayDo(k), clock(k.CreatedAt), k.CreatedBy, clock(k.LastUsedAt)})
			}
			l.Values = all
			return a.print(l)
		}),
	}
}

func newAccessKeyDisable(a *app) *cobra.Command {
	return a.keyCommand(&cobra.Command{
		Use: "disable ID", Short: "Disable an access key and the sessions that began with it",
		Example: "  rollcall access-key list\n  rollcall access-key disable AKIAABCDEFGH234567QQ",
	}, "Disabled", (*caller.Keys).Disable)
}

func newAccessKeyEnable(a *app) *cobra.Command {
	return a.keyCommand(&cobra.Command{
		Use: "enable ID", Short: "Enable an access key that was disabled", Example: "  rollcall access-key enable AKIAABCDEFGH234567QQ",
	}, "Enabled", (*caller.Keys).Enable)
}

func newAccessKeyDelete(a *app) *cobra.Command {
	return a.keyCommand(&cobra.Command{
		Use: "delete ID", Short: "Delete an access key for good, and end the sessions that began with it",
		Example: "  rollcall access-key delete AKIAABCDEFGH234567QQ",
	}, "Deleted", (*caller.Keys).Delete)
}

// keyCommand is a command that changes one access key.
func (a *app) keyCommand(c *cobra.Command, done string, change func(*caller.Keys, context.Context, string) error) *cobra.Command {
	var dryRun bool
	c.Args = cobra.ExactArgs(1)
	c.Flags().BoolVar(&dryRun, "dry-run", false, "say what would be done")
	c.RunE = a.inHouse(func(ctx context.Context, h *house, args []string) error {
		m, err := h.meantCallers(ctx)
		if err != nil {
			return err
		}
		const where = "rollcall access-key list shows them"
		k, err := m.Keys.Key(ctx, args[0])
		if err != nil {
			return hinted(err, where)
		}
		if dryRun {
			say(a.err, "Would %s access key %s (%s), last used %s.", c.Name(), k.ID, k.Name, orNever(k.LastUsedAt))
			return nil
		}
		if err := change(m.Keys, ctx, k.ID); err != nil {
			return hinted(err, where)
		}
		say(a.err, "%s access key %s (%s).", done, k.ID, k.Name)
		return nil
	})
	return c
}
