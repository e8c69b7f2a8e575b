package cli

import (
	"context"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"rollcall/access"
	"rollcall/config"
	"rollcall/directory"
	"rollcall/fault"
	"rollcall/identity"
)

const userNamed = `USER is a userName, an e-mail, an external id, an id or an ARN.`

const accountNaming = `ACCOUNT is a name, twelve digits, or the name, path or id of an organizational unit for all accounts
in it.`

func newAccess(a *app) *cobra.Command {
	return group("access", "Tell who can reach which AWS account, and why", "  rollcall access why ann prod\n  rollcall access list --account prod",
		newAccessWhy(a), newAccessWhyNot(a), newAccessList(a), newAccessOrphans(a), newAccessEffects(a), newAccessSave(a), newAccessDiff(a))
}

// reading holds the flags of commands that read who reaches what.
type reading struct {
	maxAge  time.Duration
	refresh bool
}

func (r *reading) flags(c *cobra.Command) {
	c.Flags().DurationVar(&r.maxAge, "max-age", 15*time.Minute, "how old what was read of AWS may be; an embedded directory is read anew")
	c.Flags().BoolVar(&r.refresh, "refresh", false, "read everything anew")
}

// look reads who reaches what in one directory.
type look struct {
	reader    access.Reader
	directory *directory.Directory
	house     *house
}

// look opens what commands about access read from; "" means the directory that
// the command means.
func (h *house) look(ctx context.Context, name string, r reading) (*look, error) {
	d, err := h.directory(ctx, name)
	if err != nil {
		return nil, err
	}
	i, err := h.access(ctx, d.Name())
	if err != nil {
		return nil, err
	}
	l := &look{access.Reader{Directory: d, Access: i, Now: h.app.clock().Now}, d, h}
	if h.config.Directories[d.Name()].Kind == config.KindAWS {
		l.reader.Cache, l.reader.MaxAge, l.reader.Progress = access.NewCache(h.state), r.maxAge, progressBar(h.app.err)
		if r.refresh {
			l.reader.MaxAge = 0
		}
	}
	return l, nil
}

// read reads a scope, and says how old it is if that is not now.
func (l *look) read(ctx context.Context, s access.Scope) (*access.Graph, error) {
	f, err := l.reader.Read(ctx, s)
	if err != nil {
		return nil, err
	}
	if age := time.Since(f.Taken); l.reader.Cache != nil && age > time.Minute {
		say(l.house.app.err, "As it was read %s ago; --refresh reads it anew.", age.Round(time.Minute))
	}
	g := access.New(f)
	if s == (access.Scope{}) {
		err = access.NewTally(l.house.state).Orphans(ctx, l.directory.Name(), len(g.Orphans()), f.Taken)
	}
	return g, err
}

// accounts are those a reference means; an error names what there is.
func accountsNamed(g *access.Graph, ref string) ([]string, error) {
	var ids []string
	for _, a := range g.Accounts(ref) {
		ids = append(ids, a.ID)
	}
	if len(ids) == 0 && identity.IsAccountID(ref) {
		ids = []string{ref}
	}
	if len(ids) == 0 {
		return nil, fault.Text(fault.NotFound, "find account", ref, "no account or organizational unit is called so; rollcall access list shows those in use")
	}
	return ids, nil
}

// oneAccount is accountsNamed for a question about one account.
func oneAccount(g *access.Graph, ref string) (string, error) {
	ids, err := accountsNamed(g, ref)
	if err != nil {
		return "", err
	}
	if len(ids) > 1 {
		var all []string
		for _, id := range ids {
			all = append(all, g.AccountName(id))
		}
		return "", fault.Text(fault.Conflict, "find account", ref, "it means several; name one: "+strings.Join(all, ", "))
	}
	return ids[0], nil
}

// setsNamed are the ARNs of the permission sets that references mean.
func setsNamed(g *access.Graph, refs []string) ([]string, error) {
	var arns []string
	for _, ref := range refs {
		found := g.SetsNamed(ref)
		if len(found) == 0 {
			return nil, fault.Text(fault.NotFound, "find permission set", ref, "there is none of that name or ARN")
		}
		for _, s := range found {
			arns = append(arns, s.ARN)
		}
	}
	return arns, nil
}

func newAccessWhy(a *app) *cobra.Command {
	var r reading
	var noSource bool
	c := &cobra.Command{
		Use: "why USER ACCOUNT", Short: "Show every way by which a user reaches an account",
		Long: `Shows every way by which a user reaches an account: group of the source, nested group, group,
assignment, permission set. Nested groups are known where a sync's source can be read.

` + userNamed + "\n" + accountNaming,
		Example: "  rollcall access why ann prod\n  rollcall access why ann@example.com 222200000001 --output json",
		Args:    cobra.ExactArgs(2),
		RunE: a.inHouse(func(ctx context.Context, h *house, args []string) error {
			l, err := h.look(ctx, "", r)
			if err != nil {
				return err
			}
			return l.why(ctx, args[0], args[1], !noSource)
		}),
	}
	r.flags(c)
	c.Flags().BoolVar(&noSource, "no-source", false, "do not read the source; nested groups stay unknown")
	return c
}

func (l *look) why(ctx context.Context, user, account string, withSource bool) error {
	g, u, err := l.ofUser(ctx, user, withSource)
	if err != nil {
		return err
	}
	ids, err := accountsNamed(g, account)
	if err != nil {
		return err
	}
	var paths []access.Path
	for _, id := range ids {
		paths = append(paths, g.Paths(u.ID, id)...)
	}
	if err := l.house.app.printPaths(g, paths); err != nil {
		return err
	}
	switch {
	case len(paths) == 0:
		say(l.house.app.err, "%s does not reach %s. What is missing: rollcall access why-not %s %s", u.UserName, account, typed(user), typed(account))
	case !u.Active:
		say(l.house.app.err, "%s is disabled and cannot sign in: none of this can be used now.", u.UserName)
	}
	return nil
}

// ofUser reads what one user reaches.
func (l *look) ofUser(ctx context.Context, ref string, withSource bool) (*access.Graph, identity.User, error) {
	u, err := l.directory.ResolveUser(ctx, ref)
	if err != nil {
		return nil, u, err
	}
	f, err := l.reader.Read(ctx, access.Scope{User: u.ID})
	if err != nil {
		return nil, u, err
	}
	if withSource {
		if err := l.house.addNesting(ctx, l.directory, f); err != nil {
			say(l.house.app.err, "Note: nested groups are not shown, the source cannot be read: %v", err)
		}
	}
	return access.New(f), u, nil
}

// pathValue is a path as machines get it.
type pathValue struct {
	User          string   `json:"userName"`
	UserID        string   `json:"userId"`
	Enabled       bool     `json:"enabled"`
	Account       string   `json:"account"`
	AccountName   string   `json:"accountName,omitempty"`
	PermissionSet string   `json:"permissionSet"`
	SetARN        string   `json:"permissionSetArn"`
	Group         string   `json:"group,omitempty"`
	Nested        []string `json:"nested,omitempty"`
	Path          string   `json:"path"`
}

func (a *app) printPaths(g *access.Graph, paths []access.Path) error {
	l := listing{Columns: []string{"User", "Account", "Permission set", "Way"}}
	all := make([]pathValue, 0, len(paths))
	for _, p := range paths {
		v := pathValue{
			User: p.User.Name, UserID: string(p.User.ID), Enabled: !p.User.Disabled, Account: p.Account, AccountName: g.NameOfAccount(p.Account),
			PermissionSet: p.Set.Name, SetARN: p.Set.ARN, Nested: p.Nested, Path: p.Text(),
		}
		if p.Group != nil {
			v.Group = p.Group.Name
		}
		all = append(all, v)
		name := p.User.Name
		if p.User.Disabled {
			name += " (disabled)"
		}
		l.Rows = append(l.Rows, []string{name, g.AccountName(p.Account), p.Set.Name, p.Text()})
	}
	l.Values = all
	return a.print(l)
}
