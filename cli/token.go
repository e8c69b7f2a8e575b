package cli

import (
	"context"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"rollcall/caller"
	"rollcall/fault"
	"rollcall/identitycenter"
)

func newToken(a *app) *cobra.Command {
	return group("token", "Make, list and revoke the SCIM tokens of a directory", "  rollcall token list",
		newTokenCreate(a), newTokenList(a), newTokenRevoke(a))
}

// tokenView is a SCIM token as it is shown; Token is its text, which only the
// command that makes it has.
type tokenView struct {
	ID         string     `json:"id"`
	Store      string     `json:"store"`
	Path       string     `json:"path"` // of the endpoint
	Token      string     `json:"token,omitempty"`
	CreatedAt  time.Time  `json:"createdAt"`
	CreatedBy  string     `json:"createdBy"`
	ExpiresAt  time.Time  `json:"expiresAt"`
	DaysLeft   int        `json:"daysLeft"`
	Expired    bool       `json:"expired"`
	LastUsedAt *time.Time `json:"lastUsedAt,omitempty"`
}

func viewToken(t caller.Token, now time.Time) tokenView {
	return tokenView{
		ID: t.ID, Store: string(t.Store), Path: "/" + t.Tenant + "/scim/v2/", CreatedAt: t.CreatedAt, CreatedBy: t.CreatedBy,
		ExpiresAt: t.ExpiresAt, DaysLeft: t.DaysLeft(now), Expired: t.Expired(now), LastUsedAt: known(t.LastUsedAt),
	}
}

// known is a time that JSON leaves out if it is none.
func known(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

func newTokenCreate(a *app) *cobra.Command {
	var dryRun bool
	c := &cobra.Command{
		Use: "create", Short: "Make a SCIM token, shown this once",
		Long: `Makes a bearer token for the SCIM endpoint of an embedded directory. It is good for one year. A
directory has two at most, expired ones included: make the second, bring it to whoever uses the
first, then revoke that.

The token is shown this once; only its hash is kept.`,
		Example: "  rollcall token create\n  rollcall token create --query token > scim-token",
		Args:    cobra.NoArgs,
		RunE:    a.inHouse(func(ctx context.Context, h *house, _ []string) error { return runTokenCreate(ctx, h, dryRun) }),
	}
	c.Flags().BoolVar(&dryRun, "dry-run", false, "say what would be done")
	return c
}

func runTokenCreate(ctx context.Context, h *house, dryRun bool) error {
	d, err := h.draft(ctx)
	if err != nil {
		return err
	}
	c, err := h.callers(ctx)
	if err != nil {
		return err
	}
	if dryRun {
		return h.wouldMakeToken(ctx, c, d)
	}
	t, text, err := c.Tokens.Create(ctx, d.plan.Store, h.app.actor().Name)
	if err != nil {
		return hinted(err, "rollcall token list shows them")
	}
	v := viewToken(t, time.Now())
	v.Token = text
	l := listing{Columns: []string{"Attribute", "Value"}, Values: v}
	for _, row := range [][2]string{{"id", v.ID}, {"path", v.Path}, {"token", v.Token}, {"expires", clock(v.ExpiresAt)}} {
		l.add(row[0], row[1])
	}
	if err := h.app.print(l); err != nil {
		return err
	}
	say(h.app.err, "The token is not shown again.")
	return nil
}

func (h *house) wouldMakeToken(ctx context.Context, c *identitycenter.Database, d *draft) error {
	all, err := c.Tokens.List(ctx, d.plan.Store)
	if err != nil {
		return err
	}
	if len(all) >= caller.MaxTokens {
		return fault.Text(fault.Quota, "make token", "store "+string(d.plan.Store), "it has two tokens already, expired ones included; revoke one first")
	}
	say(h.app.err, "Would make a token, number %d of %d.", len(all)+1, caller.MaxTokens)
	return nil
}

// hinted adds where to look to a failure that naming the right thing, or
// making room, would mend.
func hinted(err error, where string) error {
	if fault.Is(err, fault.NotFound) || fault.Is(err, fault.Quota) {
		return &hintError{err, where}
	}
	return err
}

// hintError is an error with what to do about it.
type hintError struct {
	error
	hint string
}

func (e *hintError) Error() string { return e.error.Error() + "; " + e.hint }

func (e *hintError) Unwrap() error { return e.error }

func newTokenList(a *app) *cobra.Command {
	return &cobra.Command{
		Use: "list", Short: "List the SCIM tokens of a directory, and how many days they are good for",
		Example: "  rollcall token list\n  rollcall token list --query '[?daysLeft<`90`].id'", Args: cobra.NoArgs,
		RunE: a.inHouse(func(ctx context.Context, h *house, _ []string) error { return runTokenList(ctx, h) }),
	}
}

func runTokenList(ctx context.Context, h *house) error {
	d, err := h.directory(ctx, "")
	if err != nil {
		return err
	}
	store, err := d.Store(ctx)
	if err != nil {
		return err
	}
	c, err := h.callers(ctx)
	if err != nil {
		return err
	}
	tokens, err := c.Tokens.List(ctx, store.ID)
	if err != nil {
		return err
	}
	now := time.Now()
	l := listing{Columns: []string{"Token", "Created", "By", "Expires", "Days left", "Last used"}}
	all := []tokenView{}
	for _, t := range tokens {
		v := viewToken(t, now)
		all = append(all, v)
		l.Rows = append(l.Rows, []string{v.ID, clock(v.CreatedAt), v.CreatedBy, clock(v.ExpiresAt), daysLeft(v), clock(t.LastUsedAt)})
		if v.DaysLeft < caller.NoticeDays {
			say(h.app.err, "Token %s is good for %d more days; to replace it: rollcall token create, then revoke it.", v.ID, v.DaysLeft)
		}
	}
	l.Values = all
	return h.app.print(l)
}

func daysLeft(v tokenView) string {
	if v.Expired {
		return "expired"
	}
	return strconv.Itoa(v.DaysLeft)
}

func newTokenRevoke(a *app) *cobra.Command {
	var dryRun bool
	c := &cobra.Command{
		Use: "revoke ID", Short: "Revoke a SCIM token; the next request with it is refused",
		Example: "  rollcall token list\n  rollcall token revoke abcdefgh2345", Args: cobra.ExactArgs(1),
		RunE: a.inHouse(func(ctx context.Context, h *house, args []string) error {
			return runTokenRevoke(ctx, h, args[0], dryRun)
		}),
	}
	c.Flags().BoolVar(&dryRun, "dry-run", false, "say what would be done")
	return c
}

func runTokenRevoke(ctx context.Context, h *house, id string, dryRun bool) error {
	d, err := h.draft(ctx)
	if err != nil {
		return err
	}
	c, err := h.callers(ctx)
	if err != nil {
		return err
	}
	tokens, err := c.Tokens.List(ctx, d.plan.Store)
	if err != nil {
		return err
	}
	for _, t := range tokens {
		if t.ID == id && dryRun {
			say(h.app.err, "Would revoke token %s, last used %s.", id, orNever(t.LastUsedAt))
			return nil
		}
	}
	if dryRun {
		return fault.Text(fault.NotFound, "revoke token", id, "there is none; rollcall token list shows them")
	}
	if err := c.Tokens.Revoke(ctx, d.plan.Store, id); err != nil {
		return hinted(err, "rollcall token list shows them")
	}
	say(h.app.err, "Revoked token %s.", id)
	return nil
}

func orNever(t time.Time) string {
	if t.IsZero() {
		return "never"
	}
	return clock(t)
}
