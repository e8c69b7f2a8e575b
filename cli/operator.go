package cli

import (
	"context"
	"time"

	"github.com/spf13/cobra"

	"rollcall/caller"
)

func newOperator(a *app) *cobra.Command {
	return group("operator", "Make, list and revoke the people and programs that run Rollcall", "  rollcall operator list",
		newOperatorCreate(a), newOperatorList(a), newOperatorPasswd(a), newOperatorToken(a), newOperatorTokens(a), newOperatorRevoke(a))
}

const passwordHelp = `The password is asked for twice at a terminal, and otherwise read from the first line of stdin. It
has at least 12 characters.`

type operatorCreate struct {
	role       string
	noPassword bool
	dryRun     bool
}

func newOperatorCreate(a *app) *cobra.Command {
	var o operatorCreate
	c := &cobra.Command{
		Use: "create NAME", Short: "Make an operator, or take one back who was revoked",
		Long: `Makes an operator of the server. A reader looks, an operator plans and carries out, an approver also
decides what waits for approval, an admin also makes operators, keys and tokens.

` + passwordHelp,
		Example: "  rollcall operator create ann --role approver\n  rollcall operator create ci --role operator --no-password",
		Args:    cobra.ExactArgs(1),
		RunE:    a.inHouse(func(ctx context.Context, h *house, args []string) error { return runOperatorCreate(ctx, h, args[0], o) }),
	}
	c.Flags().StringVar(&o.role, "role", "", "what they may do: reader, operator, approver or admin")
	c.Flags().BoolVar(&o.noPassword, "no-password", false, "they come in by bearer token only (rollcall operator token)")
	c.Flags().BoolVar(&o.dryRun, "dry-run", false, "say what would be done")
	return c
}

func runOperatorCreate(ctx context.Context, h *house, name string, o operatorCreate) error {
	if o.role == "" {
		return usage("an operator needs a --role: reader, operator, approver or admin")
	}
	wanted := caller.Operator{Name: name, Role: caller.Role(o.role), CreatedBy: h.app.actor().Name}
	if err := wanted.Validate(); err != nil {
		return err
	}
	if o.dryRun {
		say(h.app.err, "Would make the operator %s, in the role %s.", name, o.role)
		return nil
	}
	password := ""
	if !o.noPassword {
		var err error
		if password, err = h.app.newPassword("Password of " + name); err != nil {
			return err
		}
	}
	made, err := h.operators().Create(ctx, wanted, password)
	if err != nil {
		return err
	}
	say(h.app.err, "Made the operator %s, in the role %s.", made.Name, made.Role)
	if o.noPassword {
		say(h.app.err, "To let them in: rollcall operator token %s", made.Name)
	}
	return nil
}

// operatorView is an operator as JSON shows it.
type operatorView struct {
	Name        string      `json:"name"`
	Role        caller.Role `json:"role"`
	HasPassword bool        `json:"hasPassword"`
	Revoked     bool        `json:"revoked"`
	CreatedAt   time.Time   `json:"createdAt"`
	CreatedBy   string      `json:"createdBy"`
	RevokedAt   *time.Time  `json:"revokedAt,omitempty"`
	LastUsedAt  *time.Time  `json:"lastUsedAt,omitempty"`
}

func newOperatorList(a *app) *cobra.Command {
	return &cobra.Command{
		Use: "list", Short: "List the operators, the revoked too", Example: "  rollcall operator list", Args: cobra.NoArgs,
		RunE: a.inHouse(func(ctx context.Context, h *house, _ []string) error {
			operators, err := h.operators().List(ctx)
			if err != nil {
				return err
			}
			l := listing{Columns: []string{"Name", "Role", "Status", "Created", "By", "Last used"}}
			all := []operatorView{}
			for _, o := range operators {
				all = append(all, operatorView{o.Name, o.Role, o.HasPassword, o.Revoked(), o.CreatedAt, o.CreatedBy, known(o.RevokedAt), known(o.LastUsedAt)})
				l.Rows = append(l.Rows, []string{o.Name, string(o.Role), operatorStatus(o), clock(o.CreatedAt), o.CreatedBy, clock(o.LastUsedAt)})
			}
			l.Values = all
			return a.print(l)
		}),
	}
}

func operatorStatus(o caller.Operator) string {
	switch {
	case o.Revoked():
		return "revoked " + clock(o.RevokedAt)
	case !o.HasPassword:
		return "by token only"
	}
	return "may come in"
}

func newOperatorPasswd(a *app) *cobra.Command {
	var dryRun bool
	c := &cobra.Command{
		Use: "passwd NAME", Short: "Set an operator's password", Long: "Sets an operator's password; the old one is refused from then on.\n\n" + passwordHelp,
		Example: "  rollcall operator passwd ann", Args: cobra.ExactArgs(1),
		RunE: a.inHouse(func(ctx context.Context, h *house, args []string) error {
			o, err := h.operator(ctx, args[0])
			if err != nil {
				return err
			}
			if dryRun {
				say(a.err, "Would set the password of %s.", o.Name)
				return nil
			}
			password, err := a.newPassword("New password of " + o.Name)
			if err != nil {
				return err
			}
			if err := h.operators().SetPassword(ctx, o.Name, password); err != nil {
				return err
			}
			say(a.err, "Set the password of %s.", o.Name)
			return nil
		}),
	}
	c.Flags().BoolVar(&dryRun, "dry-run", false, "say what would be done")
	return c
}

// operator returns one who may come in.
func (h *house) operator(ctx context.Context, name string) (caller.Operator, error) {
	o, err := h.operators().Operator(ctx, name)
	if err != nil {
		return o, hinted(err, "rollcall operator list shows them")
	}
	if o.Revoked() {
		return o, usage("operator %s is revoked since %s; to take them back: rollcall operator create %s", o.Name, clock(o.RevokedAt), o.Name)
	}
	return o, nil
}

func newOperatorRevoke(a *app) *cobra.Command {
	var dryRun bool
	var tokenID string
	c := &cobra.Command{
		Use: "revoke NAME", Short: "Shut an operator out, or revoke one of their bearer tokens",
		Long: `Shuts an operator out: their password and bearer tokens are gone, and the next request is refused.
They stay in the list, since the journal names them. With --token-id only that token is revoked.`,
		Example: "  rollcall operator revoke ann\n  rollcall operator revoke ci --token-id abcdefgh2345", Args: cobra.ExactArgs(1),
		RunE: a.inHouse(func(ctx context.Context, h *house, args []string) error {
			return runOperatorRevoke(ctx, h, args[0], tokenID, dryRun)
		}),
	}
	c.Flags().StringVar(&tokenID, "token-id", "", "revoke only the bearer token with this `id`")
	c.Flags().BoolVar(&dryRun, "dry-run", false, "say what would be done")
	return c
}

func runOperatorRevoke(ctx context.Context, h *house, name, tokenID string, dryRun bool) error {
	o, err := h.operator(ctx, name)
	if err != nil {
		return err
	}
	what := "operator " + o.Name
	if tokenID != "" {
		what = "token " + tokenID + " of " + o.Name
	}
	if dryRun {
		say(h.app.err, "Would revoke %s.", what)
		return nil
	}
	if tokenID != "" {
		err = hinted(h.operators().RevokeToken(ctx, o.Name, tokenID), "rollcall operator tokens "+o.Name+" shows them")
	} else {
		err = h.operators().Revoke(ctx, o.Name)
	}
	if err != nil {
		return err
	}
	say(h.app.err, "Revoked %s.", what)
	return nil
}
