package cli

import (
	"context"
	"time"

	"github.com/spf13/cobra"

	"rollcall/caller"
)

// operatorTokenView is a bearer token as JSON shows it; Token is its text,
// which only the command that makes it has.
type operatorTokenView struct {
	ID         string     `json:"id"`
	Operator   string     `json:"operator"`
	Token      string     `json:"token,omitempty"`
	CreatedAt  time.Time  `json:"createdAt"`
	CreatedBy  string     `json:"createdBy"`
	ExpiresAt  time.Time  `json:"expiresAt"`
	LastUsedAt *time.Time `json:"lastUsedAt,omitempty"`
}

func viewOperatorToken(t caller.OperatorToken) operatorTokenView {
	return operatorTokenView{
		ID: t.ID, Operator: t.Operator, CreatedAt: t.CreatedAt, CreatedBy: t.CreatedBy, ExpiresAt: t.ExpiresAt, LastUsedAt: known(t.LastUsedAt),
	}
}

func newOperatorToken(a *app) *cobra.Command {
	var dryRun bool
	days := 90
	c := &cobra.Command{
		Use: "token NAME", Short: "Make a bearer token for an operator, shown this once",
		Long:    "Makes a bearer token with which an operator comes in without their password: for programs.\nIt is shown this once; only its hash is kept.",
		Example: "  rollcall operator token ci --days 365\n  rollcall operator token ci --query token > rollcall-token", Args: cobra.ExactArgs(1),
		RunE: a.inHouse(func(ctx context.Context, h *house, args []string) error {
			return runOperatorToken(ctx, h, args[0], days, dryRun)
		}),
	}
	c.Flags().IntVar(&days, "days", days, "how many days it is good for, 366 at most")
	c.Flags().BoolVar(&dryRun, "dry-run", false, "say what would be done")
	return c
}

func runOperatorToken(ctx context.Context, h *house, name string, days int, dryRun bool) error {
	if days < 1 || days > 366 {
		return usage("--days is 1 to 366, not %d", days)
	}
	o, err := h.operator(ctx, name)
	if err != nil {
		return err
	}
	if dryRun {
		say(h.app.err, "Would make a bearer token for %s, good for %d days.", o.Name, days)
		return nil
	}
	t, text, err := h.operators().CreateToken(ctx, o.Name, h.app.actor().Name, time.Duration(days)*24*time.Hour)
	if err != nil {
		return err
	}
	v := viewOperatorToken(t)
	v.Token = text
	l := listing{Columns: []string{"Attribute", "Value"}, Values: v}
	for _, row := range [][2]string{{"id", v.ID}, {"operator", v.Operator}, {"token", v.Token}, {"expires", clock(v.ExpiresAt)}} {
		l.add(row[0], row[1])
	}
	if err := h.app.print(l); err != nil {
		return err
	}
	say(h.app.err, "The token is not shown again.")
	return nil
}

func newOperatorTokens(a *app) *cobra.Command {
	return &cobra.Command{
		Use: "tokens NAME", Short: "List the bearer tokens of an operator", Example: "  rollcall operator tokens ci", Args: cobra.ExactArgs(1),
		RunE: a.inHouse(func(ctx context.Context, h *house, args []string) error {
			o, err := h.operators().Operator(ctx, args[0])
			if err != nil {
				return hinted(err, "rollcall operator list shows them")
			}
			tokens, err := h.operators().Tokens(ctx, o.Name)
			if err != nil {
				return err
			}
			l := listing{Columns: []string{"Token", "Created", "By", "Expires", "Last used"}}
			all := []operatorTokenView{}
			for _, t := range tokens {
				all = append(all, viewOperatorToken(t))
				l.Rows = append(l.Rows, []string{t.ID, clock(t.CreatedAt), t.CreatedBy, clock(t.ExpiresAt), clock(t.LastUsedAt)})
			}
			l.Values = all
			return a.print(l)
		}),
	}
}
